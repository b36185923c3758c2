/*
 * Where a stream of bytes may be cut into blocks: between two records.
 *
 * A border lies behind a text that ends a record (--recend) and before one
 * that starts the next (--recstart); both are to be there if both are given,
 * and what was cut at it has at least one byte.  Without any text every place
 * is a border.
 *
 * How blocks are made of that: as many whole records as fit into a size; or a
 * number of them (-N), a record being a number of such pieces with -L.  Only
 * the end of a block is searched for its last border, from behind, unless
 * borders are to be counted.  Pure.
 *
 * Of all bytes p that are searched p[-1] is there, too: the byte before them,
 * or a newline where the input begins.
 */
#ifndef INPUT_CUT_H
#define INPUT_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/num.h"

struct cut_conf {
	const char *start, *end;	/* texts of nstart and nend bytes, with */
	size_t nstart, nend;	/* a NUL behind; of regular expressions if */
	bool regexp;		/* so (POSIX extended, \n \t \r understood) */
	uint64_t lines;		/* -L: a record is so many of them; 0 = 1 */
	uint64_t records;	/* -N: a block is so many; 0 = what fits */
};

struct cut;

/*
 * Returns new, or NULL with *fault set: what is wrong with conf->start if
 * *at_start, else with conf->end.
 */
struct cut *cut_new(const struct cut_conf *conf, struct fault *fault,
    bool *at_start);
void cut_free(struct cut *c);

/* Are borders counted, so that each byte must be looked at? */
bool cut_counts(const struct cut *c);

/* Does a number of borders end a block (-N), whatever its size? */
bool cut_has_number(const struct cut *c);

/* So many bytes of those before may belong to a border that follows. */
size_t cut_overlap(const struct cut *c);

/*
 * So many bytes behind those that a block may have are to be seen as well, for
 * a border at their very end; and where borders are counted.
 */
size_t cut_ahead(const struct cut *c);
size_t cut_ahead_counted(const struct cut *c);

/*
 * How far p was looked through for the first border, or for the one that ends
 * the block.  Zero it where a block begins.
 */
struct cut_scan {
	size_t at;		/* borders up to here were seen */
	uint64_t seen;		/* so many, since the last that counts */
	size_t good;		/* the last that may end a block; 0 = none */
	bool tired;		/* a step was done: ask again, of the same; */
	size_t sure;		/* there is a border before that; or 0 */
};

/*
 * Looks for borders in p[0..n), where a block begins at p and more may come;
 * last: no more will.  p[n] must be writable.  Goes on where s says.  first:
 * stops at the first place where the block may end, which a number of records
 * always does.  Returns that place, or else the last one, or 0.
 */
size_t cut_scan(const struct cut *c, struct cut_scan *s, char *p, size_t n,
    bool last, bool first);

/*
 * The last border in p[0..n), where a block begins at p, up to p[most]; 0 =
 * none.  For those that are not counted.  p[n] must be writable.  Only borders
 * behind `from` are looked for, and no match of an expression that reaches
 * p[n].  Zero s before; 0 with s->tired: ask again, with the same s.
 */
size_t cut_last(const struct cut *c, struct cut_scan *s, char *p, size_t n,
    size_t from, size_t most);

/*
 * The same in steps that are not too long, nor need all of the block at once.
 * cut_back_from(): it has n bytes, and cut_ahead() more are there, or all that
 * come.  cut_back_next(): cut_last() is to be asked about the bytes from *at to
 * *to of the block, as far as there are so many, with *from, and at most n of
 * the block; if it has an answer, that is the last.  False: there is no border
 * in the block.
 */
struct cut_back {
	off_t n, lo;		/* searched from there on */
	off_t width;		/* of the next step */
	off_t to;		/* of this one */
	struct cut_scan scan;	/* for cut_last(), in this step */
};

void cut_back_from(struct cut_back *s, off_t n);
bool cut_back_next(const struct cut *c, struct cut_back *s, off_t *at,
    off_t *to, size_t *from);

/*
 * Removes all texts that end and start records from a block, or from a piece of
 * one that comes in pieces.  Zero it where a block begins.
 */
struct cut_strip {
	size_t at;		/* where the search goes on */
	size_t from, to;	/* what stands from there on is to move */
	size_t sure;		/* as that of struct cut_scan */
	bool within;		/* the block has begun */
	bool ending;		/* its end is looked for, from `at` on */
};

/*
 * One step, in p[0..n) as those before left it; p[0..m) is there, which may be
 * more; last: nothing comes behind p[m], which must be writable.  True: it is
 * done, and p[0..*left) is left of p[0..n); s is for the next piece.
 */
bool cut_strip(const struct cut *c, struct cut_strip *s, char *p, size_t n,
    size_t m, bool last, size_t *left);

#endif
