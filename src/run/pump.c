/*
 * Backlog to pool, and what is over to the output.  What bounds memory also
 * bounds the starts: with -k all that is held may wait for a task that has no
 * slot, no process or no memory yet, and the pump sees to it that it gets one.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "run/coproc.h"
#include "run/state.h"

enum {
	ARGS_MAX = 6 << 20,	/* no system takes more */
	ROUNDS = 16		/* in one turn of the loop */
};

struct task *
pump_wanted(const struct coord *c)
{
	struct output *o = emit_wanted(c->emit);

	return o && queue_has(&job_of_output(o)->task) ?
	    &job_of_output(o)->task : NULL;
}

static void
print_only(struct coord *c, struct job *j)
{
	struct command_task t = outcome_view(j);
	struct buf b = { 0 };

	command_show(c->command, &t, &b);
	buf_addc(&b, '\n');
	emit_text(c->emit, &j->out, 1, b.data, b.len);
	buf_free(&b);
	j->task.result.reason = REASON_EXIT;
	outcome_settle(c, j, NULL);
}

/* How many more may end before one is delivered. */
static size_t
window_left(const struct coord *c)
{
	size_t ended = emit_held(c->emit) + c->draining + c->storing;

	return c->conf->order_window > ended ?
	    c->conf->order_window - ended : 0;
}

/*
 * The one to be started next, or NULL when none may be: the first, unless all
 * places of those that wait to be delivered, or of bytes, are taken.
 */
static struct task *
next_task(const struct coord *c)
{
	struct task *t;

	if (c->stopping || queue_length(&c->queue) == 0)
		return NULL;
	if (c->tee && !c->input_ended)
		return NULL;	/* they begin together */
	if ((t = ask_open(c->asking)) || (t = herald_open(c)) ||
	    (t = deal_task(c)))
		return t;
	if (deal_crowded(c))
		return NULL;
	if (emit_stuck(c->emit) && (t = pump_wanted(c)))
		return t;
	if (c->tee)
		return queue_first(&c->queue);
	if (c->draining + c->storing < pool_slots(c->pool) &&
	    (window_left(c) > 0 || coproc_wanted(c->coproc)))
		return queue_first(&c->queue);
	return pump_wanted(c);
}

/*
 * With -k, and priorities or retries, every slot may be taken by tasks that
 * wait on full pipes for one that has none: it gets one beside them.
 */
static void
make_way(struct coord *c)
{
	size_t n = pool_slots(c->pool);
	bool needed = !c->stopping && emit_stuck(c->emit) && pump_wanted(c) &&
	    pool_busy(c->pool) >= n;

	if (c->widened == needed)
		return;
	if (needed) {
		pool_resize(c->pool, n + 1);
		c->widened = pool_slots(c->pool) > n;
	} else if (!emit_stuck(c->emit)) {
		pool_resize(c->pool, n - 1);
		c->widened = false;
	}
}

/* How long all may be stuck, until one gets more memory, and until the end. */
static const nsec stuck_pause = 200 * MSEC, stuck_most = 10 * SEC;

/* One that waits on a full pipe holds up the input which others wait for. */
static bool
starves(struct coord *c)
{
	return c->blocks ? blocks_starve(c->blocks) :
	    c->tee && tee_starves(c);
}

static void
no_room(struct coord *c)
{
	diag("no room to hold what tasks write that read their input side by "
	    "side; is %s full?", c->conf->tmpdir);
	policy_raise(&c->policy, STATUS_PPX);
	ending_stop(c, REASON_HALT, &c->conf->ladder);
}

/*
 * The task that all wait for cannot be started, as the system has no process
 * or descriptor for it; and of those that run none will end and leave it its
 * own, when all of them wait on full pipes.  Or it waits for input that others
 * keep from coming, as they wait on such.  Then one of them goes on in
 * memory beyond the cap.  failed: a task could not be started, and is not
 * being made ready.
 */
