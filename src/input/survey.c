#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/ansi.h"
#include "input/quote.h"
#include "input/spelt.h"
#include "input/survey.h"

/* The commands that make a variable one of these, or aliases. */
struct maker {
	const char *name;
	const char *evaluated;	/* options that do; NULL: it always does */
	const char *harmless;	/* others are for arrays */
	unsigned most;
};

static const char declares[] = "inEFX";
static const char no_array[] = "fgIlprtux", exports[] = "fnp";
enum { BOTH = SURVEY_EVALUATED | SURVEY_ARRAYS };

static const struct maker makers[] = {
	{ "BASH_ALIASES", NULL, NULL, SURVEY_ALIASES },
	{ "BASH_ALIASES=", NULL, NULL, SURVEY_ALIASES },
	{ "BASH_ALIASES+=", NULL, NULL, SURVEY_ALIASES },
	{ "alias", NULL, NULL, SURVEY_ALIASES },
	{ "compgen", NULL, NULL, SURVEY_ARRAYS },
	{ "coproc", NULL, NULL, SURVEY_ARRAYS },
	{ "declare", declares, no_array, BOTH },
	{ "export", "iEFX", exports, BOTH },
	{ "float", NULL, NULL, SURVEY_EVALUATED },
	{ "integer", NULL, NULL, SURVEY_EVALUATED },
	{ "local", declares, no_array, BOTH },
	{ "mapfile", NULL, NULL, SURVEY_ARRAYS },
	{ "nameref", NULL, NULL, SURVEY_EVALUATED },
	{ "read", "", "rs", SURVEY_ARRAYS },
	{ "readarray", NULL, NULL, SURVEY_ARRAYS },
	{ "readonly", declares, no_array, BOTH },
	{ "typeset", declares, no_array, BOTH },
};

/* The character at i, NUL at the end. */
static char
peek(const char *s, size_t i, size_t n)
{
	return i < n ? s[i] : '\0';
}

/* Where what follows the characters of set at i begins. */
static size_t
skip(const char *s, size_t i, size_t n, const char *set)
{
	while (i < n && strchr(set, s[i]))
		i++;
	return i;
}

static bool
is_letter(char c)
{
	return quote_name(&c, 1) > 0;
}

/* Is that the end of the command at i?  The & of a &> is none in bash, nor that
   of a >& or the | of a >| in any. */
static bool
ends_command(const char *s, size_t i, size_t n)
{
	char c = peek(s, i, n);

	if (i > 0 && ((c == '&' && strchr("<>", s[i - 1])) ||
	    (c == '|' && s[i - 1] == '>')))
		return false;
	return strchr(";&|)\n", c) &&	/* and NUL */
	    !(c == '&' && peek(s, i + 1, n) == '>');
}

static unsigned
option(const struct maker *m, char c)
{
	if (strchr(m->evaluated, c))
		return SURVEY_EVALUATED;
	return strchr(m->harmless, c) ? 0 : SURVEY_ARRAYS;
}

/* May the word at i vanish, as a pattern that no file matches?  An assignment
   stays. */
static bool
is_glob(const char *s, size_t i, size_t n)
{
	bool bracket = false;

	for (; i < n && !strchr(" \t\n;&|)=", s[i]); i++) {
		if (strchr("*?(", s[i]))
			return true;
		bracket |= s[i] == '[';
	}
	return bracket && peek(s, i, n) != '=';
}

/* What the options from i on do; no option comes behind a name. */
static unsigned
options(const struct maker *m, const char *s, size_t i, size_t n)
{
	unsigned met = 0;

	for (;;) {
		i = skip(s, i, n, " \t'\"");
		if (ends_command(s, i, n))
			return met;
		if (is_letter(s[i]))
			return is_glob(s, i, n) ? m->most : met;
		if (s[i] != '-' && s[i] != '+')
			return m->most;
		for (i++; is_letter(peek(s, i, n)); i++)
			met |= option(m, s[i]);
		if (s[i - 1] == '-' && peek(s, i, n) == '-')
			i++;
		i = skip(s, i, n, "'\"");
		if (!strchr(" \t;&|)\n", peek(s, i, n)))
			return m->most;
	}
}

