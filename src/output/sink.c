#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "output/move.h"
#include "output/sink.h"

enum kind {
	PLAIN,			/* write(2); may block, or is non-blocking */
	POLITE,			/* a blocking pipe or terminal */
	SOCKET,
	NOTHING			/* was closed at start */
};

/*
 * What a blocking descriptor takes at once after poll(2): a pipe that is
 * writable has room for a page (pipe(7)); a terminal for this much, as
 * drivers say (WAKEUP_CHARS in the kernel's n_tty.c).
 */
enum {
	POLITE_PIPE = 4096,
	POLITE_TTY = 256
};

struct sink {
	struct io io;		/* its fd is what is written to */
	struct loop *loop;
	enum kind kind;
	size_t most;		/* POLITE: bytes in one write */
	bool tty;
	bool own;		/* the fd was opened here */
	bool blocked;
	bool nosplice, nosendfile;
	bool widened;
	int error;
	uint64_t queued, written;
	bool within;		/* a line: the last byte put was no newline */
	size_t at, end;		/* collected: data[at..end) */
	char data[SINK_SIZE];
};

static void
on_writable(struct io *io, int got)
{
	struct sink *k = container_of(io, struct sink, io);

	(void)got;
	k->blocked = false;
	loop_io(k->loop, io, 0);
}

/* Finds out how to write to fd; what nothing is known of is PLAIN. */
static void
examine(struct sink *k, int fd)
{
	struct stat sb;
	bool tty = isatty(fd);
	int private;

	k->tty = tty;
	if (fstat(fd, &sb) < 0)
		return;
	if (S_ISSOCK(sb.st_mode))
		k->kind = SOCKET;
	k->nosplice = k->nosendfile = tty || S_ISSOCK(sb.st_mode);
	if (!tty && !S_ISFIFO(sb.st_mode))
		return;
	private = fd_reopen(fd, O_WRONLY);
	if (private >= 0) {
		k->io.fd = private;
		k->own = true;
		return;
	}
	k->kind = POLITE;
	k->most = tty ? POLITE_TTY : POLITE_PIPE;
	k->nosendfile = true;
}

struct sink *
sink_new(struct loop *loop, int fd, bool closed)
{
	struct sink *k = xmalloc(sizeof(*k));

	memset(k, 0, offsetof(struct sink, data));
	k->loop = loop;
	k->io.fd = fd;
	k->io.cb = on_writable;
	if (!closed) {
		examine(k, fd);
		return k;
	}
	k->kind = NOTHING;
	k->nosplice = k->nosendfile = true;
	return k;
}

void
sink_free(struct sink *k)
{
	if (k == NULL)
		return;
	loop_io(k->loop, &k->io, 0);
	if (k->own)
		close(k->io.fd);
	free(k);
}

bool
sink_same(int fd1, int fd2)
{
	struct stat a, b;

	if (fstat(fd1, &a) < 0 || fstat(fd2, &b) < 0)
		return false;
	if (a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return false;
	return !S_ISCHR(a.st_mode) || isatty(fd1);
}

bool
sink_blocked(const struct sink *k)
{
	return k->blocked;
}

int
sink_error(const struct sink *k)
{
	return k->error;
}

uint64_t
sink_queued(const struct sink *k)
{
	return k->queued;
}

uint64_t
sink_written(const struct sink *k)
{
	return k->written;
}

bool
sink_is_within_line(const struct sink *k)
{
	return k->within;
}

/* --- writing ----------------------------------------------------------- */

void
sink_drop(struct sink *k)
{
	k->at = k->end = 0;
}

static void
fail(struct sink *k, int error)
{
	k->error = error;
	sink_drop(k);
}

static void
block(struct sink *k)
{
	k->blocked = true;
	loop_io(k->loop, &k->io, IO_WRITE);
}

static ssize_t
write_some(struct sink *k, const char *p, size_t n)
{
	struct pollfd pfd = { .fd = k->io.fd, .events = POLLOUT };

	switch (k->kind) {
	case SOCKET:
		return send(k->io.fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	case NOTHING:
		errno = EBADF;
		return -1;
	case POLITE:
		if (poll(&pfd, 1, 0) == 0) {
			errno = EAGAIN;
			return -1;
		}
		n = n < k->most ? n : k->most;
		break;
	case PLAIN:
		break;
	}
	return write(k->io.fd, p, n);
}

void
sink_flush(struct sink *k)
{
	while (k->at < k->end && !k->blocked && !k->error) {
		ssize_t n;

		if (k->tty)
			diag_make_way();
		n = write_some(k, k->data + k->at, k->end - k->at);
		if (n > 0 && k->tty)
			diag_wrote(k->data + k->at, (size_t)n);
		if (n > 0) {
			k->at += (size_t)n;
			k->written += (uint64_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			block(k);
		} else if (n == 0 || errno != EINTR) {
			fail(k, n == 0 ? EIO : errno);
		}
	}
	if (k->at == k->end)
		k->at = k->end = 0;
}

size_t
sink_room(struct sink *k)
{
	if (SINK_SIZE - (k->end - k->at) < SINK_SIZE / 4)
		sink_flush(k);
	return SINK_SIZE - (k->end - k->at);
}

void
sink_put(struct sink *k, const void *p, size_t n)
{
	if (n == 0)
		return;
	k->queued += n;
	k->within = ((const char *)p)[n - 1] != '\n';
	if (k->error)
		return;
	if (n > SINK_SIZE - k->end) {
		memmove(k->data, k->data + k->at, k->end - k->at);
		k->end -= k->at;
		k->at = 0;
	}
	memcpy(k->data + k->end, p, n);
	k->end += n;
}

/* --- without copying --------------------------------------------------- */

/* False: something is collected that must go first. */
static bool
clear_way(struct sink *k)
{
	if (!k->widened) {
		k->widened = true;
		move_widen(k->io.fd);
	}
	sink_flush(k);
	return k->at == k->end && !k->blocked;
}

static ssize_t
moved(struct sink *k, ssize_t n)
{
	k->queued += (uint64_t)n;
	k->written += (uint64_t)n;
	k->within = false;
	return n;
}

/* An error may be that of either side: copying will show whose. */
ssize_t
sink_from_file(struct sink *k, int fd, off_t off, size_t n)
{
	ssize_t got;

	if (k->nosendfile || k->error)
		return SINK_CANNOT;
	if (!clear_way(k))
		return k->error ? SINK_CANNOT : SINK_BLOCKED;
	got = move_file(fd, off, k->io.fd, n);
	if (got > 0)
		return moved(k, got);
	if (got < 0 && errno == EAGAIN) {
		block(k);
		return SINK_BLOCKED;
	}
	k->nosendfile = true;
	return SINK_CANNOT;
}

ssize_t
sink_from_pipe(struct sink *k, int fd, size_t n)
{
	ssize_t got;
	int waiting = 0;

	if (k->nosplice || k->error)
		return SINK_CANNOT;
	if (!clear_way(k))
		return k->error ? SINK_CANNOT : SINK_BLOCKED;
	got = move_pipe(fd, k->io.fd, NULL, n);
	if (got >= 0)
		return moved(k, got);
	if (errno != EAGAIN) {
		k->nosplice = true;
		return SINK_CANNOT;
	}
	/* which of the two pipes would have had to be waited for? */
	if (ioctl(fd, FIONREAD, &waiting) < 0 || waiting == 0)
		return SINK_EMPTY;
	block(k);
	return SINK_BLOCKED;
}
