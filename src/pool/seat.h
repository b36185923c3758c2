/*
 * A worker process as the coordinator sees it: what is with it, what it says,
 * and its death.  Private to the pool: pool.c gives it tasks, seat.c listens.
 */
#ifndef POOL_SEAT_H
#define POOL_SEAT_H

#include "base/list.h"
#include "pool/heirs.h"
#include "pool/pool.h"
#include "pool/word.h"
#include "wire/channel.h"

enum role {
	WORKER,			/* in a slot */
	KEEPER,			/* set aside with what its task left */
	LEAVING			/* told to go, or dead */
};

/* Where a slot's worker sits. */
struct seat {
	struct list node;		/* in pool->members */
	struct pool *pool;
	struct channel channel;
	enum role role;
	pid_t pid;
	struct word *word;
	unsigned slot;
	struct task *task[2];		/* running, and queued behind it */
	size_t ntasks;
	bool running;			/* STARTED was said for task[0] */
	bool reaped, closed;
	bool keeps;			/* was set aside with some */
	bool killed;			/* did not end of its own will */
	bool accepted;			/* it has ever begun a task */
	bool freezing;			/* FROZEN is awaited */
	int strikes;			/* of the backstop */
	enum reason ending;		/* why its task is being ended */
	enum reason blame;		/* why we killed it, or NONE */
	struct timer backstop;
};

struct pool {
	struct loop *loop;
	struct pool_conf conf;
	const struct pool_ops *ops;
	void *ctx;
	struct list members;
	size_t nmembers, nkeepers, busy;
	struct seat **slot;		/* [1..slots_max]; NULL = no worker */
	struct word *words;
	bool *word_used;
	size_t nwords;
	size_t limit;			/* slots in use now: short system */
	nsec mean;			/* of recent run times */
	size_t vain;			/* tries to have one worker */
	size_t deaths;			/* idle ones, since deaths_at */
	nsec deaths_at;
	bool closing, broken;
	size_t freezing;		/* answers that are awaited */
	struct timer retry, recover, freeze;
	struct heirs *heirs;
};

/*
 * Forks a worker for the slot.  Returns the seat, in the pool's list and in
 * its slot, or NULL with errno.
 */
struct seat *seat_hire(struct pool *p, unsigned slot);

/* The next task of the seat is expected to begin soon. */
void seat_expect(struct seat *s);

/* It was told to end its tree by the ladder: is to be done soon after. */
void seat_expect_end(struct seat *s, enum reason why, const struct ladder *l);

/* Tells an idle worker to go, by closing its channel. */
void seat_dismiss(struct seat *s);

/* Tells a keeper to end what it keeps (or leave it: --leak=ignore) and go. */
void seat_retire(struct seat *s);

/* waitpid(2) on it: continues it if it was stopped, frees it when it is dead
   and all it said was heard. */
void seat_reap(struct seat *s);

/* In pool.c: the system has no room for more; the pool cannot be kept up. */
void pool_give_out(struct pool *p, const char *why, int error);

#endif
