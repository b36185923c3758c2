/*
 * Bytes of the protocol: fields into a buffer and out of it again, little
 * endian.  A reader never runs over its end: once anything did not fit it is
 * bad, gives zeros, and stays bad.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

void put_u8(struct buf *b, unsigned v);
void put_u16(struct buf *b, unsigned v);
void put_u32(struct buf *b, uint32_t v);
void put_u64(struct buf *b, uint64_t v);

/* Overwrites four bytes at offset at: a length known only afterwards. */
void set_u32(struct buf *b, size_t at, uint32_t v);

struct reader {
	const unsigned char *p, *end;
	bool bad;
};

struct reader reader_of(const void *p, size_t n);
unsigned get_u8(struct reader *r);
unsigned get_u16(struct reader *r);
uint32_t get_u32(struct reader *r);
uint64_t get_u64(struct reader *r);

/* All bytes that are left; borrowed from what the reader reads. */
const char *get_rest(struct reader *r, size_t *n);

/* True when nothing was short and nothing is left over. */
bool reader_done(const struct reader *r);

#endif
