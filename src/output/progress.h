/*
 * What --progress, --bar and --eta say: one line of plain text.  Pure.
 */
#ifndef OUTPUT_PROGRESS_H
#define OUTPUT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

struct progress {
	uint64_t done;		/* tasks that have ended for good, */
	uint64_t failed;	/* of them */
	uint64_t total;		/* tasks that have been read */
	bool whole;		/* and there are no more */
	size_t running;
	size_t slots;		/* how many may run */
	nsec median;		/* of their run times; 0 = not known */
	bool bar;		/* with a bar, if there is room */
	bool eta;		/* with the time that is left */
	size_t width;		/* columns there are */
};

/* Adds the line, without a newline, and of no more than width bytes. */
void progress_text(const struct progress *p, struct buf *b);

/*
 * How long it may yet take, going by the median: what is left in as many rows
 * as there are slots.  -1: it cannot be said.
 */
nsec progress_left(const struct progress *p);

#endif
