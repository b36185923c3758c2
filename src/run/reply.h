/*
 * Where the replies of a co-process end.  Pure: bytes in, pieces out.
 *
 *	line	a reply is what comes up to a newline, which is a part of it
 *	nul	the same with a NUL
 *	eot	lines up to one that is STR, which is no part of it
 *	netstring
 *		LENGTH:BYTES, of which the bytes are the reply
 *		(D. J. Bernstein, Netstrings, 1997)
 */
#ifndef RUN_REPLY_H
#define RUN_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "task/answer.h"

/* How far the one that is being read has come; zeroed at the start of all. */
struct reply {
	bool inside;		/* eot: in a line; netstring: behind the : */
	uint64_t left;		/* netstring: bytes that are to come */
};

enum reply_got {
	REPLY_MORE,		/* nothing can be told of these bytes alone */
	REPLY_PART,		/* some bytes of it */
	REPLY_END,		/* the last of them, if any, and its end */
	REPLY_BAD		/* no netstring */
};

struct reply_piece {
	size_t at, len;		/* payload: p[at..at + len) */
	size_t used;		/* bytes of p that are done with */
};

/*
 * What the n bytes at p begin with, where the piece before ended.  With
 * REPLY_MORE none is used: to be called again when there are more behind them.
 */
enum reply_got reply_next(const struct reply_form *f, struct reply *r,
    const char *p, size_t n, struct reply_piece *piece);

/*
 * Of replies that are lines (or end in a NUL), one behind the other: how many
 * bytes of p the whole ones take, of which there are *count, at most `most`.
 */
size_t reply_whole(const struct reply_form *f, const char *p, size_t n,
    size_t most, size_t *count);

#endif
