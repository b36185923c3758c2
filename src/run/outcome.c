#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/signals.h"
#include "input/quote.h"
#include "pool/spawn.h"
#include "run/coproc.h"
#include "run/state.h"
#include "run/stray.h"

enum {
	SHOWN = 120	/* bytes of a command in a message */
};

/* --- words about a task ------------------------------------------------ */

struct command_task
outcome_view(const struct job *j)
{
	struct command_task t = { j->task.item, j->task.seq,
	    j->task.slot ? j->task.slot : 1, j->of->total,
	    false };

	return t;
}

/* The task's command line, shortened, as one printable line. */
static const char *
shown(struct coord *c, const struct job *j, char text[SHOWN])
{
	struct command_task t = outcome_view(j);
	struct buf b = { 0 };

	command_show(c->command, &t, &b);
	diag_show(text, SHOWN, b.data, b.len);
	buf_free(&b);
	return text;
}

/* --- the end of a task ------------------------------------------------- */

/* A lone > or | among the words was meant for a shell, most likely. */
static const char *
say_operator(const struct coord *c)
{
	return c->conf->choice != COMMAND_AUTO || c->hinted ? NULL :
	    stray_operator(c->conf->command);
}

/* A shell line that /bin/sh could not read, or whose command is none. */
static const char *
say_bashism(const struct coord *c, const struct result *r)
{
	const struct conf *conf = c->conf;
	const char *program = command_program(c->command);
	bool line = conf->command[0] && (conf->choice == COMMAND_SHELL ||
	    conf->command[1] == NULL);

	return line && (r->code == 2 || r->code == 127) && program &&
	    conf->shell == NULL && strcmp(program, "/bin/sh") == 0 ?
	    stray_bashism(conf->command) : NULL;
}

/* What a task that failed makes likely, once. */
static const char *
stray_hint(struct coord *c, const struct result *r)
{
	const char *word;

	if (c->stray[0])
		return c->stray;
	if ((word = say_operator(c)) != NULL)
		snprintf(c->stray, sizeof(c->stray), "%s was passed to the "
		    "command as an argument; if a shell is to see it, quote "
		    "the whole command%s", word,
		    c->conf->shell ? "" : stray_shell(word));
	else if ((word = say_bashism(c, r)) != NULL)
		snprintf(c->stray, sizeof(c->stray), "\"%.*s\" is syntax of "
		    "bash, and /bin/sh ran the line; give --shell bash",
		    (int)strlen(word) - (word[strlen(word) - 1] == ' '), word);
	return c->stray[0] ? c->stray : NULL;
}

/* No worker may have told. */
static void
set_times(struct job *j)
{
	struct result *r = &j->task.result;

	if (r->wall)
		return;
	r->wall = j->task.sent ? j->task.sent : clock_wall();
	r->ran = clock_wall() - r->wall;
}

void
outcome_attempt(struct coord *c, struct job *j, bool last)
{
	j->untried = j->task.attempt == j->told;
	j->told = j->task.attempt;
	if (!j->untried)
		tally_attempt(&c->tally, &j->task.result);
	if (last)
		tally_task(&c->tally, &j->task);
	else
		logs_attempt(c, j, false);
}

/* The limit of time that j has reached, if it was that. */
static nsec
limit_of(const struct job *j)
{
	if (j->task.result.reason == REASON_IDLE)
		return j->task.idle;
	return j->limit ? j->limit : j->task.bounds.timeout;
}

static void
report(struct coord *c, const struct job *j, bool last, const char *detail)
{
	const struct task *t = &j->task;
	struct command_task view = outcome_view(j);
	struct buf b = { 0 };
	struct report_task one = {
		.result = &t->result, .seq = t->seq, .attempts = t->attempt,
		.limit = limit_of(j), .memory = t->bounds.memory,
		.detail = detail, .more = t->items - 1,
	};

	if (report_wants(&c->report, &t->result)) {
		command_show(c->command, &view, &b);
		one.what = b.data;
		one.n = b.len;
	}
	report_left(&c->report, &one);
	if (last)
		report_add(&c->report, &one);
	buf_free(&b);
}

