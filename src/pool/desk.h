/*
 * A worker from within.  Private to it: worker.c has its life and its tasks,
 * obey.c the orders that it gets.
 */
#ifndef POOL_DESK_H
#define POOL_DESK_H

#include <stdbool.h>

#include "base/loop.h"
#include "pool/charge.h"
#include "pool/order.h"
#include "pool/setup.h"
#include "pool/spawn.h"
#include "pool/warm.h"
#include "pool/worker.h"
#include "wire/channel.h"

struct worker {
	const struct worker_conf *conf;
	struct loop *loop;
	struct channel channel;
	struct charge charge;
	struct setup setup;
	struct order now;
	struct backlog next;
	bool holds;		/* EXIT is queued, and may wait for another */
	unsigned turn;		/* of the word's ends */
	enum {
		ORDERS_HEARD,	/* as they come */
		ORDERS_WAIT,	/* until the task is over, */
		ORDERS_LATE	/* which is now: none begins yet */
	} orders;
	bool still;		/* all is frozen: none begins */
	struct warm warm;	/* its shell, if tasks have one */
	bool asked;		/* it was asked for the process of now */
	bool spent;		/* the shell has gone */
	int lack;		/* ... for want of processes: EAGAIN; or 0 */
	struct {
		bool due;	/* now is to be ended once it has begun */
		enum reason why;
		struct ladder ladder;
	} end;
	bool orphan;		/* the coordinator is gone */
	bool felled;		/* it is to be killed when it has no task */
	struct spawn_place place;
};

/* A message of this type about the task that it has. */
struct message desk_message(const struct worker *w, enum message_type type);

void desk_send(struct worker *w, const struct message *m);

/* Begins what is in now. */
void desk_start(struct worker *w);

/* Begins the next of those that wait, if any may. */
void desk_next(struct worker *w);

/*
 * Task i of those behind the running one goes back, or all; it has not begun.
 * error: what this worker is short of; or 0.
 */
void desk_drop(struct worker *w, size_t i, int error);
void desk_drop_all(struct worker *w);

/* The coordinator is gone: ends all, and the worker. */
void desk_lose(struct worker *w);

/* The terminal, if the task has it, goes to ppx; and back if ppx has it. */
void desk_terminal_back(const struct worker *w);
void desk_terminal_again(struct worker *w);

/* All has been frozen. */
void desk_say_frozen(struct setup *u);

/* --- obey.c ------------------------------------------------------------ */

/* What the coordinator says; the channel's callbacks. */
void obey_message(struct channel *c, const struct message *m);
void obey_closed(struct channel *c, enum channel_why why);

#endif
