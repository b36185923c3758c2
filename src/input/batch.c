/*
 * What a command line grows by with one more item is measured with a few of the
 * batch's values before it; then a batch costs as much time as its items,
 * however many.  Without positions such as {3} and {-1} one empty value will
 * do.  Else it takes those that positions mean, which -X may repeat with each
 * value: so {-1}, with the item, may change what each of the others takes.
 * While the batch has no more values than that, the whole is measured.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/batch.h"
#include "input/split.h"

enum {
	STRING_MAX = 131072,	/* as in command.c */
	SLOT_WIDE = 1000,	/* numbers of that width are reckoned with */
	SEQ_WIDE = 1000000000
};

static const char too_long[] =
    "the command line with it is longer than the system, or -s, allows";

struct size {
	size_t bytes, words, line;
};

/* Of -L: what a line that goes on has so far. */
struct line {
	struct buf text;	/* its values, one behind the other */
	size_t *end;		/* where each of them ends */
	size_t n, cap;		/* 0: there is none */
	uint64_t number;
};

struct batch {
	struct batch_conf conf;
	struct item **item;	/* those from first to n are held */
	size_t first, n, cap;
	size_t weighed;		/* of these: they fit together, in size */
	size_t values;		/* of those weighed */
	struct size size;
	struct line line;	/* behind those held */
	bool skip;		/* what comes next belongs to a bad line */
	size_t share;		/* once the end is spread: items for each slot */
	bool overflow;
	struct words words;	/* scratch */
	size_t positions;	/* of the command; or 0 */
	struct value *pad;	/* what an item is measured behind, and it */
	size_t padcap;
	struct size empty;	/* of the command with an empty value */
};

/* The command line with these values; or why it cannot be made at all. */
static const char *
measure(struct batch *b, const struct item *it, struct size *size)
{
	const struct command_task t = {
		it, SEQ_WIDE, SLOT_WIDE, SEQ_WIDE, true
	};
	const char *why = command_expand(b->conf.command, &t, &b->words);

	size->bytes = b->words.bytes.len;
	size->words = b->words.n;
	size->line = command_line(b->conf.command, &b->words);
	return why;
}

static const char *
measure_values(struct batch *b, size_t n, struct size *size)
{
	struct item *it = item_of(b->pad, n, NULL);
	const char *why = measure(b, it, size);

	free(it);
	return why;
}

static void
set_pad(struct batch *b, size_t at, const struct item *it, size_t i)
{
	b->pad[at].p = item_value(it, i, &b->pad[at].n);
}

/*
 * What stands in for those weighed: as many values of theirs from the front and
 * from the end as positions can mean, and so many empty ones between.  Then it.
 */
static const char *
measure_behind(struct batch *b, size_t empty, const struct item *it,
    struct size *size)
{
	size_t most = b->positions, back = most + empty, end = back + most;
	size_t at = b->first, n, i;

	mem_grow(&b->pad, &b->padcap, end + (it ? it->n : 0),
	    sizeof(b->pad[0]));
	for (n = 0; n < most; at++)
		for (i = 0; i < b->item[at]->n && n < most; i++)
			set_pad(b, n++, b->item[at], i);
	for (; n < back; n++)
		b->pad[n] = (struct value){ "", 0 };
	at = b->first + b->weighed;
	for (n = end; n > back;)
		for (i = b->item[--at]->n; i > 0 && n > back;)
			set_pad(b, --n, b->item[at], --i);
	for (n = end, i = 0; it && i < it->n; i++)
		set_pad(b, n++, it, i);
	return measure_values(b, n, size);
}

struct batch *
batch_new(const struct batch_conf *conf)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->conf = *conf;
	b->positions = command_positions(conf->command);
	if (b->positions == 0)
		measure_behind(b, 1, NULL, &b->empty);
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	while (b->first < b->n)
		free(b->item[b->first++]);
	free(b->item);
	free(b->line.end);
	buf_free(&b->line.text);
	free(b->pad);
	buf_free(&b->words.bytes);
	free(b);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Columns are no blank line, whatever is in them. */
