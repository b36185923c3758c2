/*
 * Bytes that wait: a queue of bytes, in memory while it is small, else in one
 * unlinked temporary file that all spools of a store share (space.h), so that
 * held output costs no descriptor per task.
 *
 * The store keeps what is in memory under one cap (arena.h); a single spool
 * takes at most SPOOL_SMALL of it, unless the file is unusable.  Children do
 * not inherit that memory, so forking a worker stays cheap.
 */
#ifndef OUTPUT_SPOOL_H
#define OUTPUT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SPOOL_SMALL = 256 * 1024 };

struct store;

struct spool {
	struct piece *first, *last;	/* oldest and newest; spool.c's */
	uint64_t len;			/* bytes in it */
	size_t memory;			/* of them, bytes in memory */
};

/*
 * Returns new. memory: cap in bytes. tmpdir: where the file is made when it
 * is first needed (O_TMPFILE, else mkostemp + unlink); borrowed.
 */
struct store *store_new(size_t memory, const char *tmpdir);

/* All spools must have been cleared. */
void store_free(struct store *st);

/* May 64 KiB be read for any spool?  False after the file has failed, as long
   as memory is full too. */
bool store_room(const struct store *st);

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
 * of the file.
 */
ssize_t spool_peek(struct store *st, const struct spool *s, void *p, size_t n);

/*
 * Where the oldest bytes lie: in memory (returns their number, *p set, *fd
 * -1) or in the file (*fd, *off set).  0 when empty.
 */
size_t spool_front(struct store *st, const struct spool *s, const void **p,
    int *fd, off_t *off);

/* Drops the n oldest bytes. */
void spool_take(struct store *st, struct spool *s, uint64_t n);

/* Drops all. */
void spool_clear(struct store *st, struct spool *s);

#endif
