#include "config.h"

#include "run/coproc.h"
#include "run/fate.h"
#include "run/silence.h"
#include "run/talk.h"

enum {
	SMALL = 4096		/* every pipe takes that */
};

/*
 * A program that may hold back is looked at after `first`, and then whenever
 * it has been silent for half as long again; others after `silence`, as is any
 * for advice.  A timer that comes as late as `absent`: it was we who were
 * stopped, or starved.
 */
static const nsec first = 10 * MSEC, silence = 2 * SEC, absent = SEC / 2;

/* How long it may take to end once its stdin is closed. */
static nsec
grace(const struct coproc *k)
{
	const struct ladder *l = &k->conf->ladder;

	return l->n && l->rung[0].wait ? l->rung[0].wait : 5 * SEC;
}

static bool
is_ending(const struct talk *t)
{
	return talk_is_shut(t) && (talk_is_idle(t) || t->refuses);
}

static bool
has_read_all(const struct talk *t)
{
	return talk_unsent(t) == 0 && talk_heard(t) == t->sent;
}

/* From one look to the next, when it has been silent for so long. */
static nsec
interval(const struct talk *t, nsec quiet)
{
	const struct coproc *k = t->owner;

	if (!coproc_is_open(t) || quiet / 2 > silence ||
	    (pace_is_sure(&k->pace) && !pace_holds(&k->pace)))
		return silence;
	return quiet / 2 < first ? first : quiet / 2;
}

void
silence_begin(struct talk *t)
{
	struct coproc *k = t->owner;
	nsec now = loop_now(t->loop);

	if (is_ending(t) && !t->ending)
		loop_timer(t->loop, &t->watch, now + grace(k));
	else if (!heap_has(&t->watch.node))
		loop_timer(t->loop, &t->watch, now + interval(t, 0));
	t->ending = is_ending(t);
}

/* --- one that should have ended ---------------------------------------- */

static void
press(struct talk *t, nsec now)
{
	struct coproc *k = t->owner;

	if (t->doomed)
		return;
	if (!talk_is_idle(t) && now - t->moved < grace(k)) {
		loop_timer(t->loop, &t->watch, t->moved + grace(k));
		return;
	}
	fate_say_stubborn(k, t);
	t->doomed = t->stubborn = true;
	pool_end_task(k->c->pool, &t->task, REASON_HALT, &k->conf->ladder);
}

/* --- one that owes replies --------------------------------------------- */

/* More that it could be sent may still come, but is not there. */
static bool
is_starved(const struct coproc *k)
{
	const struct coord *c = k->c;

	return !c->input_ended && queue_length(&c->queue) == 0 &&
	    c->input.want;
}

/* Does all say that it answers each item by itself, and is at work? */
static bool
is_proven(const struct talk *t)
{
	const struct coproc *k = t->owner;

	return k->conf->window == 0 && pace_is_sure(&k->pace);
}

/* How long it may be silent until its stdin is closed. */
static nsec
most(const struct talk *t)
{
	const struct coproc *k = t->owner;
	const struct coord *c = k->c;
	bool proven = is_proven(t), single = t->answered && t->items == 1;
	nsec n = pace_patience(&k->pace, proven || single);

	if (!proven && n > silence && c->input_ended &&
	    queue_length(&c->queue) == 0)
		return silence;
	return n;
}

/* It has read all, and there is or may be no more for it. */
static void
drain(struct talk *t, nsec now)
{
	struct coproc *k = t->owner;

	if (is_starved(k) || k->c->stopping || now - t->spoke < most(t) ||
	    (k->tried && !pace_holds(&k->pace)))
		return;
	k->tried = t;
	t->drained = now;
	fate_say_closed(k, t);
	coproc_retire(t);
}

static void
look(struct talk *t, nsec now)
{
	struct coproc *k = t->owner;

	t->busy = t->items > 1 && talk_unsent(t) == 0 && !has_read_all(t);
	if (!t->busy && has_read_all(t)) {
		pace_silent(&k->pace, t->items);
		drain(t, now);
	}
}

static void
advise(struct talk *t)
{
	struct coproc *k = t->owner;

	if (k->said || (t->answered > 0 && t->items == 1))
		return;
	k->said = true;
	fate_say_silent(k, t);
}

void
silence_watch(struct timer *timer)
{
	struct talk *t = container_of(timer, struct talk, watch);
	nsec now = loop_now(t->loop), quiet;

	if (t->gone)
		return;
	if (is_ending(t)) {
		press(t, now);
		return;
	}
	if (talk_is_idle(t))
		return;
	if (now - timer->at > absent || talk_waits(t))
		t->moved = t->spoke = now;
	quiet = now - t->spoke;
	if (now - t->moved >= first && quiet >= silence) {
		if (talk_is_refused(t)) {
			t->ops->shut(t);
			return;
		}
		advise(t);
	}
	if (now - t->moved >= first && coproc_is_open(t))
		look(t, now);
	if (!is_ending(t))
		loop_timer(t->loop, timer, now + interval(t, quiet));
}

/*
 * It had one item more than the one it has answered, of `size` bytes, and both
 * lay in its stdin at once: so it could have read on.
 */
static bool
could_read_on(const struct talk *t, uint64_t size)
{
	return t->items == 1 && talk_unsent(t) == 0 &&
	    size + talk_open_bytes(t) <= SMALL;
}

void
silence_broken(struct talk *t, uint64_t size)
{
	struct coproc *k = t->owner;

	if (pace_is_probing(&k->pace) && could_read_on(t, size) &&
	    (t->busy || talk_heard(t) <= t->done))
		pace_prompt(&k->pace);
	t->busy = false;
	if (t->drained)
		pace_brought(&k->pace, loop_now(t->loop) - t->drained);
	else if (coproc_is_open(t))
		pace_spoke(&k->pace);
	t->drained = 0;
	if (k->tried == t)
		k->tried = NULL;
}

void
silence_over(struct talk *t)
{
	struct coproc *k = t->owner;

	if (k->tried == t)
		k->tried = NULL;
}
