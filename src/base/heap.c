#include "config.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/mem.h"

void
heap_init(struct heap *h, heap_less *less)
{
	h->v = NULL;
	h->n = h->cap = 0;
	h->less = less;
}

void
heap_free(struct heap *h)
{
	free(h->v);
	heap_init(h, h->less);
}

static void
put(struct heap *h, size_t i, struct heap_node *n)
{
	h->v[i] = n;
	n->at = i + 1;
}

static void
up(struct heap *h, size_t i, struct heap_node *n)
{
	while (i > 0 && h->less(n, h->v[(i - 1) / 2])) {
		put(h, i, h->v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(h, i, n);
}

static void
down(struct heap *h, size_t i, struct heap_node *n)
{
	for (;;) {
		size_t k = 2 * i + 1;

		if (k >= h->n)
			break;
		if (k + 1 < h->n && h->less(h->v[k + 1], h->v[k]))
			k++;
		if (!h->less(h->v[k], n))
			break;
		put(h, i, h->v[k]);
		i = k;
	}
	put(h, i, n);
}

void
heap_push(struct heap *h, struct heap_node *n)
{
	mem_grow(&h->v, &h->cap, h->n + 1, sizeof(h->v[0]));
	h->n++;
	up(h, h->n - 1, n);
}

struct heap_node *
heap_top(const struct heap *h)
{
	return h->n ? h->v[0] : NULL;
}

void
heap_remove(struct heap *h, struct heap_node *n)
{
	size_t i = n->at - 1;
	struct heap_node *last;

	if (n->at == 0)
		return;
	n->at = 0;
	last = h->v[--h->n];
	if (last == n)
		return;
	if (i > 0 && h->less(last, h->v[(i - 1) / 2]))
		up(h, i, last);
	else
		down(h, i, last);
}
