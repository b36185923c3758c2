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
 * How to say that one may be where we may be now.  The kernel keeps to what was
 * asked for when the cpuset has more CPUs later; so where all CPUs would be the
 * same now, that is all.
 */
static void
ask_for(const pin_mask *now, pin_mask *m)
{
	pin_mask got;

	memset(m, 0xff, sizeof(*m));
	if (set(0, m) && get(0, &got) && CPU_EQUAL(&got, now))
		return;
	*m = *now;
	set(0, m);
}

/*
 * Who was where our parent was is where it is now; but not where all that has
 * changed is how many CPUs there are.  Has it been moved?
 */
static bool
follow(struct pin *p)
{
	pin_mask now, mine;

	if (!get(getppid(), &now) || CPU_EQUAL(&now, &p->parents))
		return false;
	if (CPU_EQUAL(&p->was, &p->parents) && get(0, &mine)) {
		p->was = now;
		ask_for(&now, &p->asked);
		set(0, &mine);
	}
	p->parents = now;
	return true;
}

/* here is -1 where it is not known. */
static int
choose(const struct pin *p, int here)
{
	const struct pin_board *b = &p->board;
	uint16_t others[CPU_SETSIZE] = { 0 };
	int cpu, best = -1;
	size_t i;

	for (i = 0; i < b->n; i++) {
		cpu = b->place[i].cpu - 1;
		if (i != b->mine && cpu >= 0 && cpu < CPU_SETSIZE)
			others[cpu]++;
	}
	if (here >= 0 && here < CPU_SETSIZE &&
	    CPU_ISSET((unsigned)here, &p->was))
		best = here;
	for (cpu = 0; b->n && cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((unsigned)cpu, &p->was) &&
		    (best < 0 || others[cpu] < others[best]))
			best = cpu;
	return best;
}

static void
mark(const struct pin *p, int place)
{
	if (p->board.n)
		p->board.place[p->board.mine].cpu = place;
}

/* Nobody has moved us from there. */
static bool
stays(const struct pin *p)
{
	pin_mask here, mine;

	only(p->cpu, &here);
	return get(0, &mine) && CPU_EQUAL(&mine, &here);
}

bool
pin_set(struct pin *p, pid_t other)
{
	pin_mask here, others;
	int cpu;

	if (p->other &&
	    (follow(p) || !stays(p) || choose(p, p->cpu) != p->cpu))
		pin_clear(p);
	if (p->other || other <= 0 || !get(0, &p->was) ||
	    !get(other, &others) || !CPU_EQUAL(&p->was, &others) ||
	    !get(getppid(), &p->parents))
		return false;
	cpu = choose(p, sched_getcpu());
	if (cpu < 0)
		return false;
	only(cpu, &here);
	if (!set(other, &here))
		return false;
	p->other = other;
	p->cpu = cpu;
	mark(p, cpu + 1);
	ask_for(&p->was, &p->asked);
	set(0, &here);
	return true;
}

static void
give_back(const struct pin *p, pid_t pid)
{
	pin_mask here, now;

	only(p->cpu, &here);
	if (get(pid, &now) && CPU_EQUAL(&now, &here))
		set(pid, &p->asked);
}

void
pin_spare(struct pin *p, pid_t pid)
{
	follow(p);
	give_back(p, pid);
}

void
pin_clear(struct pin *p)
{
	if (p->other == 0)
		return;
	follow(p);
	give_back(p, 0);
	give_back(p, p->other);
	mark(p, 0);
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
