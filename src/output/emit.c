#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/feed.h"
#include "output/floor.h"
#include "output/move.h"
#include "output/sink.h"

enum {
	BUDGET = 8 << 20,	/* bytes moved by one call of emit_flush() */
	REVIVE = 16		/* outputs woken by one */
};

static void
on_again(struct timer *t)
{
	(void)t;
}

static void
on_stall(struct timer *t)
{
	container_of(t, struct emit, stall)->stalled = true;
}

struct emit *
emit_new(struct loop *loop, const struct emit_conf *conf,
    const struct emit_ops *ops, void *ctx)
{
	struct emit *e = xmalloc(sizeof(*e));

	memset(e, 0, offsetof(struct emit, buffer));
	e->loop = loop;
	e->conf = *conf;
	e->ops = ops;
	e->ctx = ctx;
	e->store = store_new(conf->memory, conf->pipes, conf->tmpdir);
	e->sink[0] = sink_new(loop, STDOUT_FILENO, conf->closed[0]);
	if (!conf->closed[0] && !conf->closed[1] &&
	    sink_same(STDOUT_FILENO, STDERR_FILENO))
		e->sink[1] = e->sink[0];
	else
		e->sink[1] = sink_new(loop, STDERR_FILENO, conf->closed[1]);
	list_init(&e->queue);
	list_init(&e->waiting);
	list_init(&e->sent);
	e->again.cb = on_again;
	e->stall.cb = on_stall;
	return e;
}

void
emit_free(struct emit *e)
{
	if (e == NULL)
		return;
	loop_timer_off(e->loop, &e->again);
	loop_timer_off(e->loop, &e->stall);
	if (!floor_is_shared(e))
		sink_free(e->sink[1]);
	sink_free(e->sink[0]);
	store_free(e->store);
	free(e);
}

struct output *
emit_wanted(const struct emit *e)
{
	if (e->cur)
		return e->cur;
	if (!floor_is_ordered(e) || list_empty(&e->queue))
		return NULL;
	return container_of(e->queue.next, struct output, node);
}

bool
emit_stuck(const struct emit *e)
{
	return !list_empty(&e->waiting) && !store_room(e->store);
}

size_t
emit_waiting(const struct emit *e)
{
	struct list *n, *next;
	size_t count = 0;

	list_each(n, next, &e->waiting)
		count++;
	return count;
}

bool
emit_exceed(struct emit *e)
{
	struct output *o;

	if (list_empty(&e->waiting) || store_exceeded(e->store))
		return false;
	o = container_of(e->waiting.next, struct output, wait);
	o->spool[0].beyond = o->spool[1].beyond = true;
	floor_wake(e, o);
	return true;
}

size_t
emit_held(const struct emit *e)
{
	return e->held;
}

/* --- what the owner calls ---------------------------------------------- */

static void
begin(struct emit *e, struct output *o, char *tag)
{
	o->tag = tag;
	o->linestart[0] = o->linestart[1] = true;
	o->spool[0].raw = o->spool[1].raw = tag == NULL && !e->conf.keep &&
	    !e->conf.red[0] && !e->conf.red[1] && !floor_is_lines(e);
	list_init(&o->node);
	list_init(&o->wait);
}

void
emit_open(struct emit *e, struct output *o, char *tag)
{
	begin(e, o, tag);
	if (floor_is_ordered(e))
		list_before(&e->queue, &o->node);
}

void
emit_open_behind(struct emit *e, struct output *o, char *tag,
    struct output *before)
{
	begin(e, o, tag);
	if (floor_is_ordered(e))
		list_before(before->node.next, &o->node);
}

/* n bytes more; a stream that is about to be large gets a large pipe. */
static void
count(struct output *o, int s, uint64_t n, int fd)
{
	uint64_t had = o->bytes[s];

	o->bytes[s] = had + n;
	if (had < FEED_BULK && had + n >= FEED_BULK)
		move_widen(fd);
}

ssize_t
emit_read(struct emit *e, struct output *o, int stream, int fd)
{
	ssize_t n;

	if (e->cur == NULL && (floor_is_ordered(e) || e->alone))
		floor_pick(e);
	n = feed_pipe(e, o, stream - 1, fd);
	if (n > 0)
		count(o, stream - 1, (uint64_t)n, fd);
	if (e->error == 0)
		e->error = store_error(e->store);
	return n;
}

bool
emit_admits(struct emit *e, struct output *o, int stream)
{
	if (e->cur == NULL && (floor_is_ordered(e) || e->alone))
		floor_pick(e);
	return feed_admits(e, o, stream - 1);
}

void
emit_take(struct emit *e, struct output *o, int stream, const void *p,
    size_t n)
{
	o->bytes[stream - 1] += n;
	if (e->dropping || sink_error(e->sink[stream - 1]))
		o->dropped |= n > 0;
	else
		feed_bytes(e, o, stream - 1, p, n);
	if (e->error == 0)
		e->error = store_error(e->store);
}

void
emit_text(struct emit *e, struct output *o, int stream, const void *p,
    size_t n)
{
	feed_bytes(e, o, stream - 1, p, n);
}

bool
emit_say(struct emit *e, const char *p, size_t n, size_t *at)
{
	struct sink *k = e->sink[0];
	size_t room;

	while (*at < n && !sink_error(k) && (room = sink_room(k)) > 0) {
		room = room < n - *at ? room : n - *at;
		sink_put(k, p + *at, room);
		*at += room;
		sink_flush(k);
	}
	sink_flush(k);
	return *at == n && !sink_error(k) &&
	    sink_written(k) == sink_queued(k);
}

