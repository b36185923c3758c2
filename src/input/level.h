/*
 * One unquoted level of a shell line (the line itself, or what stands between
 * parentheses): which word is being read, of what command, and so whether a
 * value may stand there and whether one may be appended.  Part of the lexer;
 * pure.
 *
 * Quoting alone does not make every place safe: eval and trap read their
 * arguments as shell text again, and bash evaluates subscripts as arithmetic,
 * in which a[$(cmd)] runs cmd (bash(1), ARITHMETIC EVALUATION), also where
 * unset, read, [[ -eq ]] and [ -v ] are given them as data.
 */
#ifndef INPUT_LEVEL_H
#define INPUT_LEVEL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "input/reading.h"

/* What the next word belongs to. */
enum redirect {
	REDIRECT_NONE,
	REDIRECT_READ,		/* < */
	REDIRECT_FILE,		/* > >> <> >| */
	REDIRECT_TEXT,		/* <<< */
	REDIRECT_FD,		/* >& <& */
	REDIRECT_HERE		/* << <<- */
};

/* What a =~ makes of a |. */
enum regex {
	REGEX_NONE,
	REGEX_WORD,		/* part of the open word, or the next one */
	REGEX_PARENS		/* the same, in the ( ) of one */
};

/* Which word behind an exec may be the program. */
enum program {
	PROGRAM_NONE,
	PROGRAM_NEXT,
	PROGRAM_ANY		/* behind an option, which may take a word */
};

enum loop {
	LOOP_NONE,
	LOOP_MAYBE,		/* for may be no reserved word there */
	LOOP_SURE
};

/* Zero it, then level_operator(). */
struct level {
	size_t from;		/* where the open word begins */
	bool open;		/* in a word */
	bool plain;		/* ... of unquoted characters only */
	unsigned bracket;	/* ... in so many [ */
	bool subscript;		/* ... that follows a name */
	bool brace;		/* ... with an unquoted { */
	bool glob;		/* ... that may become any words, or none */
	bool array;		/* the level is the list of x=(...) */
	bool at_command;	/* the next word is the command */
	bool unsure;		/* ... or was, if $x is empty */
	bool direct;		/* the command's name stands there as it is */
	bool closed;		/* behind ) done fi esac } ]] */
	bool tests;		/* [[ ]] is syntax, no command */
	bool first;		/* the next word may be a reserved one */
	bool operands;		/* in a [[ ]] that is syntax */
	bool cond;		/* in a [[ ]], or behind a word like that */
	bool group;		/* the level is a ( ) in a [[ ]] */
	enum regex regex;
	bool compares;		/* in a [[ ]] with arithmetic in it */
	bool weighed;		/* in a [[ ]] with a value, at weighed_at */
	size_t weighed_at;
	bool value;		/* the open word may be an option by it */
	bool no_option;		/* ... or cannot be one, whatever comes */
	bool valued;		/* it has a value, of length valued_len in */
	size_t valued_len;	/* the line, by valued_by */
	bool own;		/* ... that is not in a $(...) */
	int valued_by;
	size_t prefix;		/* so much of the word is in front of it */
	size_t valued_to;	/* where in the line the last one ends */
	bool parameter;		/* it has a $1 */
	bool slash;		/* it has a / outside of quotes */
	bool chosen;		/* the command's name came from a value, */
	int chosen_by;		/* from that one as a whole */
	bool supposed;		/* ... if what is in front of it is empty */
	bool owned;		/* ... that is not in a $(...) */
	bool made;		/* one of those had arguments, or braces make
				   a command's name; stays so, */
	int made_by;		/* by that value as a whole */
	bool single;		/* between case and in */
	enum loop loop;		/* between for or select and do */
	enum program program;
	bool names;		/* the next word is that of a function NAME */
	bool named;		/* behind it: { or if may begin a command */
	bool varied;		/* the word of a test before it is expanded;
				   one of a printf that may be its -v */
	bool pending;		/* ... or before it, and no word may follow */
	size_t value_at, pending_at;
	enum redirect redirect;
	enum reading reading;
};

