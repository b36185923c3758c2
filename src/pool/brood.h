/*
 * The processes that a warm shell's twin makes in one go, from the worker's
 * side: their numbers, the pipes that they read, and whose they are.  What is
 * said to the shell and by it is warm.c's.
 *
 * They are children of `between' first, and ours when that has gone; then one
 * after the other is handed out.
 */
#ifndef POOL_BROOD_H
#define POOL_BROOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/pin.h"
#include "pool/snippet.h"

struct brood_conf {
	unsigned most;			/* so many may be made in one go; ... */
	volatile int32_t *pinning;	/* not NULL: then worker and twin stay
					   on one CPU, as none are to spare;
					   nonzero while that is tried */
	struct pin_board board;		/* ... of all workers */
};

/* A pipe that a shell opens by /proc: its reading end keeps its number. */
struct brood_pipe {
	int fd, writer;			/* writer -1: used */
};

struct brood {
	unsigned most;			/* so many may be made in one go */
	unsigned size;			/* so many were asked for */
	unsigned wanted;		/* ... and are the next time */
	/* private: */
	unsigned next;			/* those before have begun */
	pid_t pid[SNIPPET_BROOD];	/* 0: not there yet, or no more */
	unsigned quick;			/* tasks that were short, in a row */
	nsec went;			/* when the one before began */
	struct brood_pipe more[SNIPPET_BROOD - 1], last[2];
	int turn;			/* of the last: 0 or 1 */
	struct brood_pipe *goes;	/* that of the one that was handed out */
};

/* Closes *fd, if there is one. */
void brood_shut(int *fd);

/* A new pipe in place of p's, unless that is new still.  0, or -1 and errno. */
int brood_renew(struct brood_pipe *p);

/*
 * Numbers for the pipes, and the first of these.  One is made at a time where
 * our children cannot be seen.  0, or -1 and errno.
 */
int brood_open(struct brood *b, unsigned most);

/* All who read a pipe read its end. */
void brood_close(struct brood *b);

/* Into p, but for its end. */
void brood_pipes(const struct brood *b, struct snippet_pipes *p);

/*
 * One more is asked for: if that is the last, the pipes of the next brood; of
 * one task only, where there is no room for more, or tasks are not so short
 * that it matters, or may is false.  0, or -1 and errno.
 */
int brood_prepare(struct brood *b, bool may);

/* The next one begins to be made. */
void brood_begin(struct brood *b);

/* The last of it has said that it is there. */
void brood_say(struct brood *b, pid_t last);

/* Has it? */
bool brood_said(const struct brood *b);

/* Are all of it there, as children of between?  Or the last one alone: then
   that is all of it. */
bool brood_whole(struct brood *b, pid_t between);

/* Are all of them ours, dead or alive? */
bool brood_ours(const struct brood *b);

/* The next one, which is none of the brood from now on; or 0, if it has died.
   *last: was it the last? */
pid_t brood_take(struct brood *b, bool *last);

/* What that one reads, to its end. */
void brood_tell(struct brood *b, const char *text, size_t n);

bool brood_has(const struct brood *b, pid_t pid);
void brood_forget(struct brood *b, pid_t pid);

/* Those that are ours are killed and waited for; none is known then. */
void brood_reap(struct brood *b);

/* Of one process: is it a child of ours, dead or alive?  Kills such a one. */
bool brood_is_child(pid_t pid);
void brood_kill(pid_t pid);

/* The same for each child of ours that is in the process group. */
void brood_kill_group(pid_t group);

#endif
