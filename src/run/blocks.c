#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "cli/value.h"
#include "input/cut.h"
#include "input/header.h"
#include "output/move.h"
#include "run/blocks.h"
#include "run/parts.h"
#include "run/ring.h"

enum {
	READ = 256 * 1024,	/* bytes of one read beyond a block */
	HELD = 16 << 20,	/* a block whose end is not there is held up to
				   here, then it passes through */
	WHOLE = 1 << 30,	/* the same with --cat and --fifo, where none
				   passes */
	PASS = 1 << 20,		/* bytes that wait for such a task, at most */
	SEEN = 64 * 1024,	/* the end of a block, where its last border
				   will be, as a rule */
	SIZE = 1 << 20,		/* of a block, where none is given; twice as */
	ALIKE = 8,		/* large after so many, so that a long input */
	DOUBLED = 3		/* makes not too many tasks; so often */
};

struct blocks {
	const struct conf *conf;
	struct feeds *feeds;
	struct cut *cut;
	const char *name;
	int fd;
	bool file;		/* reading never blocks */
	struct header *header;	/* to be found; or NULL */
	struct buf prefix;	/* of each block: what it was */
	struct parts *parts;	/* of a file; or NULL: it is read through */
	size_t size;		/* of the next block */
	size_t made;		/* blocks */
	char *p;		/* p[from..n) is read, and in no block yet */
	size_t from, n, cap;
	struct cut_scan scan;	/* of that */
	struct train train;	/* bytes before these, which were not seen */
	bool splice;		/* there may be such */
	bool beyond;		/* it has no border within the size */
	struct block *open;	/* what passes through */
	struct ring *ring;	/* --round-robin; or NULL */
	bool ended;
	bool finishing;		/* no further block is begun */
	int error;
};

/* --- opening ----------------------------------------------------------- */

static struct cut *
make_cut(const struct conf *conf)
{
	struct cut_conf cc = {
		.start = conf->recstart.p, .nstart = conf->recstart.n,
		.end = conf->recend.p, .nend = conf->recend.n,
		.regexp = conf->regexp, .lines = conf->max_lines,
		.records = conf->max_replace ? conf->max_replace :
		    conf->max_args,
	};
	struct fault f;
	bool at_start = false;
	struct cut *c = cut_new(&cc, &f, &at_start);

	if (c == NULL)
		value_check(at_start ? "--recstart" : "--recend",
		    at_start ? cc.start : cc.end, f);
	return c;
}

static struct header *
make_header(const char *text)
{
	struct fault f;
	struct header *h;

	if (text == NULL)
		return NULL;
	h = header_new(text, &f);
	if (h == NULL)
		value_check("--header", text, f);
	return h;
}

