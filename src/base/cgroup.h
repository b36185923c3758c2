/*
 * A cgroup with a limit of memory, for one task at a time.
 *
 * It is made where our own cgroup allows one (cgplace.h), named ppx.PID.SLOT:
 * PID is the process that made it.  What our own has as pids.max is copied.
 * (Kernel: admin-guide/cgroup-v1/memory.rst, cgroup-v2.rst.)
 *
 * It outlives the tasks, which saves making it anew.  Every task gets it
 * without limit (cgroup_ready()), goes in, and only then is it limited: if
 * memory ran out between, the kernel would also kill the process that lends
 * its memory to the child before exec.
 */
#ifndef BASE_CGROUP_H
#define BASE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup;

/*
 * How memory can be limited here: "cgroup v2", "cgroup v1", or NULL when no
 * such cgroup can be made.  Tries it: makes one and removes it.
 */
const char *cgroup_mode(void);

/* Makes this process's for the slot: returns new, or NULL and errno. */
struct cgroup *cgroup_new(unsigned slot);

/* Removes it; processes that are still in it go to our own cgroup. */
void cgroup_free(struct cgroup *g);

/* Removes the one that a process that is gone had made for the slot. */
void cgroup_remove(pid_t pid, unsigned slot);

/* For writing "0" by a process that goes in. */
int cgroup_door(const struct cgroup *g);

/*
 * For the next task, which is to have so many bytes: takes the limit away, and
 * notes the counters.  Makes the cgroup anew where what earlier tasks left in
 * it (files in memory, of a tmpfs above all) would count.  -1 and errno when
 * it is of no use any more.
 */
int cgroup_ready(struct cgroup *g, uint64_t bytes);

/* The limit, swap included; -1 and errno: EBUSY, more is in use already. */
int cgroup_limit(struct cgroup *g, uint64_t bytes);

/* Since cgroup_ready(): */
struct cgroup_news {
	bool killed;		/* the kernel killed for want of memory */
	bool full;		/* it had to: the limit was reached */
	uint64_t peak;		/* most bytes at a time */
};
struct cgroup_news cgroup_news(struct cgroup *g);

#endif
