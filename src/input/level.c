#include "config.h"

#include <string.h>

#include "base/mem.h"
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
		l->bracket = true;
		if (l->plain && (at == l->from ? l->array :
		    quote_is_name(s + l->from, at - l->from, false)))
			l->subscript = true;
	} else if (s[at] == ']') {
		l->glob |= l->bracket;
		l->bracket = l->subscript = false;
	} else if (s[at] == '*' || s[at] == '?') {
		l->glob = true;
	} else if (s[at] == '{') {
		l->brace = true;
	} else if (s[at] == '/') {
		l->slash = true;
	}
}

/* Commands that make more of their arguments than data. */
static const struct {
	const char *name;
	enum reading how;
} commands[] = {
	{ ".", READS_DATA }, { "source", READS_DATA }, /* of a file, though */
	{ "[", READS_TEST }, { "alias", READS_SYNTAX },
	{ "bind", READS_SYNTAX }, { "builtin", READS_COMMAND },
	{ "command", READS_COMMAND }, { "compgen", READS_SYNTAX },
	{ "complete", READS_SYNTAX }, { "declare", READS_NAMES },
	{ "eval", READS_SYNTAX }, { "export", READS_EXPORT },
	{ "fc", READS_SYNTAX }, { "float", READS_ARITH },
	{ "getopts", READS_VARIABLES }, { "integer", READS_ARITH },
	{ "jobs", READS_COMMAND }, { "let", READS_ARITH },
	{ "local", READS_NAMES }, { "mapfile", READS_VARIABLES },
	{ "nameref", READS_ARITH }, { "printf", READS_FORMAT },
	{ "read", READS_VARIABLES }, { "readarray", READS_VARIABLES },
	{ "readonly", READS_EXPORT }, { "test", READS_TEST },
	{ "trap", READS_SYNTAX }, { "typeset", READS_NAMES },
	{ "unset", READS_VARIABLES }, { "wait", READS_VARIABLES },
};

static enum reading
reading(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		if (word_is(s, n, commands[i].name))
			return commands[i].how;
	return READS_DATA;
}

/* The command's name is known; what braces make of it may be eval. */
static void
becomes(struct level *l, const char *s, size_t n)
{
	l->reading = l->brace ? READS_SYNTAX : reading(s, n);
	l->at_command = l->reading == READS_COMMAND;
	l->varied = l->pending = false;
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

	l->closed = word_in(s, n, closing);
	l->single = word_is(s, n, "case");
	l->at_command = !l->closed && !word_in(s, n, naming) &&
	    (quote_is_reserved(s, n) || *s == '-');
	if (l->at_command)
		return;
	becomes(l, s, n);
	if (word_is(s, n, "for") || word_is(s, n, "select"))
		l->reading = READS_LOOP;
}

/* Can s[0..n) be the beginning, or the end, of the name of such a command?
   What is not plain, but for quotes, can be anything. */
static bool
may_name(const char *s, size_t n, bool end)
{
	char text[16];
	size_t i, k;

	for (i = 0; i < n; i++)
		if (!quote_is_plain(s[i]) && s[i] != '"' && s[i] != '\'')
			return true;
	n = word_text(s, n, text, sizeof(text));
	for (i = 0; i < COUNT(commands); i++) {
		k = strlen(commands[i].name);
		if (n <= k && memcmp(commands[i].name + (end ? k - n : 0),
		    text, n) == 0)
			return true;
	}
	return false;
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

	if (!l->valued || l->slash || l->array || !may_name(s, l->prefix, false))
		return;
	if (!l->parameter && behind <= n &&
	    !may_name(s + behind, n - behind, true))
		return;
	l->chosen = true;
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
	becomes(l, name, k);
	l->unsure = k == 0 || l->glob;
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
	return true;
}

/*
 * A word behind the command.  "function f {" and "for x do" begin a command
 * without an operator in front; "$x eval" may do, too.  False: a value was an
 * option.
 */
