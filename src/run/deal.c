/*
 * --pipe: its input becomes tasks that read a block each.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/fd.h"
#include "run/state.h"

enum {
	STEPS = 256,		/* at most in one go: signals come first */
	LEFT_OUT = 1000,	/* the same of blocks that are left out */
	AHEAD = 2,		/* blocks beyond those that slots can have */
	BLOCK_LEAST = 256 * 1024	/* smaller ones count as that */
};

static const nsec linger_quiet = 2 * SEC;

/* Has a block a name, which stands for {}? */
static bool
is_named(const struct coord *c)
{
	return c->conf->cat || c->conf->fifo;
}

void
deal_open(struct coord *c)
{
	c->feeds = feeds_new(c->loop, terms_may_retry(c->terms) ||
	    is_named(c), deal_failed, c);
	if (c->conf->leak == LEAK_IGNORE)
		feeds_linger(c->feeds);
	c->blocks = blocks_new(c->conf, c->closed[0], c->feeds);
}

void
deal_close(struct coord *c)
{
	size_t n = c->feeds ? feeds_cut(c->feeds) : 0;

	if (n)
		diag("--leak=ignore: what %zu task%s left behind did not get "
		    "all of %s", n, n == 1 ? "" : "s",
		    n == 1 ? "its block" : "their blocks");
	blocks_free(c->blocks);
	feeds_free(c->feeds);
}

bool
deal_crowded(const struct coord *c)
{
	size_t left = c->blocks && !blocks_in_turn(c->blocks) ?
	    feeds_left(c->feeds) : 0;

	/* what ends just now may leave something, too */
	if (left > 0 && !emit_stuck(c->emit))
		left += c->draining;
	return left > 0 && left + pool_busy(c->pool) >= pool_slots(c->pool);
}

bool
deal_has_room(const struct coord *c)
{
	size_t block = blocks_size(c->blocks);

	if (block < BLOCK_LEAST)
		block = BLOCK_LEAST;
	if (blocks_full(c->blocks) || (!blocks_in_turn(c->blocks) &&
	    feeds_left(c->feeds) >= pool_slots(c->pool)))
		return false;
	/* nothing but their own fullness holds them up: one may wait for
	   another, or for what it does */
	return blocks_in_turn(c->blocks) ||
	    feeds_bytes(c->feeds) < (pool_slots(c->pool) + AHEAD) * block;
}

void
deal_lost(struct coord *c)
{
	if (!c->feed_failed)
		return;
	c->feed_failed = false;
	diag("cannot read the input again: %s", fd_why(c->feed_error));
	policy_raise(&c->policy, STATUS_PPX);
	ending_stop(c, REASON_HALT, &c->conf->ladder);
}

void
deal_failed(void *ctx, int error)
{
	struct coord *c = ctx;

	c->feed_failed = true;
	c->feed_error = error;
}

/*
 * When no more is to be started a task that reads a block as it comes gets it
 * to its end, or it would take a part for all.  True: there is such a one.
 */
static bool
goes_on(struct coord *c)
{
	if (c->ending)
		blocks_stop(c->blocks);
	else if (c->stopping)
		blocks_finish(c->blocks);
	return blocks_passing(c->blocks) || intake_has_room(c);
}

/* True when nothing more can be done in this turn. */
static bool
deal_one(struct coord *c, bool *wait)
{
	struct block *b;

	switch (blocks_next(c->blocks, &b)) {
	case SOURCE_ITEM:
		intake_take(c, is_named(c) ? item_new("{}", 2, NULL) :
		    item_of(NULL, 0, NULL), b);
		return false;
	case SOURCE_WAIT:
		*wait = blocks_wants(c->blocks) && blocks_fd(c->blocks) >= 0;
		if (*wait || !blocks_wants(c->blocks))
			return true;
		blocks_read(c->blocks);
		return false;
	case SOURCE_END:
		if (!c->input_ended) {
			c->input_ended = true;
			ending_halt(c);
		}
		return true;
	case SOURCE_ERROR:
		if (!c->input_ended)
			intake_failed(c);
		/* who reads a part of a record must not take it for all */
		if (blocks_passing(c->blocks) && !c->ending)
			ending_stop(c, REASON_HALT, &c->conf->ladder);
		return true;
	}
	return true;
}

