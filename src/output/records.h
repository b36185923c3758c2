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
 * Returns new; the file is made if need be and emptied unless append; a torn
 * last line (a crash) is ended first.  *empty: nothing is in it.  NULL with
 * *error = errno when it cannot be opened.
 */
struct records *records_open(const char *path, bool append, bool *empty,
    int *error);

/* Where the next record goes; NULL after a failure: nothing is wanted. */
struct buf *records_next(struct records *r);

/*
 * Writes all with one write(2).  Returns 0, or -1 with errno when this or an
 * earlier write failed: records are discarded then.
 */
int records_flush(struct records *r);

/* Flushes and frees; returns as records_flush(). */
int records_close(struct records *r);

#endif
