/* What a charge measures of a whole tree, and its bounds. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/signals.h"
#include "pool/charge.h"

#include "child.h"
#include "tap.h"

enum { MIB = 1 << 20 };

static struct charge c;
static struct limits limits;
static struct loop *loop;
static bool over;

static void
on_over(struct charge *charge)
{
	(void)charge;
	over = true;
}

static void
on_nothing(struct charge *charge)
{
	(void)charge;
}

static void
on_stopped(struct charge *charge, int sig)
{
	(void)charge, (void)sig;
}

static pid_t lost;

static void
on_lost(struct charge *charge, pid_t pid)
{
	(void)charge;
	lost = pid;
}

static const struct charge_ops ops = {
	on_over, on_nothing, on_stopped, on_nothing, on_lost
};

static void
on_child(void *ctx, int sig)
{
	(void)ctx, (void)sig;
	charge_reap(&c);
}

/* Runs a line of shell to its end. */
static const struct result *
run(const char *line, const struct bounds *bounds)
{
	char args[512];
	int n = snprintf(args, sizeof(args), "sh%c-c%c%s", 0, 0, line);
	struct spawn_task t = { .args = args, .argc = 3, .seq = 1, .slot = 1,
		.attempt = 1, .in = -1, .out = -1, .err = -1 };

	if (n < 0 || (size_t)n >= sizeof(args))
		exit(1);
	over = false;
	charge_start(&c, &t, bounds);
	while (!over)
		loop_turn(loop, NEVER);
	return &c.result;
}

static bool
between(uint64_t n, uint64_t low, uint64_t high)
{
	if (n < low || n > high)
		printf("# %llu\n", (unsigned long long)n);
	return n >= low && n <= high;
}

#define EAT "$EAT"		/* tests/tools/eat */
#define MBS(n) ((uint64_t)(n) * MIB)

/* A daemon's time comes to us, as it does not end before we wait for it. */
static void
test_time(void)
{
	struct bounds none = { 0 };
	const struct result *r;

	r = run("(setsid sh -c 'i=0; while [ $i -lt 200000 ]; do "
	    "i=$((i+1)); done' &)", &none);
	ok(r->reason == REASON_EXIT && r->code == 0, "a daemon at work");
	ok(r->utime + r->stime > 20 * MSEC, "its CPU time counts");
	ok(r->utime + r->stime < r->ran + 20 * MSEC, "... and not twice");
	r = run(":", &none);
	ok(r->utime + r->stime < 20 * MSEC, "and not for the next task");
	ok(r->peak == 0, "what is not measured is 0");
}

static void
test_measure(void)
{
	struct bounds none = { 0 };
	const struct result *r;

	limits.measure = true;
	r = run(EAT " -c 3 -l 500 20", &none);
	ok(r->reason == REASON_EXIT && r->code == 0, "a tree with 60 MiB");
	ok(between(r->peak, MBS(45), MBS(80)), "its peak");
	ok(between(r->maxrss, MBS(15), MBS(40)), "of one process");
	r = run(":", &none);
	ok(r->peak == r->maxrss && r->peak > 0 && r->peak < MBS(15),
	    "a short task: its largest process");
	limits.measure = false;
}

static void
test_limit(bool by_looking)
{
	struct bounds bounds = { .memory = MBS(60) };
	const struct result *r;
	const char *how = by_looking ? "looking" : "cgroup";

	c.guard.no_cgroup = by_looking;
	r = run(EAT " -c 2 -l 500 20", &bounds);
	ok(r->reason == REASON_EXIT && r->code == 0, "%s: within", how);
	ok(between(r->peak, MBS(35), MBS(60)), "%s: its peak", how);
	ok(!r->oom, "%s: nothing was killed", how);
	r = run(EAT " -c 2 -d -h -p 2 50", &bounds);
	ok(r->reason == REASON_MEMORY, "%s: beyond", how);
	ok(r->oom == !by_looking, "%s: who killed", how);
	ok(between(r->peak, MBS(55), MBS(100)), "%s: how far", how);
	bounds.memory = 0;
	r = run(EAT " 100", &bounds);
	ok(r->reason == REASON_EXIT && r->code == 0 && !r->oom,
	    "%s: not for the next task", how);
	bounds.memory = 1;
	r = run(":", &bounds);
	ok(r->reason == REASON_MEMORY || (by_looking &&
	    r->reason == REASON_EXIT), "%s: no memory at all", how);
	charge_close(&c);
}

static void
test_soft(void)
{
	struct bounds bounds = { .soft = 50 * MSEC };
	const struct result *r;

	limits.soft_signal = SIGUSR1;
	r = run("trap 'exit 7' USR1; while :; do sleep 0.01; done", &bounds);
	ok(r->soft && r->reason == REASON_EXIT && r->code == 7, "it is sent");
	r = run(":", &bounds);
	ok(!r->soft && r->reason == REASON_EXIT, "it is not");
	bounds.timeout = 50 * MSEC;
	r = run("trap 'exit 7' USR1; while :; do sleep 0.01; done", &bounds);
	ok(!r->soft && r->reason == REASON_TIMEOUT, "the hard one wins");
}

static pid_t spared;

/* A child of ours that is of no task. */
static void
test_spared(void)
{
	struct bounds none = { 0 };
	const struct result *r;
	nsec began = clock_mono();

	if (!os_watch_children()) {
		ok(true, "this system does not list children");
		return;
	}
	spared = child_new();
	c.tree.skip = child_is;
	c.tree.ctx = &spared;
	r = run("exit 3", &none);
	ok(r->reason == REASON_EXIT && r->code == 3 && r->leaked == 0,
	    "a task is over though a child waits that is none of it");
	r = run("(sleep 0.1; exit 0) & exit 4", &none);
	ok(r->code == 4 && clock_mono() - began >= 100 * MSEC,
	    "... but not while one is left that is");
	kill(spared, SIGSTOP);
	r = run("exit 5", &none);
	ok(r->code == 5 && lost == 0, "it may be stopped");
	kill(spared, SIGKILL);
	while (lost == 0)
		loop_turn(loop, NEVER);
	ok(lost == spared, "that it has ended is said");
	c.tree.skip = NULL;
}

int
main(void)
{
	struct spawn_place place = { .worker = getpid(), .tty = -1,
	    .nice = NICE_AS_IS };
	static struct word word;
	const char *tools = getenv("PPX_TOOLS");
	char eat[512];

	signals_save();
	if (!os_subreaper()) {
		ok(true, "this system shows nothing of a tree");
		return done_testing();
	}
	snprintf(eat, sizeof(eat), "%s/eat", tools ? tools : "tests/tools");
	setenv("EAT", eat, 1);
	limits.ladder.n = 1;
	limits.ladder.rung[0].sig = SIGKILL;
	limits.leak = LEAK_WAIT;
	loop = loop_new();
	charge_init(&c, loop, &limits, &word, spawner_new(&word, &place), 1,
	    &ops);
	loop_signal(loop, SIGCHLD, on_child, NULL);
	test_time();
	test_measure();
	test_soft();
	test_spared();
	test_limit(true);
	if (cgroup_mode())
		test_limit(false);
	loop_free(loop);
	return done_testing();
}
