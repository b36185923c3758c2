/*
 * A file that records are added to, for the logs: buffered, and written once
 * per turn of the loop.  Knows nothing of what a record is.
 */
#ifndef OUTPUT_RECORDS_H
#define OUTPUT_RECORDS_H

#include <stdbool.h>

#include "base/buf.h"

struct records;

/*
 * Returns new; the file is made if need be, and what is in it stays until
 * records_begin().  NULL with *error = errno when it cannot be opened.
 */
struct records *records_open(const char *path, bool append, int *error);

/*
 * Before the first record: the file is emptied unless append; else a torn last
 * line (a crash) is ended with `torn`.  If nothing is in it writes `head`, and
 * returns true.  An error is told by records_flush().
 */
bool records_begin(struct records *r, const char *head, const char *torn);

/* Where the next record goes; NULL after a failure: nothing is wanted. */
struct buf *records_next(struct records *r);

/*
 * Writes all, to a file with one write(2), so that several may append to it.
 * Returns 0, or -1 with errno when this or an earlier write failed: records
 * are discarded then.
 */
int records_flush(struct records *r);

/* Flushes and frees; returns as records_flush(). */
int records_close(struct records *r);

#endif
