/*
 * ppx in a system that fails: src/main.c linked with these in place of some
 * calls (ld --wrap, see tests/local.mk).
 *
 *	PPX_FAULT=CALL:ERRNO:SKIP:FAIL[:EVERY]
 *
 * Of all calls of CALL, in ppx and all its workers together, SKIP succeed, then
 * FAIL do not; if EVERY is given, that is so for each EVERY calls.  Tasks are not
 * touched; forbid.c is for them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/os.h"
#include "wire/channel.h"

static char call[32];
static int error;
static unsigned skip, fails, every;
static unsigned *count;		/* shared by all */

static void set_up(void) __attribute__((constructor));

static void
set_up(void)
{
	const char *spec = getenv("PPX_FAULT");

	if (spec == NULL)
		return;
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | MAP_SHARED, -1, 0);
	if (count == MAP_FAILED || sscanf(spec, "%31[^:]:%d:%u:%u:%u", call,
	    &error, &skip, &fails, &every) < 4)
		abort();
}

static bool
is_due(const char *name)
{
	unsigned n;

	if (strcmp(call, name) != 0)
		return false;
	n = __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
	if (every)
		n %= every;
	errno = error;
	return n >= skip && n - skip < fails;
}

#define WRAP(type, name, params, args, failed) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return is_due(#name) ? (failed) : __real_##name args; \
	}

WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags),
    (fd, m, flags), -1)
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags),
    (fd, m, flags), -1)
WRAP(pid_t, os_fork_aside, (void), (), -1)
WRAP(int, os_descendants, (bool (*spare)(void *ctx, pid_t pid), void *ctx,
    struct os_procs *list), (spare, ctx, list), -1)
WRAP(int, cgroup_ready, (struct cgroup *g, uint64_t bytes), (g, bytes), -1)
WRAP(int, cgroup_limit, (struct cgroup *g, uint64_t bytes), (g, bytes), -1)
WRAP(int, fd_open, (const char *path, int flags, unsigned mode),
    (path, flags, mode), -1)
WRAP(int, rmdir, (const char *path), (path), -1)
WRAP(DIR *, opendir, (const char *path), (path), NULL)
/* the supervisor of a warm shell says late that its init is over: 0:1:4 */
WRAP(bool, os_subreaper, (void), (), (usleep(100000), __real_os_subreaper()))
/* another one removes it just before */
WRAP(int, lstat, (const char *path, struct stat *st), (path, st),
    (__real_rmdir(path), __real_lstat(path, st)))
/* it is sent the signal of that number just before */
WRAP(pid_t, setsid, (void), (), (raise(error), __real_setsid()))
/* there is said to be more in a pipe than there is (FIONREAD) */
WRAP(int, ioctl, (int fd, unsigned long what, int *n), (fd, what, n),
    (__real_ioctl(fd, what, n), ++*n, 0))
/* they were sent, and lost: more than there are closes them */
WRAP(int, channel_take, (struct channel *c, int *fds, size_t n), (c, fds, n),
    __real_channel_take(c, fds, 1000))
