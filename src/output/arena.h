/*
 * Memory of a fixed total size, handed out in slots: what spools hold in
 * memory.  One mapping that children do not inherit (os_map), so that
 * forking a worker never copies it; pages are touched when first used.
 *
 * Slots of up to 256 bytes come in steps of 32, so a tiny output wastes at
 * most 31 bytes.  A block whose slots are all free serves any size again.
 */
#ifndef OUTPUT_ARENA_H
#define OUTPUT_ARENA_H

#include <stdbool.h>
#include <stddef.h>

enum { ARENA_SLOT = 4096 };	/* the largest slot */

struct arena;

/* Returns new.  No mapping to be had: an arena without any room. */
struct arena *arena_new(size_t size);
void arena_free(struct arena *a);

/*
 * A slot of at least n <= ARENA_SLOT bytes, *size set to what it really has;
 * NULL when there is no room.
 */
void *arena_get(struct arena *a, size_t n, size_t *size);
void arena_put(struct arena *a, void *slot);

/* Are there so many slots of the largest size? */
bool arena_has(const struct arena *a, size_t slots);

#endif
