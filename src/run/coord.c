#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/cpus.h"
#include "base/fd.h"
#include "base/os.h"
#include "base/room.h"
#include "pool/warm.h"
#include "run/coord.h"
#include "run/coproc.h"
#include "run/hints.h"
#include "run/places.h"
#include "run/state.h"
#include "run/world.h"

enum {
	WAITING_MOST = 128,	/* processes of warm shells that wait */
	WAITING_SHARE = 8,	/* ... or one in so many that may be */
	SPOOL_MEMORY = 4 << 20,
	SPOOL_PIPES = 24,
	FILES_ENOUGH = 1024,		/* descriptors, to have those pipes */
	ITEM_MAX_FED = 128 << 20,	/* to a co-process */
	ITEM_MAX = 128 * 1024 - 1	/* MAX_ARG_STRLEN, without its NUL */
};

/* --- the run ----------------------------------------------------------- */

static bool
done(struct coord *c)
{
	return c->input_ended && queue_length(&c->queue) == 0 &&
	    c->delayed.n == 0 && pool_busy(c->pool) == 0 && c->draining == 0 &&
	    c->storing == 0 && emit_held(c->emit) == 0 &&
	    (c->stopping || herald_go_on(c)) && !deal_lingers(c);
}

static void
run(struct coord *c)
{
	const char *litter;
	int error;
	bool again;

	loop_signals(c->loop);	/* what came before a task could begin */
	pump_tend(c);	/* --min-workers: before the first item is read */
	again = pump(c);
	while (!done(c)) {
		loop_turn(c->loop, again ? 0 : NEVER);
		again = pump(c);
	}
	if (c->coproc)
		coproc_say(c->coproc, true);
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

/* --- what it consists of ----------------------------------------------- */

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
	e.hold |= e.keep || c->conf->coproc || c->conf->failed_only ||
	    e.red[0] || e.red[1];

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

/* May a task be queued behind one that runs?  Not where it is shown first, and
   the other still writes. */
static bool
may_queue(const struct coord *c)
{
	bool shown = c->conf->verbose_err || c->conf->verbose_out;

	if (c->tee || c->conf->round_robin)
		return false;	/* the other waits for what it is to read */
	return terms_are_plain(c->terms) && !gate_used(&c->gate) &&
	    c->conf->halt.when == HALT_NEVER &&
	    !(shown && c->conf->output == OUTPUT_RAW);
}

/*
 * Are tasks made by a shell of their worker?  Where there is an init they are,
 * too, unless something stands against it, which with --warm is an error.
 */
static bool
is_warm(const struct conf *conf)
{
	const char *why;
	unsigned lacks;
	bool can = conf->warm || (conf->init && conf->choice != COMMAND_EXEC &&
	    !conf->tty && !conf->pipe && !conf->coproc &&
	    !conf->semaphore);

	if (!can || conf->dry_run)
		return can;
	lacks = warm_lacks_files();
	if (lacks)
		die("--%s: a shell for each worker needs %u descriptor%s more "
		    "(ulimit -n)", conf->warm ? "warm" : "init", lacks,
		    lacks == 1 ? "" : "s");
	if (warm_possible(&why))
		return true;
	if (conf->warm)
		die("--warm: %s", why);
	return false;
}

static void
open_setup(struct coord *c)
{
	c->setup.warm = c->warm;
	c->setup.init = c->conf->init || !c->warm ? c->conf->init : "";
	c->setup.fini = c->conf->fini;
	c->setup.shell = c->conf->shell ? c->conf->shell : "/bin/sh";
	c->setup.timeout = c->conf->init_timeout;
	/* an empty one fails only because it was killed */
	c->setup.retry = c->conf->init_fail == INIT_RETRY ||
	    (c->warm && c->conf->init == NULL);
	c->setup.tmpdir = c->conf->tmpdir;
	c->setup.tmpdir_from = c->conf->tmpdir_from;
	c->setup.announce = c->conf->cat || c->conf->fifo;
	c->setup.dirs = c->conf->init || c->conf->fini || c->setup.announce;
	c->setup.word = command_first(c->command, &c->setup.word_line);
}

/* Those that wait must not take the room of what the tasks fork. */
static size_t
waiting(void)
{
	size_t most = room_for_processes() / WAITING_SHARE;

	return most < WAITING_MOST ? most : WAITING_MOST;
}

static void
open_pool(struct coord *c)
{
	struct pool_conf p = {
		.slots = c->conf->jobs, .slots_max = c->tty < 0 ? JOBS_MAX : 1,
		.raw = c->conf->output == OUTPUT_RAW,
		.second = may_queue(c), .fds = fd_raise_limit(),
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
		.waiting = c->warm ? waiting() : 0,
		.cpus = c->warm ? cpus_allowed() : 0,
		.max_rss = c->conf->max_rss,
		.restarts = (size_t)c->conf->max_restarts.n,
		.per = c->conf->max_restarts.per,
	};

	if (c->coproc) {
		p.second = false;
		p.max_tasks = p.max_tasks || p.max_rss;	/* of one program */
		p.max_rss = 0;
	}
	check_memory(c);
	open_setup(c);
	if (c->conf->init || c->conf->fini || c->warm || c->setup.announce)
		p.setup = &c->setup;
	c->pool = pool_new(c->loop, &p, c->coproc ?
	    coproc_pool_ops(c->coproc) : &outcome_pool_ops, c);
}

static void
open_all(struct coord *c)
{
	c->loop = loop_new();
	c->input.fd = -1;
	queue_init(&c->queue);
	list_init(&c->delayed.jobs);
	c->terms = terms_new(c->conf, &c->vocabulary);
	if (c->conf->tee)
		tee_open(c);
	else if (c->conf->pipe)
		deal_open(c);
	hold_open(c);
	logs_open(c);		/* may wait, for a fifo: not yet caught */
	ending_watch(c);
	if (c->conf->tagstring)
		c->tag = template_new(c->conf->tagstring, &c->vocabulary);
	results_open(c);
	if (!c->conf->dry_run)
		places_check(c->conf, c->closed);
	open_output(c);
	c->coproc = coproc_open(c);
	open_pool(c);
	clocks_open(c);
	if (c->source)
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
	coproc_close(c->coproc);
	captures_free(c->captures);
	results_close(c);
	emit_free(c->emit);
	logs_close(c);
	resume_close(c);
	command_free(c->command);
	template_free(c->tag);
	clocks_close(c);
	terms_free(c->terms);
	herald_close(c);
	buf_free(&c->words.bytes);
	queue_free(&c->queue);
	tee_close(c);
	deal_close(c);
	loop_free(c->loop);
}

/* --- all of it --------------------------------------------------------- */

/* The status of a command in front says how that ended, if it did so itself. */
static bool
is_told(const struct coord *c)
{
	const struct report *r = &c->report;

	return c->conf->semaphore_fg && c->conf->exit_mode == EXIT_FIRST &&
	    r->failed == r->by[REASON_EXIT] + r->by[REASON_SIGNAL] +
	    r->by[REASON_EXEC];
}

static void
summarise(struct coord *c)
{
	bool silent = c->conf->quiet || is_told(c);
	struct buf b = { 0 };

	/* output that was lost is told in any case */
	if (c->policy.sig == SIGPIPE || (silent && !c->report.dropped))
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
	nsec began = clock_mono() - conf->waited;

	c.policy.mode = conf->exit_mode;
	c.report.fed = conf->coproc;
	c.report.spares = conf->leak == LEAK_IGNORE;
	c.vocabulary.replace = conf->replace;
	c.vocabulary.plus = conf->plus;
	if (!conf->pipe || conf->tee) {
		c.sources = sources_open(conf, closed[0], conf->coproc ?
		    ITEM_MAX_FED : ITEM_MAX, &c.vocabulary);
		c.source = sources_get(c.sources);
	}
	c.warm = is_warm(conf);
	c.command = world_command(conf, &c.vocabulary, c.warm);
	if (!conf->quiet)
		c.hinted = hints_say(conf, &c.vocabulary);
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
