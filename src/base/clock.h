/*
 * Time.  All limits and intervals run on the monotonic clock; the wall clock
 * is read only for what is written into records.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds: a span, or a moment of one of the two clocks. */
typedef int64_t nsec;

#define MSEC ((nsec)1000000)
#define SEC ((nsec)1000000000)
/* A moment that never comes; no timer may be set later. */
#define NEVER INT64_MAX

nsec clock_mono(void);
nsec clock_wall(void);

/* a + b, NEVER when that overflows; b must not be negative. */
nsec clock_add(nsec a, nsec b);

/*
 * A span that passes only while we look: who was stopped (SIGSTOP, a frozen
 * cgroup) must not think that others had that time.
 */
struct patience {
	nsec left, looked;	/* private */
};

void patience_start(struct patience *p, nsec span, nsec now);

/* Is it over?  To be asked more than once a second: more counts as one. */
bool patience_over(struct patience *p, nsec now);

#endif
