#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/mark.h"

enum {
	WINDOW = 1024,		/* what a regular expression sees at first, */
	FAR = 1 << 20,		/* and then, where one look tells whether it
				   has a match at all */
	LONGEST = 256 * 1024,	/* no longer match is looked for */
#ifdef HAVE_RE_SEARCH
	STEP = 16,		/* places where one may begin that are tried in
				   one step, each of them up to LONGEST */
#else
	STEP = LONGEST,
#endif
	WIDE_MOST = 8		/* see is_narrow() */
};

/* --- making one -------------------------------------------------------- */

/* As regcomp(3) has it, but for \n, \t and \r. */
char *
mark_controls(const char *s)
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

/* The end of the list that s, a [, begins: its ], or the NUL. */
static const char *
list_end(const char *s)
{
	s += s[1] == '^' ? 2 : 1;
	s += *s == ']';
	for (; *s && *s != ']'; s++)
		if (*s == '[' && s[1] && strchr(":.=", s[1])) {
			char kind = s[1];

			for (s += 2; *s && !(*s == kind && s[1] == ']'); s++)
				;
			if (*s == '\0')
				return s;
			s++;
		}
	return s;
}

static const char *
why_not(char c)
{
	if (c >= '1' && c <= '9')
		return "back-references (\\1) are not supported";
#ifndef REG_STARTEND
	/* the byte before what is searched cannot be told */
	if (strchr("<>bB", c))
		return "\\<, \\>, \\b and \\B are not supported on this "
		    "system";
#endif
	return NULL;
}

struct fault
mark_fits(const char *text)
{
	struct fault f = { 0, NULL, 0 };

	for (; *text && f.why == NULL; text++) {
		if (*text == '[')
			text = list_end(text);
		else if (*text == '\\' && text[1])
			f.why = why_not(*++text);
		if (*text == '\0')
			break;
	}
	return f;
}

/*
 * regexec(3) tries one place after the other, each as far as it goes on: the
 * square of the length where a match goes on for long and then is none.  An
 * expression that begins at the first byte, goes on with anything, and need
 * not tell where the match is, is looked for in one pass.
 */
static const char anywhere[] = "\\`([^\n]|\n)([^\n]|\n)*";

/*
 * In that pass all places go on side by side, and what it remembers of them
 * grows with how many of them may: not for what can hold many.
 */
static bool
is_narrow(const char *s)
{
	size_t wide = 0;

	for (; *s; s++) {
		if (*s == '{')
			return false;
		wide += strchr(".[(\\", *s) != NULL;
	}
	return wide <= WIDE_MOST;
}

static bool
compile_any(regex_t *re, const char *s)
{
	struct buf b = { 0 };
	int error;

	buf_addf(&b, "%s(%s)", anywhere, s);
	error = regcomp(re, buf_str(&b), REG_EXTENDED | REG_NEWLINE |
	    REG_NOSUB);
	buf_free(&b);
	return error == 0;
}

/* Does the system know \` as the place before all? */
static bool
knows_first(void)
{
#ifdef REG_STARTEND
	regex_t re;
	bool knows;

	if (regcomp(&re, "\\`a", REG_EXTENDED | REG_NEWLINE | REG_NOSUB))
		return false;
	knows = regexec(&re, "ab", 0, NULL, REG_NOTBOL) == 0 &&
	    regexec(&re, "ba", 0, NULL, 0) != 0 &&
	    regexec(&re, "\na", 0, NULL, 0) != 0 &&
	    regexec(&re, "`a", 0, NULL, 0) != 0;
	regfree(&re);
	return knows;
#else
	return false;
#endif
}

struct fault
mark_regexp(struct mark *m, const char *text)
{
	char *s = mark_controls(text);

	if (regcomp(&m->re, s, REG_EXTENDED | REG_NEWLINE)) {
		free(s);
		return (struct fault){ 0, "not a regular expression", 0 };
	}
	m->quick = is_narrow(s) && knows_first() && compile_any(&m->any, s);
	free(s);
	m->regexp = true;
	m->n = 1;
	if (regexec(&m->re, "", 0, NULL, 0) == 0)
		return (struct fault){ 0, "it matches the empty text", 0 };
	return (struct fault){ 0, NULL, 0 };
}

void
mark_text(struct mark *m, const char *a, size_t na, const char *b, size_t nb)
{
	m->text = xmalloc(na + nb + 1);
	memcpy(m->text, a, na);
	memcpy(m->text + na, b, nb);
	m->n = na + nb;
}

void
mark_free(struct mark *m)
{
	free(m->text);
	if (m->regexp)
		regfree(&m->re);
	if (m->quick)
		regfree(&m->any);
}

/* --- where is it? ------------------------------------------------------ */

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
 * As regexec(3), of n bytes at p; offsets are from there.  What comes before
 * them is seen where the system can be told of it: \< and \b look at it.
 */
static bool
matches(const struct mark *m, char *p, size_t n, int flags,
    regmatch_t group[2])
{
	size_t front = 0;
	char saved = p[n];
	bool found;
	int i;

#ifdef REG_STARTEND
	front = 1;
	group[0].rm_so = 1;
	group[0].rm_eo = (regoff_t)n + 1;
	flags |= REG_STARTEND;
#endif
	p[n] = '\0';	/* also where its end is told: what checks memory
			   looks for one */
	found = regexec(&m->re, p - front, 2, group, flags) == 0;
	p[n] = saved;
	for (i = 0; found && i < 2; i++) {
		group[i].rm_so -= (regoff_t)front;
		group[i].rm_eo -= (regoff_t)front;
	}
	return found;
}

/*
 * One look at p[at..end), of p[0..n), up to a NUL, which no expression
 * matches; *seen bytes of it.
 */
