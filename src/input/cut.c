#include "config.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/cut.h"

enum {
	WINDOW = 4096,		/* what a regular expression sees at first */
	BEHIND = 32 * 1024,	/* the end of a block, where its last border
				   is looked for at first, */
	BEHIND_MOST = 1 << 20,	/* and in one step */
	TURNED = 64 * 1024	/* no match of one is longer, where that is
				   not known */
};

/* A text that is searched for: bytes, or a regular expression. */
struct mark {
	char *text;
	size_t n;
	bool regexp;
	regex_t re;
	size_t group;		/* the border is where that ends ... */
	bool before;		/* ... or where the match begins */
};

struct cut {
	struct mark border;	/* the end of a record and the start of one */
	struct mark start, end;	/* for cut_strip() */
	size_t nend;
	uint64_t unit;		/* so many borders are one that counts */
	bool counts, number;
};

/* --- making one -------------------------------------------------------- */

/* As regcomp(3) has it, but for \n, \t and \r. */
char *
cut_controls(const char *s)
{
	static const char letters[] = "ntr", bytes[] = "\n\t\r";
	struct buf b = { 0 };
	const char *at;

	for (; *s; s++) {
		if (s[0] != '\\' || s[1] == '\0') {
			buf_addc(&b, *s);
			continue;
		}
		at = strchr(letters, *++s);
		if (at == NULL)
			buf_addc(&b, '\\');
		buf_addc(&b, at ? bytes[at - letters] : *s);
	}
	return buf_steal(&b);
}

static struct fault
compile(struct mark *m, const char *text)
{
	char *s = cut_controls(text);
	int error = regcomp(&m->re, s, REG_EXTENDED | REG_NEWLINE);

	free(s);
	if (error)
		return (struct fault){ 0, "not a regular expression", 0 };
	m->regexp = true;
	m->n = 1;
	if (regexec(&m->re, "", 0, NULL, 0) == 0)
		return (struct fault){ 0, "it matches the empty text", 0 };
	return (struct fault){ 0, NULL, 0 };
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
	f = compile(&c->border, buf_str(&both));
	buf_free(&both);
	c->border.group = 1;
	c->border.before = conf->nend == 0;
	return f;
}

static void
set_text(struct mark *m, const char *a, size_t na, const char *b, size_t nb)
{
	m->text = xmalloc(na + nb + 1);
	memcpy(m->text, a, na);
	memcpy(m->text + na, b, nb);
	m->n = na + nb;
}

struct cut *
cut_new(const struct cut_conf *conf, struct fault *fault, bool *at_start)
{
	struct cut *c = xcalloc(1, sizeof(*c));
	uint64_t lines = conf->lines ? conf->lines : 1;

	c->nend = conf->nend;
	c->number = conf->records > 0;
	c->counts = c->number || conf->lines;
	c->unit = c->number ? conf->records * lines : lines;
	*fault = (struct fault){ 0, NULL, 0 };
	if (conf->regexp) {
		*fault = set_regexp(c, conf, at_start);
	} else {
		set_text(&c->border, conf->end, conf->nend, conf->start,
		    conf->nstart);
		set_text(&c->start, conf->start, conf->nstart, "", 0);
		set_text(&c->end, conf->end, conf->nend, "", 0);
	}
	if (fault->why == NULL)
		return c;
	cut_free(c);
	return NULL;
}

static void
free_mark(struct mark *m)
{
	free(m->text);
	if (m->regexp)
		regfree(&m->re);
}

