/*
 * Memory that is there, or the program ends.
 *
 * ppx keeps its live memory bounded (slots, backlog, held output), so an
 * allocation that fails is beyond repair: die() says so and exits with 125.
 * Nothing here returns NULL.  Whatever is returned is freed with free(3).
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* As malloc(3), calloc(3), realloc(3); a size of 0 gives a valid pointer. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);

/* Returns new: a copy of n bytes, followed by a NUL that is not counted. */
char *xmemdup(const void *p, size_t n);
char *xstrdup(const char *s);

/*
 * Grows the array *p of *cap elements of the given size, geometrically, so
 * that it holds at least need of them.  *p may be NULL while *cap is 0.
 */
void mem_grow(void *p, size_t *cap, size_t need, size_t size);

/* The struct of the given type whose member lies at ptr. */
#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

#define container_of_const(ptr, type, member) \
	((const type *)(const void *)((const char *)(ptr) - \
	    offsetof(type, member)))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
