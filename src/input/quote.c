#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "input/quote.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
quote_is_plain(char c)
{
	return is_alnum(c) || (c && strchr("_./:,=@%+-", c));
}

size_t
quote_name(const char *s, size_t n)
{
	size_t i = 0;

	if (n == 0 || is_digit(s[0]))
		return 0;
	while (i < n && (is_alnum(s[i]) || s[i] == '_'))
		i++;
	return i;
}

bool
quote_is_name(const char *s, size_t n, bool assignment)
{
	size_t i = quote_name(s, n);

	if (i == 0)
		return false;
	if (!assignment)
		return i == n;
	if (i < n && s[i] == '+')
		i++;
	return i < n && s[i] == '=';
}

bool
quote_is_reserved(const char *s, size_t n)
{
	static const char *const words[] = {
		"!", "[[", "]]", "case", "coproc", "do", "done", "elif",
		"else", "esac", "fi", "for", "foreach", "function", "if",
		"in", "namespace", "nocorrect", "noglob", "repeat", "select",
		"then", "time", "until", "while", "{", "}",
	};
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
			return true;
	return false;
}

/* The value inside '...'; quotes in it leave the string for a moment. */
static void
single(struct buf *b, const char *v, size_t n)
{
	const char *end = v + n, *p;

	while ((p = n ? memchr(v, '\'', n) : NULL) != NULL) {
		buf_add(b, v, (size_t)(p - v));
		buf_add(b, "'\\''", 4);
		v = p + 1;
		n = (size_t)(end - v);
	}
	buf_add(b, v, n);
}

static void
quoted(struct buf *b, const char *v, size_t n)
{
	buf_addc(b, '\'');
	single(b, v, n);
	buf_addc(b, '\'');
}

/* Is s[0..n), digits without leading zeros, at most 2^63 - 1? */
static bool
fits(const char *s, size_t n)
{
	static const char max[] = "9223372036854775807";

	return n < sizeof(max) - 1 ||
	    (n == sizeof(max) - 1 && memcmp(s, max, n) <= 0);
}

static bool
arith(struct buf *b, const char *v, size_t n)
{
	bool negative = n > 0 && v[0] == '-';
	size_t i = n > 0 && (v[0] == '-' || v[0] == '+'), k;

	for (k = i; k < n; k++)
		if (!is_digit(v[k]))
			return false;
	while (i + 1 < n && v[i] == '0')
		i++;
	if (i >= n || !fits(v + i, n - i))
		return false;
	if (negative)
		buf_add(b, "(-", 2);
	buf_add(b, v + i, n - i);
	if (negative)
		buf_addc(b, ')');
	return true;
}

bool
quote_value(struct buf *b, enum place place, const char *v, size_t n)
{
	switch (place) {
	case PLACE_TEXT:
		buf_add(b, v, n);
		break;
	case PLACE_BARE:
		quoted(b, v, n);
		break;
	case PLACE_DOUBLE:
		buf_addc(b, '"');
		quoted(b, v, n);
		buf_addc(b, '"');
		break;
	case PLACE_SINGLE:
		single(b, v, n);
		break;
	case PLACE_ARITH:
		return arith(b, v, n);
	}
	return true;
}

void
quote_commas(struct buf *b, size_t from)
{
	struct buf value = { 0 };
	size_t i;

	buf_add(&value, b->data + from, b->len - from);
	b->len = from;
	for (i = 0; i < value.len; i++) {
		if (value.data[i] == ',')
			buf_add(b, "'\\,'", 4);
		else
			buf_addc(b, value.data[i]);
	}
	buf_free(&value);
}

/* True when all of s[0..n) is plain or one of the others. */
static bool
all_plain(const char *s, size_t n, const char *others)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!quote_is_plain(s[i]) &&
		    (s[i] == '\0' || !strchr(others, s[i])))
			return false;
	return true;
}

void
quote_shown(struct buf *b, enum place place, bool alone, const char *v,
    size_t n)
{
	if (place == PLACE_BARE && alone && n > 0 && all_plain(v, n, "") &&
	    !quote_is_name(v, n, true) && v[0] != '=' &&
	    !quote_is_reserved(v, n))
		place = PLACE_TEXT;
	else if (place == PLACE_DOUBLE && alone &&
	    all_plain(v, n, " '#&*()<>[]{}?;|~^"))
		place = PLACE_TEXT;
	if (!quote_value(b, place, v, n))
		quoted(b, v, n);
}

void
quote_word(struct buf *b, const char *s, size_t n, bool command)
{
	if (n == 0 || !all_plain(s, n, "") || s[0] == '=' ||
	    (command && (quote_is_name(s, n, true) ||
	    quote_is_reserved(s, n))))
		quoted(b, s, n);
	else
		buf_add(b, s, n);
}
