#include "config.h"

#include <string.h>

#include "input/scan.h"
#include "input/survey.h"
#include "input/word.h"

static const char never_closed[] = "never closed";
const char scan_use_parameter[] = "use \"$1\" instead";
static const char use_with_care[] = "use \"$1\" instead; but where a shell "
    "evaluates it, as arithmetic or by eval, only an integer that was given "
    "to a variable in front, x=$(({}))";

static const char use_variable[] = "give it to a variable in front, x={}: "
    "behind the here-document use \"$x\"; in it $x, where its word is not quoted "
    "and no shell reads it";

void
scan_fault(struct lexer *x, size_t at, const char *why, const char *advice)
{
	if (x->out->why)
		return;
	x->out->offset = at;
	x->out->why = why;
	x->out->advice = advice;
}

/* The same; it is the place that is to blame. */
static void
refuse(struct lexer *x, size_t at, const char *why, const char *advice)
{
	x->out->place |= x->out->why == NULL;
	scan_fault(x, at, why, advice);
}

/*
 * The outermost level that may get a value as text: the name of a file that
 * is read in a $(...) does not come out of it.
 */
static size_t
text_level(struct lexer *x)
{
	const struct level *l = scan_level(x);
	size_t i = x->top;

	if (l->redirect != REDIRECT_READ || l->cond ||
	    (x->met & SURVEY_ERRORS))
		return 0;
	while (i > 0 && x->stack[i].kind != FRAME_COMMAND)
		i--;
	return i;
}

/* Does a [[ ]] around `at` compare numbers, and get the value there?  One that
   may do so yet remembers the first. */
static bool
weighs(struct lexer *x, size_t at)
{
	bool compares = false;
	struct level *l;
	size_t i;

	for (i = text_level(x); i <= x->top; i++) {
		l = &x->stack[i].level;
		compares |= l->compares;
		if (!l->cond || l->weighed)
			continue;
		l->weighed = true;
		l->weighed_at = at;
	}
	return compares;
}

/* What the levels around `at` have against a value; or NULL. */
static const struct refusal *
level_fault(struct lexer *x, size_t at, int by, int of)
{
	const struct refusal *r = NULL;
	size_t i;

	for (i = 0; i <= x->top && r == NULL; i++)
		if (x->stack[i].kind != FRAME_DOUBLE)
			r = level_refuses(&x->stack[i].level, x->s, at, x->met,
			    by, of);
	if (r == NULL && by != LEVEL_NUMBER && by != LEVEL_INTEGER &&
	    weighs(x, at))
		r = &level_condition;
	return r;
}

/* Does a substitution stand in the level i, and around what follows? */
static bool
has_inner(const struct lexer *x, size_t i, bool *quoted)
{
	size_t in;

	if (i >= x->top || x->stack[i].kind == FRAME_DOUBLE)
		return false;
	*quoted = x->stack[i + 1].kind == FRAME_DOUBLE;
	in = i + 1 + *quoted;
	return in <= x->top && x->stack[in].kind == FRAME_COMMAND;
}

/* Can what a value is part of be the command of a level around it, or make
   several words of one? */
static const struct refusal *
substituted(struct lexer *x, size_t at)
{
	const struct refusal *r = NULL;
	bool quoted;
	size_t i;

	for (i = 0; i < x->top && r == NULL; i++) {
		if (!has_inner(x, i, &quoted))
			continue;
		r = level_takes(&x->stack[i].level, x->s, at, quoted);
		if (r == NULL && !quoted && i >= text_level(x))
			r = level_splits(&x->stack[i].level);
	}
	return r;
}

/* What a $(...) around `at` prints may be an option where that stands. */
static void
printed(struct lexer *x, size_t at)
{
	bool quoted;
	size_t i;

	for (i = text_level(x); i < x->top; i++)
		if (has_inner(x, i, &quoted))
			level_printed(&x->stack[i].level, x->s, at);
}

bool
scan_may_compare(const struct lexer *x, size_t level, size_t at)
{
	return x->stack[level].level.cond &&
	    word_may_compare(x->s + at, x->n - at);
}

void
scan_refuse_inside(struct lexer *x, size_t at, const char *why,
    const char *advice)
{
	const struct refusal *r = level_fault(x, at, LEVEL_DERIVED,
	    LEVEL_DERIVED);
	size_t i;

	for (i = 0; i <= x->top && r == NULL; i++)
		if (scan_may_compare(x, i, at))
			r = &level_condition;
	if (r)
		refuse(x, at, r->why, r->advice);
	else
		refuse(x, at, why, advice);
}

