#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/tty.h"

static struct termios noted;
static bool is_noted;

int
tty_open(void)
{
	return fd_open("/dev/tty", O_RDWR | O_NOCTTY, 0);
}

void
tty_pass(int fd, pid_t from, pid_t to)
{
	if (from > 0 && tcgetpgrp(fd) == from)
		tcsetpgrp(fd, to);
}

/* Nobody in it, or a dead child of ours, which keeps it until it is reaped. */
static bool
is_over(pid_t group)
{
	siginfo_t si = { 0 };

	if (kill(-group, 0) < 0)
		return errno == ESRCH;
	return waitid(P_PGID, (id_t)group, &si,
	    WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid > 0;
}

void
tty_regain(int fd)
{
	pid_t has = tcgetpgrp(fd);

	if (has > 1 && has != getpgrp() && is_over(has))
		tcsetpgrp(fd, getpgrp());
}

void
tty_note(int fd)
{
	is_noted = tcgetattr(fd, &noted) == 0;
}

/*
 * Only from the foreground: else it is somebody else's.  Not when all is shown
 * (TCSADRAIN): a terminal that is stopped would be waited for.
 */
void
tty_reset(int fd)
{
	if (is_noted && tcgetpgrp(fd) == getpgrp())
		tcsetattr(fd, TCSANOW, &noted);
}
