/*
 * COMMAND and its items made into what execve(2) takes.
 *
 * Compiled once from the words of the command line, expanded for each task.
 * Three forms: several words are a program and its arguments; one word with
 * white space or shell syntax is a shell line, in which each replacement
 * string is quoted for the very place where it stands (lexer.h); no word at
 * all is command mode, where the record is the shell line.  Items are data:
 * no byte of one is ever syntax to a shell that ppx starts.
 *
 * {} stands for all values of an item: words of their own, of which the first
 * is glued to the text before it and the last to the text behind; or, where a
 * shell must see one word, one with blanks between them.
 *
 * Pure but for the questions it asks through struct command_world.
 */
#ifndef INPUT_COMMAND_H
#define INPUT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "task/item.h"

/*
 * Which replacement strings there are, and what names mean: of one run, for
 * COMMAND and for all options that may hold them.
 */
struct vocabulary {
	const char *replace;	/* -I: stands for {} then; else NULL */
	bool plus;		/* --plus: {..}, {+/} and so on */
	char **names;		/* --header: names[i] is value i + 1's; */
	size_t nnames;		/* NULL where a column has none */
};

enum command_form {
	FORM_AUTO,		/* one word with syntax: a shell line */
	FORM_EXEC,		/* --exec: never a shell */
	FORM_SHELL		/* --shell-line: the words, joined by blanks */
};

/* What the outside knows; all return true for yes, and may be NULL. */
struct command_world {
	bool (*in_path)(const char *name);	/* an executable in PATH? */
	bool (*is_function)(const char *name);	/* an exported bash function? */
};

struct command_conf {
	char **words;		/* COMMAND [ARG]...; NULL-terminated */
	const struct vocabulary *vocabulary;	/* borrowed; may be NULL */
	const char *shell;	/* --shell, or NULL: /bin/sh, or bash where an
				   exported function is named */
	enum command_form form;
	bool context;		/* -X: the word with {} for each value */
	bool no_args;		/* nothing is appended */
	bool warm;		/* a shell is there: all lines are for it */
	bool fed;		/* items go to its stdin, each as a line, ended */
	char end;		/* by this: so they are shown, and it is run
				   with items of no values */
	struct command_world world;
};

/* An argv in one block: n strings, each ended by a NUL. */
struct words {
	struct buf bytes;
	size_t n;
	bool line;		/* they are SHELL -c LINE NAME VALUE... */
	bool large;		/* one is longer than the system takes */
	struct buf *ends;	/* size_t: where each ends; or NULL */
};

/* What a template may refer to besides the item; all of one task. */
struct command_task {
	const struct item *item;
	uint64_t seq;		/* {#}, from 1 */
	unsigned slot;		/* {%}, from 1; 0 = not known yet */
	uint64_t total;		/* {##} */
	bool weighed;		/* only the size of the command matters: what
				   is no integer does no harm */
};

/* Why a command line was refused: an offset into words[word]. */
struct command_fault {
	size_t word, offset;
	const char *why;	/* static; NULL = all well */
	const char *advice;	/* static; what to do instead, or NULL */
	bool place;		/* why says where no value can stand */
};

struct command;

/* Returns new, or NULL with *fault set.  conf's strings must outlive it. */
struct command *command_new(const struct command_conf *conf,
    struct command_fault *fault);
void command_free(struct command *c);

/* True when no COMMAND was given: each record is a shell line. */
bool command_is_mode(const struct command *c);

/*
 * The program (or shell) that every task executes, NULL where it depends on
 * the item: when it cannot be executed, no task can be.
 */
const char *command_program(const struct command *c);

/*
 * The first word, where all tasks have the same: of an argv form, or, with
 * *line, of a line of plain words that is for a warm shell.  Else NULL.
 */
const char *command_first(const struct command *c, bool *line);

/* False for the name of a builtin that only a shell can carry out. */
bool command_is_program(const char *name);

/* True when the text does not depend on the item alone: {%} is in it. */
bool command_uses_slot(const struct command *c);

/* True when no replacement string is in it. */
bool command_is_fixed(const struct command *c);

/* True when {##} is in it. */
bool command_uses_total(const struct command *c);

/* The highest position in it, as in {3} and {-3}; 0 = none. */
size_t command_positions(const struct command *c);

/*
 * The argv for one task, in place of what w held.  Returns NULL, or a static
 * text that says why this item cannot be run (NUL in it, not an integer where
 * only one is safe): a bad item.  argv[0] of a shell form is the shell.  NULL
 * with w->n 0: a blank record in command mode, which is no task.
 */
const char *command_expand(const struct command *c,
    const struct command_task *t, struct words *w);

/* How long the shell line is in what command_expand() made; 0: there is none */
size_t command_line(const struct command *c, const struct words *w);

/*
 * Adds to b the command as a user would type it, one line that can be pasted:
 * argv form with words quoted only where a shell needs it; a shell line with
 * its values in place (bare, without "sh -c", unless it has $1 in it: only sh
 * can say what that is); in command mode the record.
 */
void command_show(const struct command *c, const struct command_task *t,
    struct buf *b);

/*
 * Is that text the whole of a command, with each value quoted?  Not of a bad
 * item, of which only the start may have been kept, or which is two for who is
 * fed with it; nor where a value is no integer inside $((...)), where no quotes
 * keep a shell from what is in it.
 */
bool command_is_whole(const struct command *c, const struct command_task *t);

/*
 * Strings outside of the command with the same replacement strings
 * (--tagstring, per-task options): text only, no quoting.
 */
struct template;
struct template *template_new(const char *text, const struct vocabulary *v);
void template_free(struct template *t);
void template_expand(const struct template *t, const struct command_task *task,
    struct buf *b);

/* The same with each value added by put, which may change it. */
void template_expand_by(const struct template *t,
    const struct command_task *task, struct buf *b,
    void (*put)(struct buf *b, const char *v, size_t n));
bool template_uses_slot(const struct template *t);
bool template_uses_total(const struct template *t);

/* How many replacement strings that insert item values it has. */
size_t template_values(const struct template *t);

/* Has it any replacement string, {#} and {%} too? */
bool template_has_refs(const struct template *t);

#endif
