/*
 * A task that is to be run again waits in a list, by a timer; it is in no slot
 * and not in the queue meanwhile, but counts as backlog.
 */
#include "config.h"

#include <string.h>

#include "run/state.h"

/* Spreads those that failed together; need not be unforeseeable. */
static uint32_t
dice(const struct job *j)
{
	uint64_t x = (uint64_t)clock_mono() ^ j->task.seq * 0x9e3779b97f4a7c15U;

	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdU;
	return (uint32_t)(x >> 32);
}

static void
leave(struct coord *c, struct job *j)
{
	list_remove(&j->node);
	c->delayed.n--;
	c->delayed.bytes -= item_size(j->task.item);
}

bool
retry_wanted(const struct coord *c, const struct job *j)
{
	return !c->stopping && j->task.attempt < j->task.retries &&
	    !j->out.passed && (j->block == NULL || block_again(j->block)) &&
	    policy_may_retry(&j->task.result);
}

void
retry_later(struct coord *c, struct job *j)
{
	nsec delay = policy_retry_delay(c->conf->retry_delay, j->task.attempt,
	    dice(j));

	if (j->block) {
		block_over(j->block);
		block_rewind(j->block);
	}
	memset(&j->task.result, 0, sizeof(j->task.result));
	j->task.sent = 0;
	j->task.returns = 0;
	j->shown = false;
	if (c->conf->output == OUTPUT_LINES)
		emit_discard(c->emit, &j->out);	/* ends its last line */
	task_set(&j->task, TASK_DELAYED);
	list_before(&c->delayed.jobs, &j->node);
	c->delayed.n++;
	c->delayed.bytes += item_size(j->task.item);
	if (delay)
		clocks_after(c, j, delay);
	else
		retry_due(c, j);
}

void
retry_due(struct coord *c, struct job *j)
{
	leave(c, j);
	queue_push(&c->queue, &j->task);
	j->patience = j->waits;
	clocks_ready(c, j);
}

void
retry_none(struct coord *c, enum reason why)
{
	while (!list_empty(&c->delayed.jobs)) {
		struct job *j = container_of(c->delayed.jobs.next, struct job,
		    node);

		leave(c, j);
		outcome_refuse(c, j, why, NULL);
	}
}
