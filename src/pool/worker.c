/*
 * Orders come on the channel, the task is in charge.c's hands, and what
 * becomes of it goes back on the channel.  Where tasks begin is start(), where
 * they are over on_over().
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/tty.h"
#include "pool/birth.h"
#include "pool/charge.h"
#include "pool/order.h"
#include "pool/spawn.h"
#include "pool/warm.h"
#include "pool/worker.h"
#include "wire/channel.h"

struct worker {
	const struct worker_conf *conf;
	struct loop *loop;
	struct channel channel;
	struct charge charge;
	struct setup setup;
	struct order now, next;
	bool queued;		/* next is set */
	struct warm warm;	/* its shell, if tasks have one */
	bool asked;		/* it was asked for the process of now */
	bool spent;		/* the shell has gone */
	struct {
		bool due;	/* now is to be ended once it has begun */
		enum reason why;
		struct ladder ladder;
	} end;
	bool orphan;		/* the coordinator is gone */
	struct spawn_place place;
};

static struct message
message(const struct worker *w, enum message_type type)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	m.task = w->now.task;
	m.attempt = w->now.attempt;
	return m;
}

static void
send_up(struct worker *w, const struct message *m)
{
	channel_send(&w->channel, m, NULL, 0);
}

/* --- starting ---------------------------------------------------------- */

static bool
is_warm(const struct worker *w)
{
	return w->conf->setup && w->conf->setup->warm;
}

static struct spawn_task
view(const struct worker *w)
{
	struct spawn_task t = {
		.args = w->now.args.data, .argc = w->now.argc,
		.seq = w->now.task, .slot = w->conf->slot,
		.attempt = w->now.attempt,
		.dir = w->now.dir.len ? w->now.dir.data : NULL,
		.out = w->now.fd[0], .err = w->now.fd[1],
	};

	return t;
}

/* made: see struct spawn_task.  Its descriptors are open until it is over. */
static void
begin(struct worker *w, pid_t made)
{
	struct spawn_task t = view(w);

	w->asked = false;
	t.made = made;
	charge_start(&w->charge, &t, &w->now.bounds);
}

static void
on_made(struct warm *x, pid_t pid)
{
	struct worker *w = container_of(x, struct worker, warm);

	begin(w, pid);
	if (w->end.due)
		charge_end(&w->charge, w->end.why, &w->end.ladder);
	else if (w->charge.phase == PHASE_MAIN)
		warm_go(x);
}

static void
start_warm(struct worker *w)
{
	struct spawn_task t = view(w);
	enum spawn_step step;

	w->asked = true;
	w->end.due = false;
	if (warm_ask(&w->warm, &t, w->now.line, &step) == 0)
		return;
	w->conf->word->step = step;
	w->conf->word->error = errno;
	begin(w, -1);
}

static void
start(struct worker *w)
{
	struct spawn_task t = view(w);
	int fd[2];

	if (is_warm(w)) {
		start_warm(w);
		return;
	}

	/* charge_start() may be over, and the next one here, on return */
	memcpy(fd, w->now.fd, sizeof(fd));
	w->now.fd[0] = w->now.fd[1] = -1;
	charge_start(&w->charge, &t, &w->now.bounds);
	if (fd[0] >= 0)
		close(fd[0]);
	if (fd[1] >= 0)
		close(fd[1]);
}

/*
 * The task behind the running one goes back; it has not begun.  error: what
 * this worker is short of; or 0.
 */
static void
drop_next(struct worker *w, int error)
{
	struct message m = message(w, MSG_DROPPED);

	m.task = w->next.task;
	m.attempt = w->next.attempt;
	m.error = error;
	w->queued = false;
	order_close(&w->next);
	send_up(w, &m);
}

static void
run_next(struct worker *w)
{
	struct order done;

	if (!w->queued)
		return;
	if (w->charge.phase == PHASE_KEEP || w->spent) {
		drop_next(w, 0);
		return;
	}
	done = w->now;
	w->now = w->next;
	w->next = done;
	w->queued = false;
	start(w);
}

/* --- the terminal ------------------------------------------------------- */

/* From the task, if it has it, to ppx. */
static void
terminal_back(const struct worker *w)
{
	if (w->place.tty >= 0)
		tty_pass(w->place.tty, w->charge.tree.group, w->place.home);
}

/*
 * ppx goes on, and if it has the terminal so does its task, which was stopped
 * by a key: by the terminal, not by us, so charge_thaw() does not wake it.
 */
static void
terminal_again(struct worker *w)
{
	struct charge *c = &w->charge;

	if (w->place.tty < 0 || c->pid == 0)
		return;
	tty_pass(w->place.tty, w->place.home, c->tree.group);
	c->stop_said = false;
	kill(-c->tree.group, SIGCONT);
}

/* --- what the charge says ---------------------------------------------- */

