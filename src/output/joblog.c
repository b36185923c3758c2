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
	records_begin(j->records, header, "\t\n");
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

void
joblog_outcome(const struct result *r, int *code, int *sig)
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
	joblog_outcome(r, &code, &sig);
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

void
joblog_unescape(struct buf *b, const char *p, size_t n)
{
	static const char from[] = "tn0\\", to[] = "\t\n\0\\";
	const char *at;
	size_t i;

	for (i = 0; i < n; i++) {
		at = p[i] == '\\' && i + 1 < n && p[i + 1] ?
		    strchr(from, p[i + 1]) : NULL;
		if (at)
			i++;
		buf_addc(b, at ? to[at - from] : p[i]);
	}
}

/* The next column, without its tab; false when no tab ends it. */
static bool
column(const char **p, const char *end, const char **col, size_t *n)
{
	const char *tab = memchr(*p, '\t', (size_t)(end - *p));

	if (tab == NULL)
		return false;
	*col = *p;
	*n = (size_t)(tab - *p);
	*p = tab + 1;
	return true;
}

/* A number without sign; false when it is none. */
static bool
number(const char *s, size_t n, uint64_t *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9' || *value > UINT64_MAX / 10 - 1)
			return false;
		*value = *value * 10 + (uint64_t)(s[i] - '0');
	}
	return n > 0;
}

bool
joblog_parse(const char *line, size_t n, struct joblog_row *r)
{
	const char *p = line, *end = line + n, *col[8];
	uint64_t code, sig;
	size_t len[8], i;
	bool minus;

	for (i = 0; i < 8; i++)
		if (!column(&p, end, &col[i], &len[i]))
			return false;
	minus = len[6] > 0 && *col[6] == '-';
	if (!number(col[0], len[0], &r->seq) || r->seq == 0 ||
	    !number(col[6] + minus, len[6] - minus, &code) ||
	    !number(col[7], len[7], &sig))
		return false;
	r->failed = code != 0 || sig != 0;
	r->command = p;
	r->n = (size_t)(end - p);
	return r->n > 0 && end[-1] != '\t';
}

bool
joblog_is_header(const char *line, size_t n)
{
	if (n > 0 && line[n - 1] == '\t')
		n--;	/* torn, and ended */
	return n > 0 && n < sizeof(header) - 1 && memcmp(line, header, n) == 0;
}
