/*
 * The cgroups that limit this process: its own and all above it, in the
 * hierarchies that know of a controller, as far as they can be seen from here.
 *
 * /proc/self/cgroup says in which cgroup we are, below the root of the whole
 * hierarchy; /proc/self/mountinfo says which part of a hierarchy is mounted
 * where (cgroups(7), proc(5)).  A container often sees only its own part, or
 * a path from outside of it: then the mount's root is the best there is.
 * Every file may be missing; then it limits nothing.
 */
#ifndef BASE_CGWALK_H
#define BASE_CGWALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* One cgroup, as it is seen from here. */
struct cgstep {
	const char *root;	/* what to put before dir */
	const char *dir;
	bool v2;
	bool own;		/* we are in it.  Not so: those above it, and
				   a mount's root in place of one that is out
				   of sight; no cgroup may be made there */
};

/*
 * Calls fn for the directory of our cgroup and of each above it up to the
 * mount, in v2 (whatever controllers are on there) and in the v1 hierarchy of
 * the controller ("cpu").  root is put before every path: "", but for tests.
 */
void cgwalk(const char *root, const char *controller,
    void (*fn)(void *ctx, const struct cgstep *step), void *ctx);

/*
 * Sets dir to that of the cgroup that we are in.  Returns the version: 1, the
 * controller is there; 2, it may be; or 0 when there is none that we see.
 */
int cgwalk_own(const char *root, const char *controller, struct buf *dir);

/* Reads root/dir/name into b, NUL-terminated; false when it cannot be read. */
bool cgwalk_read(struct buf *b, const char *root, const char *dir,
    const char *name);

/* Is word one of the list's n bytes, cut at the bytes of sep? */
bool cgwalk_lists(const char *list, size_t n, const char *word,
    const char *sep);

#endif
