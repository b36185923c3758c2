/*
 * What the coordinator itself watches by time; --timeout D and --soft-timeout
 * are the worker's.
 *
 * A job has one timer, whose meaning is that of its state:
 *
 *	READY	--queue-timeout: it has waited too long
 *	RUNNING	--idle-timeout: it was silent too long
 *	DELAYED	--retry-delay: its next attempt is due
 *
 * So it dies with the state, and can never hit another task.  For --timeout N%
 * those that run stand in a list, the oldest first: as all have the same limit
 * one timer does, which is for the first of them.
 */
#include "config.h"

#include <stdlib.h>

#include "run/coproc.h"
#include "run/median.h"
#include "run/state.h"
#include "run/talk.h"

/* A timer that comes as late as this: we were stopped, or starved. */
static const nsec absent = SEC / 2;

/* --timeout N%: what is so short differs by the load of the system alone. */
static const nsec least_limit = SEC;

struct clocks {
	struct coord *c;
	struct timer run;		/* --max-time */
	struct timer slowest;		/* --timeout N%: the oldest is over */
	struct median *median;		/* or NULL */
	unsigned percent;
	struct list running;		/* of jobs, by `began` */
};

/* --- --timeout N% ------------------------------------------------------ */

static nsec
limit(const struct clocks *k)
{
	nsec middle = k->median ? median_of(k->median) : 0;
	double most = (double)middle / 100 * k->percent;

	if (middle == 0 || most >= 1e18)
		return NEVER;
	return most > (double)least_limit ? (nsec)most + 1 : least_limit;
}

/* Sets the timer to the end of the oldest one's time. */
static void
watch_slowest(struct clocks *k)
{
	struct loop *l = k->c->loop;

	if (list_empty(&k->running) || limit(k) == NEVER)
		loop_timer_off(l, &k->slowest);
	else
		loop_timer(l, &k->slowest, clock_add(limit(k),
		    container_of(k->running.next, struct job, node)->began));
}

static void
on_slowest(struct timer *t)
{
	struct clocks *k = container_of(t, struct clocks, slowest);
	nsec now = loop_now(k->c->loop);

	while (!list_empty(&k->running)) {
		struct job *j = container_of(k->running.next, struct job,
		    node);

		if (clock_add(j->began, limit(k)) > now)
			break;
		list_remove(&j->node);
		j->limit = limit(k);
		pool_end_task(k->c->pool, &j->task, REASON_TIMEOUT,
		    &k->c->conf->ladder);
	}
	watch_slowest(k);
}

/* --- the timer of a job ------------------------------------------------ */

static void
end_idle(struct coord *c, struct job *j)
{
	if (j->talk)
		coproc_fail(c->coproc, j, REASON_IDLE);
	else
		pool_end_task(c->pool, &j->task, REASON_IDLE,
		    &c->conf->ladder);
}

/* Bytes that we have not read yet are no silence, nor is our own absence. */
static void
silent(struct coord *c, struct job *j)
{
	nsec now = loop_now(c->loop);

	if (capture_waiting(j) || (j->talk && talk_waits(j->talk)) ||
	    now - j->timer.at > absent)
		clocks_heard(c, j);
	else
		end_idle(c, j);
}

static void
expired(struct coord *c, struct job *j)
{
	queue_take(&c->queue, &j->task);
	outcome_refuse(c, j, REASON_QUEUE, NULL);
}

static void
on_job(struct timer *t)
{
	struct job *j = container_of(t, struct job, timer);
	struct coord *c = j->of;

	switch (j->task.state) {
	case TASK_READY:
		expired(c, j);
		break;
	case TASK_RUNNING:
		silent(c, j);
		break;
	case TASK_DELAYED:
		retry_due(c, j);
		break;
	case TASK_NEW:
	case TASK_DONE:
	case TASK_HELD:
		break;
	}
}

void
clocks_after(struct coord *c, struct job *j, nsec delay)
{
	j->timer.cb = on_job;
	loop_timer(c->loop, &j->timer, clock_add(loop_now(c->loop), delay));
}

void
clocks_ready(struct coord *c, struct job *j)
{
	if (j->patience)
		clocks_after(c, j, j->patience);
}

/* What is left of its time, should it come back without having begun. */
void
clocks_taken(struct coord *c, struct job *j)
{
	if (!heap_has(&j->timer.node))
		return;
	j->patience = j->timer.at - loop_now(c->loop);
	if (j->patience < 1)
		j->patience = 1;
	loop_timer_off(c->loop, &j->timer);
}

void
clocks_began(struct coord *c, struct job *j)
{
	struct clocks *k = c->clocks;

	clocks_heard(c, j);
	if (k->median == NULL)
		return;
	j->began = loop_now(c->loop) - POOL_SILENCE;
	list_before(&k->running, &j->node);
	watch_slowest(k);
}

void
clocks_heard(struct coord *c, struct job *j)
{
	if (j->task.idle && j->task.state == TASK_RUNNING)
		clocks_after(c, j, j->task.idle);
}

void
clocks_over(struct coord *c, struct job *j)
{
	struct clocks *k = c->clocks;
	nsec ran = j->task.result.ran, moved;

	loop_timer_off(c->loop, &j->timer);
	if (k->median == NULL)
		return;
	if (!list_empty(&j->node)) {
		/* without the time that stood still */
		moved = loop_now(c->loop) - j->began;
		ran = moved < ran ? moved : ran;
		list_remove(&j->node);
	}
	if (result_state(&j->task.result) == STATE_OK)
		median_add(k->median, ran);
	watch_slowest(k);
}

/* --- all --------------------------------------------------------------- */

/* What is left is only to be delivered: that is no matter of time. */
static void
on_run(struct timer *t)
{
	struct coord *c = container_of(t, struct clocks, run)->c;

	if (c->ending || (c->input_ended && coproc_running(c) == 0 &&
	    queue_length(&c->queue) == 0 && c->delayed.n == 0))
		return;
	policy_raise(&c->policy, STATUS_MAX_TIME);
	c->report.ended = "the run was ended by --max-time";
	ending_stop(c, REASON_MAX_TIME, &c->conf->ladder);
}

void
clocks_shift(struct coord *c, nsec by)
{
	struct list *n, *next;

	loop_shift(c->loop, by);
	if (c->coproc)
		coproc_shift(c->coproc, by);
	list_each(n, next, &c->clocks->running)
		container_of(n, struct job, node)->began += by;
}

void
clocks_open(struct coord *c)
{
	struct clocks *k = c->clocks = xcalloc(1, sizeof(*k));

	k->c = c;
	list_init(&k->running);
	k->run.cb = on_run;
	k->slowest.cb = on_slowest;
	k->percent = terms_percent(c->terms);
	if (k->percent)
		k->median = xcalloc(1, sizeof(*k->median));
	if (c->conf->max_time)
		loop_timer(c->loop, &k->run, clock_add(loop_now(c->loop),
		    c->conf->max_time) - c->conf->waited);
}

void
clocks_close(struct coord *c)
{
	loop_timer_off(c->loop, &c->clocks->run);
	loop_timer_off(c->loop, &c->clocks->slowest);
	free(c->clocks->median);
	free(c->clocks);
}
