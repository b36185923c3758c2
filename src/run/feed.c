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
#include "run/feeds.h"

enum {
	PIPES = 24,		/* for blocks that pass without a copy, */
	FILES_ENOUGH = 1024,	/* if there may be so many descriptors */
	PIPE_MOST = 1 << 20,	/* what may be had without privileges */
	PIPE_USUAL = 64 * 1024,
	ROUNDS = 4,		/* of a block in one turn of the loop */
	PIECE = 64 * 1024	/* of a file that cannot be sent as it is */
};

static const nsec look_again = 2 * MSEC, look_late = 100 * MSEC;

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
	list_init(&fs->left);
	if (sysconf(_SC_OPEN_MAX) >= FILES_ENOUGH)
		pipes_init(&fs->pipes, PIPES);
	return fs;
}

struct pipes *
feeds_pipes(struct feeds *fs)
{
	return fs->keep ? NULL : &fs->pipes;
}

size_t
feeds_bytes(const struct feeds *fs)
{
	return fs->bytes;
}

char *
feeds_memory(struct feeds *fs, size_t n, size_t *cap)
{
	return shelf_take(&fs->shelf, n, cap);
}

void
feeds_give(struct feeds *fs, char *p, size_t cap)
{
	shelf_give(&fs->shelf, p, cap);
}

void
feeds_linger(struct feeds *fs)
{
	fs->linger = true;
}

size_t
feeds_left(const struct feeds *fs)
{
	return fs->nleft;
}

static bool
has_more(const struct block *b)
{
	return b->train.n > 0 || b->at < b->n || b->len > 0;
}

size_t
feeds_cut(struct feeds *fs)
{
	struct list *at;
	const struct block *b;
	size_t n = 0;

	for (at = fs->left.next; at != &fs->left; at = at->next) {
		b = container_of(at, struct block, node);
		n += has_more(b) || b->open || b->gone;
	}
	return n;
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

static void
destroy(struct block *b)
{
	block_over(b);
	forget_memory(b);
	if (b->left) {
		b->of->nleft--;
		list_remove(&b->node);
	}
	free(b);
}

void
feeds_free(struct feeds *fs)
{
	struct list *n;

	if (fs == NULL)
		return;
	while ((n = list_shift(&fs->left)))
		destroy(container_of(n, struct block, node));
	shelf_free(&fs->shelf);
	pipes_free(&fs->pipes);
	free(fs);
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
void
block_push(struct block *b)
{
	ssize_t k = 1;
	int i, error;

	for (i = 0; i < ROUNDS && k > 0 && has_more(b); i++) {
		k = b->train.n > 0 ? train_unload(&b->train, &b->of->pipes,
		    b->io.fd) : b->at < b->n ? put_memory(b) : put_file(b);
		if (k > 0 || (k < 0 && errno == EAGAIN))
			continue;
		error = k < 0 ? errno : FD_SHORTER;
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

/* Nobody knows it any more, and all of it is through, or its reader gone. */
static void
end_left(struct block *b)
{
	if (b->left && b->io.fd < 0 && !b->open)
		destroy(b);
}

static void
on_writable(struct io *io, int got)
{
	struct block *b = container_of(io, struct block, io);

	(void)got;
	block_push(b);
	end_left(b);
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

/* Its bytes go into io.fd, as that takes them. */
static void
begin(struct block *b)
{
	b->io.cb = on_writable;
	widen(b);
	block_push(b);
}

static int
make_pipe(struct block *b)
{
	int p[2];

	if (fd_pipe_into(p) < 0)
		return -1;
	b->out = p[0];
	b->io.fd = p[1];
	begin(b);
	return 0;
}

int
block_stdin(struct block *b)
{
	if (b->out < 0 && make_pipe(b) < 0)
		return -1;
	return fd_dup(b->out);
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
	b->empty.cb = on_empty;
	begin(b);
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
	block_unnamed(b);
	drop(b);
}

void
block_unnamed(struct block *b)
{
	shut_out(b);
	if (b->path)
		unlink(b->path);
	free(b->path);
	b->path = NULL;
	if (b->fill >= 0)
		close(b->fill);
	b->fill = -1;
}

void
block_left(struct block *b)
{
	if (!b->of->linger || b->io.fd < 0 || (b->fifo && !has_more(b))) {
		block_over(b);
		return;
	}
	block_unnamed(b);
	loop_timer_off(b->of->loop, &b->empty);
	b->fifo = false;
}

/* --- its end ----------------------------------------------------------- */

void
block_end(struct block *b)
{
	b->open = false;
	if (b->released) {
		destroy(b);
		return;
	}
	if (b->io.fd >= 0 && !b->gone)
		block_push(b);
	end_left(b);
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
	if (b->of->linger && b->sent && b->io.fd >= 0) {
		b->left = true;
		b->of->nleft++;
		list_before(&b->of->left, &b->node);
		return;
	}
	if (!b->open) {
		destroy(b);
		return;
	}
	b->released = true;
	shut_out(b);
	drop(b);
}
