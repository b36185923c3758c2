/*
 * The mapping is cut into blocks of ARENA_SLOT bytes.  A block is free, or
 * carved into slots of one class.  Its free slots are chained through their
 * first two bytes; slots behind `fresh` were never used and are in no chain.
 * Blocks of a class that have a free slot are in that class's list.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/os.h"
#include "output/arena.h"

#define NIL UINT32_MAX

enum {
	STEP = 32,		/* of the classes up to FINE bytes */
	FINE = 256,
	NFINE = FINE / STEP,
	NCLASSES = NFINE + 4,	/* 512, 1024, 2048, 4096 */
	LAST = UINT16_MAX	/* ends a chain of slots */
};

struct block {
	uint32_t next, prev;	/* in its class's list, or free (next) */
	uint16_t class;
	uint16_t used;		/* slots handed out */
	uint16_t chain;		/* first freed slot, or LAST */
	uint16_t fresh;		/* first slot never used */
};

struct arena {
	char *base;
	struct block *blocks;
	uint32_t nblocks;
	uint32_t touched;	/* blocks from here on were never used */
	uint32_t idle;		/* first of the free blocks, or NIL */
	uint32_t nidle;		/* free ones, those never used included */
	uint32_t partial[NCLASSES];
};

static size_t
class_size(unsigned class)
{
	return class < NFINE ? (class + 1) * (size_t)STEP :
	    (size_t)FINE << (class - NFINE + 1);
}

static unsigned
class_of(size_t n)
{
	unsigned class;

	if (n <= FINE)
		return n ? (unsigned)(n - 1) / STEP : 0;
	for (class = NFINE; class_size(class) < n; class++)
		continue;
	return class;
}

struct arena *
arena_new(size_t size)
{
	struct arena *a = xcalloc(1, sizeof(*a));
	void *p = NULL;

	memset(a->partial, 0xff, sizeof(a->partial));
	a->idle = NIL;
	size -= size % ARENA_SLOT;
	if (size)
		p = os_map(size, false);
	if (p == NULL)
		return a;
	a->base = p;
	a->nblocks = a->nidle = (uint32_t)(size / ARENA_SLOT);
	a->blocks = xcalloc(a->nblocks, sizeof(*a->blocks));
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	if (a->base)
		os_unmap(a->base, (size_t)a->nblocks * ARENA_SLOT);
	free(a->blocks);
	free(a);
}

static void
list_block(struct arena *a, uint32_t i)
{
	struct block *b = &a->blocks[i];
	uint32_t *head = &a->partial[b->class];

	b->prev = NIL;
	b->next = *head;
	if (*head != NIL)
		a->blocks[*head].prev = i;
	*head = i;
}

static void
unlist_block(struct arena *a, uint32_t i)
{
	struct block *b = &a->blocks[i];

	if (b->prev == NIL)
		a->partial[b->class] = b->next;
	else
		a->blocks[b->prev].next = b->next;
	if (b->next != NIL)
		a->blocks[b->next].prev = b->prev;
}

/* Takes a free block, the one used last, for the class; NIL if none. */
static uint32_t
new_block(struct arena *a, unsigned class)
{
	uint32_t i = a->idle;

	if (a->nidle == 0)
		return NIL;
	if (i != NIL)
		a->idle = a->blocks[i].next;
	else
		i = a->touched++;
	a->nidle--;
	a->blocks[i] = (struct block){ .class = (uint16_t)class,
	    .chain = LAST };
	list_block(a, i);
	return i;
}

static bool
is_full(const struct block *b)
{
	return b->chain == LAST &&
	    b->fresh == ARENA_SLOT / class_size(b->class);
}

void *
arena_get(struct arena *a, size_t n, size_t *size)
{
	unsigned class = class_of(n);
	uint32_t i = a->partial[class];
	struct block *b;
	char *slot, *start;

	if (i == NIL && (i = new_block(a, class)) == NIL)
		return NULL;
	b = &a->blocks[i];
	start = a->base + (size_t)i * ARENA_SLOT;
	*size = class_size(class);
	if (b->chain == LAST) {
		slot = start + b->fresh++ * *size;
	} else {
		slot = start + b->chain * *size;
		memcpy(&b->chain, slot, sizeof(b->chain));
	}
	b->used++;
	if (is_full(b))
		unlist_block(a, i);
	return slot;
}

void
arena_put(struct arena *a, void *slot)
{
	size_t at = (size_t)((char *)slot - a->base);
	uint32_t i = (uint32_t)(at / ARENA_SLOT);
	struct block *b = &a->blocks[i];
	bool was_full = is_full(b);

	if (--b->used == 0) {
		if (!was_full)
			unlist_block(a, i);
		b->next = a->idle;
		a->idle = i;
		a->nidle++;
		return;
	}
	memcpy(slot, &b->chain, sizeof(b->chain));
	b->chain = (uint16_t)(at % ARENA_SLOT / class_size(b->class));
	if (was_full)
		list_block(a, i);
}

bool
arena_has(const struct arena *a, size_t slots)
{
	return a->nidle >= slots;
}
