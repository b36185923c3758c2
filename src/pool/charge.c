/*
 * The one SIGCHLD may stand for many children, and one child's end for the
 * end of the task: so everything is asked of waitpid(2) each time, and only
 * its ECHILD says that nothing is left over; or, where children wait for tasks
 * to come, that there is no other.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/os.h"
#include "pool/adopt.h"
#include "pool/charge.h"
#include "pool/pool.h"
#include "pool/verdict.h"

static const nsec announce_after = POOL_SILENCE;	/* runs(), unless ended */
static const nsec unkillable_after = 10 * SEC;
/* Timers are put off this far while the task is frozen. */
static const nsec aside = 3650 * 86400 * SEC;

enum { SPARED_MAX = 64 };	/* more children than these are never spared */

/* --- the end of a task ------------------------------------------------- */

/* Did its main process die by KILL that we did not send? */
static bool
was_killed(const struct charge *c)
{
	return c->why == REASON_NONE && WIFSIGNALED(c->status) &&
	    WTERMSIG(c->status) == SIGKILL && c->word->error == 0;
}

/* The task is over, and those that are left, if any, are kept. */
static void
finish(struct charge *c, bool keep)
{
	loop_timer_off(c->loop, &c->step);
	loop_timer_off(c->loop, &c->announce);
	c->phase = keep ? PHASE_KEEP : PHASE_IDLE;
	if (c->kept) {
		c->ops->empty(c);	/* as far as it can be */
		return;
	}
	c->kept = keep;
	if (guard_end(&c->guard, was_killed(c), &c->result) &&
	    c->why == REASON_NONE)
		c->why = REASON_MEMORY;
	verdict(&c->result, c->status, c->word, c->why);
	c->result.ran = clock_mono() - c->began;
	c->ops->over(c);
}

/* --- ending it --------------------------------------------------------- */

static void
tree_turn(struct charge *c)
{
	nsec now = clock_mono(), delay = tree_step(&c->tree, now);

	if (delay) {
		loop_timer(c->loop, &c->step, now + delay);
		return;
	}
	/* all are sent KILL: look again for what may have escaped */
	loop_timer(c->loop, &c->step, now + 20 * MSEC);
	charge_reap(c);
}

static void
give_up(struct charge *c)
{
	int n = tree_count(&c->tree, c->result.pids, RESULT_PIDS);

	c->result.nunkillable = n < 0 ? 1 : (uint32_t)n;
	finish(c, true);
}

static void
start_kill(struct charge *c)
{
	nsec now = clock_mono();

	if (c->phase != PHASE_KILL)
		patience_start(&c->patience, unkillable_after, now);
	c->phase = PHASE_KILL;
	guard_stop_clocks(&c->guard);
	tree_start(&c->tree, true, now);
	tree_turn(c);
}

/* To the main process's group, and CONT, or a stopped one would not hear. */
static void
signal_main(struct charge *c, int sig)
{
	if (kill(-c->pid, sig) < 0)
		kill(c->pid, sig);
	if (kill(-c->pid, SIGCONT) < 0)
		kill(c->pid, SIGCONT);
}

static void
climb(struct charge *c)
{
	int sig = c->ladder.rung[c->rung].sig;
	nsec wait = c->ladder.rung[c->rung].wait;

	c->rung++;
	if (sig == SIGKILL) {
		start_kill(c);
		return;
	}
	if (c->pid)
		signal_main(c, sig);
	else
		tree_signal(&c->tree, sig, c->asked ? REACH_GROUP :
		    REACH_ALL);
	loop_timer(c->loop, &c->step, clock_add(clock_mono(), wait));
}

/* The first reason holds; a later ladder replaces the one being climbed. */
void
charge_end(struct charge *c, enum reason why, const struct ladder *l)
{
	charge_thaw(c);
	if (c->phase != PHASE_MAIN && c->phase != PHASE_LEFT)
		return;
	if (c->why == REASON_NONE)
		c->why = why;
	c->ladder = *l;
	c->rung = 0;
	guard_stop_clocks(&c->guard);
	climb(c);
}

bool
charge_is_ending(const struct charge *c)
{
	return c->why != REASON_NONE;
}

bool
charge_is_fresh(const struct charge *c)
{
	return c->phase == PHASE_MAIN && !c->frozen &&
	    heap_has(&c->announce.node);
}

/* Memory is short now: there is no time to ask. */
static void
too_big(struct charge *c)
{
	if (c->phase != PHASE_MAIN && c->phase != PHASE_LEFT)
		return;
	if (c->why == REASON_NONE)
		c->why = REASON_MEMORY;
	start_kill(c);
}

static void
on_over(struct guard *g, enum reason why)
{
	struct charge *c = container_of(g, struct charge, guard);

	if (why == REASON_MEMORY)
		too_big(c);
	else
		charge_end(c, why, &c->limits->ladder);
}

