#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/signals.h"

static const struct {
	const char *name;
	int sig;
} names[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT },
	{ "ILL", SIGILL }, { "TRAP", SIGTRAP }, { "ABRT", SIGABRT },
	{ "BUS", SIGBUS }, { "FPE", SIGFPE }, { "KILL", SIGKILL },
	{ "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE }, { "ALRM", SIGALRM }, { "TERM", SIGTERM },
	{ "CHLD", SIGCHLD }, { "CONT", SIGCONT }, { "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP }, { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU },
	{ "URG", SIGURG }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM }, { "PROF", SIGPROF }, { "SYS", SIGSYS },
#ifdef SIGWINCH
	{ "WINCH", SIGWINCH },
#endif
#ifdef SIGIO
	{ "IO", SIGIO },
#endif
#ifdef SIGPWR
	{ "PWR", SIGPWR },
#endif
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
};

enum { NSIGNALS = 65 };

/* All that ppx ever catches, or asks about. */
static const int ours[] = {
	SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGUSR1, SIGUSR2, SIGCHLD, SIGPIPE,
	SIGTTIN, SIGTTOU
};

static bool ignored[NSIGNALS];
static sigset_t mask;

void
signals_save(void)
{
	struct sigaction sa;
	size_t i;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (i = 0; i < COUNT(ours); i++)
		ignored[ours[i]] = sigaction(ours[i], NULL, &sa) == 0 &&
		    !(sa.sa_flags & SA_SIGINFO) && sa.sa_handler == SIG_IGN;
}

bool
signals_ignored(int sig)
{
	return sig > 0 && sig < NSIGNALS && ignored[sig];
}

const sigset_t *
signals_mask(void)
{
	return &mask;
}

static void
set(int sig, bool ignore)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = ignore ? SIG_IGN : SIG_DFL;
	sigaction(sig, &sa, NULL);
}

void
signals_restore(bool ignore_tt)
{
	if (ignored[SIGCHLD])
		set(SIGCHLD, true);
	if (ignore_tt) {
		set(SIGTTIN, true);
		set(SIGTTOU, true);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

void
signals_default(void)
{
	size_t i;

	for (i = 0; i < COUNT(ours); i++)
		if (!ignored[ours[i]])
			set(ours[i], false);
}

void
signals_block(int sig)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, sig);
	sigprocmask(SIG_BLOCK, &one, NULL);
}

void
signals_stop(int sig)
{
	struct sigaction before;
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, sig);
	sigaction(sig, NULL, &before);
	set(sig, false);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	sigprocmask(SIG_BLOCK, &one, NULL);
	sigaction(sig, &before, NULL);
}

void
signals_die(int sig)
{
	sigset_t one;

	set(sig, false);
	sigemptyset(&one);
	sigaddset(&one, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
}

const char *
signals_name(int sig)
{
	static char number[16];
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (names[i].sig == sig)
			return names[i].name;
	snprintf(number, sizeof(number), "%d", sig);
	return number;
}

int
signals_number(const char *name)
{
	char *end;
	size_t i;
	long n;

	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (i = 0; i < COUNT(names); i++)
		if (strcasecmp(names[i].name, name) == 0)
			return names[i].sig;
	if (*name < '0' || *name > '9')
		return -1;
	n = strtol(name, &end, 10);
	return *end || n < 1 || n >= NSIGNALS ? -1 : (int)n;
}
