#include "config.h"

#include "input/line.h"
#include "input/quote.h"

/* How a line is made. */
struct making {
	const struct template *line;
	const struct command_task *task;
	struct buf *joined;	/* scratch */
	bool shown;		/* for people, else for the shell */
};

/* The n bytes at v where seg stands.  False: not an integer. */
static bool
place_value(const struct making *m, const struct segment *seg, const char *v,
    size_t n, struct buf *b)
{
	size_t from = b->len;

	if (m->shown) {
		quote_shown(b, seg->place, seg->alone, v, n);
	} else if (!quote_value(b, seg->place, v, n)) {
		if (!m->task->weighed)
			return false;
		buf_add(b, v, n);
	}
	if (seg->braced)
		quote_commas(b, from);
	return true;
}

/* All values as words of their own; none is no word. */
static bool
place_words(const struct making *m, const struct segment *seg, struct buf *b)
{
	char number[NUMBER_SIZE];
	const char *v;
	size_t i, len;

	for (i = 0; i < m->task->item->n; i++) {
		v = template_value(m->line, seg, m->task, i, number, &len);
		if (i > 0)
			buf_addc(b, ' ');
		if (!place_value(m, seg, v, len, b))
			return false;
	}
	return true;
}

/* All values as one piece of data. */
static bool
place_joined(const struct making *m, const struct segment *seg, struct buf *b)
{
	char number[NUMBER_SIZE];
	struct buf *all = m->joined;
	const char *v;
	size_t i, len;

	all->len = 0;
	for (i = 0; i < m->task->item->n; i++) {
		v = template_value(m->line, seg, m->task, i, number, &len);
		if (i > 0)
			buf_addc(all, ' ');
		buf_add(all, v, len);
	}
	return place_value(m, seg, all->len ? all->data : "", all->len, b);
}

/* One segment, of which i says the value where all are meant; -1: all. */
static bool
place_segment(const struct making *m, const struct segment *seg, size_t i,
    struct buf *b)
{
	char number[NUMBER_SIZE];
	const char *v;
	size_t len;

	if (seg->ref.op == VALUE_NONE) {
		buf_add(b, m->line->text + seg->at, seg->len);
		return true;
	}
	if (segment_is_all(seg) && i == (size_t)-1 && m->task->item->n != 1)
		return seg->many ? place_words(m, seg, b) :
		    place_joined(m, seg, b);
	v = template_value(m->line, seg, m->task, i == (size_t)-1 ? 0 : i,
	    number, &len);
	return place_value(m, seg, v, len, b);
}

/* -X: the segments from..to are a word, which is repeated. */
static bool
place_repeated(const struct making *m, size_t from, size_t to, struct buf *b)
{
	size_t i, k;

	for (i = 0; i < m->task->item->n; i++) {
		if (i > 0)
			buf_addc(b, ' ');
		for (k = from; k < to; k++)
			if (!place_segment(m, &m->line->seg[k], i, b))
				return false;
	}
	return true;
}

bool
line_expand(const struct command *c, const struct command_task *t,
    bool shown, struct buf *b)
{
	const struct making m = { c->line, t, &c->scratch->joined, shown };
	bool repeat = c->conf.context && t->item->n > 1;
	size_t i, end;

	for (i = 0; i < c->line->n; i = end) {
		end = i + 1;
		if (repeat && c->line->seg[i].word) {
			end = template_word_end(c->line, i);
			if (!place_repeated(&m, i, end, b))
				return false;
		} else if (!place_segment(&m, &c->line->seg[i], (size_t)-1,
		    b)) {
			return false;
		}
	}
	return true;
}

void
line_append(const struct item *it, bool shown, struct buf *b)
{
	const char *v;
	size_t i, len;

	for (i = 0; i < it->n; i++) {
		v = item_value(it, i, &len);
		buf_addc(b, ' ');
		if (shown)
			quote_word(b, v, len, false);
		else
			quote_value(b, PLACE_BARE, v, len);
	}
}
