/*
 * A worker's warm shell, from the worker's side (src/README, Workers that keep
 * state): it makes processes, one at a time, that have the shell's state and
 * are the worker's own children, and that run what they are given.
 *
 *	INIT --init over--> MAKING --pair is there--> WAITING
 *	WAITING --warm_ask()--> FREEING --the task is ours--> MAKING  made()
 *	any but these --harmed()--> HARMED
 *	any --warm_end()--> ENDED
 */
#ifndef POOL_WARM_H
#define POOL_WARM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/loop.h"
#include "pool/spawn.h"

struct warm;

struct warm_ops {
	/* The init has succeeded. */
	void (*begun)(struct warm *w);
	/* pid, a child of ours, is the task that was asked for: it waits for
	   warm_go(). */
	void (*made)(struct warm *w, pid_t pid);
	/* Others have killed what waits for us: the shell must go. */
	void (*harmed)(struct warm *w);
};

enum { WARM_FLAGS = 32 };

struct warm {
	struct io io;			/* the socket; fd -1 without a shell */
	/* private: */
	struct loop *loop;
	const struct warm_ops *ops;
	const char *tmpdir;
	enum warm_at {
		WARM_INIT, WARM_MAKING, WARM_WAITING, WARM_FREEING,
		WARM_HARMED, WARM_ENDED
	} at;
	bool asked;			/* a task is wanted */
	bool held;			/* made() is put off */
	pid_t made;			/* ... for this one; or 0 */
	char flags[WARM_FLAGS];
	pid_t between, task;		/* the pair; 0 until it is there */
	int fd[2], writer[2];		/* two pipes; writer -1: used */
	int turn;			/* that of the pair */
	struct buf text;		/* for the task that is asked for */
	int file;			/* ... which is here; or -1 */
};

/* Can there be one?  False with why, a static string. */
bool warm_possible(const char **why);

/*
 * Makes the socket and the pipes; w is zeroed.  Returns what is to be the
 * shell's stderr, to be closed once it runs; or -1 and errno.
 */
int warm_open(struct warm *w, struct loop *loop, const char *tmpdir,
    const struct warm_ops *ops);

/* The shell's -c: runs the init first. */
void warm_driver(const struct warm *w, const char *init, struct buf *b);

/*
 * A task is wanted that does this; made() follows, not from within, unless
 * warm_end() comes first.  0; or -1 and errno, with *step what failed.
 * line: t's words are SHELL -c LINE NAME VALUE....  Its descriptors must stay
 * open until it is over.
 */
int warm_ask(struct warm *w, const struct spawn_task *t, bool line,
    enum spawn_step *step);

/* We are frozen: nothing is made() until it is undone. */
void warm_hold(struct warm *w, bool hold);

/* The one that was made begins. */
void warm_go(struct warm *w);

/* The shell has gone, or is to go: who waits for us ends. */
void warm_end(struct warm *w);

#endif
