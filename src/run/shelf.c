#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "run/shelf.h"

enum {
	LEAST = 4096,
	LARGE = 64 * 1024,	/* smaller ones are no matter, */
	MOST = 64 << 20		/* and none that is larger is kept */
};

char *
shelf_take(struct shelf *s, size_t n, size_t *cap)
{
	size_t i = s->n;

	while (n > LARGE && i-- > 0) {
		char *p = s->spare[i].p;

		if (s->spare[i].cap < n || s->spare[i].cap / 4 > n)
			continue;
		*cap = s->spare[i].cap;
		s->spare[i] = s->spare[--s->n];
		return p;
	}
	*cap = n > LEAST ? n : LEAST;
	return xmalloc(*cap);
}

void
shelf_give(struct shelf *s, char *p, size_t cap)
{
	if (p == NULL || cap <= LARGE || cap > MOST || s->n == SHELF) {
		free(p);
		return;
	}
	s->spare[s->n].p = p;
	s->spare[s->n++].cap = cap;
}

void
shelf_free(struct shelf *s)
{
	while (s->n)
		free(s->spare[--s->n].p);
}
