/*
 * An odometer.  A wheel is what goes in step: a source, or several that are
 * linked.  The last wheel is moved on for each combination; when it has come
 * to its end it starts again, and the one before it moves.  The first one
 * never starts again, so only its current row is kept; a wheel that does gets
 * its rows from its readers the first time round and remembers them.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "input/shuffle.h"
#include "input/source.h"

enum { AT_ONCE = 4096 };	/* items that are collected in one call */

/* A list of items that owns them. */
struct items {
	struct item **v;
	size_t n, cap;
};

/* One source as a part of its wheel. */
struct strand {
	struct reader_conf conf;
	struct reader *reader;
	struct items kept;	/* where it may start again */
	struct item *now;	/* of the row that is being made; or NULL */
	bool owned;		/* now is in no list */
	bool ended;
};

struct wheel {
	struct strand *strand;	/* the first of those that go in step */
	size_t n;
	struct items rows;	/* of the first wheel: the current one */
	size_t at;		/* the next of them, once they are complete */
	bool ended;		/* all rows have been read */
	uint64_t made;		/* how many were */
};

struct source {
	const struct source_conf *conf;
	struct strand *strand;
	struct wheel *wheel;
	size_t nwheels;
	size_t turn;		/* the wheel to be moved */
	struct item **current;	/* each wheel's row; borrowed */
	size_t waits;		/* the strand that is to be read */
	size_t headers;		/* strands whose header has been read */
	bool ended;
	uint64_t made, given;
	struct items all;	/* shuffled; those given are NULL */
	bool shuffled;
};

static void
items_add(struct items *l, struct item *it)
{
	mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = it;
}

static void
items_free(struct items *l)
{
	while (l->n)
		free(l->v[--l->n]);
	free(l->v);
}

/* --- a life ------------------------------------------------------------ */

static void
open_strand(struct source *s, size_t i)
{
	const struct source_from *from = &s->conf->from[i];
	struct strand *st = &s->strand[i];

	st->conf = (struct reader_conf){
		.words = from->words, .path = from->path,
		.stdin_closed = s->conf->stdin_closed,
		.skip_line = i == 0 && s->conf->skip_line,
		.skip_first = i == 0 && s->conf->skip_first,
		.pad = s->conf->header && i + 1 < s->conf->n,
		.records = &s->conf->records,
	};
	st->reader = reader_new(&st->conf);
}

struct source *
source_new(const struct source_conf *conf)
{
	struct source *s = xcalloc(1, sizeof(*s));
	size_t i;

	s->conf = conf;
	s->strand = xcalloc(conf->n, sizeof(*s->strand));
	s->wheel = xcalloc(conf->n, sizeof(*s->wheel));
	for (i = 0; i < conf->n; i++) {
		open_strand(s, i);
		if (i == 0 || !(conf->link || conf->from[i].linked))
			s->wheel[s->nwheels++].strand = &s->strand[i];
		s->wheel[s->nwheels - 1].n++;
	}
	s->current = xcalloc(s->nwheels, sizeof(struct item *));
	return s;
}

static void
free_now(struct strand *st)
{
	if (st->owned)
		free(st->now);
	st->now = NULL;
	st->owned = false;
}

void
source_free(struct source *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->conf->n; i++) {
		free_now(&s->strand[i]);
		items_free(&s->strand[i].kept);
		reader_free(s->strand[i].reader);
	}
	for (i = 0; i < s->nwheels; i++)
		items_free(&s->wheel[i].rows);
	items_free(&s->all);
	free(s->strand);
	free(s->wheel);
	free(s->current);
	free(s);
}

/* --- a wheel ----------------------------------------------------------- */

/* Will another strand of the wheel outlast this one?  Then it starts again. */
static bool
may_repeat(const struct source *s, const struct wheel *w,
    const struct strand *st)
{
	size_t i;

	for (i = 0; s->conf->link && i < w->n; i++)
		if (&w->strand[i] != st && !w->strand[i].ended)
			return true;
	return false;
}

/* Sets st->now for the row to be made. */
static enum source_got
next_of(struct source *s, struct wheel *w, struct strand *st)
{
	enum source_got got = SOURCE_END;

	if (!st->ended)
		got = reader_next(st->reader, &st->now);
	switch (got) {
	case SOURCE_ITEM:
		st->owned = !may_repeat(s, w, st);
		if (!st->owned)
			items_add(&st->kept, st->now);
		break;
	case SOURCE_END:
		st->ended = true;
		if (s->conf->link && st->kept.n) {
			st->now = st->kept.v[w->made % st->kept.n];
			return SOURCE_ITEM;
		}
		break;
	case SOURCE_WAIT:
	case SOURCE_ERROR:
		s->waits = (size_t)(st - s->strand);
		break;
	}
	return got;
}

/* The row of what all strands have now.  Returns new. */
static struct item *
join_row(struct wheel *w)
{
	struct item **parts, *row;
	size_t i;

	if (w->n == 1 && w->strand[0].owned) {
		row = w->strand[0].now;
		w->strand[0].now = NULL;
		w->strand[0].owned = false;
		return row;
	}
	parts = xcalloc(w->n, sizeof(struct item *));
	for (i = 0; i < w->n; i++)
		parts[i] = w->strand[i].now;
	row = item_join(parts, w->n);
	free(parts);
	for (i = 0; i < w->n; i++)
		free_now(&w->strand[i]);
	return row;
}

/* Did none of them have an item that was not there before? */
static bool
all_ended(const struct wheel *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!w->strand[i].ended)
			return false;
	return true;
}

