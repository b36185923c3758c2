/* What becomes of a task whose worker died, by the word that it left. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "pool/pool.h"
#include "pool/worker.h"
#include "wire/message.h"

#include "tap.h"

/* Tasks: what their worker does. */
enum { LOST = 1, TOLD, HELD, BEHIND, BEFORE, AFTER, LONG };

static struct loop *loop;
static struct pool *pool;
static struct task *back;	/* what came back last */
static bool ended;		/* how: ended, or else returned */

/* What the word says of a task that is over. */
static void
note_end(struct word_end *e, const struct message *m, uint64_t task, int code)
{
	e->result.reason = REASON_EXIT;
	e->result.code = code;
	e->attempt = m->attempt;
	e->task = task;
}

/*
 * In place of the one in the library: begins the task, tells its end if that
 * is asked for, and is killed before its word says so.  One that is held is
 * over, which it has not told, and another has begun; so are BEFORE and AFTER.
 */
void
worker_main(const struct worker_conf *conf)
{
	struct pollfd p = { .fd = conf->fd, .events = POLLIN };
	struct buf b = { 0 };
	struct message m;
	char frame[4096];
	ssize_t n, used;

	poll(&p, 1, -1);
	n = read(conf->fd, frame, sizeof(frame));
	if (n <= 0 || (used = message_decode(frame, (size_t)n, &m)) <= 0)
		_exit(0);
	conf->word->attempt = m.attempt;
	conf->word->task = m.task;
	conf->word->state = WORD_RUNNING;
	if (m.task == LONG && (used < n || poll(&p, 1, -1) > 0))
		_exit(0);	/* it is to end */
	m.type = MSG_EXIT;
	memset(&m.result, 0, sizeof(m.result));
	if (m.task == HELD) {
		note_end(&conf->word->end[0], &m, HELD, 7);
		conf->word->task = BEHIND;
	}
	if (m.task == BEFORE) {
		note_end(&conf->word->end[1], &m, BEFORE, 8);
		note_end(&conf->word->end[0], &m, AFTER, 9);
		conf->word->task = BEHIND;
	}
	message_encode(&b, &m);
	if (m.task == TOLD && write(conf->fd, b.data, b.len) < 0)
		_exit(1);
	kill(getpid(), SIGKILL);
	_exit(1);
}

static void
on_ended(void *ctx, struct task *t)
{
	(void)ctx;
	back = t;
	ended = true;
	task_set(t, TASK_DONE);
	task_set(t, TASK_READY);
}

static void
on_returned(void *ctx, struct task *t)
{
	(void)ctx;
	back = t;
	ended = false;
	task_set(t, TASK_READY);
}

static const struct pool_ops ops = {
	.ended = on_ended, .returned = on_returned,
};

/* Runs the next attempt of t, until it comes back. */
static void
run(struct task *t)
{
	t->attempt++;
	back = NULL;
	pool_run(pool, pool_seat(pool, 0, SIZE_MAX), t, "x", 2, 1, NULL, 0);
	while (back == NULL)
		loop_turn(loop, NEVER);
}

static void
empty_pool(void)
{
	pool_close(pool);
	while (pool_members(pool))
		loop_turn(loop, NEVER);
	pool_free(pool);
}

/* A pool for which tasks are short. */
static void
open_short(const struct pool_conf *c)
{
	struct task first = { .seq = TOLD };

	pool = pool_new(loop, c, &ops, NULL);
	task_set(&first, TASK_READY);
	run(&first);
}

static void
close_short(const struct pool_conf *c)
{
	pool_end(pool, REASON_HALT, &c->limits.ladder);
	empty_pool();
}

/* False: there is no seat. */
static bool
run_long(struct task *t, size_t most)
{
	struct seat *seat = pool_seat(pool, 0, most);

	if (seat == NULL)
		return false;
	memset(t, 0, sizeof(*t));
	t->seq = LONG;
	task_set(t, TASK_READY);
	pool_run(pool, seat, t, "x", 2, 1, NULL, 0);
	pool_lacks(seat, EMFILE);	/* nothing waits for that */
	return true;
}

/* How many wait at the one worker, behind a task of it, with fds descriptors,
   and where they wait only while there are fewer tasks than most. */
