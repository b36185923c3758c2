/*
 * Runs: records in one piece, as they lay in the input, each with its end
 * (struct item, records).  Pure.
 */
#ifndef INPUT_RUN_H
#define INPUT_RUN_H

#include <stddef.h>

#include "task/item.h"

/*
 * How many of the n bytes at p are whole records, each ended by `end`: at most
 * `most`, which are counted in *count.
 */
size_t run_records(const char *p, size_t n, char end, size_t most,
    size_t *count);

/* The same of those in front that have no NUL, unless that is the end. */
size_t run_measure(const char *p, size_t n, char end, size_t most,
    size_t *count);

/*
 * Returns new: records from..from + n of a run, n is 1 or more; a single one is
 * an item.
 */
struct item *run_part(const struct item *run, char end, size_t from, size_t n);

#endif
