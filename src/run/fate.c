#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "input/run.h"
#include "run/fate.h"
#include "run/silence.h"

enum {
	RETURNS = 20,		/* an item that no program reads is lost then */
	VAIN = 10,		/* so many programs in a row that read none, */
	WEIGHT = 10,		/* each counting as so many that were killed */
	FIRST_FILES = 16,	/* descriptors that it takes to have one, */
	MORE_FILES = 4,		/* and one more */
	SHOWN = 60		/* bytes of something in a message */
};

static const nsec first_rest = 10 * MSEC, longest_rest = SEC;

/* --- runs -------------------------------------------------------------- */

/* Bytes that it takes on stdin. */
static uint64_t
run_bytes(const struct job *j)
{
	size_t n;

	item_value(j->task.item, 0, &n);
	return n + (j->task.item->records == 0);
}

/*
 * Cuts the run j, which is with a program: it keeps its first n records.
 * Returns the job of the others, right behind it everywhere.
 */
static struct job *
cut(struct coproc *k, struct job *j, size_t n)
{
	struct item *all = j->task.item;
	struct job *rest = xcalloc(1, sizeof(*rest));

	rest->task = j->task;
	rest->task.item = run_part(all, k->end, n, j->task.items - n);
	rest->task.items = j->task.items - (uint32_t)n;
	rest->task.seq += n;
	j->task.item = run_part(all, k->end, 0, n);
	j->task.items = (uint32_t)n;
	free(all);
	rest->row = rest->task.seq;
	rest->of = j->of;
	rest->talk = j->talk;
	rest->asked = j->asked + run_bytes(j);
	rest->size = j->size - run_bytes(j);
	j->size = run_bytes(j);
	list_init(&rest->node);
	list_before(j->node.next, &rest->node);
	emit_open_behind(k->c->emit, &rest->out, NULL, &j->out);
	k->busy++;
	return rest;
}

void
fate_large(struct talk *t, struct job *j)
{
	cut(t->owner, j, j->answers ? j->answers : 1);
}

/* --- what becomes of an item ------------------------------------------- */

/* It is with no program any more. */
static void
leave(struct coproc *k, struct job *j)
{
	j->talk = NULL;
	k->busy--;
	k->bytes -= j->size;
	clocks_over(k->c, j);
	hold_ended(k->c, j);
}

void
fate_answered(struct coproc *k, struct talk *t, struct job *j)
{
	struct result *r = &j->task.result;

	k->vain = k->faults = 0;
	k->pause = 0;
	if (r->wall == 0)
		r->wall = j->task.sent;
	r->reason = REASON_EXIT;
	r->started = STARTED_YES;
	r->ran = loop_now(t->loop) - j->began;
	leave(k, j);
	outcome_over(k->c, j, NULL);
}

/* The program has not begun it. */
static void
give_back(struct coproc *k, struct job *j)
{
	struct coord *c = k->c;

	leave(k, j);
	j->task.attempt--;
	memset(&j->task.result, 0, sizeof(j->task.result));
	if (c->stopping) {
		outcome_refuse(c, j, c->why, NULL);
		return;
	}
	queue_push(&c->queue, &j->task);
	clocks_ready(c, j);
}

static void
how_ended(const struct result *r, struct buf *b)
{
	switch (r->reason) {
	case REASON_EXIT:
		buf_addf(b, "ended (exit status %d)", r->code);
		break;
	case REASON_SIGNAL:
		buf_addf(b, "was ended by SIG%s", signals_name(r->sig));
		break;
	case REASON_LOST:
		buf_adds(b, "was lost with its worker");
		break;
	case REASON_MEMORY:
		buf_adds(b, "was ended, as it used more than --mem-limit,");
		break;
	default:
		buf_adds(b, "was ended");
		break;
	}
}

static bool
ended_well(const struct result *r)
{
	return r->reason == REASON_EXIT && r->code == 0;
}

/* Says what becomes of a reply that is not whole; adds it to b. */
static void
drop_part(struct coproc *k, struct talk *t, struct job *j, struct buf *b)
{
	uint64_t n = talk_part(t);

	if (n == 0)
		return;
	if (j->out.passed) {
		buf_addf(b, "; a part of its reply was printed already");
		return;
	}
	emit_forget(k->c->emit, &j->out, 1);
	j->out.bytes[0] = 0;
	buf_addf(b, "; %" PRIu64 " bytes of a reply are dropped", n);
	if (k->end == '\0' && t->form->how == REPLY_LINE) {
		buf_adds(b, " (without --reply nul it is a line, with -0, too)");
	} else if (ended_well(&t->task.result)) {
		buf_adds(b, ", as ");
		fate_add_missing(t, b);
	}
}

