#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/signals.h"
#include "run/coproc.h"
#include "run/fate.h"
#include "run/silence.h"
#include "run/talk.h"

enum {
	UNSENT = 128 * 1024,	/* bytes that wait to be taken by a program */
	KEPT = 64 << 20		/* of all items that may have to be sent again,
				   and of what they take to be kept */
};

/* One that was silent for so long is sent no more because others are fast. */
static const nsec at_work = 10 * MSEC;

/* So soon it is seen again whether what it says can be read. */
static const nsec again = 50 * MSEC;

static void on_limit(struct timer *timer);
static const struct talk_ops talk_ops;

size_t
coproc_run(const struct coproc *k)
{
	return k->runs ? pace_run(&k->pace) : 1;
}

bool
coproc_is_open(const struct talk *t)
{
	return !t->worn && !t->doomed && !t->gone && !talk_is_shut(t);
}

/*
 * May it have these items, too?  What is in its own buffers costs us only what
 * we keep of it, to be sent again.
 */
static bool
has_room(const struct talk *t, size_t items)
{
	const struct coproc *k = t->owner;

	if (talk_is_idle(t))
		return true;
	if (pace_is_sure(&k->pace) && k->conf->window == 0 &&
	    loop_now(t->loop) - t->spoke > at_work)
		return false;
	return t->items + items <= pace_window(&k->pace) &&
	    talk_unsent(t) < UNSENT &&
	    k->bytes + k->busy * sizeof(struct job) < KEPT;
}

/* --- programs ---------------------------------------------------------- */

static struct talk *
new_talk(struct coproc *k, struct seat *seat, int fds[3])
{
	struct talk *t = talk_new();

	t->loop = k->c->loop;
	t->emit = k->c->emit;
	t->ops = &talk_ops;
	t->form = &k->conf->reply;
	t->owner = k;
	t->end = k->end;
	t->slot = seat_slot(seat);
	t->limit.cb = on_limit;
	t->watch.cb = silence_watch;
	if (talk_open(t, fds) == 0)
		return t;
	pool_short(k->c->pool, errno);
	talk_free(t);
	return NULL;
}

/* A program in the seat, or NULL where there is no room for one. */
static struct talk *
start(struct coproc *k, struct seat *seat, const struct task *first)
{
	struct coord *c = k->c;
	struct command_task view = { .item = k->none, .seq = 1,
	    .slot = seat_slot(seat) };
	struct talk *t;
	int fds[3];

	t = new_talk(k, seat, fds);
	if (t == NULL)
		return NULL;
	command_expand(c->command, &view, &c->words);
	t->task.seq = ++k->programs;
	t->task.attempt = 1;
	t->task.bounds.memory = first->bounds.memory;
	t->task.dir = terms_dir(c->terms, &view);
	task_set(&t->task, TASK_READY);
	list_before(&k->talks, &t->node);
	k->ntalks++;
	pool_run(c->pool, seat, &t->task, c->words.bytes.data,
	    c->words.bytes.len, c->words.n, fds, 3);
	return t;
}

static struct talk *
least(struct coproc *k, size_t items, bool idle)
{
	struct talk *best = NULL;
	struct list *n, *next;

	list_each(n, next, &k->talks) {
		struct talk *t = container_of(n, struct talk, node);

		if (!coproc_is_open(t) || (idle && !talk_is_idle(t)) ||
		    !has_room(t, items) || (best && best->items <= t->items))
			continue;
		best = t;
		if (talk_is_idle(t))
			break;
	}
	return best;
}

struct talk *
coproc_wanted(const struct coproc *k)
{
	struct output *o = k ? emit_wanted(k->c->emit) : NULL;

	if (o == NULL || emit_held(k->c->emit) < k->conf->order_window)
		return NULL;
	return job_of_output(o)->talk;
}

struct talk *
coproc_choose(struct coproc *k, const struct task *task)
{
	struct talk *t = coproc_wanted(k);
	struct seat *seat;

	if (t)
		return coproc_is_open(t) && has_room(t, task->items) ? t : NULL;
	t = least(k, task->items, true);
	if (t)
		return t;
	seat = k->until > loop_now(k->c->loop) ? NULL :
	    pool_seat(k->c->pool, 0, 0);
	if (seat)
		return start(k, seat, task);
	return least(k, task->items, false);
}

