/*
 * Processes that cannot be caught one by one: each lives for a moment only,
 * and its successor, in a session of its own, is no child of anybody.
 *
 *	bomb READY [WALKERS [STEPS]]
 *
 * At most 100 WALKERS at a time; each ends by itself after STEPS successors.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void
walk(long steps)
{
	struct timespec moment = { 0, 200000 };
	pid_t pid;

	while (steps-- > 0) {
		pid = fork();
		if (pid > 0)
			_exit(0);
		if (pid == 0 && steps % 2)
			setsid();
		if (steps % 8 == 0)
			nanosleep(&moment, NULL);
	}
	_exit(0);
}

int
main(int argc, char **argv)
{
	long walkers = argc > 2 ? atol(argv[2]) : 20;
	long steps = argc > 3 ? atol(argv[3]) : 20000;
	long i;

	if (argc < 2)
		return 2;
	for (i = 0; i < walkers && i < 100; i++)
		if (fork() == 0)
			walk(steps);
	close(open(argv[1], O_WRONLY | O_CREAT, 0666));
	for (;;)
		pause();
}
