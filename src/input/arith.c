/* The arithmetic of a shell line: $((...)) and ((...)). */
#include "config.h"

#include <string.h>

#include "input/scan.h"

/*
 * How much of the expansion at `at`, which is a dollar, is to be passed over:
 * the ${...}, $(...) or $#, or the dollar of $x.  0 if it is another one, or
 * not simple: with a value, an expansion or quotes in it.
 */
static size_t
expansion(const struct lexer *x, size_t at)
{
	size_t i = at + 1;
	char c = scan_peek(x, i);

	if (scan_in_name(c))
		return 1;
	if (c == '(')
		return scan_plain_parens(x, at);
	if (c != '{')
		return c == '#' || c == '?' ? 2 : 0;
	do {
		if (scan_match(x, i, NULL) > 0)
			return 0;
		c = scan_peek(x, ++i);
	} while (scan_in_name(c) || (c && strchr(" \t#?@*!:+-=/%^,.[]", c)));
	/* dash takes the } of ${x:} for an operator */
	return c == '}' && x->s[i - 1] != ':' &&
	    scan_match(x, i, NULL) == 0 ? i + 1 - at : 0;
}

/*
 * Where the arithmetic that begins at `at`, behind its "((", ends: the offset
 * of its "))".  0 when it may be something else: a subshell in a $( ).  more:
 * other characters that may be in it.
 */
static size_t
arith_end(const struct lexer *x, size_t at, const char *more)
{
	size_t depth = 0, len;

	for (; at < x->n; at += len) {
		char c = x->s[at];

		len = scan_match(x, at, NULL);
		if (len > 0)
			continue;
		len = 1;
		if (c == ')' && depth == 0)
			return scan_peek(x, at + 1) == ')' ? at : 0;
		if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		else if (c == '$' && (len = expansion(x, at)) == 0)
			return 0;
		else if (c == '#' && !scan_is_digit(x->s[at - 1]))
			return 0;
		else if (c == '\0' || (!scan_in_name(c) &&
		    !strchr(" \t+-*/%<>=!&|^~?:,[]$#", c) &&
		    !strchr(more, c)))
			return 0;
	}
	return 0;
}

size_t
scan_arith_end(const struct lexer *x, size_t at)
{
	return scan_peek(x, at + 2) == '(' ? arith_end(x, at + 3, "") : 0;
}

/* The ${...} or $(...) at x->at, which is simple. */
static void
pass_expansion(struct lexer *x)
{
	size_t end = x->at + expansion(x, x->at);

	for (; x->at < end; x->at++)
		if (x->s[x->at] == '$')
			scan_positional(x, x->at);
	x->glued = end;
}

/* $((...)) at x->at. */
void
scan_arith(struct lexer *x)
{
	size_t end = scan_arith_end(x, x->at), len;
	struct value_ref ref;

	if (end == 0) {
		scan_doubt(x, "inside or behind a $((...)) that is not simple");
		return;
	}
	x->arith = true;
	for (x->at += 3; x->at < end && !x->out->why; ) {
		len = scan_match(x, x->at, &ref);
		if (len > 0) {
			scan_place_value(x, x->at, len, ref, PLACE_ARITH);
			x->at += len;
		} else if (x->s[x->at] == '$' && strchr("{(", x->s[x->at + 1])) {
			pass_expansion(x);
		} else if (x->s[x->at] == '$') {
			scan_name(x);
		} else {
			x->at++;
		}
	}
	x->arith = false;
	x->at = end + 2;
}

/* A value at x->at in it. */
static void
refuse_command(struct lexer *x)
{
	if (x->stack[0].level.tests)
		scan_refuse(x, x->at, "inside ((...))");
	else
		scan_refuse_inside(x, x->at,
		    "inside ((...)), which is no arithmetic in a plain sh",
		    "compare in a [ ], as [ {} -gt 3 ]; or give --shell bash");
}

/* (( at x->at: bash's arithmetic, also that of a for, or two subshells. */
void
scan_arith_command(struct lexer *x)
{
	size_t end = arith_end(x, x->at + 2, ";");

	if (end == 0)
		scan_doubt(x, "behind ((");
	x->arith = true;
	for (x->at += 2; x->at < end && !x->out->why; x->at++) {
		if (scan_match(x, x->at, NULL) > 0)
			refuse_command(x);
		if (x->s[x->at] == '$')
			scan_positional(x, x->at);
		/* in bash it is arithmetic; in a $( ) it looks in another way */
		if (x->s[x->at] == '<' && x->s[x->at + 1] == '<' &&
		    !(x->top == 0 && x->stack[0].level.tests))
			x->heres++;
	}
	x->arith = false;
	if (end)
		x->at = end + 2;
	scan_behind_paren(scan_level(x));
}