/* What a command does, if its name begins at i. */
static unsigned
command(const struct maker *m, const char *s, size_t i, size_t n)
{
	size_t end = spelt_match(s, i, n, m->name);
	char c;

	if (end == 0)
		return 0;
	end = skip(s, end, n, "'\"");
	c = peek(s, end, n);
	if (c != ',' && quote_is_plain(c))
		return 0;
	if (m->evaluated == NULL)
		return m->most;
	if (ends_command(s, end, n) || c == '(')
		return 0;
	return c == ' ' || c == '\t' ? options(m, s, end, n) : m->most;
}

/* Is the [ at i, and a second one there, a command? */
static bool
is_test(const char *s, size_t i, size_t n)
{
	size_t end = i + 1 + (peek(s, i + 1, n) == '[');

	return (i == 0 || strchr(" \t\n;&|(!", s[i - 1])) && end < n &&
	    strchr(" \t\n", s[end]);
}

/*
 * May the [ at i follow a name, or what an expansion gives, its quotes taken
 * away?  Behind these it is a pattern's, but for $* and its like.
 */
static bool
is_subscript(const char *s, size_t i)
{
	while (i > 0 && (strchr("'\"\\", s[i - 1]) ||
	    (i > 1 && s[i - 1] == '\n' && s[i - 2] == '\\')))
		i--;
	if (i == 0)
		return false;
	return !strchr(" \t\n;&|(/.:^[]*?-", s[i - 1]) ||
	    (i > 1 && s[i - 2] == '$');
}

