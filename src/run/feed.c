#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/move.h"
#include "run/feed.h"

enum {
	PIPES = 24,		/* for blocks that pass without a copy, */
	FILES_ENOUGH = 1024,	/* if there may be so many descriptors */
	PIPE_MOST = 1 << 20,	/* what may be had without privileges */
	PIPE_USUAL = 64 * 1024,
	MEMORY_LEAST = 4096,
	SPARE = 4,		/* memories kept for the next blocks */
	SPARE_MOST = 64 << 20,	/* none that is larger */
	ROUNDS = 4,		/* of a block in one turn of the loop */
	PIECE = 64 * 1024	/* of a file that cannot be sent as it is */
};

static const nsec look_again = 2 * MSEC, look_late = 100 * MSEC;

struct feeds {
	struct loop *loop;
	bool keep;
	void (*failed)(void *ctx, int error);
	void *ctx;
	size_t bytes;
	struct {
		char *p;
		size_t cap;
	} spare[SPARE];
	size_t nspare;
	struct pipes pipes;
};

/* --- memory ------------------------------------------------------------ */

struct feeds *
feeds_new(struct loop *loop, bool keep, void (*failed)(void *ctx, int error),
    void *ctx)
{
	struct feeds *fs = xcalloc(1, sizeof(*fs));

	fs->loop = loop;
	fs->keep = keep;
	fs->failed = failed;
	fs->ctx = ctx;
	if (sysconf(_SC_OPEN_MAX) >= FILES_ENOUGH)
		pipes_init(&fs->pipes, PIPES);
	return fs;
}

void
feeds_free(struct feeds *fs)
{
	if (fs == NULL)
		return;
	while (fs->nspare)
		free(fs->spare[--fs->nspare].p);
	pipes_free(&fs->pipes);
	free(fs);
}

struct pipes *
feeds_pipes(struct feeds *fs)
{
	return fs->keep ? NULL : &fs->pipes;
}

void
block_train(struct block *b, struct train *t)
{
	b->train = *t;
	*t = (struct train){ NULL, NULL, 0 };
}

size_t
feeds_bytes(const struct feeds *fs)
{
	return fs->bytes;
}

/* Memory that was used before is there: a new page costs more than a copy. */
char *
feeds_memory(struct feeds *fs, size_t n, size_t *cap)
{
	size_t i = fs->nspare;

	while (n > PIECE && i-- > 0) {
		char *p = fs->spare[i].p;

		if (fs->spare[i].cap < n || fs->spare[i].cap / 4 > n)
			continue;
		*cap = fs->spare[i].cap;
		fs->spare[i] = fs->spare[--fs->nspare];
		return p;
	}
	*cap = n > MEMORY_LEAST ? n : MEMORY_LEAST;
	return xmalloc(*cap);
}

void
feeds_give(struct feeds *fs, char *p, size_t cap)
{
	if (p == NULL || cap <= PIECE || cap > SPARE_MOST ||
	    fs->nspare == SPARE) {
		free(p);
		return;
	}
	fs->spare[fs->nspare].p = p;
	fs->spare[fs->nspare++].cap = cap;
}

static void
forget_memory(struct block *b)
{
	feeds_give(b->of, b->p, b->cap);
	b->of->bytes -= b->cap;
	b->p = NULL;
	b->from = b->at = b->n = b->cap = 0;
}

/* --- the pipe ---------------------------------------------------------- */

static void
shut(struct block *b)
{
	if (b->io.fd < 0)
		return;
	loop_timer_off(b->of->loop, &b->empty);
	loop_io(b->of->loop, &b->io, 0);
	close(b->io.fd);
	b->io.fd = -1;
}

static void
shut_out(struct block *b)
{
	if (b->out >= 0)
		close(b->out);
	b->out = -1;
}

/* Nothing more is to go. */
static void
forget(struct block *b)
{
	b->gone = true;
	b->len = 0;
	train_drop(&b->train, &b->of->pipes);
	if (block_again(b))
		b->at = b->n;
	else
		forget_memory(b);
}

/* The reader has gone. */
static void
drop(struct block *b)
{
	shut(b);
	forget(b);
}

