/*
 * All processes below this one, stopped or ended as one.
 *
 * Killing one by one loses against a process that forks: each kill frees a
 * place that is filled again.  So first everything is frozen: SIGSTOP to
 * whatever is found, pass after pass, until two passes in a row find nothing
 * new and nothing that moves.  Nothing is reaped meanwhile, so the number of
 * processes can only grow to the system's limit, and a stopped process forks
 * no more.  Then SIGKILL to all of them.
 *
 * One pass per tree_step(), so that the coordinator's loop goes on between.
 */
#ifndef POOL_TREE_H
#define POOL_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/os.h"

struct tree {
	/* set by the owner: */
	bool (*skip)(void *ctx, pid_t pid);	/* direct children to spare */
	void *ctx;
	pid_t group;		/* of the main process, or 0 */
	/* private: */
	struct os_procs set;	/* stopped by us; state 'E': not permitted */
	struct os_procs list;
	bool kill, active;
	bool blind;		/* the group was meant, as none is seen */
	int clean;
	nsec began;
};

/* Begins; kill is false for a mere stop.  Owner fields must be set. */
void tree_start(struct tree *t, bool kill, nsec now);

/*
 * One pass.  Returns 0 when it is over (all stopped; all sent SIGKILL), else
 * how long to wait until the next pass.  Gives up waiting for the last to
 * stop after some seconds and goes on.  Where processes cannot be seen it is
 * the group that is meant; it looks again if that is for want of descriptors or
 * memory.
 */
nsec tree_step(struct tree *t, nsec now);

/* Kills all descendants, and waits for them, but no longer than most: for one
   that is about to end itself. */
void tree_end(nsec most);

/* SIGCONT to those that tree_start(.., false) stopped, and forgets them. */
void tree_thaw(struct tree *t);

/* Whom tree_signal() means, among the descendants. */
enum reach {
	REACH_ALL,
	REACH_GROUP,		/* those in t->group */
	REACH_OTHERS		/* those that are not */
};

/* Sends sig, then SIGCONT, to every live descendant that is meant. */
void tree_signal(struct tree *t, int sig, enum reach reach);

/*
 * The live (not zombie) descendants: their number, the first max of them in
 * pids.  -1 when they cannot be seen; os_is_short() says why.
 */
int tree_count(struct tree *t, int32_t *pids, size_t max);

/* Does one of those hold one of the n files open?  True, too, when they cannot
   be seen. */
bool tree_holds(struct tree *t, const struct os_file *files, size_t n);

/* Frees what it holds. */
void tree_free(struct tree *t);

#endif
