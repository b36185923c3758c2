/*
 * What of the input of --pipe is read, and in no block yet: bytes in memory,
 * behind bytes in pipes that nobody looks at (train.h), where that can be.
 */
#ifndef RUN_WELL_H
#define RUN_WELL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fd.h"
#include "run/feed.h"

enum { WELL_SEEN = 64 * 1024 };	/* so many of the last are in memory */

/* What keeps it from being read on, besides the errors of fd_read(): */
enum {
	WELL_HEADING = FD_SHORTER - 1,	/* --header, which has no end, */
	WELL_RECORD = FD_SHORTER - 2	/* a record no block can have */
};

struct well {
	struct feeds *feeds;
	int fd;
	off_t size;		/* of the file it is; fd_size() */
	char *p;		/* p[from..n), with a byte behind to write to,
				   and one in front */
	size_t from, n, cap;
	struct train train;	/* these go first */
	bool splice;		/* there may be such */
	bool ended;		/* nothing more comes */
	int error;		/* or cannot be read: as of fd_read(), or one
				   of the above */
	char before;		/* the byte before p[from]; a newline where
				   the input begins */
};

/* How many bytes there are, and how many of them are in memory. */
static inline size_t
well_seen(const struct well *w)
{
	return w->n - w->from;
}

static inline size_t
well_has(const struct well *w)
{
	return w->train.n + w->n - w->from;
}

/* As fd_why(), also of those. */
const char *well_why(int error);

/* All that is in memory, as a search needs it (input/mark.h). */
char *well_bytes(struct well *w);

/* One read of n bytes at most; blindly: but the last of them need not be
   seen. */
void well_read(struct well *w, size_t n, bool blindly);

/* All of it is to be looked at, after all. */
void well_draw(struct well *w);

/* The first n bytes, which are in memory, are let go. */
void well_skip(struct well *w, size_t n);

/* The first n bytes leave for b; as no train if b has something.  spare: room
   to be made for what comes behind. */
void well_give(struct well *w, struct block *b, size_t n, size_t spare);

/* Drops what there is. */
void well_drop(struct well *w);

/* The same, and frees its memory. */
void well_free(struct well *w);

#endif
