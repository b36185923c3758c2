/*
 * Pinning: this process and another, which work in turns, stay on one CPU
 * (sched_setaffinity(2)).  Else the kernel puts the one that begins on another
 * CPU while the one before is about to sleep: away from its caches, and with an
 * interrupt between CPUs, which is dear in a virtual machine.
 */
#ifndef BASE_PIN_H
#define BASE_PIN_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#if defined(CPU_COUNT_S) && !defined(PPX_OS_GENERIC)
#define PIN_CAN 1
typedef cpu_set_t pin_mask;
#else
#define PIN_CAN 0
typedef char pin_mask;
#endif

struct pin_place {
	_Atomic int32_t cpu;		/* 1 and that which one is pinned to; or 0 */
};

/* Who share it keep off each other: each has a place in memory that they share,
   and leaves it there when he dies. */
struct pin_board {
	struct pin_place *place;
	size_t n, mine;
};

/* Zeroed, but for the board: not pinned. */
struct pin {
	pid_t other;			/* 0: not pinned */
	struct pin_board board;		/* n 0: none */
	/* private: */
	int cpu;
	pin_mask was;			/* what both were allowed before, */
	pin_mask asked;			/* ... and how that is to be said */
	pin_mask parents;		/* what our parent was allowed */
};

/*
 * Both stay on one CPU: where the fewest others are, or where this process is
 * now, if that is as good.  If they are pinned, and another one is better by
 * now, they go there.  False: they are not allowed the same, or the other one
 * has gone, or the system has none of it; or they stay where they are.
 */
bool pin_set(struct pin *p, pid_t other);

/*
 * These give back what was, but not to one that somebody has moved since.  If
 * he chose the very CPU it cannot be seen; so who was allowed the same as our
 * parent is allowed what that is now.  And where all CPUs were allowed, all are
 * from then on, also when the cpuset gets more.
 */

/* pid, which the other one has made meanwhile, may go where that might; also
   after pin_clear(). */
void pin_spare(struct pin *p, pid_t pid);

/* So may both. */
void pin_clear(struct pin *p);

#endif
