#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/mem.h"
#include "pool/setup.h"
#include "pool/spawn.h"

enum {
	PIECE = 1000,		/* files of the directory in one go */
	FINI_TRIES = 50
};

/* A directory that is filled as fast as it is emptied is left to be. */
static const nsec sweep_most = 5 * SEC, sweep_alone = 60 * SEC;

static const nsec fini_pause = 100 * MSEC;

static const struct script_ops init_ops, fini_ops;

static void on_again(struct timer *t);

/* --- the end ----------------------------------------------------------- */

static struct message
order(enum message_type type)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	return m;
}

/* What is left of it when we are gone is the coordinator's, if it lives. */
void
setup_sweep(const struct setup *u)
{
	nsec most = u->orphan ? sweep_alone : sweep_most, began = clock_mono();

	while (u->dir && dir_sweep(u->dir, PIECE) > 0 &&
	    clock_mono() - began < most)
		;
}

static void
exit_if_alone(struct setup *u)
{
	if (u->at != SETUP_END || u->init.pid || u->fini.pid)
		return;
	setup_sweep(u);
	u->ops->leaving(u);
	_exit(0);
}

/* END to a script, or RETIRE to what it has left: TERM, after 2 s KILL. */
static struct message
order_to_end(enum message_type type)
{
	struct message m = order(type);

	m.reason = REASON_INTERRUPT;
	m.ladder = ladder_for_signal(SIGTERM);
	m.ladder.rung[0].wait = 2 * SEC;
	return m;
}

static void
retire_scripts(struct setup *u)
{
	struct message m = order_to_end(MSG_RETIRE);

	script_tell(&u->init, &m);
	script_tell(&u->fini, &m);
}

/* Who waits for tasks ends now, before those of whom the script is. */
static void
let_go(struct setup *u)
{
	if (u->conf && u->conf->warm)
		u->ops->spent(u);
}

void
setup_leave(struct setup *u)
{
	if (u->at != SETUP_END) {
		u->at = SETUP_END;
		let_go(u);
		retire_scripts(u);
	}
	exit_if_alone(u);
}

void
setup_lose(struct setup *u)
{
	u->orphan = true;
	u->at = SETUP_END;
	let_go(u);
	script_drop(&u->init);
	script_drop(&u->fini);
	exit_if_alone(u);
}

/* --- the scripts ------------------------------------------------------- */

static void
no_room(struct result *r, int error)
{
	memset(r, 0, sizeof(*r));
	r->reason = REASON_EXEC;
	r->code = 126;
	r->step = SPAWN_FORK;
	r->error = error;
}

/* 0, or -1 with an r that says why. */
static int
run(struct setup *u, struct script *s, const char *text,
    const struct script_ops *ops, struct result *r)
{
	struct script_conf c = {
		.text = text, .shell = u->conf->shell, .dir = u->dir,
		.slot = u->slot, .out = u->out, .timeout = u->conf->timeout,
		.warm = -1, .limits = u->limits,
	};
	bool warm = s == &u->init && u->conf->warm;

	if (warm) {
		c.driver = u->driver;
		c.word = u->word;
		c.warm = u->warm;
	}

	if (warm && u->warm < 0)
		errno = -u->warm;
	else if (script_start(s, u->loop, &c, ops) == 0)
		return 0;
	no_room(r, errno);
	return -1;
}

static void
be_ready(struct setup *u)
{
	struct result r = { .reason = REASON_EXIT };

	u->ops->told(u, false, &r);
	u->at = SETUP_READY;
	if (u->retiring)
		setup_retire(u);
}

/* Where tasks are to come, that a warm shell can make one is part of it. */
static void
init_over(struct setup *u, const struct result *r)
{
	if (u->at != SETUP_INIT)
		return;
	if (r->reason != REASON_EXIT || r->code) {
		u->ops->told(u, false, r);
		setup_leave(u);
		return;
	}
	u->passed = true;
	if (!u->conf->warm || u->retiring || u->ending || u->ops->able(u))
		be_ready(u);
}

