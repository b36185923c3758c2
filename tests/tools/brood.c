/*
 * A task with a family: a child, a child in a session of its own, a child
 * whose parent has ended, and one that is both.
 *
 *	brood [-d] [-e] [-i] [-s] READY [IGNORED]..
 *
 * When all are there READY gets a line, the pid of the main process; then they
 * all wait for ever.  -d: the children do not hold stdin, stdout and stderr
 * (they are daemons).  -e: the main process exits when all are there.
 * -i: they ignore every signal that can be ignored.  -s: they stop themselves.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static bool daemons, leave, deaf, stop;
static int up[2];

static void
ignore_all(void)
{
	int sig;

	for (sig = 1; sig < 32; sig++)
		if (sig != SIGCHLD)
			signal(sig, SIG_IGN);
}

static void
rest(void)
{
	if (stop)
		raise(SIGSTOP);
	for (;;)
		pause();
}

static void
live(void)
{
	int fd;

	if (daemons) {
		fd = open("/dev/null", O_RDWR);
		dup2(fd, 0);
		dup2(fd, 1);
		dup2(fd, 2);
		close(fd);
	}
	if (write(up[1], "x", 1) != 1)
		_exit(1);
	close(up[0]);
	close(up[1]);
	rest();
}

static void
child(bool session, bool orphan)
{
	pid_t pid = fork();

	if (pid < 0)
		exit(1);
	if (pid == 0) {
		if (orphan && fork() != 0)
			_exit(0);
		if (session)
			setsid();
		live();
	}
	if (orphan)
		waitpid(pid, NULL, 0);
}

int
main(int argc, char **argv)
{
	char c, line[24];
	int opt, n, fd;

	while ((opt = getopt(argc, argv, "+deis")) != -1) {
		daemons |= opt == 'd';
		leave |= opt == 'e';
		deaf |= opt == 'i';
		stop |= opt == 's';
	}
	if (optind >= argc || pipe(up) < 0)
		return 2;
	if (deaf)
		ignore_all();
	child(false, false);
	child(true, false);
	child(false, true);
	child(true, true);
	for (n = 0; n < 4; n++)
		if (read(up[0], &c, 1) != 1)
			return 1;
	close(up[0]);
	close(up[1]);
	fd = open(argv[optind], O_WRONLY | O_CREAT | O_APPEND, 0666);
	n = snprintf(line, sizeof(line), "%d\n", (int)getpid());
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		return 1;
	close(fd);
	if (leave)
		return 0;
	rest();
}
