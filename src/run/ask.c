/*
 * -p: each task is shown on the terminal, and starts when the user has typed a
 * line that begins with y or Y (xargs(1)).  The loop goes on meanwhile: what
 * runs is looked after while nobody answers.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/tty.h"
#include "run/state.h"

struct asking {
	struct coord *c;
	struct io io;
	uint64_t seq;		/* the task in question; 0 = none */
	struct task *task;	/* the same, until it leaves the queue */
	bool answered;
	bool begun;		/* some of the line is there */
	bool yes, gone;		/* gone: nobody will answer any more */
};

static void
done(struct asking *a)
{
	a->answered = true;
	loop_io(a->c->loop, &a->io, 0);
}

/* A terminal gives whole lines, but a long one in parts. */
static void
on_line(struct io *io, int got)
{
	struct asking *a = container_of(io, struct asking, io);
	char text[256];
	ssize_t n;

	(void)got;
	n = read(io->fd, text, sizeof(text));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0)
		a->gone = true;
	if (n > 0 && !a->begun)
		a->yes = *text == 'y' || *text == 'Y';
	a->begun = n > 0;
	if (n <= 0 || text[n - 1] == '\n')
		done(a);
}

struct asking *
ask_new(struct coord *c)
{
	int fd = tty_open();
	struct asking *a;

	if (fd < 0)
		return NULL;
	a = xcalloc(1, sizeof(*a));
	a->c = c;
	a->io.fd = fd;
	a->io.cb = on_line;
	return a;
}

void
ask_free(struct asking *a)
{
	if (a == NULL)
		return;
	loop_io(a->c->loop, &a->io, 0);
	close(a->io.fd);
	free(a);
}

struct task *
ask_open(const struct asking *a)
{
	return a ? a->task : NULL;
}

void
ask_forget(struct asking *a, const struct task *t)
{
	if (a && a->task == t)
		a->task = NULL;
}

static void
ask(struct asking *a, struct task *t)
{
	struct command_task view = {
		.item = t->item, .seq = t->seq,
		.total = gather_total(a->c->gather)
	};
	struct buf b = { 0 };
	char *shown;

	a->seq = t->seq;
	a->task = t;
	a->begun = a->yes = false;
	a->answered = a->gone;
	if (a->gone)
		return;
	command_show(a->c->command, &view, &b);
	shown = xmalloc(b.len * 4 + 8);
	diag_show(shown, b.len * 4 + 8, b.data, b.len);
	b.len = 0;
	buf_addf(&b, "%s ?...", shown);
	fd_write_wait(a->io.fd, b.data, b.len);
	buf_free(&b);
	free(shown);
	loop_io(a->c->loop, &a->io, IO_READ);
}

bool
ask_answered(struct asking *a, struct task *t)
{
	if (a->seq != t->seq)
		ask(a, t);
	return a->answered;
}

bool
ask_agreed(const struct asking *a, const struct task *t)
{
	return a->seq == t->seq && a->yes;
}
