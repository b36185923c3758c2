/*
 * --coproc: programs that stay up, one in each slot, and are sent items on
 * their stdin (talk.h).
 *
 * To the pool a program is one task, of its worker's whole life: it is
 * supervised, bounded and killed as any other, and so is all that comes of it.
 * The tasks of the run, the items, are in the hands of the programs instead of
 * the pool's; queue, order, output, records and limits are those of all tasks.
 * Where nothing is asked for each item by itself a task may be a run of them:
 * records as they lay in the input, which are sent, answered and delivered in
 * one piece.  When something happens to one of them the run is cut: before it
 * those that were answered, behind it those that are to be sent again.
 */
#ifndef RUN_COPROC_H
#define RUN_COPROC_H

#include "run/state.h"

struct coproc;

/* Returns new, or NULL without --coproc; or ends ppx with a message. */
struct coproc *coproc_open(struct coord *c);
void coproc_close(struct coproc *k);

/* The pool's callbacks: what comes back from it are programs. */
const struct pool_ops *coproc_pool_ops(const struct coproc *k);

/*
 * Where the task that is next can go: a program without one, a new one, or the
 * one with the least to do, while it may have more; NULL when there is none.
 */
struct talk *coproc_choose(struct coproc *k, const struct task *t);
unsigned coproc_slot(const struct talk *t);

/*
 * With all places of those that wait to be delivered taken: the program that
 * has the one which they wait for, which may need more to answer it; or NULL.
 * Only to that one coproc_choose() gives a task then, but for a task that is
 * waited for itself.
 */
struct talk *coproc_wanted(const struct coproc *k);

/* Sends it j. */
void coproc_ask(struct coproc *k, struct talk *t, struct job *j);

/* Why j cannot be sent; NULL = it can. */
const char *coproc_unfit(const struct coproc *k, const struct job *j);

/* At the end of a turn: sends what there is, and ends programs that are not
   needed any more. */
void coproc_work(struct coproc *k);

/* Behind emit_flush(): says what there is to be said of programs, if no line of
   a task is begun on our stderr; all: in any case. */
void coproc_say(struct coproc *k, bool all);

/* Ends the program that has j, which has failed for this reason. */
void coproc_fail(struct coproc *k, struct job *j, enum reason why);

/* There is room for the output of j again. */
void coproc_room(struct job *j);

/* Time has stood still for so long. */
void coproc_shift(struct coproc *k, nsec by);

/* How many tasks run: those that are with programs, or without --coproc with
   the pool. */
size_t coproc_running(const struct coord *c);

/* How many records a run may have; 1 = none. */
size_t coproc_run(const struct coproc *k);

#endif
