#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/fd.h"
#include "base/os.h"
#include "run/coord.h"
#include "run/state.h"
#include "run/world.h"

enum {
	SPOOL_MEMORY = 4 << 20,
	ITEM_MAX = 128 * 1024 - 1,	/* MAX_ARG_STRLEN, without its NUL */
	ARGS_MAX = 6 << 20,		/* no system takes more */
	ROUNDS = 16			/* of the pump in one turn of the loop */
};

/* --- the pump: backlog to pool ----------------------------------------- */

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

/* The command line of the first task, or NULL when it went another way. */
static struct job *
prepare(struct coord *c, unsigned slot)
{
	struct job *j = job_of_task(queue_pop(&c->queue));
	struct command_task t;
	const char *why;

	j->task.slot = slot;
	t = outcome_view(j);
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

static bool
may_start(const struct coord *c)
{
	const struct job *first;

	if (c->stopping || queue_length(&c->queue) == 0)
		return false;
	if (c->draining < c->conf->jobs &&
	    emit_held(c->emit) < c->conf->order_window)
		return true;
	first = container_of_const(queue_first(&c->queue), struct job, task);
	return emit_needs(c->emit, &first->out);
}

/* False when there is no place for one more now. */
static bool
start_one(struct coord *c)
{
	struct seat *seat = pool_seat(c->pool);
	bool raw = c->conf->output == OUTPUT_RAW;
	struct job *j;
	int fds[2];

	if (seat == NULL)
		return false;
	if (!raw && capture_open(c->captures, fds) < 0) {
		pool_short(c->pool, errno);
		return false;
	}
	j = prepare(c, seat_slot(seat));
	if (j == NULL) {
		if (!raw)
			capture_cancel(c->captures, fds);
		return true;
	}
	if (!raw)
		capture_attach(c->captures, j);
	j->task.attempt++;
	j->task.sent = clock_wall();
	show_start(c, j);
	pool_run(c->pool, seat, &j->task, c->words.bytes.data,
	    c->words.bytes.len, c->words.n, raw ? NULL : fds);
	return true;
}

/* Runs alone, and nothing can begin beside it: it will end before others. */
static struct output *
alone(const struct coord *c)
{
	bool last = c->input_ended && queue_length(&c->queue) == 0;
	struct task *t;

	if (c->draining || (!last && pool_slots(c->pool) > 1))
		return NULL;
	t = pool_only(c->pool);
	return t ? &job_of_task(t)->out : NULL;
}

static void
joblog_failed(struct coord *c)
{
	if (c->policy.status != STATUS_PPX)
		diag("cannot write to the joblog %s: %s", c->conf->joblog,
		    strerror(errno));
	policy_raise(&c->policy, STATUS_PPX);
}

/* Returns true when there is more to do at once, but signals come first. */
static bool
pump(struct coord *c)
{
	size_t held, draining, rounds = 0;
	bool again;

	do {
		intake_fill(c);
		while (may_start(c)) {
			if (c->conf->dry_run)
				prepare(c, 1);
			else if (!start_one(c))
				break;
		}
		held = emit_held(c->emit);
		draining = c->draining;
		emit_alone(c->emit, alone(c));
		emit_flush(c->emit);
		again = (intake_has_room(c) && !c->input.want) ||
		    (may_start(c) && (emit_held(c->emit) < held ||
		    c->draining < draining));
	} while (again && ++rounds < ROUNDS);
	if (c->joblog && joblog_flush(c->joblog) < 0 &&
	    c->policy.status != STATUS_PPX) {
		joblog_failed(c);
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
	    pool_busy(c->pool) == 0 && c->draining == 0 &&
	    emit_held(c->emit) == 0;
}

static void
run(struct coord *c)
{
	bool again = pump(c);

	while (!done(c)) {
		loop_turn(c->loop, again ? 0 : NEVER);
		again = pump(c);
	}
	pool_close(c->pool);
	while (pool_members(c->pool)) {
		loop_turn(c->loop, NEVER);
		emit_flush(c->emit);
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
	switch (conf->output) {
	case OUTPUT_ORDER:
		return EMIT_ORDER;
	case OUTPUT_LINES:
		return EMIT_LINES;
	case OUTPUT_GROUP:
	case OUTPUT_RAW:
		break;
	}
	return EMIT_GROUP;
}

static void
open_output(struct coord *c)
{
	struct emit_conf e = {
		.mode = emit_mode(c->conf), .tmpdir = c->conf->tmpdir,
		.memory = SPOOL_MEMORY,
		.closed = { c->closed[1], c->closed[2] },
	};

	c->emit = emit_new(c->loop, &e, &outcome_emit_ops, c);
	c->captures = captures_new(c->loop, c->emit, outcome_drained, c);
}

static void
open_joblog(struct coord *c)
{
	int error = 0;

	if (c->conf->joblog == NULL)
		return;
	c->joblog = joblog_open(c->conf->joblog, c->conf->joblog_append,
	    &error);
	if (c->joblog == NULL)
		die("cannot open the joblog %s: %s", c->conf->joblog,
		    strerror(error));
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
open_pool(struct coord *c)
{
	struct pool_conf p = {
		.slots = c->conf->jobs, .slots_max = JOBS_MAX,
		.raw = c->conf->output == OUTPUT_RAW,
		.second = terms_are_plain(c->terms),
		.limits = {
			.ladder = c->conf->ladder, .leak = c->conf->leak,
			.linger = c->conf->linger,
			.shared_session = c->conf->shared_session,
			.soft_signal = c->conf->soft_signal,
			.strict = terms_strict(c->terms),
			.measure = c->conf->log_json != NULL,
		},
	};

	check_memory(c);
	c->pool = pool_new(c->loop, &p, &outcome_pool_ops, c);
}

static void
open_all(struct coord *c, const struct source_conf *in)
{
	c->loop = loop_new();
	c->input.fd = -1;
	queue_init(&c->queue);
	c->terms = terms_new(c->conf);
	open_joblog(c);		/* may wait, for a fifo: not yet caught */
	ending_watch(c);
	if (c->conf->tagstring)
		c->tag = template_new(c->conf->tagstring, c->conf->replace);
	open_output(c);
	open_pool(c);
	c->source = source_new(in);
}

static void
close_all(struct coord *c)
{
	intake_stop(c);
	source_free(c->source);
	pool_free(c->pool);
	captures_free(c->captures);
	emit_free(c->emit);
	if (c->joblog && joblog_close(c->joblog) < 0)
		joblog_failed(c);
	command_free(c->command);
	template_free(c->tag);
	terms_free(c->terms);
	buf_free(&c->words.bytes);
	queue_free(&c->queue);
	loop_free(c->loop);
}

static void
summarise(struct coord *c)
{
	struct buf b = { 0 };

	if (c->policy.sig == SIGPIPE || (c->conf->quiet && !c->policy.sig))
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
	struct source_conf in = {
		.words = conf->items,
		.path = conf->arg_file ? conf->arg_file : "-",
		.stdin_closed = closed[0], .delimiter = conf->delimiter,
		.skip_empty = conf->skip_empty, .limit = ITEM_MAX,
	};

	c.policy.mode = conf->exit_mode;
	c.report.spares = conf->leak == LEAK_IGNORE;
	c.command = world_command(conf);
	open_all(&c, &in);
	run(&c);
	close_all(&c);
	summarise(&c);
	if (diag_failed())
		policy_raise(&c.policy, STATUS_PPX);
	*sig = c.policy.sig;
	return policy_status(&c.policy);
}
