/*
 * The worker process: runs one task at a time and answers for every process
 * that comes of it.
 *
 * It is a child subreaper, so whatever a task leaves behind comes to it, and
 * belongs to that task.  It starts the command, keeps its clock, ends its
 * tree, waits until waitpid(2) says ECHILD, and reports.  When the
 * coordinator is gone (end of file on the channel) it ends the tree and
 * itself.  A worker whose task left processes that are to live on, or that
 * cannot be killed, is their keeper: it takes no more tasks.  With --warm the
 * command's process comes from a shell (warm.h), and all else is the same.
 * What it does before its first task and after its last is in setup.h.
 */
#ifndef POOL_WORKER_H
#define POOL_WORKER_H

#include <stdbool.h>

#include "base/diag.h"
#include "pool/brood.h"
#include "pool/setup.h"
#include "pool/word.h"
#include "task/limits.h"

struct worker_conf {
	int fd;			/* its end of the channel */
	struct word *word;
	unsigned slot;
	bool raw;		/* tasks write to our own stdout and stderr */
	struct brood_conf brood;	/* of a warm shell */
	struct limits limits;
	const struct setup_conf *setup;	/* or NULL */
	const char *dir;	/* a directory of its own, to be made; or NULL */
};

/*
 * The life of a worker; called in the child right after fork(2), and the end
 * of it.  Signals that the coordinator watches must be blocked.
 */
void worker_main(const struct worker_conf *conf) NORETURN;

#endif
