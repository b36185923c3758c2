#include "config.h"

#include <string.h>

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

bool
word_is_expanded(const char *s, size_t n)
{
	size_t i;

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

	for (i = 0; i < n && strchr("'\"\\", s[i]); i++)
		quoted = !quoted;
	return i < n && strchr(quoted ? "-+$`" : "-+$`{*?[", s[i]);
}

/* Does the word ]] begin at s[i]? */
static bool
ends_test(const char *s, size_t i, size_t n)
{
	return n - i >= 2 && s[i] == ']' && s[i + 1] == ']' &&
	    i > 0 && strchr(" \t\n", s[i - 1]) &&
	    (n - i == 2 || strchr(" \t\n;&|", s[i + 2]));
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

bool
word_compares(const char *s, size_t n)
{
	static const char *const ops[] = {
		"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R", NULL
	};
	bool quoted = false, first = true;
	size_t i, k;

	for (i = 0; i < n; first = strchr(" \t\n(&|!", s[i++])) {
		if (strchr("'\"\\(`", s[i]) || (first && s[i] == '#') ||
		    (i > 0 && s[i - 1] == '$' && s[i] == '{'))
			quoted = true;
		if (!quoted && ends_test(s, i, n))
			return false;
		for (k = 0; first && ops[k]; k++)
			if (begins(s + i, n - i, ops[k]))
				return true;
	}
	return false;
}

/* The length of the $(...) or $((...)) that s[0..n) begins with. */
static size_t
substitution(const char *s, size_t n)
{
	size_t i, depth = 0;
	char quote = '\0';

	for (i = 1; i < n; i++) {
		if (s[i] == '\\' && quote != '\'')
			i++;
		else if (quote)
			quote = s[i] == quote ? '\0' : quote;
		else if (s[i] == '\'' || s[i] == '"')
			quote = s[i];
		else if (s[i] == '(')
			depth++;
		else if (s[i] == ')' && --depth == 0)
			return i + 1;
	}
	return n;
}

/* How much of s[0..n) is an expansion: $x $1 ${x} `x` $(x); or 0. */
static size_t
expansion(const char *s, size_t n)
{
	const char *brace;
	size_t len;

	if (n >= 2 && *s == '`') {
		brace = memchr(s + 1, '`', n - 1);
		return brace ? (size_t)(brace - s) + 1 : n;
	}
	if (n < 2 || *s != '$')
		return 0;
	if (s[1] == '{') {
		brace = memchr(s, '}', n);
		return brace ? (size_t)(brace - s) + 1 : n;
	}
	if (s[1] == '(')
		return substitution(s, n);
	len = quote_name(s + 1, n - 1);
	return len ? len + 1 : 2;
}

size_t
word_text(const char *s, size_t n, char *text, size_t size)
{
	size_t i, k = 0, len;

	for (i = 0; i < n && k < size; i += len ? len : 1) {
		len = expansion(s + i, n - i);
		if (len == 0 && !strchr("\\'\"\n", s[i]))
			text[k++] = s[i];
	}
	return k;
}
