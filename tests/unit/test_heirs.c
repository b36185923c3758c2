/* What dead workers left, where nobody has claimed it. */
#include "config.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/os.h"
#include "pool/heirs.h"
#include "tap.h"

static pid_t named;

static bool
is_member(void *ctx, pid_t pid)
{
	(void)ctx, (void)pid;
	return false;
}

static bool
is_named(void *ctx, pid_t pid)
{
	(void)ctx;
	return pid == named;
}

static void
on_ended(void *ctx, struct task *t)
{
	(void)ctx, (void)t;
}

static const struct heirs_ops ops = { is_member, is_named, on_ended };

/* One that comes to us as an orphan, and is dead. */
static pid_t
orphan(void)
{
	siginfo_t si;
	int fd[2];
	pid_t pid;

	if (pipe(fd) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		pid = fork();
		if (pid && write(fd[1], &pid, sizeof(pid)) < 0)
			_exit(1);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	if (read(fd[0], &pid, sizeof(pid)) != sizeof(pid))
		return -1;
	close(fd[0]);
	close(fd[1]);
	waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT);
	return pid;
}

int
main(void)
{
	struct loop *loop;
	struct heirs *h;
	siginfo_t si;
	pid_t pid;

	if (!os_subreaper()) {
		ok(true, "orphans do not come to us here");
		return done_testing();
	}
	loop = loop_new();
	h = heirs_new(loop, &ops, NULL);
	pid = named = orphan();
	heirs_reap(h);
	ok(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0,
	    "the task of a worker that is not buried keeps its number");
	named = 0;
	heirs_reap(h);
	ok(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) < 0 &&
	    errno == ECHILD, "no orphan stays as a zombie");
	heirs_free(h);
	loop_free(loop);
	return done_testing();
}
