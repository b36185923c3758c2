/*
 * A task as its worker was told to run it: what came with the RUN message,
 * kept while it waits behind another, and while it runs, whatever runs it.
 */
#ifndef POOL_ORDER_H
#define POOL_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "pool/word.h"
#include "task/limits.h"
#include "wire/channel.h"

struct order {
	uint64_t task;
	uint16_t attempt;
	bool last;		/* the worker exits when it is over */
	bool line;		/* the words are SHELL -c LINE NAME VALUE... */
	uint32_t argc;
	struct bounds bounds;
	struct buf args;	/* argc strings, each ended by a NUL */
	struct buf dir;		/* --workdir; empty: as ours */
	int in, fd[2];		/* its stdin, stdout and stderr; -1 = as ours */
};

/* Those that wait behind the one that runs, the first of them first. */
struct backlog {
	struct order order[WORKER_BACKLOG];
	size_t n;
};

/* No task; o is zeroed. */
void order_init(struct order *o);

/*
 * Sets o, which has no descriptors, from m, and takes those of the task from
 * the channel.  False: all but these is set, as we were short of descriptors
 * when they came.
 */
bool order_take(struct order *o, const struct message *m,
    struct channel *from);

/* Closes its descriptors, if it has any; o may be set again. */
void order_close(struct order *o);

/* None wait; b is zeroed. */
void backlog_init(struct backlog *b);

/* Number i of b waits no more; its descriptors are closed. */
void backlog_drop(struct backlog *b, size_t i);

/* Takes number i of b, into o, for which o's own, which has no descriptors, is
   given in exchange. */
void backlog_take(struct backlog *b, size_t i, struct order *o);

#endif
