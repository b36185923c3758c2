#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/os.h"
#include "pool/foster.h"

/* The twin ends by itself when the worker has let it go. */
static const nsec twin_may = SEC;

struct foster {
	struct loop *loop;
	struct io io;
	struct timer late;
	pid_t supervisor, twin;		/* 0 when it has gone, or is not there */
	bool killed;			/* the supervisor was */
};

/* --- the process ------------------------------------------------------- */

/* The supervisor has gone.  There may be some that came with the twin. */
static void
leave(const struct foster *f)
{
	struct os_procs list = { 0 };
	size_t i;

	os_descendants(NULL, NULL, &list);
	for (i = 0; i < list.n; i++)
		if (list.v[i].ppid == getpid())
			kill(list.v[i].pid, SIGKILL);
	free(list.v);
	if (f->killed)
		kill(getpid(), SIGKILL);
	_exit(0);
}

static void
on_late(struct timer *t)
{
	leave(container_of(t, struct foster, late));
}

static void
forget(struct foster *f)
{
	if (f->io.fd < 0)
		return;
	loop_io(f->loop, &f->io, 0);
	close(f->io.fd);
	f->io.fd = -1;
}

static void
on_ended(struct foster *f, pid_t pid, int status)
{
	if (pid == f->supervisor) {
		f->supervisor = 0;
		f->killed = WIFSIGNALED(status);
		loop_timer(f->loop, &f->late, loop_now(f->loop) + twin_may);
	} else if (pid == f->twin) {
		f->twin = 0;
		forget(f);
	}
	if (f->supervisor == 0 && (f->twin == 0 || f->killed))
		leave(f);
}

/* Neither may be stopped: tasks would wait for them. */
static void
on_child(void *ctx, int sig)
{
	struct foster *f = ctx;
	int status;
	pid_t pid;

	(void)sig;
	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (WIFSTOPPED(status))
			kill(pid, SIGCONT);
		else
			on_ended(f, pid, status);
	}
}

static void
on_supervisor(struct io *io, int got)
{
	struct foster *f = container_of(io, struct foster, io);
	siginfo_t si;
	pid_t twin;

	(void)got;
	if (read(io->fd, &twin, sizeof(twin)) != sizeof(twin)) {
		forget(f);
		return;
	}
	os_subreaper_end();
	fd_write(io->fd, "", 1);
	if (waitid(P_PID, (id_t)twin, &si, WEXITED | WNOHANG | WNOWAIT) == 0)
		f->twin = twin;
	else
		forget(f);		/* it has ended, and was reaped */
}

static void foster(int fd, pid_t supervisor) NORETURN;

static void
foster(int fd, pid_t supervisor)
{
	static struct foster f;

	f.supervisor = supervisor;
	f.loop = loop_new();
	f.late.cb = on_late;
	f.io.fd = fd;
	f.io.cb = on_supervisor;
	loop_signal(f.loop, SIGCHLD, on_child, &f);
	loop_io(f.loop, &f.io, IO_READ);
	on_child(&f, SIGCHLD);
	for (;;)
		loop_turn(f.loop, NEVER);
}

/* --- the supervisor's side --------------------------------------------- */

int
foster_split(int used)
{
	int pair[2], error;
	pid_t pid;

	if (fd_pair(pair) < 0)
		return -1;
	os_subreaper();
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		return pair[1];
	}
	error = errno;
	close(pair[1]);
	if (pid > 0) {
		close(used);
		foster(pair[0], pid);
	}
	close(pair[0]);
	errno = error;
	return -1;
}

void
foster_take(int fd, pid_t twin)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char ack;

	if (fd_write(fd, &twin, sizeof(twin)) < 0)
		return;
	while (poll(&p, 1, -1) < 0)
		;
	/* at its end there is nothing to read, which is what is left to see */
	if (read(fd, &ack, 1) < 0)
		return;
}
