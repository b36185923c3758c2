/*
 * The blocks of --round-robin: one for each slot, which stay open until the
 * input ends and get in turn what would else be blocks of their own.
 */
#ifndef RUN_RING_H
#define RUN_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "run/feed.h"

struct ring;

/*
 * Returns new.  most: so many are made.  strict: each gets its turn, however
 * long it takes to read; else one that has read what it has.  full: bytes that
 * may wait for a task when it gets more.
 */
struct ring *ring_new(size_t most, bool strict, size_t full);

/* Ends all of them; r may be NULL. */
void ring_free(struct ring *r);
void ring_end(struct ring *r);

/* Who gets the next bytes: false, nobody can now.  Or one of those there are,
   or, *to NULL, a new one. */
bool ring_choose(struct ring *r, struct block **to);

/* That one got some. */
void ring_gave(struct ring *r, const struct block *to);

/* Adds it as the last. */
void ring_add(struct ring *r, struct block *b);

/* All have been made, and none reads any more. */
bool ring_is_dead(const struct ring *r);

#endif
