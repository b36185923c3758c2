/*
 * --tee: all that comes on standard input goes to every task.  Tasks come of
 * items as ever, but none starts before all of them are known, and then all run
 * side by side; the slowest holds up the others when it has a megabyte to read.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "run/state.h"

enum {
	CHUNK = 256 * 1024,	/* bytes read in one go */
	PASS = 1 << 20,		/* that wait for one task, at most */
	READS = 16		/* in one turn: signals come first */
};

static const nsec patience = 2 * SEC;

struct tee {
	struct coord *of;
	struct io io;		/* stdin */
	bool file;		/* reading it never blocks */
	off_t size;		/* fd_size() */
	bool ended;
	bool all;		/* tasks have been started at one time */
	nsec held;		/* since when some could not; or 0 */
	struct block **to;	/* NULL: it reads no more */
	size_t n, cap;
	char *p;
};

static void
end_all(struct tee *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->to[i])
			block_end(t->to[i]);
	t->n = 0;
	t->ended = true;
	loop_io(t->of->loop, &t->io, 0);
}

static void
give(struct tee *t, size_t len)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->to[i])
			block_add(t->to[i], t->p, len);
}

/* Nobody reads on whose task is being ended: it would take that for the end of
   the input. */
static void
stop(struct tee *t)
{
	t->ended = true;
	loop_io(t->of->loop, &t->io, 0);
}

static void
read_some(struct tee *t)
{
	ssize_t k = fd_read(STDIN_FILENO, t->p, CHUNK, t->size);

	if (k > 0) {
		give(t, (size_t)k);
	} else if (k == 0) {
		end_all(t);
	} else if (errno != EAGAIN && errno != EINTR) {
		diag("cannot read stdin: %s", fd_why(errno));
		policy_raise(&t->of->policy, STATUS_PPX);
		ending_stop(t->of, REASON_HALT, &t->of->conf->ladder);
		stop(t);
	}
}

static void
on_stdin(struct io *io, int got)
{
	(void)got;
	read_some(container_of(io, struct tee, io));
}

void
tee_open(struct coord *c)
{
	struct tee *t;
	struct stat st;

	if (c->closed[0] || fstat(STDIN_FILENO, &st) < 0)
		die("cannot read stdin: %s", strerror(EBADF));
	c->feeds = feeds_new(c->loop, false, deal_failed, c);
	if (c->conf->leak == LEAK_IGNORE)
		feeds_linger(c->feeds);
	t = xcalloc(1, sizeof(*t));
	c->tee = t;
	t->of = c;
	t->io.fd = STDIN_FILENO;
	t->io.cb = on_stdin;
	t->file = S_ISREG(st.st_mode);
	t->size = fd_size(STDIN_FILENO);
	t->p = xmalloc(CHUNK);
}

void
tee_close(struct coord *c)
{
	if (c->tee == NULL)
		return;
	end_all(c->tee);
	free(c->tee->to);
	free(c->tee->p);
	free(c->tee);
	c->tee = NULL;
}

struct block *
tee_block(struct coord *c)
{
	struct tee *t = c->tee;

	mem_grow(&t->to, &t->cap, t->n + 1, sizeof(t->to[0]));
	t->to[t->n] = block_new(c->feeds);
	t->to[t->n]->once = true;
	return t->to[t->n++];
}

/* May more be read?  Those who read no more do not count. */
static bool
has_room(struct tee *t)
{
	bool any = false;
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (t->to[i] && t->to[i]->gone) {
			block_end(t->to[i]);
			t->to[i] = NULL;
		}
		if (t->to[i] == NULL)
			continue;
		if (block_waiting(t->to[i]) >= PASS)
			return false;
		any = true;
	}
	if (!any)
		end_all(t);
	return any;
}

bool
tee_starves(struct coord *c)
{
	struct tee *t = c->tee;
	size_t i;

	if (t->ended || !c->input_ended || has_room(t))
		return false;
	for (i = 0; i < t->n; i++)
		if (t->to[i] && block_waiting(t->to[i]) == 0)
			return true;
	return false;
}

static void
too_many(struct coord *c)
{
	diag("--tee: all tasks run at once, and there are more items than the "
	    "%zu slots of -j; use -j0", pool_slots(c->pool));
	policy_raise(&c->policy, STATUS_PPX);
	ending_stop(c, REASON_HALT, NULL);
}

/* The system may have had no room for a moment only. */
static bool
is_patient(struct coord *c)
{
	nsec now = loop_now(c->loop);

	if (c->tee->held == 0)
		c->tee->held = now;
	if (now - c->tee->held >= patience)
		return false;
	loop_timer(c->loop, &c->gate_timer, c->tee->held + patience);
	return true;
}

void
tee_held(struct coord *c)
{
	if (c->tee->all || c->stopping || !c->input_ended || is_patient(c))
		return;
	diag("--tee: all tasks run at once, and the system has no room for "
	    "more than %zu of %llu", pool_busy(c->pool),
	    (unsigned long long)c->made);
	policy_raise(&c->policy, STATUS_PPX);
	ending_stop(c, REASON_HALT, &c->conf->ladder);
}

void
tee_fill(struct coord *c)
{
	struct tee *t = c->tee;
	bool room = false;
	int i;

	deal_lost(c);
	if (t->ended)
		return;
	t->all |= c->input_ended && queue_length(&c->queue) == 0;
	if (!t->all && c->made > pool_slots(c->pool) && !c->stopping)
		too_many(c);
	if (c->ending)
		stop(t);
	else if (c->stopping && pool_busy(c->pool) == 0)
		end_all(t);
	if (t->ended || !c->input_ended)
		return;
	for (i = 0; i < READS && (room = has_room(t)) && t->file &&
	    !t->ended; i++)
		read_some(t);
	if (!t->ended)
		loop_io(c->loop, &t->io, room && !t->file ? IO_READ : 0);
}

bool
tee_goes_on(const struct coord *c)
{
	return c->tee && !c->tee->ended && c->tee->file && c->input_ended &&
	    has_room(c->tee);
}
