/*
 * Starts a command in a state that a shell cannot make, or not everywhere.
 *
 *	start [-rx] [-c FD].. [-i SIG].. [-b SIG].. [-p FILE] [-s FILE] CMD..
 *
 * -c closes a descriptor, -x all from 3 on; -i ignores a signal, -b blocks it
 * (numbers).
 * -p writes the pid of CMD to FILE before it begins, -s how it ended:
 * "exit N" or "signal N".  With -s this process waits for CMD, which has a
 * process group of its own: so that is not orphaned, and TSTP stops it wherever
 * the tests are run; else it becomes CMD.  With -r, too, what CMD leaves comes to this process, which
 * stays until it has ended: a parent in the same session, where process 1
 * would be none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

/* Written aside and moved there, so that nobody reads it half. */
static void
put(const char *file, const char *word, int n)
{
	char temp[4096];
	FILE *f;

	snprintf(temp, sizeof(temp), "%s.new", file);
	f = fopen(temp, "w");
	if (!f || fprintf(f, "%s%d\n", word, n) < 0 || fclose(f) != 0 ||
	    rename(temp, file) != 0) {
		perror(file);
		exit(125);
	}
}

static void
take_orphans(void)
{
#ifdef __linux__
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

static void
wait_for_orphans(void)
{
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

static int
wait_for(pid_t pid, const char *file)
{
	int status;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 125;
	if (WIFSIGNALED(status))
		put(file, "signal ", WTERMSIG(status));
	else
		put(file, "exit ", WEXITSTATUS(status));
	return 0;
}

int
main(int argc, char **argv)
{
	const char *pidfile = NULL, *status = NULL;
	int closed[3] = { 0, 0, 0 }, all = 0, rest = 0, c, fd, sig;
	sigset_t set, ignored;
	pid_t pid = 0;

	sigemptyset(&set);
	sigemptyset(&ignored);
	while ((c = getopt(argc, argv, "+c:rxi:b:p:s:")) != -1) {
		switch (c) {
		case 'c':
			closed[atoi(optarg) % 3] = 1;
			break;
		case 'r':
			rest = 1;
			break;
		case 'x':
			all = 1;
			break;
		case 'i':
			sigaddset(&ignored, atoi(optarg));
			break;
		case 'b':
			sigaddset(&set, atoi(optarg));
			break;
		case 'p':
			pidfile = optarg;
			break;
		case 's':
			status = optarg;
			break;
		default:
			return 125;
		}
	}
	if (optind == argc)
		return 125;
	if (rest)
		take_orphans();
	if (status)
		pid = fork();
	if (pid < 0)
		return 125;
	if (pid) {
		c = wait_for(pid, status);
		if (rest)
			wait_for_orphans();
		return c;
	}
	if (status)
		setpgid(0, 0);
	if (pidfile)
		put(pidfile, "", (int)getpid());
	for (sig = 1; sig < 32; sig++)
		if (sigismember(&ignored, sig) == 1)
			signal(sig, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (fd = 0; fd < 3; fd++)
		if (closed[fd])
			close(fd);
	for (fd = 3; all && fd < 1024; fd++)
		close(fd);
	execvp(argv[optind], argv + optind);
	return 127;
}
