/* Rows of --results FILE. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/table.h"
#include "tap.h"

static char path[] = "/tmp/test_table.XXXXXX";

static char *
content(void)
{
	struct buf b = { 0 };
	int fd = fd_open(path, O_RDONLY, 0);
	ssize_t n;

	while ((n = read(fd, buf_reserve(&b, 65536), 65536)) > 0)
		b.len += (size_t)n;
	close(fd);
	return buf_steal(&b);
}

static void
is_file(const char *want, const char *name)
{
	char *got = content();

	is_str(got, want, "%s", name);
	free(got);
}

static void
field(struct table *t, int stream, const char *text, size_t n, size_t step)
{
	bool base64 = false;
	size_t at;

	do {
		table_field(t, stream, base64);
		for (at = 0; at < n; at += step)
			table_put(t, text + at, step < n - at ? step : n - at);
		base64 = table_field_end(t) && !base64;
	} while (base64);
}

static void
add(struct table *t, uint64_t seq, const struct value *v, size_t n,
    const char *out, size_t step)
{
	static char name[] = "x,y";
	char *names[] = { NULL, name };
	struct task task = { .seq = seq, .item = item_of(v, n, NULL) };
	struct table_row row = { .received = strlen(out), .command = "a \"b\"",
	    .n = 5, .names = names, .nnames = 2 };

	task.result.reason = REASON_EXIT;
	task.result.code = 3;
	task.result.wall = 1500 * MSEC;
	task.result.ran = 20 * MSEC;
	table_begin(t, &task, &row);
	field(t, 1, out, strlen(out), step);
	field(t, 2, "", 0, step);
	table_end(t);
	free(task.item);
}

static const struct value two[] = { { "v", 1 }, { "a,b", 3 } };
static const struct value three[] = { { "1", 1 }, { "2", 1 }, { "3", 1 } };

static void
test_csv(void)
{
	int error;
	struct table *t = table_open(path, TABLE_CSV, false, &error);

	table_ready(t);
	add(t, 1, two, 2, "o\"\"\n", 1);
	add(t, 2, two, 1, "", 1);
	add(t, 3, three, 3, "x", 1);
	is_int(table_close(t), 0, "written");
	is_file("Seq,Host,Starttime,JobRuntime,Send,Receive,Exitval,Signal,"
	    "Command,V1,\"x,y\",Stdout,Stderr\n"
	    "1,:,1.500,0.020,0,4,3,0,\"a \"\"b\"\"\",v,\"a,b\","
	    "\"o\"\"\"\"\n\",\n"
	    "2,:,1.500,0.020,0,0,3,0,\"a \"\"b\"\"\",v,,,\n"
	    "3,:,1.500,0.020,0,1,3,0,\"a \"\"b\"\"\",1,2 3,\"x\",\n", "CSV");
}

/* What a crash has left is cut off. */
static void
test_torn(void)
{
	static const char whole[] = "h\n1,\"a\nb\"\n", torn[] = "2,\"c\nd";
	int error, fd = fd_open(path, O_WRONLY | O_TRUNC, 0);
	struct table *t;

	if (fd_write(fd, whole, strlen(whole)) < 0 ||
	    fd_write(fd, torn, strlen(torn)) < 0)
		abort();
	close(fd);
	t = table_open(path, TABLE_TSV, true, &error);
	table_ready(t);
	add(t, 3, two, 1, "x", 1);
	table_close(t);
	is_file("h\n1,\"a\nb\"\n3\t:\t1.500\t0.020\t0\t1\t3\t0\t"
	    "\"a \"\"b\"\"\"\tv\t\t\"x\"\t\n", "a torn row is cut off");
}

static void
test_json(void)
{
	static const char start[] = "{\"Seq\":1,\"Host\":\":\","
	    "\"Starttime\":1.500,\"JobRuntime\":0.020,\"Send\":0,"
	    "\"Receive\":%zu,\"Exitval\":3,\"Signal\":0,"
	    "\"Command\":\"a \\\"b\\\"\",\"V\":[\"v\",\"a,b\"],%s"
	    ",\"Stderr\":\"\"}\n";
	static const struct {
		const char *out, *want;
	} row[] = {
		{ "\303\244\342\202\254\360\237\230\200\n", "\"Stdout\":"
		    "\"\303\244\342\202\254\360\237\230\200\\n\"" },
		{ "a\377b", "\"Stdout\":\"a\\ufffdb\","
		    "\"Stdout_base64\":\"Yf9i\"" },
		{ "a\342\202", "\"Stdout\":\"a\\ufffd\\ufffd\","
		    "\"Stdout_base64\":\"YeKC\"" },
	};
	size_t i, step;
	struct buf b = { 0 };
	int error;

	for (i = 0; i < COUNT(row); i++)
		for (step = 1; step < 12; step += i ? 3 : 1) {
			struct table *t = table_open(path, TABLE_JSON, false,
			    &error);

			table_ready(t);
			add(t, 1, two, 2, row[i].out, i ? 3 : step);
			table_close(t);
			b.len = 0;
			buf_addf(&b, start, strlen(row[i].out), row[i].want);
			is_file(buf_str(&b), row[i].want);
		}
	buf_free(&b);
}

static void
test_failure(void)
{
	int error = 0;
	struct table *t = table_open("/dev/full", TABLE_JSON, false, &error);
	char *big = xcalloc(1, 200000);

	table_ready(t);
	memset(big, 'x', 199999);
	add(t, 1, two, 2, big, 50000);
	add(t, 2, two, 2, big, 50000);
	is_int(table_flush(t), -1, "a full disk");
	is_int(table_close(t), -1, "is told");
	free(big);
	ok(table_open("/nonexistent/x", TABLE_CSV, false, &error) == NULL &&
	    error == ENOENT, "no such directory");
}

int
main(void)
{
	close(mkstemp(path));
	test_csv();
	test_torn();
	test_json();
	test_failure();
	unlink(path);
	return done_testing();
}
