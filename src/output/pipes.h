/*
 * Pipes that hold bytes: what comes from the pipe of a task goes into one of
 * them, and later into our own stdout, by splice(2), which hands pages over
 * and copies nothing.  For outputs that are too large for memory, so that
 * some of them need no file.
 *
 * There are few, each of PIPES_SIZE, as all pipes of a user share one budget
 * of memory (pipe(7), pipe-user-pages-soft: 64 MiB).  A system that cannot
 * do this has none.
 */
#ifndef OUTPUT_PIPES_H
#define OUTPUT_PIPES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PIPES_SIZE = 1 << 20 };

struct held {
	struct held *next;	/* its holder's, while it has one */
	uint64_t len;		/* bytes in it */
	int in, out;		/* ends where bytes go in, and come out */
};

struct pipes {
	struct held *idle;
	unsigned nidle;
	unsigned left;		/* so many more may be made */
};

/* most: so many at once; they are made when they are needed. */
void pipes_init(struct pipes *ps, unsigned most);

/* All must have been put back. */
void pipes_free(struct pipes *ps);

/* An empty one, which belongs to the caller; NULL when there is none. */
struct held *pipes_get(struct pipes *ps);

/* Takes it back.  Bytes that are still in it are dropped. */
void pipes_put(struct pipes *ps, struct held *h);

/*
 * Moves up to n bytes from the non-blocking pipe fd into h.  Returns as
 * read(2) does; EAGAIN: fd has none; ENOSPC: h takes no more; other errors:
 * not in this way.
 */
ssize_t pipes_fill(struct held *h, int fd, size_t n);

/* Bytes have left h by another way than these. */
void pipes_gone(struct held *h, uint64_t n);

/* Reads the oldest n bytes, or fewer; 0 if there are none, -1 on errors. */
ssize_t pipes_draw(struct held *h, void *p, size_t n);

#endif