static void
say_item(struct coproc *k, const struct job *j, const char *text)
{
	char shown[SHOWN];
	struct buf b = { 0 };

	item_show(j->task.item, &b);
	fate_say(k, "task %" PRIu64 ": %s: %s", j->task.seq, text,
	    diag_show(shown, sizeof(shown), b.data ? b.data : "", b.len));
	buf_free(&b);
}

/* The program is gone, and j, its first item, with it. */
static void
fail(struct coproc *k, struct talk *t, struct job *j)
{
	const struct result *r = &t->task.result;
	nsec wall = j->task.result.wall;
	struct buf why = { 0 };
	bool lost;

	how_ended(r, &why);
	buf_adds(&why, " before it had answered");
	drop_part(k, t, j, &why);
	j->task.result = *r;
	j->task.result.ran = loop_now(t->loop) - j->began;
	j->task.result.wall = wall ? wall : j->task.sent;
	/* these are the program's */
	j->task.result.utime = j->task.result.stime = 0;
	j->task.result.leaked = j->task.result.nunkillable = 0;
	lost = r->reason == REASON_EXIT || r->reason == REASON_SIGNAL ||
	    r->reason == REASON_LOST;
	if (lost)
		j->task.result.reason = REASON_LOST;
	if (lost || (talk_part(t) && !k->c->ending)) {
		char text[256];

		snprintf(text, sizeof(text), "the co-process of slot %u %s",
		    t->slot, buf_str(&why));
		say_item(k, j, text);
		buf_free(&why);
		buf_adds(&why, text);
	}
	talk_drop(t, j);
	leave(k, j);
	outcome_over(k->c, j, lost ? buf_str(&why) : NULL);
	buf_free(&why);
}

/* Had the program read of j, its first item, when it ended by itself? */
static bool
had_begun(struct talk *t, struct job *j)
{
	switch (t->task.result.reason) {
	case REASON_EXIT:
	case REASON_SIGNAL:
	case REASON_LOST:
		break;
	default:
		return true;
	}
	return j->asked < talk_heard(t) || talk_part(t) ||
	    ++j->task.returns > RETURNS;
}

/* The first of a run that was not answered, as a job of its own. */
static struct job *
first_open(struct coproc *k, struct talk *t)
{
	struct job *j = talk_head(t), *rest;

	if (j == NULL || j->task.items == 1)
		return j;
	if (j->answers) {
		rest = cut(k, j, j->answers);
		list_remove(&j->node);
		t->items -= j->task.items;
		t->answered += j->task.items;
		fate_answered(k, t, j);
		rest->began = loop_now(t->loop);
		j = rest;
	}
	if (j->task.items > 1)
		cut(k, j, 1);
	return j;
}

/* --- what becomes of the program --------------------------------------- */

/* Others did it, it seems. */
static bool
was_killed(const struct result *r)
{
	return r->reason == REASON_LOST ||
	    (r->reason == REASON_SIGNAL && r->sig == SIGKILL);
}

/* It ended without having read anything: the next one rests first. */
static void
note_vain(struct coproc *k, const struct talk *t)
{
	uint64_t most = k->conf->max_restarts.n;
	bool killed = was_killed(&t->task.result);
	struct buf b = { 0 };

	k->pause = k->pause && !killed ? 2 * k->pause : first_rest;
	if (k->pause > longest_rest)
		k->pause = longest_rest;
	k->until = loop_now(t->loop) + k->pause;
	loop_timer(t->loop, &k->rest, k->until);
	k->vain++;
	k->faults += killed ? 1 : WEIGHT;
	if (k->faults <= WEIGHT * (most ? most : VAIN) || k->c->stopping)
		return;
	buf_addf(&b, "the co-process of slot %u ", t->slot);
	how_ended(&t->task.result, &b);
	buf_addf(&b, " before it had read an item, as %zu did before it; "
	    "nothing more is started (see --max-restarts)", k->vain - 1);
	outcome_pool_ops.broken(k->c, buf_str(&b), 0);
	buf_free(&b);
}

