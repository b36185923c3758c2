#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/cut.h"
#include "input/mark.h"

enum {
	BEHIND = 32 * 1024,	/* the end of a block, where its last border
				   is looked for at first, */
	BEHIND_MOST = 1 << 20,	/* and in one step; */
	STRIP = 1 << 20,	/* the same where they are removed */
	TURNED = 64 * 1024,	/* no match of an expression is longer, where
				   that is not known; */
	TURNED_MOST = 256 * 1024,	/* where it is seen to be, so long */
	TAIL = 1 << 18,		/* searched for the end of the last record */
	START_SEEN = 1024	/* nor one of what starts a record, where a
				   block might be full with it */
};

struct cut {
	struct mark border;	/* the end of a record and the start of one */
	struct mark start, end;	/* for cut_strip() */
	size_t nend, nstart;
	uint64_t unit;		/* so many borders are one that counts */
	bool counts, number;
};

/* --- making one -------------------------------------------------------- */

static struct fault
compile(struct mark *m, const char *text)
{
	struct fault f = mark_fits(text);

	return f.why ? f : mark_regexp(m, text);
}

static struct fault
set_regexp(struct cut *c, const struct cut_conf *conf, bool *at_start)
{
	struct fault f = { 0, NULL, 0 };
	struct buf both = { 0 };

	*at_start = false;
	if (conf->nend)
		f = compile(&c->end, conf->end);
	if (f.why)
		return f;
	if (conf->nstart) {
		*at_start = true;
		f = compile(&c->start, conf->start);
	}
	if (f.why || conf->nstart + conf->nend == 0)
		return f;
	if (conf->nend)
		buf_addf(&both, "(%s)", conf->end);
	if (conf->nstart)
		buf_addf(&both, "(%s)", conf->start);
	f = mark_regexp(&c->border, buf_str(&both));
	buf_free(&both);
	c->border.group = 1;
	c->border.before = conf->nend == 0;
	return f;
}

struct cut *
cut_new(const struct cut_conf *conf, struct fault *fault, bool *at_start)
{
	struct cut *c = xcalloc(1, sizeof(*c));
	uint64_t lines = conf->lines ? conf->lines : 1;

	c->nend = conf->nend;
	c->nstart = conf->nstart;
	c->number = conf->records > 0;
	c->counts = c->number || conf->lines;
	c->unit = c->number ? conf->records * lines : lines;
	*fault = (struct fault){ 0, NULL, 0 };
	if (conf->regexp) {
		*fault = set_regexp(c, conf, at_start);
	} else {
		mark_text(&c->border, conf->end, conf->nend, conf->start,
		    conf->nstart);
		mark_text(&c->start, conf->start, conf->nstart, "", 0);
		mark_text(&c->end, conf->end, conf->nend, "", 0);
	}
	if (fault->why == NULL)
		return c;
	cut_free(c);
	return NULL;
}

void
cut_free(struct cut *c)
{
	if (c == NULL)
		return;
	mark_free(&c->border);
	mark_free(&c->start);
	mark_free(&c->end);
	free(c);
}

bool
cut_counts(const struct cut *c)
{
	return c->counts;
}

bool
cut_has_number(const struct cut *c)
{
	return c->number;
}

size_t
cut_overlap(const struct cut *c)
{
	if (c->border.regexp)
		return TURNED;
	return c->border.n ? c->border.n - 1 : 0;
}

size_t
cut_ahead(const struct cut *c)
{
	if (!c->border.regexp)
		return c->nstart > 0 ? c->nstart : 1;
	return c->nstart ? START_SEEN : 1;
}

size_t
cut_ahead_counted(const struct cut *c)
{
	return c->border.regexp ? 0 : c->nstart;
}

/* --- from the front ---------------------------------------------------- */

/* Where the next border is looked for: one match does not overlap another, but
   a text is a border wherever it is. */
static size_t
behind(const struct cut *c, const struct match *f, size_t border)
{
	size_t at = border;

	if (c->border.regexp && c->border.before)
		at = f->to;
	return at > f->from ? at : f->from + 1;
}

/* Where the search goes on when there is more than n bytes: not in the middle
   of what may be a match. */
