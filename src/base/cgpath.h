/*
 * Where our own cgroup is that has to do with memory.  Pure: from the texts of
 * /proc/self/cgroup and /proc/self/mountinfo (cgroups(7), proc(5)).
 */
#ifndef BASE_CGPATH_H
#define BASE_CGPATH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Sets dir.  Returns the version: 1, the memory controller is there; 2, it may
 * be; or 0 when there is none that we see.
 */
int cgpath_own(const char *self, const char *mounts, char *dir, size_t size);

/* Is word one of the list's n bytes, cut at the bytes of sep? */
bool cgpath_lists(const char *list, size_t n, const char *word,
    const char *sep);

#endif
