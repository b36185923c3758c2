/*
 * Syntax of a shell among several words, which no shell reads, where it can
 * hardly be meant as it stands.  Pure, but for the look into PATH.
 */
#ifndef RUN_STRAY_H
#define RUN_STRAY_H

#include "input/template.h"

/* The first such word, or NULL. */
const char *stray_syntax(char *const *words, const struct vocabulary *v);

/*
 * The first word behind the command that is an operator and nothing else, and
 * stands where it can hardly be data: what a failed run is likely to have
 * failed by.  Or NULL.
 */
const char *stray_operator(char *const *words);

/* What to say behind the advice to quote, as sh(1) does not know word; or "" */
const char *stray_shell(const char *word);

/*
 * What is bash's in a shell line (in any of its words) that sh(1) is given:
 * where sh did not understand it, it will be that.  Static; or NULL.
 */
const char *stray_bashism(char *const *words);

/* The first word with a variable of a task in it, or NULL. */
const char *stray_variable(char *const *words);

/* Would name, a word up to a blank or ;, be run by a shell? */
bool stray_is_command(const char *name);

/* Has any of the words a replacement string? */
bool stray_has_refs(char *const *words, const struct vocabulary *v);

#endif
