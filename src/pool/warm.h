/*
 * A worker's warm shell, from the worker's side (src/README, Workers that keep
 * state): it makes processes, a brood at a time, that have the shell's state
 * and are the worker's own children, and that run what they are given.
 *
 * The price of a task is a fork of the shell, its end, and its page faults in
 * between: two thirds of the time; a fifth is the worker's and the
 * coordinator's (tests/bench, warm-sh and warm-bash).  A brood of one costs two
 * forks.
 *
 *	INIT --init over--> LOOKING --it told of itself--> PARTING
 *	PARTING --the twin is apart--> MAKING
 *	MAKING --the brood is there--> WAITING
 *	WAITING --warm_ask()--> FREEING --it is ours--> READY
 *	READY --warm_ask()--> READY	made()
 *	READY --warm_ask(), the last one--> MAKING	made()
 *	any --harmed()--> HARMED
 *	any --warm_end()--> ENDED
 */
#ifndef POOL_WARM_H
#define POOL_WARM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/loop.h"
#include "base/pin.h"
#include "pool/brood.h"
#include "pool/setup.h"
#include "pool/snippet.h"
#include "pool/spawn.h"

struct warm;

struct warm_ops {
	/* The init has succeeded, the twin is there: apart is to be killed. */
	void (*begun)(struct warm *w, pid_t apart);
	/* It is. */
	void (*parted)(struct warm *w, pid_t twin);
	/* A brood is there, and no task is wanted yet. */
	void (*able)(struct warm *w);
	/* pid, a child of ours, is the task that was asked for: it waits for
	   warm_go(). */
	void (*made)(struct warm *w, pid_t pid);
	/* Others have killed what waits for us: the shell must go. */
	void (*harmed)(struct warm *w);
};

enum { WARM_LINE = 256 };	/* no line of ours is so long */

struct warm {
	struct io io;			/* the socket; fd -1 without a shell */
	/* private: */
	struct loop *loop;
	const struct warm_ops *ops;
	const struct setup_conf *conf;
	enum warm_at {
		WARM_INIT, WARM_LOOKING, WARM_PARTING, WARM_MAKING,
		WARM_WAITING, WARM_FREEING, WARM_READY, WARM_HARMED, WARM_ENDED
	} at;
	bool asked;			/* a task is wanted */
	bool held;			/* made() is put off */
	bool leaves;			/* it has begun with its fini */
	bool starved;			/* it was harmed as it made a brood */
	bool half;			/* ... of more than one, or ended so */
	bool crowded;			/* ... for which there was no room */
	struct snippet_shell shell;
	char **env;			/* see struct snippet; or NULL */
	struct buf env_program;
	pid_t apart, twin;		/* 0 until they are there */
	pid_t between;			/* 0 until it is there, and when it has
					   gone */
	pid_t group;			/* that of the shell */
	struct brood brood;
	struct pin pin;
	volatile int32_t *pinning;	/* see struct brood_conf */
	bool pinned;			/* so is the brood */
	struct timer rest;		/* until we are no more */
	struct timer late;		/* until a brood of many is there */
	unsigned strikes;		/* it was late so often */
	struct brood_pipe end;		/* what the shell reads at its end, and has
					   open: fd -1 */
	struct snippet_stdio stdio;	/* until the init is over; or -1 */
	struct buf text;		/* for the task that is asked for */
	int file;			/* ... which is here; or -1 */
	char line[WARM_LINE];		/* what is read; longer ones are cut */
	size_t len;
	pid_t from;			/* who writes it */
};

/*
 * Makes the socket and the pipes; w is zeroed, conf is borrowed, err, which is
 * ppx's stderr, is ours from now on; of many, which is copied, most is at most
 * SNIPPET_BROOD.  Returns what is to be the shell's stderr, which stays ours;
 * or -1 and errno.
 */
int warm_open(struct warm *w, struct loop *loop,
    const struct setup_conf *conf, const struct warm_ops *ops,
    const struct brood_conf *many, int err);

/* The shell's -c, which takes the init as its $1. */
void warm_driver(const struct warm *w, const struct spawn_place *place,
    struct buf *b);

/*
 * A task is wanted that does this; made() follows, unless warm_end() comes
 * first.  0; or -1 and errno, with *step what failed.
 * line: t's words are SHELL -c LINE NAME VALUE....  Its descriptors must stay
 * open until it is over.
 */
int warm_ask(struct warm *w, const struct spawn_task *t, bool line,
    enum spawn_step *step);

/* We are frozen: nothing is made() until it is undone. */
void warm_hold(struct warm *w, bool hold);

/* The one that was made begins. */
void warm_go(struct warm *w);

/* No task is wanted any more, the shell is to run its fini and exit.  What
   waits for tasks stays until warm_end().  False: it cannot, errno says why;
   EPIPE: as it has gone. */
bool warm_fini(struct warm *w);

/* Has it not begun with that? */
bool warm_missed(struct warm *w);

/* Does pid wait for a task? */
bool warm_owns(const struct warm *w, pid_t pid);

/* That one has ended, and was waited for. */
void warm_lost(struct warm *w, pid_t pid);

/* On SIGCHLD, before others look: of a shell that was killed what waits comes
   to us, and is none of the task that runs. */
void warm_reap(struct warm *w);

/* Has its init succeeded, so that it waits for tasks, or soon does? */
bool warm_begun(struct warm *w);

/* Is there one for a task? */
bool warm_able(const struct warm *w);

/* Is one ours already, so that made() is at once, from within warm_ask()? */
bool warm_ready(const struct warm *w);

/* It ends, unasked: was that as it, or its twin, could make no process? */
bool warm_starved(struct warm *w);

/* The shell has gone, or is to go: who waits for us ends. */
void warm_end(struct warm *w);

/* The shell is dead, and the worker about to exit: nobody is left waiting. */
void warm_bury(struct warm *w);

/* --- able.c: what the system has for one ----------------------------------- */

/* Can there be one?  False with why, a static string. */
bool warm_possible(const char **why);

/* How many descriptors (RLIMIT_NOFILE) ppx lacks for one; 0: none. */
unsigned warm_lacks_files(void);

/* Are there so many? */
bool warm_has_files(int most);

/* Is there such a program, for a shell that is in dir?  Names without a slash
   are looked for in our PATH.  0: there is, or nobody knows; or an errno. */
int warm_seek(const char *word, const char *dir);

/*
 * What programs get from ppx and some shells lose: variables with names that
 * are no identifiers, such as those of exported functions of bash.  New; NULL
 * where there are none.  Else the path of env(1), by which they are passed on,
 * is put into env.
 */
char **warm_strange(struct buf *env);

#endif
