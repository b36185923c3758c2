#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "output/feed.h"
#include "output/pour.h"

enum {
	READ = sizeof(((struct emit *)0)->buffer),
	MOST = 1 << 20		/* moved by one call */
};

/* What read(2) and its like returned, as emit_read() does. */
static ssize_t
outcome(ssize_t n)
{
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? EMIT_AGAIN : 0;
}

/* The live output's reader, our own, is slow. */
static ssize_t
slow(struct emit *e, struct output *o, int s)
{
	o->full[s] = true;
	floor_stall(e, o);
	return EMIT_FULL;
}

static ssize_t
no_place(struct emit *e, struct output *o, int s)
{
	if (list_empty(&o->wait))
		list_before(&e->waiting, &o->wait);
	o->full[s] = true;
	o->mixed = o->mixed || (s == 1 && o == e->cur);
	return EMIT_FULL;
}

static ssize_t
discard(struct emit *e, struct output *o, int fd)
{
	ssize_t n = read(fd, e->buffer, READ);

	if (n > 0)
		o->dropped = true;
	return outcome(n);
}

/* Bytes of the live output; with tags they may not all fit. */
static void
put(struct emit *e, struct output *o, int s, const char *p, size_t n)
{
	size_t done = 0;

	if (floor_may_pass(e, o, s))
		done = pour_bytes(e->sink[s], o, s, p, n);
	spool_add(e->store, &o->spool[s], p + done, n - done);
}

static ssize_t
hold(struct emit *e, struct output *o, int s, int fd)
{
	ssize_t n = spool_splice(e->store, &o->spool[s], fd, MOST);

	if (n < 0 && errno == ENOSPC)
		return no_place(e, o, s);
	return outcome(n);
}

static ssize_t
pass_copy(struct emit *e, struct output *o, int s, int fd)
{
	size_t most = sink_room(e->sink[s]);
	ssize_t n;

	if (most == 0)
		return slow(e, o, s);
	n = read(fd, e->buffer, most < READ ? most : READ);
	if (n > 0)
		put(e, o, s, e->buffer, (size_t)n);
	return outcome(n);
}

/* The live output: straight to the sink. */
static ssize_t
pass(struct emit *e, struct output *o, int s, int fd)
{
	ssize_t n = SINK_CANNOT;

	if (!floor_may_pass(e, o, s))
		return e->stalled ? hold(e, o, s, fd) : slow(e, o, s);
	if (!o->tag && !floor_is_lines(e) && o->bytes[s] >= FEED_BULK)
		n = sink_from_pipe(e->sink[s], fd, MOST);
	if (n == SINK_BLOCKED)
		return slow(e, o, s);
	if (n == SINK_EMPTY)
		return EMIT_AGAIN;
	if (n == SINK_CANNOT)
		n = pass_copy(e, o, s, fd);
	else if (n > 0)
		o->mark[s] = sink_queued(e->sink[s]);
	if (n != EMIT_FULL)
		e->served = true;
	if (n > 0 && !floor_is_lines(e))
		o->passed = true;
	return n;
}

/* --- lines ------------------------------------------------------------- */

/* How many of the n bytes are in whole lines. */
static size_t
lines(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] != '\n')
		n--;
	return n;
}

/* Bytes that wait for the end of their line, or for their turn. */
static void
add_lines(struct emit *e, struct output *o, int s, const char *p, size_t n)
{
	size_t k = lines(p, n);

	spool_add(e->store, &o->spool[s], p, n);
	if (k == 0)
		return;
	o->whole[s] = o->spool[s].len - (n - k);
	floor_enqueue(e, o);
}

/* Would it get the floor, if it wanted it? */
static bool
is_next(const struct emit *e, const struct output *o)
{
	return floor_is_ordered(e) ? e->queue.next == &o->node :
	    list_empty(&e->queue);
}

/* Nobody else wants the floor: puts the whole lines; returns their length as
   far as they fitted.  With a line cut in two o keeps the floor. */
static size_t
put_lines(struct emit *e, struct output *o, int s, const char *p, size_t n)
{
	size_t k = lines(p, n), done;

	if (k == 0 || e->cur || !is_next(e, o) || o->spool[s].len > 0)
		return 0;
	done = pour_bytes(e->sink[s], o, s, p, k);
	if (done < k) {
		e->cur = o;
		e->live = false;
		o->turn[s] = k - done;
		o->turn[1 - s] = 0;
	}
	return done;
}

static ssize_t
read_lines(struct emit *e, struct output *o, int s, int fd)
{
	size_t done;
	ssize_t n;

	if (o->whole[s] >= SPOOL_SMALL &&
	    (!floor_is_ordered(e) || is_next(e, o)))
		return slow(e, o, s);
	if (!store_room(e->store))
		return no_place(e, o, s);
	n = read(fd, e->buffer, READ);
	if (n <= 0)
		return outcome(n);
	done = put_lines(e, o, s, e->buffer, (size_t)n);
	if (done < (size_t)n)
		add_lines(e, o, s, e->buffer + done, (size_t)n - done);
	return n;
}

/* --- all modes --------------------------------------------------------- */

ssize_t
feed_pipe(struct emit *e, struct output *o, int s, int fd)
{
	if (e->dropping || sink_error(e->sink[s]))
		return discard(e, o, fd);
	if (o == e->cur && e->live && !floor_keeps_back(e, o, s))
		return pass(e, o, s, fd);
	if (floor_is_lines(e))
		return read_lines(e, o, s, fd);
	return hold(e, o, s, fd);
}

void
feed_bytes(struct emit *e, struct output *o, int s, const void *p, size_t n)
{
	if (o == e->cur && e->live && !floor_keeps_back(e, o, s))
		put(e, o, s, p, n);
	else if (floor_is_lines(e))
		add_lines(e, o, s, p, n);
	else
		spool_add(e->store, &o->spool[s], p, n);
}

bool
feed_admits(struct emit *e, struct output *o, int s)
{
	bool live = o == e->cur && e->live && !floor_keeps_back(e, o, s);

	if (e->dropping || sink_error(e->sink[s]))
		return true;
	if (live && floor_may_pass(e, o, s))
		return true;
	if (live && !e->stalled)
		return slow(e, o, s) != EMIT_FULL;
	return store_room(e->store) || no_place(e, o, s) != EMIT_FULL;
}
