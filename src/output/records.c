#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/records.h"

struct records {
	int fd;
	int error;
	bool append;
	struct buf rows;
};

struct records *
records_open(const char *path, bool append, int *error)
{
	struct records *r = xcalloc(1, sizeof(*r));

	r->append = append;
	if (append) {
		r->fd = fd_open(path, O_RDWR | O_APPEND | O_CREAT, 0666);
		if (r->fd < 0 && errno == EACCES)
			r->fd = fd_open(path, O_WRONLY | O_APPEND, 0);
	} else {
		r->fd = fd_open(path, O_WRONLY | O_CREAT, 0666);
	}
	if (r->fd >= 0)
		return r;
	*error = errno;
	free(r);
	return NULL;
}

/* False when somebody else has it. */
static bool
lock(int fd, short how)
{
	struct flock l = { .l_type = how, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &l) == 0 ||
	    (errno != EACCES && errno != EAGAIN);
}

/* Adds what comes before the first record; returns true if nothing did yet. */
static bool
add_head(struct records *r, const char *head, const char *torn)
{
	struct stat sb;
	char last = '\n';

	if (fstat(r->fd, &sb) == 0 && S_ISREG(sb.st_mode)) {
		if (!r->append && ftruncate(r->fd, 0) < 0)
			r->error = errno;
		if (r->append && sb.st_size > 0) {
			if (pread(r->fd, &last, 1, sb.st_size - 1) == 1 &&
			    last != '\n')
				buf_adds(&r->rows, torn);
			return false;
		}
	}
	buf_adds(&r->rows, head);
	return true;
}

/*
 * Of several that begin with one file at the same time, one writes the head.
 * Who finds it locked does not wait: the other one has it written before a
 * task here can have ended.
 */
bool
records_begin(struct records *r, const char *head, const char *torn)
{
	bool empty;

	if (r->append && !lock(r->fd, F_WRLCK))
		return false;
	empty = add_head(r, head, torn);
	records_flush(r);
	if (r->append)
		lock(r->fd, F_UNLCK);
	return empty;
}

struct buf *
records_next(struct records *r)
{
	return r->error ? NULL : &r->rows;
}

int
records_flush(struct records *r)
{
	if (r->error == 0 && r->rows.len > 0 &&
	    fd_write_wait(r->fd, r->rows.data, r->rows.len) < 0)
		r->error = errno;
	r->rows.len = 0;
	errno = r->error;
	return r->error ? -1 : 0;
}

int
records_close(struct records *r)
{
	int status = records_flush(r), saved = errno;

	if (close(r->fd) < 0 && status == 0) {
		status = -1;
		saved = errno;
	}
	buf_free(&r->rows);
	free(r);
	errno = saved;
	return status;
}
