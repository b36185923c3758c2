/*
 * A kill ladder: signals with the time to wait after each, as in
 * TERM,5000,KILL.  Its last rung is always KILL.
 */
#ifndef BASE_LADDER_H
#define BASE_LADDER_H

#include <stddef.h>

#include "base/clock.h"
#include "base/num.h"

enum { LADDER_MAX = 8 };

struct ladder {
	size_t n;		/* 1..LADDER_MAX */
	struct {
		int sig;
		nsec wait;	/* until the next rung; 0 on the last */
	} rung[LADDER_MAX];
};

/*
 * Parses SIG[,MILLISECONDS[,SIG]]...: names with or without "SIG", or numbers.
 * KILL is added behind a ladder that does not end in it, 5 s after the rung
 * before if that has no time of its own.
 */
struct fault ladder_parse(const char *s, struct ladder *l);

/* From first to KILL as ppx itself ends things: first,2000,TERM,3000,KILL. */
struct ladder ladder_for_signal(int first);

/* How long the whole ladder takes at most. */
nsec ladder_length(const struct ladder *l);

#endif
