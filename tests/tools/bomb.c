/*
 * Processes that cannot be caught one by one: each lives for a moment only,
 * and its successor, in a session of its own, is no child of anybody.
 *
 *	bomb READY [WALKERS [STEPS]]
 *
 *	bomb -d READY MOST
 *
 * The first makes READY and waits for TERM; then WALKERS (10, at most 100) go STEPS
 * (200) successors far and rest.  Where dead ones are not reaped meanwhile
 * WALKERS * STEPS is how many there can be in all.
 *
 * The second makes READY and begins at once: every process makes others by
 * double forks, each in a session of its own, and so do these, until MOST (at
 * most 2000) have been made; then they rest.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void
go(int sig)
{
	(void)sig;
}

static void
walk(long steps)
{
	while (steps > 0) {
		pid_t pid = fork();

		if (pid > 0)
			_exit(0);
		if (pid < 0)
			continue;
		steps--;
		if (steps % 2)
			setsid();
	}
	for (;;)
		pause();
}

static void
multiply(const char *ready, long most)
{
	atomic_long *made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (made == MAP_FAILED)
		_exit(2);
	close(open(ready, O_WRONLY | O_CREAT, 0666));
	while (atomic_fetch_add(made, 1) < most) {
		pid = fork();
		if (pid > 0)
			waitpid(pid, NULL, 0);
		if (pid != 0)
			continue;
		setsid();
		if (fork() != 0)
			_exit(0);
	}
	for (;;)
		pause();
}

int
main(int argc, char **argv)
{
	long walkers = argc > 2 ? atol(argv[2]) : 10;
	long steps = argc > 3 ? atol(argv[3]) : 200;
	struct sigaction sa = { .sa_handler = go };
	sigset_t term, before;
	long i;

	if (argc >= 4 && strcmp(argv[1], "-d") == 0 && steps <= 2000)
		multiply(argv[2], steps);
	if (argc < 2 || argv[1][0] == '-' || walkers > 100)
		return 2;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	sigaction(SIGTERM, &sa, NULL);
	for (i = 0; i < walkers; i++)
		if (fork() == 0) {
			sigsuspend(&before);
			walk(steps);
		}
	close(open(argv[1], O_WRONLY | O_CREAT, 0666));
	for (;;)
		sigsuspend(&before);
}