static enum found
look(const struct mark *m, char *p, size_t at, size_t end, size_t n,
    bool last, struct match *f, size_t *seen)
{
	const char *nul = memchr(p + at, '\0', end - at);
	bool whole = nul || (end == n && last);
	regmatch_t group[2];
	int flags = 0;

	*seen = nul ? (size_t)(nul - p) - at : end - at;
	if (p[at - 1] != '\n')
		flags |= REG_NOTBOL;
	if (nul || !whole)
		flags |= REG_NOTEOL;
	f->from = n;
	if (!matches(m, p + at, *seen, flags, group))
		return whole ? NOT_FOUND : UNSURE;
	f->from = at + (size_t)group[0].rm_so;
	f->to = at + (size_t)group[0].rm_eo;
	f->border = m->group && !m->before ? at + (size_t)group[1].rm_eo :
	    f->from;
	return whole || f->to < end ? FOUND : UNSURE;
}

/* Is there a match in p[at..end)?  True also where that would take long. */
static bool
has_any(const struct mark *m, char *p, size_t at, size_t end, int flags)
{
	bool found = true;
#ifdef REG_STARTEND
	regmatch_t all = { 0, (regoff_t)(end - at) + 1 };
	char saved = p[end];

	if (!m->quick)
		return true;
	p[end] = '\0';
	found = regexec(&m->any, p + at - 1, 1, &all, flags | REG_STARTEND)
	    == 0;
	p[end] = saved;
#else
	(void)m, (void)p, (void)at, (void)end, (void)flags;
#endif
	return found;
}

/* Where the first match begins in p[at..end), if that is one of the n places
   from `at` on, or anywhere; or `end`. */
static size_t
first_start(const struct mark *m, char *p, size_t at, size_t n, size_t end,
    int flags)
{
#ifdef HAVE_RE_SEARCH
	regex_t re = m->re;
	char saved = p[end];
	regoff_t k;

	re.not_bol = p[at - 1] != '\n';
	re.not_eol = (flags & REG_NOTEOL) != 0;
	p[end] = '\0';
	k = re_search(&re, p + at - 1, (regoff_t)(end - at) + 1, 1,
	    (regoff_t)n - 1, NULL);
	p[end] = saved;
	return k < 0 ? end : at - 1 + (size_t)k;
#else
	regmatch_t group[2];

	(void)n;
	return matches(m, p + at, end - at, flags, group) ?
	    at + (size_t)group[0].rm_so : end;
#endif
}

/* The match that begins there, which may be long. */
static enum found
follow(const struct mark *m, char *p, size_t start, size_t n, bool last,
    struct match *f)
{
	size_t width = LONGEST, end, seen;
	enum found found;

	do {
		end = n - start > width ? start + width : n;
		found = look(m, p, start, end, n, last, f, &seen);
		width *= 2;
	} while (found == UNSURE && end < n);
	return found;
}

/* Up to where is there no NUL, as far as is looked at? */
static size_t
no_nul(const char *p, size_t at, size_t n)
{
	size_t end = n - at > FAR ? at + FAR : n;
	const char *nul = memchr(p + at, '\0', end - at);

	return nul ? (size_t)(nul - p) : end;
}

/* Is p[at..sure) still all that the next step needs to see? */
static bool
is_known(const char *p, size_t at, size_t n, size_t sure)
{
	return sure > at && sure <= n && (sure == n || p[sure] == '\0' ||
	    sure - at >= STEP + LONGEST);
}

/*
 * A step of the search where no match ends soon.  NOT_FOUND: none begins before
 * *at, which has moved.
 */
static enum found
look_far(const struct mark *m, char *p, size_t *at, size_t n, bool last,
    struct match *f)
{
	bool known = is_known(p, *at, n, f->sure), whole;
	size_t end = known ? f->sure : no_nul(p, *at, n), step = STEP, start;
	int flags;

	whole = end < n ? p[end] == '\0' : last;
	flags = end < n || !whole ? REG_NOTEOL : 0;
	f->from = n;
	if (!known && !has_any(m, p, *at, end, flags)) {
		if (!whole && end == n)
			return UNSURE;
		*at = whole ? end + 1 : end - LONGEST;
		return NOT_FOUND;
	}
	f->sure = end;
	if (end - *at > STEP + LONGEST) {
		end = *at + STEP + LONGEST;
		whole = false;
		flags = REG_NOTEOL;
	} else if (end - *at < STEP) {
		step = end - *at;
	}
	start = first_start(m, p, *at, step, end, flags);
	if (start < end)
		return follow(m, p, start, n, last, f);
	*at += step;
	if (*at == end && !whole && end == n)
		return UNSURE;
	f->from = *at;
	return TIRED;
}

static enum found
find_regexp(const struct mark *m, char *p, size_t at, size_t n, bool last,
    struct match *f)
{
	size_t seen, end;
	enum found found;

	for (;;) {
		while (at < n && p[at] == '\0')
			at++;
		if (at >= n)
			return NOT_FOUND;
		end = n - at > WINDOW ? at + WINDOW : n;
		found = f->sure > at ? UNSURE :
		    look(m, p, at, end, n, last, f, &seen);
		if (found == FOUND ||
		    (found == UNSURE && end == n && f->sure <= at))
			return found;
		if (found == NOT_FOUND)
			at += seen + 1;
		else if ((found = look_far(m, p, &at, n, last, f)) !=
		    NOT_FOUND)
			return found;
	}
}

enum found
mark_find(const struct mark *m, char *p, size_t at, size_t n, bool last,
    struct match *f)
{
	enum found found = m->regexp ? find_regexp(m, p, at, n, last, f) :
	    find_text(m, p, at, n, f);

	if (found != TIRED)
		f->sure = 0;
	return found;
}
