/*
 * Bytes, fed in any cuts, made into records.  Pure: no descriptor, and no
 * memory but the one record that a cut has broken in two.
 *
 * A record ends at its delimiter; the last one may lack it.  A record longer
 * than the limit is passed over without being stored: of it the first
 * SPLIT_KEEP bytes are kept, to say which one it was.
 */
#ifndef INPUT_SPLIT_H
#define INPUT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SPLIT_KEEP = 64 };

/* Zero it, then set the first three. */
struct split {
	unsigned char delimiter;
	bool skip_empty;	/* empty records are passed over */
	size_t limit;		/* the longest record, in bytes */

	struct buf part;	/* private: a record that is not complete */
	bool given;		/* private: part was returned, drop it */
	bool over;		/* private: part is the start of a long one */
};

struct record {
	const char *p;		/* borrowed until the next call */
	size_t n;
	bool over;		/* longer than the limit: only its start */
	bool nul;		/* a NUL in it, where that is no delimiter */
};

/*
 * The next record of the *n bytes at *p, which are moved on behind what was
 * used.  False when no record is complete: then all of them are used.
 */
bool split_next(struct split *s, const char **p, size_t *n,
    struct record *r);

/* The last record, after the end of the input; false when there is none. */
bool split_end(struct split *s, struct record *r);

void split_free(struct split *s);

#endif
