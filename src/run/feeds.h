/*
 * What all blocks have in common: private to feed.c, which passes them on, and
 * block.c, which fills them.
 */
#ifndef RUN_FEEDS_H
#define RUN_FEEDS_H

#include "run/feed.h"
#include "run/shelf.h"

struct feeds {
	struct loop *loop;
	bool keep;
	void (*failed)(void *ctx, int error);
	void *ctx;
	size_t bytes;
	struct shelf shelf;
	bool linger;		/* what tasks left behind may read on */
	struct list left;	/* blocks of such */
	size_t nleft;
	struct pipes pipes;
};

/* Writes what its pipe takes now. */
void block_push(struct block *b);

#endif
