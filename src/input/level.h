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

#include <stdbool.h>
#include <stddef.h>

/* What the next word belongs to. */
enum redirect {
	REDIRECT_NONE,
	REDIRECT_FILE,		/* > < >> <> >| <<< */
	REDIRECT_FD,		/* >& <& */
	REDIRECT_HERE		/* << <<- */
};

/* What the command at hand makes of its arguments. */
enum reading {
	READS_DATA,
	READS_SYNTAX,		/* eval, trap, let; unset, read: names */
	READS_NAMES,		/* export, declare: NAME=VALUE is data */
	READS_OPTIONS,		/* test, printf: syntax after -v */
	READS_COMMAND		/* command, builtin: the next word decides */
};

/* Zero it, then level_operator(). */
struct level {
	size_t from;		/* where the open word begins */
	bool open;		/* in a word */
	bool plain;		/* ... of unquoted characters only */
	bool bracket;		/* ... with an unquoted [ */
	bool subscript;		/* ... that follows a name */
	bool brace;		/* ... with an unquoted { */
	bool array;		/* the level is the list of x=(...) */
	bool at_command;	/* the next word is the command */
	bool unsure;		/* ... or was, if $x is empty */
	bool closed;		/* behind ) done fi esac } ]] */
	bool test;		/* in a [[ ]] with arithmetic in it */
	enum redirect redirect;
	enum reading reading;
};

/* What level_end() met that the lexer must know. */
enum level_event {
	LEVEL_WORD,		/* nothing, or a word like others */
	LEVEL_CASE,		/* the word "case": unbalanced ) may come */
	LEVEL_LOST		/* a subscript with a blank in it */
};

/* The character s[at] of a word; quoted: it, or what it begins, is no text. */
void level_char(struct level *l, const char *s, size_t at, bool quoted);

/* The word that is open, if one is, ends before at; the line ends at n. */
enum level_event level_end(struct level *l, const char *s, size_t at,
    size_t n);

/* A new command begins. */
void level_operator(struct level *l);

/* What level_refuses() says of the arguments of eval and its like. */
extern const char level_syntax[];

/* Why no value can stand at `at`, inside this level; or NULL. */
const char *level_refuses(const struct level *l, const char *s, size_t at);

/* Why no word can be appended to the line that ends here; or NULL. */
const char *level_tail(const struct level *l);

#endif
