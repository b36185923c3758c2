#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/fd.h"
#include "base/os.h"
#include "pool/warm.h"
#include "run/coord.h"
#include "run/state.h"
#include "run/world.h"

enum {
	SPOOL_MEMORY = 4 << 20,
	SPOOL_PIPES = 24,
	FILES_ENOUGH = 1024,		/* descriptors, to have those pipes */
	ITEM_MAX = 128 * 1024 - 1,	/* MAX_ARG_STRLEN, without its NUL */
	ARGS_MAX = 6 << 20,		/* no system takes more */
	ROUNDS = 16			/* of the pump in one turn of the loop */
};

/* --- the pump: backlog to pool ----------------------------------------- */

/* The task that all that is held waits for, if it waits to be started. */
struct task *
coord_wanted(const struct coord *c)
{
	struct output *o = emit_wanted(c->emit);

	return o && queue_has(&job_of_output(o)->task) ?
	    &job_of_output(o)->task : NULL;
}

static void
show_start(struct coord *c, struct job *j)
{
	struct command_task t = outcome_view(j);
	struct buf b = { 0 };

	if (j->shown || (!c->conf->verbose_err && !c->conf->verbose_out))
		return;
	j->shown = true;	/* it may come back, not having begun */
	command_show(c->command, &t, &b);
	buf_addc(&b, '\n');
	if (c->conf->verbose_err)
		diag_raw(b.data, b.len);
	if (c->conf->verbose_out && c->conf->output == OUTPUT_RAW)
		fd_write_wait(STDOUT_FILENO, b.data, b.len);
	else if (c->conf->verbose_out)
		emit_text(c->emit, &j->out, 1, b.data, b.len);
	buf_free(&b);
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
	if ((t = ask_open(c->asking)) != NULL)
		return t;
	if (emit_stuck(c->emit) && (t = coord_wanted(c)))
		return t;
	if (c->draining + c->storing < c->conf->jobs &&
	    emit_held(c->emit) < c->conf->order_window)
		return queue_first(&c->queue);
	return coord_wanted(c);
}

/*
 * With -k, and priorities or retries, every slot may be taken by tasks that
 * wait on full pipes for one that has none: it gets one beside them.
 */
