#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/os.h"
#include "pool/charge.h"
#include "pool/foster.h"
#include "pool/script.h"
#include "pool/spawn.h"

/* --- the supervisor ---------------------------------------------------- */

struct nurse {
	struct channel channel;
	struct charge charge;
	bool orphan;		/* the worker is gone, or wants us gone */
	bool warm, stays;	/* a shell that is to stay, and does */
	bool parting;		/* ... is being parted from its twin */
	bool leaves;		/* it runs the fini */
	struct io foster;	/* see foster.h; fd -1: there is none */
	pid_t parent;		/* the foster parent, while it lives */
	struct timer again;	/* CONT, pauses[wakes] after the last one */
	unsigned wakes;
	const struct word *word;
	nsec timeout;
};

static void
say(struct nurse *n, enum message_type type)
{
	struct message m;

	if (n->orphan)
		return;
	memset(&m, 0, sizeof(m));
	m.type = type;
	m.result = n->charge.result;
	channel_send(&n->channel, &m, NULL, 0);
	channel_drain(&n->channel);
}

static void
on_over(struct charge *c)
{
	struct nurse *n = container_of(c, struct nurse, charge);

	if (n->warm && !n->stays && !n->leaves && c->result.reason == REASON_EXIT &&
	    c->result.code == 0)
		c->result.reason = REASON_LOST;
	say(n, MSG_SCRIPT);
	if (n->orphan || (c->phase != PHASE_KEEP && !n->stays))
		_exit(0);
}

static void
on_runs(struct charge *c)
{
	(void)c;
}

/*
 * A task that stops the shell would hold up those that come.  Once is not
 * enough: kill(2) goes through a group process by process, and nothing keeps
 * our CONT from overtaking the STOP that we answer.
 */
static const nsec pauses[] = { 20 * MSEC, 200 * MSEC, 2 * SEC };

static void
wake(struct nurse *n)
{
	struct charge *c = &n->charge;

	if (!n->stays || c->pid == 0)
		return;
	kill(-c->pid, SIGCONT);
	if (n->wakes < COUNT(pauses))
		loop_timer(c->loop, &n->again,
		    loop_now(c->loop) + pauses[n->wakes++]);
}

static void
on_again(struct timer *t)
{
	wake(container_of(t, struct nurse, again));
}

static void
on_stopped(struct charge *c, int sig)
{
	struct nurse *n = container_of(c, struct nurse, charge);

	(void)sig;
	if (!n->stays)
		return;
	c->stop_said = false;
	n->wakes = 0;
	wake(n);
}

/* Of a shell that stayed the worker says when, or has gone: see on_dropped(). */
static void
on_empty(struct charge *c)
{
	struct nurse *n = container_of(c, struct nurse, charge);

	if (n->orphan || !n->stays)
		_exit(0);
}

static const struct charge_ops charge_ops = {
	on_over, on_runs, on_stopped, on_empty, NULL
};

/*
 * The twin goes from the shell to who is above us.  What is killed is no child
 * of ours, but it ends by nothing else: only where others kill it right now,
 * and its number is taken at once, is it the wrong one.
 */
static void
part(struct nurse *n, pid_t between)
{
	n->parting = true;
	os_subreaper_end();
	kill(between, SIGKILL);
}

static void
stay(struct nurse *n, pid_t twin)
{
	os_subreaper();
	foster_take(n->foster.fd, twin);
	n->stays = true;
	charge_bound(&n->charge, 0);
	n->charge.result.reason = REASON_EXIT;
	say(n, MSG_SCRIPT);
}

/* Its end is that of the fini; what that makes is no task. */
static void
leave(struct nurse *n)
{
	if (!n->stays)
		return;
	n->stays = false;
	n->leaves = true;
	charge_bound(&n->charge, n->timeout);
}

/* Nothing of what it has left running is ended with it. */
static void
end_shell(struct nurse *n)
{
	if (n->charge.phase == PHASE_MAIN && n->charge.pid)
		kill(n->charge.pid, SIGKILL);
}

