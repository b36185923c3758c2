#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "input/level.h"
#include "input/quote.h"

static bool
is_word(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(s, word, n) == 0;
}

static bool
in_list(const char *s, size_t n, const char *const *list)
{
	for (; *list; list++)
		if (is_word(s, n, *list))
			return true;
	return false;
}

void
level_char(struct level *l, const char *s, size_t at, bool quoted)
{
	if (!l->open) {
		l->open = l->plain = true;
		l->from = at;
	}
	if (quoted) {
		l->plain = false;
	} else if (s[at] == '[') {
		l->bracket = true;
		if (l->plain && (at == l->from ? l->array :
		    quote_is_name(s + l->from, at - l->from, false)))
			l->subscript = true;
	} else if (s[at] == ']') {
		l->bracket = l->subscript = false;
	} else if (s[at] == '{') {
		l->brace = true;
	}
}

static enum reading
reading(const char *s, size_t n)
{
	static const struct {
		const char *name;
		enum reading how;
	} commands[] = {
		{ "[", READS_OPTIONS }, { "alias", READS_SYNTAX },
		{ "builtin", READS_COMMAND }, { "command", READS_COMMAND },
		{ "compgen", READS_SYNTAX }, { "complete", READS_SYNTAX },
		{ "declare", READS_NAMES }, { "eval", READS_SYNTAX },
		{ "export", READS_NAMES }, { "getopts", READS_SYNTAX },
		{ "integer", READS_SYNTAX }, { "let", READS_SYNTAX },
		{ "local", READS_NAMES }, { "mapfile", READS_SYNTAX },
		{ "printf", READS_OPTIONS }, { "read", READS_SYNTAX },
		{ "readarray", READS_SYNTAX }, { "readonly", READS_NAMES },
		{ "test", READS_OPTIONS }, { "trap", READS_SYNTAX },
		{ "typeset", READS_NAMES }, { "unset", READS_SYNTAX },
	};
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		if (is_word(s, n, commands[i].name))
			return commands[i].how;
	return READS_DATA;
}

/*
 * Does a [[ ]] that goes on at s compare numbers?  Behind a quote its end is
 * not looked for: the rest of the line counts.
 */
static bool
compares(const char *s, size_t n)
{
	static const char *const ops[] = {
		"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R", NULL
	};
	bool quoted = false;
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (strchr("'\"\\", s[i]))
			quoted = true;
		if (!quoted && n - i >= 2 && memcmp(s + i, "]]", 2) == 0)
			return false;
		for (k = 0; ops[k]; k++)
			if (n - i >= strlen(ops[k]) &&
			    memcmp(s + i, ops[k], strlen(ops[k])) == 0)
				return true;
	}
	return false;
}

/* NAME=..., NAME+=... or NAME[...]=... */
static bool
is_assignment(const char *s, size_t n)
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

/* A plain word where a command is expected. */
static void
command_word(struct level *l, const char *s, size_t n)
{
	static const char *const closing[] = {
		"done", "esac", "fi", "}", NULL
	};
	static const char *const naming[] = {
		"[[", "case", "for", "foreach", "function", "in", "repeat",
		"select", NULL
	};

	l->closed = in_list(s, n, closing);
	l->at_command = !l->closed && !in_list(s, n, naming) &&
	    (quote_is_reserved(s, n) || *s == '-');
	if (l->at_command)
		return;
	l->reading = reading(s, n);
	l->at_command = l->reading == READS_COMMAND;
}

/* How much of s[0..n) is a simple expansion: $x $1 ${x}; or 0. */
static size_t
expansion(const char *s, size_t n)
{
	const char *brace;
	size_t len;

	if (n < 2 || *s != '$')
		return 0;
	if (s[1] == '{') {
		brace = memchr(s, '}', n);
		return brace ? (size_t)(brace - s) + 1 : n;
	}
	len = quote_name(s + 1, n - 1);
	return len ? len + 1 : 2;
}

/* The same with quotes or expansions in it: \eval is eval, so is $1eval. */
static void
command_quoted(struct level *l, const char *s, size_t n)
{
	char name[16];
	size_t i, k = 0, len;

	for (i = 0; i < n && k < sizeof(name); i += len ? len : 1) {
		len = expansion(s + i, n - i);
		if (len == 0 && !strchr("\\'\"\n", s[i]))
			name[k++] = s[i];
	}
	l->closed = false;
	l->unsure = k == 0;
	l->reading = reading(name, k);
	l->at_command = l->reading == READS_COMMAND;
}

/*
 * A word behind the command.  "function f {" and "for x do" begin a command
 * without an operator in front; "$x eval" may do, too.
 */
static void
argument(struct level *l, const char *s, size_t n)
{
	if (l->unsure)
		l->reading = reading(s, n);
	l->unsure = false;
	if (l->reading == READS_DATA)
		l->at_command = is_word(s, n, "{") || is_word(s, n, "do");
	if (l->reading == READS_NAMES && n > 0 && (*s == '-' || *s == '+'))
		l->reading = READS_SYNTAX;
	if (l->reading == READS_OPTIONS && n > 1 && *s == '-' &&
	    (memchr(s, 'v', n) || memchr(s, 'R', n)))
		l->reading = READS_SYNTAX;
}

static void
word(struct level *l, const char *s, size_t n, size_t rest)
{
	if (is_word(s, n, "[["))
		l->test = compares(s + n, rest);
	else if (is_word(s, n, "]]"))
		l->test = false;
	if (l->redirect != REDIRECT_NONE)
		return;
	if (!l->at_command)
		argument(l, s, n);
	else if (is_assignment(s, n))
		l->closed = false;
	else if (l->plain)
		command_word(l, s, n);
	else
		command_quoted(l, s, n);
}

enum level_event
level_end(struct level *l, const char *s, size_t at, size_t n)
{
	bool lost = l->subscript;
	bool is_case;

	if (!l->open)
		return LEVEL_WORD;
	is_case = l->plain && is_word(s + l->from, at - l->from, "case");
	word(l, s + l->from, at - l->from, n - at);
	l->open = l->bracket = l->subscript = l->brace = false;
	l->redirect = REDIRECT_NONE;
	return lost ? LEVEL_LOST : is_case ? LEVEL_CASE : LEVEL_WORD;
}

void
level_operator(struct level *l)
{
	l->at_command = true;
	l->closed = l->unsure = false;
	l->redirect = REDIRECT_NONE;
	l->reading = READS_DATA;
}

const char level_syntax[] =
    "as an argument of a command that reads it as syntax";

const char *
level_refuses(const struct level *l, const char *s, size_t at)
{
	if (l->redirect == REDIRECT_HERE)
		return "in the word that ends a here-document";
	if (l->redirect == REDIRECT_FD)
		return "in the place of a descriptor's number";
	if (l->bracket)
		return "inside [...], which may be a subscript";
	if (l->test)
		return "in a [[ ]] that evaluates arithmetic";
	if (l->redirect != REDIRECT_NONE || l->at_command)
		return NULL;
	if (l->reading == READS_SYNTAX)
		return level_syntax;
	if (l->reading == READS_NAMES && !(l->open &&
	    quote_is_name(s + l->from, at - l->from, true)))
		return "where the shell expects a name";
	return NULL;
}

const char *
level_tail(const struct level *l)
{
	if (l->redirect != REDIRECT_NONE)
		return "the line ends in a redirection";
	if (l->closed)
		return "the line ends in a compound command";
	if (l->at_command)
		return "the line does not end in a command's words";
	return NULL;
}
