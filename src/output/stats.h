/*
 * The statistics of a run as one JSON object.  The first eight members have
 * the names and the meaning that deadpool (Python) gave them.  Pure.
 */
#ifndef OUTPUT_STATS_H
#define OUTPUT_STATS_H

#include "base/buf.h"
#include "task/tally.h"

/* Adds the object and a newline. */
void stats_text(const struct tally *y, struct buf *b);

#endif