static bool
all_blank(const struct item *it)
{
	size_t k, len = 0;
	const char *v = it->n ? item_value(it, 0, &len) : NULL;

	for (k = 0; k < len; k++)
		if (!is_blank(v[k]))
			return false;
	return it->n <= 1 && it->bad == NULL;
}

/* Does the next line belong to this one? */
static bool
goes_on(const struct item *it)
{
	return is_blank(item_last(it));
}

static void
push(struct batch *b, struct item *it)
{
	if (b->first == b->n)
		b->first = b->n = 0;
	mem_grow(&b->item, &b->cap, b->n + 1, sizeof(b->item[0]));
	b->item[b->n++] = it;
}

/* The last value of the line and the first of it are one. */
static void
line_add(struct line *l, const struct item *it)
{
	size_t i, len;
	const char *v;

	if (l->n == 0)
		l->number = it->number;
	for (i = 0; i < it->n; i++) {
		if (i > 0 || l->n == 0) {
			mem_grow(&l->end, &l->cap, l->n + 1,
			    sizeof(l->end[0]));
			l->n++;
		}
		v = item_value(it, i, &len);
		buf_add(&l->text, v, len);
		l->end[l->n - 1] = l->text.len;
	}
}

/* Leaves the start of a bad one, as of a bad record. */
static void
line_clip(struct line *l, bool more)
{
	more = more || l->text.len > SPLIT_KEEP;
	while (l->n > 1 && l->end[l->n - 2] >= SPLIT_KEEP)
		l->n--;
	l->text.len = l->end[l->n - 1];
	if (l->text.len > SPLIT_KEEP)
		l->text.len = SPLIT_KEEP;
	if (more)
		buf_adds(&l->text, "...");
	l->end[l->n - 1] = l->text.len;
}

/* Returns new; the line is empty then. */
static struct item *
line_end(struct line *l, const char *bad)
{
	struct value *v = xcalloc(l->n, sizeof(*v));
	struct item *it;
	size_t i, at = 0;

	for (i = 0; i < l->n; at = l->end[i++])
		v[i] = (struct value){ l->text.data + at, l->end[i] - at };
	it = item_of(v, l->n, bad);
	it->number = l->number;
	free(v);
	l->n = l->text.len = 0;
	return it;
}

/* A bad line is an item at once, and what it goes on in is passed over. */
static void
add_line(struct batch *b, const struct item *it)
{
	bool large = b->line.text.len > STRING_MAX, on = goes_on(it);
	const char *bad = it->bad ? it->bad : large ? too_long : NULL;
	struct item *all;

	line_add(&b->line, it);
	if (on && bad == NULL)
		return;
	if (bad)
		line_clip(&b->line, on);
	all = line_end(&b->line, bad);
	all->large = it->bad ? it->large : large;
	push(b, all);
	b->skip = on;
}

void
batch_add(struct batch *b, struct item *it)
{
	bool blank = b->conf.lines && all_blank(it);

	if (!b->conf.lines || (!blank && !b->skip && b->line.n == 0 &&
	    !goes_on(it))) {
		push(b, it);
		return;
	}
	if (!blank && b->skip)
		b->skip = goes_on(it);
	else if (!blank)
		add_line(b, it);
	free(it);
}

static bool
fits(const struct batch *b, const struct size *size)
{
	return size->bytes + (size->words + 1) * sizeof(char *) <=
	    b->conf.room && size->line < STRING_MAX &&
	    (!b->conf.max_chars || size->bytes <= b->conf.max_chars);
}

/* The command line with those weighed and it, all measured. */
static const char *
weigh_all(struct batch *b, struct size *size)
{
	struct item *all = item_join(b->item + b->first, b->weighed + 1);
	const char *why = measure(b, all, size);

	free(all);
	return why;
}

