#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "wire/channel.h"

enum {
	CHUNK = 64 * 1024,
	PACK = 2 * CHANNEL_FDS	/* descriptors in one sendmsg(2) at most */
};

/* Descriptors that go with the byte at this offset of out. */
struct channel_ride {
	size_t at, n;
	int fd[CHANNEL_FDS];
};

static void on_io(struct io *io, int got);

void
channel_open(struct channel *c, struct loop *loop, int fd,
    const struct channel_ops *ops)
{
	memset(c, 0, sizeof(*c));
	c->io.fd = fd;
	c->io.cb = on_io;
	c->loop = loop;
	c->ops = ops;
	loop_io(loop, &c->io, IO_READ);
}

static void
close_ride(struct channel_ride *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		close(r->fd[i]);
}

void
channel_close(struct channel *c)
{
	size_t i;

	if (c->io.fd < 0)
		return;
	loop_io(c->loop, &c->io, 0);
	close(c->io.fd);
	c->io.fd = -1;
	c->closing = true;
	for (i = 0; i < c->nrides; i++)
		close_ride(&c->rides[i]);
	for (i = 0; i < c->ngot; i++)
		close(c->got[i]);
	c->nrides = c->ngot = 0;
	free(c->rides);
	c->rides = NULL;
	c->ridecap = 0;
	buf_free(&c->out);
	buf_free(&c->in);
}

static void
lost(struct channel *c, enum channel_why why)
{
	channel_close(c);
	c->ops->closed(c, why);
}

/* Not now: the socket is full or empty, or the system short of memory. */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == ENOMEM ||
	    error == ETOOMANYREFS;
}

/* What the loop is to tell of it. */
static void
watch(struct channel *c)
{
	loop_io(c->loop, &c->io, (c->resting ? 0 : IO_READ) |
	    (c->outat < c->out.len ? IO_WRITE : 0));
}

void
channel_rest(struct channel *c, bool rest)
{
	if (c->io.fd < 0 || c->resting == rest)
		return;
	c->resting = rest;
	watch(c);
}

/* --- sending ----------------------------------------------------------- */

void
channel_send(struct channel *c, const struct message *m, const int *fds,
    size_t nfds)
{
	struct channel_ride *r;

	if (c->io.fd < 0) {
		while (nfds > 0)
			close(fds[--nfds]);
		return;
	}
	if (nfds) {
		mem_grow(&c->rides, &c->ridecap, c->nrides + 1,
		    sizeof(c->rides[0]));
		r = &c->rides[c->nrides++];
		r->at = c->out.len;
		r->n = nfds;
		memcpy(r->fd, fds, nfds * sizeof(fds[0]));
	}
	message_encode(&c->out, m);
}

/*
 * Those that can go with the byte at outat: that of a message may be further
 * on, as they are only to be there when it is complete.  How many rides.
 */
static size_t
pack(const struct channel *c, int fds[PACK], size_t *nfds)
{
	size_t i;

	*nfds = 0;
	if (c->nrides == 0 || c->rides[0].at > c->outat)
		return 0;
	for (i = 0; i < c->nrides && *nfds + c->rides[i].n <= PACK; i++) {
		memcpy(fds + *nfds, c->rides[i].fd,
		    c->rides[i].n * sizeof(fds[0]));
		*nfds += c->rides[i].n;
	}
	return i;
}

/* One sendmsg(2): up to where the next descriptors ride; *rides go with it. */
static ssize_t
send_some(struct channel *c, size_t *rides)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(PACK * sizeof(int))];
	} control;
	struct cmsghdr *cm = &control.align;
	struct msghdr mh;
	struct iovec iov;
	size_t n, end;
	int fds[PACK];

	*rides = pack(c, fds, &n);
	end = *rides < c->nrides ? c->rides[*rides].at : c->out.len;
	memset(&mh, 0, sizeof(mh));
	if (n) {
		memset(&control, 0, sizeof(control));
		mh.msg_control = control.space;
		mh.msg_controllen = CMSG_SPACE(n * sizeof(int));
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(cm), fds, n * sizeof(int));
	}
	iov.iov_base = c->out.data + c->outat;
	iov.iov_len = end - c->outat;
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	return sendmsg(c->io.fd, &mh, MSG_NOSIGNAL);
}

