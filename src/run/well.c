#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/well.h"

enum { FRONT = 1 };		/* a byte before all */

/* Room for n bytes, and one behind them. */
static void
make_room(struct well *w, size_t n)
{
	size_t have = well_seen(w), cap;
	char *p;

	if (w->cap > w->n && w->cap - w->n > n)
		return;
	if (w->cap > FRONT + have && w->cap - have - FRONT > n) {
		memmove(w->p + FRONT, w->p + w->from, have);
	} else {
		p = feeds_memory(w->feeds, have + have / 2 + n + FRONT + 1,
		    &cap);
		if (have)
			memcpy(p + FRONT, w->p + w->from, have);
		feeds_give(w->feeds, w->p, w->cap);
		w->p = p;
		w->cap = cap;
	}
	w->from = FRONT;
	w->n = FRONT + have;
}

/* Nothing is there, nor begins where it could have nothing before it. */
static void
make_empty(struct well *w)
{
	w->from = w->n = FRONT;
}

const char *
well_why(int error)
{
	switch (error) {
	case WELL_HEADING:
		return "the header has no end within 16 MiB; see --header";
	case WELL_RECORD:
		return "a record is larger than 1 GiB; without --cat and "
		    "--fifo it may be";
	default:
		return fd_why(error);
	}
}

char *
well_bytes(struct well *w)
{
	if (w->cap)
		w->p[w->from - 1] = w->before;
	return w->p ? w->p + w->from : NULL;
}

/*
 * What is not to be looked at stays in pipes: all of a block but its end, and
 * what was left of the one before.  False: nothing is, now.
 */
static bool
read_blindly(struct well *w, size_t n)
{
	struct pipes *ps = feeds_pipes(w->feeds);
	size_t have = well_seen(w);
	ssize_t k;

	if (!w->splice || n <= WELL_SEEN || (w->train.first && have > 0))
		return false;
	if (w->train.first == NULL) {
		if (train_begin(&w->train, ps, w->p + w->from, have) < 0)
			return false;
		make_empty(w);
	}
	k = train_load(&w->train, ps, w->fd, n - WELL_SEEN);
	if (k == 0)
		w->ended = true;
	else if (k < 0 && errno != EAGAIN && errno != ENOSPC)
		w->splice = false;
	return k >= 0 || errno == EAGAIN;
}

void
well_read(struct well *w, size_t n, bool blindly)
{
	ssize_t k;

	if (w->ended || w->error || (blindly && read_blindly(w, n)))
		return;
	make_room(w, n);
	k = fd_read(w->fd, w->p + w->n, n, w->size);
	if (k > 0)
		w->n += (size_t)k;
	else if (k == 0)
		w->ended = true;
	else if (errno != EAGAIN && errno != EINTR)
		w->error = errno;
}

void
well_draw(struct well *w)
{
	size_t have = well_seen(w), n = w->train.n, cap;
	char *p = feeds_memory(w->feeds, n + have + FRONT + 1, &cap);

	if (train_draw(&w->train, feeds_pipes(w->feeds), p + FRONT) < 0) {
		/* what came before that is there, and nothing behind it */
		w->error = errno ? errno : EIO;
		n -= w->train.n;
		have = 0;
		train_drop(&w->train, feeds_pipes(w->feeds));
	}
	if (have)
		memcpy(p + FRONT + n, w->p + w->from, have);
	feeds_give(w->feeds, w->p, w->cap);
	w->p = p;
	w->cap = cap;
	w->from = FRONT;
	w->n = FRONT + n + have;
}

/* All of the memory goes with the bytes, as most of it is they. */
static void
give_memory(struct well *w, struct block *b, size_t n, size_t spare)
{
	size_t left = well_seen(w) - n, cap = 0;
	char *p = w->p;

	w->p = NULL;
	if (left) {
		w->p = feeds_memory(w->feeds, (left > spare ? left : spare) +
		    FRONT + 1, &cap);
		memcpy(w->p + FRONT, p + w->from + n, left);
	}
	block_take(b, p, w->from, w->from + n, w->cap);
	w->cap = cap;
	w->from = FRONT;
	w->n = FRONT + left;
}

void
well_give(struct well *w, struct block *b, size_t n, size_t spare)
{
	n -= w->train.n;
	if (w->train.first)
		block_train(b, &w->train);
	if (n > 0 && n >= w->cap / 2) {
		give_memory(w, b, n, spare);
	} else {
		block_add(b, w->p + w->from, n);
		w->from += n;
	}
	if (w->from == w->n)
		make_empty(w);
}

void
well_skip(struct well *w, size_t n)
{
	if (n == 0)
		return;
	w->before = w->p[w->from + n - 1];
	w->from += n;
}

void
well_drop(struct well *w)
{
	make_empty(w);
	if (w->train.first)
		train_drop(&w->train, feeds_pipes(w->feeds));
}

void
well_free(struct well *w)
{
	well_drop(w);
	feeds_give(w->feeds, w->p, w->cap);
	w->p = NULL;
	w->cap = 0;
}
