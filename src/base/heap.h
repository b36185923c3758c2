/*
 * An intrusive binary heap: each element embeds a struct heap_node that knows
 * its place, so any element can be taken out in O(log n).  The heap owns only
 * its array of pointers.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* at is the place in the array plus one; 0 while in no heap. */
struct heap_node {
	size_t at;
};

typedef bool heap_less(const struct heap_node *a, const struct heap_node *b);

struct heap {
	struct heap_node **v;
	size_t n, cap;
	heap_less *less;
};

void heap_init(struct heap *h, heap_less *less);

/* Frees the array; the elements are their owners'. */
void heap_free(struct heap *h);

/* n must be in no heap. */
void heap_push(struct heap *h, struct heap_node *n);

/* The least element, NULL when there is none; it stays in the heap. */
struct heap_node *heap_top(const struct heap *h);

/* Takes n out; harmless when it is in no heap. */
void heap_remove(struct heap *h, struct heap_node *n);

static inline bool
heap_has(const struct heap_node *n)
{
	return n->at != 0;
}

#endif
