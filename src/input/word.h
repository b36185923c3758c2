/*
 * What a word of a shell line is, as far as its text s[0..n) tells: an
 * assignment, a possible option.  Part of the lexer; pure.
 */
#ifndef INPUT_WORD_H
#define INPUT_WORD_H

#include <stdbool.h>
#include <stddef.h>

/* Is it that very word; one of a list that ends with NULL? */
bool word_is(const char *s, size_t n, const char *word);
bool word_in(const char *s, size_t n, const char *const *list);

/* NAME=..., NAME+=... or NAME[...]=... */
bool word_is_assignment(const char *s, size_t n);

/* A variable that evaluates, or is evaluated, or changes what words are; or
   one that is an array of the shell's own. */
bool word_is_special(const char *s, size_t n);

/* Is there an expansion in it, of a parameter, a command or braces? */
bool word_is_expanded(const char *s, size_t n);

/* Of expansions only: may it be no word at all?  In quotes only "$@" and its
   like may, and "${!x}", which may be one. */
bool word_may_vanish(const char *s, size_t n);

/* Can it be an option for all that its first character tells? */
bool word_may_be_option(const char *s, size_t n);

/* In a [[ ]]: does it compare numbers, or take the name of a variable? */
bool word_compares(const char *s, size_t n);

/* Does anything in s[0..n) look as if it did? */
bool word_may_compare(const char *s, size_t n);

/*
 * The first size characters of it less its quotes and expansions, into text:
 * \eval is eval, so is $1eval or $'\145val'.  Returns how many.
 */
size_t word_text(const char *s, size_t n, char *text, size_t size);

#endif