/* A short system: the task has not begun and can begin elsewhere, later. */
static int
short_of(const struct word *word)
{
	/* what exec(2) lacks, it lacks for this command alone */
	if (word->step == SPAWN_EXEC && word->error != ENFILE)
		return 0;
	switch (word->error) {
	case EAGAIN:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		return word->error;
	default:
		return 0;
	}
}

/*
 * The word says idle only when the end is told: killed in between, this task
 * must not look as if it had never begun.
 */
static void
on_over(struct charge *c)
{
	struct worker *w = container_of(c, struct worker, charge);
	struct message m = message(w, MSG_EXIT);

	if (short_of(c->word)) {
		m.type = MSG_DROPPED;
		m.error = short_of(c->word);
	} else {
		m.result = c->result;
		m.stay = c->phase == PHASE_KEEP ? STAY_ASIDE :
		    w->spent ? STAY_NOT : STAY_HERE;
	}
	terminal_back(w);
	order_close(&w->now);
	send_up(w, &m);
	channel_drain(&w->channel);
	c->word->pid = 0;
	c->word->state = WORD_IDLE;
	if (w->orphan) {
		setup_lose(&w->setup);
		return;
	}
	if (m.type == MSG_EXIT && w->now.last && !w->queued &&
	    c->phase == PHASE_IDLE)
		setup_retire(&w->setup);
	run_next(w);
}

static void
on_runs(struct charge *c)
{
	struct worker *w = container_of(c, struct worker, charge);
	struct message m = message(w, MSG_STARTED);

	m.pid = c->pid;
	send_up(w, &m);
}

static void
on_stopped(struct charge *c, int sig)
{
	struct worker *w = container_of(c, struct worker, charge);
	struct message m = message(w, MSG_STOPPED);

	m.error = sig;
	send_up(w, &m);
}

/* A keeper with nothing left to keep has no other use. */
static void
on_empty(struct charge *c)
{
	struct worker *w = container_of(c, struct worker, charge);

	if (w->orphan)
		setup_lose(&w->setup);
	else if (c->result.nunkillable)
		setup_leave(&w->setup);
	else
		setup_retire(&w->setup);
}

static const struct charge_ops charge_ops = {
	on_over, on_runs, on_stopped, on_empty
};

/* --- what its scripts say ---------------------------------------------- */

static void
on_script(struct setup *u, bool fini, const struct result *r)
{
	struct worker *w = container_of(u, struct worker, setup);
	struct message m = message(w, MSG_SCRIPT);

	m.fini = fini;
	m.result = *r;
	send_up(w, &m);
	channel_drain(&w->channel);
}

static void
say_frozen(struct setup *u)
{
	struct worker *w = container_of(u, struct worker, setup);
	struct message m = message(w, MSG_FROZEN);

	send_up(w, &m);
}

static void
on_leaving(struct setup *u)
{
	charge_close(&container_of(u, struct worker, setup)->charge);
}

/* The shell has gone: what has begun goes on, what has not goes back. */
static void
on_spent(struct setup *u)
{
	struct worker *w = container_of(u, struct worker, setup);
	struct message m = message(w, MSG_DROPPED);

	w->spent = true;
	warm_end(&w->warm);
	setup_hurry(u);
	if (w->asked) {
		w->asked = false;
		order_close(&w->now);
		send_up(w, &m);
		if (w->queued)
			drop_next(w, 0);
		channel_drain(&w->channel);
	}
	if (w->charge.phase == PHASE_IDLE)
		setup_leave(u);
}

static const struct setup_ops setup_ops = {
	on_script, say_frozen, on_spent, on_leaving
};

static void
on_begun(struct warm *x)
{
	setup_stay(&container_of(x, struct worker, warm)->setup);
}

static void
on_harmed(struct warm *x)
{
	setup_break(&container_of(x, struct worker, warm)->setup);
}

static const struct warm_ops warm_ops = { on_begun, on_made, on_harmed };

/* --- orders ------------------------------------------------------------ */

/* End of file is the one order that cannot be lost. */
static void
lose_coordinator(struct worker *w)
{
	enum phase phase = w->charge.phase;

	w->orphan = true;
	if (w->queued)
		order_close(&w->next);
	w->queued = false;
	if (phase == PHASE_IDLE || (phase == PHASE_KEEP &&
	    w->conf->limits.leak == LEAK_IGNORE))
		setup_lose(&w->setup);
	else
		charge_kill(&w->charge);
}

/* The coordinator speaks nonsense. */
static void
break_off(struct worker *w)
{
	channel_close(&w->channel);
	lose_coordinator(w);
}

static void
take_order(struct worker *w, const struct message *m)
{
	bool idle = w->charge.phase == PHASE_IDLE && !w->asked;
	struct order *o = idle ? &w->now : &w->next;
	bool lacks;

	if (w->queued) {		/* never more than one behind */
		break_off(w);
		return;
	}
	w->queued = true;
	lacks = !order_take(o, m, &w->channel);
	if (idle && !lacks) {
		w->queued = false;
		start(w);
	} else if (lacks || w->charge.phase == PHASE_KEEP) {
		w->next.task = o->task;
		w->next.attempt = o->attempt;
		drop_next(w, lacks ? EMFILE : 0);
	}
}

