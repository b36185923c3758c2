/*
 * Values made into text that a shell reads back as exactly those bytes.
 *
 * A value is closed into '...' wherever it stands; inside "..." those quotes
 * are left for it and opened again behind it.  That needs no escape but the
 * one for ' itself, which is no part of a longer character in any charset
 * (a backslash is, in some).  Pure.
 */
#ifndef INPUT_QUOTE_H
#define INPUT_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Where in a shell line a value stands. */
enum place {
	PLACE_TEXT,		/* no shell: as it is */
	PLACE_BARE,		/* outside of quotes */
	PLACE_DOUBLE,		/* inside "..." */
	PLACE_SINGLE,		/* inside '...' */
	PLACE_ARITH		/* inside $((...)): integers only */
};

/*
 * Adds the n bytes at v for that place.  False, and nothing added, when no
 * text is safe there: what is no integer of 64 bits in PLACE_ARITH.  Leading
 * zeros are dropped there (010 is meant as ten) and a negative number gets
 * parentheses.  v must have no NUL in it.
 */
bool quote_value(struct buf *b, enum place place, const char *v, size_t n);

/*
 * Takes the commas of the value that quote_value() added behind b->data[from]
 * out of the quotes, each with a backslash: bash removes the braces of a word
 * like {'a,b'}, but not of {'a'\,'b'}.
 */
void quote_commas(struct buf *b, size_t from);

/*
 * quote_value() to be read by people: without quotes where a shell needs none
 * in that place, and '...' for what quote_value() refuses.  alone: the
 * characters on both sides allow a bare value.
 */
void quote_shown(struct buf *b, enum place place, bool alone, const char *v,
    size_t n);

/*
 * Adds one word of a command: bare if no shell sees anything in it, else in
 * '...'.  command: it is the first word, where NAME=... and reserved words
 * mean something.
 */
void quote_word(struct buf *b, const char *s, size_t n, bool command);

/* True for a character that stands for itself in every shell. */
bool quote_is_plain(char c);

/* The length of the NAME that s[0..n) begins with; 0 if none. */
size_t quote_name(const char *s, size_t n);

/* True when s[0..n) is NAME or, with assignment, starts with NAME=, NAME+=. */
bool quote_is_name(const char *s, size_t n, bool assignment);

/* True for a word that shells reserve. */
bool quote_is_reserved(const char *s, size_t n);

#endif