/*
 * What it was to read has gone.  It does not see an end, as if that were all:
 * its task is to be ended first.
 */
static void
fail(struct block *b, int error)
{
	forget(b);
	loop_io(b->of->loop, &b->io, 0);
	b->of->failed(b->of->ctx, error);
}

/* One write; as write(2). */
static ssize_t
put_memory(struct block *b)
{
	ssize_t k = write(b->io.fd, b->p + b->at, b->n - b->at);

	if (k > 0)
		b->at += (size_t)k;
	if (b->at == b->n && !block_again(b))
		forget_memory(b);
	return k;
}

/* By way of our memory; a pipe takes a piece, or less, or none. */
static ssize_t
copy_file(struct block *b)
{
	size_t n = b->len < PIECE ? (size_t)b->len : PIECE;
	char *p = xmalloc(n);
	ssize_t k = pread(b->file, p, n, b->off);

	if (k > 0)
		k = write(b->io.fd, p, (size_t)k);
	free(p);
	return k;
}

static ssize_t
put_file(struct block *b)
{
	size_t n = b->len < PIPE_MOST ? (size_t)b->len : PIPE_MOST;
	ssize_t k = move_file(b->file, b->off, b->io.fd, n);

	if (k < 0 && (errno == EINVAL || errno == ENOSYS))
		k = copy_file(b);
	if (k > 0) {
		b->off += k;
		b->len -= k;
	}
	return k;
}

static bool
has_more(const struct block *b)
{
	return b->train.n > 0 || b->at < b->n || b->len > 0;
}

/*
 * The end of a fifo's writers before it has a reader would not be seen by that
 * one, which waits for a writer: so it is kept until all is read.  Nothing
 * tells of that; who takes long to read it may wait for the end a little.
 */
static void
watch_empty(struct block *b)
{
	nsec now = loop_now(b->of->loop), pause;
	int n = 0;

	loop_io(b->of->loop, &b->io, 0);
	if (b->put_at == 0)
		b->put_at = now;
	pause = (now - b->put_at) / 16;
	if (pause < look_again)
		pause = look_again;
	if (ioctl(b->out, FIONREAD, &n) == 0 && n == 0)
		shut(b);
	else
		loop_timer(b->of->loop, &b->empty,
		    now + (pause < look_late ? pause : look_late));
}

static void
on_empty(struct timer *t)
{
	watch_empty(container_of(t, struct block, empty));
}

/* As far as it goes now. */
static void
push(struct block *b)
{
	ssize_t k = 1;
	int i, error;

	for (i = 0; i < ROUNDS && k > 0 && has_more(b); i++) {
		k = b->train.n > 0 ? train_unload(&b->train, &b->of->pipes,
		    b->io.fd) : b->at < b->n ? put_memory(b) : put_file(b);
		if (k > 0 || (k < 0 && errno == EAGAIN))
			continue;
		error = k < 0 ? errno : 0;
		if (error == EPIPE)
			drop(b);
		else
			fail(b, error);
		return;
	}
	if (!has_more(b) && b->fifo)
		watch_empty(b);
	else if (!has_more(b) && !b->open)
		shut(b);
	else
		loop_io(b->of->loop, &b->io, has_more(b) ? IO_WRITE : 0);
}

static void
on_writable(struct io *io, int got)
{
	(void)got;
	push(container_of(io, struct block, io));
}

/* As large as what is to go through, so that it is there when it is read. */
static void
widen(const struct block *b)
{
	off_t want = (off_t)block_waiting(b) + b->len;
	int size = PIPE_USUAL;

	if (want <= PIPE_USUAL && !b->open)
		return;
	while (size < PIPE_MOST && (size < want || b->open))
		size *= 2;
	move_size(b->io.fd, size);
}

static int
make_pipe(struct block *b)
{
	int p[2];

	if (fd_pipe_into(p) < 0)
		return -1;
	b->out = p[0];
	b->io.fd = p[1];
	b->io.cb = on_writable;
	widen(b);
	push(b);
	return 0;
}

