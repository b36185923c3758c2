#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "run/ring.h"

struct ring {
	struct block **b;	/* NULL: its task reads no more */
	size_t n, cap, most;
	size_t next;		/* whose turn it is */
	size_t held;		/* so many were let go before they began */
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

static bool
is_alive(const struct block *b)
{
	return b && !b->gone;
}

static bool
any_alive(const struct ring *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (is_alive(r->b[i]))
			return true;
	return false;
}

/* May there be one more?  In place of one that was let go, when it cannot stand
   in anybody's way. */
static bool
may_grow(const struct ring *r)
{
	return r->n < r->most || (r->held && !any_alive(r));
}

bool
ring_choose(struct ring *r, struct block **to)
{
	size_t i, at;

	*to = NULL;
	if (may_grow(r))
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

static void
let_go(struct ring *r, size_t i)
{
	block_end(r->b[i]);
	r->b[i] = NULL;
	r->held++;
}

void
ring_held(struct ring *r, const struct block *open)
{
	bool others = open && !open->sent, any = false;
	size_t i;

	for (i = 0; i < r->n; i++)
		any |= is_alive(r->b[i]) && r->b[i]->sent;
	for (i = 0; any && i < r->n; i++)
		if (r->b[i] && (others ? r->b[i] != open : !r->b[i]->sent))
			let_go(r, i);
	if (any)
		r->most = r->n;
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
	if (r->n == r->most) {
		r->most++;
		r->held--;
	}
	mem_grow(&r->b, &r->cap, r->n + 1, sizeof(r->b[0]));
	r->b[r->n++] = b;
}

bool
ring_starves(const struct ring *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (is_alive(r->b[i]) && block_waiting(r->b[i]) == 0)
			return true;
	return false;
}

bool
ring_is_dead(const struct ring *r)
{
	return !may_grow(r) && !any_alive(r);
}
