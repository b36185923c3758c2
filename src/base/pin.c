#include "config.h"

#include <unistd.h>

#include "base/pin.h"

#if PIN_CAN
static void
only(int cpu, pin_mask *m)
{
	CPU_ZERO(m);
	CPU_SET((unsigned)cpu, m);
}

bool
pin_set(struct pin *p, pid_t other)
{
	pin_mask here;
	int cpu = sched_getcpu();

	if (p->other || other <= 0 || cpu < 0 || cpu >= CPU_SETSIZE)
		return false;
	if (sched_getaffinity(0, sizeof(p->own), &p->own) < 0 ||
	    sched_getaffinity(other, sizeof(p->others), &p->others) < 0 ||
	    !CPU_ISSET((unsigned)cpu, &p->others))
		return false;
	only(cpu, &here);
	if (sched_setaffinity(other, sizeof(here), &here) < 0)
		return false;
	p->other = other;
	p->cpu = cpu;
	sched_setaffinity(0, sizeof(here), &here);
	return true;
}

void
pin_spare(const struct pin *p, pid_t pid)
{
	sched_setaffinity(pid, sizeof(p->others), &p->others);
}

static void
give_back(pid_t pid, int cpu, const pin_mask *before)
{
	pin_mask here, now;

	only(cpu, &here);
	if (sched_getaffinity(pid, sizeof(now), &now) == 0 &&
	    CPU_EQUAL(&now, &here))
		sched_setaffinity(pid, sizeof(*before), before);
}

void
pin_clear(struct pin *p)
{
	if (p->other == 0)
		return;
	give_back(0, p->cpu, &p->own);
	give_back(p->other, p->cpu, &p->others);
	p->other = 0;
}
#else
bool
pin_set(struct pin *p, pid_t other)
{
	(void)p, (void)other;
	return false;
}

void
pin_spare(const struct pin *p, pid_t pid)
{
	(void)p, (void)pid;
}

void
pin_clear(struct pin *p)
{
	(void)p;
}
#endif
