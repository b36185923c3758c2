/*
 * The inside of emit.h: who of the outputs may put bytes into the sinks.
 *
 * One at a time has the floor (cur), and keeps it
 *  - until all of it is in the sinks, if it has ended;
 *  - until it ends, if it is live: the head in EMIT_ORDER, the one that will
 *    be the first to end in EMIT_GROUP, or the one chosen when there is no
 *    place left to hold the others;
 *  - where lines are whole, until the whole lines it had at the start of its turn are
 *    in the sinks, or, if live, until it has passed some and stands at the
 *    start of a line.
 * What is in the sinks but not yet written is in `sent`, in order.
 */
#ifndef OUTPUT_FLOOR_H
#define OUTPUT_FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/emit.h"
#include "output/sink.h"

struct emit {
	struct loop *loop;
	struct emit_conf conf;
	const struct emit_ops *ops;
	void *ctx;
	struct store *store;
	struct sink *sink[2];	/* twice the same if they are one file */
	struct output *cur;
	struct output *alone;	/* GROUP: will be the first to end; or NULL */
	bool live;		/* cur passes all, not just its turn */
	bool served;		/* and had the chance to pass something */
	struct list queue;	/* ORDER: all from the head on; else those
				   with something to be put */
	struct list waiting;	/* no place for them; linked by wait */
	struct list sent;
	size_t held;
	uint64_t budget;	/* bytes that may yet be moved in this turn */
	struct timer again;	/* makes the loop turn */
	bool lone;		/* cur has the floor as it was alone */
	struct timer stall;	/* GROUP: set while cur waits for our reader */
	nsec stall_began, stall_sum;	/* of this one, and of all of cur */
	bool stalled;		/* cur has waited enough: it is spooled */
	bool dropping;
	bool reported[2], noticed;
	int error;		/* of the file, to be noticed */
	char buffer[64 * 1024];	/* feed.c's */
};

static inline bool
floor_is_lines(const struct emit *e)
{
	return e->conf.mode == EMIT_LINES || e->conf.mode == EMIT_ORDER_LINES;
}

static inline bool
floor_is_ordered(const struct emit *e)
{
	return e->conf.mode == EMIT_ORDER || e->conf.mode == EMIT_ORDER_LINES;
}

static inline bool
floor_is_shared(const struct emit *e)
{
	return e->sink[0] == e->sink[1];
}

/* o waits for the floor, unless it has it or waits already. */
void floor_enqueue(struct emit *e, struct output *o);

/* Gives the free floor to the next output; false if there is none for it. */
bool floor_pick(struct emit *e);

/* May bytes read from the pipe of o's stream s go straight to the sink? */
bool floor_may_pass(const struct emit *e, const struct output *o, int s);

/*
 * In EMIT_GROUP stderr comes behind stdout where both are one file: must it be
 * held, though o is live?  Not once there was no place for it.
 */
bool floor_keeps_back(const struct emit *e, const struct output *o, int s);

/* Is a stream of o stopped by EMIT_FULL? */
bool floor_is_full(const struct output *o);

/* Tells o's owner that it may read again. */
void floor_wake(struct emit *e, struct output *o);

/* cur was alone, is so no more, and has written nothing: any may be next. */
void floor_give_up(struct emit *e);

/* cur waits for our reader, if that is so in EMIT_GROUP. */
void floor_stall(struct emit *e, const struct output *o);

/* Moves what can be moved into the sinks, within the budget. */
void floor_pump(struct emit *e);

#endif
