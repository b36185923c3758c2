/*
 * A regular file cut into parts of whole records, of which nothing is read but
 * where each of them ends.
 */
#ifndef RUN_PARTS_H
#define RUN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "input/cut.h"

struct parts;

/*
 * Returns new.  The file fd from where it stands if `here`, or from its
 * beginning, to the end that it has now.  cut, borrowed, does not count.  n:
 * how many parts there are to be; 0 = as many as it takes.
 */
struct parts *parts_new(int fd, bool here, const struct cut *cut, size_t n);

/* With `here` the file then stands behind what parts_next() gave. */
void parts_free(struct parts *ps);

/* Bytes that no part has yet. */
off_t parts_left(const struct parts *ps);

/* Its first *n bytes, up to most, borrowed until the next call; and the rest
   without the first n. */
char *parts_head(struct parts *ps, size_t most, size_t *n);
void parts_skip(struct parts *ps, size_t n);

/*
 * The next one, of so many bytes at most where a record is not longer, and n
 * is 0: its length, and *off, where it begins.  0 = there is none; -1 and
 * errno.  EAGAIN: a part of the search for its end is done, call it again.
 */
off_t parts_next(struct parts *ps, off_t size, off_t *off);

#endif
