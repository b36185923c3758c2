/*
 * Items gathered for one task: -n, -N, -L, --xargs, -m, -X.
 *
 * Items go in one by one, and come out as items with the values of several,
 * one behind the other: as many as were asked for, or as fit into one command
 * line.  What fits is what execve(2) takes: all strings of the command with
 * their NULs and a pointer for each (room), and less than 128 KiB in any one
 * string, which a shell line is as a whole.  -s counts the strings only, as
 * xargs(1) of GNU does.  With -m and -X what is left at the end of the input
 * is spread over the slots, as GNU parallel(1) does.
 *
 * Pure: the limits are told.  Holds the items of one batch, and no more.
 */
#ifndef INPUT_BATCH_H
#define INPUT_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "input/command.h"
#include "task/item.h"

struct batch_conf {
	const struct command *command;	/* borrowed */
	size_t most;		/* items of a batch; 0 = as many as fit */
	bool lines;		/* -L: blank items are passed over, and one
				   that ends in a blank is joined with the
				   next; all of them are bad if one is, or if
				   they have more bytes than one word can */
	size_t slots;		/* the end is spread over them; 0 = not */
	size_t room;		/* bytes of strings and pointers */
	size_t max_chars;	/* -s: bytes of strings; 0 = no limit */
	bool strict;		/* -x: what does not fit is a fault */
};

struct batch;

/* Returns new; conf is copied. */
struct batch *batch_new(const struct batch_conf *conf);
void batch_free(struct batch *b);

/* Takes it.  Then batch_take() until that gives NULL. */
void batch_add(struct batch *b, struct item *it);

/*
 * The next batch that is complete, new, or NULL; ended: nothing will be added
 * any more.  An item that is bad, or does not fit even alone, comes alone and
 * bad.
 */
struct item *batch_take(struct batch *b, bool ended);

/*
 * With strict: an item, or the number of items asked for, did not fit; *it is
 * the first of them, the batch's own.  False else.  Nothing comes any more.
 */
bool batch_overflows(const struct batch *b, const struct item **it);

#endif
