/*
 * The coordinator: one run of ppx from the first item to the last record.
 *
 * Owns the event loop and everything in it.  Callbacks of the other rooms
 * change its state; tasks are started in one place, the pump (pump.c), once at
 * the end of each turn.
 */
#ifndef RUN_COORD_H
#define RUN_COORD_H

#include <stdbool.h>

#include "cli/conf.h"

/*
 * Runs all.  closed tells which of 0, 1, 2 were closed when ppx was started.
 * Returns the exit status; *sig is the signal by which ppx is to end, or 0.
 */
int coord_run(const struct conf *conf, const bool closed[3], int *sig);

#endif