void
outcome_settle(struct coord *c, struct job *j, const char *detail)
{
	struct result *r = &j->task.result;

	loop_timer_off(c->loop, &j->timer);
	block_release(j->block);
	j->block = NULL;
	ask_forget(c->asking, &j->task);
	herald_forget(c, &j->task);
	deal_forget(c, &j->task);
	task_set(&j->task, TASK_DONE);
	set_times(j);
	outcome_attempt(c, j, true);
	policy_task(&c->policy, r);
	if (result_state(r) == STATE_OK)
		c->policy.ok += j->task.items - 1;
	report(c, j, true, detail);
	display_ended(c, r);
	if (result_failed(r) && r->reason == REASON_EXIT)
		c->report.hint = stray_hint(c, r);
	task_set(&j->task, TASK_HELD);
	j->out.red = c->conf->color_failed && result_failed(r);
	if (!results_take(c, j))
		emit_end(c->emit, &j->out);
	ending_halt(c);
}

void
outcome_refuse(struct coord *c, struct job *j, enum reason why,
    const char *detail)
{
	j->task.result.reason = why;
	j->task.result.started = j->task.attempt ? STARTED_YES : STARTED_NO;
	outcome_settle(c, j, detail);
}

static void
say_bad_item(const struct job *j, const char *why)
{
	const struct item *it = j->task.item;
	uint64_t number = it->number ? it->number : j->task.seq;
	char text[SHOWN];
	struct buf b = { 0 };

	item_show(it, &b);
	diag("item %" PRIu64 " cannot be run: %s: %s", number, why,
	    diag_show(text, sizeof(text), buf_str(&b), b.len));
	buf_free(&b);
}

/* A list of find -print0, most likely. */
static bool
lacks_null(const struct job *j)
{
	const struct conf *conf = j->of->conf;

	return conf->delimiter == '\n' && !conf->split_words &&
	    conf->resume != RETRY_FAILED && item_has(j->task.item, '\0');
}

void
outcome_bad_item(struct coord *c, struct job *j, const char *why)
{
	say_bad_item(j, why);
	if (lacks_null(j))
		c->report.hint = "do the records end in a NUL? then give -0";
	outcome_refuse(c, j, REASON_BAD_ITEM, why);
}

/* The file is there, so it is what its first line names that is not. */
static bool
lacks_interpreter(const struct result *r, const char *name)
{
	return r->step == SPAWN_EXEC &&
	    (strchr(name, '/') == NULL || access(name, F_OK) == 0);
}

/* No program has that name, which text shows. */
static void
say_unknown(const char *name, const char *text)
{
	if (quote_is_name(name, strlen(name), true))
		diag("%s: an assignment, not a program: write all of the "
		    "command as one word, or use env", text);
	else if (strcmp(name, "eval") == 0)
		diag("eval: a builtin of the shell, not a program: leave it "
		    "out and write all of the command as one word, which the "
		    "shell evaluates");
	else if (strchr(name, '=') || command_is_program(name))
		diag("%s: command not found", text);
	else
		diag("%s: a builtin of the shell, not a program: write all "
		    "of the command as one word, '%s ...'", text, text);
}

/* An item that is a line, where it was to be the name of a program. */
static bool
is_recipe(const struct coord *c, const struct job *j)
{
	char **words = c->conf->command;
	const char *v;
	size_t n;

	if (words[0] == NULL || strcmp(words[0], "{}") != 0 || words[1] ||
	    j->task.item->n == 0)
		return false;
	v = item_value(j->task.item, 0, &n);
	return memchr(v, ' ', n) != NULL;
}

static const char no_cgroup[] = "no cgroup for its limit of memory";

/*
 * A fixed COMMAND that cannot be executed will not be for the next item; that
 * a task has no cgroup says nothing of the others.
 */
