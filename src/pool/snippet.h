/*
 * What a warm shell is told, as text: the driver that it runs from its birth
 * on, and what a task reads before it begins.  Pure.
 *
 * Whatever is not ours (a script, a word of a task) stands in single quotes,
 * between which no byte means anything to a shell (POSIX.1-2008, XCU 2.2.2).
 */
#ifndef POOL_SNIPPET_H
#define POOL_SNIPPET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

/* What the shell writes to its socket, in lines: */
#define SNIPPET_INIT	"ppx i "	/* the init is over; and its $- */
#define SNIPPET_BETWEEN	"ppx o"		/* by the process between, */
#define SNIPPET_TASK	"ppx t"		/* the task that waits, */
#define SNIPPET_GONE	"ppx g"		/* the shell: it has gone */

struct snippet {
	pid_t worker;		/* whose descriptors are meant */
	const char *flags;	/* $- after the init */
	bool line;		/* words are SHELL -c LINE NAME VALUE... */
	const char *args;	/* argc words, each ended by a NUL */
	uint32_t argc;
	uint64_t seq;
	unsigned slot, attempt;
	const char *dir;	/* where it runs, from /; or NULL */
	int out, err;		/* descriptors of the worker; -1 = as ours */
};

/*
 * The shell's stdin is ppx's stderr, its stdout that of ungrouped tasks, its
 * stderr the socket.  Tasks read fd[0] and fd[1] of the worker, in turn; the
 * shell reads a line from the socket each time, before it makes the next pair.
 */
void snippet_driver(struct buf *b, const char *init, pid_t worker,
    const int fd[2]);

void snippet_task(struct buf *b, const struct snippet *s);

/* What is too long for a pipe: the text is in that descriptor. */
void snippet_elsewhere(struct buf *b, pid_t worker, int fd);

#endif
