/*
 * A process that was made elsewhere and waits for its task (warm.h): what
 * spawn() does for one of its own, as far as it can be done from outside.
 */
#ifndef POOL_ADOPT_H
#define POOL_ADOPT_H

#include <sys/types.h>

#include "pool/spawn.h"
#include "pool/word.h"

/*
 * t->made, a child of ours, gets its process group and goes into t's cgroup.
 * Returns it; or -1 with w->step and w->error set, and it is dead and reaped.
 * -1 for one that could not be made, as w says.
 */
pid_t adopt(const struct spawn_task *t, struct word *w);

/* It is not to run: kills and reaps it, if there is one. */
void adopt_not(const struct spawn_task *t);

#endif
