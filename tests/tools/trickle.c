/*
 * Copies stdin to stdout a byte a write, and waits until each was read, so that
 * a reader of the pipe gets them one by one.
 */
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <poll.h>

int
main(void)
{
	char c;
	int n;

	while (read(0, &c, 1) == 1) {
		if (write(1, &c, 1) != 1)
			return 1;
		while (ioctl(1, FIONREAD, &n) == 0 && n > 0)
			poll(NULL, 0, 1);
	}
	return 0;
}