static void
unstick(struct coord *c, bool failed)
{
	nsec now = loop_now(c->loop);
	bool starving = emit_stuck(c->emit) && !c->stopping && starves(c);

	if (!starving && (!failed || !emit_stuck(c->emit) ||
	    pump_wanted(c) == NULL ||
	    emit_waiting(c->emit) < pool_busy(c->pool) + c->draining)) {
		c->stuck = 0;
		return;
	}
	if (c->stuck == 0)
		c->stuck = now;
	if (now - c->stuck >= stuck_most && starving)
		no_room(c);
	else if (now - c->stuck >= stuck_most)
		outcome_pool_ops.broken(c, "no room for the task that all "
		    "others wait for, nor to hold what they write", 0);
	else if (now - c->stuck >= stuck_pause)
		emit_exceed(c->emit);
	loop_timer(c->loop, &c->gate_timer, now + stuck_pause);
}

/* The command line of t, or NULL when it went another way. */
static struct job *
prepare(struct coord *c, struct task *task, unsigned slot)
{
	struct job *j = job_of_task(task);
	struct command_task t;
	const char *why;

	queue_take(&c->queue, task);
	ask_forget(c->asking, task);
	herald_forget(c, task);
	deal_forget(c, task);
	clocks_taken(c, j);
	j->task.slot = slot;
	t = outcome_view(j);
	c->dir = terms_dir(c->terms, &t);
	if (c->coproc)
		why = j->fits ? NULL : coproc_unfit(c->coproc, j);
	else
		why = command_expand(c->command, &t, &c->words);
	if (why == NULL && c->coproc == NULL && c->words.bytes.len > ARGS_MAX)
		why = "the command line is too long for the system";
	if (why) {
		outcome_bad_item(c, j, why);
		return NULL;
	}
	if (c->conf->dry_run) {
		print_only(c, j);
		return NULL;
	}
	return j;
}

/*
 * The last task of all: its worker need not be told to go, which saves the
 * way there and back.  Not where workers are counted, or have more to do.
 */
static bool
is_last(const struct coord *c)
{
	return c->input_ended && queue_length(&c->queue) == 0 &&
	    c->delayed.n == 0 && !terms_may_retry(c->terms) &&
	    c->conf->min_workers < 0 && !c->conf->stats &&
	    c->conf->init == NULL && c->conf->fini == NULL &&
	    !c->warm && !c->setup.announce;
}

/* The descriptors for a task that does not start. */
static void
cancel(struct coord *c, const int *fds, size_t nfds, bool raw)
{
	if (nfds % 2)
		close(fds[nfds - 1]);
	if (!raw)
		capture_cancel(c->captures, fds);
}

/* False when there is no place for one more now. */
static bool
start_one(struct coord *c, struct task *t)
{
	struct seat *seat = pool_seat(c->pool, herald_slot(c) ?
	    herald_slot(c) : deal_slot(c), window_left(c));
	bool raw = c->conf->output == OUTPUT_RAW;
	struct job *j;
	size_t nfds = raw ? 0 : 2;
	int fds[3];

	if (seat == NULL)
		return false;
	if (hold_declined(c, t))
		return true;
	deal_name(c, t, seat);
	if (!herald_clear(c, t, seat_slot(seat)))
		return false;
	if (!raw && capture_open(c->captures, fds) < 0) {
		pool_lacks(seat, errno);
		return false;
	}
	if (job_of_task(t)->block) {
		if (!deal_ready(c, t, seat, &fds[nfds])) {
			cancel(c, fds, nfds, raw);
			return false;
		}
		nfds += fds[nfds] >= 0;
	}
	j = prepare(c, t, seat_slot(seat));
	if (j == NULL) {
		cancel(c, fds, nfds, raw);
		return true;
	}
	if (!raw)
		capture_attach(c->captures, j);
	if (j->task.attempt++ && c->conf->output != OUTPUT_LINES && !raw) {
		emit_discard(c->emit, &j->out);
		j->shown &= !c->conf->verbose_out;
	}
	j->task.sent = clock_wall();
	j->task.last = is_last(c);
	j->task.line = c->words.line &&
	    strcmp(c->words.bytes.data, c->setup.shell) == 0;
	j->task.dir = c->dir;
	herald_start(c, j);
	hold_started(c, j);
	if (j->block)
		j->block->sent = true;
	pool_run(c->pool, seat, &j->task, c->words.bytes.data,
	    c->words.bytes.len, c->words.n, fds, nfds);
	return true;
}

