/*
 * JSON text (RFC 8259) that any reader takes, whatever the bytes.
 *
 * Control characters are escaped; what is valid UTF-8 stays as it is.  Each
 * byte that is not part of valid UTF-8 becomes U+FFFD: JSON has no form for
 * it, and an unpaired surrogate in its place, as some programs write, is
 * refused by strict readers.  Who must not lose it adds the bytes in base64.
 */
#ifndef OUTPUT_JSON_H
#define OUTPUT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

/* The name of a member, and a comma before it unless it is the first one. */
void json_name(struct buf *b, const char *name);

/* Members of an object: the name and the value. */
void json_uint(struct buf *b, const char *name, uint64_t value);
void json_bool(struct buf *b, const char *name, bool value);
void json_null(struct buf *b, const char *name);
void json_word(struct buf *b, const char *name, const char *value);

/* A span or a moment in seconds, with so many decimals, 0..9; not negative. */
void json_seconds(struct buf *b, const char *name, nsec value, int decimals);

/* n bytes as a string in quotes; false when some became U+FFFD. */
bool json_string(struct buf *b, const void *p, size_t n);

/* The same without the quotes. */
bool json_text(struct buf *b, const void *p, size_t n);

/* How many of the last bytes may be the start of a character: when more is to
   come they are to be put together with it. */
size_t json_rest(const void *p, size_t n);

/* The same in base64 (RFC 4648, section 4). */
void json_base64(struct buf *b, const void *p, size_t n);
void json_base64_text(struct buf *b, const void *p, size_t n);	/* bare */

#endif
