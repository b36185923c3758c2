/*
 * A task that notes the signals it gets and lives on.
 *
 *	siglog [-x SIG] LOG [IGNORED]..
 *
 * LOG gets the line "ready", then the name of each signal that came, CONT
 * included.  -x: exits 0 when SIG comes (a name).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	int sig;
} names[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT },
	{ "TERM", SIGTERM }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 },
	{ "CONT", SIGCONT }, { "TSTP", SIGTSTP }, { "ALRM", SIGALRM },
	{ "PIPE", SIGPIPE },
};
enum { NNAMES = sizeof(names) / sizeof(names[0]) };

static int log_fd, last = -1;

static void
note(const char *s)
{
	char line[16];
	size_t n = strlen(s);

	memcpy(line, s, n);
	line[n] = '\n';
	if (write(log_fd, line, n + 1) < 0)
		_exit(3);
}

static void
on_signal(int sig)
{
	int i, saved = errno;

	for (i = 0; i < NNAMES; i++)
		if (names[i].sig == sig) {
			note(names[i].name);
			if (sig == last)
				_exit(0);
		}
	errno = saved;
}

int
main(int argc, char **argv)
{
	struct sigaction sa;
	sigset_t none;
	int i, c;

	while ((c = getopt(argc, argv, "+x:")) != -1)
		for (i = 0; c == 'x' && i < NNAMES; i++)
			if (strcmp(names[i].name, optarg) == 0)
				last = names[i].sig;
	if (optind >= argc)
		return 2;
	log_fd = open(argv[optind], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
	    0666);
	if (log_fd < 0)
		return 2;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sa.sa_flags = SA_RESTART;
	sigfillset(&sa.sa_mask);
	for (i = 0; i < NNAMES; i++)
		sigaction(names[i].sig, &sa, NULL);
	sigemptyset(&none);
	note("ready");
	for (;;)
		sigsuspend(&none);
}