/* Once the main process is reaped its number may be another's. */
static void
on_soft(struct guard *g)
{
	struct charge *c = container_of(g, struct charge, guard);
	int sig = c->limits->soft_signal;

	if (c->phase != PHASE_MAIN || c->pid == 0 || c->why != REASON_NONE)
		return;
	c->result.soft = true;
	if (kill(-c->pid, sig) < 0)
		kill(c->pid, sig);
}

static const struct guard_ops guard_ops = { on_soft, on_over };

/* --- what outlives the main process ------------------------------------ */

static void
look_at_left(struct charge *c)
{
	nsec pause;

	switch (left_look(&c->left, &c->tree, &c->result, &pause)) {
	case LEFT_WAIT:
		break;
	case LEFT_LOOK:
		loop_timer(c->loop, &c->step, clock_mono() + pause);
		break;
	case LEFT_KEEP:
		finish(c, true);
		break;
	case LEFT_FAIL:
		if (c->why == REASON_NONE)
			c->why = REASON_LEAK;
		start_kill(c);
		break;
	case LEFT_KILL:
		start_kill(c);
		break;
	}
}

/* The main process has ended and others live. */
static void
main_ended(struct charge *c)
{
	c->phase = PHASE_LEFT;
	if (was_killed(c) && guard_breached(&c->guard)) {
		too_big(c);
		return;
	}
	if (c->why != REASON_NONE) {
		/* being ended: those outside its group were not asked yet */
		c->asked = true;
		tree_signal(&c->tree, SIGTERM, REACH_OTHERS);
		return;
	}
	left_begin(&c->left);
	look_at_left(c);
}

static void
on_step(struct timer *t)
{
	struct charge *c = container_of(t, struct charge, step);
	enum phase before = c->phase;
	bool over = c->phase == PHASE_KILL &&
	    patience_over(&c->patience, clock_mono());

	if (c->blind)		/* no SIGCHLD tells of the others */
		charge_reap(c);
	if (c->phase != before)
		return;
	if (c->phase == PHASE_KILL || (c->phase == PHASE_KEEP && c->tree.active)) {
		if (c->tree.active)
			tree_turn(c);
		else if (over)
			give_up(c);
		else
			start_kill(c);
	} else if (c->phase == PHASE_KEEP) {
		start_kill(c);
	} else if (c->why != REASON_NONE) {
		climb(c);
	} else if (c->phase == PHASE_LEFT) {
		look_at_left(c);
	}
}

/* --- reaping ----------------------------------------------------------- */

static void
said_stopped(struct charge *c, int status)
{
	if (c->stop_said || c->frozen || c->tree.active ||
	    c->why != REASON_NONE)
		return;
	c->stop_said = true;
	c->ops->stopped(c, WSTOPSIG(status));
}

/* One that only waits for its own task: no affair of this one. */
static bool
is_spared(const struct charge *c, pid_t pid)
{
	return pid != c->pid && c->tree.skip && c->tree.skip(c->tree.ctx, pid);
}

/* Are there others that live than those? */
static bool
only_spared(const struct charge *c)
{
	pid_t pids[SPARED_MAX];
	int i, n;

	if (c->pid || c->tree.skip == NULL)
		return false;
	n = os_children(getpid(), pids, SPARED_MAX);
	if (n < 0 || n > SPARED_MAX)
		return false;
	for (i = 0; i < n; i++)
		if (!is_spared(c, pids[i]))
			return false;
	return true;
}

/* Waits for all that can be waited for; true when no child is left. */
static bool
wait_all(struct charge *c)
{
	struct rusage ru;
	int status;
	pid_t pid;

	for (;;) {
		pid = wait4(-1, &status, WNOHANG | WUNTRACED, &ru);
		if (pid < 0)
			return errno == ECHILD;
		if (pid == 0)
			return only_spared(c);
		if (is_spared(c, pid)) {
			if (!WIFSTOPPED(status))
				c->ops->lost(c, pid);
			continue;
		}
		if (WIFSTOPPED(status)) {
			if (pid == c->pid)
				said_stopped(c, status);
			continue;
		}
		verdict_account(&c->result, &ru);
		if (pid == c->pid) {
			c->pid = 0;
			c->status = status;
		}
	}
}

/*
 * Where orphans do not come to us, the main process's group is all of the task
 * that can be asked for.
 */
static bool
group_lives(const struct charge *c)
{
	return c->blind && c->pid == 0 && c->tree.group > 0 &&
	    c->word->error == 0 && kill(-c->tree.group, 0) == 0;
}

/*
 * While a tree is being frozen nothing is reaped: zombies keep their places.
 * What goes on in a tree that is frozen is looked at when it is thawed.
 */
