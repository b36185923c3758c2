/*
 * What is in a block.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "run/feeds.h"

struct block *
block_new(struct feeds *fs)
{
	struct block *b = xcalloc(1, sizeof(*b));

	b->of = fs;
	b->io.fd = b->out = b->file = b->fill = -1;
	b->open = true;
	return b;
}

static void
added(struct block *b)
{
	if (b->io.fd >= 0)
		block_push(b);
}

void
block_add(struct block *b, const void *p, size_t n)
{
	char *old = b->p;
	size_t first = block_again(b) ? b->from : b->at;
	size_t cap = b->cap, left = b->n - first;

	if (b->gone || n == 0)
		return;
	if (b->n + n > b->cap) {
		b->p = feeds_memory(b->of, left + n + 1, &b->cap);
		b->of->bytes += b->cap - cap;
		if (left)
			memcpy(b->p, old + first, left);
		feeds_give(b->of, old, cap);
		b->at -= first;
		b->n = left;
		b->from = 0;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
	added(b);
}

void
block_take(struct block *b, char *p, size_t at, size_t n, size_t cap)
{
	if (b->gone || b->p) {
		block_add(b, p + at, n - at);
		feeds_give(b->of, p, cap);
		return;
	}
	b->p = p;
	b->from = b->at = at;
	b->n = n;
	b->cap = cap;
	b->of->bytes += cap;
	added(b);
}

void
block_part(struct block *b, int file, off_t off, off_t len)
{
	b->file = file;
	b->off = b->begin = off;
	b->len = b->whole = len;
}

void
block_train(struct block *b, struct train *t)
{
	b->train = *t;
	*t = (struct train){ NULL, NULL, 0 };
}
