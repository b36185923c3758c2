/*
 * A stack of frames: unquoted levels and "..." in turn, as "$(...)" nests them.
 * What holds no commands is passed over in one go (scan.h).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/lexer.h"
#include "input/scan.h"
#include "input/survey.h"

static void
push(struct lexer *x, enum frame_kind kind, size_t at)
{
	struct frame *f;

	if (x->top + 1 == DEPTH_MAX) {
		scan_doubt(x, "nested too deeply");
		return;
	}
	f = &x->stack[++x->top];
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	f->at = at;
	f->heres = x->heres;
	f->level.tests = x->stack[0].level.tests;
	if (kind != FRAME_DOUBLE)
		level_operator(&f->level);
}

/* The word from there up to x->at is one that -X can repeat. */
static void
note_word(struct lexer *x, size_t from)
{
	mem_grow(&x->words, &x->cap, x->nwords + 1, sizeof(x->words[0]));
	x->words[x->nwords].from = from;
	x->words[x->nwords++].to = x->at;
}

/* Ends the word that is open. */
static void
end_word(struct lexer *x)
{
	struct level *l = scan_level(x);

	if (l->open && x->text > l->from && level_many(l))
		note_word(x, l->from);
	switch (level_end(l, x->s, x->at)) {
	case LEVEL_WORD:
		break;
	case LEVEL_COMPARES:
		scan_compares(x);
		break;
	case LEVEL_CASE:
		if (x->top > 0)
			scan_doubt(x, "behind a case inside parentheses");
		x->unbalanced = true;
		break;
	case LEVEL_LOST:
		scan_doubt(x, "behind a subscript");
		break;
	case LEVEL_LATE:
		scan_late(x, l->pending_at);
		break;
	}
	if (l->made)
		scan_made(x, x->top, l->made_by);
}

/* A dollar at x->at, outside of quotes or in "...". */
static void
dollar(struct lexer *x, bool quoted)
{
	switch (scan_peek(x, x->at + 1)) {
	case '{':
		scan_braces(x);
		break;
	case '(':
		if (scan_match(x, x->at + 1, NULL) > 0) {
			scan_refuse(x, x->at + 1, "directly behind a $");
		} else if (scan_peek(x, x->at + 2) == '(') {
			scan_arith(x);
		} else {
			push(x, FRAME_COMMAND, x->at);
			x->at += 2;
		}
		break;
	case '[':
		scan_doubt(x, "inside or behind $[...]");
		break;
	case '\'':
	case '"':
		if (quoted)
			x->at++;
		else if (x->s[x->at + 1] == '\'')
			scan_ansi(x);
		else
			scan_doubt(x, "inside or behind $\"...\"");
		break;
	default:
		scan_name(x);
	}
}

/* At the backslash of a continued line: does it stand in an operator? */
static bool
in_operator(const struct lexer *x, char before)
{
	size_t i = x->at;

	while (i + 1 < x->n && x->s[i] == '\\' && x->s[i + 1] == '\n')
		i += 2;
	return strchr(";&|", before) && i < x->n && strchr(";&|<>()", x->s[i]);
}

/* A backslash at x->at. */
static void
backslash(struct lexer *x, bool quoted)
{
	char before = x->at ? x->s[x->at - 1] : ' ';

	if (x->at + 1 == x->n) {
		x->tail = "the line ends in a backslash";
		x->at++;
	} else if (scan_match(x, x->at + 1, NULL) > 0) {
		scan_refuse_inside(x, x->at + 1, "after a backslash",
		    "leave that out, as a value is quoted by its place; for a "
		    "plain {} give -I @, and write @ for the value");
	} else if (x->s[x->at + 1] == '\n') {
		scan_newline(x);
		if (quoted ? before == '$' : scan_level(x)->open ||
		    !strchr(" \t\n;&|", before) || in_operator(x, before))
			scan_doubt(x, "behind a line continued in a word or "
			    "an operator");
		x->at += 2;
	} else {
		if (!quoted && scan_in_raw_array(x))
			scan_doubt(x, "behind a \\ in x=(...) inside a "
			    "substitution");
		if (!quoted)
			level_char(scan_level(x), x->s, x->at, true);
		x->at += 2;
	}
}

/* A | behind the =~ of a [[ ]], in x->at: a part of the word; but where that
   is no syntax, of which shells make different things. */
static bool
in_regex(struct lexer *x)
{
	struct level *l = scan_level(x);

	if (l->regex == REGEX_NONE || x->s[x->at] != '|')
		return false;
	if (!l->operands && l->regex == REGEX_WORD)
		scan_doubt(x, "behind a | in [[ ]], which may be a command");
	return l->operands;
}

/* Is the newline at x->at behind an && or || , in which a [[ ]] may go on? */
static bool
behind_operator(const struct lexer *x)
{
	size_t i = x->at;

	while (i > 0 && strchr(" \t\n", x->s[i - 1]))
		i--;
	return i > 2 && strchr("&|", x->s[i - 1]) && x->s[i - 2] == x->s[i - 1] &&
	    strchr(" \t", x->s[i - 3]);
}

