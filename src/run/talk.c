#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "run/talk.h"

/* --- its life ---------------------------------------------------------- */

static void on_in(struct io *io, int got);

struct talk *
talk_new(void)
{
	struct talk *t = xcalloc(1, sizeof(*t));

	list_init(&t->node);
	list_init(&t->dirty);
	list_init(&t->jobs);
	t->in.fd = t->out.fd = t->err.fd = t->peek = -1;
	t->in.cb = on_in;
	t->out.cb = listen_out;
	t->err.cb = listen_err;
	return t;
}

void
talk_close(struct talk *t, struct io *io)
{
	if (io->fd < 0)
		return;
	loop_io(t->loop, io, 0);
	close(io->fd);
	io->fd = -1;
}

static void
close_pair(const int p[2])
{
	int saved = errno;

	close(p[0]);
	close(p[1]);
	errno = saved;
}

int
talk_open(struct talk *t, int fds[3])
{
	int in[2], out[2], err[2];

	if (fd_pipe_into(in) < 0)
		return -1;
	if (fd_pipe(out) < 0) {
		close_pair(in);
		return -1;
	}
	if (fd_pipe(err) < 0) {
		close_pair(in);
		close_pair(out);
		return -1;
	}
	t->in.fd = in[1];
	t->out.fd = out[0];
	t->err.fd = err[0];
	fds[0] = out[1];
	fds[1] = err[1];
	fds[2] = in[0];
	loop_io(t->loop, &t->out, IO_READ);
	loop_io(t->loop, &t->err, IO_READ);
	return 0;
}

void
talk_free(struct talk *t)
{
	list_remove(&t->node);
	list_remove(&t->dirty);
	talk_close(t, &t->in);
	talk_close(t, &t->out);
	talk_close(t, &t->err);
	if (t->peek >= 0)
		close(t->peek);
	loop_timer_off(t->loop, &t->limit);
	loop_timer_off(t->loop, &t->watch);
	buf_free(&t->send);
	buf_free(&t->got);
	buf_free(&t->remarks);
	free(t);
}

/* --- what it is asked -------------------------------------------------- */

static void
add_item(struct talk *t, const struct item *it)
{
	const char *v;
	size_t n;

	if (it->n == 1) {
		v = item_value(it, 0, &n);
		buf_add(&t->send, v, n);
	} else {
		item_show(it, &t->send);
	}
	if (it->records == 0)
		buf_addc(&t->send, t->end);
}

void
talk_ask(struct talk *t, struct job *j)
{
	size_t before = t->send.len;
	bool first = talk_is_idle(t);

	add_item(t, j->task.item);
	j->asked = t->asked;
	t->asked += t->send.len - before;
	t->items += j->task.items;
	t->moved = loop_now(t->loop);
	list_before(&t->jobs, &j->node);
	if (first)
		listen_head(t);
}

static void
sent(struct talk *t, size_t n)
{
	t->sendat += n;
	t->sent += n;
	if (t->sendat > TALK_SPARE && t->sendat >= t->send.len / 2) {
		buf_shift(&t->send, t->sendat);
		t->sendat = 0;
	}
	if (t->sendat < t->send.len)
		return;
	t->sendat = t->send.len = 0;
	if (t->send.cap > TALK_SPARE)
		buf_free(&t->send);
}

/* What it has not read can be counted as long as an end of the pipe is open. */
static void
close_in(struct talk *t)
{
	if (t->in.fd < 0)
		return;
	t->peek = fd_reopen(t->in.fd, O_RDONLY);
	talk_close(t, &t->in);
}

void
talk_flush(struct talk *t)
{
	ssize_t n;

	while (t->in.fd >= 0 && talk_unsent(t) > 0) {
		n = write(t->in.fd, t->send.data + t->sendat, talk_unsent(t));
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			close_in(t);
			t->ops->shut(t);
			return;
		}
		t->moved = loop_now(t->loop);
		sent(t, (size_t)n);
	}
	if (t->in.fd < 0)
		return;
	/* who has answered without having read it all, or reads no more, needs
	   the rest not */
	if (t->worn && (talk_unsent(t) == 0 || talk_is_idle(t) || t->refuses)) {
		t->eof = !t->refuses;
		close_in(t);
	} else {
		loop_io(t->loop, &t->in, talk_unsent(t) ? IO_WRITE : 0);
	}
}

static void
on_in(struct io *io, int got)
{
	(void)got;
	talk_flush(container_of(io, struct talk, in));
}

void
talk_shut(struct talk *t)
{
	t->worn = true;
	talk_flush(t);
}

bool
talk_is_refused(const struct talk *t)
{
	struct pollfd p = { .fd = t->in.fd };

	return t->in.fd >= 0 && poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

uint64_t
talk_heard(const struct talk *t)
{
	int fd = t->in.fd >= 0 ? t->in.fd : t->peek, n;

	if (t->sent == 0)
		return 0;
	if (fd < 0 || ioctl(fd, FIONREAD, &n) < 0 || n < 0)
		return UINT64_MAX;
	return t->sent - (uint64_t)n;
}
