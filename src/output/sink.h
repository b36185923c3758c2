/*
 * One of our two output streams, written without ever waiting for its reader.
 *
 * A pipe or terminal is reopened through /proc with O_NONBLOCK, so that the
 * flags of the description that we share with others stay as they are.  Where
 * that cannot be done (a pipe made by another user, as under sudo) little is
 * written at a time, after poll(2) says that there is room: another writer
 * that comes between can then make us wait.  A socket is sent to with
 * MSG_DONTWAIT.  Files and other devices do not block for long: plain writes.
 *
 * What is put is collected, so that small outputs of one loop turn become one
 * write(2).  A sink that cannot take more is blocked: it watches itself until
 * it can, and wakes the loop.  After an error all further bytes are
 * discarded; those counted as written had been accepted before.
 *
 * SIGPIPE must be blocked or ignored, SIGXFSZ ignored.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/loop.h"

enum { SINK_SIZE = 64 * 1024 };	/* most that is collected */

struct sink;

/*
 * Returns new: writes to fd, which stays its owner's; closed: there was none
 * at start, each write fails with EBADF.
 */
struct sink *sink_new(struct loop *loop, int fd, bool closed);
void sink_free(struct sink *k);

/* Are these one and the same pipe, socket, terminal or file? */
bool sink_same(int fd1, int fd2);

/*
 * How many bytes may be put now; 0 only while it is blocked.  What has been
 * collected is written if there is less than a quarter free.
 */
size_t sink_room(struct sink *k);

/* Puts n <= sink_room() bytes. */
void sink_put(struct sink *k, const void *p, size_t n);

/* Writes what is collected, as far as it goes. */
void sink_flush(struct sink *k);

/* Forgets what is collected. */
void sink_drop(struct sink *k);

bool sink_blocked(const struct sink *k);

/* 0, or the errno with which it failed. */
int sink_error(const struct sink *k);

/* Bytes put, and of them bytes accepted by the system, since the start. */
uint64_t sink_queued(const struct sink *k);
uint64_t sink_written(const struct sink *k);

/* Was the byte put last no newline?  False where that is not known, as it was
   moved without copying. */
bool sink_is_within_line(const struct sink *k);

enum {
	SINK_EMPTY = -1,	/* nothing lies in the pipe now */
	SINK_BLOCKED = -2,
	SINK_CANNOT = -3	/* not this way: copy */
};

/*
 * Moves up to n bytes, behind those collected, from a file or from a
 * non-blocking pipe, without copying them.  Returns their number, 0 at the
 * end of the pipe, or one of the above.
 */
ssize_t sink_from_file(struct sink *k, int fd, off_t off, size_t n);
ssize_t sink_from_pipe(struct sink *k, int fd, size_t n);

#endif