static bool
argument(struct level *l, const char *s, size_t n)
{
	char text[16];
	size_t k = word_text(s, n, text, sizeof(text));
	bool option = k > 0 && (*text == '-' || *text == '+'), fine = true;

	if (l->unsure) {
		becomes(l, text, k);
		l->unsure = k == 0 || l->glob;
		choose(l, s, n);
		return true;
	}
	l->single = l->single && !word_is(s, n, "in");
	if (l->reading == READS_DATA || l->reading == READS_LOOP)
		l->at_command = word_is(s, n, "{") || word_is(s, n, "do");
	if (l->reading == READS_LOOP && word_is_special(s, n))
		l->reading = READS_ARITH;
	if ((l->reading == READS_NAMES || l->reading == READS_EXPORT) &&
	    option && !(l->plain &&
	    survey_is_harmless(s, n, l->reading == READS_EXPORT)))
		l->reading = READS_ARITH;
	if (l->reading == READS_TEST)
		fine = test_word(l, s, n);
	else if (l->reading == READS_FORMAT)
		fine = format_word(l, s, n);
	if ((l->reading == READS_TEST || l->reading == READS_FORMAT) &&
	    k > 1 && *text == '-' && !l->pending &&
	    (memchr(text, 'v', k) || memchr(text, 'R', k)))
		l->reading = READS_VARIABLES;
	return fine;
}

static bool
word(struct level *l, const char *s, size_t n, size_t rest)
{
	if (word_is(s, n, "[[")) {
		l->cond = true;
		l->test = word_compares(s + n, rest);
	} else if (word_is(s, n, "]]")) {
		l->cond = l->test = false;
	}
	if (l->redirect != REDIRECT_NONE)
		return true;
	if (!l->at_command)
		return argument(l, s, n);
	if (word_is_assignment(s, n)) {
		l->closed = false;
	} else if (l->plain && !l->glob) {
		command_word(l, s, n);
	} else {
		command_quoted(l, s, n);
	}
	return true;
}

enum level_event
level_end(struct level *l, const char *s, size_t at, size_t n)
{
	bool lost = l->subscript;
	bool is_case, fine;

	if (!l->open)
		return LEVEL_WORD;
	is_case = l->plain && word_is(s + l->from, at - l->from, "case");
	fine = word(l, s + l->from, at - l->from, n - at);
	l->open = l->bracket = l->subscript = l->brace = l->value = false;
	l->valued = l->parameter = l->slash = l->glob = false;
	l->redirect = REDIRECT_NONE;
	if (!fine)
		return LEVEL_LATE;
	return lost ? LEVEL_LOST : is_case ? LEVEL_CASE : LEVEL_WORD;
}

void
level_operator(struct level *l)
{
	l->at_command = true;
	l->closed = l->unsure = false;
	l->redirect = REDIRECT_NONE;
	l->reading = READS_DATA;
	l->pending = l->varied = false;
	l->chosen = l->single = false;
}

