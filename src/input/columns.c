/*
 * Most separators are one byte, which needs no regexec(3).  With one, a
 * search goes on in the same string (REG_STARTEND, where there is one), since
 * a call with the rest of it would look for the end of the string each time.
 *
 * Blanks are what GNU parallel's --trim takes for such: Perl's \s.
 */
#include "config.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/columns.h"
#include "input/csv.h"

struct columns {
	struct columns_conf conf;
	bool compiled;
	regex_t re;
	int byte;		/* the regex is that byte; or -1 */
	struct buf text;	/* the values, where they are not in the record
				   as they are */
	struct value *v;
	size_t n, cap;
};

static const char *
why_not(int error)
{
	switch (error) {
	case REG_EPAREN:
		return "a parenthesis without its counterpart";
	case REG_EBRACK:
		return "a [ that is not closed";
	case REG_EBRACE:
		return "a { that is not closed";
	case REG_BADBR:
		return "not a number of repetitions";
	case REG_ERANGE:
		return "not a range";
	case REG_ECTYPE:
		return "not a class of characters";
	case REG_ESUBREG:
		return "there is no such group";
	case REG_EESCAPE:
		return "nothing follows the backslash";
	case REG_BADRPT:
		return "nothing to be repeated";
	}
	return "not a regular expression";
}

/* Compiles the first n bytes. */
static int
compile(regex_t *re, const char *s, size_t n)
{
	char *part = xmemdup(s, n);
	int error = regcomp(re, part, REG_EXTENDED);

	free(part);
	return error;
}

/*
 * regcomp(3) does not say where: behind the longest beginning that is an
 * expression.
 */
static struct fault
locate(const char *s, int error)
{
	struct fault f = { 0, why_not(error), 0 };
	regex_t re;

	for (f.offset = strlen(s); f.offset > 0; f.offset--)
		if (compile(&re, s, f.offset) == 0) {
			regfree(&re);
			break;
		}
	return f;
}

/* The expression with tabs for \t.  Returns new. */
static char *
with_tabs(const char *s)
{
	struct buf b = { 0 };

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] == 't') {
			buf_addc(&b, '\t');
			s++;
			continue;
		}
		buf_addc(&b, *s);
		if (s[0] == '\\' && s[1])
			buf_addc(&b, *++s);
	}
	return buf_steal(&b);
}

static int
single_byte(const char *s)
{
	static const char special[] = ".[]()*+?{}|^$\\";

	if (s[0] && s[1] == '\0' && strchr(special, s[0]) == NULL)
		return (unsigned char)s[0];
	if (s[0] == '\\' && s[1] && s[2] == '\0' && strchr(special, s[1]))
		return (unsigned char)s[1];
	return -1;
}

static struct fault
set_regex(struct columns *c, const char *regex)
{
	struct fault f = { 0, NULL, 0 };
	char *s = with_tabs(regex);
	int error;

	c->byte = single_byte(s);
	error = regcomp(&c->re, s, REG_EXTENDED);
	c->compiled = error == 0;
	free(s);
	if (error)
		return locate(regex, error);
	if (regexec(&c->re, "", 0, NULL, 0) == 0)
		f.why = strchr(regex, '|') ?
		    "it matches the empty text; a bar itself is \\|" :
		    "it matches the empty text";
	return f;
}

struct columns *
columns_new(const struct columns_conf *conf, struct fault *f)
{
	struct columns *c = xcalloc(1, sizeof(*c));

	c->conf = *conf;
	*f = (struct fault){ 0, NULL, 0 };
	if (conf->regex && !conf->csv)
		*f = set_regex(c, conf->regex);
	if (f->why == NULL)
		return c;
	columns_free(c);
	return NULL;
}

void
columns_free(struct columns *c)
{
	if (c == NULL)
		return;
	if (c->compiled)
		regfree(&c->re);
	buf_free(&c->text);
	free(c->v);
	free(c);
}

static void
add(struct columns *c, const char *p, size_t n)
{
	static const char blanks[] = " \t\n\r\f\v";

	while (n && c->conf.trim & COLUMNS_LEFT && *p &&
	    strchr(blanks, *p))
		p++, n--;
	while (n && c->conf.trim & COLUMNS_RIGHT && p[n - 1] &&
	    strchr(blanks, p[n - 1]))
		n--;
	mem_grow(&c->v, &c->cap, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = (struct value){ p, n };
}

static void
cut_byte(struct columns *c, const char *p, size_t n)
{
	const char *end;

	while ((end = memchr(p, c->byte, n)) != NULL) {
		add(c, p, (size_t)(end - p));
		n -= (size_t)(end - p) + 1;
		p = end + 1;
	}
	add(c, p, n);
}

/* The next match in s[at..n), true if there is one. */
static bool
search(const struct columns *c, const char *s, size_t at, size_t n,
    size_t *from, size_t *to)
{
	regmatch_t m;
	int flags = at ? REG_NOTBOL : 0;
#ifdef REG_STARTEND
	m.rm_so = (regoff_t)at;
	m.rm_eo = (regoff_t)n;
	if (regexec(&c->re, s, 1, &m, flags | REG_STARTEND) != 0)
		return false;
	at = 0;
#else
	(void)n;
	if (regexec(&c->re, s + at, 1, &m, flags) != 0)
		return false;
#endif
	*from = at + (size_t)m.rm_so;
	*to = at + (size_t)m.rm_eo;
	return true;
}

/* An empty match, as of \b, cuts nothing. */
static void
cut_regex(struct columns *c, const char *p, size_t n)
{
	size_t start = 0, at = 0, from, to;

	c->text.len = 0;
	buf_add(&c->text, p, n);
	p = buf_str(&c->text);
	while (at < n && search(c, p, at, n, &from, &to)) {
		at = to;
		if (from == to) {
			at++;
			continue;
		}
		add(c, p + start, from - start);
		start = to;
	}
	add(c, p + start, n - start);
}

static const char *
cut_csv(struct columns *c, const char *p, size_t n)
{
	char sep = c->conf.separator;
	enum csv at = CSV_FIELD, next;
	const char *end = p + n;
	char *to, *from;

	c->text.len = 0;
	from = to = buf_reserve(&c->text, n + 1);	/* never longer */
	for (; p < end; p++, at = next) {
		next = csv_step(at, *p, sep);
		if (at == CSV_PLAIN && *p == '"')
			return "no CSV: a quote in a field without quotes";
		if (at == CSV_CLOSED && next == CSV_PLAIN)
			return "no CSV: text behind a closing quote";
		if (next == CSV_FIELD) {
			add(c, from, (size_t)(to - from));
			from = to;
		} else if (*p != '"' || at == CSV_CLOSED) {
			*to++ = *p;
		}
	}
	if (at == CSV_QUOTED)
		return "no CSV: a quote is not closed";
	add(c, from, (size_t)(to - from));
	return NULL;
}

const char *
columns_cut(struct columns *c, const char *p, size_t n,
    const struct value **v, size_t *count)
{
	const char *why = NULL;

	c->n = 0;
	if (c->conf.csv)
		why = cut_csv(c, p, n);
	else if (!c->compiled)
		add(c, p, n);
	else if (c->byte >= 0)
		cut_byte(c, p, n);
	else
		cut_regex(c, p, n);
	*v = c->v;
	*count = c->n;
	return why;
}
