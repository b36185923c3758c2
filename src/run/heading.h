/*
 * --header of blocks: what the input begins with, which stands before each.
 */
#ifndef RUN_HEADING_H
#define RUN_HEADING_H

#include <stdbool.h>

#include "base/buf.h"
#include "input/header.h"
#include "run/parts.h"
#include "run/well.h"

struct heading {
	struct header *sought;	/* NULL once it is found, or if there is none */
	struct buf text;
};

/* What ends ppx with a message is no expression.  text: of --header, or NULL. */
void heading_open(struct heading *h, const char *text);
void heading_close(struct heading *h);

/*
 * Takes it out of the parts of a file, or where that is NULL out of w.  False:
 * more is to be read for it.  It is too long: w->error says so.
 */
bool heading_find(struct heading *h, struct well *w, struct parts *ps);

#endif
