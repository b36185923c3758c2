#include "config.h"

#include <string.h>

#include "run/median.h"

/* Where value stands among the sorted, or would stand. */
static size_t
place(const struct median *m, nsec value)
{
	size_t low = 0, high = m->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (m->sorted[mid] < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
forget(struct median *m, nsec value)
{
	size_t i = place(m, value);

	m->n--;
	memmove(m->sorted + i, m->sorted + i + 1,
	    (m->n - i) * sizeof(m->sorted[0]));
}

void
median_add(struct median *m, nsec value)
{
	size_t i;

	if (m->n == MEDIAN_SPAN)
		forget(m, m->ring[m->next]);
	i = place(m, value);
	memmove(m->sorted + i + 1, m->sorted + i,
	    (m->n - i) * sizeof(m->sorted[0]));
	m->sorted[i] = value;
	m->n++;
	m->ring[m->next] = value;
	m->next = (m->next + 1) % MEDIAN_SPAN;
}

nsec
median_of(const struct median *m)
{
	return m->n < MEDIAN_LEAST ? 0 : m->sorted[(m->n - 1) / 2];
}