void
level_both(struct level *l)
{
	enum reading how = l->reading;

	level_operator(l);
	if (how == READS_DATA || how == READS_COMMAND)
		return;
	l->at_command = false;
	l->reading = how == READS_SYNTAX ? how : READS_ARITH;
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

void
level_value(struct level *l, const char *s, size_t at, size_t len, int by)
{
	char text[16];
	size_t k = l->open ?
	    word_text(s + l->from, at - l->from, text, sizeof(text)) : 0;

	if (l->redirect == REDIRECT_NONE) {
		valued(l, at);
		l->valued_to = at + len;
		l->valued_len = len;
		l->valued_by = by;
	}
	if (l->value || l->redirect != REDIRECT_NONE ||
	    (k > 0 && *text != '-'))
		return;
	l->value = true;
	l->value_at = at;
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
	if (l->cond || !in_command(l, s, at))
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
		return false;
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
		return s[at - 1] == '}';
	while (i < at && s[i] >= '0' && s[i] <= '9')
		i++;
	return i == at;
}

const char level_integer[] =
    "give an integer to a variable in front, x=$(({})), and use $x here";
const char level_name[] =
    "write the name itself; for a number give x=$(({})) in front, and use $x";

const struct refusal level_option = {
	"where it may be an option",
	"put something in front: printf '%s' {}; printf -- \"$f\" {}; [ -n {} ]"
};
const struct refusal level_chosen = {
	"behind a command that is a value itself",
	"put env in front, which runs programs only: env {1} {2}"
};
static const struct refusal delimiter = {
	"in the word that ends a here-document", "use a fixed word"
}, descriptor = {
	"in the place of a descriptor's number", "use \"$1\" instead"
}, subscript = {
	"inside [...], which may be a subscript", level_integer
}, condition = {
	"in a [[ ]] that evaluates arithmetic", level_integer
}, evaluated = {
	"where it may be evaluated when it is assigned",
	"where an integer is meant, x=$(({})); other text can be given in the "
	"environment, env x={} COMMAND, or to a script of its own"
}, elements = {
	"where declare may read it as the elements of an array",
	"assign it behind the declare: local x; x={}"
}, syntax = {
	"as an argument of a command that reads it as syntax",
	"give it to a variable, and name that: x={}; eval 'echo \"$x\"'"
}, arithmetic = {
	"as an argument of a command that may evaluate it as arithmetic",
	level_integer
}, variables = {
	"as an argument of a command that takes names of variables",
	level_name
}, substituted = {
	"in a $(...) that may be the command, and more words than one",
	"quote it: \"$(...{}...)\""
}, braces = {
	"in {...}, which may make several words of it", "write them one by one"
}, name = {
	"where the shell expects a name", "write one: export x={}"
};

/* What is there against assigning the value at `at`? */
static const struct refusal *
assigned(const struct level *l, const char *s, size_t at, unsigned met)
{
	bool declare = l->reading == READS_NAMES && !l->at_command;
	bool names = declare || (l->reading == READS_EXPORT && !l->at_command);
	const char *word = s + l->from;

	if (l->array || (l->reading == READS_LOOP && !l->at_command))
		return met & SURVEY_EVALUATED ? &evaluated : NULL;
	if (!l->open || !word_is_assignment(word, at - l->from) ||
	    !(l->at_command || l->unsure || names))
		return NULL;
	if ((met & SURVEY_EVALUATED) ||
	    word_is_special(word, quote_name(word, at - l->from)))
		return &evaluated;
	return declare && (met & SURVEY_ARRAYS) ? &elements : NULL;
}

/* In braces that may make it an argument of eval, or of a -v? */
static bool
in_braces(const struct level *l, const char *s, size_t at)
{
	if (!l->open || !l->brace || l->array)
		return false;
	return ((l->at_command || l->unsure) &&
	    !word_is_assignment(s + l->from, at - l->from)) ||
	    l->reading == READS_TEST || l->reading == READS_FORMAT;
}

/* Of the arguments of a command. */
static const struct refusal *
argument_refuses(const struct level *l, const char *s, size_t at)
{
	switch (l->reading) {
	case READS_SYNTAX:
		return &syntax;
	case READS_ARITH:
		return &arithmetic;
	case READS_VARIABLES:
		return &variables;
	case READS_NAMES:
	case READS_EXPORT:
		return l->open && quote_is_name(s + l->from, at - l->from,
		    true) ? NULL : &name;
	case READS_TEST:
		return l->varied && !l->pending ? &level_option : NULL;
	case READS_DATA:
	case READS_LOOP:
	case READS_FORMAT:
	case READS_COMMAND:
		break;
	}
	return NULL;
}

/* Of what a command gets that an item chose. */
static const struct refusal *
chosen_refuses(const struct level *l, int by)
{
	return l->chosen && by != LEVEL_NUMBER &&
	    (by != l->chosen_by || by == LEVEL_DERIVED) ?
	    &level_chosen : NULL;
}

const struct refusal *
level_refuses(const struct level *l, const char *s, size_t at,
    unsigned met, int by)
{
	const struct refusal *r = NULL;

	if (l->redirect == REDIRECT_HERE)
		return &delimiter;
	if (l->redirect == REDIRECT_FD)
		return &descriptor;
	if (l->bracket)
		return &subscript;
	if (l->test)
		return &condition;
	if (l->redirect != REDIRECT_NONE)
		return l->redirect == REDIRECT_TEXT ?
		    chosen_refuses(l, by) : NULL;
	if (by != LEVEL_NUMBER && by != LEVEL_INTEGER)
		r = assigned(l, s, at, met);
	if (r)
		return r;
	if (in_braces(l, s, at))
		return &braces;
	if (l->at_command)
		return NULL;
	r = chosen_refuses(l, by);
	return r ? r : argument_refuses(l, s, at);
}

const struct refusal *
level_takes(struct level *l, const char *s, size_t at, bool quoted)
{
	if (!in_command(l, s, at))
		return NULL;
	valued(l, at);
	l->valued_by = LEVEL_DERIVED;
	l->valued_len = 0;
	return quoted ? NULL : &substituted;
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
	if (l->reading == READS_SYNTAX || l->reading == READS_ARITH ||
	    l->reading == READS_VARIABLES || l->reading == READS_NAMES ||
	    l->reading == READS_EXPORT)
		return "the command reads its arguments as syntax";
	return NULL;
}
