#include "config.h"

#include <string.h>

#include "input/level.h"
#include "input/quote.h"
#include "input/survey.h"
#include "input/word.h"

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
		l->bracket++;
		if (l->plain && (at == l->from ? l->array :
		    quote_is_name(s + l->from, at - l->from, false)))
			l->subscript = true;
	} else if (s[at] == ']') {
		l->glob |= l->bracket > 0;
		l->bracket -= l->bracket > 0;
		l->subscript &= l->bracket > 0;
	} else if (s[at] == '*' || s[at] == '?') {
		l->glob = true;
	} else if (s[at] == '{') {
		l->brace = true;
	} else if (s[at] == '/') {
		l->slash = true;
	}
}

/* A command is what that value says, or braces do. */
static void
make(struct level *l, int by)
{
	l->made_by = l->made && l->made_by != by ? LEVEL_DERIVED : by;
	l->made = true;
}

/* The command's name is known; what braces make of it may be eval. */
static void
becomes(struct level *l, const char *s, size_t n)
{
	l->reading = l->brace ? READS_SYNTAX : reading_of(s, n);
	if (l->brace)
		make(l, LEVEL_DERIVED);
	l->at_command = l->reading == READS_COMMAND;
	l->varied = l->pending = false;
	l->loop = LOOP_NONE;
	l->program = word_is(s, n, "exec") ? PROGRAM_NEXT : PROGRAM_NONE;
}

/* A plain word where a command is expected.  first: one that is reserved is
   that there. */
static void
command_word(struct level *l, const char *s, size_t n, bool first)
{
	static const char *const closing[] = {
		"done", "esac", "fi", "}", NULL
	};
	static const char *const naming[] = {
		"[[", "case", "for", "foreach", "function", "in", "repeat",
		"select", NULL
	};

	l->closed = word_in(s, n, closing);
	l->single = word_is(s, n, "case");
	l->at_command = !word_in(s, n, naming) &&
	    (quote_is_reserved(s, n) || *s == '-');
	if (l->at_command)
		return;
	l->direct = l->reading != READS_COMMAND;
	becomes(l, s, n);
	if (word_is(s, n, "for") || word_is(s, n, "select")) {
		l->reading = READS_LOOP;
		l->loop = first && (l->tests || *s == 'f') ? LOOP_SURE :
		    LOOP_MAYBE;
	}
}

/*
 * The command's name is complete, n long.  When an item chose it, it may be
 * eval; a name with a slash in it is none of the shell's own, and what stands
 * beside the item may belong to none of those that matter: gcc-{1}, {1}.sh.
 * What is chosen stays so where the next word may be the name as well:
 * "$1" x {2}.
 */
static void
choose(struct level *l, const char *s, size_t n)
{
	size_t behind = l->valued_to - l->from;

	bool parameter = l->valued_by == LEVEL_PARAMETER;
	bool whole = l->chosen ? parameter && l->chosen_by == LEVEL_PARAMETER :
	    parameter || n == l->valued_len;

	if (!l->valued || l->slash || l->array ||
	    !reading_may_name(s, l->prefix, false))
		return;
	if (!l->parameter && behind <= n &&
	    !reading_may_name(s + behind, n - behind, true))
		return;
	l->chosen = true;
	l->owned |= l->own;
	l->chosen_by = whole ? l->valued_by : LEVEL_DERIVED;
}

/* A command's name with quotes or expansions in it, or an option of the one in
   front of it; there may be none. */
static void
command_quoted(struct level *l, const char *s, size_t n)
{
	char name[16];
	size_t k = word_text(s, n, name, sizeof(name));

	l->closed = false;
	if (k > 0 && *name == '-' && !l->glob && !l->brace)
		return;
	l->direct = false;
	becomes(l, name, k);
	l->unsure = (k == 0 && word_may_vanish(s, n)) || l->glob;
	choose(l, s, n);
}

/* A word of test or [ that is no operator with -v in it. */
static bool
test_word(struct level *l, const char *s, size_t n)
{
	static const char *const between[] = {
		"]", "=", "==", "!=", "\\<", "\\>", "'<'", "'>'", "\"<\"",
		"\">\"", "-a", "-o", "-eq", "-ne", "-lt", "-le", "-gt", "-ge",
		"-nt", "-ot", "-ef", "\\)", NULL
	};

	if (l->pending && !word_in(s, n, between))
		return false;
	l->pending = l->value;
	l->pending_at = l->value_at;
	l->varied = l->value || l->glob || word_is_expanded(s, n);
	return true;
}