/* The twin has gone, or the foster parent. */
static void
on_foster(struct io *io, int got)
{
	struct nurse *n = container_of(io, struct nurse, foster);

	(void)got;
	loop_io(n->charge.loop, io, 0);
	if (!n->leaves)
		end_shell(n);
}

static void
on_order(struct channel *ch, const struct message *m)
{
	struct nurse *n = container_of(ch, struct nurse, channel);
	struct charge *c = &n->charge;

	if (m->type == MSG_END && m->ladder.n == 0) {
		if (n->stays)
			end_shell(n);
	} else if (m->type == MSG_END) {
		if (!n->stays)	/* or the init was over before this came */
			charge_end(c, m->reason, &m->ladder);
	} else if (m->type == MSG_FREEZE) {
		charge_freeze(c);
		say(n, MSG_FROZEN);
	} else if (m->type == MSG_THAW) {
		charge_thaw(c);
	} else if (m->type == MSG_STARTED) {
		if (c->phase == PHASE_MAIN && n->parting)
			stay(n, (pid_t)m->pid);
		else if (c->phase == PHASE_MAIN)
			part(n, (pid_t)m->pid);
	} else if (m->type == MSG_RECALL) {
		leave(n);
	} else if (m->type == MSG_RETIRE) {
		if (c->phase == PHASE_IDLE ||
		    (c->phase == PHASE_KEEP && c->result.nunkillable))
			_exit(0);
		n->stays = false;
		if (c->phase == PHASE_KEEP)
			charge_dismiss(c, &m->ladder);
		else
			charge_end(c, REASON_INTERRUPT, &m->ladder);
	}
}

/*
 * What spawn() makes dies with the worker, by PR_SET_PDEATHSIG; what a shell
 * makes cannot ask for that.  Where the coordinator lives it does the same.  A
 * worker that lives drops us when its task is over.
 */
static void
end_task(const struct nurse *n)
{
	pid_t pid = n->word->state == WORD_RUNNING ? n->word->pid : 0;

	if (pid <= 0)
		return;
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
}

static void
on_dropped(struct channel *ch, enum channel_why why)
{
	struct nurse *n = container_of(ch, struct nurse, channel);

	(void)why;
	n->orphan = true;
	if (n->warm)
		end_task(n);
	if (n->charge.phase == PHASE_IDLE)
		_exit(0);
	charge_kill(&n->charge);
}

static const struct channel_ops orders = { on_order, on_dropped };

/* Has the foster parent been killed?  As if we were, then: we are a child of
   the worker now, like any of its task. */
static void
on_continued(void *ctx, int sig)
{
	struct nurse *n = ctx;

	(void)sig;
	if (n->foster.fd >= 0 && getppid() != n->parent && !n->orphan)
		kill(getpid(), SIGKILL);
}

static void
on_child(void *ctx, int sig)
{
	struct nurse *n = ctx;

	(void)sig;
	charge_reap(&n->charge);
}

static void
start(struct nurse *n, const struct script_conf *conf)
{
	struct spawn_task t = { .argc = conf->driver ? 5 : 4,
	    .slot = conf->slot,
	    .in = -1, .out = -1, .err = -1 };
	struct bounds bounds = { .timeout = conf->timeout };
	const char *slash = strrchr(conf->shell, '/');
	const char *name = slash ? slash + 1 : conf->shell;
	struct buf args = { 0 };

	buf_add(&args, conf->shell, strlen(conf->shell) + 1);
	buf_add(&args, "-c", 3);
	if (conf->driver)
		buf_add(&args, conf->driver, strlen(conf->driver) + 1);
	else
		buf_add(&args, conf->text, strlen(conf->text) + 1);
	buf_add(&args, name, strlen(name) + 1);
	if (conf->driver)
		buf_add(&args, conf->text, strlen(conf->text) + 1);
	t.args = args.data;
	charge_start(&n->charge, &t, &bounds);
}

/* As a shell that could not be. */
static void
cannot_start(struct nurse *n, int error)
{
	struct result *r = &n->charge.result;

	r->reason = REASON_EXEC;
	r->code = 126;
	r->step = SPAWN_FORK;
	r->error = error;
	say(n, MSG_SCRIPT);
	_exit(0);
}

