/*
 * A text that is searched for in bytes that come in pieces: as it is, or a
 * regular expression.  Pure.
 *
 * Of all bytes p that are searched p[-1] is there, too, the byte before them:
 * a newline where none is.
 */
#ifndef INPUT_MARK_H
#define INPUT_MARK_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/num.h"

struct mark {
	char *text;
	size_t n;		/* its length; 0 = none; of an expression 1 */
	bool regexp;
	regex_t re;
	bool quick;
	regex_t any;		/* if so: tells whether there is a match */
	size_t group;		/* the border is where that ends ... */
	bool before;		/* ... or where the match begins */
};

/* A match: p[from..to), with the border in it. */
struct match {
	size_t from, to, border;
	size_t sure;		/* TIRED: one is known to be before that; 0 */
};

enum found {
	FOUND,
	NOT_FOUND,
	UNSURE,			/* more bytes might change the answer */
	TIRED			/* a step was done, there is more to do */
};

/* The text is a of na bytes, and b of nb behind it. */
void mark_text(struct mark *m, const char *a, size_t na, const char *b,
    size_t nb);

/* An expression; what is wrong with it, or why NULL.  For mark_free() in any
   case. */
struct fault mark_regexp(struct mark *m, const char *text);

void mark_free(struct mark *m);

/* Is it one that a part of a larger expression can be? */
struct fault mark_fits(const char *text);

/*
 * The first match in p[at..n).  last: nothing comes behind p[n], which must be
 * writable.  A text is FOUND or NOT_FOUND.  UNSURE: f->from is where what may
 * be one begins that reaches p[n], or n.  TIRED: none begins before f->from,
 * where the search is to go on with f->sure as it is, which is 0 at first; so
 * one call does not take long.
 */
enum found mark_find(const struct mark *m, char *p, size_t at, size_t n,
    bool last, struct match *f);

/* Returns new: an expression with \n, \t and \r in place of what stands for
   them. */
char *mark_controls(const char *s);

#endif
