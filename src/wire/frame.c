#include "config.h"

#include "wire/frame.h"

static void
put(struct buf *b, uint64_t v, size_t n)
{
	unsigned char *p = (unsigned char *)buf_reserve(b, n);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> (8 * i));
	b->len += n;
}

void
put_u8(struct buf *b, unsigned v)
{
	put(b, v, 1);
}

void
put_u16(struct buf *b, unsigned v)
{
	put(b, v, 2);
}

void
put_u32(struct buf *b, uint32_t v)
{
	put(b, v, 4);
}

void
put_u64(struct buf *b, uint64_t v)
{
	put(b, v, 8);
}

void
set_u32(struct buf *b, size_t at, uint32_t v)
{
	size_t len = b->len;

	b->len = at;
	put(b, v, 4);
	b->len = len;
}

struct reader
reader_of(const void *p, size_t n)
{
	struct reader r = { p, (const unsigned char *)p + n, false };

	return r;
}

static uint64_t
get(struct reader *r, size_t n)
{
	uint64_t v = 0;
	size_t i;

	if ((size_t)(r->end - r->p) < n) {
		r->bad = true;
		r->p = r->end;
		return 0;
	}
	for (i = 0; i < n; i++)
		v |= (uint64_t)r->p[i] << (8 * i);
	r->p += n;
	return v;
}

unsigned
get_u8(struct reader *r)
{
	return (unsigned)get(r, 1);
}

unsigned
get_u16(struct reader *r)
{
	return (unsigned)get(r, 2);
}

uint32_t
get_u32(struct reader *r)
{
	return (uint32_t)get(r, 4);
}

uint64_t
get_u64(struct reader *r)
{
	return get(r, 8);
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
