/*
 * The worker's life around its tasks: --init before the first, --fini after
 * the last, and its end.
 *
 *	INIT --the script succeeded--> READY
 *	READY --setup_retire()--> FINI --it is over--> END
 *	INIT --the script failed, or setup_retire() ended it--> END
 *	FINI --the system has no room for it--> FINI, some time later
 *	any --setup_leave(), setup_lose()--> END
 *
 * At END the supervisors of the scripts are told to end what they still have;
 * when they are gone the worker removes its directory and exits.  Without
 * scripts it exits at once.
 */
#ifndef POOL_SETUP_H
#define POOL_SETUP_H

#include <stdbool.h>

#include "base/loop.h"
#include "pool/script.h"
#include "task/limits.h"

/* The options; borrowed strings. */
struct setup_conf {
	const char *init, *fini;	/* or NULL */
	const char *shell;
	bool warm;			/* the init's shell stays, for tasks; then
					   init is "" where there is none */
	bool dirs;			/* each worker has a directory */
	const char *word;		/* the first of COMMAND, if it is known */
	bool word_line;			/* ... COMMAND being a line of plain words */
	nsec timeout;			/* of each; 0 = none */
	bool retry;			/* a failed init is none of the run's */
	bool announce;			/* a worker takes tasks when it has said
					   that its directory is there */
	const char *tmpdir;		/* for the workers' directories */
	const char *tmpdir_from;	/* what says that, for messages */
};

/* Does a worker say when it is ready for tasks?  c may be NULL. */
static inline bool
setup_announces(const struct setup_conf *c)
{
	return c && (c->init || c->announce);
}

enum setup_at { SETUP_INIT, SETUP_READY, SETUP_FINI, SETUP_END };

struct setup;

struct setup_ops {
	/* The script is over, or had no room (REASON_EXEC, SPAWN_FORK), or the
	   fini has no shell any more (REASON_LOST).  Not called for a fini that
	   succeeded. */
	void (*told)(struct setup *u, bool fini, const struct result *r);
	/* What the scripts left is frozen, after setup_freeze(). */
	void (*frozen)(struct setup *u);
	/* The shell that was to stay has gone, or nobody needs it any more. */
	void (*spent)(struct setup *u);
	/* Has the init of the warm shell said that it is over, although more
	   is to come before tasks?  Then it is not ended any more. */
	bool (*done)(struct setup *u);
	/* Has it made the first process, for a task? */
	bool (*able)(struct setup *u);
	/* It is to run the fini and exit; false: it cannot, and errno, EPIPE
	   if it has gone. */
	bool (*fini)(struct setup *u);
	/* It was killed: before it began with that? */
	bool (*missed)(struct setup *u);
	/* A supervisor was killed: the worker is to end likewise. */
	void (*felled)(struct setup *u);
	/* The worker exits now. */
	void (*leaving)(struct setup *u);
};

struct setup {
	/* set by the owner: */
	struct loop *loop;
	const struct setup_conf *conf;	/* or NULL */
	const struct limits *limits;
	const struct setup_ops *ops;
	const char *dir;
	unsigned slot;
	int out;			/* what is ppx's stderr */
	const struct word *word;	/* the worker's */
	int warm;			/* the stderr of a warm shell; or -errno */
	const char *driver;		/* what that runs */
	enum setup_at at;		/* as a rule SETUP_READY is of interest */
	/* private: */
	struct script init, fini;
	struct timer again;		/* the fini had no room */
	unsigned tries;
	bool passed;			/* the init has succeeded */
	bool retiring;			/* as soon as the init is over */
	bool ending;			/* the init was told to end */
	bool hurried;			/* no fini any more */
	bool orphan;			/* the coordinator is gone */
	bool unfrozen[2];		/* answers that are awaited */
};

/* Runs the init, if there is one. */
void setup_begin(struct setup *u);

/*
 * The worker is idle and wanted no more: runs the fini, and exits.  A worker
 * that is not ready yet has its init ended instead.
 */
void setup_retire(struct setup *u);

/* The same without fini. */
void setup_leave(struct setup *u);

/* The coordinator is gone: all is killed, and the directory removed. */
void setup_lose(struct setup *u);

/* Removes the worker's directory, if there is one, as far as time allows. */
void setup_sweep(const struct setup *u);

/* The warm shell says that its init is over: STARTED of script.h, twice. */
void setup_stay(struct setup *u, pid_t pid);

/* It has made a process for a task. */
void setup_able(struct setup *u);

/* It is to go; spent() follows. */
void setup_break(struct setup *u);

/* Nothing but the end is to come: no fini. */
void setup_hurry(struct setup *u);

/* Ends the running script.  A ladder that begins with KILL: no fini. */
void setup_end(struct setup *u, const struct message *end);

/* Stops what the scripts left; true when frozen() will be called for it. */
bool setup_freeze(struct setup *u);
void setup_thaw(struct setup *u);

/* On SIGCHLD. */
void setup_wake(struct setup *u);

/* Is pid one of the supervisors? */
bool setup_owns(const struct setup *u, pid_t pid);

#endif
