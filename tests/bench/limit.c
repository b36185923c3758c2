/*
 * limit -j N TASKS COMMAND: what the kernel allows.  N processes run COMMAND
 * TASKS times between them, each with the number of the task as its argument,
 * and do nothing else: vfork, execve, wait; no input is read, no output is
 * looked at, no process group is made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Runs every STEP-th task from FROM to LAST; returns the exit status. */
static int
spawn_all(long from, long last, long step, char *cmd)
{
	char num[24], *argv[] = { cmd, num, NULL };
	pid_t pid;
	long i;

	for (i = from; i <= last; i += step) {
		snprintf(num, sizeof num, "%ld", i);
		pid = vfork();
		if (pid == 0) {
			execve(cmd, argv, environ);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) < 0)
			return 1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	int i, st, n, bad = 0;

	if (argc != 5 || strcmp(argv[1], "-j") != 0) {
		fputs("usage: limit -j N TASKS COMMAND\n", stderr);
		return 2;
	}
	n = atoi(argv[2]);
	for (i = 1; i <= n; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(spawn_all(i, atol(argv[3]), n, argv[4]));
		if (pid < 0)
			return 1;
	}
	while (wait(&st) > 0)
		bad |= st;
	return bad != 0;
}