static void
supervise(const struct script_conf *conf, int fd, pid_t worker) NORETURN;

static void
supervise(const struct script_conf *conf, int fd, pid_t worker)
{
	struct spawn_place place = { .worker = worker, .dir = conf->dir,
	    .shared = conf->limits->shared_session,
	    .slot = conf->slot,
	    .nice = conf->limits->nice, .tty = -1,
	    .slot_var = conf->limits->slot_var };
	static struct nurse n;
	static struct limits limits;
	struct word *word = os_map(sizeof(*word), true);
	struct loop *loop;
	int error;

	if (word == NULL)
		_exit(1);
	os_on_parent_death(SIGCONT);	/* as a worker does; of each parent */
	if (conf->warm >= 0) {
		dup2(conf->out, STDIN_FILENO);
		dup2(conf->warm, STDERR_FILENO);
	} else {
		dup2(conf->out, STDOUT_FILENO);
		dup2(conf->out, STDERR_FILENO);
	}
	fd_close_ours(fd);
	n.warm = conf->warm >= 0;
	n.parent = getpid();	/* which it becomes */
	n.foster.fd = n.warm ? foster_split(fd) : -1;
	error = errno;
	os_on_parent_death(SIGCONT);
	n.foster.cb = on_foster;
	n.again.cb = on_again;
	n.timeout = conf->timeout;
	n.word = conf->word;
	n.charge.blind = !os_subreaper();
	limits = *conf->limits;
	limits.measure = false;
	limits.leak = LEAK_IGNORE;	/* kept, not spared: see on_order() */
	loop = loop_new();
	charge_init(&n.charge, loop, &limits, word, spawner_new(word, &place),
	    0, &charge_ops);
	loop_signal(loop, SIGCHLD, on_child, &n);
	loop_signal(loop, SIGCONT, on_continued, &n);
	on_continued(&n, SIGCONT);	/* it may have been before that */
	channel_open(&n.channel, loop, fd, &orders);
	if (n.warm && n.foster.fd < 0)
		cannot_start(&n, error);
	if (n.warm)
		loop_io(loop, &n.foster, IO_READ);
	start(&n, conf);
	for (;;)
		loop_turn(loop, NEVER);
}

/* --- the worker's side ------------------------------------------------- */

static void
on_answer(struct channel *ch, const struct message *m)
{
	struct script *s = container_of(ch, struct script, channel);

	if (m->type == MSG_SCRIPT)
		s->ops->over(s, &m->result);
	else if (m->type == MSG_FROZEN)
		s->ops->frozen(s);
}

static void
on_gone(struct channel *ch, enum channel_why why)
{
	struct script *s = container_of(ch, struct script, channel);
	bool killed = os_wait_aside(s->pid);

	(void)why;
	s->pid = 0;
	s->ops->gone(s, killed);
}

static const struct channel_ops answers = { on_answer, on_gone };

int
script_start(struct script *s, struct loop *loop,
    const struct script_conf *conf, const struct script_ops *ops)
{
	pid_t self = getpid(), pid;
	int fd[2], saved;

	if (fd_pair(fd) < 0)
		return -1;
	pid = os_fork_aside();
	if (pid == 0)
		supervise(conf, fd[1], self);
	saved = errno;
	close(fd[1]);
	if (pid < 0) {
		close(fd[0]);
		errno = saved;
		return -1;
	}
	s->pid = pid;
	s->ops = ops;
	channel_open(&s->channel, loop, fd[0], &answers);
	return 0;
}

void
script_tell(struct script *s, const struct message *m)
{
	if (s->pid == 0)
		return;
	channel_send(&s->channel, m, NULL, 0);
	channel_flush(&s->channel);
}

void
script_wake(const struct script *s)
{
	if (s->pid)
		os_wake_aside(s->pid);
}

void
script_drop(struct script *s)
{
	if (s->pid)
		shutdown(s->channel.io.fd, SHUT_WR);
}
