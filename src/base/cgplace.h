/*
 * Where this process may make cgroups that limit memory.
 *
 * In the v1 memory controller below our own cgroup; in cgroup v2, as a group
 * with processes in it cannot give controllers to groups below it, beside our
 * own, and only if that has no limit that would be escaped so (but pids.max,
 * which systemd sets everywhere, and which can be copied).
 */
#ifndef BASE_CGPLACE_H
#define BASE_CGPLACE_H

struct cgplace {
	int version;		/* of cgroups; 0: none can be made */
	char *own;		/* the directory of our own cgroup */
	char *dir;		/* that in which others may be made */
};

/* Sets p, whose strings are new; root as for cgwalk(). */
void cgplace_find(struct cgplace *p, const char *root);
void cgplace_free(struct cgplace *p);

/* This process's own, which is looked for once and stays. */
const struct cgplace *cgplace(void);

#endif
