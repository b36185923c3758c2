/* An order to end that comes when the init of a warm shell has just succeeded. */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/signals.h"
#include "pool/setup.h"
#include "pool/warm.h"

#include "tap.h"

enum { FINI_STATUS = 37 };	/* of a fini that was run */

/* When the order comes: */
enum moment {
	AT_INIT,		/* not yet */
	AT_BEGUN,		/* the script is over, the shell not parted */
	AT_PARTED,		/* the last that the shell needs is under way */
	AT_READY		/* it was heard that the shell stays */
};

static struct loop *loop;
static struct setup u;
static struct warm w;
static enum moment moment, reached;
static const char *shell;
static bool by_retire;		/* the order is to retire; else END */
static bool init_ran, fini_ran;

static void
give_order(void)
{
	struct message m;

	if (by_retire) {
		setup_retire(&u);
		return;
	}
	memset(&m, 0, sizeof(m));
	m.type = MSG_END;
	m.reason = REASON_INTERRUPT;
	m.ladder = ladder_for_signal(SIGTERM);
	setup_end(&u, &m);
}

static void
on_told(struct setup *setup, bool fini, const struct result *r)
{
	(void)setup;
	if (fini) {
		fini_ran = r->reason == REASON_EXIT && r->code == FINI_STATUS;
		return;
	}
	init_ran = r->reason == REASON_EXIT && r->code == 0;
	reached = AT_READY;
}

static bool
on_fini(struct setup *setup)
{
	(void)setup;
	return warm_fini(&w);
}

static void
on_spent(struct setup *setup)
{
	(void)setup;
	warm_end(&w);
}

static bool
on_done(struct setup *setup)
{
	(void)setup;
	return warm_begun(&w);
}

static bool
on_able(struct setup *setup)
{
	(void)setup;
	return warm_able(&w);
}

static bool
on_missed(struct setup *setup)
{
	(void)setup;
	return warm_missed(&w);
}

static void
on_nothing(struct setup *setup)
{
	(void)setup;
}

static void
on_begun(struct warm *warm, pid_t apart)
{
	(void)warm;
	reached = AT_BEGUN;
	setup_stay(&u, apart);
}

static void
on_parted(struct warm *warm, pid_t twin)
{
	(void)warm;
	setup_stay(&u, twin);
	reached = AT_PARTED;
}

static void
on_pair(struct warm *warm)
{
	(void)warm;
	setup_able(&u);
}

static void
on_made(struct warm *warm, pid_t pid)
{
	(void)warm, (void)pid;
}

static void
on_harmed(struct warm *warm)
{
	(void)warm;
	setup_break(&u);
}

static const struct warm_ops warm_ops = {
	on_begun, on_parted, on_pair, on_made, on_harmed
};

static void
on_child(void *ctx, int sig)
{
	(void)ctx, (void)sig;
	setup_wake(&u);
	warm_reap(&w);
}

/* The worker exits: with 0 if both were run as they are. */
static void
on_leaving(struct setup *setup)
{
	(void)setup;
	_exit(!init_ran + 2 * !fini_ran);
}

static const struct setup_ops ops = {
	on_told, on_nothing, on_spent, on_done, on_able, on_fini,
	on_missed, on_nothing, on_leaving
};

/* In a process of its own, which is the worker. */
static void
live(void)
{
	struct setup_conf conf = { .init = ":", .fini = "exit 37",
	    .shell = shell, .warm = true, .tmpdir = "/tmp" };
	static struct limits limits;
	static struct word word;
	struct spawn_place place = { .slot = 1 };
	struct brood_conf one = { .most = 1 };
	struct buf driver = { 0 };

	alarm(60);		/* of a hang */
	os_subreaper();
	limits.nice = NICE_AS_IS;
	loop = loop_new();
	loop_signal(loop, SIGCHLD, on_child, NULL);
	u.loop = loop;
	u.conf = &conf;
	u.limits = &limits;
	u.ops = &ops;
	u.slot = 1;
	u.word = &word;
	u.out = dup(STDERR_FILENO);
	u.warm = warm_open(&w, loop, &conf, &warm_ops, &one, u.out);
	place.worker = getpid();
	warm_driver(&w, &place, &driver);
	u.driver = buf_str(&driver);
	setup_begin(&u);
	while (reached < moment)
		loop_turn(loop, NEVER);
	give_order();
	while (reached < AT_READY)
		loop_turn(loop, NEVER);
	setup_retire(&u);	/* as it is when all is to end */
	for (;;)
		loop_turn(loop, NEVER);
}

static void
test_crossing(enum moment now, bool retire, const char *name)
{
	int status = -1;
	pid_t pid;

	moment = now;
	by_retire = retire;
	pid = fork();
	if (pid == 0)
		live();
	waitpid(pid, &status, 0);
	is_int(status, 0, "%s: %s, %s", shell, retire ? "RETIRE" : "END", name);
}

static void
test_shell(const char *path)
{
	static const char *const names[] = {
		"as the shell is to be parted", "as it is parted",
		"as it is known to stay"
	};
	size_t i;

	shell = path;
	for (i = 0; i < COUNT(names); i++) {
		test_crossing((enum moment)(AT_BEGUN + i), false, names[i]);
		test_crossing((enum moment)(AT_BEGUN + i), true, names[i]);
	}
}

int
main(void)
{
	const char *why;

	signals_save();
	if (!warm_possible(&why)) {
		ok(true, "no warm shells here: %s", why);
		return done_testing();
	}
	test_shell("/bin/sh");
	if (access("/bin/bash", X_OK) == 0)
		test_shell("/bin/bash");
	return done_testing();
}