void
cut_free(struct cut *c)
{
	if (c == NULL)
		return;
	free_mark(&c->border);
	free_mark(&c->start);
	free_mark(&c->end);
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

/* --- where is it? ------------------------------------------------------ */

/* A match: p[from..to), with the border in it. */
struct match {
	size_t from, to, border;
};

enum found { FOUND, NOT_FOUND, UNSURE };

static enum found
find_text(const struct mark *m, const char *p, size_t at, size_t n,
    struct match *f)
{
	const char *q;

	while (n >= m->n && at <= n - m->n) {
		q = memchr(p + at, m->text[0], n - m->n + 1 - at);
		if (q == NULL)
			break;
		at = (size_t)(q - p);
		if (memcmp(q, m->text, m->n) == 0) {
			f->from = at;
			f->to = at + m->n;
			return FOUND;
		}
		at++;
	}
	return NOT_FOUND;
}

/*
 * One look at p[at..end), of p[0..n), up to a NUL, which no expression
 * matches; *seen bytes of it.  UNSURE: more bytes might change the answer.
 */
static enum found
look(const struct mark *m, char *p, size_t at, size_t end, size_t n,
    bool last, struct match *f, size_t *seen)
{
	bool line = at == 0 || p[at - 1] == '\n';
	regmatch_t group[2];
	char saved = p[end];
	bool whole;
	int none;

	p[end] = '\0';
	*seen = strlen(p + at);
	none = regexec(&m->re, p + at, 2, group, line ? 0 : REG_NOTBOL);
	p[end] = saved;
	whole = *seen < end - at || (end == n && last);
	if (none)
		return whole ? NOT_FOUND : UNSURE;
	f->from = at + (size_t)group[0].rm_so;
	f->to = at + (size_t)group[0].rm_eo;
	f->border = m->group && !m->before ? at + (size_t)group[1].rm_eo :
	    f->from;
	return whole || f->to < end ? FOUND : UNSURE;
}

static enum found
find_regexp(const struct mark *m, char *p, size_t at, size_t n, bool last,
    struct match *f)
{
	size_t width = WINDOW, seen, end;
	enum found found;

	while (at < n) {
		end = n - at > width ? at + width : n;
		found = look(m, p, at, end, n, last, f, &seen);
		if (found == FOUND)
			return found;
		if (found == NOT_FOUND) {
			at += seen + 1;
			width = WINDOW;
		} else if (end == n) {
			return UNSURE;
		} else {
			width *= 2;
		}
	}
	return NOT_FOUND;
}

static enum found
find(const struct mark *m, char *p, size_t at, size_t n, bool last,
    struct match *f)
{
	return m->regexp ? find_regexp(m, p, at, n, last, f) :
	    find_text(m, p, at, n, f);
}

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

/* The first border behind *at, which moves there.  No record is empty. */
static bool
next_border(const struct cut *c, char *p, size_t *at, size_t n, bool last,
    size_t *border)
{
	size_t keep = cut_overlap(c);
	struct match f;

	while (*at <= n && find(&c->border, p, *at, n, last, &f) == FOUND) {
		*border = c->border.regexp ? f.border : f.from + c->nend;
		*at = behind(c, &f, *border);
		if (*border > 0)
			return true;
	}
	if (n > keep && n - keep > *at)
		*at = n - keep;
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
	while (next_border(c, p, &s->at, n, last, &border)) {
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
last_text(const struct cut *c, const char *p, size_t n, size_t from)
{
	const struct mark *m = &c->border;
	size_t at, least = from >= c->nend ? from - c->nend + 1 : 0;

	for (at = n >= m->n ? n - m->n + 1 : 0; at > least; at--)
		if (p[at - 1] == m->text[0] &&
		    memcmp(p + at - 1, m->text, m->n) == 0)
			return at - 1 + c->nend;
	return 0;
}

/* A match that reaches the end might go on behind it. */
static size_t
last_regexp(const struct cut *c, char *p, size_t n, size_t from)
{
	size_t at = from, border, best = 0;

	while (next_border(c, p, &at, n, false, &border))
		best = border;
	return best;
}

size_t
cut_last(const struct cut *c, char *p, size_t n, size_t from)
{
	size_t border;

	if (n <= from)
		return 0;
	if (c->border.n == 0)
		return n;
	border = c->border.regexp ? last_regexp(c, p, n, from) :
	    last_text(c, p, n, from);
	return border > from ? border : 0;
}

void
cut_back_from(struct cut_back *s, off_t n)
{
	*s = (struct cut_back){ n, n, BEHIND };
}

bool
cut_back_next(const struct cut *c, struct cut_back *s, off_t *at, off_t *to,
    size_t *from)
{
	off_t overlap = c->border.regexp ? TURNED : (off_t)c->border.n;

	if (s->lo == 0)
		return false;
	*to = s->n - s->lo > overlap ? s->lo + overlap : s->n;
	*to += c->border.regexp;
	s->lo -= s->width < s->lo ? s->width : s->lo;
	*from = s->lo > 0;
	*at = s->lo - (off_t)*from;
	if (s->width < BEHIND_MOST)
		s->width *= 4;
	return true;
}

/* --- without what is between ------------------------------------------- */

/* The text that m is at the very end of p[0..n), or 0. */
static size_t
tail(const struct mark *m, char *p, size_t n)
{
	struct match f;
	size_t at = 0;

	if (!m->regexp)
		return n >= m->n && memcmp(p + n - m->n, m->text, m->n) == 0 ?
		    m->n : 0;
	for (; m->n && find(m, p, at, n, true, &f) == FOUND; at = f.from + 1)
		if (f.to == n)
			return n - f.from;
	return 0;
}

static size_t
head(const struct mark *m, char *p, size_t n)
{
	struct match f;

	if (m->n && find(m, p, 0, n, true, &f) == FOUND && f.from == 0)
		return f.to;
	return 0;
}

size_t
cut_strip(const struct cut *c, char *p, size_t n)
{
	size_t at = 0, to = 0, k;
	struct match f;

	while (c->border.n && at < n &&
	    find(&c->border, p, at, n, true, &f) == FOUND) {
		memmove(p + to, p + at, f.from - at);
		to += f.from - at;
		at = f.to > f.from ? f.to : f.from + 1;
	}
	memmove(p + to, p + at, n - at);
	n = to + n - at;
	k = head(&c->start, p, n);
	memmove(p, p + k, n - k);
	n -= k;
	return n - tail(&c->end, p, n);
}