/* One that may end a command. */
static void
newline(struct lexer *x)
{
	struct level *l = scan_level(x);

	if (!(l->operands && behind_operator(x)) && !level_newline(l))
		scan_doubt(x, "behind a for that may be no loop");
}

/* One character of ; & | or a newline: a command ends; not by && and || in a
   [[ ]]. */
static void
operator(struct lexer *x)
{
	char c = x->s[x->at];

	if (in_regex(x)) {
		level_char(scan_level(x), x->s, x->at++, false);
		return;
	}
	end_word(x);
	if (scan_level(x)->operands && strchr("&|", c) &&
	    scan_peek(x, x->at + 1) == c) {
		x->at += 2;
		return;
	}
	if (c == '&' && scan_peek(x, x->at + 1) == '>')
		level_both(scan_level(x));
	else if (c == '\n')
		newline(x);
	else
		level_operator(scan_level(x));
	x->at++;
}

static void
open_paren(struct lexer *x)
{
	struct level *l = scan_level(x);
	bool array = l->open && x->s[x->at - 1] == '=';
	bool regex = l->regex != REGEX_NONE;
	bool pattern = l->open && strchr("?*+@!", x->s[x->at - 1]);
	bool part = array || regex || (pattern && !l->at_command);

	if (pattern && (l->names || (l->at_command && x->at > l->from + 1)))
		scan_doubt(x, "behind a name that may be a pattern");
	if (regex)
		level_char(l, x->s, x->at, true);
	if (!part)
		end_word(x);
	else if (!array)
		scan_level(x)->glob = true;
	if (!array && !regex && scan_peek(x, x->at + 1) == '(') {
		if (part)
			scan_doubt(x, "behind ((");
		else
			scan_arith_command(x);
		return;
	}
	push(x, FRAME_PAREN, x->at++);
	scan_level(x)->array = array;
	if (l->cond && scan_level(x) != l)
		level_group(scan_level(x), l);
	x->stack[x->top].part = part;
}

static void
close_paren(struct lexer *x)
{
	enum frame_kind kind = x->stack[x->top].kind;
	bool part = x->stack[x->top].part;

	end_word(x);
	x->at++;
	if (scan_level(x)->array && x->at < x->n &&
	    !strchr(" \t\n;&|)", x->s[x->at]))
		scan_doubt(x, "directly behind an array");
	if (kind == FRAME_COMMAND && x->heres > x->stack[x->top].heres)
		scan_doubt(x, "behind a substitution with a here-document");
	if (kind == FRAME_LINE && !x->unbalanced)
		scan_doubt(x, "behind a ) without its (");
	if (kind == FRAME_LINE) {
		level_operator(scan_level(x));
		return;
	}
	x->top--;
	if (kind == FRAME_PAREN && !part && !scan_level(x)->operands)
		scan_behind_paren(scan_level(x));
}

/* A redirection at x->at: < or >. */
static void
redirection(struct lexer *x)
{
	const char *p = x->s + x->at;
	size_t rest = x->n - x->at, len = 1;
	enum redirect kind = REDIRECT_FILE;

	if (level_descriptor(scan_level(x), x->s, x->at))
		level_drop(scan_level(x));
	end_word(x);
	if (rest >= 3 && memcmp(p, "<<<", 3) == 0) {
		len = 3;
		kind = REDIRECT_TEXT;
	} else if (rest >= 2 && memcmp(p, "<<", 2) == 0) {
		len = rest >= 3 && p[2] == '-' ? 3 : 2;
		kind = REDIRECT_HERE;
		x->heres++;
	} else if (rest >= 2 && p[1] == '&') {
		len = 2;
		kind = REDIRECT_FD;
	} else if (rest >= 2 && (p[1] == '>' || (*p == '>' &&
	    p[1] == '|'))) {
		len = 2;
	} else if (*p == '<') {
		kind = REDIRECT_READ;
	}
	scan_level(x)->redirect = kind;
	x->at += len;
}

/* <(...) or >(...) at x->at: a part of a word. */
static void
process(struct lexer *x)
{
	level_char(scan_level(x), x->s, x->at, true);
	push(x, FRAME_COMMAND, x->at);
	x->at += 2;
}

/* One step in "...". */
static void
step_double(struct lexer *x)
{
	switch (x->s[x->at]) {
	case '"':
		x->top--;
		x->at++;
		break;
	case '\\':
		backslash(x, true);
		break;
	case '`':
		scan_backquote(x);
		break;
	case '$':
		dollar(x, true);
		break;
	case '\n':
		scan_newline(x);
		x->at++;
		break;
	default:
		x->at++;
	}
}

/* A word goes on with something quoted or expanded at x->at. */
static void
step_quoting(struct lexer *x)
{
	level_char(scan_level(x), x->s, x->at, true);
	switch (x->s[x->at]) {
	case '\'':
		scan_single(x);
		break;
	case '"':
		push(x, FRAME_DOUBLE, x->at++);
		break;
	case '`':
		scan_backquote(x);
		break;
	default:
		dollar(x, false);
	}
}

/*
 * One step outside of quotes.  Behind an operator in x=(...) bash gives up the
 * line and goes on with the next one, be it in the middle of a quoted value
 * (seen with 5.2 and -c).
 */
