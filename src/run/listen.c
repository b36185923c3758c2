/*
 * What a co-process writes.  Known not to be as it could:
 *  - what it says on stderr without an item is read whether or not there is
 *    place for it: remark() could stop at a bound of emit_held(), if one that
 *    is to end is not taken for stubborn then;
 *  - when its stderr gets EMIT_FULL as a reply comes, the rest of it is told as
 *    the next item's: answer() would have to wait for ops.room;
 *  - what one answers between its time's end and the signal is forgotten
 *    (talk_ignore), though items behind could be taken as answered;
 *  - each answer costs a read(2) of stderr that mostly finds nothing.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "run/talk.h"

enum {
	READ = 64 * 1024,
	TURNS = 4,		/* reads at one go */
	REMARKS = 64		/* the same, of a few bytes each */
};

/* --- stderr ------------------------------------------------------------ */

static void
remark(struct talk *t, bool *more)
{
	char text[32 * 1024];
	ssize_t n = read(t->err.fd, text, sizeof(text));

	*more = n > 0;
	if (n > 0)
		t->ops->remark(t, text, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		talk_close(t, &t->err);
}

/* Reads what is there, but not for ever; false when there is no place for it. */
static bool
pull_err(struct talk *t)
{
	int turns = t->finishing ? -1 : talk_is_idle(t) ? REMARKS : TURNS;
	bool more = true;
	struct job *j;
	ssize_t n;

	while (t->err.fd >= 0 && more && turns-- != 0) {
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
			talk_close(t, &t->err);
		more = n > 0;
	}
	return true;
}

void
listen_err(struct io *io, int got)
{
	(void)got;
	pull_err(container_of(io, struct talk, err));
}

bool
talk_waits(const struct talk *t)
{
	return (t->out.fd >= 0 && t->out.want == 0) ||
	    (t->err.fd >= 0 && t->err.want == 0);
}

void
listen_head(struct talk *t)
{
	struct job *j = talk_head(t);

	/* the one before may have had no place for what it said */
	if (t->err.fd >= 0 && !t->finishing)
		loop_io(t->loop, &t->err, IO_READ);
	if (j == NULL)
		return;
	t->last = t->spoke = loop_now(t->loop);
	t->ops->head(t, j);
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
	listen_head(t);
}

static void
use(struct talk *t, size_t n)
{
	t->gotat += n;
	if (t->gotat < t->got.len)
		return;
	t->gotat = t->got.len = 0;
	if (t->got.cap > TALK_SPARE)
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
		if (j == NULL || j->asked >= t->sent)
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
		talk_close(t, &t->out);
		if (!t->finishing)
			t->ops->shut(t);
		return false;
	}
	t->moved = t->spoke = loop_now(t->loop);
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

void
listen_out(struct io *io, int got)
{
	(void)got;
	pull_out(container_of(io, struct talk, out));
}

void
talk_listen(struct talk *t)
{
	if (t->out.fd >= 0 && t->out.want)
		pull_out(t);
}

void
talk_ignore(struct talk *t)
{
	t->deaf = true;
	t->gotat = t->got.len = 0;
	if (t->out.fd >= 0)
		loop_io(t->loop, &t->out, IO_READ);
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
	talk_close(t, &t->out);
	talk_close(t, &t->err);
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
