/*
 * The pipes through which a task's stdout and stderr come, fresh for each
 * task; the joint between the pool, which hands their write ends to a worker,
 * and the output, which takes what is read.
 */
#ifndef RUN_CAPTURE_H
#define RUN_CAPTURE_H

#include <stdbool.h>

#include "base/loop.h"
#include "run/job.h"

struct captures;

struct capture_ops {
	/* capture_finish() was asked for, and both pipes are read empty and
	   closed. */
	void (*drained)(void *ctx, struct job *j);
	/* Some output was read of a task that must not be silent too long. */
	void (*heard)(void *ctx, struct job *j);
};

/* Returns new. */
struct captures *captures_new(struct loop *loop, struct emit *emit,
    const struct capture_ops *ops, void *ctx);

/* No job may have a capture any more. */
void captures_free(struct captures *cs);

/*
 * Two new pipes; fds get the write ends, the caller's.  0, or -1 with errno
 * when there are no more descriptors.
 */
int capture_open(struct captures *cs, int fds[2]);

/* The pipes made last were not needed: closes them, and fds. */
void capture_cancel(struct captures *cs, const int fds[2]);

/* The pipes made last belong to j from now on. */
void capture_attach(struct captures *cs, struct job *j);

/*
 * No process of the task is left: reads what is in the pipes and closes them,
 * then (now, or when the output has room) calls drained.
 */
void capture_finish(struct captures *cs, struct job *j);

/* Drops the pipes of a task that never began. */
void capture_drop(struct captures *cs, struct job *j);

/* Has it written something that is not read yet, as it has no place? */
bool capture_waiting(const struct job *j);

/* The output may be read again (emit's room). */
void capture_room(struct captures *cs, struct job *j);

#endif