/* What level_end() met that the lexer must know. */
enum level_event {
	LEVEL_WORD,		/* nothing, or a word like others */
	LEVEL_CASE,		/* the word "case": unbalanced ) may come */
	LEVEL_LOST,		/* a subscript with a blank in it */
	LEVEL_COMPARES,		/* -eq or its like in a [[ ]] */
	LEVEL_LATE		/* the value at pending_at may be an option */
};

/* The character s[at] of a word; quoted: it, or what it begins, is no text. */
void level_char(struct level *l, const char *s, size_t at, bool quoted);

/* The word that is open is none. */
void level_drop(struct level *l);

/* The word that is open, if one is, ends before at. */
enum level_event level_end(struct level *l, const char *s, size_t at);

/* A new command begins. */
void level_operator(struct level *l);

/* A new line does, or what began goes on behind it.  False: who knows? */
bool level_newline(struct level *l);

/* It is a ( ) in the [[ ]] of that level. */
void level_group(struct level *l, const struct level *outer);

/* The & of a &> that bash reads as a redirection, and sh as an operator: if it
   is not known to be bash, what follows is refused where either would. */
void level_both(struct level *l);

/* Which value it is: a position, 0 for all, or one of these. */
enum {
	LEVEL_DERIVED = INT_MIN,	/* a part of one */
	LEVEL_NUMBER,			/* a number that no item has in hand */
	LEVEL_INTEGER,			/* in $((...)) */
	LEVEL_PARAMETER			/* $1, $@ and their like */
};

/* A value stands at s[at..at+len), quoted or not. */
void level_value(struct level *l, const char *s, size_t at, size_t len,
    int by);

/* $1 or its like stands at s[at], quoted or not: is it the command? */
void level_parameter(struct level *l, const char *s, size_t at);

/* Can several values be several words where the next word, or the open one,
   stands?  They are arguments then that are no more than data. */
bool level_many(const struct level *l);

/* Is there a value that may be an option, with what follows not known? */
bool level_late(struct level *l);

/* Is the open word a descriptor in front of a redirection: 2, {fd}? */
bool level_descriptor(const struct level *l, const char *s, size_t at);

/* Why no value can stand in a place, and what can be written instead: static
   strings.  "$1" is advised only where no shell reads its value as more than
   data. */
struct refusal {
	const char *why, *advice;
};

/* What LEVEL_LATE means; what a LEVEL_COMPARES does for a value there. */
extern const struct refusal level_option, level_condition;

/* Behind a command that an item chose, which may be eval. */
extern const struct refusal level_chosen;

/* A $(...) that is the command. */
extern const struct refusal level_substituted;

/* What is safe where arithmetic, or the name of a variable, is read. */
extern const char level_integer[], level_name[];

/* Why no value can stand at `at`, inside this level; or NULL.  met: what
   survey() says of the line; of: the position that it is, or is a part of; or
   LEVEL_DERIVED. */
const struct refusal *level_refuses(const struct level *l, const char *s,
    size_t at, unsigned met, int by, int of);

/* What a $(...) with a value at `at` in it prints goes into the open word; or
   why it cannot, if it is not quoted. */
const struct refusal *level_takes(struct level *l, const char *s, size_t at,
    bool quoted);

/* Do a printf's words go to a variable, as far as is known, that evaluates
   them? */
bool level_assigns(const struct level *l, unsigned met);

/* Why it cannot if it is not quoted: its words, which may be many.  A declare
   that stands there as it is does not split those it assigns. */
const struct refusal *level_splits(const struct level *l);

/* A $(...) in the open word has a value at `at` in it, which it may print. */
void level_printed(struct level *l, const char *s, size_t at);

/* Why no word can be appended to the line that ends here; or NULL. */
const char *level_tail(const struct level *l, unsigned met);

#endif
