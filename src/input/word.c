#include "config.h"

#include <string.h>

#include "input/ansi.h"
#include "input/quote.h"
#include "input/word.h"

bool
word_is(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(s, word, n) == 0;
}

bool
word_in(const char *s, size_t n, const char *const *list)
{
	for (; *list; list++)
		if (word_is(s, n, *list))
			return true;
	return false;
}

bool
word_is_assignment(const char *s, size_t n)
{
	const char *bracket = memchr(s, '[', n);

	if (quote_is_name(s, n, true))
		return true;
	if (!bracket || !quote_is_name(s, (size_t)(bracket - s), false))
		return false;
	for (; n > 1; s++, n--)
		if (*s == ']' && (s[1] == '=' || s[1] == '+'))
			return true;
	return false;
}

bool
word_is_special(const char *s, size_t n)
{
	static const char *const names[] = {
		"COMPREPLY", "COMP_WORDS", "COPROC", "DIRSTACK", "ENV",
		"EPOCHREALTIME", "EPOCHSECONDS", "FUNCNAME", "GROUPS",
		"HISTCMD", "IFS", "LINENO", "MAPFILE", "OPTERR", "OPTIND",
		"PIPESTATUS", "PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS3",
		"PS4", "RANDOM", "SECONDS", "SHELLOPTS", "SRANDOM", NULL
	};

	return (n >= 4 && memcmp(s, "BASH", 4) == 0) || word_in(s, n, names);
}

/* ~, ~+, ~user: a text of any kind; with a path behind it, no option. */
static bool
is_tilde(const char *s, size_t n)
{
	return n > 0 && *s == '~' && !memchr(s, '/', n);
}

bool
word_is_expanded(const char *s, size_t n)
{
	size_t i;

	if (is_tilde(s, n))
		return true;
	for (i = 0; i < n; i++)
		if (strchr("$`{", s[i]))
			return true;
	return false;
}

bool
word_may_be_option(const char *s, size_t n)
{
	bool quoted = false;
	size_t i;
	char c;

	if (is_tilde(s, n))
		return true;
	if (n >= 2 && s[0] == '$' && s[1] == '\'')
		return word_text(s, n, &c, 1) == 0 || strchr("-+", c);
	for (i = 0; i < n && strchr("'\"\\", s[i]); i++)
		quoted = !quoted;
	return i < n && strchr(quoted ? "-+$`" : "-+$`{*?[", s[i]);
}

/* Does s[0..n) begin with that word, were no line continued in it? */
static bool
begins(const char *s, size_t n, const char *with)
{
	size_t i = 0;

	while (*with && i < n) {
		if (s[i] == '\\' && i + 1 < n && s[i + 1] == '\n')
			i += 2;
		else if (s[i++] != *with++)
			return false;
	}
	return *with == '\0' && (i == n || strchr(" \t\n\\<>()&|;", s[i]));
}

static const char *const comparisons[] = {
	"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R", NULL
};

bool
word_compares(const char *s, size_t n)
{
	return word_in(s, n, comparisons);
}

bool
word_may_compare(const char *s, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; comparisons[k]; k++)
			if (begins(s + i, n - i, comparisons[k]))
				return true;
	return false;
}

/* The lexer gives up long before (DEPTH_MAX in scan.h). */
enum { NESTED_MAX = 64 };

static size_t expansion(const char *s, size_t n, int nested);

/* The length of the $'...' that s[0..n) begins with, less its last quote. */
static size_t
ansi_length(const char *s, size_t n)
{
	size_t i = 2;

	while (i < n && s[i] != '\'')
		i += s[i] == '\\' ? 2 : 1;
	return i < n ? i : n;
}

/* The length of the "..." that s[0..n) begins with. */
static size_t
double_quoted(const char *s, size_t n, int nested)
{
	size_t i, len;

	for (i = 1; i < n && s[i] != '"'; i += len ? len : 1) {
		len = expansion(s + i, n - i, nested);
		if (s[i] == '\\')
			len = 2;
	}
	return i < n ? i + 1 : n;
}

