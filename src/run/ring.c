#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "run/ring.h"

struct ring {
	struct block **b;	/* NULL: its task reads no more */
	size_t n, cap, most;
	size_t next;		/* whose turn it is */
	size_t full;
	bool strict;
};

struct ring *
ring_new(size_t most, bool strict, size_t full)
{
	struct ring *r = xcalloc(1, sizeof(*r));

	r->most = most;
	r->strict = strict;
	r->full = full;
	return r;
}

void
ring_end(struct ring *r)
{
	size_t i;

	for (i = 0; r && i < r->n; i++) {
		if (r->b[i])
			block_end(r->b[i]);
		r->b[i] = NULL;
	}
}

void
ring_free(struct ring *r)
{
	if (r == NULL)
		return;
	ring_end(r);
	free(r->b);
	free(r);
}

/* Those who read no more have no turn. */
static void
drop_gone(struct ring *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->b[i] && r->b[i]->gone) {
			block_end(r->b[i]);
			r->b[i] = NULL;
		}
}

bool
ring_choose(struct ring *r, struct block **to)
{
	size_t i, at;

	*to = NULL;
	if (r->n < r->most)
		return true;
	drop_gone(r);
	for (i = 0; i < r->n; i++) {
		at = (r->next + i) % r->n;
		if (r->b[at] == NULL)
			continue;
		if (block_waiting(r->b[at]) < r->full) {
			*to = r->b[at];
			return true;
		}
		if (r->strict)
			return false;
	}
	return false;
}

void
ring_gave(struct ring *r, const struct block *to)
{
	while (r->b[r->next] != to)
		r->next = (r->next + 1) % r->n;
	r->next = (r->next + 1) % r->n;
}

void
ring_add(struct ring *r, struct block *b)
{
	mem_grow(&r->b, &r->cap, r->n + 1, sizeof(r->b[0]));
	r->b[r->n++] = b;
}

bool
ring_is_dead(const struct ring *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->b[i] && !r->b[i]->gone)
			return false;
	return r->n == r->most;
}
