/* The heap against sorting: pushes, pops and removals from its middle. */
#include "config.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/mem.h"
#include "tap.h"

enum { N = 500, ROUNDS = 50 };

struct number {
	int value;
	struct heap_node node;
};

static struct number numbers[N];
static unsigned long long state = 42;

/* The same sequence on every system. */
static int
draw(int n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (int)((state >> 33) % (unsigned)n);
}

/* container_of() would cast the const away. */
static int
value_of(const struct heap_node *n)
{
	const void *at = (const char *)n - offsetof(struct number, node);

	return ((const struct number *)at)->value;
}

static bool
less(const struct heap_node *a, const struct heap_node *b)
{
	return value_of(a) < value_of(b);
}

static int
compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* Pops all of h and compares with want[0..n), sorted; true = equal. */
static bool
pops_as(struct heap *h, int *want, size_t n)
{
	struct heap_node *top;
	bool same = h->n == n;
	size_t i;

	qsort(want, n, sizeof(*want), compare);
	for (i = 0; (top = heap_top(h)) != NULL; i++) {
		int got = value_of(top);

		same = same && i < n && got == want[i];
		heap_remove(h, top);
		same = same && !heap_has(top);
	}
	return same && i == n;
}

/* Fills h, takes out some at random, puts some of those back. */
static bool
one_round(struct heap *h, int range)
{
	int want[N];
	size_t n = 0;
	int i;

	for (i = 0; i < N; i++) {
		numbers[i].value = draw(range);
		heap_push(h, &numbers[i].node);
	}
	for (i = 0; i < N; i++) {
		struct number *x = &numbers[draw(N)];

		heap_remove(h, &x->node);
		if (draw(2)) {
			x->value = draw(range);
			heap_push(h, &x->node);
		}
	}
	for (i = 0; i < N; i++)
		if (heap_has(&numbers[i].node))
			want[n++] = numbers[i].value;
	return pops_as(h, want, n);
}

int
main(void)
{
	struct heap h;
	int i, good = 0;

	heap_init(&h, less);
	ok(heap_top(&h) == NULL, "a new heap is empty");
	heap_remove(&h, &numbers[0].node);
	ok(heap_top(&h) == NULL, "removing what is in no heap does nothing");
	heap_push(&h, &numbers[0].node);
	ok(heap_top(&h) == &numbers[0].node && heap_has(&numbers[0].node),
	    "one element is the top");
	heap_remove(&h, &numbers[0].node);
	ok(h.n == 0 && !heap_has(&numbers[0].node), "and can be taken out");
	for (i = 0; i < ROUNDS; i++)
		good += one_round(&h, i % 2 ? 10 : 1000000);
	is_int(good, ROUNDS, "rounds of %d numbers come out sorted", (int)N);
	heap_free(&h);
	ok(heap_top(&h) == NULL, "a freed heap is empty");
	return done_testing();
}
