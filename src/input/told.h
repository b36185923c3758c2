/*
 * What a command's text tells of the values of its item.  For --resume: two
 * tasks of equal texts are the same one only if all that sets them apart is in
 * the text.  Pure.
 */
#ifndef INPUT_TOLD_H
#define INPUT_TOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "input/command.h"

struct template;

/*
 * Is each value that t inserts in the text of the command, whole, or as t has
 * it?  t NULL: is each that there is?  Numbers are not asked for.  values:
 * that each item has, 0 = it varies.
 */
bool told_by(const struct command *c, const struct template *t, size_t values);

#endif
