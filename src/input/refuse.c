/* Where in a level no value can stand (level.h). */
#include "config.h"

#include "input/level.h"
#include "input/quote.h"
#include "input/survey.h"
#include "input/word.h"

const char level_integer[] =
    "give an integer to a variable in front, x=$(({})), and use $x here";
const char level_name[] =
    "write the name itself; for a number give x=$(({})) in front, and use $x";

const struct refusal level_option = {
	"where it may be an option",
	"put something in front: printf '%s' {}; printf -- \"$f\" {}; [ -n {} ]"
};
const struct refusal level_condition = {
	"in a [[ ]] that evaluates arithmetic",
	"compare in a [ ] of its own, which takes integers only; or give one "
	"to a variable in front, x=$(({})), and use $x here, with --shell bash"
};
const struct refusal level_substituted = {
	"in a $(...) that may be the command, and more words than one",
	"quote it: \"$(...{}...)\""
};
static const struct refusal split = {
	"in a $(...) that may give options or names, and more words than one",
	"quote it: \"$(...{}...)\""
};
const struct refusal level_chosen = {
	"behind a command that is a value itself",
	"put env in front, which runs programs only: env {1} {2}"
};
static const struct refusal foreign = {
	"behind an && or || of [[ ]], where a plain sh expects a command",
	"give --shell bash, or use [ ]"
}, supposed = {
	"behind one that is the command if the variable in front is empty",
	"quote that, \"$x\" {1} {2}; or put env in front, env $x {1} {2}; or "
	"name the command"
}, delimiter = {
	"in the word that ends a here-document", "use a fixed word"
}, descriptor = {
	"in the place of a descriptor's number",
	"write the number; for a file: >{} 2>&1, or &>{} in bash"
}, subscript = {
	"inside [...], which may be a subscript",
	"give an integer to a variable in front, x=$(({})), and use $x here; "
	"or x={}, if it is the key of an associative array (declare -A)"
}, pattern = {
	"inside [...], which is a pattern", "quote it: \"[{}]\""
}, evaluated = {
	"where it may be evaluated when it is assigned",
	"where an integer is meant, x=$(({})); other text can be given in the "
	"environment, env x={} COMMAND, or to a script of its own"
}, elements = {
	"where declare may read it as the elements of an array",
	"assign it behind the declare: local x; x={}"
}, syntax = {
	"as an argument of a command that reads it as syntax",
	"give it to a variable, and name that: x={}; eval 'echo \"$x\"'; "
	"trap 'rm \"$x\"' EXIT"
}, arithmetic = {
	"as an argument of a command that may evaluate it as arithmetic",
	level_integer
}, variables = {
	"as an argument of a command that takes names of variables",
	"write the name itself; for a number give x=$(({})) in front, and use "
	"$x; print a prompt in front: printf '%s? ' {}; read x"
}, braces = {
	"in {...}, which may make several words of it", "write them one by one"
}, either = {
	"behind a &>, which ends the command in a plain sh",
	"write >FILE 2>&1, or give --shell bash"
}, keyword = {
	"where set -k may make it an assignment",
	"leave set -k out, or put env in front of a command that is a value: "
	"env {1} {2}"
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
	    !(l->at_command || l->unsure || names || (met & SURVEY_KEYWORDS)))
		return NULL;
	if ((met & SURVEY_EVALUATED) ||
	    word_is_special(word, quote_name(word, at - l->from)))
		return l->at_command || l->unsure || names ? &evaluated :
		    &keyword;
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

const struct refusal *
level_splits(const struct level *l)
{
	bool names = l->reading == READS_NAMES || l->reading == READS_EXPORT;

	if (!l->open || l->redirect != REDIRECT_NONE || l->at_command)
		return NULL;
	return l->reading == READS_FORMAT || l->reading == READS_TEST ||
	    (names && !l->direct) ? &split : NULL;
}

bool
level_assigns(const struct level *l, unsigned met)
{
	return (l->reading == READS_DATA || l->reading == READS_FORMAT) &&
	    l->varied && (met & SURVEY_EVALUATED);
}

/* Is the open word an argument of a command to which it is data? */
static bool
is_data(const struct level *l)
{
	return l->reading == READS_DATA && !l->at_command && !l->unsure &&
	    !l->chosen && !l->array && !l->cond && !l->brace;
}

/* Of the arguments of a command. */
static const struct refusal *
argument_refuses(const struct level *l, const char *s, size_t at,
    unsigned met)
{
	switch (l->reading) {
	case READS_SYNTAX:
		return &syntax;
	case READS_ARITH:
		return &arithmetic;
	case READS_VARIABLES:
	case READS_TARGET:
	case READS_PATTERN:
		return &variables;
	case READS_PRINTED:
		return met & SURVEY_EVALUATED ? &evaluated : NULL;
	case READS_EITHER:
		return &either;
	case READS_NAMES:
	case READS_EXPORT:
		return l->open && quote_is_name(s + l->from, at - l->from,
		    true) ? NULL : &name;
	case READS_TEST:
		return l->varied && !l->pending ? &level_option : NULL;
	case READS_DATA:
	case READS_FORMAT:
		return level_assigns(l, met) ? &evaluated : NULL;
	case READS_LOOP:
	case READS_COMMAND:
		break;
	}
	return NULL;
}

/* Of what a command gets that an item chose.  Where that is eval, so is all of
   the item: what is taken from it does no harm. */
static const struct refusal *
chosen_refuses(const struct level *l, int by, int of)
{
	if (!l->chosen || by == LEVEL_NUMBER ||
	    (of == l->chosen_by && of != LEVEL_DERIVED))
		return NULL;
	if (l->cond && !l->tests)
		return &foreign;
	return l->supposed ? &supposed : &level_chosen;
}

const struct refusal *
level_refuses(const struct level *l, const char *s, size_t at,
    unsigned met, int by, int of)
{
	const struct refusal *r = NULL;

	if (l->redirect == REDIRECT_HERE)
		return &delimiter;
	if (l->redirect == REDIRECT_FD)
		return &descriptor;
	if (l->bracket)
		return is_data(l) ? &pattern : &subscript;
	if (l->redirect != REDIRECT_NONE)
		return l->redirect == REDIRECT_TEXT ?
		    chosen_refuses(l, by, of) : NULL;
	if (by != LEVEL_NUMBER && by != LEVEL_INTEGER)
		r = assigned(l, s, at, met);
	if (r)
		return r;
	if (in_braces(l, s, at))
		return &braces;
	if (l->at_command)
		return NULL;
	r = chosen_refuses(l, by, of);
	if (r)
		return r;
	if (l->reading == READS_ARITH &&
	    (by == LEVEL_NUMBER || by == LEVEL_INTEGER))
		return NULL;
	return argument_refuses(l, s, at, met);
}
