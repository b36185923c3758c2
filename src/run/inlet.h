/*
 * What --pipe reads: which file, and where it may be cut.
 */
#ifndef RUN_INLET_H
#define RUN_INLET_H

#include <stdbool.h>
#include <sys/stat.h>

#include "cli/conf.h"
#include "input/cut.h"

/* By --recstart, --recend and the like; returns new.  What is wrong with these
   ends ppx. */
struct cut *inlet_cut(const struct conf *conf);

/* The one source, open, with its *name, borrowed, for messages, and what it is.
   One that cannot be read ends ppx. */
int inlet_open(const struct conf *conf, bool stdin_closed, const char **name,
    struct stat *st);

#endif
