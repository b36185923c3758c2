/*
 * How many processes may there be beside this one: the least of RLIMIT_NPROC
 * (getrlimit(2); it is the user's, and not root's, whom it is taken for all the
 * same) and pids.max of our cgroup and of every one above it.  SIZE_MAX: as
 * many as the system has room for.
 */
#ifndef BASE_ROOM_H
#define BASE_ROOM_H

#include <stddef.h>

size_t room_for_processes(void);

/* The same from a tree of files below root, see cpus_count_at(), with most as
   the limit of the user: for tests. */
size_t room_for_processes_at(const char *root, size_t most);

#endif
