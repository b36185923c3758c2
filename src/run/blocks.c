#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "input/cut.h"
#include "output/move.h"
#include "run/blocks.h"
#include "run/ends.h"
#include "run/heading.h"
#include "run/inlet.h"
#include "run/parts.h"
#include "run/piece.h"
#include "run/ring.h"
#include "run/well.h"

enum {
	READ = 256 * 1024,	/* bytes of one read beyond a block */
	HELD = 16 << 20,	/* a block whose end is not there is held up to
				   here, then it passes through */
	WHOLE = 1 << 30,	/* the same with --cat and --fifo, where none
				   passes */
	PASS = 1 << 20,		/* bytes that wait for such a task, at most */
	SIZE = 1 << 20,		/* of a block, where none is given; twice as */
	ALIKE = 8,		/* large after so many, so that a long input */
	DOUBLED = 3,		/* makes not too many tasks; so often */
	SHARES = 10,		/* of a file at once a part of a slot's share, */
	SHARE = 32 << 20	/* up to here: its output may be held */
};

struct blocks {
	const struct conf *conf;
	struct feeds *feeds;
	struct cut *cut;
	const char *name;
	bool file;		/* reading never blocks */
	struct heading heading;	/* of each block */
	struct parts *parts;	/* of a file; or NULL: it is read through */
	size_t size;		/* of the next block, */
	size_t least;		/* where none is given */
	size_t made;		/* blocks */
	struct well in;		/* what is read, and in no block yet */
	struct ends ends;	/* where that ends */
	struct piece due;	/* what is to be given next */
	struct block *open;	/* what passes through */
	struct ring *ring;	/* --round-robin; or NULL */
	bool finishing;		/* no further block is begun, */
	bool stopped;		/* nor gets the one that passes any more */
};

/* --- opening ----------------------------------------------------------- */

/* Is all but the end of a block left unseen? */
static bool
may_splice(const struct blocks *bs)
{
	const struct conf *c = bs->conf;

	return feeds_pipes(bs->feeds) && !cut_counts(bs->cut) &&
	    cut_overlap(bs->cut) < WELL_SEEN / 2 && !c->regexp && !c->rrs &&
	    !c->round_robin && !c->header_text;
}

/* By the block's number; where there is no joblog, by which another run could
   have to cut the same with another -j, also by what each slot gets. */
static void
set_size(struct blocks *bs)
{
	size_t twice = bs->made / ALIKE;

	if (bs->conf->block)
		return;
	bs->size = (size_t)SIZE << (twice < DOUBLED ? twice : DOUBLED);
	if (bs->size < bs->least)
		bs->size = bs->least;
}

static void
make_parts(struct blocks *bs, bool here)
{
	size_t n = bs->conf->blocks;
	off_t share;

	n = n > SIZE_MAX / bs->conf->jobs ? SIZE_MAX : n * bs->conf->jobs;
	bs->parts = parts_new(bs->in.fd, here, bs->cut, n);
	if (bs->conf->joblog.path)
		return;
	share = parts_left(bs->parts) / (off_t)bs->conf->jobs / SHARES;
	share += share / 64;	/* parts end before that */
	bs->least = share < SHARE ? (size_t)share : SHARE;
	set_size(bs);
}

static void
open_input(struct blocks *bs, bool stdin_closed)
{
	struct stat st;
	int fd = inlet_open(bs->conf, stdin_closed, &bs->name, &st);

	bs->in.fd = fd;
	bs->file = S_ISREG(st.st_mode);
	/* its writer and we are woken less often */
	if (S_ISFIFO(st.st_mode))
		move_size(fd, PIPES_SIZE);
	bs->in.splice = S_ISFIFO(st.st_mode) && may_splice(bs);
	if (bs->conf->pipe_part && !bs->file)
		die("--pipe-part: %s is no file; give one by -a, or use --pipe",
		    bs->name);
	bs->in.size = fd_size(fd);
	if (bs->in.size && !cut_counts(bs->cut) && !bs->conf->rrs &&
	    !bs->conf->round_robin)
		make_parts(bs, fd == STDIN_FILENO);
}

