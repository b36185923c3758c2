/*
 * The JSON log: an object per line for each attempt to run a task, and for
 * each task that was never started.  The members are in man/ppx.1, section
 * JSON RECORDS.
 */
#ifndef OUTPUT_LOGJSON_H
#define OUTPUT_LOGJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "task/task.h"

/* What the task itself does not know of its attempt. */
struct logjson {
	bool tried;		/* it is an attempt, not only the end of the
				   task: started, and not told before */
	uint64_t received;	/* bytes of its stdout */
	bool final;		/* there is no further attempt */
	bool delivered;		/* all output of the task was written */
	const char *command;	/* as --dry-run shows it */
	size_t n;		/* its bytes */
};

/* Adds the line about the attempt whose result t has. */
void logjson_row(struct buf *b, const struct task *t, const struct logjson *l);

#endif