/* One that is meant for a task that is over must not hit the next. */
static void
end_asked(struct worker *w, const struct message *m)
{
	if (m->task && (m->task != w->now.task ||
	    m->attempt != w->now.attempt || w->end.due))
		return;
	if (w->queued)
		drop_next(w, 0);
	if (!w->end.due)
		w->end.why = m->reason;
	w->end.due = true;
	w->end.ladder = m->ladder;
}

static void
end(struct worker *w, const struct message *m)
{
	if (w->asked) {
		end_asked(w, m);
		return;
	}
	if (m->task && (m->task != w->now.task ||
	    m->attempt != w->now.attempt || charge_is_ending(&w->charge)))
		return;
	if (w->queued)
		drop_next(w, 0);
	charge_end(&w->charge, m->reason, &m->ladder);
}

static void
freeze(struct worker *w)
{
	warm_hold(&w->warm, true);
	charge_freeze(&w->charge);
	terminal_back(w);
	if (!setup_freeze(&w->setup))
		say_frozen(&w->setup);
}

static void
thaw(struct worker *w)
{
	charge_thaw(&w->charge);
	terminal_again(w);
	setup_thaw(&w->setup);
	warm_hold(&w->warm, false);
}

static void
retire(struct worker *w, const struct ladder *l)
{
	enum phase phase = w->charge.phase;

	/* what could not be killed is said by now, and is not waited for */
	if (phase == PHASE_KEEP &&
	    (l->n == 0 || w->charge.result.nunkillable))
		setup_leave(&w->setup);
	else if (phase == PHASE_IDLE)
		setup_retire(&w->setup);
	else
		charge_dismiss(&w->charge, l);
}

static void
on_message(struct channel *c, const struct message *m)
{
	struct worker *w = container_of(c, struct worker, channel);

	switch (m->type) {
	case MSG_RUN:
		take_order(w, m);
		break;
	case MSG_END:
		end(w, m);
		if (m->task == 0)
			setup_end(&w->setup, m);
		break;
	case MSG_RECALL:
		if (w->queued && w->next.task == m->task)
			drop_next(w, 0);
		break;
	case MSG_FREEZE:
		freeze(w);
		break;
	case MSG_THAW:
		thaw(w);
		break;
	case MSG_RETIRE:
		retire(w, &m->ladder);
		break;
	case MSG_STARTED:
	case MSG_EXIT:
	case MSG_DROPPED:
	case MSG_STOPPED:
	case MSG_FROZEN:
	case MSG_SCRIPT:
		break_off(w);
		break;
	}
}

static void
on_closed(struct channel *c, enum channel_why why)
{
	(void)why;
	lose_coordinator(container_of(c, struct worker, channel));
}

static void
on_child(void *ctx, int sig)
{
	struct worker *w = ctx;

	(void)sig;
	setup_wake(&w->setup);
	charge_reap(&w->charge);
}

/* --- its life ---------------------------------------------------------- */

static const struct channel_ops ops = { on_message, on_closed };

static void
begin_warm(struct worker *w, struct buf *driver)
{
	const struct setup_conf *c = w->conf->setup;
	int fd = warm_open(&w->warm, w->loop, c->tmpdir, &warm_ops);

	w->setup.warm = fd < 0 ? -errno : fd;
	if (fd >= 0)
		warm_driver(&w->warm, c->init, driver);
	w->setup.driver = buf_str(driver);
}

static void
begin_setup(struct worker *w, int out)
{
	struct buf driver = { 0 };

	w->setup.loop = w->loop;
	w->setup.conf = w->conf->setup;
	w->setup.limits = &w->conf->limits;
	w->setup.ops = &setup_ops;
	w->setup.dir = w->conf->dir;
	w->setup.slot = w->conf->slot;
	w->setup.out = out;
	if (w->conf->setup) {
		w->charge.tree.skip = setup_owns;
		w->charge.tree.ctx = &w->setup;
	}
	if (is_warm(w))
		begin_warm(w, &driver);
	setup_begin(&w->setup);
	if (is_warm(w) && w->setup.warm >= 0)
		close(w->setup.warm);
	buf_free(&driver);
}

void
worker_main(const struct worker_conf *conf)
{
	static struct worker w;
	int out = birth(conf, &w.place);

	w.charge.blind = !os_subreaper();
	w.conf = conf;
	w.loop = loop_new();
	order_init(&w.now);
	order_init(&w.next);
	charge_init(&w.charge, w.loop, &conf->limits, conf->word,
	    spawner_new(conf->word, &w.place), conf->slot, &charge_ops);
	loop_signal(w.loop, SIGCHLD, on_child, &w);
	channel_open(&w.channel, w.loop, conf->fd, &ops);
	begin_setup(&w, out);
	for (;;) {
		loop_turn(w.loop, NEVER);
		channel_flush(&w.channel);
	}
}
