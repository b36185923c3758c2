/*
 * Where items come from: a descriptor (stdin, -a FILE, :::: FILE) cut into
 * records, or the words after :::.  Reads only when asked to, one read(2) at
 * a time, so that a slow or endless pipe works and its first item starts at
 * once.  Knows nothing of tasks; never blocks unless told to read where
 * nothing is there.
 */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "task/item.h"

struct source_conf {
	char **words;		/* the items themselves, NULL-terminated; */
	const char *path;	/* or a file to open ("-" = stdin); */
	bool stdin_closed;	/* fd 0 was closed when ppx started */
	unsigned char delimiter;	/* '\n', NUL with -0, or -d's */
	bool skip_empty;	/* -r: empty records are passed over */
	size_t limit;		/* a longer record is a bad item, not stored */
};

enum source_got {
	SOURCE_ITEM,		/* *it is an item, now the caller's */
	SOURCE_WAIT,		/* nothing complete: source_read() first */
	SOURCE_END,		/* no more will come */
	SOURCE_ERROR		/* unreadable: source_error() says why */
};

struct source;

/*
 * Returns new.  conf and its strings must outlive the source.  A file that
 * cannot be opened, a directory, or a closed stdin shows as SOURCE_ERROR at
 * the first source_next().
 */
struct source *source_new(const struct source_conf *conf);
void source_free(struct source *s);

/*
 * The next item, from what has been read so far.  The last record may lack
 * its delimiter.  In a text source (delimiter not NUL) a record with a NUL in
 * it is a bad item; so is one longer than conf->limit, of which only the
 * first 64 bytes are kept and the rest is passed over without being stored.
 */
enum source_got source_next(struct source *s, struct item **it);

/* One read(2) of what is there; call after SOURCE_WAIT, when fd is readable. */
void source_read(struct source *s);

/* The descriptor to watch after SOURCE_WAIT; -1 if reading never blocks. */
int source_fd(const struct source *s);

/* After SOURCE_ERROR: what, "stdin" or the path, and the errno; else 0. */
const char *source_error(const struct source *s, int *error);

#endif
