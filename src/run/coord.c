#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/signals.h"
#include "input/command.h"
#include "input/source.h"
#include "output/emit.h"
#include "output/joblog.h"
#include "output/report.h"
#include "pool/pool.h"
#include "run/capture.h"
#include "run/coord.h"
#include "run/job.h"
#include "run/policy.h"
#include "run/world.h"
#include "task/queue.h"

enum {
	BACKLOG_BYTES = 4 << 20,
	SPOOL_MEMORY = 4 << 20,
	ITEM_MAX = 128 * 1024 - 1,	/* MAX_ARG_STRLEN, without its NUL */
	ARGS_MAX = 6 << 20,		/* no system takes more */
	SHOWN = 120			/* bytes of a command in a message */
};

/* A second signal sooner than this is the same one (timeout(1) sends two). */
static const nsec second_signal = 200 * MSEC;

struct coord {
	const struct conf *conf;
	const bool *closed;
	struct loop *loop;
	struct source *source;
	struct io input;
	struct command *command;
	struct template *tag;
	struct words words;
	struct queue queue;
	struct pool *pool;
	struct emit *emit;
	struct captures *captures;
	struct joblog *joblog;
	struct policy policy;
	struct report report;
	uint64_t seq;
	char stray[160];	/* the report's hint, once it is made */
	size_t draining;	/* ended, their pipes not yet read empty */
	bool input_ended;	/* or given up */
	bool stopping;		/* nothing more is started */
	bool hurried;		/* the second signal came */
	bool failed[2];		/* our stdout, stderr take no more */
	nsec signalled, stopped_at;
};

static void stop(struct coord *c, enum reason why, const struct ladder *l);

/* --- words about a task ------------------------------------------------ */

static struct command_task
view(const struct job *j)
{
	struct command_task t = { j->task.item, j->task.seq,
	    j->task.slot ? j->task.slot : 1 };

	return t;
}

/* The task's command line, shortened, as one printable line. */
static const char *
shown(struct coord *c, const struct job *j, char text[SHOWN])
{
	struct command_task t = view(j);
	struct buf b = { 0 };

	command_show(c->command, &t, &b);
	diag_show(text, SHOWN, b.data, b.len);
	buf_free(&b);
	return text;
}

/* --- the end of a task ------------------------------------------------- */

/* A lone > or | among the words was meant for a shell, most likely. */
static const char *
stray_hint(struct coord *c)
{
	const char *word = command_stray(c->command);

	if (word && c->stray[0] == '\0')
		snprintf(c->stray, sizeof(c->stray), "%s was passed to the "
		    "command as an argument; quote the whole command to have "
		    "a shell run it", word);
	return c->stray[0] ? c->stray : NULL;
}

/* detail: why, where the result cannot say it; or NULL. */
static void
settle(struct coord *c, struct job *j, const char *detail)
{
	struct result *r = &j->task.result;
	struct command_task t = view(j);
	struct buf b = { 0 };

	task_set(&j->task, TASK_DONE);
	policy_task(&c->policy, r);
	if (report_wants(&c->report, r))
		command_show(c->command, &t, &b);
	report_add(&c->report, r, j->task.seq, b.data, b.len, detail);
	buf_free(&b);
	if (result_failed(r) && r->reason == REASON_EXIT)
		c->report.hint = stray_hint(c);
	task_set(&j->task, TASK_HELD);
	emit_end(c->emit, &j->out);
}

/* A task that will not run. */
static void
refuse(struct coord *c, struct job *j, enum reason why, const char *detail)
{
	j->task.result.reason = why;
	j->task.result.started = STARTED_NO;
	settle(c, j, detail);
}

static void
say_bad_item(const struct job *j, const char *why)
{
	char text[SHOWN];
	size_t len;
	const char *value = item_value(j->task.item, 0, &len);

	diag("item %llu cannot be run: %s: %s",
	    (unsigned long long)j->task.seq, why,
	    diag_show(text, sizeof(text), value, len));
}

static void
bad_item(struct coord *c, struct job *j, const char *why)
{
	say_bad_item(j, why);
	refuse(c, j, REASON_BAD_ITEM, why);
}

/* A fixed COMMAND that cannot be executed will not be for the next item. */
static void
no_command(struct coord *c, const struct job *j)
{
	const struct result *r = &j->task.result;
	const char *name = command_program(c->command);
	char text[SHOWN];

	if (c->stopping)
		return;
	if (name == NULL) {
		diag("task %llu cannot be executed: %s: %s",
		    (unsigned long long)j->task.seq, strerror(r->error),
		    shown(c, j, text));
		return;
	}
	diag("%s: %s", diag_show(text, sizeof(text), name, strlen(name)),
	    r->error == ENOENT ? "command not found" : strerror(r->error));
	policy_raise(&c->policy, r->code);
	stop(c, REASON_HALT, NULL);
}

