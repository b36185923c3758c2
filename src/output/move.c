#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "output/move.h"

#if defined(__linux__) && !defined(PPX_OS_GENERIC)

#include <sys/sendfile.h>

ssize_t
move_pipe(int in, int out, off_t *off, size_t n)
{
	loff_t at = off ? *off : 0;
	ssize_t k = splice(in, NULL, out, off ? &at : NULL, n,
	    SPLICE_F_NONBLOCK | SPLICE_F_MOVE);

	if (off && k > 0)
		*off += k;
	return k;
}

ssize_t
move_file(int in, off_t off, int out, size_t n)
{
	return sendfile(out, in, &off, n);
}

void
move_widen(int pipe)
{
	int size = fcntl(pipe, F_GETPIPE_SZ);

	if (size > 0 && size < MOVE_PIPE)
		fcntl(pipe, F_SETPIPE_SZ, MOVE_PIPE);
}

bool
move_is_wide(int pipe)
{
	return fcntl(pipe, F_GETPIPE_SZ) >= MOVE_PIPE;
}

bool
move_size(int pipe, int n)
{
	return fcntl(pipe, F_SETPIPE_SZ, n) >= n;
}

int
move_hole(int fd, off_t off, off_t n)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off,
	    n);
}

#else

ssize_t
move_pipe(int in, int out, off_t *off, size_t n)
{
	(void)in, (void)out, (void)off, (void)n;
	errno = ENOSYS;
	return -1;
}

ssize_t
move_file(int in, off_t off, int out, size_t n)
{
	(void)in, (void)off, (void)out, (void)n;
	errno = ENOSYS;
	return -1;
}

void
move_widen(int pipe)
{
	(void)pipe;
}

bool
move_is_wide(int pipe)
{
	(void)pipe;
	return false;
}

bool
move_size(int pipe, int n)
{
	(void)pipe, (void)n;
	return false;
}

int
move_hole(int fd, off_t off, off_t n)
{
	(void)fd, (void)off, (void)n;
	errno = ENOSYS;
	return -1;
}

#endif
