/*
 * The lexer's state, and the functions that pass over those constructs of a
 * shell line that hold no commands: '...', $'...', backquotes, ${...},
 * arithmetic, comments.  Private to lexer.c, scan.c, braces.c and arith.c.
 *
 * Each scan_ function of a construct begins at x->at, where the construct
 * begins, and leaves x->at behind it; or it leaves a fault, or a doubt.
 */
#ifndef INPUT_SCAN_H
#define INPUT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "input/level.h"
#include "input/lexer.h"

enum frame_kind {
	FRAME_LINE,		/* the line itself */
	FRAME_PAREN,		/* (...), <(...), x=(...) */
	FRAME_COMMAND,		/* $(...) */
	FRAME_DOUBLE		/* "..." */
};

struct frame {
	enum frame_kind kind;
	size_t at;
	size_t heres;		/* of the line, in front of it */
	bool part;		/* of a word: x=(...), @(...) */
	struct level level;	/* not in FRAME_DOUBLE */
};

enum { DEPTH_MAX = 32 };

/* Of commands that are values, or that braces make (struct level). */
struct made {
	bool any;
	int by;			/* the value that all of them are */
	size_t depth;		/* the least number of $( ) around one */
};

struct lexer {
	const char *s;
	size_t n, at;
	size_t text;		/* where the literal text begins */
	const struct vocabulary *vocabulary;
	struct frame stack[DEPTH_MAX];
	size_t top;
	const char *doubt;	/* why the rest is not followed any more */
	const char *tail;	/* an end that nothing can follow */
	size_t glued;		/* just behind a $NAME */
	unsigned met;		/* survey(), and what follows from made */
	struct made made, again;	/* again: of the first reading */
	struct {
		size_t from, to;
	} *words;		/* that -X can repeat, inner ones first */
	size_t nwords, cap;
	size_t heres;		/* here-documents begin with the next line */
	bool arith;		/* in $((...)) or ((...)) */
	bool unbalanced;	/* a case: its ) need no ( */
	struct lexed *out;
};

/* The line is refused; the first fault counts. */
void scan_fault(struct lexer *x, size_t at, const char *why,
    const char *advice);

/* No value can be safe at `at`. */
void scan_refuse(struct lexer *x, size_t at, const char *why);

/* The same with an advice that is good for the place itself: what is around it
   goes first. */
void scan_refuse_inside(struct lexer *x, size_t at, const char *why,
    const char *advice);

/* Use "$1" instead. */
extern const char scan_use_parameter[];

/* The value at `at` may be an option of its command. */
void scan_late(struct lexer *x, size_t at);

/* The value at `at` is in a [[ ]] that compares numbers. */
void scan_condition(struct lexer *x, size_t at);

/* The word that has ended in a [[ ]] compares numbers. */
void scan_compares(struct lexer *x);

/* Is that level in a [[ ]] that may do so behind `at`? */
bool scan_may_compare(const struct lexer *x, size_t level, size_t at);

/* Is it in an x=(...) in a substitution?  Outside of quotes in there bash 5.2
   does not read a backslash as quoting when it looks for the end. */
bool scan_in_raw_array(const struct lexer *x);

/* From here on no value is: the lexer may read the line in another way than
   the shell does. */
void scan_doubt(struct lexer *x, const char *why);

/* The rest of a line in doubt. */
void scan_doubtful(struct lexer *x);

/* The length of the replacement string at `at`; ref may be NULL. */
size_t scan_match(const struct lexer *x, size_t at, struct value_ref *ref);

/* The character at `at`, NUL at the end. */
char scan_peek(const struct lexer *x, size_t at);

/* Is it one of 0-9; one that a name can have behind its first? */
bool scan_is_digit(char c);
bool scan_in_name(char c);

/* Notes $1 and its like at `at`, which is a dollar. */
void scan_positional(struct lexer *x, size_t at);

/* The innermost unquoted level. */
struct level *scan_level(struct lexer *x);

/* A newline was passed, in whatever quoting. */
void scan_newline(struct lexer *x);

/* In the frame i a command is that value, or LEVEL_DERIVED. */
void scan_made(struct lexer *x, size_t i, int by);

/* A ) was passed that ended no word. */
void scan_behind_paren(struct level *l);

/* A replacement string: a segment, or a refusal. */
void scan_place_value(struct lexer *x, size_t at, size_t len,
    struct value_ref ref, enum place place);

/* Where the "))" of the $((...)) at `at` is; 0 if it is not that simple, or
   may be something else. */
size_t scan_arith_end(const struct lexer *x, size_t at);

/* How long the $(...) at `at` is, of words without quotes, values or
   parentheses in them; 0 if it is not that simple. */
size_t scan_plain_parens(const struct lexer *x, size_t at);

void scan_single(struct lexer *x);		/* '...' */
void scan_ansi(struct lexer *x);		/* $'...' */
void scan_backquote(struct lexer *x);		/* `...` */
void scan_braces(struct lexer *x);		/* ${...} */
void scan_arith(struct lexer *x);		/* $((...)) */
void scan_arith_command(struct lexer *x);	/* ((...)) */
void scan_name(struct lexer *x);		/* $NAME $1 $? $ */
void scan_comment(struct lexer *x);		/* # to the end of the line */

#endif
