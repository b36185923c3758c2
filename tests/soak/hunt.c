/*
 * Processes below ppx, and the harm that is done to them.
 *
 * A process is reached by its pidfd, and only after /proc has said, with the
 * pidfd open, that its line of parents leads to our ppx: so a number that was
 * given to another process meanwhile does no harm.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak.h"

/* The same on all architectures; not in the headers before Linux 5.3. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

enum { MOST = 4096, WOUNDS = 64 };

struct found {
	pid_t pid;
	bool worker;
};

static struct found all[MOST];
static size_t nall;

/* What was stopped and is to go on. */
static struct wound {
	int fd;
	double until;
} wounds[WOUNDS];
static size_t nwounds;

static double thaw_at;		/* when ppx itself is to go on; 0: it runs */
static int slots_more;		/* USR1 less USR2 */

struct harm harm;

static ssize_t
slurp(char *buf, size_t size, pid_t pid, const char *file)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

static pid_t
parent(pid_t pid, char *status)
{
	char buf[512], *p;
	int up;

	if (slurp(buf, sizeof(buf), pid, "stat") <= 0 ||
	    !(p = strrchr(buf, ')')) || sscanf(p + 1, " %c %d", status, &up) != 2)
		return -1;
	return (pid_t)up;
}

static bool
is_below(pid_t pid, pid_t top)
{
	char status;
	int depth;

	for (depth = 0; depth < 64 && pid > 1; depth++)
		if ((pid = parent(pid, &status)) == top)
			return true;
	return false;
}

static bool
is_called(pid_t pid, const char *start)
{
	char name[32];

	return slurp(name, sizeof(name), pid, "comm") > 0 &&
	    strncmp(name, start, strlen(start)) == 0;
}

/*
 * Adds the children of pid to all[], and theirs.  A child of ppx that is called
 * "ppx" is not for us: a worker that is not born yet, or what a sanitizer looks
 * for leaks with, for which ppx would wait for ever.
 */
static void
gather(pid_t pid, bool top)
{
	char buf[16384], path[48], *p = buf, *end;
	long child;

	snprintf(path, sizeof(path), "task/%d/children", (int)pid);
	if (slurp(buf, sizeof(buf), pid, path) <= 0)
		return;
	for (; nall < MOST && (child = strtol(p, &end, 10)) > 0; p = end) {
		all[nall].pid = (pid_t)child;
		all[nall].worker = top && is_called((pid_t)child, "ppx:");
		if (top && !all[nall].worker && is_called((pid_t)child, "ppx"))
			continue;
		nall++;
		gather((pid_t)child, false);
	}
}

static void
look(pid_t ppx)
{
	nall = 0;
	gather(ppx, true);
	if (nall > harm.most)
		harm.most = nall;
}

static int
pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static int
pidfd_kill(int fd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
}

bool
hunt_can(void)
{
	char buf[64], path[48];
	int fd = pidfd(getpid());
	bool can;

	snprintf(path, sizeof(path), "task/%d/children", (int)getpid());
	can = fd >= 0 && slurp(buf, sizeof(buf), getpid(), path) >= 0 &&
	    pidfd_kill(fd, 0) == 0;
	if (fd >= 0)
		close(fd);
	return can;
}

/* One of the workers, or of the others; NULL if there is none. */
static const struct found *
any(bool worker)
{
	size_t i, n = 0;

	for (i = 0; i < nall; i++)
		n += all[i].worker == worker;
	if (n == 0)
		return NULL;
	n = dice(n);
	for (i = 0; i < nall; i++)
		if (all[i].worker == worker && n-- == 0)
			break;
	return &all[i];
}

/* Tells whose process is about to be hit. */
static void
note_hit(pid_t pid)
{
	char buf[256], *word;
	unsigned long long seq;
	ssize_t n = slurp(buf, sizeof(buf), pid, "cmdline");

	word = n > 0 ? memchr(buf, '\0', (size_t)n) : NULL;
	if (word && strstr(buf, "chore") &&
	    sscanf(word + 1, "%llu", &seq) == 1)
		check_hit(seq);
	else
		harm.nobody++;
}

