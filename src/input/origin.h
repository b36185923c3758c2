/*
 * Could this command have made that text?  For --resume: a joblog of another
 * command tells nothing by its texts.
 *
 * What all texts of a command have in common is learned from a few that it
 * makes of very different items: how they begin, how they end, and, where
 * items are of a fixed number of values, how many words there are.  "No" is
 * certain; "yes" may be wrong.  Pure.
 */
#ifndef INPUT_ORIGIN_H
#define INPUT_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "input/command.h"

struct origin;

/* Returns new.  values: that each item has, 0 = it varies. */
struct origin *origin_new(const struct command *c, size_t values);
void origin_free(struct origin *o);

bool origin_fits(const struct origin *o, const char *text, size_t n);

#endif
