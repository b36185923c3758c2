/*
 * The backlog: tasks that are ready to run, the first of them first, in the
 * order of the input.  A task that comes back without having begun takes its
 * old place.  Owns the tasks that are in it.
 */
#ifndef TASK_QUEUE_H
#define TASK_QUEUE_H

#include <stddef.h>

#include "base/heap.h"
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

static inline size_t
queue_length(const struct queue *q)
{
	return q->heap.n;
}

#endif
