#include "config.h"

#include "wire/frame.h"

/* Spelt out, as compilers make one store or load of it. */
static void
store32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
	p[2] = (unsigned char)(v >> 16);
	p[3] = (unsigned char)(v >> 24);
}

static uint32_t
load32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* Room for n bytes, which are there from now on. */
static unsigned char *
more(struct buf *b, size_t n)
{
	unsigned char *p = (unsigned char *)buf_reserve(b, n);

	b->len += n;
	return p;
}

void
put_u8(struct buf *b, unsigned v)
{
	*more(b, 1) = (unsigned char)v;
}

void
put_u16(struct buf *b, unsigned v)
{
	put_u8(b, v);
	put_u8(b, v >> 8);
}

void
put_u32(struct buf *b, uint32_t v)
{
	store32(more(b, 4), v);
}

void
put_u64(struct buf *b, uint64_t v)
{
	unsigned char *p = more(b, 8);

	store32(p, (uint32_t)v);
	store32(p + 4, (uint32_t)(v >> 32));
}

void
set_u32(struct buf *b, size_t at, uint32_t v)
{
	store32((unsigned char *)b->data + at, v);
}

struct reader
reader_of(const void *p, size_t n)
{
	struct reader r = { p, (const unsigned char *)p + n, false };

	return r;
}

/* The next n bytes, or NULL when there are fewer. */
static const unsigned char *
next(struct reader *r, size_t n)
{
	const unsigned char *p = r->p;

	if ((size_t)(r->end - p) < n) {
		r->bad = true;
		r->p = r->end;
		return NULL;
	}
	r->p += n;
	return p;
}

unsigned
get_u8(struct reader *r)
{
	const unsigned char *p = next(r, 1);

	return p ? *p : 0;
}

unsigned
get_u16(struct reader *r)
{
	const unsigned char *p = next(r, 2);

	return p ? p[0] | (unsigned)p[1] << 8 : 0;
}

uint32_t
get_u32(struct reader *r)
{
	const unsigned char *p = next(r, 4);

	return p ? load32(p) : 0;
}

uint64_t
get_u64(struct reader *r)
{
	const unsigned char *p = next(r, 8);

	return p ? load32(p) | (uint64_t)load32(p + 4) << 32 : 0;
}

const char *
get_rest(struct reader *r, size_t *n)
{
	const char *p = (const char *)r->p;

	*n = (size_t)(r->end - r->p);
	r->p = r->end;
	return p;
}

bool
reader_done(const struct reader *r)
{
	return !r->bad && r->p == r->end;
}
