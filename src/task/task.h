/*
 * One task: an item on its way through the house.  Exactly one of the source
 * (while it is made), the queue, the pool and the output owns it; its state
 * says which, and task_set() is the only one to change it.
 *
 *	NEW -> READY -> RUNNING -> DONE -> HELD -> freed
 *	DONE -> DELAYED		it will be tried again, after a while
 *	DONE, DELAYED -> READY	... now
 *	RUNNING -> READY	it never began: its worker died idle, or the
 *				system was short of processes
 *	NEW, READY, DELAYED -> DONE
 *				it will not run: bad item, interrupt
 */
#ifndef TASK_TASK_H
#define TASK_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/heap.h"
#include "task/item.h"
#include "task/limits.h"
#include "task/result.h"

enum task_state {
	TASK_NEW,
	TASK_READY,		/* in the queue */
	TASK_RUNNING,		/* the pool's */
	TASK_DONE,		/* coord's: result is final or to be retried */
	TASK_DELAYED,		/* coord's: waits for its next attempt */
	TASK_HELD		/* the output's, until it is delivered */
};

struct task {
	struct heap_node node;	/* in the queue */
	enum task_state state;
	uint16_t attempt;	/* from 1 once it was dispatched */
	uint16_t returns;	/* times it came back without having begun */
	unsigned slot;		/* of its last dispatch, from 1 */
	uint64_t seq;		/* from 1, in the order of the input */
	uint32_t items;		/* that it stands for, from seq on: 1, or the
				   records of a run */
	uint32_t priority;	/* lower runs first */
	uint32_t retries;	/* attempts in all, 1 or more */
	nsec idle;		/* most between outputs; 0 = no limit */
	nsec expires;		/* monotonic: is not started later; 0 = may be */
	struct bounds bounds;
	uint32_t weight;	/* places of -j that it takes, 1 or more */
	const char *dir;	/* --workdir while it goes to the pool, borrowed
				   from run/; or NULL */
	bool line;		/* its words are SHELL -c LINE NAME VALUE... */
	bool last;		/* none will follow it at its worker */
	nsec sent;		/* wall clock of its last dispatch; 0 = none */
	int32_t worker;		/* the process it was given to then; 0 = none */
	struct item *item;	/* owned */
	struct result result;
};

/* Asserts that the transition is one of those above. */
void task_set(struct task *t, enum task_state state);

#endif