void
setup_able(struct setup *u)
{
	if (u->at == SETUP_INIT && u->passed)
		be_ready(u);
}

/* No tasks are to come. */
static void
hasten(struct setup *u)
{
	/* done() may have found that it is able */
	if (u->at == SETUP_INIT && u->passed && u->ops->done(u) &&
	    u->at == SETUP_INIT)
		be_ready(u);
}

/* It has not begun, as there was no room for it: it is tried again. */
static bool
fini_waits(struct setup *u, const struct result *r)
{
	if (u->conf->warm || r->reason != REASON_EXEC ||
	    r->step != SPAWN_FORK || u->tries >= FINI_TRIES)
		return false;
	u->tries++;
	u->again.cb = on_again;
	loop_timer(u->loop, &u->again, loop_now(u->loop) + fini_pause);
	return true;
}

/* The shell that would have run it has died. */
static void
miss_fini(struct setup *u)
{
	struct result r = { .reason = REASON_LOST };

	if (u->conf->fini && !u->hurried)
		u->ops->told(u, true, &r);
}

static void
fini_over(struct setup *u, const struct result *r)
{
	if (u->at != SETUP_FINI || fini_waits(u, r))
		return;
	if (u->conf->warm && r->reason == REASON_SIGNAL && u->ops->missed(u))
		miss_fini(u);
	else if (r->reason != REASON_EXIT || r->code)
		u->ops->told(u, true, r);
	setup_leave(u);
}

/* Who runs the fini: with a warm shell that of the init, as all is one shell. */
static struct script *
fini_script(struct setup *u)
{
	return u->conf->warm ? &u->init : &u->fini;
}

void
setup_begin(struct setup *u)
{
	struct result r = { .reason = REASON_EXIT };

	u->at = u->conf && u->conf->init ? SETUP_INIT : SETUP_READY;
	if (u->at == SETUP_INIT &&
	    run(u, &u->init, u->conf->init, &init_ops, &r) < 0)
		init_over(u, &r);
	else if (u->at == SETUP_READY && setup_announces(u->conf))
		u->ops->told(u, false, &r);
}

/* It may have succeeded by now: then there is nothing to end, but a fini. */
static void
tell_init(struct setup *u, const struct message *end)
{
	if (u->hurried || !u->conf->warm || !u->ops->done(u))
		script_tell(&u->init, end);
}

/* Nobody waits for it. */
static void
end_init(struct setup *u)
{
	struct message m = order_to_end(MSG_END);

	u->retiring = true;
	if (!u->ending)		/* it has the time it was given */
		tell_init(u, &m);
}

static void
begin_warm_fini(struct setup *u)
{
	struct message m = order(MSG_RECALL);
	struct result r;

	script_tell(&u->init, &m);
	if (u->ops->fini(u))
		return;
	no_room(&r, errno);
	if (r.error == EPIPE)
		miss_fini(u);
	else
		u->ops->told(u, true, &r);
	setup_leave(u);
}

static void
begin_fini(struct setup *u)
{
	struct result r;

	if (u->conf->warm) {
		begin_warm_fini(u);
		return;
	}
	if (run(u, &u->fini, u->conf->fini, &fini_ops, &r) < 0)
		fini_over(u, &r);
}

static void
on_again(struct timer *t)
{
	struct setup *u = container_of(t, struct setup, again);

	if (u->at != SETUP_FINI)
		return;
	if (u->fini.pid)		/* the supervisor has not ended yet */
		loop_timer(u->loop, t, loop_now(u->loop) + fini_pause);
	else
		begin_fini(u);
}

void
setup_retire(struct setup *u)
{
	hasten(u);
	if (u->at == SETUP_INIT) {
		end_init(u);
	} else if (u->at == SETUP_READY) {
		if (u->conf == NULL || u->conf->fini == NULL || u->hurried) {
			setup_leave(u);
			return;
		}
		u->at = SETUP_FINI;
		begin_fini(u);
	}
}

