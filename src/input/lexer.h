/*
 * A shell line cut into literal text and replacement strings, each with the
 * quoting of the place where it stands.  Follows the grammar that POSIX sh,
 * dash and bash share (POSIX.1-2008, XCU 2.2, 2.3, 2.6).
 *
 * Where they disagree, or where the end of a construct depends on what is
 * inside it, the lexer is not sure any more of the quoting of what follows
 * and refuses every replacement string from there on.  It never guesses: a
 * value in a wrong place would be run.  Pure.
 */
#ifndef INPUT_LEXER_H
#define INPUT_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "input/template.h"

struct lexed {
	struct template *t;	/* the line; NULL after a fault */
	bool positional;	/* $1.. $@ $* $# in it, outside of '...' */
	bool many;		/* several values can be appended as words */
	const char *tail;	/* why nothing can be appended; or NULL */
	size_t offset;		/* of the fault */
	const char *why;	/* static; NULL = no fault */
	const char *advice;	/* static; or NULL */
	bool place;		/* why says where no value can stand */
};

/* What is known of where the line runs. */
struct lexer_shell {
	bool tests;		/* bash: [[ ]] is syntax, &> a redirection */
};

/* Reads line[0..n); v as in template_match(); shell may be NULL, if nothing is
   known.  out->t is new. */
void lexer_run(const char *line, size_t n, const struct vocabulary *v,
    const struct lexer_shell *shell, struct lexed *out);

#endif
