/*
 * Most tasks are over within some milliseconds, and what they wrote is then
 * read in one go when the worker says so.  So a pipe is watched only once its
 * task has run for a while: one or two wake-ups of the coordinator less per
 * task, as many programs close their stdout some time before they are over.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/list.h"
#include "base/mem.h"
#include "output/move.h"
#include "run/capture.h"

enum {
	FLOW = 256 * 1024,	/* bytes of a task that has much to say */
	SIP = 128 * 1024,	/* of them, too few to be read alone */
	MUCH = 16 * 1024	/* of a pipe that may soon be full */
};

/* Where the task before had much to say, the next one will be waited for. */
static const nsec watch_after = 5 * MSEC, watch_soon = MSEC / 2;
static const nsec rest = MSEC / 10;

struct capture {
	struct list node;	/* in spare */
	struct captures *all;
	struct job *job;
	struct pipe {
		struct io io;	/* fd -1 when closed */
		struct capture *of;
		int stream;	/* 1 or 2 */
	} pipe[2];
	struct timer watch;	/* ... both pipes, from then on */
	bool finishing;
};

struct captures {
	struct loop *loop;
	struct emit *emit;
	const struct capture_ops *ops;
	void *ctx;
	struct list spare;
	struct capture *made;	/* by capture_open(), not attached yet */
	bool much;		/* was written by the last that ended */
};

static void
shut(struct pipe *p)
{
	if (p->io.fd < 0)
		return;
	loop_io(p->of->all->loop, &p->io, 0);
	close(p->io.fd);
	p->io.fd = -1;
}

static void
release(struct capture *c)
{
	shut(&c->pipe[0]);
	shut(&c->pipe[1]);
	if (c->job)
		c->job->capture = NULL;
	c->job = NULL;
	loop_timer_off(c->all->loop, &c->watch);
	list_before(&c->all->spare, &c->node);
}

static ssize_t
take(struct pipe *p)
{
	struct capture *c = p->of;
	ssize_t n = emit_read(c->all->emit, &c->job->out, p->stream,
	    p->io.fd);

	if (n == EMIT_FULL)
		loop_io(c->all->loop, &p->io, 0);
	else if (n == 0)
		shut(p);
	return n;
}

/* Reads what is there now; false when the output has no place. */
static bool
pull(struct pipe *p)
{
	struct capture *c = p->of;
	int turns = 4;
	ssize_t n;

	while (p->io.fd >= 0 && turns-- > 0) {
		n = take(p);
		if (n > 0 && c->job->task.idle)
			c->all->ops->heard(c->all->ctx, c->job);
		if (n == EMIT_AGAIN || n == EMIT_FULL)
			return n != EMIT_FULL;
	}
	return true;
}

static int
unread(const struct pipe *p)
{
	int n;

	return ioctl(p->io.fd, FIONREAD, &n) < 0 ? 0 : n;
}

/*
 * The task is over, so what is in the pipe now is all that it wrote: an empty
 * one is a finished one, though a stranger who was handed its write end may
 * still hold it.  False as pull().
 */
static bool
empty(struct pipe *p)
{
	ssize_t n;
	int left;

	if (p->io.fd < 0)
		return true;
	for (left = unread(p); left > 0 && p->io.fd >= 0; left -= (int)n) {
		n = take(p);
		if (n == EMIT_FULL)
			return false;
		if (n == EMIT_AGAIN)
			break;
	}
	shut(p);
	return true;
}

/*
 * One that writes fast and one that reads each page as it comes spin for the
 * pipe's lock, both: so let it write some first, where there is room for it.
 */
static void
on_readable(struct io *io, int got)
{
	struct pipe *p = container_of(io, struct pipe, io);
	struct capture *c = p->of;
	const uint64_t *bytes = &c->job->out.bytes[p->stream - 1];
	uint64_t had = *bytes;

	(void)got;
	if (!pull(p) || p->io.fd < 0 || c->finishing || had < FLOW ||
	    *bytes - had >= SIP || !move_is_wide(p->io.fd))
		return;
	loop_io(c->all->loop, io, 0);
	loop_timer(c->all->loop, &c->watch, loop_now(c->all->loop) + rest);
}

