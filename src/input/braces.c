/* The ${...} of a shell line. */
#include "config.h"

#include <string.h>

#include "input/scan.h"
#include "input/survey.h"

static const char in_braces[] = "inside ${...}";

/*
 * A value at `at` in the ${...} at x->at, part of the name or behind it: what
 * is no default or pattern may be the offset of a substring, or a subscript,
 * which are arithmetic.
 */
static void
refuse_in_braces(struct lexer *x, size_t at)
{
	size_t i = x->at + 2;
	const char *end;
	bool colon;

	if (x->s[i] == '!' || x->s[i] == '#')
		i++;
	if (i < at && !scan_in_name(x->s[i]))
		i++;
	while (i < at && scan_in_name(x->s[i]))
		i++;
	if (i == at) {
		scan_refuse_inside(x, at, in_braces, level_name);
		return;
	}
	if (x->s[i] == '[' && (end = memchr(x->s + i, ']', at - i)))
		i = (size_t)(end - x->s) + 1;
	colon = i < at && x->s[i] == ':';
	i += colon;
	if (i < at && (strchr(colon ? "-?+" : "-?+#%/^,~", x->s[i]) ||
	    (x->s[i] == '=' && !(x->met & SURVEY_EVALUATED))))
		scan_refuse_inside(x, at, in_braces, scan_use_parameter);
	else
		scan_refuse_inside(x, at, in_braces, level_integer);
}

/* Can the character c at `at` stand in a simple $(...)? */
static bool
is_simple(const struct lexer *x, size_t at, char c)
{
	char next = scan_peek(x, at + 1);

	if (c == '\0' || scan_match(x, at, NULL) > 0 ||
	    (x->n - at >= 4 && memcmp(x->s + at, "case", 4) == 0))
		return false;
	/* a subscript, or what may have some: bash looks for their ] only */
	if ((c == '[' && scan_in_name(x->s[at - 1])) ||
	    (c == '(' && x->s[at - 1] == '='))
		return false;
	if (c == '$')
		return next == '(' || scan_in_name(next);
	if (c == '<')	/* no here-document, no <(...) */
		return scan_in_name(next) || strchr(" \t/.", next);
	return scan_in_name(c) || strchr(" \t()-+*/%=.,:@^~!?[]|&;>", c);
}

size_t
scan_plain_parens(const struct lexer *x, size_t at)
{
	size_t i = at + 2;
	char c;

	for (; (c = scan_peek(x, i)) != ')'; i++)
		if (c == '(' || !is_simple(x, i, c))
			return 0;
	return scan_match(x, i, NULL) > 0 ? 0 : i + 1 - at;
}

/* Passes over the $(...) or $((...)) at *at: no quotes or values in it, and
   each ) has its (, as there is no case.  False: not that simple. */
static bool
pass_parens(struct lexer *x, size_t *at)
{
	size_t i = *at + 1, depth = 0;
	bool arith = scan_arith_end(x, *at) > 0;
	char c;

	do {
		c = scan_peek(x, i);
		if (!is_simple(x, i, c) || (c == '(' &&
		    scan_peek(x, i + 1) == '(' && !(arith && depth == 0)))
			return false;
		if (c == '$')
			scan_positional(x, i);
		depth += c == '(';
		depth -= c == ')';
		i++;
	} while (depth > 0);
	*at = i;
	return true;
}

/* Passes over the ${NAME} at *at.  False: it is more than that. */
static bool
pass_name(const struct lexer *x, size_t *at)
{
	size_t i = *at + 2;

	if (scan_match(x, *at + 1, NULL) > 0)
		return false;
	while (scan_in_name(scan_peek(x, i)) && scan_match(x, i, NULL) == 0)
		i++;
	if (i == *at + 2 || scan_peek(x, i) != '}' ||
	    scan_match(x, i, NULL) > 0)
		return false;
	*at = i + 1;
	return true;
}

/*
 * One step in a ${...}, at *at, or in a pair of quotes there, which has nothing
 * in it that would end either: so shells that see quoting and those that see
 * text agree on where the ${...} ends.  False: not that simple, or a refusal.
 */
static bool
step_braces(struct lexer *x, size_t *at, bool *done)
{
	char c = scan_peek(x, *at), next = scan_peek(x, *at + 1);

	if (*at < x->n && scan_match(x, *at, NULL) > 0) {
		refuse_in_braces(x, *at);
		return false;
	}
	*done = c == '}';
	if (c == '\\') {
		if (next == '\0' || strchr("'\"{}\n", next) ||
		    scan_match(x, *at + 1, NULL) > 0)
			return false;
		++*at;
	} else if (c == '$') {
		scan_positional(x, *at);
		if (next == '(')
			return pass_parens(x, at);
		if (next == '{')
			return pass_name(x, at);
		if (!scan_in_name(next))
			return false;
	}
	++*at;
	return c != '\0' && !strchr("`{()\n", c);
}

/* Behind the first character of the name at `at`, where does it end? */
static size_t
name_end(const struct lexer *x, size_t at)
{
	do
		at++;
	while (scan_in_name(scan_peek(x, at)));
	return at;
}

/*
 * Is the character at `at` one that dash may pass over without a look, so that
 * a quote ends where it begins here, or a ${...} too early or late?  It takes
 * the one behind the name, and a colon there, for an operator.  name, end: of
 * the name in the ${...} at x->at.
 */
static bool
is_dropped(const struct lexer *x, size_t at, size_t name, size_t end)
{
	char c = scan_peek(x, at);
	bool behind = at == end + 1 && x->s[end] == ':';

	if (c == '}')
		return behind;
	if (!(c && strchr("'\"\\", c)) &&
	    !(c == '$' && scan_peek(x, at + 1) == '{'))
		return false;
	return behind || at == end || strchr("#!", x->s[name]);
}

/* ${...} with no expansion but $NAME, ${NAME} and simple $(...) in it; else
   doubt. */
void
scan_braces(struct lexer *x)
{
	size_t at = x->at + 1, name = at + 1, end;
	char c, quote = '\0';
	bool done = false;

	scan_positional(x, x->at);
	if (scan_match(x, at, NULL) > 0) {
		scan_refuse_inside(x, at, in_braces, scan_use_parameter);
		return;
	}
	c = scan_peek(x, ++at);
	if (!scan_in_name(c) && !strchr("#!@*?-", c)) {
		scan_doubt(x, "inside or behind ${...}");
		return;
	}
	end = name_end(x, name);
	while (!done) {
		c = scan_peek(x, at);
		if (quote && c == '$' && strchr("({", scan_peek(x, at + 1)))
			break;
		if (is_dropped(x, at, name, end) || !step_braces(x, &at, &done) ||
		    (quote && c != quote && strchr("'\"}\\", c)))
			break;
		if (c == '\'' || c == '"')
			quote = quote ? '\0' : c;
	}
	if ((!done || quote) && !x->out->why)
		scan_doubt(x, "inside or behind ${...} that is not simple");
	x->at = at;
}
