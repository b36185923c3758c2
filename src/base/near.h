/*
 * Is a word that is not known another one, written wrong?  For messages that
 * ask "did you mean".
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>
#include <stdint.h>

#define NEAR_NOT SIZE_MAX

/*
 * How many letters of a[0..n) are to be changed, added or left out to make b,
 * capitals being as good as small ones; NEAR_NOT where that are too many for
 * a slip.
 */
size_t near_slips(const char *a, size_t n, const char *b);

#endif
