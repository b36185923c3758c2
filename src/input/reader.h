/*
 * One source of items: a descriptor (stdin, -a FILE, :::: FILE) cut into
 * records, or the words after :::.  Reads only when asked to, one read(2) at
 * a time, so that a slow or endless pipe works and its first item starts at
 * once.  Never blocks unless told to read where nothing is there.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/columns.h"
#include "input/split.h"
#include "task/item.h"

/* What a record is, and what becomes of it: the same for all sources. */
struct record_conf {
	enum split_how how;	/* not of the words after ::: */
	unsigned char delimiter;	/* '\n', NUL with -0, or -d's */
	char separator;		/* of the fields of CSV */
	bool skip_empty;	/* -r: empty records are passed over */
	size_t limit;		/* a longer value is a bad item, not stored, */
	const char *too_long;	/* for this reason; static; NULL = as it is too
				   long for an argument */
	const char *eof;	/* -E: this record ends the source; or NULL */
	struct columns *columns;	/* or NULL: a record is one value */
};

struct reader_conf {
	char **words;		/* the items themselves, NULL-terminated; */
	const char *path;	/* or a file to open ("-" = stdin); */
	bool stdin_closed;	/* fd 0 was closed when ppx started */
	bool skip_line;		/* the first line of a file is none: #! */
	bool skip_first;	/* the first record is passed over */
	bool pad;		/* items are as wide as the header: shorter
				   ones get empty values, longer are bad */
	const struct record_conf *records;
};

enum source_got {
	SOURCE_ITEM,		/* *it is an item, now the caller's */
	SOURCE_WAIT,		/* nothing complete: read first */
	SOURCE_END,		/* no more will come */
	SOURCE_ERROR		/* unreadable: the fault says why */
};

struct source_fault {
	const char *name;	/* "stdin" or the path */
	int error;		/* as of fd_read(); or 0: */
	const char *why;	/* static: what is wrong with a record */
	uint64_t number;	/* which, from 1 */
	const char *record;	/* its beginning */
	size_t len;
};

struct reader;

/*
 * Returns new.  conf and its strings must outlive the reader.  A file that
 * cannot be opened, a directory, or a closed stdin has failed at once.
 */
struct reader *reader_new(const struct reader_conf *conf);
void reader_free(struct reader *r);

/*
 * The next item, from what has been read so far.  The last record may lack
 * its delimiter.  In a text source (delimiter not NUL) a record with a NUL in
 * it is a bad item; so is one longer than the limit, of which only the first
 * 64 bytes are kept and the rest is passed over without being stored, and one
 * that is no CSV.  A word (SPLIT_WORDS) whose quote is not closed is an error.
 */
enum source_got reader_next(struct reader *r, struct item **it);

/*
 * From now on an item may be a run of up to so many records (struct item), of
 * those that were read in one go; 1: none is.  Only where a record is one
 * value, and ends in '\n', or in NUL where that is the delimiter.
 */
void reader_runs(struct reader *r, size_t most);

/*
 * The first record as the names of the columns, which -E does not end.
 * SOURCE_END: there is none.
 */
enum source_got reader_header(struct reader *r, struct item **it);

/* One read(2) of what is there; call after SOURCE_WAIT, when fd is readable. */
void reader_read(struct reader *r);

/* The descriptor to watch after SOURCE_WAIT; -1 if reading never blocks. */
int reader_fd(const struct reader *r);

/* False when it has failed, for which *f is the reason. */
bool reader_ok(const struct reader *r, struct source_fault *f);

#endif
