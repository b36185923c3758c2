/*
 * Numbers, durations and sizes as users type them.  Pure: a string in, a
 * value or a fault out; the caller words the message and points with a caret.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

/* What is wrong with a text and where; why is a static string, NULL = none. */
struct fault {
	size_t offset;
	const char *why;
};

/* A decimal integer, 0 or more, nothing around it; at most max. */
struct fault num_uint(const char *s, uint64_t max, uint64_t *value);

/*
 * A duration: seconds with an optional fraction, or with one of the units
 * ms s m h d.  Negative is a fault; 0 is 0 ("no limit" to most options);
 * more than 100 years is a fault.
 */
struct fault num_duration(const char *s, nsec *value);

/*
 * A size in bytes: a number with an optional fraction and one of K M G T or
 * k m g t (powers of 1024; an i, B or iB may follow).
 */
struct fault num_size(const char *s, uint64_t *value);

#endif
