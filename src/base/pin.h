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
#include <sys/types.h>

#if defined(CPU_COUNT_S) && !defined(PPX_OS_GENERIC)
#define PIN_CAN 1
typedef cpu_set_t pin_mask;
#else
#define PIN_CAN 0
typedef char pin_mask;
#endif

/* Zeroed: not pinned. */
struct pin {
	pid_t other;			/* 0: not pinned */
	/* private: */
	int cpu;
	pin_mask own, others;		/* what they were allowed before */
};

/*
 * Both stay where this process is now.  False: they cannot, as the other one
 * has gone or may not be here, or the system has none of it; or they do
 * already.
 */
bool pin_set(struct pin *p, pid_t other);

/* pid, which the other one has made meanwhile, may go where that might. */
void pin_spare(const struct pin *p, pid_t pid);

/* So may both; but not where somebody has moved them since. */
void pin_clear(struct pin *p);

#endif
