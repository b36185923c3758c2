#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/os.h"
#include "pool/seat.h"
#include "pool/spawn.h"

/* What STARTED says of a task: it is none of the short ones. */
static const nsec long_task = 10 * MSEC;

static void
learn(struct pool *p, nsec ran)
{
	p->mean = p->mean ? p->mean + (ran - p->mean) / 8 : ran;
	if (p->mean <= 0)
		p->mean = 1;
}

/* Bytes of its memory that are resident; 0 when it is not shown. */
static uint64_t
resident(const struct seat *s)
{
	uint64_t size = 0, shared;
	int fd = os_memory_open(s->pid);

	if (fd >= 0) {
		os_memory_read(fd, &size, &shared);
		close(fd);
	}
	return size;
}

/*
 * After a task, in this order (deadpool's): the worker goes because there are
 * to be fewer, is dead or harmed (on_closed(), seat_set_aside()), has had its
 * number of tasks, is too large; else it is used again.  Whether it is idle and
 * above the floor is seen when the backlog is looked at: pool_tend().
 */
static bool
worn(const struct seat *s)
{
	const struct pool_conf *c = &s->pool->conf;

	return s->slot > c->slots ||
	    (c->max_tasks && s->done >= c->max_tasks) ||
	    (c->max_rss && resident(s) >= c->max_rss);
}

struct task *
hear_over(struct seat *s, const struct result *r)
{
	struct task *t = seat_take(s, 0);

	s->accepted = true;
	s->done++;
	s->pool->deaths = 0;
	s->pool->vain = 0;
	s->pool->place[s->slot].pause = 0;
	t->result = *r;
	learn(s->pool, r->ran);
	return t;
}

static void
on_exit_message(struct seat *s, const struct message *m)
{
	struct task *t;

	if (s->ntasks == 0 || s->task[0]->seq != m->task ||
	    s->task[0]->attempt != m->attempt)
		return;
	t = hear_over(s, &m->result);
	s->spent |= m->stay == STAY_NOT;
	if (m->stay == STAY_ASIDE)
		seat_set_aside(s);
	else if (s->role == WORKER && s->ntasks == 0 && (s->spent || worn(s)))
		seat_dismiss(s);
	s->pool->ops->ended(s->pool->ctx, t);
}

static void
on_dropped(struct seat *s, const struct message *m)
{
	struct pool *p = s->pool;
	size_t i;

	s->spent |= m->stay == STAY_NOT;
	for (i = 0; i < s->ntasks; i++) {
		struct task *t = s->task[i];

		if (t->seq != m->task || t->attempt != m->attempt)
			continue;
		if (m->error || i > 0)
			t->returns = 0;		/* no fault of its own */
		seat_give_back(s, i);
		if (s->spent && s->ntasks == 0 && s->role == WORKER)
			seat_dismiss(s);	/* first: it is none there is */
		if (m->error && s->ntasks == 0)
			pool_short(p, m->error);
		return;
	}
}

/* The first task runs: those behind it would wait; have them back, the last one
   first, so that the queue has them in their order. */
static void
recall(struct seat *s)
{
	struct message m;
	size_t i;

	memset(&m, 0, sizeof(m));
	m.type = MSG_RECALL;
	for (i = s->ntasks; i-- > 1;) {
		m.task = s->task[i]->seq;
		m.attempt = s->task[i]->attempt;
		channel_send(&s->channel, &m, NULL, 0);
	}
	channel_flush(&s->channel);
}

static void
on_started(struct seat *s, const struct message *m)
{
	struct pool *p = s->pool;
	nsec limit;

	if (s->ntasks == 0 || s->task[0]->seq != m->task)
		return;
	s->running = true;
	s->accepted = true;
	p->deaths = 0;
	p->vain = 0;
	s->strikes = 0;
	learn(p, long_task);
	recall(s);
	p->ops->began(p->ctx, s->task[0]);
	if (s->ending)
		return;
	loop_timer_off(p->loop, &s->backstop);
	if (s->task[0]->bounds.timeout == 0)
		return;
	limit = clock_add(s->task[0]->bounds.timeout,
	    ladder_length(&p->conf.limits.ladder));
	loop_timer(p->loop, &s->backstop, clock_add(loop_now(p->loop),
	    clock_add(limit, BACKSTOP_GRACE)));
}

/* The system was short, when the script was to be started. */
static bool
is_short(const struct result *r)
{
	return r->reason == REASON_EXEC && r->step == SPAWN_FORK;
}

/* A shell with nothing to do that cannot be executed: it never can. */
static bool
is_nothing(const struct setup_conf *c, const struct result *r)
{
	return c->warm && *c->init == '\0' && r->reason == REASON_EXEC;
}

/* The fini was not tried, as its shell had died. */
static bool
is_missed(const struct message *m)
{
	return m->fini && m->result.reason == REASON_LOST;
}

static void
on_script(struct seat *s, const struct message *m)
{
	struct pool *p = s->pool;
	bool retry = p->conf.setup && p->conf.setup->retry &&
	    !is_nothing(p->conf.setup, &m->result);
	bool always;

	if (p->conf.setup == NULL || (!m->fini && s->ready))
		return;
	if (!m->fini && m->result.reason == REASON_EXIT &&
	    m->result.code == 0) {
		s->ready = true;
		p->init_faults = 0;
		if (s->role == WORKER)
			loop_timer_off(p->loop, &s->backstop);
		return;
	}
	if (!m->fini && s->role == WORKER) {
		seat_hold_slot(s);
		seat_leave_slot(s);
		s->role = LEAVING;
		seat_expect_end(s, REASON_NONE, &p->conf.limits.ladder);
	}
	else if (!m->fini)
		return;		/* it was to go in any case */
	/* it was told to: no failure of its own */
	if (m->result.reason == REASON_INTERRUPT ||
	    m->result.reason == REASON_HALT ||
	    m->result.reason == REASON_MAX_TIME || p->broken)
		return;
	if (!m->fini && is_short(&m->result)) {
		pool_short(p, m->result.error);
		return;
	}
	p->broken = !m->fini && (!retry || staff_init_fault(p, s->slot));
	always = p->broken || is_short(&m->result) || is_missed(m);
	if (always || !p->script_said[m->fini])
		p->ops->script(p->ctx, s->slot, m->fini, &m->result,
		    p->broken, p->init_faults);
	p->script_said[m->fini] |= !is_missed(m);
}

void
hear_frozen(struct pool *p, bool awaited)
{
	if (!awaited || p->freezing == 0 || --p->freezing)
		return;
	loop_timer_off(p->loop, &p->freeze);
	p->ops->frozen(p->ctx);
}

void
hear_message(struct channel *c, const struct message *m)
{
	struct seat *s = container_of(c, struct seat, channel);
	bool awaited;

	switch (m->type) {
	case MSG_STARTED:
		on_started(s, m);
		break;
	case MSG_EXIT:
		on_exit_message(s, m);
		break;
	case MSG_DROPPED:
		on_dropped(s, m);
		break;
	case MSG_STOPPED:
		if (s->ntasks && s->task[0]->seq == m->task)
			s->pool->ops->stopped(s->pool->ctx, s->task[0],
			    m->error);
		break;
	case MSG_FROZEN:
		awaited = s->freezing;
		s->freezing = false;
		hear_frozen(s->pool, awaited);
		break;
	case MSG_SCRIPT:
		on_script(s, m);
		break;
	case MSG_RUN:
	case MSG_END:
	case MSG_RECALL:
	case MSG_FREEZE:
	case MSG_THAW:
	case MSG_RETIRE:
		kill(s->pid, SIGKILL);
		break;
	}
}
