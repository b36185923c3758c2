/*
 * Orders come on the channel, the task is in charge.c's hands, and what
 * becomes of it goes back on the channel.  Where tasks begin is desk_start(),
 * where they are over on_over().
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
#include "pool/desk.h"

/* How long what has come to a worker that falls may take to end. */
static const nsec fall_time = 5 * SEC;

struct message
desk_message(const struct worker *w, enum message_type type)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	m.task = w->now.task;
	m.attempt = w->now.attempt;
	return m;
}

void
desk_send(struct worker *w, const struct message *m)
{
	channel_send(&w->channel, m, NULL, 0);
	w->holds = false;
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
		.in = w->now.in, .out = w->now.fd[0], .err = w->now.fd[1],
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

void
desk_start(struct worker *w)
{
	struct spawn_task t = view(w);
	struct order given;

	if (is_warm(w)) {
		start_warm(w);
		return;
	}

	/* charge_start() may be over, and the next one here, on return */
	given.in = w->now.in;
	memcpy(given.fd, w->now.fd, sizeof(given.fd));
	order_init(&w->now);
	charge_start(&w->charge, &t, &w->now.bounds);
	order_close(&given);
}

void
desk_drop(struct worker *w, size_t i, int error)
{
	struct message m = desk_message(w, MSG_DROPPED);

	m.task = w->next.order[i].task;
	m.attempt = w->next.order[i].attempt;
	m.stay = w->spent ? STAY_NOT : STAY_HERE;
	m.error = error;
	backlog_drop(&w->next, i);
	desk_send(w, &m);
}

void
desk_drop_all(struct worker *w)
{
	while (w->next.n)
		desk_drop(w, w->next.n - 1, 0);
}

void
desk_next(struct worker *w)
{
	enum phase phase = w->charge.phase;

	if (w->next.n == 0 || w->still || w->asked ||
	    w->orders == ORDERS_LATE ||
	    (phase != PHASE_IDLE && phase != PHASE_KEEP))
		return;
	if (phase == PHASE_KEEP || w->spent) {
		desk_drop_all(w);
		return;
	}
	backlog_take(&w->next, 0, &w->now);
	desk_start(w);
}

/* --- the terminal ------------------------------------------------------- */

/* From the task, if it has it, to ppx. */
void
desk_terminal_back(const struct worker *w)
{
	if (w->place.tty >= 0)
		tty_pass(w->place.tty, w->charge.tree.group, w->place.home);
}

/*
 * ppx goes on, and if it has the terminal so does its task, which was stopped
 * by a key: by the terminal, not by us, so charge_thaw() does not wake it.
 */
void
desk_terminal_again(struct worker *w)
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
 * A task in its first 5 ms is rarely spoken of, and what waits behind it can
 * wait on in the socket: so nothing that the coordinator says wakes us then,
 * and it is heard when the task is over, before the next one begins.
 */
static void
rest(struct worker *w)
{
	w->orders = charge_is_fresh(&w->charge) ? ORDERS_WAIT : ORDERS_HEARD;
	channel_rest(&w->channel, w->orders == ORDERS_WAIT);
}

static void
hear(struct worker *w)
{
	if (w->orders != ORDERS_WAIT)
		return;
	w->orders = ORDERS_LATE;
	channel_read(&w->channel);
	w->orders = ORDERS_HEARD;
}

/*
 * The coordinator hears of an end when the next task has begun: woken before,
 * it would stand in line when the system looks for the idlest CPU for that
 * one.  So the word has it until then: one that is killed before the coordinator
 * is told has told it there.  (A warm shell may take its time to make it.)
 */
static bool
may_tell_later(const struct worker *w, const struct message *m)
{
	return m->type == MSG_EXIT && m->stay == STAY_HERE && !w->orphan &&
	    w->charge.phase == PHASE_IDLE && !w->still &&
	    (!is_warm(w) || warm_ready(&w->warm)) &&
	    w->next.n > 0;
}

/*
 * Tasks that are so short that more than one wait need not each wake the
 * coordinator: this end is told with that of the next, or when that has run for
 * POOL_SILENCE.
 */
static bool
may_hold(const struct worker *w)
{
	return w->next.n > 1;
}

/* Those that are not told still count as tasks of ours, and one waits at least:
   so there are never more of them than the backlog has places. */
static void
note(struct worker *w, const struct message *m)
{
	struct word *word = w->conf->word;
	struct word_end *e = &word->end[w->turn++ % COUNT(word->end)];

	e->task = 0;
	e->attempt = m->attempt;
	e->result = m->result;
	e->task = m->task;
}

/* Is there one that is to be killed before we end? */
static bool
has_task(const struct worker *w)
{
	enum phase phase = w->charge.phase;

	return phase != PHASE_IDLE &&
	    (phase != PHASE_KEEP || w->conf->limits.leak != LEAK_IGNORE);
}

/*
 * The coordinator ends what we leave; but not when it is killed as well, so all
 * that can be ended is ended first, with what has come to us.
 */
static void
fall(struct worker *w)
{
	bool idle = w->charge.phase == PHASE_IDLE;	/* nothing is kept */

	if (idle)
		tree_end(fall_time);
	if (w->orphan)
		return;
	if (idle)
		setup_sweep(&w->setup);
	kill(getpid(), SIGKILL);
}

/*
 * The word says idle only when the end is told, or noted: killed in between,
 * this task must not look as if it had never begun.
 */
static void
on_over(struct charge *c)
{
	struct worker *w = container_of(c, struct worker, charge);
	struct message m = desk_message(w, MSG_EXIT);
	bool later;

	if (w->felled)
		fall(w);
	if (short_of(c->word)) {
		m.type = MSG_DROPPED;
		m.error = short_of(c->word);
	} else {
		m.result = c->result;
		m.stay = c->phase == PHASE_KEEP ? STAY_ASIDE :
		    w->spent ? STAY_NOT : STAY_HERE;
	}
	desk_terminal_back(w);
	order_close(&w->now);
	desk_send(w, &m);
	hear(w);
	later = may_tell_later(w, &m);
	if (later) {
		w->holds = may_hold(w);
		note(w, &m);
	} else {
		channel_drain(&w->channel);
	}
	c->word->pid = 0;
	c->word->state = WORD_IDLE;
	if (w->orphan) {
		setup_lose(&w->setup);
		return;
	}
	if (m.type == MSG_EXIT && w->now.last && w->next.n == 0 &&
	    c->phase == PHASE_IDLE)
		setup_retire(&w->setup);
	desk_next(w);
	if (later && !w->holds)
		channel_drain(&w->channel);
	if (w->spent && c->phase == PHASE_IDLE)
		setup_leave(&w->setup);
}

static void
on_runs(struct charge *c)
{
	struct worker *w = container_of(c, struct worker, charge);
	struct message m = desk_message(w, MSG_STARTED);

	m.pid = c->pid;
	desk_send(w, &m);
}

static void
on_stopped(struct charge *c, int sig)
{
	struct worker *w = container_of(c, struct worker, charge);
	struct message m = desk_message(w, MSG_STOPPED);

	m.error = sig;
	desk_send(w, &m);
}

/* A keeper with nothing left to keep has no other use. */
static void
on_empty(struct charge *c)
{
	struct worker *w = container_of(c, struct worker, charge);

	if (w->felled)
		fall(w);
	if (w->orphan)
		setup_lose(&w->setup);
	else if (c->result.nunkillable)
		setup_leave(&w->setup);
	else
		setup_retire(&w->setup);
}

static void
on_lost(struct charge *c, pid_t pid)
{
	warm_lost(&container_of(c, struct worker, charge)->warm, pid);
}

static const struct charge_ops charge_ops = {
	on_over, on_runs, on_stopped, on_empty, on_lost
};

/* --- what its scripts say ---------------------------------------------- */

/* The init was over, and its shell could not go on. */
static bool
is_starved(struct worker *w, const struct result *r)
{
	bool failed = r->reason == REASON_LOST || r->reason == REASON_SIGNAL ||
	    (r->reason == REASON_EXIT && r->code);

	return failed && is_warm(w) && warm_starved(&w->warm);
}

static void
on_script(struct setup *u, bool fini, const struct result *r)
{
	struct worker *w = container_of(u, struct worker, setup);
	struct message m = desk_message(w, MSG_SCRIPT);

	m.fini = fini;
	m.result = *r;
	if (!fini && is_starved(w, r)) {
		m.result.reason = REASON_EXEC;
		m.result.step = SPAWN_FORK;
		m.result.error = EAGAIN;
	}
	desk_send(w, &m);
	channel_drain(&w->channel);
}

void
desk_say_frozen(struct setup *u)
{
	struct worker *w = container_of(u, struct worker, setup);
	struct message m = desk_message(w, MSG_FROZEN);

	desk_send(w, &m);
}

static void
on_felled(struct setup *u)
{
	struct worker *w = container_of(u, struct worker, setup);

	w->felled = has_task(w);
	if (w->felled)
		charge_kill(&w->charge);
	else
		fall(w);
}

static void
on_leaving(struct setup *u)
{
	struct worker *w = container_of(u, struct worker, setup);

	charge_close(&w->charge);
	if (is_warm(w))
		warm_bury(&w->warm);
}

/* The shell has gone: what has begun goes on, what has not goes back. */
static void
on_spent(struct setup *u)
{
	struct worker *w = container_of(u, struct worker, setup);
	struct message m = desk_message(w, MSG_DROPPED);

	if (w->spent)
		return;
	m.stay = STAY_NOT;
	m.error = w->lack = warm_starved(&w->warm) ? EAGAIN : 0;
	w->spent = true;
	warm_end(&w->warm);
	setup_hurry(u);
	if (w->asked) {
		w->asked = false;
		order_close(&w->now);
		desk_send(w, &m);
		desk_drop_all(w);
		channel_drain(&w->channel);
	}
	if (w->charge.phase == PHASE_IDLE)
		setup_leave(u);
}

static bool
on_done(struct setup *u)
{
	return warm_begun(&container_of(u, struct worker, setup)->warm);
}

static bool
on_able(struct setup *u)
{
	return warm_able(&container_of(u, struct worker, setup)->warm);
}

static bool
on_fini(struct setup *u)
{
	return warm_fini(&container_of(u, struct worker, setup)->warm);
}

static bool
on_missed(struct setup *u)
{
	return warm_missed(&container_of(u, struct worker, setup)->warm);
}

static const struct setup_ops setup_ops = {
	on_script, desk_say_frozen, on_spent, on_done, on_able, on_fini,
	on_missed, on_felled, on_leaving
};

static void
on_begun(struct warm *x, pid_t apart)
{
	setup_stay(&container_of(x, struct worker, warm)->setup, apart);
}

static void
on_parted(struct warm *x, pid_t twin)
{
	setup_stay(&container_of(x, struct worker, warm)->setup, twin);
}

static void
on_brood(struct warm *x)
{
	setup_able(&container_of(x, struct worker, warm)->setup);
}

static void
on_harmed(struct warm *x)
{
	struct worker *w = container_of(x, struct worker, warm);

	if (x->crowded)
		w->conf->word->crowded = 1;
	setup_break(&w->setup);
}

static const struct warm_ops warm_ops = {
	on_begun, on_parted, on_brood, on_made, on_harmed
};

/* --- its end ----------------------------------------------------------- */

/* End of file is the one order that cannot be lost. */
void
desk_lose(struct worker *w)
{
	w->orphan = true;
	while (w->next.n)
		backlog_drop(&w->next, w->next.n - 1);
	if (w->asked) {		/* not begun, and never will be */
		w->asked = false;
		warm_end(&w->warm);
		order_close(&w->now);
	}
	if (has_task(w))
		charge_kill(&w->charge);
	else
		setup_lose(&w->setup);
}

static void
on_child(void *ctx, int sig)
{
	struct worker *w = ctx;

	(void)sig;
	setup_wake(&w->setup);
	if (is_warm(w))
		warm_reap(&w->warm);
	charge_reap(&w->charge);
}

/* --- its life ---------------------------------------------------------- */

static const struct channel_ops ops = { obey_message, obey_closed };

/* Children of ours that are of no task. */
static bool
owns(void *ctx, pid_t pid)
{
	struct worker *w = ctx;

	return setup_owns(&w->setup, pid) ||
	    (is_warm(w) && warm_owns(&w->warm, pid));
}

static void
begin_warm(struct worker *w, struct buf *driver, int out)
{
	int fd = warm_open(&w->warm, w->loop, w->conf->setup, &warm_ops,
	    &w->conf->brood, out);

	w->setup.warm = fd < 0 ? -errno : fd;
	if (fd >= 0)
		warm_driver(&w->warm, &w->place, driver);
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
	w->setup.word = w->conf->word;
	if (w->conf->setup) {
		w->charge.tree.skip = owns;
		w->charge.tree.ctx = w;
	}
	if (is_warm(w))
		begin_warm(w, &driver, out);
	setup_begin(&w->setup);
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
	backlog_init(&w.next);
	charge_init(&w.charge, w.loop, &conf->limits, conf->word,
	    spawner_new(conf->word, &w.place), conf->slot, &charge_ops);
	loop_signal(w.loop, SIGCHLD, on_child, &w);
	channel_open(&w.channel, w.loop, conf->fd, &ops);
	begin_setup(&w, out);
	for (;;) {
		loop_turn(w.loop, NEVER);
		if (!w.holds)
			channel_flush(&w.channel);
		rest(&w);
	}
}
