#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/sender.h"

#ifdef SCM_CREDENTIALS

bool
sender_ask(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0;
}

ssize_t
sender_read(int fd, void *p, size_t n, pid_t *pid)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec v = { p, n };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	struct ucred who;
	ssize_t got = recvmsg(fd, &m, 0);

	*pid = 0;
	c = got > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_CREDENTIALS) {
		memcpy(&who, CMSG_DATA(c), sizeof(who));
		*pid = who.pid;
	}
	return got;
}

#else

bool
sender_ask(int fd)
{
	(void)fd;
	return false;
}

ssize_t
sender_read(int fd, void *p, size_t n, pid_t *pid)
{
	(void)fd, (void)p, (void)n, (void)pid;
	errno = ENOSYS;
	return -1;
}

#endif
