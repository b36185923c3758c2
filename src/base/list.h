/*
 * Intrusive doubly linked lists: the node lives in the listed struct, so a
 * task moves between lists without an allocation.  A list head is a node that
 * points to itself while the list is empty; so does a node in no list.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>

#include "base/mem.h"

struct list {
	struct list *next, *prev;
};

static inline void
list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool
list_empty(const struct list *l)
{
	return l->next == l;
}

/* Inserts node before at: list_before(&head, n) appends to the list. */
static inline void
list_before(struct list *at, struct list *node)
{
	node->next = at;
	node->prev = at->prev;
	at->prev->next = node;
	at->prev = node;
}

/* Takes node out of its list; harmless when it is in none. */
static inline void
list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* Takes out and returns the first node, NULL when the list is empty. */
static inline struct list *
list_shift(struct list *l)
{
	struct list *node = l->next;

	if (node == l)
		return NULL;
	list_remove(node);
	return node;
}

/* Safe while the body removes the node it stands on. */
#define list_each(node, after, head) \
	for ((node) = (head)->next; \
	    (after) = (node)->next, (node) != (head); (node) = (after))

#endif