struct item *
deal_number(const struct job *j)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%llu",
	    (unsigned long long)j->task.seq);

	return item_new(text, (size_t)n, NULL);
}

void
deal_fill(struct coord *c)
{
	uint64_t limit = c->report.left_out + LEFT_OUT;
	bool wait = false, over = false;
	int i;

	deal_lost(c);
	for (i = 0; i < STEPS && !over && c->report.left_out < limit; i++) {
		if (!goes_on(c))
			break;
		over = deal_one(c, &wait);
	}
	intake_watch(c, wait);
}

/* The name becomes the value of the task, which waits in the queue. */
static void
set_name(struct coord *c, struct job *j, const char *path)
{
	struct item *it = item_new(path, strlen(path), NULL);

	it->number = j->task.item->number;
	c->queue.bytes += item_size(it);
	c->queue.bytes -= item_size(j->task.item);
	free(j->task.item);
	j->task.item = it;
}

/* Will there be room when others end? */
static bool
is_short(const struct coord *c, int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
	    ((error == ENOSPC || error == EDQUOT) && pool_busy(c->pool) > 0);
}

void
deal_name(struct coord *c, struct task *t, const struct seat *s)
{
	struct buf b = { 0 };

	if (c->blocks == NULL || !is_named(c))
		return;
	buf_addf(&b, "%s/%llu", seat_dir(s), (unsigned long long)t->seq);
	set_name(c, job_of_task(t), buf_str(&b));
	buf_free(&b);
}

struct task *
deal_task(const struct coord *c)
{
	return c->filling.task;
}

unsigned
deal_slot(const struct coord *c)
{
	return c->filling.task ? c->filling.slot : 0;
}

void
deal_forget(struct coord *c, const struct task *t)
{
	if (c->filling.task == t)
		c->filling.task = NULL;
}

bool
deal_lingers(struct coord *c)
{
	nsec now = loop_now(c->loop);

	if (c->feeds == NULL || c->ending || feeds_left(c->feeds) == 0)
		return false;
	if (c->lingers == 0) {
		c->lingers = now;
		loop_timer(c->loop, &c->gate_timer, now + linger_quiet);
	} else if (!c->lingers_said && now - c->lingers >= linger_quiet) {
		c->lingers_said = true;
		diag("--leak=ignore: waiting for processes that tasks left "
		    "behind to read the rest of what was for the tasks");
	}
	return true;
}

bool
deal_ready(struct coord *c, struct task *t, struct seat *s, int *in)
{
	struct job *j = job_of_task(t);
	struct buf b = { 0 };

	*in = -1;
	if (!is_named(c)) {
		*in = block_stdin(j->block);
		if (*in < 0)
			pool_lacks(s, errno);
		return *in >= 0;
	}
	buf_addf(&b, "%s/%llu", seat_dir(s), (unsigned long long)t->seq);
	if ((c->conf->cat ? block_file(j->block, buf_steal(&b)) :
	    block_fifo(j->block, buf_steal(&b))) == 0)
		return true;
	if (errno == EAGAIN && c->conf->cat) {
		c->filling.task = t;
		c->filling.slot = seat_slot(s);
		c->filling.more = true;
	} else if (errno == ENOENT) {
		/* a task has removed its worker's directory */
		deal_unready(j);
		pool_spend(s);
	} else if (errno == FD_SHORTER) {
		deal_failed(c, errno);
	} else if (is_short(c, errno)) {
		deal_unready(j);
		pool_short(c->pool, errno);
	} else {
		diag("cannot make %s: %s", j->block->path, strerror(errno));
		policy_raise(&c->policy, STATUS_PPX);
		ending_stop(c, REASON_HALT, &c->conf->ladder);
	}
	return false;
}

void
deal_unready(struct job *j)
{
	if (j->block)
		j->block->sent = false;
	if (j->block && j->block->path) {
		block_over(j->block);
		block_rewind(j->block);
	}
}