/* A word of printf, up to its format. */
static bool
format_word(struct level *l, const char *s, size_t n)
{
	if (l->pending)
		return false;
	l->pending = l->value;
	l->pending_at = l->value_at;
	if (!l->pending && !l->glob &&
	    (word_is(s, n, "--") || !word_may_be_option(s, n)))
		l->reading = READS_DATA;
	else
		l->varied = true;
	return true;
}

/* The name behind a printf -v, and the format behind that; where they are no
   fixed words the rest may be other names. */
static enum reading
target_word(const struct level *l, const char *s, size_t n)
{
	bool fixed = !l->valued && !l->glob && !word_is_expanded(s, n);

	if (l->reading == READS_TARGET && fixed &&
	    quote_is_name(s, n, false) && !word_is_special(s, n))
		return READS_PATTERN;
	if (l->reading == READS_PATTERN && fixed && !word_may_be_option(s, n))
		return READS_PRINTED;
	return READS_VARIABLES;
}

/* A word behind exec. */
static void
program_word(struct level *l, const char *s, size_t n, bool option, bool empty)
{
	if (l->program == PROGRAM_NEXT && option)
		l->program = PROGRAM_ANY;
	if (l->program == PROGRAM_NEXT && !l->glob &&
	    !(empty && word_may_vanish(s, n)))
		l->program = PROGRAM_NONE;
}

/*
 * A word behind the command.  "for x do" begins a command without an operator
 * in front; "$x eval" may do, too.  False: a value was an option.
 */
static bool
argument(struct level *l, const char *s, size_t n)
{
	char text[16];
	size_t k = word_text(s, n, text, sizeof(text));
	bool option = k > 0 && (*text == '-' || *text == '+'), fine = true;
	bool chosen = l->chosen;

	if (l->owned)
		make(l, l->chosen_by);
	if (l->unsure) {
		l->direct = false;
		becomes(l, text, k);
		l->unsure = (k == 0 && word_may_vanish(s, n)) || l->glob;
		choose(l, s, n);
		l->supposed |= l->chosen && !chosen;
		return true;
	}
	l->single = l->single && !word_is(s, n, "in");
	program_word(l, s, n, option, k == 0);
	if (l->reading == READS_EITHER)
		fine = !l->pending;
	if (l->loop || (l->reading == READS_DATA && !l->chosen))
		l->at_command = word_is(s, n, "{") || word_is(s, n, "do");
	if (l->reading == READS_LOOP && word_is_special(s, n))
		l->reading = READS_ARITH;
	if ((l->reading == READS_NAMES || l->reading == READS_EXPORT) &&
	    option && !(l->plain &&
	    survey_is_harmless(s, n, l->reading == READS_EXPORT)))
		l->reading = READS_ARITH;
	if (l->reading == READS_TARGET || l->reading == READS_PATTERN)
		l->reading = target_word(l, s, n);
	else if (l->reading == READS_FORMAT && word_is(s, n, "-v") &&
	    !l->pending)
		l->reading = READS_TARGET;
	else if (l->reading == READS_TEST)
		fine = test_word(l, s, n);
	else if (l->reading == READS_FORMAT)
		fine = format_word(l, s, n);
	if ((l->reading == READS_TEST || l->reading == READS_FORMAT) &&
	    k > 1 && *text == '-' && !l->pending &&
	    (memchr(text, 'v', k) || memchr(text, 'R', k)))
		l->reading = READS_VARIABLES;
	return fine;
}

/* Behind these, at the beginning of a command, another word may be reserved:
   such as [[, which is an argument elsewhere. */
static bool
is_opening(const struct level *l, const char *s, size_t n)
{
	static const char *const words[] = {
		"!", "do", "elif", "else", "if", "then", "until", "while", "{",
		NULL
	};

	return word_in(s, n, words) || (l->tests && word_is(s, n, "time"));
}

/* Behind a ]]: another word may be reserved, as in if [[ a ]] then.  Where [[
   is a command, or an argument, the words of that go on. */
