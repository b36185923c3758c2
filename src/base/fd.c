#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/fd.h"

/*
 * The highest descriptor ever opened here: lets fd_close_ours() work without
 * /proc and without asking a million numbers.
 */
static int highest = 2;

static struct rlimit before;
static bool raised;

/*
 * Of the descriptors there may be, the last are kept for looks into /proc (a
 * directory, a file in it): who cannot look cannot end a tree.
 */
enum { RESERVE = 3 };
static int most = INT_MAX;

bool
fd_is_last(int fd)
{
	return fd >= most - RESERVE;
}

/* 0, or both closed and EMFILE when they are among the last. */
static int
spare_last(const int p[2])
{
	if (!fd_is_last(p[0]) && !fd_is_last(p[1]))
		return 0;
	close(p[0]);
	close(p[1]);
	errno = EMFILE;
	return -1;
}

static int
seen(int fd)
{
	if (fd > highest)
		highest = fd;
	return fd;
}

/* Moves fd above 2 if it landed there; keeps errno of a failure. */
static int
above(int fd)
{
	int up;

	if (fd < 0 || fd > 2)
		return fd < 0 ? -1 : seen(fd);
	up = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return up < 0 ? -1 : seen(up);
}

static bool were_closed[3];

/* Is it a name of one that was closed, in whose place something is now? */
static bool
names_closed(const char *path)
{
	static const char *const names[3][3] = {
		{ "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0" },
		{ "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1" },
		{ "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2" }
	};
	int fd, i;

	for (fd = 0; fd < 3; fd++)
		for (i = 0; were_closed[fd] && i < 3; i++)
			if (strcmp(path, names[fd][i]) == 0)
				return true;
	return false;
}

void
fd_sanitise(bool closed[3])
{
	/* what is read from, or written to, one that was closed must fail */
	static const int how[3] = { O_WRONLY, O_RDONLY, O_RDWR };
	int fd;

	for (fd = 0; fd < 3; fd++) {
		closed[fd] = fcntl(fd, F_GETFD) < 0;
		were_closed[fd] = closed[fd];
		if (!closed[fd])
			continue;
		if (open("/dev/null", how[fd]) != fd &&
		    open("/", O_RDONLY) != fd)
			_exit(EXIT_PPX);
	}
}

int
fd_open(const char *path, int flags, mode_t mode)
{
	if (names_closed(path)) {
		errno = EBADF;
		return -1;
	}
	return above(open(path, flags | O_CLOEXEC, mode));
}

int
fd_dup(int fd)
{
	int up = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return up < 0 ? -1 : seen(up);
}

/* The end that is ours does not block. */
static int
make_pipe(int p[2], int ours)
{
	int saved;

	if (pipe2(p, O_CLOEXEC) < 0 || spare_last(p) < 0)
		return -1;
	seen(p[0]);
	seen(p[1]);
	/* a new pipe has no other flags to keep but how it is opened */
	if (fcntl(p[ours], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	saved = errno;
	close(p[0]);
	close(p[1]);
	errno = saved;
	return -1;
}

int
fd_pipe(int p[2])
{
	return make_pipe(p, 0);
}

int
fd_pipe_into(int p[2])
{
	return make_pipe(p, 1);
}

int
fd_pair(int p[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    p) < 0 || spare_last(p) < 0)
		return -1;
	seen(p[0]);
	seen(p[1]);
	return 0;
}

int
fd_reopen(int fd, int flags)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd_open(path, flags | O_NONBLOCK | O_NOCTTY, 0);
}

off_t
fd_size(int fd)
{
	struct stat st;
	char last;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    pread(fd, &last, 1, st.st_size - 1) == 1 ? st.st_size : 0;
}

ssize_t
fd_read(int fd, void *p, size_t n, off_t size)
{
	ssize_t k = read(fd, p, n);
	off_t at;

	if (k != 0 || size == 0)
		return k;
	at = lseek(fd, 0, SEEK_CUR);
	if (at < 0 || at >= size)
		return 0;
	errno = FD_SHORTER;
	return -1;
}

const char *
fd_why(int error)
{
	return error == FD_SHORTER ? "it has become shorter" : strerror(error);
}