static void
open_input(struct blocks *bs, bool stdin_closed)
{
	const char *path = bs->conf->sources[0].path;
	bool std = strcmp(path, "-") == 0;
	struct stat st;

	bs->name = std ? "stdin" : path;
	bs->fd = std ? STDIN_FILENO : fd_open(path, O_RDONLY, 0);
	if (std && stdin_closed)
		errno = EBADF;
	if (bs->fd < 0 || (std && stdin_closed) || fstat(bs->fd, &st) < 0)
		die("cannot read %s: %s", bs->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		die("cannot read %s: %s", bs->name, strerror(EISDIR));
	bs->file = S_ISREG(st.st_mode);
	/* its writer and we are woken less often */
	if (S_ISFIFO(st.st_mode))
		move_size(bs->fd, PIPES_SIZE);
	bs->splice = S_ISFIFO(st.st_mode) && feeds_pipes(bs->feeds) &&
	    !cut_counts(bs->cut) && cut_overlap(bs->cut) < SEEN / 2 &&
	    !bs->conf->regexp && !bs->conf->rrs && !bs->conf->round_robin &&
	    !bs->conf->header_text;
	if (bs->conf->pipe_part && !bs->file)
		die("--pipe-part: %s is no file; use --pipe", bs->name);
	if (bs->file && !cut_counts(bs->cut) && !bs->conf->rrs &&
	    !bs->conf->round_robin)
		bs->parts = parts_new(bs->fd, std, bs->cut,
		    bs->conf->blocks * bs->conf->jobs);
}

struct blocks *
blocks_new(const struct conf *conf, bool stdin_closed, struct feeds *fs)
{
	struct blocks *bs = xcalloc(1, sizeof(*bs));

	bs->conf = conf;
	bs->feeds = fs;
	bs->cut = make_cut(conf);
	bs->header = make_header(conf->header_text);
	bs->size = conf->block ? conf->block : SIZE;
	open_input(bs, stdin_closed);
	if (conf->round_robin)
		bs->ring = ring_new(conf->jobs, conf->ordered, PASS);
	return bs;
}

static void
close_open(struct blocks *bs)
{
	if (bs->open && !bs->ring)
		block_end(bs->open);
	bs->open = NULL;
	if (bs->finishing)
		ring_end(bs->ring);
	memset(&bs->scan, 0, sizeof(bs->scan));
	bs->beyond = false;
}

void
blocks_free(struct blocks *bs)
{
	if (bs == NULL)
		return;
	close_open(bs);
	if (bs->train.first)
		train_drop(&bs->train, feeds_pipes(bs->feeds));
	ring_free(bs->ring);
	parts_free(bs->parts);
	if (bs->fd > STDERR_FILENO)
		close(bs->fd);
	header_free(bs->header);
	buf_free(&bs->prefix);
	cut_free(bs->cut);
	free(bs->p);
	free(bs);
}

/* --- reading ----------------------------------------------------------- */

/* How many bytes are to be there before there can be a block. */
static size_t
wanted(const struct blocks *bs)
{
	size_t have = bs->train.n + bs->n - bs->from;

	if (!bs->header && !bs->open && !bs->beyond && !cut_has_number(bs->cut) &&
	    have < bs->size)
		return bs->size - have;
	return READ;
}

/* Room for n bytes, and one behind them. */
static void
make_room(struct blocks *bs, size_t n)
{
	size_t have = bs->n - bs->from, cap;
	char *p;

	if (bs->cap > bs->n && bs->cap - bs->n > n)
		return;
	if (bs->cap > have && bs->cap - have > n) {
		memmove(bs->p, bs->p + bs->from, have);
	} else {
		p = feeds_memory(bs->feeds, have + have / 2 + n + 1, &cap);
		if (have)
			memcpy(p, bs->p + bs->from, have);
		feeds_give(bs->feeds, bs->p, bs->cap);
		bs->p = p;
		bs->cap = cap;
	}
	bs->n = have;
	bs->from = 0;
}

/*
 * What is not to be looked at stays in pipes: all of a block but its end, and
 * what was left of the one before.  False: nothing is, now.
 */
static bool
read_blindly(struct blocks *bs, size_t n)
{
	struct pipes *ps = feeds_pipes(bs->feeds);
	size_t have = bs->n - bs->from;
	ssize_t k;

	if (!bs->splice || bs->open || bs->beyond || n <= SEEN ||
	    (bs->train.first && have > 0))
		return false;
	if (bs->train.first == NULL) {
		if (train_begin(&bs->train, ps, bs->p + bs->from, have) < 0)
			return false;
		bs->from = bs->n = 0;
	}
	k = train_load(&bs->train, ps, bs->fd, n - SEEN);
	if (k == 0)
		bs->ended = true;
	else if (k < 0 && errno != EAGAIN && errno != ENOSPC)
		bs->splice = false;
	return k >= 0 || errno == EAGAIN;
}

/* What was not looked at is to be, after all. */
static void
draw(struct blocks *bs)
{
	size_t have = bs->n - bs->from, cap;
	char *p = feeds_memory(bs->feeds, bs->train.n + have + 1, &cap);
	size_t n = bs->train.n;

	if (train_draw(&bs->train, feeds_pipes(bs->feeds), p) < 0)
		bs->error = errno;
	if (have)
		memcpy(p + n, bs->p + bs->from, have);
	feeds_give(bs->feeds, bs->p, bs->cap);
	bs->p = p;
	bs->cap = cap;
	bs->from = 0;
	bs->n = n + have;
}

void
blocks_read(struct blocks *bs)
{
	size_t n = wanted(bs);
	ssize_t k;

	if (bs->ended || bs->error || read_blindly(bs, n))
		return;
	make_room(bs, n);
	k = read(bs->fd, bs->p + bs->n, n);
	if (k > 0)
		bs->n += (size_t)k;
	else if (k == 0)
		bs->ended = true;
	else if (errno != EAGAIN && errno != EINTR)
		bs->error = errno;
}

/* --- cutting ----------------------------------------------------------- */

/* Where the block that begins at p[from] ends: bytes, or 0 if it is not seen. */
static size_t
find(struct blocks *bs)
{
	char *p = bs->p + bs->from;
	size_t n = bs->n - bs->from, border;

	if (cut_has_number(bs->cut) || bs->beyond)
		return cut_scan(bs->cut, &bs->scan, p, n, bs->ended, true);
	if (n < bs->size)
		return 0;
	if (cut_counts(bs->cut)) {
		border = cut_scan(bs->cut, &bs->scan, p, bs->size, false,
		    false);
	} else {
		border = cut_last(bs->cut, p, bs->size, 0);
		bs->scan.at = bs->size - (cut_overlap(bs->cut) < bs->size ?
		    cut_overlap(bs->cut) : bs->size);
	}
	bs->beyond = border == 0;
	return border ? border : find(bs);
}

/* The first n bytes leave for b; all of the memory with them, if most of it
   are they. */
static void
hand_over(struct blocks *bs, struct block *b, size_t n)
{
	size_t left = bs->n - bs->from - n, cap;
	char *p = bs->p;

	if (n < bs->cap / 2) {
		block_add(b, p + bs->from, n);
		bs->from += n;
		return;
	}
	bs->p = NULL;
	if (left) {
		bs->p = feeds_memory(bs->feeds, left > bs->size ? left + 1 :
		    bs->size + 1, &cap);
		memcpy(bs->p, p + bs->from + n, left);
	}
	block_take(b, p, bs->from, bs->from + n, bs->cap);
	bs->cap = bs->p ? cap : 0;
	bs->from = 0;
	bs->n = left;
}

/* Without what parts records. */
static void
strip(struct blocks *bs, size_t *n)
{
	char *p = bs->p + bs->from;
	size_t left = cut_strip(bs->cut, p, *n);

	memmove(p + *n - left, p, left);
	bs->from += *n - left;
	*n = left;
}

static void
take(struct blocks *bs, struct block *b, size_t n)
{
	if (bs->conf->rrs)
		strip(bs, &n);
	hand_over(bs, b, n);
	if (bs->from == bs->n)
		bs->from = bs->n = 0;
}

/* A block was made.  By its number alone, so that another run cuts the same. */
static void
made_one(struct blocks *bs)
{
	size_t twice = ++bs->made / ALIKE;

	if (bs->conf->block == 0)
		bs->size = (size_t)SIZE << (twice < DOUBLED ? twice : DOUBLED);
}

static struct block *
new_block(struct blocks *bs)
{
	struct block *b = block_new(bs->feeds);

	made_one(bs);
	block_add(b, bs->prefix.data, bs->prefix.len);
	return b;
}

/* Who gets what is read next; NULL: nobody now.  *fresh: it is a new one. */
static struct block *
receiver(struct blocks *bs, bool *fresh)
{
	struct block *b = NULL;

	if (bs->ring && !ring_choose(bs->ring, &b))
		return NULL;
	*fresh = b == NULL;
	if (b == NULL)
		b = new_block(bs);
	if (bs->ring && *fresh)
		ring_add(bs->ring, b);
	else if (bs->ring)
		ring_gave(bs->ring, b);
	b->once |= bs->ring != NULL;
	return b;
}

static void
give_block(struct blocks *bs, struct block *b, size_t n)
{
	n -= bs->train.n;
	if (bs->train.first)
		block_train(b, &bs->train);
	take(bs, b, n);
	if (bs->ring == NULL)
		block_end(b);
	memset(&bs->scan, 0, sizeof(bs->scan));
	bs->beyond = false;
}

/*
 * What is read has no border but may have the beginning of one: that stays.
 */
static void
pass_some(struct blocks *bs)
{
	size_t n = bs->scan.at > 0 ? bs->scan.at - 1 : 0;

	if (n == 0 || n > bs->n - bs->from)
		return;
	take(bs, bs->open, n);
	bs->scan.at -= n;
}

/* What is read belongs to the block that passes, up to its end. */
static void
pass(struct blocks *bs)
{
	size_t n = find(bs);

	if (n == 0 && !bs->ended) {
		pass_some(bs);
		return;
	}
	take(bs, bs->open, n ? n : bs->n - bs->from);
	close_open(bs);
}

static size_t
most_held(const struct blocks *bs)
{
	if (bs->conf->cat || bs->conf->fifo)
		return WHOLE;
	return bs->size > HELD ? bs->size : HELD;
}

static enum source_got
next_part(struct blocks *bs, struct block **b)
{
	off_t off, len = parts_next(bs->parts, (off_t)bs->size, &off);

	if (len < 0)
		bs->error = errno;
	if (len <= 0)
		return len < 0 ? SOURCE_ERROR : SOURCE_END;
	*b = new_block(bs);
	block_part(*b, bs->fd, off, len);
	block_end(*b);
	return SOURCE_ITEM;
}

/* How long it is, in what is read, or in a file; true when that is known. */
static bool
header_of_read(struct blocks *bs, size_t *len)
{
	size_t n = bs->n - bs->from;

	return n == 0 ? bs->ended : header_find(bs->header, bs->p + bs->from, n,
	    bs->ended || n >= HELD, len);
}

static char *
header_of_file(struct blocks *bs, size_t *len)
{
	size_t most = SIZE / 16, n;
	char *p;

	while ((p = parts_head(bs->parts, most, &n)) && n == most &&
	    !header_find(bs->header, p, n, most >= HELD, len))
		most *= 4;
	if (n > 0 && n < most)
		header_find(bs->header, p, n, true, len);
	return p;
}

/* What each block begins with; false: more is to be read for it. */
static bool
found_header(struct blocks *bs)
{
	size_t len = 0;
	char *p;

	if (bs->parts) {
		p = header_of_file(bs, &len);
		parts_skip(bs->parts, len);
	} else if (header_of_read(bs, &len)) {
		p = bs->p + bs->from;
		bs->from += len;
	} else {
		return false;
	}
	buf_add(&bs->prefix, p, len);
	if (len >= HELD)
		bs->error = EFBIG;
	header_free(bs->header);
	bs->header = NULL;
	return true;
}

/* No task is left that would read it. */
static void
forget_input(struct blocks *bs)
{
	bs->ended = true;
	bs->from = bs->n = 0;
}

/* Where a block with a train ends, as far as what is seen of it tells; 0: it is
   not whole. */
static bool
known_end(struct blocks *bs, size_t *n)
{
	size_t seen = bs->n - bs->from, all = bs->train.n + seen, border;

	*n = 0;
	if (bs->ended)
		*n = all;
	if (bs->ended || all < bs->size)
		return true;
	border = cut_last(bs->cut, bs->p + bs->from, seen, 0);
	*n = bs->train.n + border;
	return border > 0;
}

/* So many bytes are a block; 0: it is not whole. */
static size_t
next_length(struct blocks *bs)
{
	size_t n;

	if (bs->ring && ring_is_dead(bs->ring))
		forget_input(bs);
	if (bs->train.first && !known_end(bs, &n))
		draw(bs);
	else if (bs->train.first)
		return n;
	n = bs->n > bs->from ? find(bs) : 0;
	return n == 0 && bs->ended ? bs->n - bs->from : n;
}

/* A block whose end is not in sight passes to b. */
static void
begin_passing(struct blocks *bs, struct block *b)
{
	bs->beyond = true;
	bs->open = b;
	b->once = true;
	pass_some(bs);
}

static enum source_got
next_read(struct blocks *bs, struct block **b)
{
	bool fresh = false;
	size_t n;

	while (!fresh && bs->open == NULL) {
		n = next_length(bs);
		if (n == 0 && (bs->error || bs->ended)) {
			ring_end(bs->ring);
			return bs->error ? SOURCE_ERROR : SOURCE_END;
		}
		if (n == 0 && bs->n - bs->from < most_held(bs))
			return SOURCE_WAIT;
		if (n == 0 && most_held(bs) == WHOLE) {
			bs->error = EFBIG;
			return SOURCE_ERROR;
		}
		if ((*b = receiver(bs, &fresh)) == NULL)
			return SOURCE_WAIT;
		if (n > 0)
			give_block(bs, *b, n);
		else
			begin_passing(bs, *b);
	}
	return fresh ? SOURCE_ITEM : SOURCE_WAIT;
}

enum source_got
blocks_next(struct blocks *bs, struct block **b)
{
	if (bs->open && bs->error)
		close_open(bs);
	if (bs->open) {
		if (block_waiting(bs->open) < PASS)
			pass(bs);
		if (bs->open)
			return SOURCE_WAIT;
	}
	if (bs->finishing)
		return SOURCE_END;
	if (bs->header && !bs->error && !found_header(bs))
		return SOURCE_WAIT;
	if (bs->parts)
		return next_part(bs, b);
	return next_read(bs, b);
}

void
blocks_finish(struct blocks *bs)
{
	bs->finishing = true;
	if (bs->open == NULL)
		ring_end(bs->ring);
}

void
blocks_stop(struct blocks *bs)
{
	bs->finishing = true;
	close_open(bs);
}

size_t
blocks_size(const struct blocks *bs)
{
	return bs->size;
}

bool
blocks_full(const struct blocks *bs)
{
	struct block *to;

	if (bs->open)
		return block_waiting(bs->open) >= PASS;
	return bs->ring && !ring_is_dead(bs->ring) &&
	    !ring_choose(bs->ring, &to);
}

bool
blocks_wants(const struct blocks *bs)
{
	return !bs->ended && !bs->error && !blocks_full(bs);
}

bool
blocks_passing(const struct blocks *bs)
{
	return bs->open != NULL;
}

int
blocks_fd(const struct blocks *bs)
{
	return bs->file ? -1 : bs->fd;
}

const char *
blocks_failed(const struct blocks *bs, int *error)
{
	*error = bs->error;
	return bs->name;
}
