/*
 * Text with replacement strings, cut once into segments and expanded many
 * times.  The outside sees only what command.h declares; the lexer makes the
 * templates of shell lines.
 */
#ifndef INPUT_TEMPLATE_H
#define INPUT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/command.h"
#include "input/quote.h"

/* What of a value is inserted, or which number. */
enum value_op {
	VALUE_NONE,		/* nothing: the segment is literal text */
	VALUE_WHOLE,		/* {} */
	VALUE_STEM,		/* {.}: without its extension */
	VALUE_BASE,		/* {/}: behind the last slash */
	VALUE_DIR,		/* {//}: before it, as dirname(1) */
	VALUE_BASE_STEM,	/* {/.} */
	/* --plus */
	VALUE_PARENT,		/* {+/}: before the last slash, if any */
	VALUE_EXTENSION,	/* {+.}: what {.} cuts off, less its dot */
	VALUE_LESS_SUFFIX,	/* {%TEXT}, as ${x%TEXT} */
	VALUE_LESS_PREFIX,	/* {#TEXT} */
	VALUE_SLICE,		/* {:N} {:N:M}: from byte N, M bytes */
	VALUE_DEFAULT,		/* {:-TEXT}: for an empty value */
	/* numbers */
	VALUE_SEQ,		/* {#} */
	VALUE_SLOT,		/* {%} */
	VALUE_TOTAL		/* {##} */
};

/*
 * A replacement string: which value of the item, and what of it.  Where its
 * TEXT stands is counted from its own beginning.
 */
struct value_ref {
	enum value_op op;
	int32_t which;		/* from 1; from the last one -1; 0 = all */
	unsigned depth;		/* how many extensions: 1, with --plus to 3 */
	size_t text, ntext;
	size_t from, most;	/* VALUE_SLICE */
};

struct segment {
	size_t at, len;		/* where it stands in the template's text */
	struct value_ref ref;
	enum place place;
	bool alone;		/* quote_shown() */
	bool braced;		/* quote_commas() */
	bool many;		/* the values may be words of their own */
	unsigned word;		/* template_cut(); or 0 */
};

struct template {
	char *text;
	struct segment *seg;
	size_t n, cap;
	size_t values;		/* segments that insert an item's values */
	size_t numbers;		/* {#}, {%} and {##} */
	bool slot;		/* {%} */
	bool total;		/* {##} */
	size_t last;		/* the highest position, as in {3} */
	bool repeats;		/* some segments have a word */
};

/* Room for the longest number. */
enum { NUMBER_SIZE = 24 };

/*
 * The length of the replacement string at s[at] in s[0..n), 0 if none.  v may
 * be NULL: no options.  What is a parameter expansion with the $ before it,
 * such as ${1}, ${name} and ${#}, is the shell's and never ours.
 */
size_t template_match(const char *s, size_t n, size_t at,
    const struct vocabulary *v, struct value_ref *ref);

/* Returns new: no segments yet, over a copy of the text. */
struct template *template_over(const char *text, size_t n);

/* Adds text[at..at+len) as literal text (len may be 0), or as a reference. */
void template_add_text(struct template *t, size_t at, size_t len);
struct segment *template_add_ref(struct template *t, size_t at, size_t len,
    struct value_ref ref, enum place place);

/*
 * text[from..to) is a word that -X repeats for each value, as long as nothing
 * in it is such a word already, and it has a {} or the like.
 */
void template_cut(struct template *t, size_t from, size_t to);

/* Does the segment insert all values of the item? */
bool segment_is_all(const struct segment *seg);

/*
 * The *len bytes that the segment stands for: of the item's value i, counted
 * from 0, where the segment is one of all values; or in number.  A slot that
 * is not known yet gives "{%}".
 */
const char *template_value(const struct template *t,
    const struct segment *seg, const struct command_task *task, size_t i,
    char number[NUMBER_SIZE], size_t *len);

/* The end of the run of segments with the same word that begins at i. */
size_t template_word_end(const struct template *t, size_t i);

#endif
