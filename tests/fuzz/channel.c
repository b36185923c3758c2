/*
 * Any bytes over a socket, in any pieces and with descriptors anywhere: a
 * channel hands out the messages that message_decode() finds in the whole,
 * ends for the right reason, sends back what it is told to, and leaves no
 * descriptor open.
 */
#include "config.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "fuzz.h"
#include "wire/channel.h"
#include "wire/frame.h"

enum {
	DESCRIPTORS = 64,	/* a leak is seen below that */
	PIECES = 64		/* then the rest in one: each takes time */
};

/* A channel that answers each message with the same, and its peer. */
struct echo {
	struct channel channel;
	struct loop *loop;
	int peer;
	size_t most;		/* messages until the channel is closed */
	struct buf got;		/* all messages, encoded again */
	size_t n;
	struct buf back;	/* what the peer read */
	size_t sent, back_fds;	/* descriptors sent back, and read there */
	bool closed;
	enum channel_why why;
};

/* --- descriptors ------------------------------------------------------- */

static int
count_open(void)
{
	struct pollfd p[DESCRIPTORS];
	int i, n = 0;

	for (i = 0; i < DESCRIPTORS; i++)
		p[i] = (struct pollfd){ .fd = i };
	CHECK(poll(p, DESCRIPTORS, 0) >= 0);
	for (i = 0; i < DESCRIPTORS; i++)
		n += (p[i].revents & POLLNVAL) == 0;
	return n;
}

static void
close_all(const struct cmsghdr *cm, size_t *count)
{
	size_t n = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int fd;

	for (; n > 0; n--, ++*count) {
		memcpy(&fd, CMSG_DATA(cm) + (n - 1) * sizeof(fd), sizeof(fd));
		close(fd);
	}
}

/* --- the channel's side ------------------------------------------------ */

static void
on_message(struct channel *c, const struct message *m)
{
	struct echo *e = container_of(c, struct echo, channel);
	int fd[CHANNEL_FDS];
	size_t n = m->type == MSG_RUN && m->nfds <= CHANNEL_FDS ? m->nfds : 0;

	CHECK(!e->closed && e->n < e->most);
	message_encode(&e->got, m);
	if (n > 0 && channel_take(c, fd, n) < 0)
		n = 0;
	channel_send(c, m, fd, n);
	e->sent += n;
	if (++e->n == e->most)
		channel_close(c);
}

static void
on_closed(struct channel *c, enum channel_why why)
{
	struct echo *e = container_of(c, struct echo, channel);

	CHECK(!e->closed && c->io.fd < 0);
	e->closed = true;
	e->why = why;
}

static const struct channel_ops ops = { on_message, on_closed };

/* --- the peer's side --------------------------------------------------- */

static void
send_piece(struct echo *e, const char *p, size_t n, size_t nfds)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(CHANNEL_FDS * sizeof(int))];
	} control;
	struct iovec iov = { (void *)(uintptr_t)p, n };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	int ride = STDERR_FILENO;
	size_t i;

	memset(&control, 0, sizeof(control));
	if (nfds > 0) {
		mh.msg_control = control.space;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(nfds * sizeof(int));
		for (i = 0; i < nfds; i++)
			memcpy(CMSG_DATA(&control.align) + i * sizeof(int),
			    &ride, sizeof(ride));
	}
	CHECK(sendmsg(e->peer, &mh, MSG_NOSIGNAL) == (ssize_t)n ||
	    e->channel.io.fd < 0);
}

static void
read_back(struct echo *e)
{
	union {		/* those of several messages may come at once */
		struct cmsghdr align;
		char space[CMSG_SPACE(DESCRIPTORS * sizeof(int))];
	} control;
	struct iovec iov;
	struct msghdr mh;
	struct cmsghdr *cm;
	ssize_t n;

	for (;;) {
		iov.iov_base = buf_reserve(&e->back, 4096);
		iov.iov_len = 4096;
		mh = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control.space,
			.msg_controllen = sizeof(control.space) };
		n = recvmsg(e->peer, &mh, MSG_CMSG_CLOEXEC);
		if (n <= 0)
			return;
		CHECK((mh.msg_flags & MSG_CTRUNC) == 0);
		e->back.len += (size_t)n;
		for (cm = CMSG_FIRSTHDR(&mh); cm; cm = CMSG_NXTHDR(&mh, cm))
			close_all(cm, &e->back_fds);
	}
}

