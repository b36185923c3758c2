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

enum {
	READ = 64 * 1024,
	TURNS = 4,		/* reads at one go */
	SPARE = 256 * 1024	/* a larger buffer is not kept */
};

/* --- its life ---------------------------------------------------------- */

static void on_in(struct io *io, int got);
static void on_out(struct io *io, int got);
static void on_err(struct io *io, int got);

struct talk *
talk_new(void)
{
	struct talk *t = xcalloc(1, sizeof(*t));

	list_init(&t->node);
	list_init(&t->dirty);
	list_init(&t->jobs);
	t->in.fd = t->out.fd = t->err.fd = t->peek = -1;
	t->in.cb = on_in;
	t->out.cb = on_out;
	t->err.cb = on_err;
	return t;
}

static void
shut(struct talk *t, struct io *io)
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
	shut(t, &t->in);
	shut(t, &t->out);
	shut(t, &t->err);
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

static void
begin_head(struct talk *t)
{
	struct job *j = talk_head(t);

	if (j == NULL)
		return;
	t->last = loop_now(t->loop);
	t->ops->head(t, j);
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
		begin_head(t);
}

static void
sent(struct talk *t, size_t n)
{
	t->sendat += n;
	t->sent += n;
	if (t->sendat < t->send.len)
		return;
	t->sendat = t->send.len = 0;
	if (t->send.cap > SPARE)
		buf_free(&t->send);
}

