#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

void
tty_regain(int fd)
{
	pid_t has = tcgetpgrp(fd);

	if (has > 1 && kill(-has, 0) < 0 && errno == ESRCH)
		tcsetpgrp(fd, getpgrp());
}

void
tty_note(int fd)
{
	is_noted = tcgetattr(fd, &noted) == 0;
}

/* Only from the foreground: else it is somebody else's. */
void
tty_reset(int fd)
{
	if (is_noted && tcgetpgrp(fd) == getpgrp())
		tcsetattr(fd, TCSADRAIN, &noted);
}
