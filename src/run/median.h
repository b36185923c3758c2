/*
 * The median of the last run times, in bounded memory.  Pure.
 */
#ifndef RUN_MEDIAN_H
#define RUN_MEDIAN_H

#include <stddef.h>

#include "base/clock.h"

enum {
	MEDIAN_SPAN = 1000,	/* older values are forgotten */
	MEDIAN_LEAST = 3	/* fewer say nothing */
};

/* Zeroed: no values. */
struct median {
	nsec sorted[MEDIAN_SPAN];
	nsec ring[MEDIAN_SPAN];	/* the same, as they came */
	size_t n;
	size_t next;		/* in the ring */
};

/* One value more. */
void median_add(struct median *m, nsec value);

/* The middle one, the lower of two; 0 while there are too few. */
nsec median_of(const struct median *m);

#endif
