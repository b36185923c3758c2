/*
 * What bounds a task and what becomes of processes that outlive it.
 */
#ifndef TASK_LIMITS_H
#define TASK_LIMITS_H

#include <stdbool.h>

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

struct limits {
	struct ladder ladder;	/* how a task over its time is ended */
	enum leak leak;
	nsec linger;		/* how long LEAK_AUTO waits for holders */
	bool shared_session;	/* own process group only, no session */
};

#endif
