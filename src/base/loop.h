/*
 * One event loop for coordinator and workers: descriptors, timers, signals.
 *
 * Callbacks record what happened; the owner of the loop acts once per turn,
 * after loop_turn() has returned.  Level-triggered.  Up to some 50
 * descriptors are watched with poll(2), beyond that with epoll(7) where there
 * is one.
 *
 * Signals that are watched stay blocked except while the loop waits, so no
 * other system call ever returns EINTR and no handler ever runs in between
 * (ppoll, pselect: POSIX.1-2008).  A wait that ends because a descriptor is
 * ready does not deliver signals; the loop asks sigpending(2) after each.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <signal.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/heap.h"

enum {
	IO_READ = 1,
	IO_WRITE = 2,
	IO_HUP = 4		/* got only: hang-up or error */
};

/* Embedded in whoever watches; zero it, then set fd and cb. */
struct io {
	int fd;
	int want;		/* private: what is watched now */
	size_t at;		/* private */
	void (*cb)(struct io *io, int got);
};

/* Embedded likewise; zero it, then set cb. */
struct timer {
	struct heap_node node;
	nsec at;
	void (*cb)(struct timer *t);
};

struct loop;

/* Returns new. */
struct loop *loop_new(void);
void loop_free(struct loop *l);

/*
 * Watches io->fd for want (IO_READ | IO_WRITE), or not at all when want is 0.
 * io must be set to 0 before its fd is closed.  IO_HUP comes with any want;
 * a callback that got it must read to the end or stop watching.
 */
void loop_io(struct loop *l, struct io *io, int want);

/* Calls t->cb once at the moment `at` of the monotonic clock; sets it anew. */
void loop_timer(struct loop *l, struct timer *t, nsec at);
void loop_timer_off(struct loop *l, struct timer *t);

/* All timers come this much later; earlier when by is negative. */
void loop_shift(struct loop *l, nsec by);

/*
 * Watches a signal: cb is called from the loop.  One loop per process may
 * watch signals.  Blocks the signal; its handler only sets a flag.
 */
void loop_signal(struct loop *l, int sig, void (*cb)(void *ctx, int sig),
    void *ctx);

/*
 * Waits until something happens, at most until `until` (NEVER: no limit; 0:
 * only look), and calls the callbacks of all that happened: signals, timers,
 * descriptors.
 */
void loop_turn(struct loop *l, nsec until);

/*
 * Calls what watches the signals that are there now: for the owner who is about
 * to begin something before its first turn.  No timer and no descriptor.
 */
void loop_signals(struct loop *l);

/* The monotonic clock as of this turn. */
nsec loop_now(struct loop *l);

#endif
