/*
 * Numbers, durations and sizes as users type them.  Pure: a string in, a
 * value or a fault out; the caller words the message and points with a caret.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

/*
 * What is wrong with a text and where; why is a static string, NULL = none.
 * most: what would not have been too large, where that differs; or 0.
 */
struct fault {
	size_t offset;
	const char *why;
	uint64_t most;
};

/* Adds why, and most, to b. */
void num_fault(struct buf *b, struct fault f);

/* Why c cannot stand behind the digits of a whole number. */
const char *num_junk(char c);

/* Adds a duration for people to b: "50 ms", "0.2 s", "61.5 s". */
void num_show_duration(struct buf *b, nsec span);

/* A decimal integer, 0 or more, nothing around it; at most max. */
struct fault num_uint(const char *s, uint64_t max, uint64_t *value);

/*
 * A duration: seconds with an optional fraction, or with one of the units
 * ms s m h d.  Negative is a fault; 0 is 0 ("no limit" to most options);
 * more than 100 years is a fault.
 */
struct fault num_duration(const char *s, nsec *value);

/*
 * A size in bytes: a number with an optional fraction and one of K M G T P
 * (powers of 1024), behind which an i may stand, and a B; in either case.
 */
struct fault num_size(const char *s, uint64_t *value);

#endif
