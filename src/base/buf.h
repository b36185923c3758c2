/*
 * A growing array of bytes.  The owner frees it with buf_free(); a zeroed
 * struct is an empty buffer.  data[0..len) are the contents, not terminated
 * unless buf_str() was called last.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

#include "base/diag.h"

struct buf {
	char *data;
	size_t len, cap;
};

/* Makes room for n more bytes and returns where they go; len stays. */
char *buf_reserve(struct buf *b, size_t n);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* Drops the first n bytes; the others move to the front. */
void buf_shift(struct buf *b, size_t n);

/* Adds a NUL that is not counted and returns data. */
char *buf_str(struct buf *b);

/* Returns new: the contents with a NUL behind; the buffer is empty then. */
char *buf_steal(struct buf *b);

/* Empties the buffer and gives its memory back. */
void buf_free(struct buf *b);

#endif
