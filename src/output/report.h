/*
 * The summary that ppx prints last when tasks failed: at most three lines of
 * text, made from counts and from the first failure.  Pure.
 *
 *  3 of 10 tasks failed: 2 exited non-zero, 1 timed out; 4 not started
 *  first: task 4 (gzip 'a b'): exit status 1
 *  and one line on what needs attention besides: processes that could not be
 *  killed, output not written, a hint, processes left over
 */
#ifndef OUTPUT_REPORT_H
#define OUTPUT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "task/result.h"

enum { REPORT_LINE = 512 };

struct report {
	/* set by the owner as it likes, zero or NULL = nothing to say: */
	uint64_t dropped;	/* tasks whose output was not all written */
	uint64_t left_out;	/* tasks that the joblog had already */
	bool spares;		/* processes left over are left alone */
	bool unread;		/* the input was not read to its end */
	const char *ended;	/* why the run ended early; borrowed */
	const char *hint;	/* one line on how to do better; borrowed */

	/* kept by report_add(): */
	uint64_t tasks, failed;
	uint64_t by[NREASONS];	/* failed tasks by reason */
	uint64_t cancelled, unstarted;	/* not counted as failed */
	uint64_t leaked, unkillable;	/* processes */
	char first[REPORT_LINE];	/* the first failure */
	char left[REPORT_LINE];		/* the first task with leftovers */
};

/* A zeroed struct is an empty report. */

/* Does report_add() need to know what the task was? */
bool report_wants(const struct report *r, const struct result *res);

/*
 * Counts one final task.  what: its command as --dry-run shows it, n bytes,
 * or NULL if report_wants() says no; detail: why, in words, where the result
 * cannot say it (bad item; which step of a start failed), or NULL.
 */
void report_add(struct report *r, const struct result *res, uint64_t seq,
    const char *what, size_t n, const char *detail);

/*
 * Adds to b the lines, with a newline between them and none behind the last;
 * nothing when there is nothing to say.  No control character is in them.
 */
void report_text(const struct report *r, struct buf *b);

#endif