static void
open_echo(struct echo *e, size_t most, bool narrow)
{
	int pair[2], least = 1;

	CHECK(fd_pair(pair) == 0);
	if (narrow)
		setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &least,
		    sizeof(least));
	e->loop = loop_new();
	e->peer = pair[1];
	e->most = most;
	channel_open(&e->channel, e->loop, pair[0], &ops);
}

/* Turns until nothing more happens at once. */
static void
settle(struct echo *e, bool flushing, bool reading)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (flushing)
			channel_flush(&e->channel);
		loop_turn(e->loop, 0);
		if (reading)
			read_back(e);
	}
}

static void
finish(struct echo *e)
{
	size_t before;

	do {
		before = e->back.len;
		settle(e, true, true);
	} while (e->back.len > before);
	shutdown(e->peer, SHUT_WR);
	settle(e, true, true);
}

/* --- what must hold ---------------------------------------------------- */

static void
check_same(const struct buf *a, const struct buf *b)
{
	CHECK(a->len == b->len);
	CHECK(a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void
check_echo(const struct echo *e, const char *p, size_t n)
{
	struct buf all = { 0 };
	struct message m;
	size_t count = 0;
	long len = 1;

	while (count < e->most && (len = message_decode(p, n, &m)) > 0) {
		message_encode(&all, &m);
		count++;
		p += len;
		n -= (size_t)len;
	}
	check_same(&all, &e->got);
	CHECK(count == e->n && e->closed == (count < e->most));
	CHECK(!e->closed || e->why == (len < 0 ? CHANNEL_BAD : CHANNEL_EOF));
	CHECK(e->back_fds <= e->sent);
	if (e->closed && e->why == CHANNEL_EOF) {
		check_same(&all, &e->back);
		CHECK(e->back_fds == e->sent);
	}
	buf_free(&all);
}

static void
copy_field(struct buf *b, struct reader *r, int width)
{
	if (width == 0)
		put_u8(b, get_u8(r));
	else if (width == 1)
		put_u16(b, get_u16(r));
	else if (width == 2)
		put_u32(b, get_u32(r));
	else
		put_u64(b, get_u64(r));
}

/* Fields of all widths, read and put again, are the same bytes. */
static void
check_fields(const char *p, size_t n)
{
	struct reader r = reader_of(p, n);
	struct buf b = { 0 };
	size_t at = 0, rest;

	while (!r.bad && at < n) {
		copy_field(&b, &r, p[at] & 3);
		CHECK(r.bad || memcmp(b.data + at, p + at, b.len - at) == 0);
		at = b.len;
	}
	CHECK(r.bad == (at > n) && reader_done(&r) == !r.bad);
	CHECK(get_u64(&r) == 0 && r.bad && !reader_done(&r));
	get_rest(&r, &rest);
	CHECK(rest == 0);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	unsigned flags = fuzz_byte(&f), each = fuzz_byte(&f);
	size_t most = flags & 1 ? fuzz_byte(&f) + 1 : SIZE_MAX, len, i, at;
	size_t odd = fuzz_byte(&f) + 1, even = fuzz_byte(&f) * 16 + 1;
	int before = count_open();
	struct echo e = { .peer = -1 };

	open_echo(&e, most, flags & 2);
	for (i = at = 0; at < f.n && e.channel.io.fd >= 0; i++, at += len) {
		len = i & 1 ? even : odd;
		if (len > f.n - at || i == PIECES)
			len = f.n - at;
		send_piece(&e, f.p + at, len, each && i % each == 0 ?
		    1 + (flags >> 2 & 1) : 0);
		settle(&e, flags & 16, flags & 8);
	}
	finish(&e);
	channel_close(&e.channel);
	close(e.peer);
	loop_free(e.loop);
	check_echo(&e, f.p, f.n);
	check_fields(f.p, f.n);
	CHECK(count_open() == before);
	buf_free(&e.got);
	buf_free(&e.back);
	return 0;
}