void
charge_reap(struct charge *c)
{
	bool none;

	if (c->tree.active || c->frozen)
		return;
	none = wait_all(c) && !group_lives(c);
	switch (c->phase) {
	case PHASE_IDLE:
		break;
	case PHASE_KEEP:
		if (none)
			c->ops->empty(c);
		break;
	case PHASE_MAIN:
		if (none)
			finish(c, false);
		else if (c->pid == 0)
			main_ended(c);
		break;
	case PHASE_LEFT:
	case PHASE_KILL:
		if (none)
			finish(c, false);
		break;
	}
}

/* --- starting ---------------------------------------------------------- */

static void
on_announce(struct timer *t)
{
	struct charge *c = container_of(t, struct charge, announce);

	guard_note(&c->guard);
	c->ops->runs(c);
}

static void
reset(struct charge *c)
{
	memset(&c->result, 0, sizeof(c->result));
	c->phase = PHASE_MAIN;
	c->why = REASON_NONE;
	c->status = 0;
	c->stop_said = c->kept = c->asked = false;
	c->began = clock_mono();
	c->result.wall = clock_wall();
}

static pid_t
start_process(struct charge *c, struct spawn_task *t,
    const struct bounds *bounds)
{
	t->cgroup = guard_ready(&c->guard, bounds);
	t->strict = c->limits->strict;
	t->watched = bounds->memory > 0;
	if (t->cgroup < -1) {
		c->word->step = SPAWN_CGROUP;
		c->word->error = errno;
		adopt_not(t);
		return -1;
	}
	return t->made ? adopt(t, c->word) : spawn(c->spawner, t);
}

/* The limit is strict and cannot be set: it runs, and must not. */
static void
has_no_limit(struct charge *c, int error)
{
	c->why = REASON_EXEC;
	c->result.step = SPAWN_CGROUP;
	c->result.error = error;
	start_kill(c);
}

void
charge_start(struct charge *c, struct spawn_task *t,
    const struct bounds *bounds)
{
	reset(c);
	c->word->attempt = t->attempt;
	c->word->task = t->seq;
	c->word->state = WORD_SPAWNING;
	c->pid = start_process(c, t, bounds);
	if (c->pid < 0) {
		c->pid = 0;
		finish(c, false);
		return;
	}
	c->tree.group = c->pid;
	c->word->pid = c->pid;
	c->word->state = WORD_RUNNING;
	left_ready(&c->left, t->out, t->err);	/* while it runs */
	loop_timer(c->loop, &c->announce, c->began + announce_after);
	c->guard.memory.skip = c->tree.skip;
	c->guard.memory.ctx = c->tree.ctx;
	if (guard_start(&c->guard, c->began,
	    t->cgroup >= 0 && !c->word->outside) < 0)
		has_no_limit(c, errno);
}

void
charge_init(struct charge *c, struct loop *loop, const struct limits *limits,
    struct word *word, struct spawner *spawner, unsigned slot,
    const struct charge_ops *ops)
{
	c->loop = loop;
	c->limits = limits;
	c->word = word;
	c->spawner = spawner;
	c->ops = ops;
	c->step.cb = on_step;
	c->announce.cb = on_announce;
	left_init(&c->left, limits, c->blind);
	guard_init(&c->guard, loop, limits, slot, &guard_ops);
}

void
charge_close(struct charge *c)
{
	guard_close(&c->guard);
}

void
charge_bound(struct charge *c, nsec timeout)
{
	guard_bound(&c->guard, timeout);
}

/* --- standing still ---------------------------------------------------- */

void
charge_freeze(struct charge *c)
{
	int i;

	if (c->frozen || c->tree.active || c->phase == PHASE_IDLE)
		return;
	c->frozen_at = clock_mono();
	tree_start(&c->tree, false, c->frozen_at);
	for (i = 0; i < 1000 && tree_step(&c->tree, clock_mono()); i++)
		usleep(200);
	c->tree.active = false;
	c->frozen = true;
	loop_shift(c->loop, aside);
}

void
charge_thaw(struct charge *c)
{
	nsec still = clock_mono() - c->frozen_at;

	if (!c->frozen)
		return;
	c->frozen = false;
	tree_thaw(&c->tree);
	loop_shift(c->loop, still - aside);
	left_shift(&c->left, still);
	charge_reap(c);
}

/* --- orders from above ------------------------------------------------- */

void
charge_kill(struct charge *c)
{
	charge_thaw(c);
	if (c->phase != PHASE_IDLE && !(c->phase == PHASE_KILL &&
	    c->tree.active))
		start_kill(c);
}

void
charge_dismiss(struct charge *c, const struct ladder *l)
{
	charge_thaw(c);
	if (c->phase != PHASE_KEEP)
		return;
	if (l->rung[0].sig == SIGKILL) {
		start_kill(c);
		return;
	}
	tree_signal(&c->tree, l->rung[0].sig, REACH_ALL);
	loop_timer(c->loop, &c->step, clock_mono() + l->rung[0].wait);
	charge_reap(c);
}
