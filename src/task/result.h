/*
 * How a task ended: plain values, no ownership.  The table of reasons, states
 * and whether they count as failed is the contract's (man page, RESULTS).
 */
#ifndef TASK_RESULT_H
#define TASK_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* Why a task is in its final state; the first that applied wins. */
enum reason {
	REASON_NONE,		/* not ended */
	REASON_EXIT,		/* the command ended: code says how */
	REASON_SIGNAL,		/* the command died by a signal not ours */
	REASON_BAD_ITEM,	/* the item cannot be made into a command */
	REASON_EXEC,		/* not executed, or not with its limit of
				   memory (strict): code is 126 or 127 */
	REASON_TIMEOUT,
	REASON_IDLE,		/* no output for too long */
	REASON_MEMORY,		/* its tree grew beyond --mem-limit */
	REASON_LOST,		/* its worker died while it ran */
	REASON_LEAK,		/* --leak=fail and processes were left */
	REASON_QUEUE,		/* waited longer than --queue-timeout */
	REASON_HALT,		/* the run was halted */
	REASON_MAX_TIME,	/* the run was over --max-time */
	REASON_INTERRUPT,	/* ppx was signalled, or its stdout closed */
	REASON_POOL		/* the pool could not be kept up */
};
enum { NREASONS = REASON_POOL + 1 };

enum state {
	STATE_OK,
	STATE_FAIL,
	STATE_SIGNAL,
	STATE_TIMEOUT,
	STATE_MEMORY,
	STATE_LOST,
	STATE_CANCELLED,
	STATE_NOT_STARTED
};
enum { NSTATES = STATE_NOT_STARTED + 1 };

/* Whether the command may have begun to run: is a second run safe? */
enum started {
	STARTED_NO,
	STARTED_MAYBE,
	STARTED_YES
};

enum { RESULT_PIDS = 8 };

struct result {
	enum reason reason;
	enum started started;
	int code;		/* exit status; 126, 127 with REASON_EXEC */
	int sig;		/* the signal that ended the main process */
	int error;		/* errno with REASON_EXEC and LOST, or 0 */
	int step;		/* enum spawn_step of a failed spawn */
	nsec wall;		/* wall clock at the start, 0 = not started */
	nsec ran;		/* from start to end, leftovers included, and
				   time in which ppx was stopped */
	nsec utime, stime;	/* CPU of the tree as far as it was reaped */
	uint64_t maxrss;	/* bytes, of the largest process */
	uint64_t peak;		/* bytes, of the tree, as far as it was
				   measured; 0 = it was not */
	bool oom;		/* the kernel killed of it for want of memory */
	bool soft;		/* the soft signal was sent */
	uint32_t leaked;	/* processes that outlived the main one */
	uint32_t nunkillable;	/* that could not be killed */
	int32_t pids[RESULT_PIDS];	/* the first of those, or of the leaked */
};

enum state result_state(const struct result *r);

/* Whether it counts as failed (exit status 123). */
bool result_failed(const struct result *r);

/* A short word for messages and logs: "exit", "signal", "timeout", ... */
const char *reason_name(enum reason r);
const char *state_name(enum state s);

#endif
