/*
 * Names as a shell line may spell them: with quotes, and with braces that bash
 * expands.  Part of the lexer; pure.
 */
#ifndef INPUT_SPELT_H
#define INPUT_SPELT_H

#include <stdbool.h>
#include <stddef.h>

/* The } of the {c..f} at i in s[0..n), of letters; 0 if there is none. */
size_t spelt_sequence(const char *s, size_t i, size_t n);

/*
 * The end of the name that begins at i, were its quotes and braces taken away:
 * de\clare, decl{are,}, {d..d}eclare; or 0.
 */
size_t spelt_match(const char *s, size_t i, size_t n, const char *name);

/* The end of the word at i, as far as braces can reach. */
size_t spelt_end(const char *s, size_t i, size_t n);

/*
 * Can braces make that name of the word at i, its quotes taken away, which ends
 * at n?  {typese,-i}t.  Also true where that takes too many steps.
 */
bool spelt_gives(const char *s, size_t i, size_t n, const char *name);

#endif
