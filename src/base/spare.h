/*
 * What the machine has to spare: memory, and how loaded it is.
 */
#ifndef BASE_SPARE_H
#define BASE_SPARE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Bytes that can still be used before the system swaps or kills: MemAvailable
 * of /proc/meminfo (elsewhere free pages, sysconf(3)), or what our cgroup and
 * every one above it have left of their limits, if that is less.  Files that
 * a cgroup could drop from its cache count as left.  False when unknown.
 */
bool spare_memory(uint64_t *bytes);

/* The load average of the last minute (getloadavg(3)); false when unknown. */
bool spare_load(double *load);

/* spare_memory() from a tree of files below root instead of /: for tests. */
bool spare_memory_at(const char *root, uint64_t *bytes);

#endif