int
block_stdin(struct block *b)
{
	if (b->out < 0 && make_pipe(b) < 0)
		return -1;
	return fd_dup(b->out);
}

/* All of it, into a file that is written to in one go. */
static int
fill(struct block *b, int fd)
{
	char *p = xmalloc(PIECE);
	int rc = fd_write(fd, b->p + b->at, b->n - b->at);
	ssize_t k;

	for (; rc == 0 && b->len > 0; b->off += k, b->len -= k) {
		k = pread(b->file, p, b->len < PIECE ? (size_t)b->len : PIECE,
		    b->off);
		if (k == 0)
			errno = EIO;
		rc = k > 0 ? fd_write(fd, p, (size_t)k) : -1;
		if (rc < 0)
			break;
	}
	free(p);
	return rc;
}

int
block_file(struct block *b, char *path)
{
	int fd = fd_open(path, O_WRONLY | O_CREAT | O_EXCL, 0600), rc, saved;

	b->path = path;
	if (fd < 0)
		return -1;
	rc = fill(b, fd);
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

int
block_fifo(struct block *b, char *path)
{
	if (block_waiting(b) == 0 && b->len == 0)
		return block_file(b, path);
	b->path = path;
	if (mkfifo(path, 0600) < 0 ||
	    (b->out = fd_open(path, O_RDONLY | O_NONBLOCK, 0)) < 0 ||
	    (b->io.fd = fd_open(path, O_WRONLY | O_NONBLOCK, 0)) < 0)
		return -1;
	b->fifo = true;
	b->put_at = 0;
	b->io.cb = on_writable;
	b->empty.cb = on_empty;
	widen(b);
	push(b);
	return 0;
}

void
block_began(struct block *b)
{
	if (!b->fifo)
		shut_out(b);
}

void
block_over(struct block *b)
{
	shut_out(b);
	if (b->path)
		unlink(b->path);
	free(b->path);
	b->path = NULL;
	drop(b);
}

/* --- what is in it ----------------------------------------------------- */

struct block *
block_new(struct feeds *fs)
{
	struct block *b = xcalloc(1, sizeof(*b));

	b->of = fs;
	b->io.fd = b->out = b->file = -1;
	b->open = true;
	return b;
}

static void
added(struct block *b)
{
	if (b->io.fd >= 0)
		push(b);
}

void
block_add(struct block *b, const void *p, size_t n)
{
	char *old = b->p;
	size_t first = block_again(b) ? b->from : b->at;
	size_t cap = b->cap, left = b->n - first;

	if (b->gone || n == 0)
		return;
	if (b->n + n > b->cap) {
		b->p = feeds_memory(b->of, left + n + 1, &b->cap);
		b->of->bytes += b->cap - cap;
		if (left)
			memcpy(b->p, old + first, left);
		feeds_give(b->of, old, cap);
		b->at -= first;
		b->n = left;
		b->from = 0;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
	added(b);
}

void
block_take(struct block *b, char *p, size_t at, size_t n, size_t cap)
{
	if (b->gone || b->p) {
		block_add(b, p + at, n - at);
		feeds_give(b->of, p, cap);
		return;
	}
	b->p = p;
	b->from = b->at = at;
	b->n = n;
	b->cap = cap;
	b->of->bytes += cap;
	added(b);
}

void
block_part(struct block *b, int file, off_t off, off_t len)
{
	b->file = file;
	b->off = b->begin = off;
	b->len = b->whole = len;
}

static void
destroy(struct block *b)
{
	block_over(b);
	forget_memory(b);
	free(b);
}

void
block_end(struct block *b)
{
	b->open = false;
	if (b->released)
		destroy(b);
	else if (b->io.fd >= 0 && !b->gone)
		push(b);
}

bool
block_again(const struct block *b)
{
	return b->of->keep && !b->once;
}

void
block_rewind(struct block *b)
{
	b->gone = false;
	b->at = b->from;
	b->off = b->begin;
	b->len = b->whole;
}

void
block_release(struct block *b)
{
	if (b == NULL)
		return;
	if (!b->open) {
		destroy(b);
		return;
	}
	b->released = true;
	shut_out(b);
	drop(b);
}