static void
step_bare(struct lexer *x)
{
	if (scan_level(x)->array && strchr(";&|<>(", x->s[x->at]))
		scan_doubt(x, "behind an operator in x=(...)");
	switch (x->s[x->at]) {
	case '\n':
		end_word(x);
		scan_newline(x);
		operator(x);
		break;
	case ';':
	case '&':
	case '|':
		operator(x);
		break;
	case ' ':
	case '\t':
		end_word(x);
		x->at++;
		break;
	case '<':
	case '>':
		if (scan_peek(x, x->at + 1) == '(')
			process(x);
		else
			redirection(x);
		break;
	case '(':
		open_paren(x);
		break;
	case ')':
		close_paren(x);
		break;
	case '\\':
		backslash(x, false);
		break;
	case '\'':
	case '"':
	case '`':
	case '$':
		step_quoting(x);
		break;
	case '#':
		if (scan_level(x)->open)
			level_char(scan_level(x), x->s, x->at++, false);
		else
			scan_comment(x);
		break;
	default:
		level_char(scan_level(x), x->s, x->at++, false);
	}
}

static void
step(struct lexer *x)
{
	bool quoted = x->stack[x->top].kind == FRAME_DOUBLE;
	struct value_ref ref;
	size_t len = scan_match(x, x->at, &ref);

	if (len > 0) {
		scan_place_value(x, x->at, len, ref,
		    quoted ? PLACE_DOUBLE : PLACE_BARE);
		if (!quoted)
			level_char(scan_level(x), x->s, x->at, true);
		x->at += len;
	} else if (quoted) {
		step_double(x);
	} else {
		step_bare(x);
	}
}

/* What was placed in front of what is not followed. */
static void
finish_doubtful(struct lexer *x)
{
	struct level *l;
	size_t i;

	for (i = 0; i <= x->top; i++) {
		l = &x->stack[i].level;
		if (x->stack[i].kind == FRAME_DOUBLE)
			continue;
		if (l->made)
			scan_made(x, i, l->made_by);
		if (l->owned || (l->own && l->open))
			scan_made(x, i, LEVEL_DERIVED);
		if (level_late(l))
			scan_late(x, l->pending_at);
		if (l->weighed && scan_may_compare(x, i, l->weighed_at))
			scan_condition(x, l->weighed_at);
	}
}

/* What the end of the line means for it, and for what could be appended. */
static void
finish(struct lexer *x)
{
	size_t i;

	if (x->doubt) {
		finish_doubtful(x);
		x->out->tail = "the line is not simple enough";
		return;
	}
	end_word(x);
	if (x->top > 0)
		scan_fault(x, x->stack[x->top].at, "never closed", NULL);
	x->out->tail = x->tail ? x->tail :
	    level_tail(scan_level(x), x->met);
	x->out->many = level_many(scan_level(x));
	for (i = 0; i < x->n && strchr(" \t\n", x->s[i]); i++)
		;
	if (i == x->n)
		x->out->tail = "the command is empty";
	if (x->heres && x->out->tail == NULL)
		x->out->tail = "the line has a here-document";
}

static void
read_line(struct lexer *x)
{
	size_t i;

	memset(x->out, 0, sizeof(*x->out));
	x->out->t = template_over(x->s, x->n);
	x->glued = (size_t)-1;
	level_operator(&x->stack[0].level);
	while (x->at < x->n && !x->out->why) {
		if (x->doubt)
			scan_doubtful(x);
		else
			step(x);
	}
	if (!x->out->why)
		finish(x);
	if (x->out->why) {
		template_free(x->out->t);
		x->out->t = NULL;
	} else {
		template_add_text(x->out->t, x->text, x->n - x->text);
		for (i = 0; i < x->nwords && x->out->t->values; i++)
			template_cut(x->out->t, x->words[i].from,
			    x->words[i].to);
	}
	free(x->words);
}

/* May the line have a function, which can be called anywhere? */
static bool
has_function(const char *s, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = i + 1; s[i] == '(' && k < n &&
		    strchr(" \t\n\\", s[k]); k++)
			;
		if (s[i] == '(' && k < n && s[k] == ')')
			return true;
	}
	return memmem(s, n, "function", 8) != NULL;
}

/*
 * A command that is a value may be a declare or an alias, which count in front
 * of it as well: then the line is read once more, as if it were.
 */
void
lexer_run(const char *line, size_t n, const struct vocabulary *v,
    const struct lexer_shell *shell, struct lexed *out)
{
	struct lexer begin = { .s = line, .n = n, .vocabulary = v,
	    .out = out, .met = survey(line, n) }, x;

	begin.stack[0].level.tests = shell && shell->tests;
	x = begin;
	read_line(&x);
	if (!x.made.any || out->why)
		return;
	template_free(out->t);
	begin.again = x.made;
	if (has_function(line, n))
		begin.again.depth = 0;
	begin.met |= SURVEY_EVALUATED | SURVEY_ARRAYS;
	if (begin.met & SURVEY_OPTION_K)
		begin.met |= SURVEY_KEYWORDS;
	read_line(&begin);
}
