/*
 * A record cut into the values of an item: into columns, by a regular
 * expression (--colsep) or as CSV (--csv), and with the blanks cut off
 * (--trim).  Pure but for its own memory, which is bounded by the longest
 * record.
 *
 * The expression is an extended one (POSIX, regcomp), with \t for a tab.
 * Between two separators, before the first and after the last one stands a
 * value, which may be empty; as GNU parallel does it.
 */
#ifndef INPUT_COLUMNS_H
#define INPUT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/num.h"
#include "task/item.h"

enum {
	COLUMNS_LEFT = 1,	/* cut blanks off the left */
	COLUMNS_RIGHT = 2
};

struct columns_conf {
	const char *regex;	/* or NULL: one column */
	bool csv;		/* then regex is not looked at */
	char separator;		/* of CSV */
	int trim;		/* COLUMNS_LEFT | COLUMNS_RIGHT */
};

struct columns;

/*
 * Returns new, or NULL with *f set: regex is no regular expression, or one
 * that matches nothing at all, by which nothing can be cut.
 */
struct columns *columns_new(const struct columns_conf *conf, struct fault *f);
void columns_free(struct columns *c);

/*
 * Cuts the n bytes at p, in which there is no NUL if there is a regex.
 * Returns NULL, and the *count values, borrowed until the next call or as
 * long as p lasts; or a static text that says why it is no CSV.
 */
const char *columns_cut(struct columns *c, const char *p, size_t n,
    const struct value **v, size_t *count);

#endif
