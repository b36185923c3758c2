/*
 * Processes that cannot be caught one by one: each lives for a moment only,
 * and its successor, in a session of its own, is no child of anybody.
 *
 *	bomb READY [WALKERS [STEPS]]
 *
 * Makes READY and waits for TERM; then WALKERS (10, at most 100) go STEPS
 * (200) successors far and rest.  Where dead ones are not reaped meanwhile
 * WALKERS * STEPS is how many there can be in all.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
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

int
main(int argc, char **argv)
{
	long walkers = argc > 2 ? atol(argv[2]) : 10;
	long steps = argc > 3 ? atol(argv[3]) : 200;
	struct sigaction sa = { .sa_handler = go };
	sigset_t term, before;
	long i;

	if (argc < 2 || walkers > 100)
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
