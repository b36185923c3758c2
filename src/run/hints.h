/*
 * What is likely to have been meant otherwise, of a command line that has its
 * meaning nevertheless: said once on stderr, before anything starts, and
 * nothing is changed by it.
 */
#ifndef RUN_HINTS_H
#define RUN_HINTS_H

#include "cli/conf.h"
#include "input/template.h"

/* True: it was said that words are no shell line. */
bool hints_say(const struct conf *conf, const struct vocabulary *v);

#endif
