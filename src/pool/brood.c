#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/os.h"
#include "pool/brood.h"
#include "pool/pool.h"

enum {
	QUICK_ENOUGH = 4,		/* tasks in a row */
	CHILDREN_MAX = 1024		/* that are looked through */
};

/* --- pipes ------------------------------------------------------------- */

void
brood_shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int
brood_renew(struct brood_pipe *p)
{
	int fd[2];

	if (p->writer >= 0)
		return 0;
	if (fd_pipe(fd) < 0)
		return -1;
	p->writer = fd[1];
	if (p->fd < 0) {
		p->fd = fd[0];
		return 0;
	}
	dup2(fd[0], p->fd);
	fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	close(fd[0]);
	return 0;
}

/* Numbers that are kept, for what is made when more are free. */
static int
reserve(struct brood *b)
{
	unsigned i;

	for (i = 0; i < b->most - 1; i++)
		if ((b->more[i].fd = fd_dup(STDIN_FILENO)) < 0)
			return -1;
	return 0;
}

int
brood_open(struct brood *b, unsigned most)
{
	size_t i;

	b->size = b->wanted = b->most = 1;
	b->goes = &b->last[0];
	for (i = 0; i < COUNT(b->more); i++)
		b->more[i].fd = b->more[i].writer = -1;
	for (i = 0; i < COUNT(b->last); i++)
		b->last[i].fd = b->last[i].writer = -1;
	if (most > 1 && os_watch_children())
		b->most = most;
	if (reserve(b) < 0 || brood_renew(&b->last[0]) < 0)
		return -1;
	return brood_renew(&b->last[1]);
}

void
brood_close(struct brood *b)
{
	size_t i;

	for (i = 0; i < COUNT(b->more); i++)
		brood_shut(&b->more[i].writer);
	for (i = 0; i < COUNT(b->last); i++)
		brood_shut(&b->last[i].writer);
}

void
brood_pipes(const struct brood *b, struct snippet_pipes *p)
{
	p->last[0] = b->last[0].fd;
	p->last[1] = b->last[1].fd;
	for (p->nmore = 0; p->nmore < b->most - 1; p->nmore++)
		p->more[p->nmore] = b->more[p->nmore].fd;
}

/* --- how many ---------------------------------------------------------- */

/* Are tasks so short that it matters how they are made? */
static bool
many_pay(struct brood *b)
{
	if (clock_mono() - b->went < POOL_SILENCE)
		b->quick++;
	else
		b->quick = 0;
	return b->quick >= QUICK_ENOUGH;
}

int
brood_prepare(struct brood *b, bool may)
{
	bool many = many_pay(b) && may;
	unsigned i;

	if (b->next + 1 < b->size)
		return 0;
	if (brood_renew(&b->last[!b->turn]) < 0)
		return -1;
	for (i = 0; many && i < b->most - 1; i++)
		many = brood_renew(&b->more[i]) == 0;
	for (i = 0; !many && i < b->most - 1; i++)
		brood_shut(&b->more[i].writer);
	b->wanted = many ? b->most : 1;
	return 0;
}

void
brood_begin(struct brood *b)
{
	b->size = b->wanted;
	b->next = 0;
	b->turn = !b->turn;
}

void
brood_say(struct brood *b, pid_t last)
{
	b->pid[b->size - 1] = last;
}

bool
brood_said(const struct brood *b)
{
	return b->pid[b->size - 1] != 0;
}

/* The shell has not read the answer as we meant it.  It may have been asked for
   as the first of many: see brood_prepare(). */
static bool
take_one(struct brood *b, pid_t last)
{
	b->pid[b->size - 1] = 0;
	b->pid[0] = last;
	b->size = b->wanted = 1;
	return brood_renew(&b->last[!b->turn]) == 0;
}

bool
brood_whole(struct brood *b, pid_t between)
{
	pid_t last = b->pid[b->size - 1];
	int n;

	if (b->size == 1)
		return true;
	n = os_children(between, b->pid, b->size);
	if (n == 1)
		return take_one(b, last);
	return n == (int)b->size && b->pid[b->size - 1] == last;
}

/* --- whose they are ---------------------------------------------------- */

/* A child of ours; *dead: that has ended. */
static bool
is_child(pid_t pid, bool *dead)
{
	siginfo_t info = { .si_pid = 0 };
	int r = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);

	*dead = info.si_pid != 0;
	return r == 0;
}

bool
brood_is_child(pid_t pid)
{
	bool dead;

	return is_child(pid, &dead);
}

bool
brood_has(const struct brood *b, pid_t pid)
{
	size_t i;

	for (i = 0; i < COUNT(b->pid); i++)
		if (b->pid[i] == pid)
			return true;
	return false;
}

bool
brood_ours(const struct brood *b)
{
	pid_t pids[CHILDREN_MAX];
	int i, n;
	unsigned found = 0;

	if (b->size == 1)
		return brood_is_child(b->pid[0]);
	n = os_children(getpid(), pids, CHILDREN_MAX);
	for (i = 0; i < n && i < CHILDREN_MAX; i++)
		found += brood_has(b, pids[i]);
	return found == b->size;
}

pid_t
brood_take(struct brood *b, bool *last)
{
	pid_t pid = b->pid[b->next];
	bool dead;

	if (!is_child(pid, &dead) || dead)
		return 0;
	b->went = clock_mono();
	b->pid[b->next] = 0;
	*last = b->next + 1 == b->size;
	b->goes = *last ? &b->last[b->turn] : &b->more[b->next];
	b->next++;
	return pid;
}

void
brood_tell(struct brood *b, const char *text, size_t n)
{
	if (b->goes->writer >= 0)
		fd_write(b->goes->writer, text, n);
	brood_shut(&b->goes->writer);
}

void
brood_forget(struct brood *b, pid_t pid)
{
	size_t i;

	for (i = 0; i < COUNT(b->pid); i++)
		if (b->pid[i] == pid)
			b->pid[i] = 0;
}

void
brood_kill(pid_t pid)
{
	if (pid == 0 || !brood_is_child(pid))
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void
brood_reap(struct brood *b)
{
	size_t i;

	for (i = 0; i < COUNT(b->pid); i++) {
		brood_kill(b->pid[i]);
		b->pid[i] = 0;
	}
}

void
brood_kill_group(pid_t group)
{
	pid_t pids[CHILDREN_MAX];
	int i, n = os_children(getpid(), pids, CHILDREN_MAX);

	for (i = 0; i < n && i < CHILDREN_MAX; i++)
		if (getpgid(pids[i]) == group)
			brood_kill(pids[i]);
}
