#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "input/plain.h"
#include "input/quote.h"
#include "input/template.h"

size_t
plain_split(const char *s, size_t n, bool refs, const struct vocabulary *v,
    struct buf *b)
{
	size_t start = b->len, words = 0, at, len;
	struct value_ref ref;
	bool open = false;

	for (at = 0; at < n; at += len) {
		len = refs ? template_match(s, n, at, v, &ref) : 0;
		if (len == 0 && (s[at] == ' ' || s[at] == '\t')) {
			if (open)
				buf_addc(b, '\0');
			open = false;
			len = 1;
			continue;
		}
		if (len == 0 && !quote_is_plain(s[at])) {
			b->len = start;
			return 0;
		}
		len = len ? len : 1;
		buf_add(b, s + at, len);
		words += !open;
		open = true;
	}
	if (open)
		buf_addc(b, '\0');
	return words;
}

bool
plain_is_command(const char *word)
{
	static const char *const shells[] = {
		".", ":", "alias", "bg", "bind", "break", "builtin", "caller",
		"cd", "command", "compgen", "complete", "compopt", "continue",
		"declare", "dirs", "disown", "enable", "eval", "exec", "exit",
		"export", "fc", "fg", "getopts", "hash", "help", "history",
		"jobs", "let", "local", "login", "logout", "mapfile", "popd",
		"pushd", "read", "readarray", "readonly", "return", "set",
		"shift", "shopt", "source", "suspend", "test", "times",
		"trap", "type", "typeset", "ulimit", "umask", "unalias",
		"unset", "wait",
	};
	size_t i;

	if (strchr(word, '=') || quote_is_reserved(word, strlen(word)))
		return false;
	for (i = 0; i < COUNT(shells); i++)
		if (strcmp(word, shells[i]) == 0)
			return false;
	return true;
}

bool
plain_is_line(const char *word, const struct vocabulary *v)
{
	size_t n = strlen(word), at, len;
	struct value_ref ref;

	if (*word == '~' || *word == '#' || strcmp(word, "!") == 0)
		return template_match(word, n, 0, v, &ref) == 0;
	if (quote_is_name(word, n, true))
		return true;
	for (at = 0; at < n; at += len ? len : 1) {
		len = template_match(word, n, at, v, &ref);
		if (len == 0 && strchr(" \t\n|&;<>()$`\\\"'*?[{}", word[at]))
			return true;
	}
	return false;
}

static bool
is_break(char c)
{
	return c && strchr(" \t\n|&;<>()$`\\\"'", c);
}

size_t
plain_next(const char *s, size_t n, size_t *at)
{
	size_t end;

	while (*at < n && is_break(s[*at]))
		++*at;
	for (end = *at; end < n && !is_break(s[end]); )
		end++;
	return end - *at;
}
