#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/mark.h"

enum { WINDOW = 4096 };		/* what a regular expression sees at first */

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

struct fault
mark_regexp(struct mark *m, const char *text)
{
	char *s = mark_controls(text);
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

static enum found
find_regexp(const struct mark *m, char *p, size_t at, size_t n, bool last,
    struct match *f)
{
	size_t width = WINDOW, seen, end;
	enum found found;

	for (;;) {
		while (at < n && p[at] == '\0')
			at++;
		if (at >= n)
			return NOT_FOUND;
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
}

enum found
mark_find(const struct mark *m, char *p, size_t at, size_t n, bool last,
    struct match *f)
{
	return m->regexp ? find_regexp(m, p, at, n, last, f) :
	    find_text(m, p, at, n, f);
}
