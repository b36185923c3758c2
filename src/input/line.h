/*
 * The text of a shell line with the values of an item in it, each quoted for
 * its place.  Several values are several words only where seg->many says that
 * they may be (level.h); elsewhere they are one, with blanks between them.
 * Part of command.c; pure.
 */
#ifndef INPUT_LINE_H
#define INPUT_LINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "input/form.h"

/*
 * Adds the text of c->line for the shell or, shown, as people read it.
 * False: a value is not an integer where only one is safe.
 */
bool line_expand(const struct command *c, const struct command_task *t,
    bool shown, struct buf *b);

/* Adds the values behind a line or, shown, behind a command. */
void line_append(const struct item *it, bool shown, struct buf *b);

#endif
