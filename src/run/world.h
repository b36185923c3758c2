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
 * caret below it, and exits with 125.  conf must outlive the command.
 */
struct command *world_command(const struct conf *conf,
    const struct vocabulary *v);

/*
 * A file of records that is known to be no input, before anything is started,
 * is said, and ends ppx with 125: one that must not be read, a directory.
 */
void world_sources(const struct conf *conf);

#endif
