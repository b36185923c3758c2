#include "config.h"

#include <errno.h>

#include "base/mem.h"
#include "pool/desk.h"

/* The coordinator speaks nonsense. */
static void
break_off(struct worker *w)
{
	channel_close(&w->channel);
	desk_lose(w);
}

static void
take_order(struct worker *w, const struct message *m)
{
	bool idle = w->charge.phase == PHASE_IDLE && !w->asked && !w->spent &&
	    w->orders != ORDERS_LATE;
	struct backlog *b = &w->next;
	bool lacks;

	w->still = false;	/* or it would not have been sent */
	if (b->n == COUNT(b->order)) {	/* never more than these */
		break_off(w);
		return;
	}
	lacks = !order_take(&b->order[b->n++], m, &w->channel);
	if (lacks || w->charge.phase == PHASE_KEEP || w->spent) {
		desk_drop(w, b->n - 1, lacks ? EMFILE : w->lack);
	} else if (idle) {
		backlog_take(b, 0, &w->now);
		desk_start(w);
	}
}

/* One that is meant for a task that is over must not hit the next. */
static void
end_asked(struct worker *w, const struct message *m)
{
	if (m->task && (m->task != w->now.task ||
	    m->attempt != w->now.attempt || w->end.due))
		return;
	desk_drop_all(w);
	if (!w->end.due)
		w->end.why = m->reason;
	w->end.due = true;
	w->end.ladder = m->ladder;
}

static void
end(struct worker *w, const struct message *m)
{
	if (w->asked) {
		end_asked(w, m);
		return;
	}
	if (m->task && (m->task != w->now.task || w->orders == ORDERS_LATE ||
	    m->attempt != w->now.attempt || charge_is_ending(&w->charge)))
		return;
	desk_drop_all(w);
	charge_end(&w->charge, m->reason, &m->ladder);
}

static void
freeze(struct worker *w)
{
	w->still = true;
	warm_hold(&w->warm, true);
	charge_freeze(&w->charge);
	desk_terminal_back(w);
	if (!setup_freeze(&w->setup))
		desk_say_frozen(&w->setup);
}

static void
thaw(struct worker *w)
{
	charge_thaw(&w->charge);
	desk_terminal_again(w);
	setup_thaw(&w->setup);
	warm_hold(&w->warm, false);
	w->still = false;
	desk_next(w);
}

static void
retire(struct worker *w, const struct ladder *l)
{
	enum phase phase = w->charge.phase;

	/* what could not be killed is said by now, and is not waited for */
	if (phase == PHASE_KEEP &&
	    (l->n == 0 || w->charge.result.nunkillable))
		setup_leave(&w->setup);
	else if (phase == PHASE_IDLE)
		setup_retire(&w->setup);
	else
		charge_dismiss(&w->charge, l);
}

static void
recall(struct worker *w, uint64_t task)
{
	size_t i;

	for (i = 0; i < w->next.n; i++) {
		if (w->next.order[i].task != task)
			continue;
		desk_drop(w, i, 0);
		return;
	}
}

void
obey_message(struct channel *c, const struct message *m)
{
	struct worker *w = container_of(c, struct worker, channel);

	if (m->type != MSG_RUN)
		w->holds = false;
	switch (m->type) {
	case MSG_RUN:
		take_order(w, m);
		break;
	case MSG_END:
		end(w, m);
		if (m->task == 0)
			setup_end(&w->setup, m);
		break;
	case MSG_RECALL:
		recall(w, m->task);
		break;
	case MSG_FREEZE:
		freeze(w);
		break;
	case MSG_THAW:
		thaw(w);
		break;
	case MSG_RETIRE:
		retire(w, &m->ladder);
		break;
	case MSG_STARTED:
	case MSG_EXIT:
	case MSG_DROPPED:
	case MSG_STOPPED:
	case MSG_FROZEN:
	case MSG_SCRIPT:
		break_off(w);
		break;
	}
}

void
obey_closed(struct channel *c, enum channel_why why)
{
	(void)why;
	desk_lose(container_of(c, struct worker, channel));
}