static int
behind(size_t fds, size_t most)
{
	static const struct pool_conf conf = { .slots = 1, .slots_max = 1,
		.floor = -1, .second = true };
	struct pool_conf c = conf;
	struct task t[9];
	int n = 1;

	c.fds = fds;
	c.limits.ladder = ladder_for_signal(SIGTERM);
	open_short(&c);
	while (!run_long(&t[0], SIZE_MAX))
		loop_turn(loop, NEVER);
	while (n < 9 && run_long(&t[n], most))
		n++;
	close_short(&c);
	return n - 1;
}

/* While one waits behind another there are to be no more than most. */
static void
test_crowd(void)
{
	static const struct pool_conf conf = { .slots = 2, .slots_max = 3,
		.floor = -1, .second = true, .fds = 1000 };
	struct pool_conf c = conf;
	struct task t[4];

	c.limits.ladder = ladder_for_signal(SIGTERM);
	open_short(&c);
	while (!run_long(&t[0], 0))
		loop_turn(loop, NEVER);
	while (!run_long(&t[1], 1))
		loop_turn(loop, NEVER);
	ok(!run_long(&t[2], 2), "none stands behind others");
	ok(run_long(&t[2], 3), "one does");
	pool_resize(pool, 3);
	ok(!run_long(&t[3], 3), "nor does one begin beside it");
	ok(run_long(&t[3], 4), "one more may");
	close_short(&c);
}

static void
test_backlog(void)
{
	is_int(behind(1000, SIZE_MAX), WORKER_BACKLOG, "as many wait as may");
	is_int(behind(4 * WORKER_BACKLOG, SIZE_MAX), WORKER_BACKLOG - 1,
	    "fewer, where their pipes would take more than half");
	is_int(behind(4, SIZE_MAX), 0, "none");
	is_int(behind(3, SIZE_MAX), 0, "one that runs may take more");
	is_int(behind(1000, 3), 2, "fewer, where no more shall be there");
	is_int(behind(1000, 1), 0, "none");
	test_crowd();
}

int
main(void)
{
	struct pool_conf conf = { .slots = 1, .slots_max = 1, .raw = true,
		.floor = -1 };
	struct task lost = { .seq = LOST }, told = { .seq = TOLD },
	    held = { .seq = HELD }, before = { .seq = BEFORE },
	    after = { .seq = AFTER };
	struct seat *seat;

	loop = loop_new();
	pool = pool_new(loop, &conf, &ops, NULL);
	task_set(&lost, TASK_READY);
	task_set(&told, TASK_READY);
	task_set(&held, TASK_READY);
	task_set(&before, TASK_READY);
	task_set(&after, TASK_READY);
	run(&told);
	ok(ended && told.result.reason != REASON_LOST, "its end was told");
	run(&told);
	ok(!ended, "the next attempt has not begun at that worker");
	/* the slot rests after a death that a task was to blame for */
	while (pool_seat(pool, 0, SIZE_MAX) == NULL)
		loop_turn(loop, NEVER);
	run(&lost);
	ok(ended && lost.result.reason == REASON_LOST, "lost");
	is_int(lost.result.started, STARTED_YES, "it had begun");
	while (pool_seat(pool, 0, SIZE_MAX) == NULL)
		loop_turn(loop, NEVER);
	run(&held);
	ok(ended && held.result.reason == REASON_EXIT &&
	    held.result.code == 7, "its end was held back, and is not lost");
	run(&held);
	ok(ended && held.result.code == 7, "the next attempt's");
	before.attempt = after.attempt = 1;
	seat = pool_seat(pool, 0, SIZE_MAX);
	pool_run(pool, seat, &before, "x", 2, 1, NULL, 0);
	pool_run(pool, seat, &after, "x", 2, 1, NULL, 0);
	pool_send(pool);
	while (before.result.code == 0 || after.result.code == 0)
		loop_turn(loop, NEVER);
	ok(ended && back == &after, "two ends were held back, in order");
	is_int(before.result.code, 8, "the one before");
	is_int(after.result.code, 9, "the one after");
	empty_pool();
	test_backlog();
	loop_free(loop);
	return done_testing();
}