/* What it leaves, and what it took, is no item's. */
static void
account(struct coproc *k, struct talk *t)
{
	struct result r = t->task.result;
	struct report_task one = { .result = &r, .seq = t->task.seq };

	r.ran = 0;
	tally_attempt(&k->c->tally, &r);
	report_left(&k->c->report, &one);
	if (r.nunkillable)
		policy_raise(&k->c->policy, STATUS_PPX);
}

/*
 * It has read all, was given its end, and took that well: so it has given some
 * item no reply.  That need not be one of the last.
 */
static bool
gave_too_few(const struct coproc *k, const struct talk *t)
{
	return ended_well(&t->task.result) && t->answered > 0 &&
	    t->eof && talk_heard(t) == t->sent && talk_part(t) == 0 &&
	    k->conf->window != 1 && !k->c->ending;
}

/* It had nothing to do, and should have ended well. */
static void
note_status(struct coproc *k, const struct talk *t)
{
	const struct result *r = &t->task.result;
	struct buf b = { 0 };

	if (k->said_status || t->doomed || k->c->ending || ended_well(r))
		return;
	k->said_status = true;
	how_ended(r, &b);
	fate_say(k, "the co-process of slot %u %s after its last reply", t->slot,
	    buf_str(&b));
	buf_free(&b);
}

void
fate_finished(struct talk *t)
{
	struct coproc *k = t->owner;
	struct job *j = first_open(k, t);
	bool begun;

	/* what it owed then is lost as if it had ended by itself */
	if (t->stubborn && t->task.result.reason == REASON_HALT)
		t->task.result.reason = REASON_SIGNAL;
	begun = j && had_begun(t, j);

	k->c->draining--;
	account(k, t);
	if (j == NULL)
		note_status(k, t);
	if (j && !begun && t->answered == 0)
		note_vain(k, t);
	if (begun && gave_too_few(k, t)) {
		/* also where another attempt makes up for the last one */
		fate_say_few(k, t);
		policy_raise(&k->c->policy, STATUS_FAILED);
	}
	if (begun)
		fail(k, t, j);
	fate_last_line(t);
	while ((j = talk_head(t))) {
		talk_drop(t, j);
		give_back(k, j);
	}
	silence_over(t);
	k->ntalks--;
	talk_free(t);
}

/* --- what the pool says ------------------------------------------------ */

static void
on_ended(void *ctx, struct task *task)
{
	struct talk *t = container_of(task, struct talk, task);
	struct coord *c = ctx;

	c->draining++;
	t->gone = true;
	loop_timer_off(t->loop, &t->limit);
	loop_timer_off(t->loop, &t->watch);
	talk_finish(t);
}

static void
on_returned(void *ctx, struct task *task)
{
	struct talk *t = container_of(task, struct talk, task);
	struct coord *c = ctx;
	struct job *j;

	while ((j = talk_head(t))) {
		talk_drop(t, j);
		give_back(c->coproc, j);
	}
	c->coproc->ntalks--;
	talk_free(t);
}

static void
on_stopped(void *ctx, struct task *task, int sig)
{
	(void)ctx;
	diag("the co-process of slot %u was stopped by SIG%s and waits for "
	    "SIGCONT", task->slot, signals_name(sig));
}

static void
on_began(void *ctx, struct task *task)
{
	(void)ctx;
	(void)task;
}

/* There was no room for a single program. */
static void
on_broken(void *ctx, const char *why, int error)
{
	struct buf b = { 0 };

	if (error != EMFILE) {
		outcome_pool_ops.broken(ctx, why, error);
		return;
	}
	buf_addf(&b, "%s: %s: ppx needs about %d descriptors for a co-process "
	    "and %d for each other one (ulimit -n)", why, strerror(error),
	    FIRST_FILES, MORE_FILES);
	outcome_pool_ops.broken(ctx, buf_str(&b), 0);
	buf_free(&b);
}

void
fate_open(struct coproc *k)
{
	k->ops = outcome_pool_ops;
	k->ops.ended = on_ended;
	k->ops.returned = on_returned;
	k->ops.stopped = on_stopped;
	k->ops.began = on_began;
	k->ops.broken = on_broken;
}