struct blocks *
blocks_new(const struct conf *conf, bool stdin_closed, struct feeds *fs)
{
	struct blocks *bs = xcalloc(1, sizeof(*bs));

	bs->conf = conf;
	bs->feeds = bs->in.feeds = fs;
	bs->cut = inlet_cut(conf);
	bs->ends.cut = bs->cut;
	bs->due.strip = conf->rrs ? bs->cut : NULL;
	bs->in.before = '\n';
	heading_open(&bs->heading, conf->header_text);
	bs->size = conf->block;
	set_size(bs);
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
	ends_begin(&bs->ends);
}

void
blocks_free(struct blocks *bs)
{
	if (bs == NULL)
		return;
	close_open(bs);
	well_free(&bs->in);
	ring_free(bs->ring);
	parts_free(bs->parts);
	if (bs->in.fd > STDERR_FILENO)
		close(bs->in.fd);
	heading_close(&bs->heading);
	cut_free(bs->cut);
	free(bs);
}

/* --- reading ----------------------------------------------------------- */

void
blocks_read(struct blocks *bs)
{
	size_t n = 0;

	if (!bs->heading.sought && !bs->open)
		n = ends_wanted(&bs->ends, &bs->in, bs->size);
	well_read(&bs->in, n ? n : READ, n > 0);
}

/* --- cutting ----------------------------------------------------------- */

