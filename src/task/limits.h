/*
 * What bounds a task, and the run, and what becomes of processes that outlive
 * their task.  Plain values, no ownership.
 */
#ifndef TASK_LIMITS_H
#define TASK_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ladder.h"

/* --leak: processes of a task that outlive its main process. */
enum leak {
	LEAK_AUTO,	/* wait for holders of its output, keep daemons */
	LEAK_KILL,
	LEAK_WAIT,
	LEAK_IGNORE,	/* they survive ppx */
	LEAK_FAIL	/* kill them, and the task has failed */
};

/* Bounds of one task, which travel with it; 0 = none. */
struct bounds {
	nsec timeout;		/* from its start to its end */
	nsec soft;		/* then the soft signal is sent, once */
	uint64_t memory;	/* bytes, of its whole tree */
};

/* --halt: when enough tasks have ended so, nothing more is started. */
struct halt {
	enum halt_when {
		HALT_NEVER,
		HALT_SOON,	/* what runs may end */
		HALT_NOW	/* what runs is ended */
	} when;
	enum halt_what {
		HALT_FAIL,
		HALT_SUCCESS,
		HALT_DONE	/* either */
	} what;
	bool percent;		/* n is of all tasks */
	uint64_t n;		/* 1 or more */
};

/* Bounds of every task. */
struct limits {
	struct ladder ladder;	/* how a task over its time is ended */
	int soft_signal;	/* --soft-signal */
	bool strict;		/* --mem-limit by a cgroup, or not at all */
	bool measure;		/* the peak memory of the tree is wanted */
	enum leak leak;
	nsec linger;		/* how long LEAK_AUTO waits for holders */
	bool shared_session;	/* own process group only, no session */
	int nice;		/* the niceness of tasks; NICE_AS_IS */
	enum input_from {
		INPUT_NULL,	/* their stdin is /dev/null */
		INPUT_OURS,	/* what ppx got */
		INPUT_TERMINAL	/* /dev/tty */
	} input;
	bool foreground;	/* a task is the foreground of the terminal */
	const char *slot_var;	/* a variable that is the slot - 1; or NULL */
};

/* No --nice was given. */
enum { NICE_AS_IS = 100 };

#endif
