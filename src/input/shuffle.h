/*
 * A random order that a seed decides: Fisher and Yates' shuffle (Knuth, The
 * Art of Computer Programming 2, algorithm P) over the numbers of splitmix64
 * (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators,
 * 2014).  Pure; the same on all machines.  Not for secrets.
 */
#ifndef INPUT_SHUFFLE_H
#define INPUT_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

#include "task/item.h"

/* Puts the n items at v into an order; all orders are as likely. */
void shuffle(struct item **v, size_t n, uint64_t seed);

#endif
