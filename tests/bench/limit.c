/*
 * limit [-c] -j N TASKS COMMAND: what the kernel allows.  N processes run
 * COMMAND TASKS times between them, each with the number of the task as its
 * argument, and do nothing else: vfork, execve, wait; no input is read, no
 * output is looked at, no process group is made.
 *
 * -c: what a runner cannot do without that keeps tasks and their output apart:
 * each has a process group and two pipes of its own, which are read to their
 * end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int capture;

/* Reads what the pipes have, whose writers are gone but for small outputs. */
static void
drain(int fd[2][2])
{
	char text[4096];
	int i;

	for (i = 0; i < 2; i++) {
		while (read(fd[i][0], text, sizeof text) > 0)
			;
		close(fd[i][0]);
	}
}

/* Runs every STEP-th task from FROM to LAST; returns the exit status. */
static int
spawn_all(long from, long last, long step, char *cmd)
{
	char num[24], *argv[] = { cmd, num, NULL };
	int fd[2][2];
	pid_t pid;
	long i;

	for (i = from; i <= last; i += step) {
		snprintf(num, sizeof num, "%ld", i);
		if (capture && (pipe2(fd[0], O_CLOEXEC) < 0 ||
		    pipe2(fd[1], O_CLOEXEC) < 0))
			return 1;
		pid = vfork();
		if (pid == 0) {
			if (capture) {
				setpgid(0, 0);
				dup2(fd[0][1], 1);
				dup2(fd[1][1], 2);
			}
			execve(cmd, argv, environ);
			_exit(127);
		}
		if (capture) {
			close(fd[0][1]);
			close(fd[1][1]);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) < 0)
			return 1;
		if (capture)
			drain(fd);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	int i, st, n, bad = 0;

	if (argc == 6 && strcmp(argv[1], "-c") == 0) {
		capture = 1;
		argv++;
		argc--;
	}
	if (argc != 5 || strcmp(argv[1], "-j") != 0) {
		fputs("usage: limit [-c] -j N TASKS COMMAND\n", stderr);
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
