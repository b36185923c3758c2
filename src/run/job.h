/*
 * A task with its output and the pipes it comes through: what the joint makes
 * of an item.  The parts are owned as their headers say; the job is freed when
 * its output is delivered.
 */
#ifndef RUN_JOB_H
#define RUN_JOB_H

#include "base/list.h"
#include "base/loop.h"
#include "base/mem.h"
#include "output/emit.h"
#include "task/task.h"

struct block;
struct capture;
struct coord;
struct talk;

struct job {
	struct task task;
	struct output out;
	struct capture *capture;	/* while its pipes are open */
	struct block *block;		/* what it reads; or NULL */
	uint64_t row;			/* its number in the joblog */
	bool shown;			/* by -t or -v */
	uint16_t told;			/* the attempt that was counted */
	unsigned twin;			/* of so many with its --results */
	bool untried;			/* it ended without a further one */
	struct coord *of;
	struct list node;		/* among those that run, or that wait
					   for their next attempt */
	struct timer timer;		/* clocks.c; what for says its state */
	nsec began;			/* monotonic, while it runs */
	nsec limit;			/* of --timeout N%, once it is over */
	nsec waits;			/* --queue-timeout; 0 = for ever */
	nsec patience;			/* what is left of that */
	/* --coproc: */
	bool fits;			/* coproc_unfit() said so */
	struct talk *talk;		/* the program that was sent it */
	uint64_t asked;			/* ... behind so many bytes, */
	uint64_t size;			/* ... in so many */
	size_t answers;			/* of a run: whole ones so far */
	bool note;			/* no task, only some output */
};

static inline struct job *
job_of_task(struct task *t)
{
	return container_of(t, struct job, task);
}

static inline struct job *
job_of_output(struct output *o)
{
	return container_of(o, struct job, out);
}

#endif
