/*
 * A worker's word: what it is about to do, in memory that it shares with the
 * coordinator and that outlives it.
 *
 * Written before the deed: when a worker dies, the coordinator reads here
 * whether a task may have started (run it again?) and what its pid was.  Only
 * the worker writes, only the coordinator reads; no lock.
 */
#ifndef POOL_WORD_H
#define POOL_WORD_H

#include <stdatomic.h>
#include <stdint.h>

#include "task/result.h"

enum { WORKER_BACKLOG = 4 };	/* tasks behind the one that runs, at most */

enum word_state {
	WORD_IDLE,		/* no task of it has begun that has not ended */
	WORD_SPAWNING,		/* the task's command may have begun */
	WORD_RUNNING		/* it has */
};

struct word {
	_Atomic uint64_t task;
	_Atomic uint32_t attempt;
	_Atomic uint32_t state;
	_Atomic int32_t pid;	/* of the task's main process */
	/* what a child that could not exec leaves behind: */
	volatile int32_t step;	/* enum spawn_step */
	volatile int32_t error;	/* errno; 0 = all well */
	volatile int32_t outside;	/* errno of one that runs outside of
					   its cgroup; or 0 */
	volatile int32_t dir_error;	/* errno of the worker's directory,
					   without which it ends; or 0 */
	volatile int32_t crowded;	/* no room for as many as a warm shell
					   was to make in one go; or 0 */
	volatile int32_t pinning;	/* it chooses its CPU, for which a
					   filter may kill it; or 0 */
	/* ends that may not have been told yet, in turns: */
	struct word_end {
		_Atomic uint64_t task;	/* 0: none */
		uint32_t attempt;
		struct result result;
	} end[WORKER_BACKLOG];
};

#endif