void
scan_refuse(struct lexer *x, size_t at, const char *why)
{
	scan_refuse_inside(x, at, why,
	    x->arith ? level_integer : scan_use_parameter);
}

void
scan_late(struct lexer *x, size_t at)
{
	refuse(x, at, level_option.why, level_option.advice);
}

void
scan_condition(struct lexer *x, size_t at)
{
	refuse(x, at, level_condition.why, level_condition.advice);
}

/* In a group of a [[ ]] it holds for all of that. */
void
scan_compares(struct lexer *x)
{
	size_t i = x->top;
	struct level *l;

	do {
		l = &x->stack[i].level;
		l->compares = true;
		if (l->weighed)
			scan_condition(x, l->weighed_at);
	} while (l->group && i-- > 0);
}

bool
scan_in_raw_array(const struct lexer *x)
{
	bool array = false;
	size_t i;

	for (i = x->top; i > 0 && x->stack[i].kind != FRAME_COMMAND; i--)
		array |= x->stack[i].level.array;
	return array && x->stack[i].kind == FRAME_COMMAND;
}

void
scan_doubt(struct lexer *x, const char *why)
{
	if (x->doubt == NULL)
		x->doubt = why;
}

size_t
scan_match(const struct lexer *x, size_t at, struct value_ref *ref)
{
	struct value_ref unused;

	return template_match(x->s, x->n, at, x->vocabulary,
	    ref ? ref : &unused);
}

char
scan_peek(const struct lexer *x, size_t at)
{
	return at < x->n ? x->s[at] : '\0';
}

bool
scan_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
scan_in_name(char c)
{
	return scan_is_digit(c) || quote_name(&c, 1) > 0;
}

struct level *
scan_level(struct lexer *x)
{
	size_t i = x->top;

	while (x->stack[i].kind == FRAME_DOUBLE)
		i--;
	return &x->stack[i].level;
}

void
scan_newline(struct lexer *x)
{
	if (x->heres)
		scan_doubt(x, "in or behind a here-document");
	else if (x->met & SURVEY_ALIASES)
		scan_doubt(x, "in a line behind an alias");
	else if (x->made.any)
		scan_doubt(x, "in a line behind a command that is a value");
}

/* Can a value stand there without quotes, as far as its neighbours go? */
static bool
is_alone(const struct lexer *x, size_t at, size_t len)
{
	char before = at ? x->s[at - 1] : ' ', after = scan_peek(x, at + len);

	if (x->glued == at)
		return false;
	if (!strchr(" \t\n;&|(<>", before) && !quote_is_plain(before))
		return false;
	return strchr(" \t\n;&|)", after) ||
	    (quote_is_plain(after) && after != '=' && after != '+');
}

static bool
is_number(enum value_op op)
{
	return op == VALUE_SEQ || op == VALUE_SLOT || op == VALUE_TOTAL;
}

/* Is that in a word that bash may expand braces of? */
static bool
is_braced(const struct lexer *x)
{
	bool braced = false;
	size_t i;

	for (i = 0; i <= x->top; i++)
		braced |= x->stack[i].level.brace;
	return braced;
}

/* How many $(...) and <(...) are around the frame i, itself included? */
static size_t
depth_of(const struct lexer *x, size_t i)
{
	size_t depth = 0;

	for (; i > 0; i--)
		depth += x->stack[i].kind == FRAME_COMMAND;
	return depth;
}

void
scan_made(struct lexer *x, size_t i, int by)
{
	struct made *m = &x->made;
	size_t depth = depth_of(x, i);

	m->by = m->any && m->by != by ? LEVEL_DERIVED : by;
	m->depth = m->any && m->depth < depth ? m->depth : depth;
	m->any = true;
}

/* Where a command may be what an item says, the item itself is no more than
   that: "declare". */
static bool
is_maker(const struct lexer *x, struct value_ref ref)
{
	return x->again.by == ref.which && x->again.by != LEVEL_DERIVED;
}

/* Of a $(...) or <(...) bash reads the text again when it runs it, aliases and
   all, which may come from a command around it: is a value there? */
