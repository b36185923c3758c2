/*
 * How much memory the descendants of this process use, by looking.
 *
 * Pages that may be shared are counted once, as many as the process has that
 * has most of them: a forked family does not count its common pages again and
 * again.  (The exact figure, smaps_rollup, takes a time that grows with the
 * memory itself.)  The statm files stay open between looks.
 */
#ifndef POOL_MEMORY_H
#define POOL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/os.h"

struct memory {
	/* set by the owner: as for os_descendants() */
	bool (*skip)(void *ctx, pid_t pid);
	void *ctx;
	/* private: */
	struct member {
		pid_t pid;
		unsigned long long start;
		int fd;
	} *v;
	size_t n, cap;
	struct os_procs list;
	nsec listed;
};

/* Bytes in use now; 0 when no process can be seen. */
uint64_t memory_look(struct memory *m, nsec now);

/* Closes all, for the next task; what the owner has set stays. */
void memory_clear(struct memory *m);

/*
 * Pure: how long until the next look, when `used` bytes are in use of `limit`
 * (0 = none), `before` were at the last look, `since` ago, and a look takes
 * `cost`.
 */
nsec memory_pause(uint64_t used, uint64_t before, nsec since, uint64_t limit,
    nsec cost);

#endif
