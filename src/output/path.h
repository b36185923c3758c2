/*
 * Values of items made into names of files: the paths of --results.  Pure.
 *
 * A value never adds a component, leaves a directory, or hides in another
 * one: \ becomes \\, / becomes \_, tab, newline and carriage return become
 * \t, \n and \r, other control bytes \xHH; "." and ".." get a \ before
 * them, and an empty value is \e.  No two values give the same name.  (\\, \_
 * and \t are GNU parallel's.)  A name that is too long for a file system is
 * cut, and ends in \~ and a hash of all of it.
 */
#ifndef OUTPUT_PATH_H
#define OUTPUT_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "task/item.h"

enum {
	PATH_NAME_MAX = 255,	/* bytes of a component: NAME_MAX */
	PATH_TREE_MAX = 2048	/* bytes of a tree's path, about */
};

/* Adds a value, without a bound. */
void path_value(struct buf *b, const char *v, size_t n);

/*
 * Cuts those components of b[from..) that are too long; the last one so that
 * `spare` bytes more can follow.
 */
void path_bound(struct buf *b, size_t from, size_t spare);

/*
 * Adds N/VALUE for each value of the item, with slashes between: N is its
 * name, where names has one, or its number from 1.  Of very many values the
 * last are one hash.
 */
void path_tree(struct buf *b, const struct item *it, char *const *names,
    size_t nnames, size_t spare);

/* FNV-1a, 64 bits (RFC 9923): of n bytes. */
uint64_t path_hash(const void *p, size_t n);

#endif
