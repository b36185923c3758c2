/*
 * One task in a worker's charge: its main process and every process that
 * comes of it, from spawn to ECHILD.
 *
 *	IDLE --start--> MAIN	the command's main process is alive
 *	MAIN --it ended, others live--> LEFT
 *	MAIN, LEFT --limit or end, last rung--> KILL
 *	MAIN, LEFT --limit of memory--> KILL
 *	MAIN, LEFT, KILL --ECHILD--> IDLE	over()
 *	LEFT --they are daemons--> KEEP		over()
 *	KILL --they do not die--> KEEP		over()
 *
 * There is one charge per process, as all its children belong to it.
 */
#ifndef POOL_CHARGE_H
#define POOL_CHARGE_H

#include <stdbool.h>

#include "base/loop.h"
#include "pool/guard.h"
#include "pool/left.h"
#include "pool/spawn.h"
#include "pool/tree.h"
#include "pool/word.h"
#include "task/limits.h"
#include "task/result.h"

enum phase {
	PHASE_IDLE,
	PHASE_MAIN,		/* the main process is alive */
	PHASE_LEFT,		/* it is not, others are */
	PHASE_KILL,		/* all are being killed */
	PHASE_KEEP		/* over, but some live on */
};

struct charge;

struct charge_ops {
	/* The task is over, c->result tells how; phase is IDLE or KEEP. */
	void (*over)(struct charge *c);
	/* The command has run for a moment: worth a message. */
	void (*runs)(struct charge *c);
	/* The main process stopped itself by sig. */
	void (*stopped)(struct charge *c, int sig);
	/* KEEP, and the last of those that were kept has gone. */
	void (*empty)(struct charge *c);
	/* A child that is spared (tree.skip) has ended, and was waited for. */
	void (*lost)(struct charge *c, pid_t pid);
};

struct charge {
	struct loop *loop;
	const struct limits *limits;
	const struct charge_ops *ops;
	struct word *word;
	struct spawner *spawner;
	bool blind;			/* no subreaper: ECHILD says nothing
					   of others than the main process */
	enum phase phase;
	struct result result;
	pid_t pid;			/* main process; 0 once it is reaped */
	/* private: */
	struct tree tree;
	int status;
	nsec began;
	enum reason why;		/* ended by us for this; or NONE */
	struct ladder ladder;
	size_t rung;
	bool kept;			/* over() was said, some live on */
	bool asked;			/* all outside its group had TERM */
	bool stop_said, frozen;
	nsec frozen_at;
	struct patience patience;	/* until they cannot be killed */
	struct left left;		/* what outlives its main process */
	struct guard guard;		/* its bounds */
	struct timer step, announce;
};

/* c is zeroed but for blind and the owner fields of tree; limits, word and
   spawner are borrowed. */
void charge_init(struct charge *c, struct loop *loop,
    const struct limits *limits, struct word *word, struct spawner *spawner,
    unsigned slot, const struct charge_ops *ops);

/*
 * From IDLE: starts t, whose cgroup and strict are set here.  over() may come
 * at once.
 */
void charge_start(struct charge *c, struct spawn_task *t,
    const struct bounds *bounds);

/* Gives back what outlives a process: before this one ends. */
void charge_close(struct charge *c);

/*
 * Ends the task by the ladder.  The first reason holds; a later ladder takes
 * the place of one that is being climbed.  Ignored when nothing runs.
 */
void charge_end(struct charge *c, enum reason why, const struct ladder *l);

/* Does it run, and not for as long as is said of it (POOL_SILENCE)? */
bool charge_is_fresh(const struct charge *c);

/* Has charge_end() been called for it, or its limit come? */
bool charge_is_ending(const struct charge *c);

/* From now on it may take so long; 0: as long as it likes. */
void charge_bound(struct charge *c, nsec timeout);

/* Ends it without a ladder, in any phase; empty() or over() follows. */
void charge_kill(struct charge *c);

/* In KEEP: asks those that are kept to go, then kills; empty() follows. */
void charge_dismiss(struct charge *c, const struct ladder *l);

/*
 * Stops every process of it; its limits of time stand still until
 * charge_thaw(), while result.ran goes on.
 */
void charge_freeze(struct charge *c);
void charge_thaw(struct charge *c);

/* On SIGCHLD. */
void charge_reap(struct charge *c);

#endif