static size_t
resume_at(const struct cut *c, size_t at, size_t n, enum found found,
    const struct match *f)
{
	size_t keep = cut_overlap(c), back = n > keep ? n - keep : 0;

	if (found == UNSURE && f->from < back && n - f->from <= TURNED_MOST)
		back = f->from;
	return back > at ? back : at;
}

/* The first border behind s->at, which moves there.  No record is empty. */
static bool
next_border(const struct cut *c, struct cut_scan *s, char *p, size_t n,
    bool last, size_t *border)
{
	enum found found = NOT_FOUND;
	struct match f = { .sure = s->sure };

	while (s->at <= n && (found = mark_find(&c->border, p, s->at, n, last,
	    &f)) == FOUND) {
		*border = c->border.regexp ? f.border : f.from + c->nend;
		s->at = behind(c, &f, *border);
		s->tired = false;
		s->sure = 0;
		if (*border > 0)
			return true;
	}
	s->tired = found == TIRED;
	s->sure = f.sure;
	s->at = s->tired ? f.from : resume_at(c, s->at, n, found, &f);
	return false;
}

/* Every place is a border. */
static size_t
scan_bytes(const struct cut *c, struct cut_scan *s, size_t n, bool first)
{
	uint64_t step = c->unit - s->seen;

	if (s->at >= n)
		return s->good;
	while (n - s->at >= step) {
		s->good = s->at += (size_t)step;
		s->seen = 0;
		step = c->unit;
		if (first || c->number)
			return s->good;
	}
	s->seen += n - s->at;
	s->at = n;
	return s->good;
}

size_t
cut_scan(const struct cut *c, struct cut_scan *s, char *p, size_t n,
    bool last, bool first)
{
	size_t border;

	if (c->border.n == 0)
		return scan_bytes(c, s, n, first);
	while (next_border(c, s, p, n, last, &border)) {
		if (++s->seen < c->unit)
			continue;
		s->seen = 0;
		s->good = border;
		if (first || c->number)
			break;
	}
	return s->good;
}

/* --- from behind ------------------------------------------------------- */

static size_t
last_text(const struct cut *c, const char *p, size_t n, size_t from,
    size_t most)
{
	const struct mark *m = &c->border;
	size_t at, least = from >= c->nend ? from - c->nend + 1 : 0;

	if (most < c->nend)
		return 0;
	at = n >= m->n ? n - m->n + 1 : 0;
	if (at > most - c->nend + 1)
		at = most - c->nend + 1;
	for (; at > least; at--)
		if (p[at - 1] == m->text[0] &&
		    memcmp(p + at - 1, m->text, m->n) == 0)
			return at - 1 + c->nend;
	return 0;
}

/* A match that reaches the end might go on behind it. */
static size_t
last_regexp(const struct cut *c, struct cut_scan *s, char *p, size_t n,
    size_t from, size_t most)
{
	size_t border;

	if (s->at < from)
		s->at = from;
	while (next_border(c, s, p, n, false, &border) && border <= most)
		s->good = border;
	return s->tired ? 0 : s->good;
}

size_t
cut_last(const struct cut *c, struct cut_scan *s, char *p, size_t n,
    size_t from, size_t most)
{
	size_t border;

	if (n <= from)
		return 0;
	if (c->border.n == 0)
		return n < most ? n : most;
	border = c->border.regexp ? last_regexp(c, s, p, n, from, most) :
	    last_text(c, p, n, from, most);
	return border > from ? border : 0;
}

void
cut_back_from(struct cut_back *s, off_t n)
{
	*s = (struct cut_back){ .n = n, .lo = n, .width = BEHIND };
}

bool
cut_back_next(const struct cut *c, struct cut_back *s, off_t *at, off_t *to,
    size_t *from)
{
	off_t overlap = c->border.regexp ? TURNED + 1 : (off_t)c->border.n;
	off_t end = s->n + (off_t)cut_ahead(c);

	if (s->lo == 0 && !s->scan.tired)
		return false;
	if (!s->scan.tired) {
		s->to = s->lo < s->n && end - s->lo > overlap ?
		    s->lo + overlap : end;
		s->lo -= s->width < s->lo ? s->width : s->lo;
		if (s->width < BEHIND_MOST)
			s->width *= 4;
		s->scan = (struct cut_scan){ 0 };
	}
	*to = s->to;
	*from = s->lo > 0;
	*at = s->lo - (off_t)*from;
	return true;
}

