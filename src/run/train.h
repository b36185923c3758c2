/*
 * Bytes that pass from one pipe to another without being looked at: a train of
 * pipes that hold them (output/pipes.h), in their order.
 */
#ifndef RUN_TRAIN_H
#define RUN_TRAIN_H

#include <stddef.h>
#include <sys/types.h>

#include "output/pipes.h"

struct train {
	struct held *first, *last;
	size_t n;		/* bytes in it */
};

/*
 * Puts the n bytes at p into an empty train, as its first.  -1: there is no
 * pipe, or they are too many for one.
 */
int train_begin(struct train *t, struct pipes *ps, const void *p, size_t n);

/*
 * Adds up to n bytes of the pipe fd.  Returns as read(2) does; EAGAIN: fd has
 * none; ENOSPC: no more pipes are to be had; others: not in this way.
 */
ssize_t train_load(struct train *t, struct pipes *ps, int fd, size_t n);

/* Moves what the pipe fd takes; as write(2). */
ssize_t train_unload(struct train *t, struct pipes *ps, int fd);

/* Reads all of it into p; -1 and errno. */
int train_draw(struct train *t, struct pipes *ps, char *p);

/* Drops all of it. */
void train_drop(struct train *t, struct pipes *ps);

#endif
