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
 * Who waits holds the lock of a turnstile, place 0, and looks ever again;
 * others wait for that lock.  So they are served in turn, and one alone looks;
 * but those with --queue-timeout look for the turnstile as often, as no lock
 * can be waited for until a moment.
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
