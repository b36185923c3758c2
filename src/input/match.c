/*
 * What is a replacement string: {}, or in braces an optional selector (a
 * number, a name of --header) and an operator.  Which operators there are
 * with --plus is GNU parallel's; but TEXT is text here, no regular expression.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "input/quote.h"
#include "input/template.h"

enum { POSITION_MAX = 1000000 };	/* more digits are no position */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A position at s[*at..n), less than POSITION_MAX; false: none. */
static bool
position(const char *s, size_t n, size_t *at, int32_t *which)
{
	bool minus = *at < n && s[*at] == '-';
	size_t i = *at + minus;
	int32_t v = 0;

	if (i >= n || !is_digit(s[i]) || s[i] == '0')
		return false;
	for (; i < n && is_digit(s[i]) && v < POSITION_MAX; i++)
		v = v * 10 + (s[i] - '0');
	if (v >= POSITION_MAX)
		return false;
	*which = minus ? -v : v;
	*at = i;
	return true;
}

/* The bytes up to the } that closes s[at..n); false: it is not closed. */
static bool
text(const char *s, size_t n, size_t at, struct value_ref *ref)
{
	const char *end = at < n ? memchr(s + at, '}', n - at) : NULL;

	if (end == NULL)
		return false;
	ref->text = at;
	ref->ntext = (size_t)(end - s) - at;
	return true;
}

/* A number at s[*at..n). */
static bool
number(const char *s, size_t n, size_t *at, size_t *value)
{
	size_t i = *at;

	for (*value = 0; i < n && is_digit(s[i]); i++)
		if (*value < POSITION_MAX * (size_t)1000)
			*value = *value * 10 + (size_t)(s[i] - '0');
	if (i == *at)
		return false;
	*at = i;
	return true;
}

/* N} or N:M} at s[at..n): where it ends, or 0. */
static size_t
slice(const char *s, size_t n, size_t at, struct value_ref *ref)
{
	if (!number(s, n, &at, &ref->from))
		return 0;
	ref->most = (size_t)-1;
	if (at < n && s[at] == ':') {
		at++;
		if (!number(s, n, &at, &ref->most))
			return 0;
	}
	ref->op = VALUE_SLICE;
	return at < n && s[at] == '}' ? at + 1 : 0;
}

/* An operator of --plus with a text or number in it; where it ends, or 0. */
static size_t
operator_with(const char *s, size_t n, size_t at, struct value_ref *ref)
{
	char c = at < n ? s[at] : '\0';

	if (c == ':' && at + 1 < n && s[at + 1] == '-') {
		ref->op = VALUE_DEFAULT;
		at++;
	} else if (c == ':') {
		return slice(s, n, at + 1, ref);
	} else if (c == '%' || c == '#') {
		ref->op = c == '%' ? VALUE_LESS_SUFFIX : VALUE_LESS_PREFIX;
		/* {%%x} and {##x} are none */
		if (at + 1 < n && s[at + 1] == c)
			return 0;
	} else {
		return 0;
	}
	if (!text(s, n, at + 1, ref) ||
	    (ref->ntext == 0 && ref->op != VALUE_DEFAULT))
		return 0;
	return ref->text + ref->ntext + 1;
}

/* The operator and the brace at s[at..n); where they end, or 0. */
static size_t
operator(const char *s, size_t n, size_t at, bool plus, bool selected,
    struct value_ref *ref)
{
	static const struct {
		const char *text;
		enum value_op op;
		unsigned depth;
		bool plus, number;
	} known[] = {
		{ "}", VALUE_WHOLE, 0, false, false },
		{ ".}", VALUE_STEM, 1, false, false },
		{ "/}", VALUE_BASE, 0, false, false },
		{ "//}", VALUE_DIR, 0, false, false },
		{ "/.}", VALUE_BASE_STEM, 1, false, false },
		{ "#}", VALUE_SEQ, 0, false, true },
		{ "%}", VALUE_SLOT, 0, false, true },
		{ "##}", VALUE_TOTAL, 0, true, true },
		{ "..}", VALUE_STEM, 2, true, false },
		{ "...}", VALUE_STEM, 3, true, false },
		{ "/..}", VALUE_BASE_STEM, 2, true, false },
		{ "/...}", VALUE_BASE_STEM, 3, true, false },
		{ "+/}", VALUE_PARENT, 0, true, false },
		{ "+.}", VALUE_EXTENSION, 1, true, false },
		{ "+..}", VALUE_EXTENSION, 2, true, false },
		{ "+...}", VALUE_EXTENSION, 3, true, false },
	};
	size_t i, len;

	for (i = 0; i < COUNT(known); i++) {
		len = strlen(known[i].text);
		if (len > n - at || memcmp(s + at, known[i].text, len) != 0 ||
		    (known[i].plus && !plus) || (known[i].number && selected))
			continue;
		ref->op = known[i].op;
		ref->depth = known[i].depth;
		return at + len;
	}
	return plus ? operator_with(s, n, at, ref) : 0;
}

/* The name of a column and an operator behind it. */
static size_t
named(const char *s, size_t n, const struct vocabulary *v,
    struct value_ref *ref)
{
	size_t i, len, end;

	for (i = 0; i < v->nnames; i++) {
		len = v->names[i] ? strlen(v->names[i]) : 0;
		if (len == 0 || len > n - 1 ||
		    memcmp(s + 1, v->names[i], len) != 0)
			continue;
		end = operator(s, n, 1 + len, v->plus, true, ref);
		if (end > 0) {
			ref->which = (int32_t)i + 1;
			return end;
		}
	}
	return 0;
}

/* Is s[at..n), behind a $, a parameter expansion of some shell? */
static bool
is_parameter(const char *s, size_t n, size_t at)
{
	size_t i = at + 1, len;

	if (i < n && (s[i] == '#' || s[i] == '!'))
		i++;
	if (i < n && s[i - 1] == '#' && s[i] == '}')
		return true;
	len = quote_name(s + i, n - i);
	if (len == 0)
		while (i + len < n && is_digit(s[i + len]))
			len++;
	return len > 0 && i + len < n && s[i + len] != '.';
}

/* Is -I's own string there? */
static size_t
own(const char *s, size_t n, const char *replace, struct value_ref *ref)
{
	size_t len = strlen(replace);

	if (len == 0 || len > n || memcmp(s, replace, len) != 0)
		return 0;
	ref->op = VALUE_WHOLE;
	return len;
}

/*
 * With -I, {} is no replacement string, and so are {1} and its like, which
 * both xargs and GNU parallel leave alone then.
 */
size_t
template_match(const char *s, size_t n, size_t at,
    const struct vocabulary *v, struct value_ref *ref)
{
	bool mine = v && v->replace, plus = v && v->plus;
	const char *p = s + at;
	size_t rest = n - at, from = 1, len;

	memset(ref, 0, sizeof(*ref));
	if (mine && (len = own(p, rest, v->replace, ref)) > 0)
		return len;
	if (rest < 2 || *p != '{' ||
	    (at > 0 && p[-1] == '$' && is_parameter(s, n, at)))
		return 0;
	if (v && (len = named(p, rest, v, ref)) > 0)
		return len;
	if ((!mine || strcmp(v->replace, "{}") == 0) &&
	    position(p, rest, &from, &ref->which))
		return operator(p, rest, from, plus, true, ref);
	len = operator(p, rest, 1, plus, false, ref);
	return mine && len == 2 ? 0 : len;
}
