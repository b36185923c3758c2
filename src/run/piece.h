/*
 * What of a well goes to a block next: all of it, or a piece of one that comes
 * in pieces; with --remove-rec-sep without what ends and starts its records.
 */
#ifndef RUN_PIECE_H
#define RUN_PIECE_H

#include <stdbool.h>
#include <stddef.h>

#include "input/cut.h"
#include "run/well.h"

/* Zero all but the cut at first. */
struct piece {
	const struct cut *strip;	/* borrowed; NULL: nothing is removed */
	struct cut_strip state;
	size_t n;		/* bytes of the well */
	bool any;		/* there is a piece, */
	bool ends;		/* with which its block ends, */
	bool begun;		/* it is looked at, */
	bool clean;		/* and nothing is left to be removed */
	char last;		/* its last byte, as it was read */
};

/* It is the first n bytes of what is there. */
void piece_set(struct piece *pc, size_t n, bool ends);

/* Makes it what its block is to get.  False: that was a step of it, more
   follow, and signals come first. */
bool piece_clean(struct piece *pc, struct well *w);

/* Gives it to b, as well_give(). */
void piece_give(struct piece *pc, struct well *w, struct block *b,
    size_t spare);

/* There is none, nor the block. */
void piece_drop(struct piece *pc);

#endif
