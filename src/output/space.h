/*
 * The unlinked temporary file of a store, as a space of extents that only
 * grows: bytes are never overwritten, because they may be sent by
 * sendfile(2), which puts the file's own pages into our reader's pipe.
 *
 * Space is given back all the same: a region in which no byte lives becomes
 * a hole, and an empty file is cut to zero; a page that a pipe still refers to
 * is then only cut off from the file.
 */
#ifndef OUTPUT_SPACE_H
#define OUTPUT_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct space {
	const char *dir;	/* where the file is made */
	int fd;			/* -1: not made yet */
	int error;		/* why it cannot be made or grown; 0: it can */
	bool nosplice;
	uint64_t tail;		/* where the next extent goes */
	uint64_t live;		/* bytes in use */
	uint32_t *regions;	/* of them, in each region */
	size_t regcap;
};

struct extent {
	uint64_t off, len;
	uint64_t room;		/* kept behind it for more */
};

/* dir is borrowed. */
void space_init(struct space *sp, const char *dir);
void space_free(struct space *sp);

/* Makes the file if need be.  False: error is set, and stays until cleared
   by the owner or because bytes were given back. */
bool space_ready(struct space *sp);

/*
 * Makes sure that e can take more bytes, at best n.  A zeroed extent gets its
 * place; one that cannot grow gives false.
 */
bool space_grow(struct space *sp, struct extent *e, uint64_t n);

/*
 * Appends up to n bytes to an extent with room: from memory, or from a pipe
 * as move_pipe() does.  As write(2); a failure of the file sets error.  From
 * a pipe EAGAIN is the pipe's, and EINVAL says that it must be copied.
 */
ssize_t space_write(struct space *sp, struct extent *e, const void *p,
    size_t n);
ssize_t space_splice(struct space *sp, struct extent *e, int pipe, size_t n);

/* Keeps room for at most n more bytes behind e, if it is the last extent. */
void space_trim(struct space *sp, struct extent *e, uint64_t n);

/* Gives back the first n bytes of e. */
void space_take(struct space *sp, struct extent *e, uint64_t n);

#endif