static void
no_command(struct coord *c, const struct job *j)
{
	const struct result *r = &j->task.result;
	const char *name = command_program(c->command);
	char text[SHOWN];

	if (name && strchr(name, '/') && *name != '/' &&
	    terms_dir_varies(c->terms))
		name = NULL;	/* in the next directory it may be there */

	if (c->stopping)
		return;
	if (r->step == SPAWN_CGROUP) {
		diag("task %llu has %s: %s", (unsigned long long)j->task.seq,
		    no_cgroup, strerror(r->error));
		return;
	}
	if (name == NULL) {
		if (is_recipe(c, j))
			c->report.hint = "to run each record as a shell line "
			    "leave the {} out";
		diag("task %llu cannot be executed: %s: %s",
		    (unsigned long long)j->task.seq, strerror(r->error),
		    shown(c, j, text));
		return;
	}
	diag_show(text, sizeof(text), name, strlen(name));
	if (r->error != ENOENT)
		diag("%s: %s", text, strerror(r->error));
	else if (lacks_interpreter(r, name))
		diag("%s: its interpreter (#!) was not found", text);
	else if (c->conf->stats_last && name == c->conf->command[0])
		diag("%s: command not found (a file for --stats needs =: "
		    "--stats=%s)", text, text);
	else
		say_unknown(name, text);
	policy_raise(&c->policy, r->code);
	ending_stop(c, REASON_HALT, NULL);
}

static void
put_off(struct coord *c, struct job *j)
{
	task_set(&j->task, TASK_DONE);
	set_times(j);
	outcome_attempt(c, j, false);
	report(c, j, false, NULL);
	retry_later(c, j);
}

/* The system refused: the arguments, or the directory. */
static void
why_bad(struct coord *c, const struct job *j, struct buf *why)
{
	struct command_task t = outcome_view(j);
	const char *dir = terms_dir(c->terms, &t);
	char text[SHOWN];

	if (j->task.result.step == SPAWN_CHDIR && dir)
		buf_addf(why, "--workdir %s: ", diag_show(text, sizeof(text),
		    dir, strlen(dir)));
	buf_adds(why, strerror(j->task.result.error));
}

void
outcome_over(struct coord *c, struct job *j, const char *detail)
{
	const struct result *r = &j->task.result;
	struct buf why = { 0 };

	if (retry_wanted(c, j)) {
		put_off(c, j);
		return;
	}
	if (r->reason == REASON_EXEC) {
		no_command(c, j);
		detail = r->step == SPAWN_CGROUP ? no_cgroup : NULL;
	}
	if (r->reason == REASON_BAD_ITEM) {
		why_bad(c, j, &why);
		detail = buf_str(&why);
		say_bad_item(j, detail);
	}
	outcome_settle(c, j, detail);
	buf_free(&why);
}

static void
on_drained(void *ctx, struct job *j)
{
	struct coord *c = ctx;

	c->draining--;
	outcome_over(c, j, NULL);
}

static void
on_ended(void *ctx, struct task *t)
{
	struct coord *c = ctx;
	struct job *j = job_of_task(t);

	clocks_over(c, j);
	hold_ended(c, j);
	if (j->block)
		block_left(j->block);
	c->draining++;
	capture_finish(c->captures, j);
}

static void
on_returned(void *ctx, struct task *t)
{
	struct coord *c = ctx;
	struct job *j = job_of_task(t);

	clocks_over(c, j);
	hold_ended(c, j);
	capture_drop(c->captures, j);
	deal_unready(j);
	j->task.attempt--;		/* it was none */
	if (c->stopping) {
		outcome_refuse(c, j, c->why, NULL);
		return;
	}
	queue_push(&c->queue, t);
	clocks_ready(c, j);
}

static void
on_began(void *ctx, struct task *t)
{
	struct job *j = job_of_task(t);

	clocks_began(ctx, j);
	if (j->block)
		block_began(j->block);
}

static void
on_heard(void *ctx, struct job *j)
{
	clocks_heard(ctx, j);
}

static void
on_stopped(void *ctx, struct task *t, int sig)
{
	struct coord *c = ctx;
	char text[SHOWN];

	if (c->tty >= 0) {	/* by a key, and that is meant for ppx, too */
		pool_freeze(c->pool);
		return;
	}
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
	ending_stop(c, REASON_POOL, NULL);
}

