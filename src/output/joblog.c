#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/joblog.h"

static const char header[] = "Seq\tHost\tStarttime\tJobRuntime\tSend\t"
    "Receive\tExitval\tSignal\tCommand\n";

struct joblog {
	int fd;
	int error;
	struct buf rows;
};

/* Ends a torn last line; true if the file has anything in it. */
static bool
has_content(struct joblog *j)
{
	struct stat sb;
	char last = '\n';

	if (fstat(j->fd, &sb) < 0 || !S_ISREG(sb.st_mode) || sb.st_size == 0)
		return false;
	if (pread(j->fd, &last, 1, sb.st_size - 1) == 1 && last != '\n')
		buf_addc(&j->rows, '\n');
	return true;
}

struct joblog *
joblog_open(const char *path, bool append, int *error)
{
	struct joblog *j = xcalloc(1, sizeof(*j));

	if (append) {
		j->fd = fd_open(path, O_RDWR | O_APPEND | O_CREAT, 0666);
		if (j->fd < 0 && errno == EACCES)
			j->fd = fd_open(path, O_WRONLY | O_APPEND, 0);
	} else {
		j->fd = fd_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	}
	if (j->fd >= 0 && !has_content(j))
		buf_adds(&j->rows, header);
	if (j->fd >= 0 && joblog_flush(j) == 0)
		return j;
	*error = errno;
	joblog_close(j);
	return NULL;
}

static bool
gets_row(const struct result *r)
{
	switch (r->reason) {
	case REASON_EXIT:
	case REASON_SIGNAL:
	case REASON_BAD_ITEM:
	case REASON_EXEC:
	case REASON_TIMEOUT:
	case REASON_IDLE:
	case REASON_MEMORY:
	case REASON_LOST:
	case REASON_LEAK:
		return true;
	case REASON_NONE:
	case REASON_QUEUE:
	case REASON_HALT:
	case REASON_MAX_TIME:
	case REASON_INTERRUPT:
	case REASON_POOL:
		break;
	}
	return false;
}

/* The columns Exitval and Signal. */
static void
outcome(const struct result *r, int *code, int *sig)
{
	bool exited = r->reason == REASON_EXIT || r->reason == REASON_EXEC;

	*sig = exited ? 0 : r->sig;
	if (exited || (r->reason == REASON_LEAK && r->code != 0))
		*code = r->code;
	else
		*code = r->reason == REASON_SIGNAL ? 0 : -1;
}

void
joblog_row(struct joblog *j, uint64_t seq, const struct result *r,
    uint64_t received, const char *command, size_t n)
{
	uint64_t at = (uint64_t)r->wall / 1000000;
	uint64_t ran = ((uint64_t)r->ran + 500000) / 1000000;
	int code, sig;

	if (j->error || !gets_row(r))
		return;
	outcome(r, &code, &sig);
	buf_addf(&j->rows, "%" PRIu64 "\t:\t%" PRIu64 ".%03u\t%6" PRIu64
	    ".%03u\t0\t%" PRIu64 "\t%d\t%d\t", seq, at / 1000,
	    (unsigned)(at % 1000), ran / 1000, (unsigned)(ran % 1000),
	    received, code, sig);
	joblog_escape(&j->rows, command, n);
	buf_addc(&j->rows, '\n');
}

int
joblog_flush(struct joblog *j)
{
	if (j->error == 0 && j->rows.len > 0 &&
	    fd_write_wait(j->fd, j->rows.data, j->rows.len) < 0)
		j->error = errno;
	j->rows.len = 0;
	errno = j->error;
	return j->error ? -1 : 0;
}

int
joblog_close(struct joblog *j)
{
	int status = j->fd < 0 ? 0 : joblog_flush(j), saved = errno;

	if (j->fd >= 0 && close(j->fd) < 0 && status == 0) {
		status = -1;
		saved = errno;
	}
	buf_free(&j->rows);
	free(j);
	errno = saved;
	return status;
}

void
joblog_escape(struct buf *b, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		switch (p[i]) {
		case '\t':
			buf_add(b, "\\t", 2);
			break;
		case '\n':
			buf_add(b, "\\n", 2);
			break;
		case '\0':
			buf_add(b, "\\0", 2);
			break;
		case '\\':
			if (i + 1 < n &&
			    strchr("tn0\\\t\n", p[i + 1]))
				buf_addc(b, '\\');
			buf_addc(b, '\\');
			break;
		default:
			buf_addc(b, p[i]);
			break;
		}
	}
}