/* Adds n times what b is more than a. */
static void
grow(struct size *size, const struct size *a, const struct size *b, size_t n)
{
	size->bytes += n * (b->bytes - a->bytes);
	size->words += n * (b->words - a->words);
	size->line += n * (b->line - a->line);
}

/* The same: what it adds is measured. */
static const char *
weigh_one(struct batch *b, const struct item *it, struct size *size)
{
	size_t others = b->values - 2 * b->positions;
	struct size without, with;
	const char *why;

	*size = b->size;
	why = measure_behind(b, b->positions == 0, it, &with);
	if (b->positions == 0) {
		grow(size, &b->empty, &with, 1);
		return why;
	}
	measure_behind(b, 0, NULL, &without);
	grow(size, &without, &with, 1);
	/* and what it adds to each that nothing stands in for */
	grow(size, &with, &without, others);
	measure_behind(b, 1, it, &with);
	measure_behind(b, 1, NULL, &without);
	grow(size, &without, &with, others);
	return why;
}

enum weight {
	FITS,
	HEAVY,			/* it does not fit with those weighed, if any */
	SPOILT			/* it is bad */
};

/* The first item that is not weighed, with those that are. */
static enum weight
weigh(struct batch *b)
{
	struct item *it = b->item[b->first + b->weighed];
	struct size size;
	const char *why;

	if (it->bad)
		return it->large ? HEAVY : SPOILT;
	if (b->values > 0 && b->values >= 2 * b->positions)
		why = weigh_one(b, it, &size);
	else
		why = weigh_all(b, &size);
	if (b->words.large || !fits(b, &size))
		return HEAVY;
	if (why && b->weighed == 0)
		it->bad = why;
	if (why)
		return SPOILT;
	b->size = size;
	b->values += it->n;
	b->weighed++;
	return FITS;
}

/* The first count items are a batch. */
static struct item *
flush(struct batch *b, size_t count)
{
	struct item *it = b->item[b->first];
	size_t i;

	if (count > 1) {
		it = item_join(b->item + b->first, count);
		for (i = 0; i < count; i++)
			free(b->item[b->first + i]);
	}
	b->first += count;
	b->weighed = b->values = 0;
	return it;
}

/* The next item cannot join those weighed. */
static struct item *
full(struct batch *b, enum weight how)
{
	struct item *it = b->item[b->first];

	if (how == HEAVY && b->conf.strict &&
	    (b->weighed == 0 || (b->conf.most && !b->share))) {
		b->overflow = true;
		return NULL;
	}
	if (b->weighed > 0)
		return flush(b, b->weighed);
	if (how == HEAVY && !it->bad)
		it->bad = too_long;
	return flush(b, 1);
}

/*
 * What is left at the end fits together, but is to be spread over the slots.
 * It is weighed anew: in a part of it {1} is another value, maybe a longer one.
 */
static bool
spread(struct batch *b)
{
	size_t left = b->n - b->first, slots = b->conf.slots;

	if (left == 0 || slots == 0 || b->share)
		return false;
	b->share = (left + slots - 1) / slots;
	b->weighed = b->values = 0;
	return true;
}

struct item *
batch_take(struct batch *b, bool ended)
{
	enum weight how;

	if (ended && b->line.n)
		push(b, line_end(&b->line, NULL));
	while (b->first + b->weighed < b->n && !b->overflow) {
		how = weigh(b);
		if (how != FITS)
			return full(b, how);
		if (b->weighed == (b->share ? b->share : b->conf.most))
			return flush(b, b->weighed);
	}
	if (!ended || b->overflow)
		return NULL;
	if (spread(b))
		return batch_take(b, true);
	return b->weighed > 0 ? flush(b, b->weighed) : NULL;
}

bool
batch_overflows(const struct batch *b, const struct item **it)
{
	if (!b->overflow)
		return false;
	*it = b->item[b->first];
	return true;
}
