/*
 * What a dead worker left comes to the coordinator, which is a subreaper too:
 * here it is told from what was never ours, and ended, one pass of the loop
 * at a time.
 *
 * Children that this process had before its first fork are not ours; neither
 * is what they leave.  Where there were such children, only a process whose
 * environment names a dead worker (PPX_WORKER_PID), or which is in its group,
 * is an heir.
 */
#ifndef POOL_HEIRS_H
#define POOL_HEIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/loop.h"
#include "task/task.h"

struct heirs;

struct heirs_ops {
	/* Is it a living worker? */
	bool (*is_member)(void *ctx, pid_t pid);
	/* Does one that is not buried name it as its task's main process?  Its
	   number must stay its own until that is claimed. */
	bool (*is_named)(void *ctx, pid_t pid);
	/* Of each task held here: the tree is gone, or has proved not to be
	   killable. */
	void (*ended)(void *ctx, struct task *t);
};

/* Returns new; notes the children there are.  ops is borrowed. */
struct heirs *heirs_new(struct loop *loop, const struct heirs_ops *ops,
    void *ctx);
void heirs_free(struct heirs *h);

/* The worker died and may have left processes: end them. */
void heirs_claim(struct heirs *h, pid_t worker);

/* The process group of its task, where processes cannot be seen; or 0. */
void heirs_group(struct heirs *h, pid_t group);

/*
 * The dead worker may have left a cgroup for its slot (base/cgroup.h): removed
 * once the claimed are gone.
 */
void heirs_cgroup(struct heirs *h, pid_t worker, unsigned slot);

/* A worker will leave processes that are to live on (--leak=ignore). */
void heirs_expect(struct heirs *h);

/* Takes t until the claimed are gone. */
void heirs_hold(struct heirs *h, struct task *t);

/* On SIGCHLD. */
void heirs_reap(struct heirs *h);

size_t heirs_held(const struct heirs *h);
bool heirs_active(const struct heirs *h);

/* Processes that could not be killed and that no task tells of. */
size_t heirs_unkillable(const struct heirs *h);

#endif
