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

/* One final task, as report_add() is to tell of it. */
struct report_task {
	const struct result *result;
	uint64_t seq;
	unsigned attempts;
	uint32_t more;		/* tasks behind it that ended the same way */
	nsec limit;		/* of the time that it ran out of; 0 = none */
	uint64_t memory;	/* its limit of memory; 0 = none */
	const char *what;	/* its command as --dry-run shows it; or NULL */
	size_t n;		/* bytes of that */
	const char *detail;	/* why, in words, where the result cannot say
				   it (bad item; which step of a start failed),
				   or NULL */
};

struct report {
	/* set by the owner as it likes, zero or NULL = nothing to say: */
	uint64_t dropped;	/* tasks whose output was not all written */
	uint64_t left_out;	/* tasks that the joblog had already */
	bool spares;		/* processes left over are left alone */
	bool fed;		/* tasks had programs that stay up */
	bool init_failed;	/* so tasks had no worker */
	bool unread;		/* the input was not read to its end */
	const char *ended;	/* why the run ended early; borrowed */
	const char *hint;	/* one line on how to do better; borrowed */

	/* kept by report_add(), report_left(): */
	uint64_t tasks, failed;
	uint64_t by[NREASONS];	/* failed tasks by reason */
	uint64_t cancelled, unstarted;	/* not counted as failed */
	uint64_t leaked, unkillable;	/* processes */
	char first[REPORT_LINE];	/* the first failure */
	char left[REPORT_LINE];		/* the first task with leftovers */
};

/* A zeroed struct is an empty report. */

/* Does the report need to know what the task was? */
bool report_wants(const struct report *r, const struct result *res);

/*
 * Counts the processes that one attempt has left.  what is not needed if
 * report_wants() says no, here and below.
 */
void report_left(struct report *r, const struct report_task *t);

/* Counts one final task. */
void report_add(struct report *r, const struct report_task *t);

/*
 * Adds to b the lines, with a newline between them and none behind the last;
 * nothing when there is nothing to say.  No control character is in them.
 */
void report_text(const struct report *r, struct buf *b);

#endif
