#include "config.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/cgwalk.h"
#include "base/room.h"

/* "max" is none. */
static void
on_cgroup(void *ctx, const struct cgstep *s)
{
	struct buf b = { 0 };
	size_t *most = ctx, n;

	if (cgwalk_read(&b, s->root, s->dir, "pids.max") &&
	    isdigit((unsigned char)*b.data)) {
		n = strtoul(b.data, NULL, 10);
		if (n < *most)
			*most = n;
	}
	buf_free(&b);
}

size_t
room_for_processes_at(const char *root, size_t most)
{
	cgwalk(root, "pids", on_cgroup, &most);
	return most;
}

size_t
room_for_processes(void)
{
	struct rlimit limit;
	size_t most = SIZE_MAX;

	if (getrlimit(RLIMIT_NPROC, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY)
		most = (size_t)limit.rlim_cur;
	return room_for_processes_at("", most);
}
