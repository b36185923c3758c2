/*
 * The worker set, as the coordinator sees it: slots, workers in them, tasks
 * on the workers.
 *
 * Workers are forked when a task needs one, or before (--min-workers), reused,
 * and replaced when they die, become keepers or are worn.  Whatever happens to
 * a worker costs at most the task that it ran.  A task given to the pool comes
 * back exactly once, by ended() or by returned().  Callbacks come from the
 * event loop; broken() may also come from within pool_seat(), pool_tend() and
 * pool_short().
 */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "pool/setup.h"
#include "task/limits.h"
#include "task/task.h"

/* Most tasks are over before it is said that they run. */
#define POOL_SILENCE (5 * MSEC)

struct pool_conf {
	size_t slots;		/* may change by pool_resize() */
	size_t slots_max;	/* ... up to this */
	bool raw;		/* tasks write to our own stdout, stderr */
	bool second;		/* tasks may be queued at a worker; ... */
	size_t fds;		/* ... as far as half of our descriptors go */
	struct limits limits;
	long floor;		/* workers that are kept; -1 = all */
	size_t max_tasks;	/* a worker is replaced after; 0 = never */
	uint64_t max_rss;	/* ... when its resident size is so; 0 = never */
	size_t restarts;	/* so many early deaths are borne within per; */
	nsec per;		/* 0 = a number for each slot, in a second */
	const struct setup_conf *setup;	/* --init, --fini; or NULL */
	size_t waiting;		/* processes of warm shells, in all workers,
				   may wait for tasks */
	size_t cpus;		/* on which we may be, where it matters; or 0 */
};

struct pool_counts {
	size_t created;		/* workers in all */
	size_t most_busy;	/* at any one time */
	size_t alive, idle, busy;	/* now, in slots */
};

struct pool_ops {
	/* t is over: t->result says how; no process of it is left but those
	   that were let live. */
	void (*ended)(void *ctx, struct task *t);
	/* t never began.  Run it again, later when the system is short. */
	void (*returned)(void *ctx, struct task *t);
	/* The main process of t stopped itself by sig. */
	void (*stopped)(void *ctx, struct task *t, int sig);
	/* The command of t runs; said after POOL_SILENCE, if ever. */
	void (*began)(void *ctx, struct task *t);
	/* All trees are frozen, after pool_freeze(). */
	void (*frozen)(void *ctx);
	/* The pool cannot be kept up; why is borrowed, error an errno or 0. */
	void (*broken)(void *ctx, const char *why, int error);
	/* The slot's script failed; fatal: and so the pool will not go on.
	   tries: how many inits have failed in a row that could be tried
	   again. */
	void (*script)(void *ctx, unsigned slot, bool fini,
	    const struct result *r, bool fatal, size_t tries);
};

struct pool;
struct seat;			/* a place where the next task can go */

/*
 * Returns new.  Notes the children that this process has now: they are not
 * ours, and are never waited for or signalled.  Becomes a subreaper.
 */
struct pool *pool_new(struct loop *loop, const struct pool_conf *conf,
    const struct pool_ops *ops, void *ctx);

/* All workers must be gone (pool_close(), pool_members()). */
void pool_free(struct pool *p);

/*
 * Where the next task would run: the lowest free slot, whose worker is forked
 * now if need be (with --init: one that is ready); or NULL.  Then something
 * will end, or the pool tries again by itself and wakes the loop.  slot: that
 * one only, if it is still among the slots in use and, with --init, has a
 * worker; 0 for any.  Who stands behind others begins when nobody is asked any
 * more: if this task would, or while any does, there are to be most tasks with
 * the pool, not more.
 */
struct seat *pool_seat(struct pool *p, unsigned slot, size_t most);

/*
 * As many workers as there should be: to be called when tasks were started as
 * far as that could be.  waiting tasks were left over; more: others may come.
 * Idle workers above the floor retire when none is left over.
 */
void pool_tend(struct pool *p, size_t waiting, bool more);

/*
 * What the seat needed besides (descriptors) was not to be had: errno says
 * why.  Waits, or gives the pool up when nothing runs that could end.
 */
void pool_short(struct pool *p, int error);

/* The same, for a seat that pool_seat() gave; but one more task need not wait
   behind those that are there, so then it is no shortage. */
void pool_lacks(struct seat *s, int error);

/* Is that so, or was it a moment ago? */
bool pool_is_short(const struct pool *p);

/* Its worker's directory, which is there when the seat is free, if the setup
   announces that; borrowed. */
const char *seat_dir(const struct seat *s);

/* The slot's number, from 1. */
unsigned seat_slot(const struct seat *s);

/* The worker lacks something, its directory: it goes when its tasks are over,
   and another takes its place. */
void pool_spend(struct seat *s);

/*
 * Runs t there.  args are argc strings, each ended by a NUL.  fds, taken, are
 * the write ends for its stdout and stderr, not in raw mode; then the read end
 * for its stdin, where it has one.
 */
void pool_run(struct pool *p, struct seat *s, struct task *t,
    const char *args, size_t argslen, size_t argc, const int *fds,
    size_t nfds);

/* What stands behind tasks that run is on its way only after this. */
void pool_send(struct pool *p);

/* How many tasks are with the pool, and how many workers there are. */
size_t pool_busy(const struct pool *p);
size_t pool_members(const struct pool *p);

/* Bytes of memory of the main process of t, which is with the pool; 0 = it is
   not known. */
uint64_t pool_resident(const struct pool *p, const struct task *t);

/* The task that is with the pool, if it is but one; or NULL. */
struct task *pool_only(const struct pool *p);

/* More or fewer slots; nothing that runs is ended for it. */
void pool_resize(struct pool *p, size_t slots);
size_t pool_slots(const struct pool *p);

/* Ends every task by the ladder, for this reason. */
void pool_end(struct pool *p, enum reason why, const struct ladder *l);

/*
 * Ends t, which runs, by the ladder, for this reason.  When it is over already,
 * or being ended, nothing happens, to it or to another.
 */
void pool_end_task(struct pool *p, struct task *t, enum reason why,
    const struct ladder *l);

/* Stops, and continues, every process of every task. */
void pool_freeze(struct pool *p);
void pool_thaw(struct pool *p);

/*
 * No more tasks: idle workers go, keepers end what they keep.  Done when
 * pool_members() is 0.
 */
void pool_close(struct pool *p);

/* What the statistics tell of the workers. */
void pool_counts(const struct pool *p, struct pool_counts *n);

/* A worker's directory that could not be removed, and why; or NULL. */
const char *pool_litter(const struct pool *p, int *error);

/* Processes that a dead keeper left and that could not be killed. */
size_t pool_unkillable(const struct pool *p);

#endif
