#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/joblog.h"
#include "output/records.h"

static const char header[] = "Seq\tHost\tStarttime\tJobRuntime\tSend\t"
    "Receive\tExitval\tSignal\tCommand\n";

struct joblog {
	struct records *records;
};

struct joblog *
joblog_open(const char *path, bool append, int *error)
{
	struct joblog *j = xcalloc(1, sizeof(*j));

	j->records = records_open(path, append, error);
	if (j->records)
		return j;
	free(j);
	return NULL;
}

int
joblog_begin(struct joblog *j)
{
	struct buf *b;

	if (records_begin(j->records) && (b = records_next(j->records)))
		buf_adds(b, header);
	return joblog_flush(j);
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
	struct buf *b = records_next(j->records);
	int code, sig;

	if (b == NULL || !gets_row(r))
		return;
	outcome(r, &code, &sig);
	buf_addf(b, "%" PRIu64 "\t:\t%" PRIu64 ".%03u\t%6" PRIu64
	    ".%03u\t0\t%" PRIu64 "\t%d\t%d\t", seq, at / 1000,
	    (unsigned)(at % 1000), ran / 1000, (unsigned)(ran % 1000),
	    received, code, sig);
	joblog_escape(b, command, n);
	buf_addc(b, '\n');
}

int
joblog_flush(struct joblog *j)
{
	return records_flush(j->records);
}

int
joblog_close(struct joblog *j)
{
	int status = records_close(j->records), saved = errno;

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
