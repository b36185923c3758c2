/*
 * Why the next task does not start although there is a slot: --delay,
 * --memfree, --load, --weight, -p.  And how many slots there are (-j FILE), and
 * who has the terminal (--tty).
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/signals.h"
#include "base/spare.h"
#include "base/tty.h"
#include "cli/store.h"
#include "run/coproc.h"
#include "run/state.h"

/* A file of one line is read in no time; a person waits no longer. */
static const nsec jobs_span = SEC / 2;

/* --- the gate: --delay, --memfree, --load ------------------------------- */

static void
on_gate(struct timer *t)
{
	(void)t;		/* the turn itself is what was wanted */
}

/* What cannot be known holds nothing back. */
static void
look(struct coord *c)
{
	uint64_t memory = UINT64_MAX;
	double average = 0;

	if (c->gate.memfree && !spare_memory(&memory)) {
		diag("--memfree: the free memory cannot be found out here");
		c->gate.memfree = 0;
	}
	if (c->gate.load > 0 && !spare_load(&average)) {
		diag("--load: the load cannot be found out here");
		c->gate.load = 0;
	}
	gate_look(&c->gate, loop_now(c->loop), memory, average);
}

/* Too soon after the last start? */
static bool
too_soon(struct coord *c)
{
	if (c->gate.next <= loop_now(c->loop))
		return false;
	loop_timer(c->loop, &c->gate_timer, c->gate.next);
	return true;
}

static bool
too_little(struct coord *c)
{
	if (!gate_looks(&c->gate))
		return false;
	if (gate_due(&c->gate, loop_now(c->loop)))
		look(c);
	if (gate_open(&c->gate, coproc_running(c)))
		return false;
	loop_timer(c->loop, &c->gate_timer, c->gate.looked + GATE_SPAN);
	return true;
}

/* --- --weight ---------------------------------------------------------- */

/*
 * One that is heavier than all places runs alone.  None goes past the first
 * that does not fit: so it starts as soon as enough of those that run end.
 */
static bool
too_heavy(const struct coord *c, const struct task *t)
{
	return c->conf->weight && c->weight > 0 &&
	    c->weight + t->weight > pool_slots(c->pool);
}

/* --- -j FILE ----------------------------------------------------------- */

/*
 * The user's USR1 and USR2 hold until the file says something new.  One that is
 * not there may be about to be replaced.
 */
static void
on_jobs(struct timer *t)
{
	struct coord *c = container_of(t, struct coord, jobs_timer);
	size_t n;
	enum jobs_file got = store_jobs_file(c->conf->jobs_file, &n);

	if (got == JOBS_BAD && !c->jobs_bad)
		diag("-j: the first line of %s is no number of jobs any more: "
		    "nothing is changed", c->conf->jobs_file);
	if (got != JOBS_NONE)
		c->jobs_bad = got == JOBS_BAD;
	if (got == JOBS_READ && n != c->jobs_read) {
		c->jobs_read = n;
		pool_resize(c->pool, n + c->widened);
	}
	loop_timer(c->loop, t, loop_now(c->loop) + jobs_span);
}

/* --- the user ---------------------------------------------------------- */

/* Before anything starts: may tasks have that niceness? */
static void
check_nice(int want)
{
	int have;

	errno = 0;
	have = getpriority(PRIO_PROCESS, 0);
	if (want == NICE_AS_IS || errno || want >= have)
		return;
	if (setpriority(PRIO_PROCESS, 0, want) < 0)
		die("--nice %d: %s; ppx itself has %d, and less needs a "
		    "privilege", want, strerror(errno), have);
	setpriority(PRIO_PROCESS, 0, have);
}

static void
open_terminal(struct coord *c)
{
	c->tty = -1;
	if (!c->conf->tty || c->conf->dry_run)
		return;
	c->tty = tty_open();
	if (c->tty < 0 && c->conf->input == INPUT_TERMINAL)
		die("--tty: there is no terminal (/dev/tty) for the tasks, "
		    "and stdin is the input: %s; read items with -a FILE",
		    strerror(errno));
	if (c->tty < 0)
		return;
	signals_block(SIGTTOU);
	tty_note(c->tty);
}

/* --- all --------------------------------------------------------------- */

bool
hold_back(struct coord *c, struct task *t)
{
	if (c->conf->dry_run)
		return false;
	if (c->conf->barred || too_soon(c))
		return true;
	/* those that run may wait for it, on full pipes */
	if (!(emit_stuck(c->emit) && pump_wanted(c)) &&
	    (too_heavy(c, t) || too_little(c)))
		return true;
	return c->asking && t->attempt == 0 &&
	    (pool_busy(c->pool) >= pool_slots(c->pool) ||
	    !ask_answered(c->asking, t));
}

bool
hold_for_end(struct coord *c, const struct task *t)
{
	if (c->conf->dry_run || pool_busy(c->pool) == 0)
		return false;
	if (t == NULL || pool_busy(c->pool) >= pool_slots(c->pool) ||
	    pool_is_short(c->pool))
		return true;
	return !too_soon(c) && (too_heavy(c, t) || too_little(c));
}

bool
hold_declined(struct coord *c, struct task *t)
{
	struct job *j = job_of_task(t);

	if (c->asking == NULL || t->attempt || ask_agreed(c->asking, t))
		return false;
	queue_take(&c->queue, t);
	clocks_taken(c, j);
	outcome_refuse(c, j, REASON_HALT, NULL);
	return true;
}

void
hold_started(struct coord *c, struct job *j)
{
	gate_started(&c->gate, loop_now(c->loop));
	c->weight += j->task.weight;
}

/*
 * The terminal is ours again by its worker's hand, or, if that was killed,
 * when the task is gone.  One that died may have left it in a strange mode.
 */
void
hold_ended(struct coord *c, struct job *j)
{
	const struct result *r = &j->task.result;

	c->weight -= j->task.weight;
	if (c->tty < 0)
		return;
	tty_regain(c->tty);
	if (r->reason == REASON_EXIT)
		return;
	tty_reset(c->tty);
	if (r->reason == REASON_SIGNAL && r->sig == SIGINT)
		ending_signal(c, SIGINT);
}

void
hold_open(struct coord *c)
{
	c->gate.memfree = c->conf->memfree;
	c->gate.load = c->conf->load;
	c->gate.delay = c->conf->delay;
	c->gate_timer.cb = on_gate;
	c->jobs_timer.cb = on_jobs;
	c->jobs_read = c->conf->jobs;
	if (c->conf->jobs_file)
		loop_timer(c->loop, &c->jobs_timer,
		    loop_now(c->loop) + jobs_span);
	check_nice(c->conf->nice);
	open_terminal(c);
	if (!c->conf->ask || c->conf->dry_run)
		return;
	c->asking = ask_new(c);
	if (c->asking == NULL)
		die("-p: there is no terminal (/dev/tty) to ask on: %s",
		    strerror(errno));
}

void
hold_close(struct coord *c)
{
	loop_timer_off(c->loop, &c->gate_timer);
	loop_timer_off(c->loop, &c->jobs_timer);
	ask_free(c->asking);
	if (c->tty >= 0)
		close(c->tty);
}
