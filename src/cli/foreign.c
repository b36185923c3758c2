/*
 * As the table of replacement strings in parallel(1), --plus, has them.  What
 * a shell would read as a parameter, ${1%%x}, or as a list, {,a,b} and
 * {,.bak}, and what may be a block of sed, {/a/d}, is let be.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "cli/foreign.h"

static const char perl[] = "is Perl, which is not supported: write a shell "
    "line and change \"$1\", the value of {1}, there, as in \"${1%.x}\"";
static const char regex[] = "is not supported: write {%TEXT} or {#TEXT}, or a "
    "shell line with \"${1%%PATTERN}\" or \"${1##PATTERN}\"";
static const char change[] = "is not supported: give --shell bash, and a shell "
    "line with \"${1/PATTERN/TEXT}\"";
static const char capitals[] = "is not supported: give --shell bash, and a "
    "shell line with \"${1^^}\" or \"${1,,}\"";

/* Those that are whole; the text is what stands in the braces. */
static const struct {
	const char *text, *advice;
	bool name;	/* of a column, perhaps; a position may precede it */
	bool line;	/* a text that a shell line can make */
} known[] = {
	{ "choose_k", "is not supported: give --shell bash, and a shell line "
	    "with '[[ $1 < $2 ]] || exit 0; ..'", true, false },
	{ "uniq", "is not supported: write a shell line with "
	    "'[ {1} = {2} ] || ..'", true, false },
	{ "slot", "is not supported: write {%}", true, false },
	{ "host", "is not supported: ppx runs on one machine", true, false },
	{ "sshlogin", "is not supported: ppx runs on one machine", true, false },
	{ "hgrp", "is not supported: ppx runs on one machine", true, false },
	{ "agrp", "is not supported: ppx runs on one machine", true, false },
	{ "0#", "is not supported: write a shell line with $(printf %04d "
	    "{#})", false, true },
	{ "0%", "is not supported: write a shell line with $(printf %04d "
	    "{%})", false, true },
};

/* digits: how many of a position s[0..n) begins with. */
static void
whole(const char *s, size_t n, size_t digits, bool named, struct foreign *f)
{
	size_t i, from;

	for (i = 0; i < COUNT(known); i++) {
		from = known[i].name ? digits : 0;
		if (strlen(known[i].text) != n - from ||
		    memcmp(s + from, known[i].text, n - from) != 0)
			continue;
		f->advice = known[i].name && named ? NULL : known[i].advice;
		f->line = known[i].line;
	}
}

/* An address and a command without arguments. */
static bool
is_sed(const char *s, size_t n)
{
	return s[n - 2] == '/' && strchr("=DFGHNPQdghlnpqxz", s[n - 1]);
}

/* /a/b, //a/b, /#a/b or /%a/b. */
static bool
is_change(const char *s, size_t n)
{
	size_t from = n > 1 && strchr("/#%", s[1]) ? 2 : 1;

	return n > from + 1 && s[0] == '/' && s[from] != '/' &&
	    memchr(s + from, '/', n - from) && !memchr(s, ',', n) &&
	    !is_sed(s, n);
}

/* One letter, or a set of such: what has small and capital ones. */
static bool
is_letters(const char *s, size_t n)
{
	return (n == 1 && isalpha((unsigned char)*s)) ||
	    (n > 2 && *s == '[' && s[n - 1] == ']' && !memchr(s, ',', n));
}

/* What follows a position in the braces. */
static const char *
operator(const char *s, size_t n)
{
	bool twice = n > 2 && s[0] == s[1];

	if (n < 2)
		return NULL;
	if (is_change(s, n))
		return change;
	if (twice && (*s == '%' || *s == '#'))
		return regex;
	if (*s == '^' || (*s == ',' && is_letters(s + 1 + twice, n - 1 -
	    twice)))
		return capitals;
	return NULL;
}

/* At an opening brace. */
static bool
find_here(const char *s, bool plus, bool named, struct foreign *f)
{
	size_t digits = strspn(s + 1, "-0123456789"), n = strcspn(s, "}");
	const char *end;

	*f = (struct foreign){ .at = s, .line = true };
	if (s[1 + digits] == '=' && (end = strstr(s + digits + 2, "=}"))) {
		f->advice = perl;
		f->n = (size_t)(end + 2 - s);
	} else if (plus && s[n]) {
		f->n = n + 1;
		whole(s + 1, n - 1, digits, named, f);
		if (f->advice == NULL && n > digits)
			f->advice = operator(s + 1 + digits, n - 1 - digits);
	}
	return f->advice != NULL;
}

bool
foreign_find(const char *s, bool plus, bool named, struct foreign *f)
{
	const char *open = s;

	for (; (open = strchr(open, '{')) != NULL; open++)
		if (find_here(open, plus && (open == s || open[-1] != '$'),
		    named, f))
			return true;
	return false;
}

/* The first of the words that ends in =}; NULL: {= is closed by it at once. */
static const char *
spread_end(char *const *words, const char *open)
{
	size_t i, n;

	for (i = 0; words[i]; i++) {
		n = strlen(words[i]);
		if (n >= 2 && strcmp(words[i] + n - 2, "=}") == 0)
			return i || n > 2 || open[2] ? words[i] : NULL;
	}
	return NULL;
}

bool
foreign_spread(char *const *words, struct foreign *f)
{
	const char *s;

	for (; (s = *words) != NULL; words++)
		if (*s == '{' && s[1 + strspn(s + 1, "-0123456789")] == '=' &&
		    spread_end(words + 1, s)) {
			*f = (struct foreign){ s, strlen(s), perl, true };
			return true;
		}
	return false;
}