/* --- without what is between ------------------------------------------- */

/* p[from..to) goes; what stands before it, and is not kept yet, moves up. */
static void
cut_out(struct cut_strip *s, char *p, size_t from, size_t to)
{
	if (from > s->from) {
		if (s->to < s->from)
			memmove(p + s->to, p + s->from, from - s->from);
		s->to += from - s->from;
	}
	if (to > s->from)
		s->from = to;
}

/* It may overlap a border, as they may each other: see behind(). */
static enum found
tail_text(const struct mark *m, const char *p, size_t n, struct match *f)
{
	if (n < m->n || memcmp(p + n - m->n, m->text, m->n) != 0)
		return NOT_FOUND;
	f->from = n - m->n;
	return FOUND;
}

/* One step of a search for the text that m is at the very end of p[0..n):
   where it begins is f->from. */
static enum found
tail(const struct mark *m, struct cut_strip *s, char *p, size_t n,
    struct match *f)
{
	size_t looked = 0;
	enum found found;

	if (!m->regexp)
		return tail_text(m, p, n, f);
	if (!s->ending) {
		s->at = n > TURNED ? n - TURNED : 0;
		if (s->at < s->from)
			s->at = s->from;
	}
	s->ending = true;
	while ((found = mark_find(m, p, s->at, n, true, f)) == FOUND &&
	    f->to < n && looked < TAIL) {
		looked += f->to - s->at;
		s->at = f->from + 1;
	}
	if (found == TIRED)
		s->at = f->from;
	s->sure = f->sure;
	return found == FOUND && f->to < n ? TIRED : found;
}

/* An end that no start follows; else it was a border. */
static bool
strip_tail(const struct cut *c, struct cut_strip *s, char *p, size_t n)
{
	struct match f = { .sure = s->ending ? s->sure : 0 };
	enum found found = NOT_FOUND;

	if (c->nstart && c->nend)
		found = tail(&c->end, s, p, n, &f);
	if (found == TIRED)
		return false;
	if (found == FOUND)
		cut_out(s, p, f.from, n);
	return true;
}

/* A search that is TIRED has seen that none begins here. */
static size_t
head(const struct mark *m, char *p, size_t n, bool last)
{
	struct match f = { 0 };

	if (n > TURNED) {
		n = TURNED;
		last = false;
	}
	if (m->n && mark_find(m, p, 0, n, last, &f) == FOUND && f.from == 0)
		return f.to;
	return 0;
}

/* The piece of n bytes is done; s is for the next one. */
static size_t
end_strip(struct cut_strip *s, char *p, size_t n)
{
	size_t left;

	if (s->from < n)
		cut_out(s, p, n, n);
	left = s->to;
	s->at = s->at > n ? s->at - n : 0;
	s->from -= n;
	s->to = 0;
	s->sure = 0;
	s->within = true;
	s->ending = false;
	return left;
}

bool
cut_strip(const struct cut *c, struct cut_strip *s, char *p, size_t n,
    size_t m, bool last, size_t *left)
{
	size_t end = m > s->at && m - s->at > STRIP ? s->at + STRIP : m;
	enum found found = NOT_FOUND;
	struct match f = { .sure = s->sure };

	if (!s->within && s->at == 0)
		cut_out(s, p, 0, head(&c->start, p, m, last));
	s->within = true;
	while (!s->ending && c->border.n && s->at < n &&
	    (found = mark_find(&c->border, p, s->at, end, last && end == m,
	    &f)) == FOUND && f.from < n) {
		f.border = c->border.regexp ? f.border : f.from + c->nend;
		cut_out(s, p, f.from, f.to);
		s->at = behind(c, &f, f.border);
	}
	s->sure = f.sure;
	if (found == TIRED) {
		s->at = f.from;
		return false;
	}
	if (c->border.n && found != FOUND && end < m && s->at < n) {
		s->at = resume_at(c, s->at, end, found, &f);
		if (s->at < n)
			return false;
	}
	if (last && n == m && !strip_tail(c, s, p, n))
		return false;
	*left = end_strip(s, p, n);
	return true;
}