/* How a script ended that did not end well. */
static void
script_end(const struct coord *c, const struct result *r, struct buf *b)
{
	switch (r->reason) {
	case REASON_EXIT:
		buf_addf(b, "exit status %d", r->code);
		break;
	case REASON_SIGNAL:
		buf_addf(b, "ended by SIG%s", signals_name(r->sig));
		break;
	case REASON_EXEC:
		buf_addf(b, "not executed: %s", strerror(r->error));
		if ((r->step == SPAWN_FIND || r->step == SPAWN_EXEC) &&
		    c->conf->shell)
			buf_addf(b, ": %s (--shell)", c->conf->shell);
		break;
	case REASON_LOST:
		buf_adds(b, "it ended the shell");
		break;
	case REASON_TIMEOUT:
		buf_adds(b, "took longer than ");
		num_show_duration(b, c->conf->init_timeout);
		buf_adds(b, " (--init-timeout)");
		break;
	default:
		buf_adds(b, reason_name(r->reason));
		break;
	}
}

/* What follows from a failed init. */
static void
script_end_means(bool fatal, size_t tries, struct buf *b)
{
	if (!fatal)
		buf_adds(b, "; trying again");
	else if (tries)
		buf_addf(b, "; after %zu failures nothing more is started "
		    "(see --max-restarts)", tries);
	else
		buf_adds(b, "; nothing more is started");
}

/* As the manual has it: so only who wants to know all is told. */
static void
say_missed(const struct coord *c, unsigned slot)
{
	if (c->conf->verbose_err || c->conf->verbose_out)
		diag("--fini of slot %u is not run: its shell has been killed",
		    slot);
}

static void
on_script(void *ctx, unsigned slot, bool fini, const struct result *r,
    bool fatal, size_t tries)
{
	struct coord *c = ctx;
	struct buf b = { 0 };

	if (fini && r->reason == REASON_LOST) {
		say_missed(c, slot);
		return;
	}
	script_end(c, r, &b);
	if (!fini)
		script_end_means(fatal, tries, &b);
	diag("--%s of slot %u failed: %s",
	    fini ? "fini" : c->conf->init ? "init" : "warm", slot, buf_str(&b));
	buf_free(&b);
	/* a fini that fails is none of the run's, but it must have been tried */
	if (fini && r->reason == REASON_EXEC && r->step == SPAWN_FORK)
		policy_raise(&c->policy, STATUS_PPX);
	if (!fatal)
		return;
	c->report.init_failed = c->conf->init != NULL;
	policy_raise(&c->policy, STATUS_PPX);
	ending_stop(c, REASON_POOL, NULL);
}

/* --- delivered --------------------------------------------------------- */

static void
on_delivered(void *ctx, struct output *o)
{
	struct coord *c = ctx;
	struct job *j = job_of_output(o);

	if (!j->note)
		logs_attempt(c, j, true);
	if (o->dropped && (o->bytes[0] || o->bytes[1]))
		c->report.dropped += j->note ? 1 : j->task.items;
	free(j->task.item);
	free(j);
}

static void
on_room(void *ctx, struct output *o)
{
	struct coord *c = ctx;

	capture_room(c->captures, job_of_output(o));
	coproc_room(job_of_output(o));
}

/*
 * Our reader has gone (| head): end as a program does that writes to a closed
 * pipe.  All else is output that we cannot deliver.
 */
static void
on_failed(void *ctx, int stream, int error)
{
	struct coord *c = ctx;

	if (stream == 1 && error == EPIPE && !signals_ignored(SIGPIPE)) {
		policy_signal(&c->policy, SIGPIPE);
		ending_stop(c, REASON_INTERRUPT, &c->conf->ladder);
		return;
	}
	diag("cannot write to %s: %s: the output of the tasks is lost",
	    stream == 1 ? "stdout" : "stderr", strerror(error));
	policy_raise(&c->policy, STATUS_PPX);
	ending_stop(c, REASON_INTERRUPT, &c->conf->ladder);
}

static void
on_notice(void *ctx, int error)
{
	struct coord *c = ctx;

	diag("no temporary file in %s: %s; going on more slowly, with fewer "
	    "outputs held", c->conf->tmpdir, strerror(error));
}

/* --- what the rooms below call ------------------------------------------ */

const struct emit_ops outcome_emit_ops = {
	on_delivered, on_room, on_failed, on_notice
};

const struct pool_ops outcome_pool_ops = {
	on_ended, on_returned, on_stopped, on_began, ending_frozen, on_broken,
	on_script
};

const struct capture_ops outcome_capture_ops = { on_drained, on_heard };
