/*
 * What is likely to have been meant otherwise, of a command line that has its
 * meaning nevertheless: said once on stderr, before anything starts, and
 * nothing is changed by it.
 */
#ifndef RUN_HINTS_H
#define RUN_HINTS_H

#include <stdbool.h>

#include "cli/conf.h"
#include "input/command.h"

/* True: a lone operator of the shell among the words was one of them. */
bool hints_say(const struct conf *conf, const struct command *c,
    const struct vocabulary *v);

#endif