static void
behind_test(struct level *l)
{
	if (l->operands || (l->reading == READS_DATA && !l->chosen))
		l->at_command = l->closed = true;
	else
		l->reading = READS_SYNTAX;
	l->first = l->operands;
	l->cond = l->compares = l->weighed = l->operands = false;
	l->unsure = false;
}

/*
 * Is that NAME, or behind it, of "function NAME if ..." or "coproc NAME { ..."?
 * There a reserved word begins a command.  The NAME of a coproc may as well be
 * a command, and what follows its arguments: then no value can follow.
 */
static void
behind_name(struct level *l, const char *s, size_t n)
{
	bool begins = l->named && l->plain && !l->at_command &&
	    quote_is_reserved(s, n);

	l->named = l->names;
	l->names = l->at_command && l->plain && (word_is(s, n, "function") ||
	    word_is(s, n, "coproc"));
	if (!begins)
		return;
	if (l->reading == READS_DATA && !l->chosen && !l->unsure) {
		l->at_command = true;
		l->first = l->tests;
	} else {
		l->reading = READS_SYNTAX;
	}
	l->unsure = false;
}

static bool
word(struct level *l, const char *s, size_t n)
{
	bool first;

	if (l->array)
		return true;
	if (l->redirect == REDIRECT_NONE)
		behind_name(l, s, n);
	first = l->first && l->redirect == REDIRECT_NONE;

	l->first = first && is_opening(l, s, n);
	if (word_is(s, n, "[[")) {
		l->cond = true;
		l->operands |= first && l->tests;
	} else if (word_is(s, n, "]]") && !l->group) {
		if (l->cond) {
			behind_test(l);
			return true;
		}
	}
	if (l->redirect != REDIRECT_NONE)
		return true;
	if (!l->at_command)
		return argument(l, s, n);
	if (word_is_assignment(s, n)) {
		l->closed = false;
	} else if (l->plain && !l->glob) {
		command_word(l, s, n, first);
	} else {
		command_quoted(l, s, n);
	}
	return true;
}

void
level_drop(struct level *l)
{
	l->open = l->subscript = l->brace = l->glob = false;
	l->bracket = 0;
}

enum level_event
level_end(struct level *l, const char *s, size_t at)
{
	bool lost = l->subscript;
	bool is_case, compares, fine, matches;

	if (!l->open)
		return LEVEL_WORD;
	is_case = l->plain && word_is(s + l->from, at - l->from, "case");
	compares = l->cond && l->plain &&
	    word_compares(s + l->from, at - l->from);
	matches = l->cond && l->plain && l->regex == REGEX_NONE &&
	    word_is(s + l->from, at - l->from, "=~");
	if (l->regex != REGEX_PARENS)
		l->regex = matches ? REGEX_WORD : REGEX_NONE;
	fine = word(l, s + l->from, at - l->from);
	level_drop(l);
	l->value = l->no_option = l->slash = false;
	l->valued = l->own = l->parameter = false;
	l->redirect = REDIRECT_NONE;
	if (!fine)
		return LEVEL_LATE;
	if (compares)
		return LEVEL_COMPARES;
	return lost ? LEVEL_LOST : is_case ? LEVEL_CASE : LEVEL_WORD;
}

void
level_operator(struct level *l)
{
	l->at_command = l->first = true;
	l->closed = l->unsure = l->operands = false;
	l->redirect = REDIRECT_NONE;
	l->reading = READS_DATA;
	l->pending = l->varied = false;
	l->chosen = l->supposed = l->owned = l->single = false;
	l->loop = LOOP_NONE;
	l->program = PROGRAM_NONE;
	l->names = l->named = false;
	if (l->regex == REGEX_WORD)
		l->regex = REGEX_NONE;
}

bool
level_newline(struct level *l)
{
	if (l->array)
		return true;
	if (l->loop == LOOP_NONE || l->at_command)
		level_operator(l);
	else
		l->first = true;	/* in, or do */
	return l->loop != LOOP_MAYBE;
}

void
level_group(struct level *l, const struct level *outer)
{
	l->cond = l->group = true;
	l->operands = outer->operands;
	l->regex = outer->regex == REGEX_NONE ? REGEX_NONE : REGEX_PARENS;
	if (l->operands)
		l->at_command = l->first = false;
}