bool
emit_make_way(struct emit *e)
{
	const struct output *o = e->cur;
	struct sink *k = e->sink[1];

	if (e->dropping || sink_error(k))
		return true;
	if (o && (!o->linestart[1] || (floor_is_shared(e) &&
	    !o->linestart[0])))
		return false;
	if (sink_is_within_line(k) && sink_queued(k) == sink_written(k)) {
		sink_put(k, "\n", 1);
		sink_flush(k);
	}
	return sink_queued(k) == sink_written(k);
}

void
emit_alone(struct emit *e, struct output *o)
{
	e->alone = e->conf.mode == EMIT_GROUP && !e->conf.hold ? o : NULL;
	floor_give_up(e);
}

void
emit_discard(struct emit *e, struct output *o)
{
	int s;

	list_remove(&o->wait);
	for (s = 0; s < 2; s++) {
		o->bytes[s] = 0;
		o->full[s] = false;
		o->spool[s].beyond = false;
		if (!floor_is_lines(e))
			spool_clear(e->store, &o->spool[s]);
		else if (o->spool[s].len > o->whole[s] ||
		    (o->spool[s].len == 0 && !o->linestart[s]))
			feed_bytes(e, o, s, "\n", 1);
	}
	/* it need not be the one that passes when it comes again */
	if (e->cur == o && !o->passed && !floor_is_lines(e))
		e->cur = NULL;
}

ssize_t
emit_walk(struct emit *e, const struct output *o, int stream,
    struct spool_mark *m, void *p, size_t n)
{
	return spool_walk(e->store, &o->spool[stream - 1], m, p, n);
}

void
emit_forget(struct emit *e, struct output *o, int stream)
{
	spool_clear(e->store, &o->spool[stream - 1]);
}

/* o has ended and is not to be written. */
static void
drop(struct emit *e, struct output *o)
{
	int s;

	for (s = 0; s < 2; s++)
		if (o->spool[s].len > 0) {
			o->dropped = true;
			spool_clear(e->store, &o->spool[s]);
		}
	if (o == e->cur)
		e->cur = NULL;
	list_remove(&o->node);
	list_before(&e->sent, &o->node);
}

void
emit_end(struct emit *e, struct output *o)
{
	int s;

	o->ended = true;
	for (s = 0; s < 2; s++)
		o->hue[s] = o->red && e->conf.red[s];
	o->full[0] = o->full[1] = false;
	list_remove(&o->wait);
	e->held++;
	if (e->alone == o)
		e->alone = NULL;
	if (e->dropping)
		drop(e, o);
	else
		floor_enqueue(e, o);
}

/* --- delivery ---------------------------------------------------------- */

/* Says what failed; true if something new did. */
static bool
report(struct emit *e)
{
	bool news = false;
	int s;

	for (s = 0; s < 2; s++) {
		if (e->reported[s] || !sink_error(e->sink[s]))
			continue;
		e->reported[s] = news = true;
		if (s == 0 && floor_is_shared(e))
			e->reported[1] = true;
		e->ops->failed(e->ctx, s + 1, sink_error(e->sink[s]));
	}
	if (e->error == 0)
		e->error = store_error(e->store);
	if (e->error && !e->noticed) {
		e->noticed = true;
		e->ops->notice(e->ctx, e->error);
	}
	return news;
}

/* Nothing more will become of its bytes; sets dropped. */
static bool
is_settled(struct emit *e, struct output *o)
{
	int s;

	for (s = 0; s < 2; s++) {
		if (o->mark[s] <= sink_written(e->sink[s]))
			continue;
		if (!e->dropping && !sink_error(e->sink[s]))
			return false;
		o->dropped = true;
	}
	return true;
}

/* Hands back what is written; true if any was. */
static bool
settle(struct emit *e)
{
	bool any = false;

	while (!list_empty(&e->sent)) {
		struct output *o = container_of(e->sent.next, struct output,
		    node);

		if (!is_settled(e, o))
			break;
		list_remove(&o->node);
		free(o->tag);
		o->tag = NULL;
		e->held--;
		any = true;
		e->ops->delivered(e->ctx, o);
	}
	if (any && !list_empty(&e->waiting))
		store_retry(e->store);
	return any;
}

/* Some of those that wait for a place may try again. */
static bool
revive(struct emit *e, size_t most)
{
	struct list *first;
	bool any = false;

	while (most-- > 0 && !list_empty(&e->waiting) &&
	    (e->dropping || store_room(e->store))) {
		first = e->waiting.next;
		floor_wake(e, container_of(first, struct output, wait));
		any = true;
	}
	return any;
}

void
emit_flush(struct emit *e)
{
	bool more;

	e->budget = BUDGET;
	if (e->stalled && e->cur && floor_is_full(e->cur) &&
	    list_empty(&e->cur->wait))
		floor_wake(e, e->cur);
	do {
		floor_pump(e);
		sink_flush(e->sink[0]);
		sink_flush(e->sink[1]);
		more = report(e);
		more = settle(e) || more;
	} while (more && e->budget > 0);
	/* one that is revived may have come to its end */
	if (revive(e, REVIVE) || e->budget == 0 ||
	    (!list_empty(&e->waiting) && store_room(e->store)))
		loop_timer(e->loop, &e->again, loop_now(e->loop));
}

void
emit_drop(struct emit *e)
{
	struct output *cur = e->cur;
	struct list *n, *after;

	e->dropping = true;
	sink_drop(e->sink[0]);
	sink_drop(e->sink[1]);
	if (cur && cur->ended)
		drop(e, cur);
	else if (cur && floor_is_full(cur))
		floor_wake(e, cur);
	list_each(n, after, &e->queue) {
		struct output *o = container_of(n, struct output, node);

		if (o->ended)
			drop(e, o);
		else if (floor_is_full(o))
			floor_wake(e, o);
	}
	settle(e);
	revive(e, SIZE_MAX);
}
