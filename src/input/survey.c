#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "input/quote.h"
#include "input/survey.h"

/* The commands that make a variable one of these. */
struct maker {
	const char *name;
	const char *evaluated;	/* options that do; NULL: it always does */
	const char *harmless;	/* others are for arrays */
	unsigned most;
};

static const char declares[] = "inEFX", no_array[] = "fgIlprtux";
enum { BOTH = SURVEY_EVALUATED | SURVEY_ARRAYS };

static const struct maker makers[] = {
	{ "compgen", NULL, NULL, SURVEY_ARRAYS },
	{ "coproc", NULL, NULL, SURVEY_ARRAYS },
	{ "declare", declares, no_array, BOTH },
	{ "export", declares, no_array, BOTH },
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

static bool
ends_command(char c)
{
	return strchr(";&|)\n", c) != NULL;	/* and NUL */
}

/*
 * The end of the name in s that begins at i, were its quotes and braces taken
 * away: de\clare, decl{are,}; or 0.
 */
static size_t
match(const char *s, size_t i, size_t n, const char *name)
{
	size_t k;

	for (k = i; *name; k++) {
		if (k == n)
			return 0;
		if (s[k] == *name)
			name++;
		else if (k == i || (!strchr("'\"\\{},", s[k]) &&
		    !(s[k] == '\n' && s[k - 1] == '\\') &&
		    !(s[k] == '$' && strchr("'\"", peek(s, k + 1, n)))))
			return 0;
	}
	return k;
}

static unsigned
option(const struct maker *m, char c)
{
	if (strchr(m->evaluated, c))
		return SURVEY_EVALUATED;
	return strchr(m->harmless, c) ? 0 : SURVEY_ARRAYS;
}

/* What the options from i on do; no option comes behind a name. */
static unsigned
options(const struct maker *m, const char *s, size_t i, size_t n)
{
	unsigned met = 0;

	for (;;) {
		i = skip(s, i, n, " \t'\"");
		if (ends_command(peek(s, i, n)) || is_letter(s[i]))
			return met;
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
	size_t end = match(s, i, n, m->name);
	char c;

	if (end == 0)
		return 0;
	end = skip(s, end, n, "'\"");
	c = peek(s, end, n);
	if (c != ',' && quote_is_plain(c))
		return 0;
	if (m->evaluated == NULL)
		return m->most;
	if (ends_command(c) || c == '(')
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

unsigned
survey(const char *s, size_t n)
{
	unsigned met = 0;
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (s[i] == '[' && is_test(s, i, n))
			i++;
		else if (s[i] == '[' || (s[i] == '=' &&
		    peek(s, skip(s, i + 1, n, "'\"\\"), n) == '('))
			met |= SURVEY_ARRAYS;
		if (i > 0 && (is_letter(s[i - 1]) || strchr("/.-", s[i - 1])))
			continue;
		for (k = 0; k < COUNT(makers); k++)
			met |= command(&makers[k], s, i, n);
	}
	return met;
}
