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
	VALUE_SEQ,		/* {#} */
	VALUE_SLOT		/* {%} */
};

/* A replacement string: which value of the item, and what of it. */
struct value_ref {
	enum value_op op;
	uint32_t which;
};

struct segment {
	size_t at, len;		/* where it stands in the template's text */
	struct value_ref ref;
	enum place place;
	bool alone;		/* quote_shown() */
};

struct template {
	char *text;
	struct segment *seg;
	size_t n, cap;
	size_t values;		/* segments that insert an item's values */
	size_t numbers;		/* {#} and {%} */
	bool slot;		/* {%} */
};

/* Room for the longest number. */
enum { NUMBER_SIZE = 24 };

/*
 * The length of the replacement string that s[0..n) begins with, 0 if none.
 * v may be NULL: no options.
 */
size_t template_match(const char *s, size_t n, const struct vocabulary *v,
    struct value_ref *ref);

/* Returns new: no segments yet, over a copy of the text. */
struct template *template_over(const char *text, size_t n);

/* Adds text[at..at+len) as literal text (len may be 0), or as a reference. */
void template_add_text(struct template *t, size_t at, size_t len);
struct segment *template_add_ref(struct template *t, size_t at, size_t len,
    struct value_ref ref, enum place place);

/*
 * The *len bytes that ref stands for: in the item, or in number.  A slot that
 * is not known yet gives "{%}".
 */
const char *template_value(const struct value_ref *ref,
    const struct command_task *task, char number[NUMBER_SIZE], size_t *len);

#endif
