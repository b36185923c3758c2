/*
 * Memory for blocks that was used before is there: a new page costs more than a
 * copy.
 */
#ifndef RUN_SHELF_H
#define RUN_SHELF_H

#include <stddef.h>

enum { SHELF = 4 };		/* memories kept for the next blocks */

/* Zero it at first. */
struct shelf {
	struct {
		char *p;
		size_t cap;
	} spare[SHELF];
	size_t n;
};

/* n bytes at least; *cap is how many they are. */
char *shelf_take(struct shelf *s, size_t n, size_t *cap);

/* Takes it back; p may be NULL. */
void shelf_give(struct shelf *s, char *p, size_t cap);

void shelf_free(struct shelf *s);

#endif
