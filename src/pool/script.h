/*
 * A script of a worker, --init or --fini, in a process of its own beside the
 * tasks: its supervisor, which is a subreaper too.  So what an init leaves
 * running belongs to the supervisor and is never taken for a task's, and the
 * worker's waitpid(-1), which does not see the supervisor (os_fork_aside()),
 * still says by ECHILD that a task has left nothing.
 *
 * It is in the worker's process group, by which it is known when that is dead
 * (heirs.c).
 *
 * The supervisor ends when nothing of the script is left, or when it is told
 * to; end of file on its channel is the order that cannot be lost.
 */
#ifndef POOL_SCRIPT_H
#define POOL_SCRIPT_H

#include <stdbool.h>
#include <sys/types.h>

#include "pool/word.h"
#include "task/limits.h"
#include "wire/channel.h"

struct script_conf {
	const char *text, *shell;
	const char *driver;	/* of a shell that stays, text its $1; or NULL */
	const char *dir;	/* PPX_WORKER_DIR */
	unsigned slot;
	int out;		/* its stdout and stderr */
	nsec timeout;		/* 0 = none */
	int warm;		/* the stderr of a shell that stays; or -1 */
	const struct word *word;	/* of the worker, whose task dies with it
				   if it came from that shell */
	const struct limits *limits;
};

struct script;

struct script_ops {
	/* The script is over: r says how.  Processes of it may live on.  Of a
	   shell that stays: its init is; then it is itself. */
	void (*over)(struct script *s, const struct result *r);
	/* They are frozen, after MSG_FREEZE. */
	void (*frozen)(struct script *s);
	/* The supervisor has ended; over() was called before, or it was
	   killed. */
	void (*gone)(struct script *s, bool killed);
};

struct script {
	struct channel channel;
	const struct script_ops *ops;
	pid_t pid;		/* of the supervisor; 0 = none */
};

/* Starts it; s is zeroed.  0, or -1 and errno. */
int script_start(struct script *s, struct loop *loop,
    const struct script_conf *conf, const struct script_ops *ops);

/*
 * Tells the supervisor, if there is one: END ends the running script, FREEZE
 * and THAW are as for a task, RETIRE ends by its ladder whatever is left.
 * To a shell that is to stay: STARTED with the pid of what stands between it
 * and its twin (foster.h): that is killed.  STARTED again, with that of the
 * twin: it is apart; over() follows, and tasks may be made.  From then on END
 * is too late, but without a ladder it is for the shell alone, and kills it.
 * RECALL says that it is about to run its fini and to exit; over() follows
 * again.
 */
void script_tell(struct script *s, const struct message *m);

/* On SIGCHLD: the supervisor is never stopped. */
void script_wake(const struct script *s);

/* Everything of it is killed now; gone() follows. */
void script_drop(struct script *s);

#endif
