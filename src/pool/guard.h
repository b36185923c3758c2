/*
 * The bounds of the task that runs: its clocks and its memory.
 *
 * It only watches and says so; what is done about it is the charge's.  Memory
 * is bounded by a cgroup where one can be made, else by looking at the tree
 * again and again (pool/memory.h).  The cgroup is made for the first task that
 * has a limit of memory, serves all such tasks of this worker, and has to be
 * removed by guard_close().
 */
#ifndef POOL_GUARD_H
#define POOL_GUARD_H

#include <stdbool.h>

#include "base/cgroup.h"
#include "base/loop.h"
#include "pool/memory.h"
#include "task/limits.h"
#include "task/result.h"

struct guard;

struct guard_ops {
	/* The soft signal is due. */
	void (*soft)(struct guard *g);
	/* REASON_TIMEOUT: its time is over.  REASON_MEMORY: it uses too much.
	   Said once. */
	void (*over)(struct guard *g, enum reason why);
};

struct guard {
	struct loop *loop;
	const struct limits *limits;
	const struct guard_ops *ops;
	/* private: */
	unsigned slot;
	struct bounds bounds;
	struct cgroup *cgroup;
	bool no_cgroup;			/* none can be made */
	bool inside;			/* the task is in it */
	bool full;			/* and is too big for it from the start */
	struct memory memory;
	uint64_t used, peak, oom_kills;
	nsec looked;
	struct timer time, soft, look;
};

/* g is zeroed; limits and ops are borrowed. */
void guard_init(struct guard *g, struct loop *loop,
    const struct limits *limits, unsigned slot, const struct guard_ops *ops);

/*
 * Before the task is spawned.  Returns a descriptor that its process has to
 * write "0" to before exec, or -1 for none; or -2 and errno when it must not
 * run (a strict limit, and no cgroup).
 */
int guard_ready(struct guard *g, const struct bounds *bounds);

/*
 * It was spawned at `began`; entered: what guard_ready() gave was written.
 * Returns 0; or -1 and errno when it must not go on (a strict limit, and the
 * cgroup does not take it).
 */
int guard_start(struct guard *g, nsec began, bool entered);

/*
 * It has run for a moment, so that this cost does not count.  Until the first
 * of them nothing is known of what the kernel killed.
 */
void guard_note(struct guard *g);

/* No more is said of time. */
void guard_stop_clocks(struct guard *g);

/* From now on it may take so long; 0 = for ever. */
void guard_bound(struct guard *g, nsec timeout);

/* A process of it was killed, not by us: was that for the limit's sake? */
bool guard_breached(struct guard *g);

/*
 * The task is over: nothing more is said.  Sets r->peak, and r->oom when the
 * kernel killed for want of memory; killed: its main process died by KILL
 * that was not ours.  Returns true when its limit of memory was reached.
 */
bool guard_end(struct guard *g, bool killed, struct result *r);

/* Removes the cgroup: before this process ends. */
void guard_close(struct guard *g);

#endif
