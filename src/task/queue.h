/*
 * The backlog: tasks that are ready to run, those of the lowest priority number
 * first, and among equals in the order of the input.  A task that comes back
 * without having begun, or to be run again, takes its old place.  Owns the
 * tasks that are in it.
 */
#ifndef TASK_QUEUE_H
#define TASK_QUEUE_H

#include <stddef.h>

#include "base/heap.h"
#include "base/mem.h"
#include "task/task.h"

struct queue {
	struct heap heap;
	size_t bytes;		/* of all items in it */
};

void queue_init(struct queue *q);

/* The queue must be empty. */
void queue_free(struct queue *q);

/* Takes t, which becomes READY. */
void queue_push(struct queue *q, struct task *t);

/* Gives the first task away, NULL when there is none; it stays READY. */
struct task *queue_pop(struct queue *q);

/* Gives t away, which is in it, from any place; it stays READY. */
void queue_take(struct queue *q, struct task *t);

/* Is t in it? */
static inline bool
queue_has(const struct task *t)
{
	return heap_has(&t->node);
}

/* The first task, which stays.  The queue must not be empty. */
static inline struct task *
queue_first(const struct queue *q)
{
	return container_of(heap_top(&q->heap), struct task, node);
}

static inline size_t
queue_length(const struct queue *q)
{
	return q->heap.n;
}

#endif
