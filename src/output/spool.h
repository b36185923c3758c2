/*
 * Bytes that wait: a queue of bytes, in memory while it is small, else in one
 * unlinked temporary file that all spools of a store share (space.h), so that
 * held output costs no descriptor per task.  Bytes that nobody will look at
 * may lie in a few pipes as well (pipes.h), which spares the file.
 *
 * The store keeps what is in memory under one cap (arena.h); a single spool
 * takes at most SPOOL_SMALL of it, unless the file is unusable.  Beyond the cap
 * goes what was read already, and what a spool reads that has leave to.
 * Children do not inherit that memory, so forking a worker stays cheap.
 */
#ifndef OUTPUT_SPOOL_H
#define OUTPUT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	SPOOL_SMALL = 256 * 1024,
	SPOOL_BEYOND = 64 << 20		/* most that is read beyond the cap */
};

struct store;

struct spool {
	struct piece *first, *last;	/* oldest and newest; spool.c's */
	uint64_t len;			/* bytes in it */
	size_t memory;			/* of them, bytes in memory */
	bool raw;			/* set by its owner: see spool_draw() */
	bool beyond;			/* set by its owner: may take memory
					   beyond the cap */
};

/*
 * Returns new. memory: cap in bytes. pipes: so many at most, of two
 * descriptors and 1 MiB each. tmpdir: where the file is made when it is first
 * needed (O_TMPFILE, else mkostemp + unlink); borrowed.
 */
struct store *store_new(size_t memory, unsigned pipes, const char *tmpdir);

/* All spools must have been cleared. */
void store_free(struct store *st);

/* May 64 KiB be read for any spool?  False after the file has failed, as long
   as memory is full too. */
bool store_room(const struct store *st);

/* Is all the memory in use that may be taken beyond the cap? */
bool store_exceeded(const struct store *st);

/* The errno with which the file could not be made or grown; 0: it could. */
int store_error(const struct store *st);

/*
 * The file may be tried again.  Called when there may be space; the store
 * does it itself when it gives space back.
 */
void store_retry(struct store *st);

/* A zeroed struct is an empty spool. */

/*
 * Appends n bytes that are in our hands already: if there is no room, in
 * memory beyond the cap.  So ask store_room() before reading more.
 */
void spool_add(struct store *st, struct spool *s, const void *p, size_t n);

/*
 * Appends up to n bytes read from the non-blocking pipe fd, without copying
 * them through user space where that can be done; nothing that was read is
 * lost.  Returns as read(2) does; -1 with ENOSPC when there is no room
 * (store_error() says why), EAGAIN is the pipe's.
 */
ssize_t spool_splice(struct store *st, struct spool *s, int fd, size_t n);

/*
 * Reads up to n of the oldest bytes into p without taking them; returns their
 * number (less than n only at the end or at a piece's border), -1 on an error
 * of the file.  Not with raw spools.
 */
ssize_t spool_peek(struct store *st, const struct spool *s, void *p, size_t n);

/*
 * Looks at all bytes without taking any.  A zeroed mark stands at the oldest
 * one; it holds as long as nothing is taken.
 */
struct spool_mark {
	struct piece *piece;		/* where it stands; NULL: not begun */
	uint64_t at;			/* bytes of that one passed over */
	bool end;
};

/*
 * Copies the next bytes, up to n, to p; returns their number, which is n but
 * at the end; -1 on an error of the file.  Not with raw spools.
 */
ssize_t spool_walk(struct store *st, const struct spool *s,
    struct spool_mark *m, void *p, size_t n);

enum spool_place { SPOOL_IN_MEMORY, SPOOL_IN_FILE, SPOOL_IN_PIPE };

/* Where the oldest bytes lie. */
struct spool_front {
	enum spool_place place;
	size_t len;		/* so many of them; 0 when the spool is empty */
	const void *p;		/* in memory, else NULL */
	int fd;			/* the file, or the pipe to read from, else -1 */
	off_t off;		/* in the file */
};

struct spool_front spool_front(struct store *st, const struct spool *s);

/*
 * Only raw spools have bytes in pipes, where they cannot be looked at: they
 * are read and thereby taken, at most n of the piece in front; -1 on errors.
 */
ssize_t spool_draw(struct store *st, struct spool *s, void *p, size_t n);

/* The n oldest bytes were read from the pipe that spool_front() gave. */
void spool_gone(struct store *st, struct spool *s, size_t n);

/* Drops the n oldest bytes. */
void spool_take(struct store *st, struct spool *s, uint64_t n);

/* Drops all. */
void spool_clear(struct store *st, struct spool *s);

#endif
