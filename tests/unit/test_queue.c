/* The backlog keeps the order: by priority, then that of the input, also for
   tasks that come back. */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "task/queue.h"

#include "tap.h"

static struct task *
task(uint64_t seq)
{
	struct task *t = xcalloc(1, sizeof(*t));

	t->seq = seq;
	t->item = item_new("abc", 3, NULL);
	return t;
}

static void
drop(struct task *t)
{
	free(t->item);
	free(t);
}

static void
priorities(void)
{
	struct task *t, *last = NULL, *some[1000];
	struct queue q;
	bool ordered = true;
	uint64_t i;

	queue_init(&q);
	for (i = 0; i < 1000; i++) {
		some[i] = task(i + 1);
		some[i]->priority = (uint32_t)(i * 7919 % 13);
		queue_push(&q, some[i]);
	}
	for (i = 0; i < 1000; i += 3) {
		queue_take(&q, some[i]);
		task_set(some[i], TASK_RUNNING);
		ordered &= !queue_has(some[i]);
		if (i % 2)
			queue_push(&q, some[i]);	/* tried again */
		else
			drop(some[i]);
	}
	for (; (t = queue_pop(&q)); last = t) {
		ordered &= last == NULL || last->priority < t->priority ||
		    (last->priority == t->priority && last->seq < t->seq);
		if (last)
			drop(last);
	}
	drop(last);
	ok(ordered, "the lower number first, and in order among equals");
	is_int((long long)q.bytes, 0, "and no bytes left");
	queue_free(&q);
}

int
main(void)
{
	struct queue q;
	struct task *t, *back;
	uint64_t i;
	bool ordered = true;

	queue_init(&q);
	ok(queue_pop(&q) == NULL, "an empty one gives nothing");
	for (i = 1; i <= 500; i++)
		queue_push(&q, task(i));
	is_int((long long)queue_length(&q), 500, "counts");
	back = queue_pop(&q);
	is_int((long long)back->seq, 1, "the first first");
	t = queue_pop(&q);
	is_int((long long)t->seq, 2, "then the second");
	task_set(back, TASK_RUNNING);
	queue_push(&q, back);
	drop(t);
	t = queue_pop(&q);
	is_int((long long)t->seq, 1, "one that comes back has its old place");
	drop(t);
	for (i = 3; i <= 500; i++) {
		t = queue_pop(&q);
		ordered &= t->seq == i;
		drop(t);
	}
	ok(ordered, "500 in order");
	is_int((long long)q.bytes, 0, "and no bytes left");
	queue_free(&q);
	priorities();
	return done_testing();
}
