/*
 * What holds back new starts: --delay, and, while the machine has little to
 * spare, --memfree and --load.  These two never the only task: with none
 * running one may always start.
 * Decides from what gate_look() was told; the clock and the system are its
 * caller's.
 *
 * Both figures are late.  The load average takes a minute to show a task, so
 * each start adds 1 to it here, which fades as the average takes it up, and
 * is never more than what runs: short tasks do not add up.  A task takes its
 * memory after it has started: with less than twice the memory that is to
 * stay free, only one starts between two looks.
 */
#ifndef RUN_GATE_H
#define RUN_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct gate {
	/* set by the owner, 0 = does not matter: */
	uint64_t memfree;	/* bytes that must be free */
	double load;		/* what the load must be below */
	nsec delay;		/* between two starts */
	/* private: */
	uint64_t free;		/* as of the last look */
	double average, recent;	/* recent: starts it does not show yet */
	nsec looked;		/* when; 0 = never */
	size_t started;		/* since then */
	nsec next;		/* no start before, by --delay */
};

/* How long what was seen holds good. */
#define GATE_SPAN (100 * MSEC)

/* Does it hold back anything at all? */
static inline bool
gate_used(const struct gate *g)
{
	return g->memfree || g->load > 0 || g->delay;
}

/* Does it need gate_look()? */
static inline bool
gate_looks(const struct gate *g)
{
	return g->memfree || g->load > 0;
}

/* Is it time for gate_look(), now on the monotonic clock? */
bool gate_due(const struct gate *g, nsec now);

/* What there is: bytes free, UINT64_MAX for unknown, and the load average. */
void gate_look(struct gate *g, nsec now, uint64_t memory, double average);

/* May one more start beside those running? */
bool gate_open(struct gate *g, size_t running);

/* One more has started, now on the monotonic clock. */
void gate_started(struct gate *g, nsec now);

#endif
