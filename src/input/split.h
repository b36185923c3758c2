/*
 * Bytes, fed in any cuts, made into records.  Pure: no descriptor, and no
 * memory but the one record that a cut has broken in two.
 *
 * A record ends at its delimiter; the last one may lack it.  Of CSV that is a
 * newline outside of quotes, and the record is as it was written, but for a
 * carriage return before that newline (RFC 4180).  Words are those of xargs
 * (base/wordcut.h), without their quotes.  A record longer than the limit is
 * passed over without being stored: of it the first SPLIT_KEEP bytes are kept,
 * to say which one it was.
 */
#ifndef INPUT_SPLIT_H
#define INPUT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/wordcut.h"
#include "input/csv.h"

enum { SPLIT_KEEP = 64 };

/* Zero it, then set the first five. */
struct split {
	enum split_how {
		SPLIT_DELIMITER,
		SPLIT_WORDS,
		SPLIT_CSV
	} how;
	unsigned char delimiter;	/* '\n' for words and CSV */
	char separator;		/* of the fields of CSV */
	bool skip_empty;	/* empty records are passed over */
	size_t limit;		/* the longest record, in bytes */

	struct buf part;	/* private: a record that is not complete */
	char last;		/* private: its last byte so far */
	bool given;		/* private: part was returned, drop it */
	bool over;		/* private: part is the start of a long one */
	struct wordcut word;	/* private */
	enum csv csv;		/* private */
};

struct record {
	const char *p;		/* borrowed until the next call */
	size_t n;
	bool over;		/* longer than the limit: only its start */
	char last;		/* its last byte, also where that is not kept;
				   of CSV the one in front of a closing quote
				   and a carriage return */
	bool nul;		/* a NUL in it, where that is no delimiter */
	char open;		/* of a word: the quote that is not closed */
};

/*
 * The next record of the *n bytes at *p, which are moved on behind what was
 * used.  False when no record is complete: then all of them are used.
 */
bool split_next(struct split *s, const char **p, size_t *n,
    struct record *r);

/* The last record, after the end of the input; false when there is none. */
bool split_end(struct split *s, struct record *r);

/* Is what is fed next the start of a record?  Of records with a delimiter. */
bool split_is_clean(const struct split *s);

void split_free(struct split *s);

#endif
