#include "config.h"

#include <assert.h>

#include "base/mem.h"
#include "task/queue.h"

static bool
before(const struct heap_node *a, const struct heap_node *b)
{
	const struct task *ta = (const struct task *)(const void *)a;
	const struct task *tb = (const struct task *)(const void *)b;

	return ta->priority != tb->priority ? ta->priority < tb->priority :
	    ta->seq < tb->seq;
}

void
queue_init(struct queue *q)
{
	heap_init(&q->heap, before);
	q->bytes = 0;
}

void
queue_free(struct queue *q)
{
	assert(q->heap.n == 0);
	heap_free(&q->heap);
}

void
queue_push(struct queue *q, struct task *t)
{
	task_set(t, TASK_READY);
	heap_push(&q->heap, &t->node);
	q->bytes += item_size(t->item);
}

void
queue_take(struct queue *q, struct task *t)
{
	heap_remove(&q->heap, &t->node);
	q->bytes -= item_size(t->item);
}

struct task *
queue_pop(struct queue *q)
{
	struct heap_node *n = heap_top(&q->heap);
	struct task *t;

	if (n == NULL)
		return NULL;
	t = container_of(n, struct task, node);
	queue_take(q, t);
	return t;
}
