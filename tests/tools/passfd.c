/*
 * Hands an open file over to a process that is no relative, as ssh's control
 * master and systemd-run do.
 *
 *	passfd hold SOCKET GATE	listens, takes one descriptor, waits until
 *				GATE (a fifo) is opened, then writes "late"
 *				to it; prints whether that was possible
 *	passfd send SOCKET	sends its stdout there, waits for an answer
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int))];
};

static int
send_stdout(int s)
{
	union control control;
	struct iovec v = { (char[]){ 'x' }, 1 };
	struct msghdr mh;
	int fd = STDOUT_FILENO;
	char c;

	memset(&control, 0, sizeof(control));
	memset(&mh, 0, sizeof(mh));
	mh.msg_iov = &v;
	mh.msg_iovlen = 1;
	mh.msg_control = control.space;
	mh.msg_controllen = sizeof(control.space);
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	if (sendmsg(s, &mh, 0) != 1)
		return 1;
	return read(s, &c, 1) == 1 ? 0 : 1;
}

static int
take(int s)
{
	union control control;
	char c;
	struct iovec v = { &c, 1 };
	struct msghdr mh;
	int fd;

	memset(&mh, 0, sizeof(mh));
	mh.msg_iov = &v;
	mh.msg_iovlen = 1;
	mh.msg_control = control.space;
	mh.msg_controllen = sizeof(control.space);
	if (recvmsg(s, &mh, 0) != 1 || mh.msg_controllen < CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(&control.align), sizeof(fd));
	if (write(s, "x", 1) != 1)
		return -1;
	return fd;
}

static int
hold(int s, const char *gate)
{
	int fd = take(accept(s, NULL, NULL));

	if (fd < 0 || open(gate, O_RDONLY) < 0)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	if (write(fd, "late\n", 5) == 5)
		puts("written");
	else
		puts(errno == EPIPE ? "nobody reads" : strerror(errno));
	return 0;
}

int
main(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc < 3 || strlen(argv[2]) >= sizeof(a.sun_path))
		return 2;
	strncpy(a.sun_path, argv[2], sizeof(a.sun_path) - 1);
	if (argc == 3 && strcmp(argv[1], "send") == 0) {
		if (connect(s, (struct sockaddr *)&a, sizeof(a)) < 0)
			return 1;
		return send_stdout(s);
	}
	if (argc != 4 || bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(s, 1) < 0)
		return 1;
	return hold(s, argv[3]);
}
