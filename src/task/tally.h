/*
 * What --stats counts: plain numbers of one run.  Tasks are counted once, at
 * the one place where they end for good; times and processes with each of
 * their attempts.
 */
#ifndef TASK_TALLY_H
#define TASK_TALLY_H

#include <stdint.h>

#include "task/task.h"

/* A zeroed struct is an empty tally. */
struct tally {
	/* kept by tally_task(): */
	uint64_t launched;	/* tasks that were given to a worker */
	uint64_t failed;
	uint64_t by[NSTATES];
	uint64_t retried;	/* attempts after the first of a task */
	uint64_t flaky;		/* tasks that succeeded in one of those */
	/* kept by tally_attempt(): */
	uint64_t leaked, unkillable;	/* processes */
	nsec ran, utime, stime;	/* sums over all attempts */

	/* set by the owner: */
	uint64_t received;	/* tasks made of the input */
	uint64_t left_out;	/* not made: the joblog had them */
	uint64_t created;	/* worker processes */
	uint64_t most_busy;	/* of them at the same time */
	uint64_t alive, idle, busy;	/* when the last task had ended */
	nsec wall;		/* the whole run */
};

/* Counts an attempt that took place. */
void tally_attempt(struct tally *y, const struct result *r);

/* Counts t, which has ended for good. */
void tally_task(struct tally *y, const struct task *t);

#endif
