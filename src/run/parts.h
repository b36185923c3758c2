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
 * beginning, to the end that it has now.  cut, borrowed, does not count.  size:
 * bytes of a part at most; or 0: as there are to be n parts.
 */
struct parts *parts_new(int fd, bool here, const struct cut *cut, size_t size,
    size_t n);

/* With `here` the file then stands behind what parts_next() gave. */
void parts_free(struct parts *ps);

/* The next one: its length, and *off, where it begins; 0 = there is none; -1
   and errno. */
off_t parts_next(struct parts *ps, off_t *off);

#endif
