/*
 * How many CPUs this process may use: what nproc(1) says (the affinity mask,
 * sched_getaffinity(2)), cut by the CPU quota of its cgroup and of every
 * ancestor (cgroup v2 cpu.max, v1 cpu.cfs_quota_us / cpu.cfs_period_us),
 * rounded up; at least 1.
 */
#ifndef BASE_CPUS_H
#define BASE_CPUS_H

#include <stddef.h>

size_t cpus_count(void);

/* The same without quotas: on how many CPUs it may be, one at a time. */
size_t cpus_allowed(void);

/*
 * The same from a tree of files below root instead of / (root holds
 * proc/self/cgroup, proc/self/mountinfo and the cgroup mounts), with affinity
 * CPUs in the mask: for tests.
 */
size_t cpus_count_at(const char *root, size_t affinity);

#endif