/* --- what the supervisors say ------------------------------------------ */

static void
thawed(struct setup *u, int i)
{
	if (!u->unfrozen[i])
		return;
	u->unfrozen[i] = false;
	if (!u->unfrozen[!i])
		u->ops->frozen(u);
}

static void
shell_gone(struct setup *u)
{
	miss_fini(u);
	let_go(u);
}

static void
on_init_over(struct script *s, const struct result *r)
{
	struct setup *u = container_of(s, struct setup, init);

	if (u->at == SETUP_FINI && u->conf->warm)
		fini_over(u, r);
	else if (u->at == SETUP_READY)
		shell_gone(u);
	else
		init_over(u, r);
}

static void
on_fini_over(struct script *s, const struct result *r)
{
	fini_over(container_of(s, struct setup, fini), r);
}

static void
on_init_frozen(struct script *s)
{
	thawed(container_of(s, struct setup, init), 0);
}

static void
on_fini_frozen(struct script *s)
{
	thawed(container_of(s, struct setup, fini), 1);
}

/*
 * A supervisor that was killed is a worker that was killed: what is left comes
 * to the coordinator, which ends it, and not to the task that runs here.
 */
static void
on_init_gone(struct script *s, bool killed)
{
	struct setup *u = container_of(s, struct setup, init);
	struct result r;

	if (killed || (u->at == SETUP_INIT && !u->conf->warm) ||
	    (u->at == SETUP_FINI && u->conf->warm))
		u->ops->felled(u);
	if (u->at == SETUP_INIT) {	/* given up: see setup_break() */
		no_room(&r, EAGAIN);
		init_over(u, &r);
	}
	thawed(u, 0);
	exit_if_alone(u);
}

static void
on_fini_gone(struct script *s, bool killed)
{
	struct setup *u = container_of(s, struct setup, fini);

	if (killed || (u->at == SETUP_FINI && !heap_has(&u->again.node)))
		u->ops->felled(u);
	thawed(u, 1);
	exit_if_alone(u);
}

static const struct script_ops init_ops = {
	on_init_over, on_init_frozen, on_init_gone
};

static const struct script_ops fini_ops = {
	on_fini_over, on_fini_frozen, on_fini_gone
};

/* --- orders ------------------------------------------------------------ */

void
setup_end(struct setup *u, const struct message *end)
{
	u->hurried |= end->ladder.rung[0].sig == SIGKILL;
	hasten(u);
	if (u->at == SETUP_INIT) {
		u->ending = true;
		tell_init(u, end);
	}
	if (u->at == SETUP_FINI)
		script_tell(fini_script(u), end);
	if (u->at == SETUP_FINI && u->hurried && heap_has(&u->again.node))
		setup_leave(u);
}

void
setup_stay(struct setup *u, pid_t pid)
{
	struct message m = order(MSG_STARTED);

	m.pid = (int32_t)pid;
	script_tell(&u->init, &m);
}

void
setup_break(struct setup *u)
{
	struct message m = order(MSG_END);

	if (u->at == SETUP_INIT)
		script_drop(&u->init);
	else
		script_tell(&u->init, &m);
}

void
setup_hurry(struct setup *u)
{
	u->hurried = true;
}

bool
setup_freeze(struct setup *u)
{
	struct message m = order(MSG_FREEZE);

	u->unfrozen[0] = u->init.pid != 0;
	u->unfrozen[1] = u->fini.pid != 0;
	script_tell(&u->init, &m);
	script_tell(&u->fini, &m);
	return u->unfrozen[0] || u->unfrozen[1];
}

void
setup_thaw(struct setup *u)
{
	struct message m = order(MSG_THAW);

	script_tell(&u->init, &m);
	script_tell(&u->fini, &m);
}

void
setup_wake(struct setup *u)
{
	script_wake(&u->init);
	script_wake(&u->fini);
}

bool
setup_owns(const struct setup *u, pid_t pid)
{
	return pid == u->init.pid || pid == u->fini.pid;
}
