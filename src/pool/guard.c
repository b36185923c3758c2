#include "config.h"

#include <errno.h>

#include "base/mem.h"
#include "base/os.h"
#include "pool/guard.h"

static const nsec look_first = 5 * MSEC;	/* for a limit */
static const nsec measure_first = 10 * MSEC;	/* for the record */
static const nsec cgroup_pause = 50 * MSEC;

/* --- clocks ------------------------------------------------------------ */

static void
on_time(struct timer *t)
{
	struct guard *g = container_of(t, struct guard, time);

	g->ops->over(g, REASON_TIMEOUT);
}

static void
on_soft(struct timer *t)
{
	struct guard *g = container_of(t, struct guard, soft);

	g->ops->soft(g);
}

/* --- memory ------------------------------------------------------------ */

static bool
wants_looks(const struct guard *g)
{
	return g->limits->measure || g->bounds.memory;
}

/* The cgroup says what has happened in it. */
static bool
ask_cgroup(struct guard *g, bool *killed)
{
	struct cgroup_news news = cgroup_news(g->cgroup);

	if (news.peak > g->peak)
		g->peak = news.peak;
	*killed = news.killed;
	return g->full || news.full;
}

static bool
look(struct guard *g, nsec now, nsec *pause)
{
	uint64_t before = g->used;
	nsec since = now - g->looked;

	g->used = memory_look(&g->memory, now);
	g->looked = now;
	if (g->used > g->peak)
		g->peak = g->used;
	*pause = memory_pause(g->used, before, since, g->bounds.memory,
	    clock_mono() - now);
	return g->bounds.memory && g->used > g->bounds.memory;
}

static void
on_look(struct timer *t)
{
	struct guard *g = container_of(t, struct guard, look);
	nsec now = clock_mono(), pause = cgroup_pause;
	bool breach, killed;

	breach = g->inside ? ask_cgroup(g, &killed) : look(g, now, &pause);
	if (breach)
		g->ops->over(g, REASON_MEMORY);
	else
		loop_timer(g->loop, t, now + pause);
}

bool
guard_breached(struct guard *g)
{
	bool killed;

	return g->inside && ask_cgroup(g, &killed);
}

/* --- a task ------------------------------------------------------------ */

/* -1 and errno when the worker's cgroup and a new one are of no use. */
static int
ready_cgroup(struct guard *g)
{
	uint64_t most = g->bounds.memory;

	if (g->cgroup && cgroup_ready(g->cgroup, most) == 0)
		return 0;
	guard_close(g);
	g->cgroup = cgroup_new(g->slot);
	/* strict: it was possible when ppx began, and may be again */
	g->no_cgroup = g->cgroup == NULL && !g->limits->strict;
	return g->cgroup ? cgroup_ready(g->cgroup, most) : -1;
}

int
guard_ready(struct guard *g, const struct bounds *bounds)
{
	g->bounds = *bounds;
	g->inside = g->full = false;
	g->used = g->peak = 0;
	if (bounds->memory == 0 || g->no_cgroup)
		return -1;
	if (ready_cgroup(g) == 0)
		return cgroup_door(g->cgroup);
	return g->limits->strict ? -2 : -1;
}

static int
start_memory(struct guard *g, nsec began, bool entered)
{
	nsec first = g->bounds.memory ? look_first : measure_first;

	g->looked = began;
	g->inside = entered;
	if (g->inside && cgroup_limit(g->cgroup, g->bounds.memory) < 0) {
		g->full = errno == EBUSY;	/* more is in use already */
		if (!g->full && g->limits->strict)
			return -1;
		g->inside = g->full;
		first = 0;
	}
	loop_timer(g->loop, &g->look, began + first);
	return 0;
}

/* The hard limit wins where both come at the same time. */
int
guard_start(struct guard *g, nsec began, bool entered)
{
	const struct bounds *b = &g->bounds;

	if (b->timeout)
		loop_timer(g->loop, &g->time, clock_add(began, b->timeout));
	if (b->soft && (b->timeout == 0 || b->soft < b->timeout))
		loop_timer(g->loop, &g->soft, clock_add(began, b->soft));
	return wants_looks(g) ? start_memory(g, began, entered) : 0;
}

void
guard_note(struct guard *g)
{
	g->oom_kills = os_oom_kills();
}

void
guard_stop_clocks(struct guard *g)
{
	loop_timer_off(g->loop, &g->time);
	loop_timer_off(g->loop, &g->soft);
}

void
guard_bound(struct guard *g, nsec timeout)
{
	guard_stop_clocks(g);
	if (timeout)
		loop_timer(g->loop, &g->time, clock_add(clock_mono(), timeout));
}

/*
 * Without a cgroup it can only be said that the kernel has killed for want of
 * memory while this task ran, and that something killed the task.
 */
static bool
oom_likely(struct guard *g)
{
	uint64_t before = g->oom_kills;

	g->oom_kills = os_oom_kills();
	return g->oom_kills > before;
}

bool
guard_end(struct guard *g, bool killed, struct result *r)
{
	bool breach = false;

	guard_stop_clocks(g);
	loop_timer_off(g->loop, &g->look);
	if (g->inside)
		breach = ask_cgroup(g, &r->oom);
	else if (killed)
		r->oom = oom_likely(g);
	g->inside = false;
	if (wants_looks(g)) {
		r->peak = g->peak > r->maxrss ? g->peak : r->maxrss;
		memory_clear(&g->memory);
	}
	return breach;
}

void
guard_init(struct guard *g, struct loop *loop, const struct limits *limits,
    unsigned slot, const struct guard_ops *ops)
{
	g->loop = loop;
	g->limits = limits;
	g->slot = slot;
	g->ops = ops;
	g->time.cb = on_time;
	g->soft.cb = on_soft;
	g->look.cb = on_look;
	g->oom_kills = UINT64_MAX;
}

void
guard_close(struct guard *g)
{
	cgroup_free(g->cgroup);
	g->cgroup = NULL;
}
