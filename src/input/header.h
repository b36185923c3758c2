/*
 * What an input begins with that is to stand before each block of it: some
 * lines, or what an expression matches.  Pure.
 */
#ifndef INPUT_HEADER_H
#define INPUT_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/num.h"

struct header;

/*
 * Returns new: of ":", which is one line, a number of lines, or a regular
 * expression (POSIX extended, \n \t \r understood); NULL with *fault set.
 */
struct header *header_new(const char *text, struct fault *fault);
void header_free(struct header *h);

/*
 * True when it is known how much of the n bytes at p, where the input begins,
 * it is: *len of them.  An expression is known to end where a whole line behind
 * it is none of it.  last: no more will come.  p[n] must be writable.
 */
bool header_find(const struct header *h, char *p, size_t n, bool last,
    size_t *len);

#endif