/* A row from the readers. */
static enum source_got
make_row(struct source *s, struct wheel *w, struct item **row)
{
	enum source_got got = SOURCE_ITEM;
	size_t i;

	for (i = 0; i < w->n && got == SOURCE_ITEM; i++)
		if (w->strand[i].now == NULL)
			got = next_of(s, w, &w->strand[i]);
	if (got == SOURCE_ITEM && all_ended(w))
		got = SOURCE_END;
	if (got == SOURCE_ITEM) {
		*row = join_row(w);
		w->made++;
	}
	w->ended = got == SOURCE_END;
	for (i = 0; i < w->n && w->ended; i++)
		free_now(&w->strand[i]);
	return got;
}

/* Moves wheel k on; SOURCE_END: it has come round. */
static enum source_got
turn(struct source *s, size_t k)
{
	struct wheel *w = &s->wheel[k];
	enum source_got got;
	struct item *row;

	if (w->at < w->rows.n && k > 0) {
		s->current[k] = w->rows.v[w->at++];
		return SOURCE_ITEM;
	}
	if (w->ended)
		return SOURCE_END;
	got = make_row(s, w, &row);
	if (got != SOURCE_ITEM)
		return got;
	if (k == 0 && w->rows.n)
		free(w->rows.v[--w->rows.n]);
	items_add(&w->rows, row);
	w->at = w->rows.n;
	s->current[k] = row;
	return SOURCE_ITEM;
}

/* --- all of them ------------------------------------------------------- */

/* Wheel s->turn has come round: it starts again, the one before it moves. */
static bool
carry(struct source *s)
{
	struct wheel *w = &s->wheel[s->turn];

	s->ended = s->turn == 0 || w->made == 0;
	w->at = 0;
	s->turn -= s->turn > 0;
	return !s->ended;
}

static enum source_got
combine(struct source *s, struct item **it)
{
	enum source_got got;

	if (s->nwheels == 1)
		return make_row(s, s->wheel, it);
	while (!s->ended) {
		got = turn(s, s->turn);
		if (got == SOURCE_WAIT || got == SOURCE_ERROR)
			return got;
		if (got == SOURCE_END) {
			carry(s);
		} else if (++s->turn == s->nwheels) {
			s->turn--;
			*it = item_join(s->current, s->nwheels);
			return SOURCE_ITEM;
		}
	}
	return SOURCE_END;
}

/* The next one in the order of the input, which its number tells. */
static enum source_got
next_made(struct source *s, struct item **it)
{
	enum source_got got = combine(s, it);

	if (got == SOURCE_ITEM)
		(*it)->number = ++s->made;
	return got;
}

/* All of them, as far as they come without waiting; then their order. */
static enum source_got
collect(struct source *s)
{
	enum source_got got;
	struct item *it;
	size_t n;

	for (n = 0; n < AT_ONCE; n++) {
		got = next_made(s, &it);
		if (got == SOURCE_END) {
			shuffle(s->all.v, s->all.n, s->conf->seed);
			s->shuffled = true;
		}
		if (got != SOURCE_ITEM)
			return got;
		items_add(&s->all, it);
	}
	s->waits = s->conf->n;		/* for nothing: only to come back */
	return SOURCE_WAIT;
}

static enum source_got
next_shuffled(struct source *s, struct item **it)
{
	enum source_got got;

	if (!s->shuffled) {
		got = collect(s);
		if (got != SOURCE_END)
			return got;
	}
	if (s->given == s->all.n)
		return SOURCE_END;
	*it = s->all.v[s->given];
	s->all.v[s->given] = NULL;
	return SOURCE_ITEM;
}

enum source_got
source_next(struct source *s, struct item **it)
{
	struct source_fault f;
	enum source_got got;

	if (s->given == 0 && source_failed(s, &f))
		return SOURCE_ERROR;
	if (s->conf->max_items && s->given >= s->conf->max_items)
		return SOURCE_END;
	got = s->conf->shuf ? next_shuffled(s, it) : next_made(s, it);
	s->given += got == SOURCE_ITEM;
	return got;
}

enum source_got
source_header(struct source *s, struct item **it)
{
	enum source_got got;
	struct strand *st;
	struct item **parts;
	size_t i;

	for (; s->headers < s->conf->n; s->headers++) {
		st = &s->strand[s->headers];
		got = reader_header(st->reader, &st->now);
		s->waits = s->headers;
		if (got == SOURCE_WAIT || got == SOURCE_ERROR)
			return got;
		st->owned = true;
		if (got == SOURCE_END)
			st->now = item_of(NULL, 0, NULL);
	}
	parts = xcalloc(s->conf->n, sizeof(struct item *));
	for (i = 0; i < s->conf->n; i++)
		parts[i] = s->strand[i].now;
	*it = item_join(parts, s->conf->n);
	free(parts);
	for (i = 0; i < s->conf->n; i++)
		free_now(&s->strand[i]);
	return SOURCE_ITEM;
}

void
source_read(struct source *s)
{
	if (s->waits < s->conf->n)
		reader_read(s->strand[s->waits].reader);
}

int
source_fd(const struct source *s)
{
	return s->waits < s->conf->n ?
	    reader_fd(s->strand[s->waits].reader) : -1;
}

bool
source_failed(const struct source *s, struct source_fault *f)
{
	size_t i;

	for (i = 0; i < s->conf->n; i++)
		if (!reader_ok(s->strand[i].reader, f))
			return true;
	return false;
}
