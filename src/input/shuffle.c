#include "config.h"

#include "input/shuffle.h"

static uint64_t
draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Below n; numbers at the upper end that would favour some are passed over. */
static uint64_t
below(uint64_t *state, uint64_t n)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;

	do
		x = draw(state);
	while (x >= limit);
	return x % n;
}

void
shuffle(struct item **v, size_t n, uint64_t seed)
{
	struct item *swap;
	size_t k;

	for (; n > 1; n--) {
		k = (size_t)below(&seed, n);
		swap = v[n - 1];
		v[n - 1] = v[k];
		v[k] = swap;
	}
}