static bool
hit(const struct found *f, pid_t ppx, int sig, double until)
{
	bool done = false;
	int fd;

	if (!f || (until > 0 && nwounds == WOUNDS) || (fd = pidfd(f->pid)) < 0)
		return false;
	if (is_below(f->pid, ppx)) {
		if (!f->worker)
			note_hit(f->pid);
		done = pidfd_kill(fd, sig) == 0;
	}
	if (done && until > 0) {
		wounds[nwounds].fd = fd;
		wounds[nwounds++].until = until;
	} else {
		close(fd);
	}
	return done;
}

void
hunt_heal(pid_t ppx, bool every)
{
	double t = now();
	size_t i;

	for (i = nwounds; i-- > 0;) {
		if (!every && wounds[i].until > t)
			continue;
		pidfd_kill(wounds[i].fd, SIGCONT);
		close(wounds[i].fd);
		wounds[i] = wounds[--nwounds];
	}
	if (thaw_at > 0 && (every || thaw_at <= t)) {
		kill(ppx, SIGCONT);
		thaw_at = 0;
	}
}

/* ppx must have stopped, within reason, and be told to go on. */
static void
freeze(pid_t ppx)
{
	double limit = now() + 30;
	char status = '?';

	kill(ppx, SIGTSTP);
	while (now() < limit && parent(ppx, &status) > 0 && status != 'T')
		usleep(500);
	if (status != 'T')
		wrong("ppx has not stopped 30 s after TSTP: %c", status);
	harm.freezes++;
	thaw_at = now() + 0.001 * (double)dice(30);
}

/* Signals that mean little or nothing to ppx. */
static void
tease(pid_t ppx)
{
	static const int sigs[] = { SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT };
	int sig = sigs[dice(4)];

	if ((sig == SIGUSR1 && slots_more >= 3) ||
	    (sig == SIGUSR2 && slots_more <= -3))
		return;
	slots_more += (sig == SIGUSR1) - (sig == SIGUSR2);
	kill(ppx, sig);
	harm.signals++;
}

void
hunt(pid_t ppx, bool calm)
{
	static bool begun;
	uint64_t what = dice(1000);

	look(ppx);
	/* before its first worker it may not have caught a signal yet */
	begun = begun || any(true);
	if (!begun)
		return;
	if (what < 350)
		harm.workers += hit(any(true), ppx, SIGKILL, 0);
	else if (what < 800)
		harm.tasks += hit(any(false), ppx, SIGKILL, 0);
	else if (what < 930)
		harm.stops += hit(any(false), ppx, SIGSTOP,
		    now() + 0.001 * (double)dice(30));
	else if (what < 935)		/* for longer than its time limit */
		harm.stops += hit(any(false), ppx, SIGSTOP, now() + 3);
	else if (what < 950)		/* ppx continues it */
		harm.stops += hit(any(true), ppx, SIGSTOP, 0);
	else if (what < 996)
		tease(ppx);
	else if (!calm && thaw_at == 0)
		freeze(ppx);
}

size_t
hunt_list(pid_t pid, void *f)
{
	char line[200], status;
	pid_t up;
	size_t i, k;
	ssize_t n;

	nall = 0;
	gather(pid, true);
	for (i = 0; i < nall; i++) {
		status = '?';
		up = parent(all[i].pid, &status);
		n = slurp(line, sizeof(line), all[i].pid, "cmdline");
		for (k = 0; n > 0 && k + 1 < (size_t)n; k++)
			if (line[k] == '\0')
				line[k] = ' ';
		fprintf(f, "%d child of %d, %c: %s\n", (int)all[i].pid,
		    (int)up, status, n > 0 ? line : "");
	}
	return nall;
}

void
hunt_kill(pid_t pid)
{
	int round;
	size_t i;

	for (round = 0; round < 100; round++) {
		nall = 0;
		gather(pid, true);
		for (i = 0; i < nall; i++)
			hit(&all[i], pid, SIGKILL, 0);
		while (pid == getpid() && waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (nall == 0)
			break;
		usleep(10000);
	}
}