static const struct refusal *
aliased(const struct lexer *x, struct value_ref ref)
{
	static const struct refusal made = {
		"in parentheses, in a line with a command that is a value",
		"put env in front of that, which runs programs only: env {1}"
	}, alias = {
		"in parentheses, in a line with an alias",
		"write a function in place of the alias"
	};
	size_t i;

	for (i = x->top; i > 0 && (x->met & SURVEY_ALIASES); i--)
		if (x->stack[i].kind != FRAME_DOUBLE)
			return &alias;
	return x->again.any && !is_maker(x, ref) &&
	    depth_of(x, x->top) > x->again.depth ? &made : NULL;
}

/* Bash evaluates what is given to an integer, as $_ may be one, which is given
   the last word of each command. */
static const struct refusal *
remembered(const struct lexer *x, struct value_ref ref)
{
	static const struct refusal last = {
		"in a line that may make an integer of the variable _",
		"use another name"
	}, made = {
		"in a line with the variable _, of which a command that is a "
		"value may make an integer",
		"put env in front of that, which runs programs only: env {1}"
	};

	if (x->met & SURVEY_REMEMBERS)
		return &last;
	return x->again.any && (x->met & SURVEY_LAST) && !is_maker(x, ref) ?
	    &made : NULL;
}

void
scan_place_value(struct lexer *x, size_t at, size_t len, struct value_ref ref,
    enum place place)
{
	int by = is_number(ref.op) ? LEVEL_NUMBER :
	    place == PLACE_ARITH ? LEVEL_INTEGER :
	    ref.op == VALUE_WHOLE ? ref.which : LEVEL_DERIVED;
	const struct refusal *r = level_fault(x, at, by, ref.which);
	struct segment *seg;

	if (r == NULL && !is_number(ref.op) && place != PLACE_ARITH)
		r = substituted(x, at);
	if (r == NULL && !is_number(ref.op) && place != PLACE_ARITH)
		r = remembered(x, ref);
	if (r == NULL && !(place != PLACE_ARITH && scan_in_raw_array(x)))
		r = aliased(x, ref);
	if (r)
		refuse(x, at, r->why, r->advice);
	else if (place == PLACE_ARITH && x->glued == at)
		scan_refuse(x, at, "directly behind a variable");
	else if (place != PLACE_ARITH && scan_in_raw_array(x))
		scan_refuse(x, at, "in x=(...) inside a substitution");
	if (x->out->why)
		return;
	level_value(scan_level(x), x->s, at, len, by);
	if (place != PLACE_ARITH && !is_number(ref.op))
		printed(x, at);
	template_add_text(x->out->t, x->text, at - x->text);
	seg = template_add_ref(x->out->t, at, len, ref, place);
	seg->braced = place != PLACE_ARITH && is_braced(x);
	seg->alone = !seg->braced && (place == PLACE_BARE ?
	    is_alone(x, at, len) && !scan_level(x)->cond : x->glued != at);
	seg->many = place == PLACE_BARE && level_many(scan_level(x));
	x->text = at + len;
}

/* Is that among the words of a command that an item chose? */
static bool
is_behind_chosen(const struct lexer *x)
{
	size_t i;

	for (i = 0; i <= x->top; i++)
		if (x->stack[i].kind != FRAME_DOUBLE &&
		    x->stack[i].level.chosen &&
		    x->stack[i].level.chosen_by != LEVEL_PARAMETER)
			return true;
	return false;
}

void
scan_positional(struct lexer *x, size_t at)
{
	char c = scan_peek(x, at + 1);
	size_t i;

	if (c == '{') {
		c = scan_peek(x, at + 2);
		if ((c == '#' || c == '!') && scan_peek(x, at + 3) != '}')
			c = scan_peek(x, at + 3);
	}
	if (c == '\0' || !strchr("123456789@*#", c))
		return;
	x->out->positional = true;
	for (i = 0; i <= x->top; i++)
		if (x->stack[i].kind != FRAME_DOUBLE)
			level_parameter(&x->stack[i].level, x->s, at);
	if (is_behind_chosen(x))
		refuse(x, at, level_chosen.why, level_chosen.advice);
}

/* The rest of a line that is not followed any more. */
void
scan_doubtful(struct lexer *x)
{
	for (; x->at < x->n; x->at++) {
		if (x->s[x->at] == '$')
			scan_positional(x, x->at);
		if (scan_match(x, x->at, NULL) > 0) {
			refuse(x, x->at, x->doubt, x->heres ? use_variable :
			    use_with_care);
			return;
		}
	}
}

