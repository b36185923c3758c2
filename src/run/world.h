/*
 * COMMAND compiled, with the answers that only the outside knows: which
 * programs are in PATH, which bash functions are exported.
 */
#ifndef RUN_WORLD_H
#define RUN_WORLD_H

#include "cli/conf.h"
#include "input/command.h"

/*
 * Returns new.  A command line that cannot be run safely is said, with a
 * caret below it, and exits with 125.  conf must outlive the command.  warm:
 * its lines are for a shell that is there.
 */
struct command *world_command(const struct conf *conf,
    const struct vocabulary *v, bool warm);

/* Is name a program, in PATH or as a path itself? */
bool world_has_program(const char *name);

#endif