static void
on_drained(void *ctx, struct job *j)
{
	struct coord *c = ctx;
	const struct result *r = &j->task.result;
	const char *detail = NULL;

	c->draining--;
	if (r->reason == REASON_EXEC)
		no_command(c, j);
	if (r->reason == REASON_BAD_ITEM) {
		detail = strerror(r->error);
		say_bad_item(j, detail);
	}
	settle(c, j, detail);
}

static void
on_ended(void *ctx, struct task *t)
{
	struct coord *c = ctx;
	struct job *j = job_of_task(t);

	c->draining++;
	capture_finish(c->captures, j);
}

static void
on_returned(void *ctx, struct task *t)
{
	struct coord *c = ctx;
	struct job *j = job_of_task(t);

	capture_drop(c->captures, j);
	if (c->stopping) {
		refuse(c, j, c->policy.sig ? REASON_INTERRUPT : REASON_HALT,
		    NULL);
		return;
	}
	queue_push(&c->queue, t);
}

static void
on_stopped(void *ctx, struct task *t, int sig)
{
	struct coord *c = ctx;
	char text[SHOWN];

	diag("task %llu was stopped by SIG%s and waits for SIGCONT: %s",
	    (unsigned long long)t->seq, signals_name(sig),
	    shown(c, job_of_task(t), text));
}

static void
on_broken(void *ctx, const char *why, int error)
{
	struct coord *c = ctx;

	diag("%s%s%s", why, error ? ": " : "", error ? strerror(error) : "");
	policy_raise(&c->policy, STATUS_PPX);
	stop(c, REASON_POOL, NULL);
}

/* --- delivered --------------------------------------------------------- */

static void
log_task(struct coord *c, const struct job *j)
{
	enum state state = result_state(&j->task.result);
	struct command_task t = view(j);
	struct buf b = { 0 };

	if (c->joblog == NULL || j->out.dropped || c->conf->dry_run ||
	    state == STATE_CANCELLED || state == STATE_NOT_STARTED)
		return;
	command_show(c->command, &t, &b);
	joblog_row(c->joblog, j->task.seq, &j->task.result,
	    j->out.bytes[0], b.data, b.len);
	buf_free(&b);
}

static void
on_delivered(void *ctx, struct output *o)
{
	struct coord *c = ctx;
	struct job *j = job_of_output(o);

	log_task(c, j);
	if (o->dropped && (o->bytes[0] || o->bytes[1]))
		c->report.dropped++;
	free(j->task.item);
	free(j);
}

static void
on_room(void *ctx, struct output *o)
{
	struct coord *c = ctx;

	capture_room(c->captures, job_of_output(o));
}

/*
 * Our reader has gone (| head): end as a program does that writes to a closed
 * pipe.  All else is output that we cannot deliver.
 */
static void
on_failed(void *ctx, int stream, int error)
{
	struct coord *c = ctx;

	c->failed[stream - 1] = true;
	if (stream == 1 && error == EPIPE && !signals_ignored(SIGPIPE)) {
		policy_signal(&c->policy, SIGPIPE);
		stop(c, REASON_INTERRUPT, &c->conf->ladder);
		return;
	}
	diag("cannot write to %s: %s: the output of the tasks is lost",
	    stream == 1 ? "stdout" : "stderr", strerror(error));
	policy_raise(&c->policy, STATUS_PPX);
	stop(c, REASON_INTERRUPT, &c->conf->ladder);
}

static void
on_notice(void *ctx, int error)
{
	struct coord *c = ctx;

	diag("no temporary file in %s: %s; going on more slowly, with fewer "
	    "outputs held", c->conf->tmpdir, strerror(error));
}

/* --- stopping ---------------------------------------------------------- */

/* Nothing more starts.  With a ladder, what runs is ended. */
static void
stop(struct coord *c, enum reason why, const struct ladder *l)
{
	struct task *t;

	if (!c->stopping && !c->input_ended)
		c->report.unread = true;
	c->stopping = true;
	c->input_ended = true;
	if (l)
		pool_end(c->pool, why, l);
	while ((t = queue_pop(&c->queue)))
		refuse(c, job_of_task(t), why, NULL);
}

static void
hurry(struct coord *c)
{
	struct ladder l = { .n = 1, .rung = { { SIGKILL, 0 } } };

	c->hurried = true;
	pool_end(c->pool, REASON_INTERRUPT, &l);
	emit_drop(c->emit);
}

static void
on_end_signal(void *ctx, int sig)
{
	struct coord *c = ctx;
	struct ladder l = ladder_for_signal(sig);
	nsec now = loop_now(c->loop);

	if (c->policy.sig == 0 || c->policy.sig == SIGPIPE) {
		policy_signal(&c->policy, sig);
		c->signalled = now;
		stop(c, REASON_INTERRUPT, &l);
	} else if (now - c->signalled >= second_signal && !c->hurried) {
		hurry(c);
	}
}

