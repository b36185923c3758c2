#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/pin.h"

#if PIN_CAN
static void
only(int cpu, pin_mask *m)
{
	CPU_ZERO(m);
	CPU_SET((unsigned)cpu, m);
}

static bool
get(pid_t pid, pin_mask *m)
{
	return sched_getaffinity(pid, sizeof(*m), m) == 0;
}

static bool
set(pid_t pid, const pin_mask *m)
{
	return sched_setaffinity(pid, sizeof(*m), m) == 0;
}

/*
 * How to say that pid may be where it may be now.  The kernel keeps to what was
 * asked for when the cpuset has more CPUs later; so where all CPUs would be the
 * same now, that is all.
 */
static void
ask_for(pid_t pid, const pin_mask *now, pin_mask *m)
{
	pin_mask got;

	memset(m, 0xff, sizeof(*m));
	if (set(pid, m) && get(pid, &got) && CPU_EQUAL(&got, now))
		return;
	*m = *now;
	set(pid, m);
}

/*
 * Who was where our parent was is where it is now; but not where all that has
 * changed is how many CPUs there are.  Has it been moved?
 */
static bool
follow(struct pin *p)
{
	pin_mask now, mine, said;

	if (!get(getppid(), &now) || CPU_EQUAL(&now, &p->parents) ||
	    !get(0, &mine))
		return false;
	ask_for(0, &now, &said);
	set(0, &mine);
	if (CPU_EQUAL(&p->was, &p->parents))
		p->own = said;
	if (CPU_EQUAL(&p->others_were, &p->parents)) {
		p->others_were = now;
		p->others = said;
	}
	p->parents = now;
	return true;
}

bool
pin_set(struct pin *p, pid_t other)
{
	pin_mask here;
	int cpu = sched_getcpu();

	if (p->other && follow(p))
		pin_clear(p);
	if (p->other || other <= 0 || cpu < 0 || cpu >= CPU_SETSIZE ||
	    !get(0, &p->was) || !get(other, &p->others_were) ||
	    !get(getppid(), &p->parents) ||
	    !CPU_ISSET((unsigned)cpu, &p->others_were))
		return false;
	ask_for(other, &p->others_were, &p->others);
	only(cpu, &here);
	if (!set(other, &here))
		return false;
	p->other = other;
	p->cpu = cpu;
	ask_for(0, &p->was, &p->own);
	set(0, &here);
	return true;
}

static void
give_back(pid_t pid, int cpu, const pin_mask *before)
{
	pin_mask here, now;

	only(cpu, &here);
	if (get(pid, &now) && CPU_EQUAL(&now, &here))
		set(pid, before);
}

void
pin_spare(struct pin *p, pid_t pid)
{
	follow(p);
	give_back(pid, p->cpu, &p->others);
}

void
pin_clear(struct pin *p)
{
	if (p->other == 0)
		return;
	follow(p);
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
pin_spare(struct pin *p, pid_t pid)
{
	(void)p, (void)pid;
}

void
pin_clear(struct pin *p)
{
	(void)p;
}
#endif