/* '...' at x->at. */
void
scan_single(struct lexer *x)
{
	size_t start = x->at++, len;
	struct value_ref ref;

	for (; x->at < x->n && !x->doubt && !x->out->why; x->at += len) {
		len = scan_match(x, x->at, &ref);
		if (len > 0) {
			scan_place_value(x, x->at, len, ref, PLACE_SINGLE);
			continue;
		}
		len = 1;
		if (x->s[x->at] == '\n')
			scan_newline(x);
		if (x->s[x->at] == '\'') {
			x->at++;
			return;
		}
	}
	if (!x->doubt)
		scan_fault(x, start, never_closed, NULL);
}

/* $'...': in bash a backslash can escape its end, in a plain sh it cannot. */
void
scan_ansi(struct lexer *x)
{
	bool bash = x->stack[0].level.tests, escaped;
	size_t start = x->at;

	for (x->at += 2; x->at < x->n; x->at++) {
		escaped = x->s[x->at] == '\\' && ++x->at < x->n;
		if (escaped && x->s[x->at] == '\'' && !bash)
			scan_doubt(x, "behind $'...' with a \\' in it");
		if (x->doubt)
			return;
		if (x->at < x->n && scan_match(x, x->at, NULL) > 0) {
			scan_refuse(x, x->at, "inside $'...'");
			return;
		}
		if (x->at < x->n && x->s[x->at] == '\n')
			scan_newline(x);
		if (!escaped && x->s[x->at] == '\'') {
			x->at++;
			return;
		}
	}
	scan_fault(x, start, never_closed, NULL);
}

/* `...`: ends at the next backquote, as long as nothing is quoted in it. */
void
scan_backquote(struct lexer *x)
{
	size_t start = x->at++;

	for (; x->at < x->n && x->s[x->at] != '`'; x->at++) {
		if (x->s[x->at] == '$')
			scan_positional(x, x->at);
		if (scan_match(x, x->at, NULL) > 0) {
			scan_refuse_inside(x, x->at, "inside backquotes",
			    "use $(...) instead");
			return;
		}
		if (strchr("\\'\"<#", x->s[x->at])) {
			scan_doubt(x, "in or behind backquotes with quotes");
			return;
		}
		if (x->s[x->at] == '\n')
			scan_newline(x);
	}
	if (x->at == x->n)
		scan_fault(x, start, never_closed, NULL);
	x->at++;
}

/*
 * Behind a ) there may be a new command, as in f() and case (x), but nothing
 * can be appended.
 */
void
scan_behind_paren(struct level *l)
{
	level_operator(l);
	l->closed = true;
}

/* In "..." bash takes the second dollar of $$(...) and $${...} for the one of a
   $(...) or ${...}, which x->at is behind. */
static bool
begins_expansion(const struct lexer *x)
{
	size_t i = x->at;

	while (scan_peek(x, i) == '\\' && scan_peek(x, i + 1) == '\n')
		i += 2;
	return i < x->n && strchr("({[", x->s[i]) &&
	    scan_match(x, i, NULL) == 0;
}

/* $NAME, $1, $? or a lone dollar at x->at. */
void
scan_name(struct lexer *x)
{
	char c = scan_peek(x, x->at + 1);

	scan_positional(x, x->at++);
	if (x->at < x->n && scan_match(x, x->at, NULL) > 0) {
		scan_refuse(x, x->at, "directly behind a $");
		return;
	}
	if (c == '\\' && scan_peek(x, x->at + 1) == '\n')
		scan_doubt(x, "behind a $ at the end of a line");
	if (scan_is_digit(c) || (c && strchr("@*#?-$!", c)))
		x->at++;
	else
		while (scan_in_name(scan_peek(x, x->at)) &&
		    !scan_match(x, x->at, NULL))
			x->at++;
	x->glued = x->at;
	if (c == '$' && begins_expansion(x))
		scan_doubt(x, "behind a $$ and a parenthesis or brace");
}

/* A # at the start of a word. */
void
scan_comment(struct lexer *x)
{
	if (x->top > 0 || (x->at && x->s[x->at - 1] == ')')) {
		scan_doubt(x, "behind a comment inside parentheses");
		return;
	}
	for (; x->at < x->n && x->s[x->at] != '\n'; x->at++)
		if (scan_match(x, x->at, NULL) > 0) {
			refuse(x, x->at, "inside a comment",
			    scan_use_parameter);
			return;
		}
	if (x->at == x->n)
		x->tail = "the line ends in a comment";
}
