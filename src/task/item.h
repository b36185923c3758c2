/*
 * One item: the values that one task is about, in one block of memory.
 *
 * A record is an item of one value; columns, several sources and batches give
 * more.  The source makes it, the caller of source_next() takes it and frees
 * it with free(3).  A bad item has no use but to be reported: bad says why,
 * and its value is the start of the record, with "..." behind it if there was
 * more.
 */
#ifndef TASK_ITEM_H
#define TASK_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct item {
	const char *bad;	/* static text: why it cannot run; or NULL */
	/* which of the items made it is, from 1, before --shuf; blank records
	   that -r passes over make none, one of each of several sources makes
	   one; 0 = it has none */
	uint64_t number;
	uint32_t n;		/* number of values */
	/* a run: its one value is so many records as they lay in the input,
	   each with its end; 0 = an item */
	uint32_t records;
	bool large;		/* bad, as no command can hold it: for -x */
	char last;		/* bad: what item_last() says */
	uint32_t at[];		/* n + 1 offsets from the block's start */
};

/*
 * Returns new: an item of the one value p[0..len), without a number.  The
 * value is followed by a NUL that does not count.  len must be below 2^31.
 */
struct item *item_new(const void *p, size_t len, const char *bad);

struct value {
	const char *p;		/* borrowed */
	size_t n;
};

/* The same of n values, of which there may be none. */
struct item *item_of(const struct value *v, size_t n, const char *bad);

/*
 * Returns new: the values of n items, 1 or more, one behind the other, with
 * the number of the first.  Bad if one of them is, for its reason, and then
 * with that one's number and values only.
 */
struct item *item_join(struct item *const *items, size_t n);

/* Adds all values to b, parted by blanks: what people read of an item. */
void item_show(const struct item *it, struct buf *b);

/*
 * Value i, counted from 0, as a NUL-terminated string of *len bytes; borrowed
 * from the item.  An i without a value gives "" and 0.
 */
const char *item_value(const struct item *it, size_t i, size_t *len);

/*
 * The last byte of the last value, '\0' if there is none; of a bad item the one
 * that its record would have had there, of which the value is only the start.
 */
char item_last(const struct item *it);

/* Is that byte in one of its values? */
bool item_has(const struct item *it, char byte);

/* Bytes of memory the item takes; what the backlog's limit counts. */
size_t item_size(const struct item *it);

#endif