unsigned
coproc_slot(const struct talk *t)
{
	return t->slot;
}

void
coproc_retire(struct talk *t)
{
	talk_shut(t);
	if (talk_is_idle(t))
		silence_begin(t);
}

/* Its main process has grown too large. */
static bool
is_large(const struct talk *t)
{
	const struct coproc *k = t->owner;

	return k->conf->max_rss &&
	    pool_resident(k->c->pool, &t->task) >= k->conf->max_rss;
}

const char *
coproc_unfit(const struct coproc *k, const struct job *j)
{
	const struct item *it = j->task.item;

	if (it->records || !item_has(it, k->end))
		return NULL;
	return k->end ? "has a newline in it, which ends an item on a "
	    "co-process's stdin; give -0 if it reads to a NUL" :
	    "has a NUL byte in it";
}

void
coproc_ask(struct coproc *k, struct talk *t, struct job *j)
{
	task_set(&j->task, TASK_RUNNING);
	j->task.worker = t->task.worker;
	j->talk = t;
	j->answers = 0;
	k->busy++;
	t->taken += j->task.items;
	talk_ask(t, j);
	j->size = t->asked - j->asked;
	k->bytes += j->size;
	if (list_empty(&t->dirty))
		list_before(&k->dirty, &t->dirty);
	if (k->conf->max_tasks && t->taken >= k->conf->max_tasks)
		t->worn = true;
	silence_begin(t);
}

/* --- what it does ------------------------------------------------------ */

static void
on_head(struct talk *t, struct job *j)
{
	struct coproc *k = t->owner;

	j->began = loop_now(t->loop);
	fate_resume_line(t, j);
	if (j->task.items == 1)
		j->task.result.wall = clock_wall();
	clocks_heard(k->c, j);
	if (j->task.bounds.timeout)
		loop_timer(t->loop, &t->limit, clock_add(j->began,
		    j->task.bounds.timeout));
}

static void
on_heard(struct talk *t, struct job *j)
{
	clocks_heard(((struct coproc *)t->owner)->c, j);
}

static void
on_answered(struct talk *t, struct job *j)
{
	struct coproc *k = t->owner;
	nsec now = loop_now(t->loop);

	loop_timer_off(t->loop, &t->limit);
	t->waited = false;
	pace_answered(&k->pace, now - t->last, j->task.items,
	    talk_is_idle(t) && !talk_is_shut(t));
	silence_broken(t, j->size);
	fate_answered(k, t, j);
	if (!t->worn && is_large(t))
		t->worn = true;
	if (t->worn)
		coproc_retire(t);
}

static void
on_limit(struct timer *timer)
{
	struct talk *t = container_of(timer, struct talk, limit);
	struct job *j = talk_head(t);

	if (j == NULL || t->gone || t->doomed)
		return;
	/* what it has said and we have not heard yet is in time; and it has
	   its time anew when it had to wait for us */
	talk_listen(t);
	if (talk_head(t) != j || t->doomed)
		return;
	if (talk_waits(t))
		loop_timer(t->loop, timer, loop_now(t->loop) + again);
	else if (t->waited)
		loop_timer(t->loop, timer, clock_add(loop_now(t->loop),
		    j->task.bounds.timeout));
	else
		coproc_fail(t->owner, j, REASON_TIMEOUT);
	t->waited = talk_waits(t);
}

void
coproc_fail(struct coproc *k, struct job *j, enum reason why)
{
	struct talk *t = j->talk;

	t->doomed = true;
	talk_ignore(t);
	pool_end_task(k->c->pool, &t->task, why, &k->conf->ladder);
}

/* It will not answer all of them: it has the time of one that is to end. */
static void
on_shut(struct talk *t)
{
	t->refuses = true;
	coproc_retire(t);
	silence_begin(t);
}

/* --- the end of a turn ------------------------------------------------- */

/* Can there be items for a program that has none? */
static bool
may_come(const struct coproc *k)
{
	const struct coord *c = k->c;

	if (c->stopping)
		return false;
	return !c->input_ended || queue_length(&c->queue) || c->delayed.n ||
	    (terms_may_retry(c->terms) && k->busy);
}

/* Is it one too many, for there are fewer slots, or too few items for so many
   that are open? */
