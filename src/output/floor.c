#include "config.h"

#include "base/mem.h"
#include "output/floor.h"
#include "output/pour.h"

void
floor_enqueue(struct emit *e, struct output *o)
{
	if (o != e->cur && list_empty(&o->node))
		list_before(&e->queue, &o->node);
}

bool
floor_is_full(const struct output *o)
{
	return o->full[0] || o->full[1];
}

void
floor_wake(struct emit *e, struct output *o)
{
	list_remove(&o->wait);
	o->full[0] = o->full[1] = false;
	e->ops->room(e->ctx, o);
}

static struct output *
next_in_order(struct emit *e)
{
	struct output *o;

	if (list_empty(&e->queue))
		return NULL;
	o = container_of(e->queue.next, struct output, node);
	if (o->ended)
		return o;
	if (floor_is_full(o) && !store_room(e->store) && !e->conf.keep) {
		e->live = true;
		return o;
	}
	if (floor_is_lines(e))
		return o->whole[0] || o->whole[1] ? o : NULL;
	return e->conf.hold ? NULL : o;
}

/* How long a live output of EMIT_GROUP waits for our reader: at a time, and in
   all. */
static const nsec stall_most = 200 * MSEC, stall_all = SEC;

void
floor_stall(struct emit *e, const struct output *o)
{
	nsec now = loop_now(e->loop), most = stall_all - e->stall_sum;

	if (e->conf.mode != EMIT_GROUP || o != e->cur ||
	    heap_has(&e->stall.node))
		return;
	e->stall_began = now;
	loop_timer(e->loop, &e->stall, now + (most < stall_most ? most :
	    stall_most));
}

/* Our reader goes on. */
static void
end_stall(struct emit *e)
{
	if (!heap_has(&e->stall.node))
		return;
	e->stall_sum += loop_now(e->loop) - e->stall_began;
	loop_timer_off(e->loop, &e->stall);
}

static void
take_floor(struct emit *e, struct output *o)
{
	list_remove(&o->wait);
	if (o->full[1])
		o->mixed = true;	/* there was no place for it */
	o->turn[0] = o->whole[0];
	o->turn[1] = o->whole[1];
	e->cur = o;
	e->lone = o == e->alone;
	e->served = e->stalled = false;
	loop_timer_off(e->loop, &e->stall);
	e->stall_sum = 0;
}

void
floor_give_up(struct emit *e)
{
	struct output *o = e->cur;

	if (o == NULL || !e->lone || o == e->alone || o->ended ||
	    o->mark[0] || o->mark[1])
		return;
	e->cur = NULL;
	if (floor_is_full(o))
		floor_wake(e, o);
}

bool
floor_pick(struct emit *e)
{
	struct output *o = NULL;
	struct list *n;

	e->live = !floor_is_lines(e);
	if (floor_is_ordered(e)) {
		o = next_in_order(e);
	} else if ((n = list_shift(&e->queue)) != NULL) {
		o = container_of(n, struct output, node);
	} else if (e->alone) {
		o = e->alone;
	} else if (!list_empty(&e->waiting) && !store_room(e->store) &&
	    !e->conf.keep) {
		o = container_of(e->waiting.next, struct output, wait);
		e->live = true;
	}
	if (o == NULL)
		return false;
	take_floor(e, o);
	return true;
}

bool
floor_keeps_back(const struct emit *e, const struct output *o, int s)
{
	return s == 1 && e->conf.mode == EMIT_GROUP && floor_is_shared(e) &&
	    !o->ended && !o->mixed;
}

/* How many bytes of its spool may go now. */
static uint64_t
due(const struct emit *e, const struct output *o, int s)
{
	if (floor_keeps_back(e, o, s))
		return 0;
	return e->live || o->ended ? o->spool[s].len : o->turn[s];
}

static uint64_t
less(uint64_t n, uint64_t by)
{
	return n > by ? n - by : 0;
}

/* Moves what is due of one stream; true when it is all in the sink. */
static bool
pour(struct emit *e, struct output *o, int s)
{
	uint64_t n = due(e, o, s), k;
	bool blind = !o->tag && !o->hue[s] &&
	    (!floor_is_lines(e) || n == o->turn[s]);

	k = pour_spool(e->store, e->sink[s], o, s, n, blind, &e->budget);
	if (k > 0)
		e->served = true;
	if (k > 0 && !o->ended && !floor_is_lines(e))
		o->passed = true;
	if (blind && k > 0)
		o->linestart[s] = true;		/* if lines matter */
	o->whole[s] = less(o->whole[s], k);
	o->turn[s] = less(o->turn[s], k);
	return k == n;
}

static bool
pour_both(struct emit *e, struct output *o)
{
	bool done = pour(e, o, 0);

	if (!done && floor_is_shared(e))
		return false;
	return pour(e, o, 1) && done;
}

/* Ends the last line of each stream; false while a sink is blocked. */
static bool
end_lines(struct emit *e, struct output *o)
{
	int s;

	for (s = 0; s < 2; s++)
		if (!o->linestart[s] &&
		    pour_bytes(e->sink[s], o, s, "\n", 1) == 0)
			return false;
	return true;
}

bool
floor_may_pass(const struct emit *e, const struct output *o, int s)
{
	struct sink *k = e->sink[s];

	return o == e->cur && e->live && o->spool[s].len == 0 &&
	    (s == 0 || !floor_is_shared(e) || o->spool[0].len == 0) &&
	    !sink_blocked(k) && sink_room(k) > 0;
}

/* Lines: may others put theirs now? */
static bool
may_yield(const struct emit *e, const struct output *o)
{
	if (!floor_is_lines(e))
		return false;
	return !e->live ||
	    (e->served && o->linestart[0] && o->linestart[1]);
}

/* Lets cur do what it can; true when there is more to be done: the floor is
   free again, or cur has ended. */
static bool
advance(struct emit *e)
{
	struct output *o = e->cur;

	if (!pour_both(e, o))
		return false;
	if (!sink_blocked(e->sink[0]) && !sink_blocked(e->sink[1]))
		end_stall(e);
	if (o->ended) {
		if (floor_is_lines(e) && !end_lines(e, o))
			return false;
		if (!pour_end(e->sink[0], o, 0) || !pour_end(e->sink[1], o, 1))
			return false;
		e->cur = NULL;
		list_remove(&o->node);
		list_before(&e->sent, &o->node);
		return true;
	}
	if (may_yield(e, o)) {
		e->cur = NULL;
		if (o->whole[0] || o->whole[1])
			floor_enqueue(e, o);
		if (floor_is_full(o) && list_empty(&o->wait))
			floor_wake(e, o);
		return true;
	}
	if ((o->full[0] && floor_may_pass(e, o, 0)) ||
	    (o->full[1] && floor_may_pass(e, o, 1))) {
		floor_wake(e, o);
		/* What was left of it may have been the last. */
		return o->ended;
	}
	return false;
}

void
floor_pump(struct emit *e)
{
	while (!e->dropping && e->budget > 0 && (e->cur || floor_pick(e)))
		if (!advance(e))
			break;
}