static void
sent(struct channel *c, size_t n, size_t rides)
{
	size_t i;

	for (i = 0; i < rides; i++)
		close_ride(&c->rides[i]);
	c->nrides -= rides;
	if (rides)
		memmove(c->rides, c->rides + rides,
		    c->nrides * sizeof(c->rides[0]));
	c->outat += n;
	if (c->outat < c->out.len)
		return;
	c->outat = c->out.len = 0;
	if (c->out.cap > 4 * CHUNK)
		buf_free(&c->out);
}

/*
 * A failure to send is no news by itself: what the peer said before it died
 * is still to be read, and its end of file comes behind that.
 */
void
channel_flush(struct channel *c)
{
	size_t rides;
	ssize_t n;

	if (c->io.fd < 0)
		return;
	while (c->outat < c->out.len) {
		n = send_some(c, &rides);
		if (n < 0 && is_passing(errno))
			break;
		if (n < 0)
			sent(c, c->out.len - c->outat, c->nrides);
		else
			sent(c, (size_t)n, rides);
	}
	watch(c);
}

/* A socket that can be written to may fail for want of memory all the same. */
void
channel_drain(struct channel *c)
{
	struct pollfd p = { .fd = c->io.fd, .events = POLLOUT };

	for (;;) {
		channel_flush(c);
		if (c->io.fd < 0 || c->outat >= c->out.len)
			return;
		poll(&p, 1, -1);
		poll(NULL, 0, 1);
	}
}

/* --- receiving --------------------------------------------------------- */

int
channel_take(struct channel *c, int *fds, size_t n)
{
	if (c->ngot < n) {
		/* not even a part may be taken for the next one's */
		while (c->ngot)
			close(c->got[--c->ngot]);
		return -1;
	}
	memcpy(fds, c->got, n * sizeof(fds[0]));
	c->ngot -= n;
	memmove(c->got, c->got + n, c->ngot * sizeof(c->got[0]));
	return 0;
}

static void
keep_fds(struct channel *c, struct msghdr *mh)
{
	struct cmsghdr *cm;

	for (cm = CMSG_FIRSTHDR(mh); cm; cm = CMSG_NXTHDR(mh, cm)) {
		size_t i, n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (cm->cmsg_level != SOL_SOCKET ||
		    cm->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(cm) + i * sizeof(int),
			    sizeof(fd));
			if (c->ngot < COUNT(c->got))
				c->got[c->ngot++] = fd;
			else
				close(fd);
		}
	}
}

static ssize_t
receive(struct channel *c)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(PACK * sizeof(int))];
	} control;
	struct msghdr mh;
	struct iovec iov;
	ssize_t n;

	iov.iov_base = buf_reserve(&c->in, CHUNK);
	iov.iov_len = CHUNK;
	memset(&mh, 0, sizeof(mh));
	mh.msg_iov = &iov;
	mh.msg_iovlen = 1;
	mh.msg_control = control.space;
	mh.msg_controllen = sizeof(control.space);
	n = recvmsg(c->io.fd, &mh, MSG_CMSG_CLOEXEC);
	if (n > 0) {
		c->in.len += (size_t)n;
		keep_fds(c, &mh);
	}
	return n;
}

/* Hands out the messages that are complete; -1 when the channel is over. */
static int
deliver(struct channel *c)
{
	struct message m;
	long n;

	for (;;) {
		n = message_decode(c->in.data + c->inat,
		    c->in.len - c->inat, &m);
		if (n <= 0)
			break;
		c->inat += (size_t)n;
		c->ops->message(c, &m);
		if (c->closing)
			return -1;
	}
	if (n < 0) {
		lost(c, CHANNEL_BAD);
		return -1;
	}
	buf_shift(&c->in, c->inat);
	c->inat = 0;
	if (c->in.len == 0 && c->in.cap > 4 * CHUNK)
		buf_free(&c->in);
	return 0;
}

/* What one recvmsg(2) gives; false when that is nothing. */
static bool
read_some(struct channel *c)
{
	ssize_t n = receive(c);

	if (n > 0)
		return deliver(c) == 0;
	if (n == 0)
		lost(c, CHANNEL_EOF);
	else if (!is_passing(errno))
		lost(c, CHANNEL_ERROR);
	return false;
}

/* One receive stops behind what brought descriptors. */
void
channel_read(struct channel *c)
{
	while (c->io.fd >= 0 && read_some(c))
		;
}

static void
on_io(struct io *io, int got)
{
	struct channel *c = container_of(io, struct channel, io);

	if (got & IO_WRITE)
		channel_flush(c);
	if (got & (IO_READ | IO_HUP))
		read_some(c);
}