static bool
is_surplus(const struct coproc *k, const struct talk *t, size_t open)
{
	const struct coord *c = k->c;
	long floor = k->conf->min_workers;

	return t->slot > pool_slots(c->pool) || (floor >= 0 &&
	    talk_is_idle(t) && queue_length(&c->queue) == 0 &&
	    open > (size_t)floor);
}

/*
 * There is no place for outputs, and the one that all wait for is behind
 * another at its program: that one goes on.
 */
static void
make_way(const struct coproc *k)
{
	struct output *o = emit_wanted(k->c->emit);
	struct talk *t = o ? job_of_output(o)->talk : NULL;

	if (t && emit_stuck(k->c->emit) && &talk_head(t)->out != o)
		talk_room(t);
}

void
coproc_work(struct coproc *k)
{
	bool more = may_come(k);
	struct list *n, *next;
	size_t open = 0;

	make_way(k);

	k->slots = k->slots ? k->slots : pool_slots(k->c->pool);
	while ((n = list_shift(&k->dirty)))
		talk_flush(container_of(n, struct talk, dirty));
	if (more && k->conf->min_workers < 0 &&
	    pool_slots(k->c->pool) == k->slots)
		return;
	list_each(n, next, &k->talks)
		open += coproc_is_open(container_of(n, struct talk, node));
	list_each(n, next, &k->talks) {
		struct talk *t = container_of(n, struct talk, node);

		if (coproc_is_open(t) && (!more || is_surplus(k, t, open))) {
			coproc_retire(t);
			open--;
		}
	}
}

/* --- the whole --------------------------------------------------------- */

static void
on_rest(struct timer *t)
{
	(void)t;		/* the turn itself is what was wanted */
}

/* Nothing is asked for that needs each item by itself. */
static bool
may_run(const struct coproc *k, const struct coord *c)
{
	const struct conf *f = c->conf;

	return terms_are_plain(c->terms) && !gate_used(&c->gate) &&
	    !f->max_lines && f->halt.when == HALT_NEVER &&
	    !f->joblog.path && !f->log_json.path && !f->tag &&
	    !f->tagstring && !f->results && !f->files && !f->failed_only &&
	    !f->color_failed && !f->verbose_err && !f->verbose_out &&
	    !f->max_tasks &&
	    !f->dry_run && (f->delimited ? f->delimiter == (unsigned char)
	    k->end : true) && f->window != 1 && (f->reply.how == REPLY_LINE ||
	    f->reply.how == REPLY_NUL);
}

struct coproc *
coproc_open(struct coord *c)
{
	struct coproc *k;

	if (!c->conf->coproc)
		return NULL;
	if (!command_is_fixed(c->command))
		die("--coproc: COMMAND is started once for many items, so no "
		    "replacement string has a value in it; it reads them from "
		    "its stdin");
	if (terms_percent(c->terms))
		die("--coproc: --timeout needs a time, not a share of the "
		    "median");
	k = xcalloc(1, sizeof(*k));
	k->c = c;
	k->conf = c->conf;
	k->end = c->conf->delimited && c->conf->delimiter == '\0' ? '\0' :
	    '\n';
	pace_init(&k->pace, c->conf->window);
	k->runs = may_run(k, c);
	k->none = item_of(NULL, 0, NULL);
	list_init(&k->talks);
	list_init(&k->dirty);
	k->rest.cb = on_rest;
	fate_open(k);
	return k;
}

void
coproc_close(struct coproc *k)
{
	if (k == NULL)
		return;
	loop_timer_off(k->c->loop, &k->rest);
	free(k->none);
	free(k);
}

const struct pool_ops *
coproc_pool_ops(const struct coproc *k)
{
	return &k->ops;
}

void
coproc_shift(struct coproc *k, nsec by)
{
	struct list *n, *next;

	list_each(n, next, &k->talks) {
		struct talk *t = container_of(n, struct talk, node);

		t->moved += by;
		t->spoke += by;
		t->last += by;
	}
}

size_t
coproc_running(const struct coord *c)
{
	return c->coproc ? c->coproc->busy : pool_busy(c->pool);
}

void
coproc_room(struct job *j)
{
	if (j->talk)
		talk_room(j->talk);
}

static const struct talk_ops talk_ops = {
	on_head, on_heard, on_answered, fate_large, fate_remark, fate_strange,
	on_shut, fate_finished
};