/* What it has not read can be counted as long as an end of the pipe is open. */
static void
close_in(struct talk *t)
{
	if (t->in.fd < 0)
		return;
	t->peek = fd_reopen(t->in.fd, O_RDONLY);
	shut(t, &t->in);
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
	/* one that has answered without having read it all needs the rest not */
	if (t->worn && (talk_unsent(t) == 0 || talk_is_idle(t)))
		close_in(t);
	else
		loop_io(t->loop, &t->in, talk_unsent(t) ? IO_WRITE : 0);
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

/* --- stderr ------------------------------------------------------------ */

static void
remark(struct talk *t, bool *more)
{
	char text[4096];
	ssize_t n = read(t->err.fd, text, sizeof(text));

	*more = n > 0;
	if (n > 0)
		t->ops->remark(t, text, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		shut(t, &t->err);
}

/* Reads what is there; false when there is no place for it. */
static bool
pull_err(struct talk *t)
{
	bool more = true;
	struct job *j;
	ssize_t n;

	while (t->err.fd >= 0 && more) {
		j = talk_head(t);
		if (j == NULL) {
			remark(t, &more);
			continue;
		}
		n = emit_read(t->emit, &j->out, 2, t->err.fd);
		if (n == EMIT_FULL) {
			loop_io(t->loop, &t->err, 0);
			return false;
		}
		if (n == 0)
			shut(t, &t->err);
		more = n > 0;
	}
	return true;
}

static void
on_err(struct io *io, int got)
{
	(void)got;
	pull_err(container_of(io, struct talk, err));
}

/* --- what it replies --------------------------------------------------- */

void
talk_drop(struct talk *t, struct job *j)
{
	bool first = talk_head(t) == j;

	list_remove(&j->node);
	t->items -= j->task.items;
	if (first) {
		t->part = 0;
		memset(&t->reply, 0, sizeof(t->reply));
	}
}

/* All of its first item's reply is here. */
static void
answer(struct talk *t, struct job *j)
{
	pull_err(t);		/* what it said of it before it answered */
	t->answered += j->task.items;
	talk_drop(t, j);
	t->done = talk_is_idle(t) ? t->asked : talk_head(t)->asked;
	t->ops->answered(t, j);
	begin_head(t);
}

static void
use(struct talk *t, size_t n)
{
	t->gotat += n;
	if (t->gotat < t->got.len)
		return;
	t->gotat = t->got.len = 0;
	if (t->got.cap > SPARE)
		buf_free(&t->got);
}

/* Whole replies to the records of a run; false: more must come first. */
static bool
use_run(struct talk *t, struct job *j, const char *p, size_t n)
{
	size_t count, len;

	len = reply_whole(t->form, p, n, j->task.items - j->answers, &count);
	if (len)
		emit_take(t->emit, &j->out, 1, p, len);
	use(t, len);
	j->answers += count;
	if (j->answers == j->task.items) {
		answer(t, j);
		return true;
	}
	if (n - len < READ)
		return false;
	t->ops->large(t, j);
	if (j->answers)
		answer(t, j);
	return true;
}

static void
stop_listening(struct talk *t, bool bad)
{
	t->deaf = true;
	t->ops->strange(t, bad, t->got.data + t->gotat,
	    t->got.len - t->gotat);
	use(t, t->got.len - t->gotat);
}

/* A part of the reply to one item; false: more must come first. */
static bool
use_one(struct talk *t, struct job *j, const char *p, size_t n)
{
	struct reply_piece piece;
	enum reply_got got = reply_next(t->form, &t->reply, p, n, &piece);

	if (piece.len)
		emit_take(t->emit, &j->out, 1, p + piece.at, piece.len);
	t->part += piece.used;
	use(t, piece.used);
	switch (got) {
	case REPLY_MORE:
		return false;
	case REPLY_PART:
		break;
	case REPLY_END:
		answer(t, j);
		break;
	case REPLY_BAD:
		stop_listening(t, true);
		break;
	}
	return true;
}

static void
use_all(struct talk *t)
{
	struct job *j;
	bool more = true;

	while (more && t->got.len > t->gotat && !t->deaf) {
		const char *p = t->got.data + t->gotat;
		size_t n = t->got.len - t->gotat;

		j = talk_head(t);
		if (j == NULL)
			stop_listening(t, false);
		else if (j->task.items > 1)
			more = use_run(t, j, p, n);
		else
			more = use_one(t, j, p, n);
	}
	if (t->gotat) {
		buf_shift(&t->got, t->gotat);
		t->gotat = 0;
	}
}

/*
 * May what it replies to its first item be read?  Also when there is no place
 * for that, if all wait for one that is behind it.
 */
static bool
has_place(struct talk *t)
{
	struct job *j = talk_head(t);
	struct output *wanted;

	if (t->deaf || j == NULL || emit_admits(t->emit, &j->out, 1))
		return true;
	wanted = emit_wanted(t->emit);
	return wanted && wanted != &j->out &&
	    job_of_output(wanted)->talk == t;
}

/* One read(2); false when there is nothing more now, or no place. */
static bool
pull_once(struct talk *t, bool *full)
{
	ssize_t n;

	*full = !has_place(t);
	if (*full) {
		loop_io(t->loop, &t->out, 0);
		return false;
	}
	n = read(t->out.fd, buf_reserve(&t->got, READ), READ);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		shut(t, &t->out);
		if (!t->finishing)
			t->ops->shut(t);
		return false;
	}
	t->moved = loop_now(t->loop);
	if (t->deaf)
		return true;
	t->got.len += (size_t)n;
	if (talk_head(t))
		t->ops->heard(t, talk_head(t));
	use_all(t);
	return n == READ || t->finishing;
}

/* False when there is no place. */
static bool
pull_out(struct talk *t)
{
	int turns = t->finishing ? -1 : TURNS;
	bool full = false;

	while (t->out.fd >= 0 && turns-- != 0 && pull_once(t, &full))
		;
	return !full;
}

static void
on_out(struct io *io, int got)
{
	(void)got;
	pull_out(container_of(io, struct talk, out));
}

void
talk_ignore(struct talk *t)
{
	t->deaf = true;
	t->gotat = t->got.len = 0;
}

/* --- the end ----------------------------------------------------------- */

void
talk_finish(struct talk *t)
{
	bool out, err;

	t->finishing = true;
	out = pull_out(t);
	err = pull_err(t);
	if (!out || !err)
		return;
	shut(t, &t->out);
	shut(t, &t->err);
	t->ops->finished(t);
}

void
talk_room(struct talk *t)
{
	if (t->finishing) {
		talk_finish(t);
		return;
	}
	if (t->out.fd >= 0)
		loop_io(t->loop, &t->out, IO_READ);
	if (t->err.fd >= 0)
		loop_io(t->loop, &t->err, IO_READ);
}