int
fd_temp(const char *dir)
{
	struct buf b = { 0 };
	int fd, saved;

#ifdef O_TMPFILE
	fd = fd_open(dir, O_TMPFILE | O_RDWR | O_EXCL, 0600);
	if (fd >= 0 || (errno != EISDIR && errno != EOPNOTSUPP &&
	    errno != EINVAL && errno != ENOENT))
		return fd;
#endif
	buf_addf(&b, "%s/ppx.XXXXXX", dir);
	fd = above(mkostemp(buf_str(&b), O_CLOEXEC));
	saved = errno;
	if (fd >= 0)
		unlink(b.data);
	buf_free(&b);
	errno = saved;
	return fd;
}

int
fd_memory(void)
{
#ifdef HAVE_MEMFD_CREATE
	return above(memfd_create("ppx", MFD_CLOEXEC));
#else
	errno = ENOSYS;
	return -1;
#endif
}

int
fd_temp_named(const char *dir, char **path)
{
	struct buf b = { 0 };
	int fd, saved;

	buf_addf(&b, "%s/ppx-XXXXXX", dir);
	fd = above(mkostemp(buf_str(&b), O_CLOEXEC));
	saved = errno;
	if (fd >= 0)
		*path = buf_steal(&b);
	buf_free(&b);
	errno = saved;
	return fd;
}

void
fd_close_ours(int keep)
{
	int fd, flags;

	for (fd = 3; fd <= highest; fd++) {
		if (fd == keep)
			continue;
		flags = fcntl(fd, F_GETFD);
		if (flags >= 0 && (flags & FD_CLOEXEC))
			close(fd);
	}
}

int
fd_write(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n) {
		ssize_t k = write(fd, s, n);

		if (k < 0 && errno != EINTR)
			return -1;
		if (k > 0) {
			s += k;
			n -= (size_t)k;
		}
	}
	return 0;
}

/*
 * Waits until fd takes bytes, or tells why not; -1 and EINTR for a signal.
 * full: it said so, and had too little room all the same.
 */
static int
wait_writable(int fd, bool full)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	static const struct timespec rest = { .tv_nsec = 10000000 };
	struct pollfd p = { .fd = full ? -1 : fd, .events = POLLOUT };
	sigset_t mask;
	size_t i;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		sigdelset(&mask, ends[i]);
	return ppoll(&p, 1, full ? &rest : NULL, &mask) < 0 ? -1 : 0;
}

/*
 * A pipe that is writable takes so much at once, and no more without waiting
 * (pipe(7)).  A file takes all, and what others append stays outside of it.
 */
static size_t
at_once(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? SSIZE_MAX :
	    PIPE_BUF;
}

static int
write_waiting(int fd, const char *s, size_t n)
{
	size_t span = at_once(fd);
	bool full = false;
	ssize_t k;

	while (n > 0) {
		if (wait_writable(fd, full) < 0)
			return -1;
		k = full ? 0 : write(fd, s, n < span ? n : span);
		full = k < 0 && errno == EAGAIN;
		if (k < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (k > 0) {
			s += k;
			n -= (size_t)k;
		}
	}
	return 0;
}

/*
 * A terminal that stands still takes a part of what is written and blocks
 * write(2), where no signal is let in: so it is opened once more, not to block.
 * What cannot be opened so is itself.
 */
static int
unblocked(int fd)
{
	int again = isatty(fd) ? fd_reopen(fd, O_WRONLY) : -1;

	return again < 0 ? fd : again;
}

int
fd_write_wait(int fd, const void *p, size_t n)
{
	int to, status, saved;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY) {
		errno = EBADF;		/* would never become writable */
		return -1;
	}
	to = unblocked(fd);
	status = write_waiting(to, p, n);
	saved = errno;
	if (to != fd)
		close(to);
	errno = saved;
	return status;
}

size_t
fd_raise_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0)
		return 256;
	if (!raised && rl.rlim_cur != rl.rlim_max) {
		before = rl;
		raised = true;
	}
	rl.rlim_cur = rl.rlim_max;
	if (raised && setrlimit(RLIMIT_NOFILE, &rl) < 0)
		rl.rlim_cur = before.rlim_cur;
	if (rl.rlim_cur < INT_MAX)
		most = (int)rl.rlim_cur;
	return rl.rlim_cur == RLIM_INFINITY ? 1 << 20 : (size_t)rl.rlim_cur;
}

void
fd_restore_limit(void)
{
	if (raised)
		setrlimit(RLIMIT_NOFILE, &before);
}