/* The same where it is sent to a co-process. */
static bool
ask_one(struct coord *c, struct task *t)
{
	struct job *j = job_of_task(t);
	struct talk *talk;

	/* it may be large: looked through once, if it fits */
	j->fits = j->fits || coproc_unfit(c->coproc, j) == NULL;
	if (!j->fits) {
		prepare(c, t, 1);
		return true;
	}
	talk = coproc_choose(c->coproc, t);
	if (talk == NULL)
		return false;
	prepare(c, t, coproc_slot(talk));
	if (t->attempt++)
		emit_discard(c->emit, &j->out);
	t->sent = clock_wall();
	herald_start(c, j);
	hold_started(c, j);
	coproc_ask(c->coproc, talk, j);
	return true;
}

static bool
is_timed(const struct coord *c, const struct task *t)
{
	return t->bounds.timeout || t->bounds.soft || t->idle ||
	    terms_percent(c->terms);
}

/* Runs alone, and nothing can begin beside it: it will end before others. */
static struct output *
alone(const struct coord *c)
{
	bool last = c->input_ended && queue_length(&c->queue) == 0;
	struct task *t;

	/* beside others of its semaphore it is not alone */
	if (c->draining || c->conf->output != OUTPUT_GROUP ||
	    c->conf->semaphore ||
	    (!last && pool_slots(c->pool) > 1))
		return NULL;
	t = pool_only(c->pool);
	/* our reader's pauses must not count as the task's time */
	return t && !is_timed(c, t) ? &job_of_task(t)->out : NULL;
}

void
pump_tend(struct coord *c)
{
	bool more = !c->stopping && !c->input_ended;
	size_t waiting = queue_length(&c->queue);

	/* those that are held back may not need a worker for long */
	if (waiting > 1 && gate_used(&c->gate))
		waiting = 1;
	if (!c->conf->dry_run && !c->conf->barred)
		pool_tend(c->pool, waiting, more);
}

/* Input that tasks share must not wait for one that cannot start now. */
static void
look_held(struct coord *c)
{
	if (queue_length(&c->queue) == 0 ||
	    !hold_for_end(c, next_task(c)))
		return;
	if (c->blocks)
		blocks_held(c->blocks);
	else if (c->tee)
		tee_held(c);
}

/* Is there something that no event will tell of? */
static bool
more_to_do(const struct coord *c)
{
	return c->feed_failed || c->filling.more || tee_goes_on(c) ||
	    (c->blocks && blocks_look(c->blocks)) ||
	    (intake_has_room(c) && !c->input.want);
}

bool
pump(struct coord *c)
{
	size_t held, draining, storing, rounds = 0;
	struct task *t;
	bool again, failed;

	do {
		failed = c->filling.more = false;
		intake_fill(c);
		if (c->tee)
			tee_fill(c);
		make_way(c);
		while ((t = next_task(c)) && !hold_back(c, t)) {
			if (c->conf->dry_run)
				prepare(c, t, 1);
			else if ((failed = !(c->coproc ? ask_one(c, t) :
			    start_one(c, t))))
				break;
		}
		pool_send(c->pool);
		if (c->coproc)
			coproc_work(c->coproc);
		look_held(c);
		unstick(c, failed && !c->filling.more);
		herald_go_on(c);
		pump_tend(c);
		held = emit_held(c->emit);
		draining = c->draining;
		storing = c->storing;
		emit_alone(c->emit, alone(c));
		results_work(c);
		emit_flush(c->emit);
		if (c->coproc)
			coproc_say(c->coproc, false);
		again = more_to_do(c) ||
		    (next_task(c) && (emit_held(c->emit) < held ||
		    c->draining < draining || c->storing < storing));
	} while (again && ++rounds < ROUNDS);
	if (c->results && c->storing == 0 && emit_stuck(c->emit))
		results_stuck(c);
	if (!c->log_failed && !logs_flush(c)) {
		ending_stop(c, REASON_HALT, &c->conf->ladder);
		/* What was refused has ended just now. */
		emit_flush(c->emit);
	}
	return again;
}