static void
on_stop_signal(void *ctx, int sig)
{
	struct coord *c = ctx;

	(void)sig;
	pool_freeze(c->pool);
}

static void
on_frozen(void *ctx)
{
	struct coord *c = ctx;
	nsec before = clock_mono();

	signals_stop(SIGTSTP);
	loop_shift(c->loop, clock_mono() - before);
	pool_thaw(c->pool);
}

static void
on_slots_signal(void *ctx, int sig)
{
	struct coord *c = ctx;
	size_t n = pool_slots(c->pool);

	pool_resize(c->pool, sig == SIGUSR1 ? n + 1 : n - 1);
}

static void
watch_signal(struct coord *c, int sig, void (*cb)(void *ctx, int sig))
{
	if (!signals_ignored(sig))
		loop_signal(c->loop, sig, cb, c);
}

static void
watch_signals(struct coord *c)
{
	signals_block(SIGPIPE);
	signals_block(SIGXFSZ);
	watch_signal(c, SIGINT, on_end_signal);
	watch_signal(c, SIGTERM, on_end_signal);
	watch_signal(c, SIGHUP, on_end_signal);
	watch_signal(c, SIGTSTP, on_stop_signal);
	watch_signal(c, SIGUSR1, on_slots_signal);
	watch_signal(c, SIGUSR2, on_slots_signal);
}

/* --- the pump: input to backlog ---------------------------------------- */

static char *
tag_of(struct coord *c, const struct job *j)
{
	struct command_task t = view(j);
	struct buf b = { 0 };
	size_t len;
	const char *value;

	if (c->tag) {
		template_expand(c->tag, &t, &b);
	} else if (c->conf->tag) {
		value = item_value(j->task.item, 0, &len);
		buf_add(&b, value, len);
	} else {
		return NULL;
	}
	return buf_steal(&b);
}

static bool
is_blank(const struct item *it)
{
	size_t len;
	const char *s = item_value(it, 0, &len);

	return it->bad == NULL && strspn(s, " \t\r\n\v\f") == len;
}

static void
new_job(struct coord *c, struct item *it)
{
	struct job *j;

	if (command_is_mode(c->command) && is_blank(it)) {
		free(it);
		return;
	}
	j = xcalloc(1, sizeof(*j));
	j->task.item = it;
	j->task.seq = ++c->seq;
	j->task.timeout = c->conf->timeout;
	emit_open(c->emit, &j->out, tag_of(c, j));
	if (it->bad)
		bad_item(c, j, it->bad);
	else
		queue_push(&c->queue, &j->task);
}

static void
input_failed(struct coord *c)
{
	int error;
	const char *name = source_error(c->source, &error);

	diag("cannot read %s: %s", name, strerror(error));
	policy_raise(&c->policy, STATUS_PPX);
	c->report.unread = c->seq > 0;
	c->input_ended = true;
}

static bool
has_room(const struct coord *c)
{
	return !c->stopping && !c->input_ended &&
	    queue_length(&c->queue) < c->conf->backlog &&
	    c->queue.bytes < BACKLOG_BYTES &&
	    emit_held(c->emit) < c->conf->order_window;
}

static void
on_input(struct io *io, int got)
{
	struct coord *c = container_of(io, struct coord, input);

	(void)got;
	source_read(c->source);
}

/* Waits for more only while there is room for it. */
static void
watch_input(struct coord *c, bool wanted)
{
	int fd = source_fd(c->source);

	if (c->input.want && (!wanted || c->input.fd != fd))
		loop_io(c->loop, &c->input, 0);
	c->input.fd = fd;
	if (wanted && fd >= 0)
		loop_io(c->loop, &c->input, IO_READ);
}

static void
fill_backlog(struct coord *c)
{
	struct item *it;
	bool wait = false;

	while (!wait && has_room(c)) {
		switch (source_next(c->source, &it)) {
		case SOURCE_ITEM:
			new_job(c, it);
			break;
		case SOURCE_WAIT:
			if (source_fd(c->source) < 0)
				source_read(c->source);
			else
				wait = true;
			break;
		case SOURCE_END:
			c->input_ended = true;
			break;
		case SOURCE_ERROR:
			input_failed(c);
			break;
		}
	}
	watch_input(c, wait);
}

/* --- the pump: backlog to pool ----------------------------------------- */

static void
show_start(struct coord *c, struct job *j)
{
	struct command_task t = view(j);
	struct buf b = { 0 };

	if (!c->conf->verbose_err && !c->conf->verbose_out)
		return;
	command_show(c->command, &t, &b);
	buf_addc(&b, '\n');
	if (c->conf->verbose_err)
		fd_write(STDERR_FILENO, b.data, b.len);
	if (c->conf->verbose_out && c->conf->output == OUTPUT_RAW)
		fd_write(STDOUT_FILENO, b.data, b.len);
	else if (c->conf->verbose_out)
		emit_text(c->emit, &j->out, 1, b.data, b.len);
	buf_free(&b);
}

