/*
 * A worker by itself, with this program for a coordinator: what becomes of
 * orders that reach it in the first milliseconds of a task, when it does not
 * listen, and of those that wait behind it.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/os.h"
#include "pool/worker.h"
#include "tap.h"
#include "wire/channel.h"

enum { A = 1, B, C, TASKS };

static struct {
	struct loop *loop;
	struct channel channel;
	struct word *word;
	pid_t pid;
	int begun[2];		/* a pipe: a byte for each that began */
	int started, exits, dropped, frozen;
	int last;		/* that ended */
	bool strict, slow;	/* A must be short, and was not */
} T;

static void
on_message(struct channel *c, const struct message *m)
{
	(void)c;
	T.started += m->type == MSG_STARTED;
	T.slow |= T.strict && m->type == MSG_STARTED && m->task == A;
	T.exits += m->type == MSG_EXIT;
	T.dropped += m->type == MSG_DROPPED;
	T.frozen += m->type == MSG_FROZEN;
	if (m->type == MSG_EXIT)
		T.last = (int)m->task;
}

static void
on_closed(struct channel *c, enum channel_why why)
{
	(void)c;
	(void)why;
}

static const struct channel_ops ops = { on_message, on_closed };

static void
set_up(void)
{
	struct worker_conf conf;
	int p[2];

	memset(&T, 0, sizeof(T));
	memset(&conf, 0, sizeof(conf));
	T.word = os_map(sizeof(*T.word), true);
	if (T.word == NULL || fd_pair(p) < 0 || fd_pipe(T.begun) < 0)
		_exit(1);
	conf.word = T.word;
	conf.slot = 1;
	conf.limits.nice = NICE_AS_IS;
	conf.limits.ladder = ladder_for_signal(SIGTERM);
	conf.limits.soft_signal = SIGTERM;
	fflush(stdout);
	T.pid = fork();
	if (T.pid == 0) {
		conf.fd = p[1];
		worker_main(&conf);
	}
	close(p[1]);
	T.loop = loop_new();
	channel_open(&T.channel, T.loop, p[0], &ops);
}

static void
tear_down(void)
{
	channel_close(&T.channel);
	waitpid(T.pid, NULL, 0);
	close(T.begun[0]);
	close(T.begun[1]);
	os_unmap(T.word, sizeof(*T.word));
	loop_free(T.loop);
}

static void
run_line(int task, const char *line)
{
	struct message m;
	int fd[2] = { fd_dup(T.begun[1]), fd_dup(STDERR_FILENO) };
	char args[80] = "/bin/sh\0-c";
	size_t n = sizeof("/bin/sh\0-c");

	memcpy(args + n, line, strlen(line) + 1);
	memset(&m, 0, sizeof(m));
	m.type = MSG_RUN;
	m.task = (uint64_t)task;
	m.attempt = m.slot = 1;
	m.nfds = 2;
	m.argc = 3;
	m.args = args;
	m.argslen = n + strlen(line) + 1;
	channel_send(&T.channel, &m, fd, 2);
	channel_flush(&T.channel);
}

/* A task that says that it has begun, and is over. */
static void
run(int task)
{
	run_line(task, "printf x");
}

static void
say(enum message_type type, int task)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	m.task = (uint64_t)task;
	m.attempt = task ? 1 : 0;
	if (type == MSG_END) {
		m.reason = REASON_HALT;
		m.ladder = ladder_for_signal(SIGTERM);
	}
	channel_send(&T.channel, &m, NULL, 0);
	channel_flush(&T.channel);
}

/* Until *count is n; gives up late. */
static void
await(const int *count, int n)
{
	nsec late = clock_mono() + 60 * SEC;

	while (*count < n && !T.slow && clock_mono() < late)
		loop_turn(T.loop, clock_mono() + 10 * MSEC);
}

/* How many have begun, as far as can be read now. */
static int
begun(void)
{
	char text[TASKS];

	return (int)read(T.begun[0], text, sizeof(text));
}

/* Until the task that runs is a zombie, which its worker has not seen. */
static void
await_zombie(void)
{
	nsec late = clock_mono() + 60 * SEC;
	struct os_proc p;

	while (os_proc(T.word->pid, &p) == 0 && p.state != 'Z' &&
	    clock_mono() < late)
		usleep(1000);
}

/* A is over, but its worker has not seen it, and goes on by SIGCONT alone. */
static void
run_stopped(void)
{
	T.strict = true;
	run_line(A, "kill -STOP $PPID; printf x");
	while (begun() != 1)
		usleep(1000);
	await_zombie();
}

/* Orders that come meanwhile; once more where the machine was so slow that the
   worker listened. */
static void
play(void (*orders)(void))
{
	int tries;

	for (tries = 0; tries < 100; tries++) {
		set_up();
		run_stopped();
		orders();
		if (!T.slow)
			break;
		kill(T.pid, SIGCONT);
		tear_down();
	}
}

static void
order_end(void)
{
	run(B);
	run(C);
	say(MSG_END, 0);
	kill(T.pid, SIGCONT);
	await(&T.exits, 1);
	await(&T.dropped, 2);
}

static void
test_end(void)
{
	play(order_end);
	is_int(T.exits, 1, "the one that ran has ended");
	is_int(T.dropped, 2, "those behind it come back, and have not begun");
	tear_down();
}

static void
order_recall(void)
{
	run(B);
	run(C);
	say(MSG_RECALL, C);
	say(MSG_RECALL, B);
	kill(T.pid, SIGCONT);
	await(&T.exits, 1);
	await(&T.dropped, 2);
}

static void
test_recall(void)
{
	play(order_recall);
	is_int(T.exits, 1, "the one that ran has ended");
	ok(begun() <= 0, "those that were recalled in time have not begun");
	tear_down();
}

static void
order_freeze(void)
{
	run(B);
	say(MSG_FREEZE, 0);
	kill(T.pid, SIGCONT);
	await(&T.frozen, 1);
}

static void
test_freeze(void)
{
	nsec until;

	play(order_freeze);
	for (until = clock_mono() + 50 * MSEC; clock_mono() < until;)
		loop_turn(T.loop, until);
	ok(T.exits <= 1 && begun() <= 0, "none begins while all is frozen");
	say(MSG_THAW, 0);
	await(&T.exits, 2);
	is_int(T.last, B, "it begins then");
	is_int(begun(), 1, "once");
	tear_down();
}

/* Who has told the end of its last task is not told to go on. */
static void
test_freeze_idle(void)
{
	set_up();
	say(MSG_FREEZE, 0);
	await(&T.frozen, 1);
	run(A);
	run(B);
	run(C);
	await(&T.exits, 3);
	is_int(T.exits, 3, "frozen while it was idle, it runs what comes");
	is_int(begun(), 3, "each once");
	tear_down();
}

/* All of it is read when a task is over, before the next one begins. */
static void
order_thaw(void)
{
	run_line(B, "exec sleep 1000");
	say(MSG_FREEZE, 0);
	say(MSG_THAW, 0);
	kill(T.pid, SIGCONT);
	await(&T.started, 1);
}

static void
test_thaw_late(void)
{
	play(order_thaw);
	is_int((int)T.word->task, B, "the next one runs");
	is_int((int)T.word->state, WORD_RUNNING, "as its worker's word says");
	run(C);
	say(MSG_END, 0);
	await(&T.exits, 2);
	await(&T.dropped, 1);
	is_int(T.dropped, 1, "what is behind it comes back when all is ended");
	tear_down();
}

int
main(void)
{
	test_end();
	test_recall();
	test_freeze();
	test_freeze_idle();
	test_thaw_late();
	return done_testing();
}
