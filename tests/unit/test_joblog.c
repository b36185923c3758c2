#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "output/joblog.h"
#include "tap.h"

#define HEADER "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\t" \
	"Signal\tCommand\n"

static char path[] = "/tmp/test_joblog.XXXXXX";

static const char *
content(void)
{
	static char buf[65536];
	int fd = fd_open(path, O_RDONLY, 0);
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	close(fd);
	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

static void
put(const char *text)
{
	int fd = fd_open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	fd_write(fd, text, strlen(text));
	close(fd);
}

/* Opened and begun; or NULL. */
static struct joblog *
begin(const char *name, bool append, int *error)
{
	struct joblog *j = joblog_open(name, append, error);

	if (j == NULL || joblog_begin(j) == 0)
		return j;
	*error = errno;
	joblog_close(j);
	return NULL;
}

static void
row(struct joblog *j, uint64_t seq, struct result r, const char *command)
{
	joblog_row(j, seq, &r, 7, command, strlen(command));
}

static struct result
ended(enum reason reason, int code, int sig)
{
	struct result r = { .reason = reason, .code = code, .sig = sig,
		.started = STARTED_YES, .wall = 1795260670 * SEC + 964 * MSEC,
		.ran = 12 * SEC + 3 * MSEC };

	return r;
}

static void
test_rows(void)
{
	int error = 0;
	struct joblog *j;
	struct result r;

	put("old\n");
	j = joblog_open(path, false, &error);
	if (!ok(j != NULL, "opened"))
		return;
	is_str(content(), "old\n", "which changes nothing yet");
	is_int(joblog_begin(j), 0, "begun");
	is_str(content(), HEADER, "the header comes at once");
	row(j, 1, ended(REASON_EXIT, 0, 0), "echo a");
	is_str(content(), HEADER, "rows come with the flush");
	r = ended(REASON_EXIT, 3, 0);
	r.ran = 499999;
	row(j, 2, r, "b");
	r.ran = 123456789 * SEC + 999600 * (nsec)1000;
	row(j, 3, r, "");
	is_int(joblog_flush(j), 0, "flush");
	is_str(content(), HEADER
	    "1\t:\t1795260670.964\t    12.003\t0\t7\t0\t0\techo a\n"
	    "2\t:\t1795260670.964\t     0.000\t0\t7\t3\t0\tb\n"
	    "3\t:\t1795260670.964\t123456790.000\t0\t7\t3\t0\t\n", "rows");
	is_int(joblog_close(j), 0, "close");
}

/* Exitval and Signal of a reason. */
static void
is_row(struct result r, const char *want)
{
	int error = 0, code = 99, sig = 99;
	struct joblog *j = begin(path, false, &error);
	char got[32];
	const char *p;

	row(j, 1, r, "c");
	joblog_close(j);
	p = content() + strlen(HEADER);
	if (*p == '\0')
		memcpy(got, "none", 5);
	else if (sscanf(p, "%*s : %*s %*s 0 7 %d %d c\n", &code, &sig) == 2)
		snprintf(got, sizeof(got), "%d %d", code, sig);
	else
		memcpy(got, "?", 2);
	is_str(got, want, "%s", reason_name(r.reason));
}

static void
test_reasons(void)
{
	is_row(ended(REASON_EXIT, 255, 0), "255 0");
	is_row(ended(REASON_SIGNAL, 0, 11), "0 11");
	is_row(ended(REASON_EXEC, 127, 0), "127 0");
	is_row(ended(REASON_BAD_ITEM, 0, 0), "-1 0");
	is_row(ended(REASON_TIMEOUT, 0, 15), "-1 15");
	is_row(ended(REASON_TIMEOUT, 0, 0), "-1 0");
	is_row(ended(REASON_LOST, 0, 9), "-1 9");
	is_row(ended(REASON_LEAK, 0, 0), "-1 0");
	is_row(ended(REASON_LEAK, 4, 0), "4 0");
	is_row(ended(REASON_HALT, 0, 15), "none");
	is_row(ended(REASON_INTERRUPT, 0, 2), "none");
	is_row(ended(REASON_POOL, 0, 0), "none");
}

static void
test_append(void)
{
	int error = 0;
	struct joblog *j;
	static const char first[] =
	    "1\t:\t1795260670.964\t    12.003\t0\t7\t0\t0\ta\n";
	char want[1024];

	unlink(path);
	j = begin(path, true, &error);
	row(j, 1, ended(REASON_EXIT, 0, 0), "a");
	joblog_close(j);
	snprintf(want, sizeof(want), "%s%s", HEADER, first);
	is_str(content(), want, "append to nothing: with a header");
	j = begin(path, true, &error);
	row(j, 1, ended(REASON_EXIT, 0, 0), "a");
	joblog_close(j);
	snprintf(want, sizeof(want), "%s%s%s", HEADER, first, first);
	is_str(content(), want, "append: without a second header");
	put(HEADER "1\t:\t179");
	j = begin(path, true, &error);
	row(j, 1, ended(REASON_EXIT, 0, 0), "a");
	joblog_close(j);
	snprintf(want, sizeof(want), "%s1\t:\t179\t\n%s", HEADER, first);
	is_str(content(), want, "a torn line is ended");
}

static void
test_failures(void)
{
	int error = 0;
	struct joblog *j = begin("/nonexistent/x", false, &error);

	ok(j == NULL, "no such folder");
	is_int(error, ENOENT, "and why");
	error = 0;
	j = begin("/dev/full", false, &error);
	ok(j == NULL, "a full device shows at once");
	is_int(error, ENOSPC, "and why");
	j = begin("/dev/null", true, &error);
	ok(j != NULL, "a device");
	row(j, 1, ended(REASON_EXIT, 0, 0), "a");
	is_int(joblog_close(j), 0, "written");
}

/* What joblog_escape() makes of text, undone; NULL if that is not the text. */
static const char *
escaped(const char *p, size_t n)
{
	static struct buf b;
	size_t i, k = 0;
	bool same = true;

	b.len = 0;
	joblog_escape(&b, p, n);
	for (i = 0; i < b.len; i++, k++) {
		char c = b.data[i];

		if (c == '\t' || c == '\n')
			return NULL;
		if (c == '\\' && i + 1 < b.len &&
		    strchr("tn\\", b.data[i + 1])) {
			c = b.data[++i];
			c = c == 't' ? '\t' : c == 'n' ? '\n' : '\\';
		}
		same = same && k < n && c == p[k];
	}
	return same && k == n ? buf_str(&b) : NULL;
}

static void
test_escape(void)
{
	static const char set[] = "\\\t\ntnx ";
	char text[8];
	unsigned i, j, x, bad = 0;

	is_str(escaped("a\tb\nc", 5), "a\\tb\\nc", "tab and newline");
	is_str(escaped("c\\d \\; \\", 8), "c\\d \\; \\", "backslash stays");
	is_str(escaped("\\n", 2), "\\\\n", "unless it would be read wrong");
	for (i = 0; i < 7 * 7 * 7 * 7 * 7; i++) {
		for (j = 0, x = i; j < 5; j++, x /= 7)
			text[j] = set[x % 7];
		bad += escaped(text, 5) == NULL;
	}
	is_int(bad, 0, "reversible");
}

static void
test_parse(void)
{
	static const char row[] =
	    "12\t:\t1795260670.964\t    12.003\t0\t7\t-1\t15\tc d";
	struct joblog_row r;
	struct buf b = { 0 };
	size_t i, good = 0;

	if (ok(joblog_parse(row, strlen(row), &r), "a row")) {
		is_int(r.seq, 12, "its number");
		ok(r.failed, "failed");
		is_mem(r.command, r.n, "c d", 3, "its command");
	}
	for (i = 0; i < strlen(row) - 3; i++)
		good += joblog_parse(row, i, &r);
	is_int(good, 0, "its beginnings are none, up to the command");
	ok(!joblog_parse(HEADER, strlen(HEADER) - 1, &r), "nor is the header");
	ok(joblog_is_header(HEADER, strlen(HEADER) - 1), "which is one");
	ok(!joblog_is_header("", 0) && !joblog_is_header("x", 1), "others not");
	joblog_unescape(&b, "\\t\\n\\0\\\\\\x\\", 11);
	is_mem(b.data, b.len, "\t\n\0\\\\x\\", 7, "escapes undone");
	buf_free(&b);
}

int
main(void)
{
	close(mkstemp(path));
	test_parse();
	test_rows();
	test_reasons();
	test_append();
	test_failures();
	test_escape();
	unlink(path);
	return done_testing();
}