/* The length of the $(...) or $((...)) that s[0..n) begins with. */
static size_t
substitution(const char *s, size_t n, int nested)
{
	size_t i, depth = 0, len;
	const char *end;

	for (i = 1; i < n; i += len ? len : 1) {
		len = 1;
		if (s[i] == '(') {
			depth++;
		} else if (s[i] == ')') {
			if (--depth == 0)
				return i + 1;
		} else if (s[i] == '\\') {
			len = 2;
		} else if (s[i] == '"') {
			len = double_quoted(s + i, n - i, nested);
		} else if (s[i] == '\'') {
			end = memchr(s + i + 1, '\'', n - i - 1);
			len = end ? (size_t)(end - s) + 1 - i : n - i;
		} else if (n - i >= 2 && s[i] == '$' && s[i + 1] == '\'') {
			len = ansi_length(s + i, n - i) + 1;
		} else if (i > 1) {
			len = expansion(s + i, n - i, nested);
		}
	}
	return n;
}

/* The length of the ${...} that s[0..n) begins with: no quotes, but expansions
   may be in it that have a } (braces.c). */
static size_t
braced(const char *s, size_t n, int nested)
{
	size_t i, len;

	for (i = 2; i < n && s[i] != '}'; i += len ? len : 1)
		len = s[i] == '\\' ? 2 : expansion(s + i, n - i, nested);
	return i < n ? i + 1 : n;
}

/* How much of s[0..n) is an expansion: $x $1 ${x} `x` $(x),
   or a lone dollar; or 0. */
static size_t
expansion(const char *s, size_t n, int nested)
{
	const char *end;
	size_t len;

	if (n >= 2 && *s == '`') {
		end = memchr(s + 1, '`', n - 1);
		return end ? (size_t)(end - s) + 1 : n;
	}
	if (n < 2 || *s != '$')
		return 0;
	if (strchr("{(", s[1])) {
		if (nested == NESTED_MAX)
			return n;
		return s[1] == '{' ? braced(s, n, nested + 1) :
		    substitution(s, n, nested + 1);
	}
	len = quote_name(s + 1, n - 1);
	return len ? len + 1 : strchr("'\")}", s[1]) ? 1 : 2;
}

bool
word_may_vanish(const char *s, size_t n)
{
	size_t i, len;

	if (memchr(s, '@', n))
		return true;
	for (i = 0; i < n; i++)
		if (s[i] == '{' && i + 1 < n && s[i + 1] == '!')
			return true;
	for (i = 0; i < n; i += len ? len : 1) {
		len = expansion(s + i, n - i, 0);
		if (len == 0 && strchr("'\"", s[i]))
			return false;
	}
	return true;
}

/* The text of the $'...' that s[0..n) begins with, behind text[0..*k); how long
   it was.  A NUL ends the text. */
static size_t
ansi_text(const char *s, size_t n, char *text, size_t *k, size_t size)
{
	size_t i = 2, end = ansi_length(s, n);
	bool ended = false;
	char c;

	while (i < end) {
		c = s[i] == '\\' ? ansi_escape(s, &i, end) : s[i++];
		ended |= c == '\0';
		if (!ended && *k < size)
			text[(*k)++] = c;
	}
	return end < n ? end + 1 : n;
}

size_t
word_text(const char *s, size_t n, char *text, size_t size)
{
	size_t i, k = 0, len;

	for (i = 0; i < n && k < size; i += len ? len : 1) {
		if (n - i >= 2 && s[i] == '$' && s[i + 1] == '\'') {
			len = ansi_text(s + i, n - i, text, &k, size);
			continue;
		}
		len = expansion(s + i, n - i, 0);
		if (len == 0 && !strchr("\\'\"\n", s[i]))
			text[k++] = s[i];
	}
	return k;
}
