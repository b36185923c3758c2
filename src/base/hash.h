/*
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF", 2012; the wide output is that of their reference text).
 * With a key that nobody outside knows, two texts have the same hash only by
 * chance: among a thousand million texts with a probability below 10^-20; and
 * no choice of texts makes that likelier.  So equal hashes are taken for equal
 * texts.  Pure but for hash_key().
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash {
	uint64_t a, b;
};

/* The hash of n bytes under that key. */
struct hash hash_of(const struct hash *key, const void *p, size_t n);

/* A key for this run, from the system's random numbers. */
struct hash hash_key(void);

#endif
