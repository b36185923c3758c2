/*
 * The state of a run, and who acts on it.  Private to the files of run/:
 *
 *	coord.c		the pump, the run from its first turn to its last
 *	intake.c	input to backlog
 *	outcome.c	the end of a task, the delivery of its output
 *	ending.c	signals, and the early end of the run
 */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/conf.h"
#include "input/command.h"
#include "input/source.h"
#include "output/emit.h"
#include "output/joblog.h"
#include "output/report.h"
#include "pool/pool.h"
#include "run/capture.h"
#include "run/job.h"
#include "run/policy.h"
#include "run/terms.h"
#include "task/queue.h"

struct coord {
	const struct conf *conf;
	const bool *closed;
	struct loop *loop;
	struct source *source;
	struct io input;
	struct command *command;
	struct template *tag;
	struct terms *terms;
	struct words words;
	struct queue queue;
	struct setup_conf setup;
	struct pool *pool;
	struct emit *emit;
	struct captures *captures;
	struct joblog *joblog;
	struct policy policy;
	struct report report;
	uint64_t seq;
	char stray[160];	/* the report's hint, once it is made */
	size_t draining;	/* ended, their pipes not yet read empty */
	bool input_ended;	/* or given up */
	bool stopping;		/* nothing more is started */
	bool hurried;		/* the second signal came */
	nsec signalled;		/* when the first end signal came; or 0 */
};

/* --- intake.c ---------------------------------------------------------- */

/* Room in the backlog, and an input that may have more? */
bool intake_has_room(const struct coord *c);

/* Makes tasks of what the input has, as far as there is room. */
void intake_fill(struct coord *c);

/* The input is not watched any more. */
void intake_stop(struct coord *c);

/* --- outcome.c --------------------------------------------------------- */

extern const struct pool_ops outcome_pool_ops;
extern const struct emit_ops outcome_emit_ops;

/* Captures' callback: the pipes of a task that ended are read empty. */
void outcome_drained(void *ctx, struct job *j);

/* What command_expand() and its like need to know of a job. */
struct command_task outcome_view(const struct job *j);

/* The task is DONE: counts it, and ends its output.  detail: why, where the
   result cannot say it, or NULL. */
void outcome_settle(struct coord *c, struct job *j, const char *detail);

/* A task that will not run. */
void outcome_refuse(struct coord *c, struct job *j, enum reason why,
    const char *detail);

/* The same for an item that cannot be made into a command; says so. */
void outcome_bad_item(struct coord *c, struct job *j, const char *why);

/* --- ending.c ---------------------------------------------------------- */

/* Catches what ppx acts on; blocks what is to show as an error instead. */
void ending_watch(struct coord *c);

/* Nothing more starts.  With a ladder, what runs is ended. */
void ending_stop(struct coord *c, enum reason why, const struct ladder *l);

/* All trees are frozen (TSTP): the process itself stops. */
void ending_frozen(void *ctx);

#endif
