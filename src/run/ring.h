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

/*
 * Those whose tasks were not sent cannot be started before one that runs ends,
 * which may wait for its turn: they are ended with what they have, and no more
 * are made while others read.  But one that is open, in the middle of a record,
 * must have its end: then it is the others that are ended.
 */
void ring_held(struct ring *r, const struct block *open);

/* Has one of them taken all that it got? */
bool ring_starves(const struct ring *r);

/* All have been made, and none reads any more. */
bool ring_is_dead(const struct ring *r);

#endif