static void
print_only(struct coord *c, struct job *j)
{
	struct command_task t = view(j);
	struct buf b = { 0 };

	command_show(c->command, &t, &b);
	buf_addc(&b, '\n');
	emit_text(c->emit, &j->out, 1, b.data, b.len);
	buf_free(&b);
	j->task.result.reason = REASON_EXIT;
	settle(c, j, NULL);
}

/* The command line of the first task, or NULL when it went another way. */
static struct job *
prepare(struct coord *c, unsigned slot)
{
	struct job *j = job_of_task(queue_pop(&c->queue));
	struct command_task t;
	const char *why;

	j->task.slot = slot;
	t = view(j);
	why = command_expand(c->command, &t, &c->words);
	if (why == NULL && c->words.bytes.len > ARGS_MAX)
		why = "the command line is too long for the system";
	if (why) {
		bad_item(c, j, why);
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
	return !c->stopping && queue_length(&c->queue) > 0 &&
	    emit_held(c->emit) < c->conf->order_window;
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
	show_start(c, j);
	pool_run(c->pool, seat, &j->task, c->words.bytes.data,
	    c->words.bytes.len, c->words.n, raw ? NULL : fds);
	return true;
}

static void
pump(struct coord *c)
{
	do {
		fill_backlog(c);
		while (may_start(c)) {
			if (c->conf->dry_run)
				prepare(c, 1);
			else if (!start_one(c))
				break;
		}
		emit_flush(c->emit);
	} while (has_room(c) && !c->input.want);
	if (c->joblog && joblog_flush(c->joblog) < 0 &&
	    c->policy.status != STATUS_PPX) {
		diag("cannot write to the joblog %s: %s", c->conf->joblog,
		    strerror(errno));
		policy_raise(&c->policy, STATUS_PPX);
		stop(c, REASON_HALT, &c->conf->ladder);
	}
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
	pump(c);
	while (!done(c)) {
		loop_turn(c->loop, NEVER);
		pump(c);
	}
	pool_close(c->pool);
	while (pool_members(c->pool)) {
		loop_turn(c->loop, NEVER);
		emit_flush(c->emit);
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

static const struct emit_ops emit_ops = {
	on_delivered, on_room, on_failed, on_notice
};

static const struct pool_ops pool_ops = {
	on_ended, on_returned, on_stopped, on_frozen, on_broken
};

static void
open_output(struct coord *c)
{
	struct emit_conf e = {
		.mode = emit_mode(c->conf), .tmpdir = c->conf->tmpdir,
		.memory = SPOOL_MEMORY,
		.closed = { c->closed[1], c->closed[2] },
	};
	int error = 0;

	c->emit = emit_new(c->loop, &e, &emit_ops, c);
	c->captures = captures_new(c->loop, c->emit, on_drained, c);
	if (c->conf->joblog == NULL)
		return;
	c->joblog = joblog_open(c->conf->joblog, c->conf->joblog_append,
	    &error);
	if (c->joblog == NULL)
		die("cannot open the joblog %s: %s", c->conf->joblog,
		    strerror(error));
}

static void
open_pool(struct coord *c)
{
	struct pool_conf p = {
		.slots = c->conf->jobs, .slots_max = JOBS_MAX,
		.raw = c->conf->output == OUTPUT_RAW,
		.second = c->conf->timeout == 0,
		.limits = {
			.ladder = c->conf->ladder, .leak = c->conf->leak,
			.linger = c->conf->linger,
			.shared_session = c->conf->shared_session,
		},
	};

	c->pool = pool_new(c->loop, &p, &pool_ops, c);
}

static void
open_all(struct coord *c, const struct source_conf *in)
{
	c->loop = loop_new();
	c->input.cb = on_input;
	c->input.fd = -1;
	queue_init(&c->queue);
	watch_signals(c);
	if (c->conf->tagstring)
		c->tag = template_new(c->conf->tagstring, c->conf->replace);
	open_output(c);
	open_pool(c);
	c->source = source_new(in);
}

static void
close_all(struct coord *c)
{
	watch_input(c, false);
	source_free(c->source);
	pool_free(c->pool);
	captures_free(c->captures);
	emit_free(c->emit);
	if (c->joblog)
		joblog_close(c->joblog);
	command_free(c->command);
	template_free(c->tag);
	buf_free(&c->words.bytes);
	queue_free(&c->queue);
	loop_free(c->loop);
}

static void
summarise(struct coord *c)
{
	struct buf b = { 0 };

	if (c->conf->quiet && c->policy.sig == 0)
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