static void
watch(struct capture *c)
{
	struct pipe *p;

	for (p = c->pipe; p < c->pipe + 2; p++) {
		if (p->io.fd >= 0)
			loop_io(c->all->loop, &p->io, IO_READ);
	}
}

static void
on_watch(struct timer *t)
{
	watch(container_of(t, struct capture, watch));
}

static void
make_pipe(struct capture *c, int i, int fd)
{
	c->pipe[i].io.fd = fd;
	c->pipe[i].io.cb = on_readable;
	c->pipe[i].of = c;
	c->pipe[i].stream = i + 1;
}

int
capture_open(struct captures *cs, int fds[2])
{
	struct list *n;
	struct capture *c;
	int out[2], err[2], saved;

	if (fd_pipe(out) < 0)
		return -1;
	if (fd_pipe(err) < 0) {
		saved = errno;
		close(out[0]);
		close(out[1]);
		errno = saved;
		return -1;
	}
	n = list_shift(&cs->spare);
	c = n ? container_of(n, struct capture, node) : xmalloc(sizeof(*c));
	memset(c, 0, sizeof(*c));
	list_init(&c->node);
	c->all = cs;
	c->watch.cb = on_watch;
	make_pipe(c, 0, out[0]);
	make_pipe(c, 1, err[0]);
	cs->made = c;
	fds[0] = out[1];
	fds[1] = err[1];
	return 0;
}

void
capture_cancel(struct captures *cs, const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
	release(cs->made);
	cs->made = NULL;
}

void
capture_attach(struct captures *cs, struct job *j)
{
	struct capture *c = cs->made;

	cs->made = NULL;
	c->job = j;
	j->capture = c;
	loop_timer(cs->loop, &c->watch, loop_now(cs->loop) +
	    (cs->much ? watch_soon : watch_after));
}

/* Both, whatever the first says: a full stdout must not hold up stderr. */
static void
drain(struct capture *c)
{
	struct captures *cs = c->all;
	struct job *j = c->job;
	bool out = empty(&c->pipe[0]), err = empty(&c->pipe[1]);

	if (!out || !err)
		return;
	cs->much = j->out.bytes[0] >= MUCH || j->out.bytes[1] >= MUCH;
	release(c);
	cs->ops->drained(cs->ctx, j);
}

void
capture_finish(struct captures *cs, struct job *j)
{
	struct capture *c = j->capture;

	if (c == NULL) {
		cs->ops->drained(cs->ctx, j);
		return;
	}
	loop_timer_off(cs->loop, &c->watch);
	c->finishing = true;
	drain(c);
}

void
capture_drop(struct captures *cs, struct job *j)
{
	(void)cs;
	if (j->capture)
		release(j->capture);
}

void
capture_room(struct captures *cs, struct job *j)
{
	struct capture *c = j->capture;

	(void)cs;
	if (c == NULL)
		return;
	if (c->finishing)
		drain(c);
	else
		watch(c);
}

bool
capture_waiting(const struct job *j)
{
	const struct capture *c = j->capture;
	int i;

	for (i = 0; c && i < 2; i++)
		if (c->pipe[i].io.fd >= 0 && unread(&c->pipe[i]) > 0)
			return true;
	return false;
}

struct captures *
captures_new(struct loop *loop, struct emit *emit,
    const struct capture_ops *ops, void *ctx)
{
	struct captures *cs = xcalloc(1, sizeof(*cs));

	cs->loop = loop;
	cs->emit = emit;
	cs->ops = ops;
	cs->ctx = ctx;
	list_init(&cs->spare);
	return cs;
}

void
captures_free(struct captures *cs)
{
	struct list *n;

	while ((n = list_shift(&cs->spare)))
		free(container_of(n, struct capture, node));
	free(cs);
}