static struct block *
new_block(struct blocks *bs)
{
	struct block *b = block_new(bs->feeds);

	bs->made++;
	set_size(bs);
	block_add(b, bs->heading.text.data, bs->heading.text.len);
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

/* Not all of a block is there, but the beginning of it, which passes. */
static void
choose_some(struct blocks *bs)
{
	size_t n = ends_pass(&bs->ends);

	if (n > well_seen(&bs->in))
		n = 0;
	if (n)
		ends_passed(&bs->ends, n);
	piece_set(&bs->due, n, false);
}

/* b gets what is due. */
static void
give(struct blocks *bs, struct block *b)
{
	bool ends = bs->due.ends;

	if (!ends) {
		bs->open = b;
		b->once = true;
	}
	piece_give(&bs->due, &bs->in, b, bs->size + 1);
	if (ends && bs->ring == NULL)
		block_end(b);
	if (ends)
		ends_begin(&bs->ends);
}

/* It is made ready for that; false: in the next turn. */
static bool
is_clean(struct blocks *bs)
{
	bs->ends.looking = !piece_clean(&bs->due, &bs->in);
	return !bs->ends.looking;
}

/* What is read belongs to the block that passes, up to its end. */
static void
pass(struct blocks *bs)
{
	bool ends;
	size_t n;

	if (!bs->due.any) {
		n = ends_find(&bs->ends, &bs->in, bs->size);
		if (bs->ends.looking)
			return;
		if (n || bs->in.ended)
			piece_set(&bs->due, n ? n : well_seen(&bs->in), true);
		else
			choose_some(bs);
	}
	if (!is_clean(bs))
		return;
	ends = bs->due.ends;
	give(bs, bs->open);
	if (!ends)
		return;
	bs->open = NULL;
	if (bs->finishing)
		ring_end(bs->ring);
}

static size_t
most_held(const struct blocks *bs)
{
	size_t needed = bs->size + cut_ahead(bs->cut) + 1;

	if (bs->conf->cat || bs->conf->fifo)
		return WHOLE;
	return needed > HELD ? needed : HELD;
}

static enum source_got
next_part(struct blocks *bs, struct block **b)
{
	off_t off, len = parts_next(bs->parts, (off_t)bs->size, &off);

	bs->ends.looking = len < 0 && errno == EAGAIN;
	if (bs->ends.looking)
		return SOURCE_WAIT;
	if (len < 0)
		bs->in.error = errno;
	else if (len > WHOLE && most_held(bs) == WHOLE)
		bs->in.error = WELL_RECORD;
	if (bs->in.error)
		return SOURCE_ERROR;
	if (len == 0)
		return SOURCE_END;
	*b = new_block(bs);
	block_part(*b, bs->in.fd, off, len);
	block_end(*b);
	return SOURCE_ITEM;
}

/* No task is left that would read it. */
static void
forget_input(struct blocks *bs)
{
	bs->in.ended = true;
	well_drop(&bs->in);
	piece_drop(&bs->due);
}

/* So many bytes are a block; 0: it is not whole. */
static size_t
next_length(struct blocks *bs)
{
	struct well *w = &bs->in;
	size_t n;

	if (w->train.first) {
		if (ends_of_train(&bs->ends, w, bs->size, &n))
			return n;
		well_draw(w);
	}
	n = ends_find(&bs->ends, w, bs->size);
	return n == 0 && w->ended && !bs->ends.looking ? well_seen(w) : n;
}

static enum source_got
at_end(struct blocks *bs)
{
	ring_end(bs->ring);
	return bs->in.error ? SOURCE_ERROR : SOURCE_END;
}

/* What is to be given next; SOURCE_ITEM: there is something. */
static enum source_got
choose(struct blocks *bs)
{
	size_t n = next_length(bs);

	if (bs->ends.looking)
		return SOURCE_WAIT;
	if (n == 0 && (bs->in.error || bs->in.ended))
		return at_end(bs);
	if (n == 0 && well_seen(&bs->in) < most_held(bs))
		return SOURCE_WAIT;
	if (n == 0 && most_held(bs) == WHOLE) {
		bs->in.error = WELL_RECORD;
		return SOURCE_ERROR;
	}
	if (n > 0)
		piece_set(&bs->due, n, true);
	else
		choose_some(bs);
	return SOURCE_ITEM;
}

static enum source_got
next_read(struct blocks *bs, struct block **b)
{
	bool fresh = false;
	enum source_got got;

	while (!fresh && bs->open == NULL) {
		if (bs->ring && ring_is_dead(bs->ring))
			forget_input(bs);
		if (!bs->due.any && (got = choose(bs)) != SOURCE_ITEM)
			return got;
		bs->ends.looking = false;
		if (bs->ring && !ring_choose(bs->ring, b))
			return SOURCE_WAIT;
		if (!is_clean(bs) || (*b = receiver(bs, &fresh)) == NULL)
			return SOURCE_WAIT;
		give(bs, *b);
	}
	return fresh ? SOURCE_ITEM : SOURCE_WAIT;
}

enum source_got
blocks_next(struct blocks *bs, struct block **b)
{
	if (bs->stopped)
		return SOURCE_END;
	if (bs->open && bs->in.error)
		return SOURCE_ERROR;
	if (bs->open) {
		if (block_waiting(bs->open) < PASS)
			pass(bs);
		if (bs->open)
			return SOURCE_WAIT;
	}
	if (bs->finishing)
		return SOURCE_END;
	if (bs->heading.sought && !bs->in.error &&
	    !heading_find(&bs->heading, &bs->in, bs->parts))
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
	bs->finishing = bs->stopped = true;
}

void
blocks_held(struct blocks *bs)
{
	if (bs->ring)
		ring_held(bs->ring, bs->open);
}

bool
blocks_starve(const struct blocks *bs)
{
	return bs->ring && blocks_full(bs) && ring_starves(bs->ring);
}

bool
blocks_in_turn(const struct blocks *bs)
{
	return bs->ring != NULL;
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
	return !bs->ends.looking && !bs->in.ended && !bs->in.error &&
	    !blocks_full(bs);
}

bool
blocks_look(const struct blocks *bs)
{
	return bs->ends.looking && bs->open && !blocks_full(bs) &&
	    !bs->stopped;
}

bool
blocks_passing(const struct blocks *bs)
{
	return bs->open != NULL && !bs->stopped;
}

int
blocks_fd(const struct blocks *bs)
{
	return bs->file ? -1 : bs->in.fd;
}

const char *
blocks_failed(const struct blocks *bs, const char **why)
{
	*why = well_why(bs->in.error);
	return bs->name;
}