void
level_both(struct level *l)
{
	enum reading how = l->reading;
	bool chosen = l->chosen, owned = l->owned, late = level_late(l);

	if (l->tests)
		return;
	level_operator(l);
	l->pending = late;
	if (!chosen && (how == READS_DATA || how == READS_COMMAND))
		return;
	l->at_command = false;
	l->chosen = chosen;
	l->owned = owned;
	l->reading = READS_EITHER;
}

bool
level_many(const struct level *l)
{
	if (l->redirect != REDIRECT_NONE || l->cond)
		return false;
	return l->array || (!l->at_command && !l->unsure && !l->single &&
	    !l->chosen &&
	    (l->reading == READS_DATA || l->reading == READS_LOOP));
}

/* The open word has a value at `at`. */
static void
valued(struct level *l, size_t at)
{
	if (!l->valued)
		l->prefix = l->open ? at - l->from : 0;
	l->valued = true;
	l->valued_to = at;
}

/* Behind what may be the -v of a printf all of a word counts. */
void
level_printed(struct level *l, const char *s, size_t at)
{
	bool operand = l->reading == READS_FORMAT && l->varied;
	char c;

	if (l->value || l->no_option || l->redirect != REDIRECT_NONE)
		return;
	l->no_option = l->open && !operand && word_text(s + l->from,
	    at - l->from, &c, 1) > 0 && c != '-';
	l->value = !l->no_option;
	l->value_at = at;
}

void
level_value(struct level *l, const char *s, size_t at, size_t len, int by)
{
	/* a number names no builtin */
	if (l->redirect == REDIRECT_NONE && by != LEVEL_NUMBER &&
	    by != LEVEL_INTEGER) {
		valued(l, at);
		l->valued_to = at + len;
		l->valued_len = len;
		l->valued_by = by;
		l->own = true;
	}
	level_printed(l, s, at);
}

/* Is the open word the command, or a part of it? */
static bool
in_command(const struct level *l, const char *s, size_t at)
{
	return l->open && l->redirect == REDIRECT_NONE && !l->array &&
	    (l->at_command || l->unsure) &&
	    !word_is_assignment(s + l->from, at - l->from);
}

void
level_parameter(struct level *l, const char *s, size_t at)
{
	if (!in_command(l, s, at))
		return;
	l->parameter = true;
	if (l->valued)
		return;
	valued(l, at);
	l->valued_by = LEVEL_PARAMETER;
}

bool
level_late(struct level *l)
{
	if (l->reading != READS_TEST && l->reading != READS_FORMAT)
		return l->reading == READS_EITHER && l->pending;
	if (!l->pending && l->value && l->redirect == REDIRECT_NONE) {
		l->pending = true;
		l->pending_at = l->value_at;
	}
	return l->pending;
}

bool
level_descriptor(const struct level *l, const char *s, size_t at)
{
	size_t i = l->from;

	if (!l->open || !l->plain || l->redirect != REDIRECT_NONE)
		return false;
	if (s[i] == '{')
		return s[at - 1] == '}' && at - i > 2 &&
		    quote_is_name(s + i + 1, at - i - 2, false);
	while (i < at && s[i] >= '0' && s[i] <= '9')
		i++;
	return i == at;
}

const struct refusal *
level_takes(struct level *l, const char *s, size_t at, bool quoted)
{
	if (l->program && l->open && l->redirect == REDIRECT_NONE && !quoted)
		return &level_substituted;
	if (!in_command(l, s, at))
		return NULL;
	valued(l, at);
	l->valued_by = LEVEL_DERIVED;
	l->valued_len = 0;
	return quoted ? NULL : &level_substituted;
}

const char *
level_tail(const struct level *l, unsigned met)
{
	if (l->redirect != REDIRECT_NONE)
		return "the line ends in a redirection";
	if (l->closed)
		return "the line ends in a compound command";
	if (l->at_command)
		return "the line does not end in a command's words";
	if (l->reading == READS_SYNTAX || l->reading == READS_ARITH ||
	    l->reading == READS_VARIABLES || l->reading == READS_NAMES ||
	    l->reading == READS_EXPORT || l->reading == READS_EITHER ||
	    l->reading == READS_TARGET || l->reading == READS_PATTERN ||
	    l->reading == READS_PRINTED ||
	    (l->reading == READS_TEST && l->varied) ||
	    level_assigns(l, met))
		return "the command reads its arguments as syntax";
	return NULL;
}
