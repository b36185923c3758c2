/*
 * Runs a command at a terminal of its own, in the foreground, as a shell with
 * job control would.
 *
 *	onpty [-p FILE] [-j FILE] CMD [ARG]..
 *
 * What comes on stdin is typed; what the terminal shows goes to stdout.
 * -p: FILE gets the pid of CMD.  -j: FILE gets the line "stopped N" each time
 * CMD is stopped by signal N; it goes on when it gets SIGCONT.  Ends as CMD
 * does: with its status, or 128 and the signal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
note(const char *file, const char *word, int n)
{
	FILE *f = file ? fopen(file, "a") : NULL;

	if (f) {
		fprintf(f, "%s%d\n", word, n);
		fclose(f);
	}
}

/* The session's first process: it has the terminal, CMD its foreground. */
static int
lead(int tty, const char *pidfile, const char *stops, char **argv)
{
	int status;
	pid_t pid;

	setsid();
	ioctl(tty, TIOCSCTTY, 0);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		tcsetpgrp(tty, getpid());
		signal(SIGTTOU, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		note(pidfile, "", (int)getpid());
		dup2(tty, 0);
		dup2(tty, 1);
		dup2(tty, 2);
		if (tty > 2)
			close(tty);
		execvp(argv[0], argv);
		_exit(127);
	}
	for (;;) {
		if (waitpid(pid, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			return 125;
		}
		if (!WIFSTOPPED(status))
			break;
		note(stops, "stopped ", WSTOPSIG(status));
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

static int
copy(int from, int to)
{
	char text[4096];
	ssize_t n = read(from, text, sizeof(text));

	if (n <= 0)
		return -1;
	return write(to, text, (size_t)n) == n ? 0 : -1;
}

static int
relay(int master, pid_t pid)
{
	struct pollfd p[2] = { { master, POLLIN, 0 }, { 0, POLLIN, 0 } };
	int status;

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents && copy(0, master) < 0)
			p[1].fd = -1;
		/* EIO: nobody has the terminal open any more */
		if (p[0].revents && copy(master, 1) < 0)
			break;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 125;
	return WEXITSTATUS(status);
}

int
main(int argc, char **argv)
{
	const char *pidfile = NULL, *stops = NULL;
	int c, master, tty;
	pid_t pid;

	while ((c = getopt(argc, argv, "+p:j:")) != -1) {
		if (c == 'p')
			pidfile = optarg;
		else if (c == 'j')
			stops = optarg;
		else
			return 125;
	}
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (optind == argc || master < 0 || grantpt(master) < 0 ||
	    unlockpt(master) < 0)
		return 125;
	tty = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (tty < 0)
		return 125;
	fcntl(master, F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		close(master);
		_exit(lead(tty, pidfile, stops, argv + optind));
	}
	close(tty);
	return relay(master, pid);
}
