/*
 * --semaphore: COMMAND runs when one of N places is free (sem(1) of GNU
 * parallel).
 *
 * A place is a file that is locked (flock(2)) in a directory of the user's:
 * $XDG_RUNTIME_DIR/ppx, or /tmp/ppx-UID.  The lock is held by the process that
 * supervises COMMAND, so it is free when that has ended, in whatever way.
 * Then that process is a ppx as any other, with a pool of one and one task of
 * no items: so what ppx promises of tasks is true of COMMAND.
 *
 * Who waits holds nothing, so it can be stopped, or ended, at any time.  It
 * waits for the lock where there is one place, and no bound (--queue-timeout);
 * else it looks ever again, the less often the longer it has waited.
 */
#ifndef RUN_SEMAPHORE_H
#define RUN_SEMAPHORE_H

#include <stdbool.h>

#include "cli/conf.h"

/*
 * conf asks for a semaphore.  Returns the exit status, with *sig as of
 * coord_run(); in the process that runs COMMAND behind it returns, too, when
 * that is over.
 */
int semaphore_run(const struct conf *conf, const bool closed[3], int *sig);

#endif
