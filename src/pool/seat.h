/*
 * A worker process as the coordinator sees it: what is with it, what it says,
 * and its death.  Private to the pool: pool.c gives it tasks, hear.c listens,
 * staff.c sees to it that there are enough workers, and not too many.
 */
#ifndef POOL_SEAT_H
#define POOL_SEAT_H

#include "base/list.h"
#include "base/pin.h"
#include "pool/heirs.h"
#include "pool/pool.h"
#include "pool/word.h"
#include "wire/channel.h"

/* The coordinator acts so long after a worker should have. */
#define BACKSTOP_GRACE (10 * SEC)

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
	struct task *task[1 + WORKER_BACKLOG];	/* the first one runs */
	size_t ntasks;
	bool unsent;			/* some are queued: pool_send() */
	bool running;			/* STARTED was said for task[0] */
	bool reaped, closed;
	bool keeps;			/* was set aside with some */
	bool killed;			/* did not end of its own will */
	bool bounded;			/* had a task with a limit of memory */
	bool accepted;			/* it has ever begun a task */
	bool ready;			/* its init is over */
	bool spent;			/* it takes no more tasks, and goes */
	bool holds;			/* it leaves, and its slot waits */
	size_t done;			/* tasks that ended here */
	char *dir;			/* PPX_WORKER_DIR; or NULL */
	bool freezing;			/* FROZEN is awaited */
	int strikes;			/* of the backstop */
	enum reason ending;		/* why its task is being ended */
	enum reason blame;		/* why we killed it, or NONE */
	struct timer backstop;
};

/* A slot, whoever sits in it. */
struct place {
	nsec pause;			/* the last time it rested */
	nsec until;			/* ... which it does until then */
	size_t held;			/* by those that leave and run a fini */
};

struct pool {
	struct loop *loop;
	struct pool_conf conf;
	const struct pool_ops *ops;
	void *ctx;
	struct list members;
	size_t nmembers, nkeepers, busy, tasks;
	size_t keepers_less;		/* than there may be at most */
	struct seat **slot;		/* [1..slots_max]; NULL = no worker */
	struct word *words;
	bool *word_used;
	struct pin_place *pinned;	/* their places of a pin_board */
	size_t nwords;
	bool unsent;			/* a seat's are */
	size_t limit;			/* slots in use now: short system */
	nsec mean;			/* of recent run times */
	size_t vain;			/* pauses, to have one worker */
	size_t deaths;			/* early ones, since deaths_at */
	nsec deaths_at;
	size_t init_faults;		/* since one of them succeeded */
	struct place *place;		/* [1..slots_max] */
	size_t alive, most_alive;	/* workers in slots */
	size_t created, most_busy;	/* as in struct pool_counts */
	struct timer wake;		/* a slot has rested */
	struct timer sweep;
	char **litter;			/* directories to be removed */
	size_t nlitter, littercap;
	size_t vain_sweeps;		/* while closing */
	char *left;			/* one that could not be */
	int left_error;
	bool script_said[2];		/* that an init, a fini, failed */
	bool closing, broken;
	bool crowded;			/* a worker's word was */
	bool unpinned;			/* a worker died of it, it seems */
	size_t freezing;		/* answers that are awaited */
	struct timer retry, recover, freeze;
	struct heirs *heirs;
};

/*
 * Forks a worker for the slot; takes dir, its directory or NULL.  Returns the
 * seat, in the pool's list and in its slot, or NULL with errno, and dir is not
 * taken.
 */
struct seat *seat_hire(struct pool *p, unsigned slot, char *dir);

/* The next task of the seat is expected to begin soon. */
void seat_expect(struct seat *s);

/* It was told to end its tree by the ladder: is to be done soon after. */
void seat_expect_end(struct seat *s, enum reason why, const struct ladder *l);

/* Tells an idle worker to go, by closing its channel. */
void seat_dismiss(struct seat *s);

/* Tells a keeper to end what it keeps (or leave it: --leak=ignore) and go. */
void seat_retire(struct seat *s);

/* Takes task i from the seat: 0 is the one that runs. */
struct task *seat_take(struct seat *s, size_t i);

/* Task i has not begun and goes back, or is given up when it did so too often. */
void seat_give_back(struct seat *s, size_t i);

/* Its task has left processes: it becomes their keeper, its slot is free. */
void seat_set_aside(struct seat *s);

/* The system is short, and they have what a worker needs: the oldest is ended,
   and no more than are left are kept from now on. */
void seat_fewer_keepers(struct pool *p);

/* Its slot is free for another, but for seat_hold_slot(): once it is dead. */
void seat_leave_slot(struct seat *s);
void seat_hold_slot(struct seat *s);

/* waitpid(2) on it: continues it if it was stopped, frees it when it is dead
   and all it said was heard. */
void seat_reap(struct seat *s);

/* Is it there for the next task? */
static inline bool
seat_is_free(const struct seat *s)
{
	return s->ntasks == 0 && s->ready && !s->spent;
}

/* --- hear.c ------------------------------------------------------------ */

/* What the worker says; the channel's callback. */
void hear_message(struct channel *c, const struct message *m);

/* The task that runs has ended like this: takes it from the seat. */
struct task *hear_over(struct seat *s, const struct result *r);

/* A worker has said that all is frozen, or is dead; awaited: was to say so. */
void hear_frozen(struct pool *p, bool awaited);

/* --- staff.c ----------------------------------------------------------- */

void staff_init(struct pool *p);
void staff_free(struct pool *p);

/* Can a worker be forked for the slot now? */
bool staff_vacant(const struct pool *p, unsigned slot);

/* As seat_hire(); sees to it when that fails. */
struct seat *staff_hire(struct pool *p, unsigned slot);

/* A worker came to nothing before it accepted a task. */
void staff_fault(struct pool *p, unsigned slot, const char *why, int error);

/* An init of the slot's has failed, or its worker died in it, and it may be
   tried again, after a rest; true if that was so too often. */
bool staff_init_fault(struct pool *p, unsigned slot);

/* A worker could not have its directory. */
void staff_no_dir(struct pool *p, int error);

/* A task killed the slot's worker: the slot rests, longer each time. */
void staff_rest(struct pool *p, unsigned slot);

/* Removes the directory, and again when nothing of its worker lives; takes
   dir. */
void staff_sweep(struct pool *p, char *dir);

/* In pool.c: the system has no room for more; the pool cannot be kept up. */
void pool_give_out(struct pool *p, const char *why, int error);

#endif
