#include "config.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"

static uint64_t
rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static void
rounds(uint64_t v[4], unsigned n)
{
	while (n-- > 0) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

/* n bytes, 8 at most, the first of them the lowest. */
static uint64_t
word_of(const unsigned char *p, size_t n)
{
	uint64_t w = 0;

	while (n-- > 0)
		w = w << 8 | p[n];
	return w;
}

static void
absorb(uint64_t v[4], uint64_t w)
{
	v[3] ^= w;
	rounds(v, 2);
	v[0] ^= w;
}

struct hash
hash_of(const struct hash *key, const void *p, size_t n)
{
	const unsigned char *s = p;
	uint64_t v[4] = {
		key->a ^ 0x736f6d6570736575, key->b ^ 0x646f72616e646f6d ^ 0xee,
		key->a ^ 0x6c7967656e657261, key->b ^ 0x7465646279746573
	};
	uint64_t last = (uint64_t)n << 56;
	struct hash h;

	for (; n >= 8; s += 8, n -= 8)
		absorb(v, word_of(s, 8));
	absorb(v, last | word_of(s, n));
	v[2] ^= 0xee;
	rounds(v, 4);
	h.a = v[0] ^ v[1] ^ v[2] ^ v[3];
	v[1] ^= 0xdd;
	rounds(v, 4);
	h.b = v[0] ^ v[1] ^ v[2] ^ v[3];
	return h;
}

struct hash
hash_key(void)
{
	struct hash k;

	/* where there are none, chance remains, but not secrecy */
	if (getentropy(&k, sizeof(k)) < 0) {
		k.a = (uint64_t)clock_wall();
		k.b = (uint64_t)getpid();
	}
	return k;
}