static void
make_way(struct coord *c)
{
	size_t n = pool_slots(c->pool);
	bool needed = !c->stopping && emit_stuck(c->emit) && coord_wanted(c) &&
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

/*
 * The task that all wait for cannot be started, as the system has no process
 * or descriptor for it; and of those that run none will end and leave it its
 * own, when all of them wait on full pipes.  Then one of them goes on in
 * memory beyond the cap.  failed: a task could not be started.
 */
static void
unstick(struct coord *c, bool failed)
{
	nsec now = loop_now(c->loop);

	if (!failed || !emit_stuck(c->emit) || coord_wanted(c) == NULL ||
	    emit_waiting(c->emit) < pool_busy(c->pool) + c->draining) {
		c->stuck = 0;
		return;
	}
	if (c->stuck == 0)
		c->stuck = now;
	if (now - c->stuck >= stuck_most)
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
	clocks_taken(c, j);
	j->task.slot = slot;
	t = outcome_view(j);
	c->dir = terms_dir(c->terms, &t);
	why = command_expand(c->command, &t, &c->words);
	if (why == NULL && c->words.bytes.len > ARGS_MAX)
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
	    !c->conf->warm;
}

/* False when there is no place for one more now. */
static bool
start_one(struct coord *c, struct task *t)
{
	struct seat *seat = pool_seat(c->pool);
	bool raw = c->conf->output == OUTPUT_RAW;
	struct job *j;
	int fds[2];

	if (seat == NULL)
		return false;
	if (hold_declined(c, t))
		return true;
	if (!raw && capture_open(c->captures, fds) < 0) {
		pool_short(c->pool, errno);
		return false;
	}
	j = prepare(c, t, seat_slot(seat));
	if (j == NULL) {
		if (!raw)
			capture_cancel(c->captures, fds);
		return true;
	}
	if (!raw)
		capture_attach(c->captures, j);
	if (j->task.attempt++ && c->conf->output != OUTPUT_LINES) {
		emit_discard(c->emit, &j->out);
		j->shown &= !c->conf->verbose_out;
	}
	j->task.sent = clock_wall();
	j->task.last = is_last(c);
	j->task.line = c->words.line &&
	    strcmp(c->words.bytes.data, c->setup.shell) == 0;
	j->task.dir = c->dir;
	show_start(c, j);
	hold_started(c, j);
	pool_run(c->pool, seat, &j->task, c->words.bytes.data,
	    c->words.bytes.len, c->words.n, raw ? NULL : fds);
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

/* Workers for what is left over, none for nothing. */
static void
tend(struct coord *c)
{
	bool more = !c->stopping && !c->input_ended;
	size_t waiting = queue_length(&c->queue);

	/* those that are held back may not need a worker for long */
	if (waiting > 1 && gate_used(&c->gate))
		waiting = 1;
	if (!c->conf->dry_run)
		pool_tend(c->pool, waiting, more);
}

/* Returns true when there is more to do at once, but signals come first. */
static bool
pump(struct coord *c)
{
	size_t held, draining, rounds = 0;
	struct task *t;
	bool again, failed;

	do {
		failed = false;
		intake_fill(c);
		make_way(c);
		while ((t = next_task(c)) && !hold_back(c, t)) {
			if (c->conf->dry_run)
				prepare(c, t, 1);
			else if ((failed = !start_one(c, t)))
				break;
		}
		unstick(c, failed);
		tend(c);
		held = emit_held(c->emit);
		draining = c->draining;
		emit_alone(c->emit, alone(c));
		results_work(c);
		emit_flush(c->emit);
		again = (intake_has_room(c) && !c->input.want) ||
		    (next_task(c) && (emit_held(c->emit) < held ||
		    c->draining < draining));
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

/* --- the run ----------------------------------------------------------- */

static bool
done(const struct coord *c)
{
	return c->input_ended && queue_length(&c->queue) == 0 &&
	    c->delayed.n == 0 && pool_busy(c->pool) == 0 && c->draining == 0 &&
	    c->storing == 0 && emit_held(c->emit) == 0;
}

static void
run(struct coord *c)
{
	const char *litter;
	int error;
	bool again;

	tend(c);	/* --min-workers: before the first item is read */
	again = pump(c);
	while (!done(c)) {
		loop_turn(c->loop, again ? 0 : NEVER);
		again = pump(c);
	}
	logs_note_pool(c);
	pool_close(c->pool);
	while (pool_members(c->pool)) {
		loop_turn(c->loop, NEVER);
		emit_flush(c->emit);
	}
	c->tally.unkillable += pool_unkillable(c->pool);
	litter = pool_litter(c->pool, &error);
	if (litter) {
		diag("cannot remove %s: %s", litter, strerror(error));
		policy_raise(&c->policy, STATUS_PPX);
	}
	if (pool_unkillable(c->pool)) {
		diag("%zu processes left by a worker that died could not be "
		    "killed", pool_unkillable(c->pool));
		policy_raise(&c->policy, STATUS_PPX);
	}
}

static enum emit_mode
emit_mode(const struct conf *conf)
{
	if (conf->output == OUTPUT_LINES)
		return conf->ordered ? EMIT_ORDER_LINES : EMIT_LINES;
	return conf->ordered ? EMIT_ORDER : EMIT_GROUP;
}

static void
open_output(struct coord *c)
{
	struct emit_conf e = {
		.mode = emit_mode(c->conf), .tmpdir = c->conf->tmpdir,
		.memory = SPOOL_MEMORY, .hold = terms_may_retry(c->terms),
		.closed = { c->closed[1], c->closed[2] },
	};
	int s;

	e.keep = c->results != NULL;
	for (s = 0; s < 2; s++)
		e.red[s] = c->conf->color_failed && isatty(s + 1);
	e.hold |= e.keep || c->conf->failed_only || e.red[0] || e.red[1];

	if (sysconf(_SC_OPEN_MAX) >= FILES_ENOUGH)
		e.pipes = SPOOL_PIPES;
	c->emit = emit_new(c->loop, &e, &outcome_emit_ops, c);
	c->captures = captures_new(c->loop, c->emit, &outcome_capture_ops, c);
}

/* Before anything is started: can memory be limited as it was asked for? */
static void
check_memory(const struct coord *c)
{
	int fd;

	if (c->conf->mem_limit == NULL || cgroup_mode())
		return;
	if (terms_strict(c->terms))
		die("--mem-limit %s: no cgroup with a limit of memory can be "
		    "made here", c->conf->mem_limit);
	fd = os_memory_open(getpid());
	if (fd < 0)
		die("--mem-limit: this system does not show how much memory "
		    "a process uses");
	close(fd);
}

static void
check_warm(const struct coord *c)
{
	const char *why;

	if (c->conf->warm && !c->conf->dry_run && !warm_possible(&why))
		die("--warm: %s", why);
}

static void
open_pool(struct coord *c)
{
	struct pool_conf p = {
		.slots = c->conf->jobs, .slots_max = c->tty < 0 ? JOBS_MAX : 1,
		.raw = c->conf->output == OUTPUT_RAW,
		.second = terms_are_plain(c->terms) && !gate_used(&c->gate) &&
		    c->conf->halt.when == HALT_NEVER,
		.limits = {
			.ladder = c->conf->ladder, .leak = c->conf->leak,
			.linger = c->conf->linger,
			.measure = c->conf->log_json.path != NULL,
			.shared_session = c->conf->shared_session,
			.soft_signal = c->conf->soft_signal,
			.strict = terms_strict(c->terms),
			.nice = c->conf->nice, .input = c->conf->input,
			.foreground = c->tty >= 0,
			.slot_var = c->conf->slot_var,
		},
		.floor = c->conf->min_workers,
		.max_tasks = c->conf->max_tasks,
		.max_rss = c->conf->max_rss,
		.restarts = (size_t)c->conf->max_restarts.n,
		.per = c->conf->max_restarts.per,
	};

	check_memory(c);
	check_warm(c);
	c->setup.warm = c->conf->warm;
	c->setup.init = c->conf->init || !c->conf->warm ? c->conf->init : "";
	c->setup.fini = c->conf->fini;
	c->setup.shell = c->conf->shell ? c->conf->shell : "/bin/sh";
	c->setup.timeout = c->conf->init_timeout;
	/* an empty one fails only because it was killed */
	c->setup.retry = c->conf->init_fail == INIT_RETRY ||
	    (c->conf->warm && c->conf->init == NULL);
	c->setup.tmpdir = c->conf->tmpdir;
	c->setup.tmpdir_from = c->conf->tmpdir_from;
	if (c->conf->init || c->conf->fini || c->conf->warm)
		p.setup = &c->setup;
	c->pool = pool_new(c->loop, &p, &outcome_pool_ops, c);
}

static void
open_all(struct coord *c)
{
	c->loop = loop_new();
	c->input.fd = -1;
	queue_init(&c->queue);
	list_init(&c->delayed.jobs);
	c->terms = terms_new(c->conf, &c->vocabulary);
	hold_open(c);
	logs_open(c);		/* may wait, for a fifo: not yet caught */
	ending_watch(c);
	if (c->conf->tagstring)
		c->tag = template_new(c->conf->tagstring, &c->vocabulary);
	results_open(c);
	open_output(c);
	open_pool(c);
	clocks_open(c);
	c->gather = gather_new(c->conf, c->command, c->source);
	display_open(c);
	logs_begin(c);
	results_begin(c);
}

static void
close_all(struct coord *c)
{
	intake_stop(c);
	display_close(c);
	hold_close(c);
	gather_free(c->gather);
	sources_free(c->sources);
	pool_free(c->pool);
	captures_free(c->captures);
	results_close(c);
	emit_free(c->emit);
	logs_close(c);
	resume_close(c);
	command_free(c->command);
	template_free(c->tag);
	clocks_close(c);
	terms_free(c->terms);
	buf_free(&c->words.bytes);
	queue_free(&c->queue);
	loop_free(c->loop);
}

static void
summarise(struct coord *c)
{
	struct buf b = { 0 };

	/* output that was lost is told in any case */
	if (c->policy.sig == SIGPIPE || (c->conf->quiet && !c->report.dropped))
		return;
	report_text(&c->report, &b);
	if (b.len)
		diag("%s", buf_str(&b));
	buf_free(&b);
}

int
coord_run(const struct conf *conf, const bool closed[3], int *sig)
{
	struct coord c = { .conf = conf, .closed = closed };
	nsec began = clock_mono();

	c.policy.mode = conf->exit_mode;
	c.report.spares = conf->leak == LEAK_IGNORE;
	c.vocabulary.replace = conf->replace;
	c.vocabulary.plus = conf->plus;
	c.sources = sources_open(conf, closed[0], ITEM_MAX, &c.vocabulary);
	c.source = sources_get(c.sources);
	c.command = world_command(conf, &c.vocabulary);
	open_all(&c);
	run(&c);
	close_all(&c);
	logs_stats(&c, began);
	summarise(&c);
	if (diag_failed())
		policy_raise(&c.policy, STATUS_PPX);
	*sig = c.policy.sig;
	return policy_status(&c.policy);
}