static bool
in_name(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

/* Does the command that goes on at i end there?  *deep: it has quotes,
   expansions or parentheses, so that nobody knows. */
static bool
ends_plainly(const char *s, size_t i, size_t n, bool *deep)
{
	*deep |= i < n && strchr("'\"\\`({", s[i]);
	return i == n || (!*deep && ends_command(s, i, n));
}

/* set -k, set -o keyword, shopt -so keyword: also where the k is that of
   something else.  Up to *seen there is no such thing. */
static unsigned
keywords(const char *s, size_t i, size_t n, size_t *seen)
{
	size_t end = spelt_match(s, i, n, "set");
	bool deep = false;

	if (end == 0)
		end = spelt_match(s, i, n, "shopt");
	if (end == 0 || end < *seen ||
	    (peek(s, end, n) != ',' && quote_is_plain(peek(s, end, n))))
		return 0;
	while (!ends_plainly(s, end, n, &deep) && !strchr("k$`{", s[end]))
		end++;
	*seen = end;
	return end < n && strchr("k$`{", s[end]) ? SURVEY_KEYWORDS : 0;
}

/* May the word at i be one of a set like that? */
static unsigned
option_k(const char *s, size_t i, size_t n)
{
	bool option = false;

	if (peek(s, i, n) == '-' && peek(s, i + 1, n) == '-')
		return 0;
	for (; i < n && !strchr(" \t\n;&|()", s[i]); i++) {
		if (option && s[i] == 'k')
			return SURVEY_OPTION_K;
		if (spelt_match(s, i, n, "keyword") ||
		    (s[i] == '$' && peek(s, i + 1, n) == '\''))
			return SURVEY_OPTION_K;
		option |= strchr("-+'\"\\`${", s[i]) != NULL;
	}
	return 0;
}

/* The variable _, which holds the last word of each command, or that with
   those of the shell; not $_, which is no more than what it holds. */
static bool
is_last(const char *s, size_t i, size_t n)
{
	size_t end = s[i] == '_' ? i + 1 : spelt_match(s, i, n, "BASH_ARGV");
	char before = i ? s[i - 1] : ' ';

	if (spelt_sequence(s, i, n))
		return true;
	return end > 0 && before != '$' && !in_name(before) &&
	    !in_name(peek(s, end, n));
}

/* Is it a part of a longer text, as in s/_/-/ and {1}_{2}? */
static bool
is_amid(const char *s, size_t i, size_t n)
{
	char before = i ? s[i - 1] : ' ';

	return before == '/' || (before == '}' && peek(s, i + 1, n) == '{');
}

/* Does the command at i, which may make integers, name that?  Up to *seen none
   does. */
static unsigned
remembers(const char *s, size_t i, size_t n, size_t *seen)
{
	bool deep = false;

	if (i < *seen)
		return 0;
	while (!ends_plainly(s, i, n, &deep) && !is_last(s, i, n))
		i++;
	*seen = i;
	return i < n && is_last(s, i, n) ? SURVEY_REMEMBERS : 0;
}

/* What the word at i may be by its braces. */
static unsigned
lists(const char *s, size_t i, size_t n)
{
	size_t end = spelt_end(s, i, n), k;
	unsigned met = 0;

	if (!memchr(s + i, '{', end - i) || !memchr(s + i, ',', end - i))
		return 0;
	for (k = 0; k < COUNT(makers); k++)
		if (spelt_gives(s, i, end, makers[k].name))
			met |= makers[k].most;
	if (spelt_gives(s, i, end, "set") || spelt_gives(s, i, end, "shopt"))
		met |= SURVEY_KEYWORDS;
	return met;
}

static unsigned
look(const char *s, size_t n)
{
	size_t kept = 0, named = 0, i, k;
	unsigned met = 0, by;

	for (i = 0; i < n; i++) {
		bool begins = i == 0 || strchr(" \t\n;&|()", s[i - 1]);

		if (s[i] == '[' && is_test(s, i, n))
			i++;
		else if ((s[i] == '[' && is_subscript(s, i)) ||
		    (s[i] == '=' &&
		    peek(s, skip(s, i + 1, n, "'\"\\"), n) == '('))
			met |= SURVEY_ARRAYS;
		if (is_last(s, i, n) && !is_amid(s, i, n))
			met |= SURVEY_LAST;
		by = begins ? lists(s, i, n) | option_k(s, i, n) : 0;
		if (i == 0 || !(is_letter(s[i - 1]) ||
		    strchr("/.-", s[i - 1]))) {
			met |= keywords(s, i, n, &kept);
			for (k = 0; k < COUNT(makers); k++)
				by |= command(&makers[k], s, i, n);
		}
		if (by & SURVEY_EVALUATED)
			by |= remembers(s, i, n, &named);
		met |= by;
	}
	return met;
}

/* May the redirection by the < or > at i move stderr?  To /dev/null it may. */
static bool
moves_errors(const char *s, size_t i, size_t n)
{
	bool two = i > 0 && s[i - 1] == '2';
	size_t to = skip(s, i + 1, n, ">&| \t");

	if (!two && (i == 0 || s[i - 1] != '&') && peek(s, i + 1, n) != '&')
		return false;
	if (n - to >= 9 && memcmp(s + to, "/dev/null", 9) == 0)
		to += 9;
	else if (!two && peek(s, to, n) == '2')
		to++;
	else
		return true;
	return !strchr(" \t\n;&|)", peek(s, to, n));
}

static unsigned
look_errors(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((s[i] == '|' && peek(s, i + 1, n) == '&') ||
		    (strchr("<>", s[i]) && moves_errors(s, i, n)))
			return SURVEY_ERRORS;
	return 0;
}

/* The line as $'...' gives it to eval: where such a text ends does not count,
   all behind the first one is read so. */
static unsigned
look_inside(const char *s, size_t n)
{
	struct buf b = { 0 };
	unsigned met = 0;
	size_t i;

	for (i = 0; i + 1 < n && !(s[i] == '$' && s[i + 1] == '\''); i++)
		;
	if (i + 1 >= n || !memchr(s + i, '\\', n - i))
		return 0;
	buf_add(&b, s, i);
	while (i < n)
		buf_addc(&b, s[i] == '\\' ? ansi_escape(s, &i, n) : s[i++]);
	met = look(b.data, b.len);
	buf_free(&b);
	return met;
}

static unsigned
look_all(const char *s, size_t n)
{
	return look(s, n) | look_inside(s, n) | look_errors(s, n);
}

/* Also as the line is when those that a backslash continues are joined. */
unsigned
survey(const char *s, size_t n)
{
	unsigned met = look_all(s, n);
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\\' && peek(s, i + 1, n) == '\n')
			i++;
		else
			buf_addc(&b, s[i]);
	}
	if (b.len > 0 && b.len < n)
		met |= look_all(b.data, b.len);
	buf_free(&b);
	return met;
}

bool
survey_is_harmless(const char *s, size_t n, bool export)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (s[i] != '-' && !strchr(export ? exports : no_array, s[i]))
			return false;
	return true;
}
