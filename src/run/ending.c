#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "base/tty.h"
#include "run/halt.h"
#include "run/state.h"

/* A second signal sooner than this is the same one (timeout(1) sends two). */
static const nsec second_signal = 200 * MSEC;

/* --- stopping ---------------------------------------------------------- */

void
ending_stop(struct coord *c, enum reason why, const struct ladder *l)
{
	struct task *t;

	if (!c->stopping && !c->input_ended)
		c->report.unread = true;
	c->stopping = true;
	c->input_ended = true;
	if (c->why == REASON_NONE)
		c->why = why;
	if (l) {
		c->ending = true;
		pool_end(c->pool, why, l);
	}
	while ((t = queue_pop(&c->queue)))
		outcome_refuse(c, job_of_task(t), why, NULL);
	retry_none(c, why);
}

void
ending_halt(struct coord *c)
{
	const struct halt *h = &c->conf->halt;
	const struct policy *p = &c->policy;
	struct buf b = { 0 };

	if (c->stopping || c->conf->dry_run || !halt_reached(h, p->failed, p->ok,
	    c->input_ended ? c->made : 0))
		return;
	halt_text(h, p->failed, p->ok, &b);
	snprintf(c->ended, sizeof(c->ended), "%s", buf_str(&b));
	buf_free(&b);
	c->report.ended = c->ended;
	c->policy.goal = h->what == HALT_SUCCESS;
	ending_stop(c, REASON_HALT, h->when == HALT_NOW ? &c->conf->ladder :
	    NULL);
}

static void
hurry(struct coord *c)
{
	struct ladder l = { .n = 1, .rung = { { SIGKILL, 0 } } };

	c->hurried = true;
	pool_end(c->pool, REASON_INTERRUPT, &l);
	emit_drop(c->emit);
}

void
ending_signal(void *ctx, int sig)
{
	struct coord *c = ctx;
	struct ladder l = ladder_for_signal(sig);
	nsec now = loop_now(c->loop);

	if (c->signalled == 0) {
		policy_signal(&c->policy, sig);
		snprintf(c->ended, sizeof(c->ended), "interrupted by SIG%s",
		    signals_name(sig));
		c->report.ended = c->ended;
		c->signalled = now;
		ending_stop(c, REASON_INTERRUPT, &l);
	} else if (now - c->signalled >= second_signal && !c->hurried) {
		hurry(c);
	}
}

static void
on_stop_signal(void *ctx, int sig)
{
	struct coord *c = ctx;

	(void)sig;
	pool_freeze(c->pool);
}

void
ending_frozen(void *ctx)
{
	struct coord *c = ctx;
	nsec before = clock_mono();

	if (c->tty >= 0)
		tty_regain(c->tty);
	diag_status(NULL, 0);
	signals_stop(SIGTSTP);
	clocks_shift(c, clock_mono() - before);
	pool_thaw(c->pool);
}

static void
on_slots_signal(void *ctx, int sig)
{
	struct coord *c = ctx;
	size_t n = pool_slots(c->pool);

	pool_resize(c->pool, sig == SIGUSR1 ? n + 1 : n - 1);
}

static void
watch_signal(struct coord *c, int sig, void (*cb)(void *ctx, int sig))
{
	if (!signals_ignored(sig))
		loop_signal(c->loop, sig, cb, c);
}

void
ending_watch(struct coord *c)
{
	signals_block(SIGPIPE);
	signals_block(SIGXFSZ);
	watch_signal(c, SIGINT, ending_signal);
	watch_signal(c, SIGTERM, ending_signal);
	watch_signal(c, SIGHUP, ending_signal);
	watch_signal(c, SIGTSTP, on_stop_signal);
	watch_signal(c, SIGUSR1, on_slots_signal);
	watch_signal(c, SIGUSR2, on_slots_signal);
}
