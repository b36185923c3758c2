#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "output/joblog.h"
#include "output/past.h"
#include "tap.h"

#define HEADER "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\t" \
	"Signal\tCommand\n"
#define ROW(seq, code, sig, command) \
	#seq "\t:\t1.000\t     0.001\t0\t0\t" #code "\t" #sig "\t" command "\n"

static char path[] = "/tmp/test_past.XXXXXX";

static bool
is_of_a(const void *ctx, const char *text, size_t n)
{
	(void)ctx;
	return n > 0 && *text == 'a';
}

static struct past *
past_of(const char *log, bool by_number)
{
	struct past_conf conf = { .key = hash_key(), .by_number = by_number,
		.fits = is_of_a };
	struct past *p = past_new(&conf);

	ok(past_feed(p, log, strlen(log)), "read");
	past_end(p);
	return p;
}

static void
takes(struct past *p, uint64_t seq, const char *command, enum past_task want,
    uint64_t want_row)
{
	uint64_t row = 0;

	is_int(past_take(p, seq, command, strlen(command), &row), want,
	    "%s, number %d", command, (int)seq);
	is_int(row, want_row, "its row");
}

static void
test_text(void)
{
	struct past *p = past_of(HEADER ROW(1, 0, 0, "a 1") ROW(2, 1, 0, "a 2")
	    ROW(3, 0, 9, "a 3") ROW(4, -1, 0, "a 4") ROW(5, 0, 0, "a\\t5"),
	    false);

	ok(!past_by_number(p), "by text");
	takes(p, 9, "a 1", PAST_OK, 1);
	takes(p, 1, "a 1", PAST_NEW, 0);
	takes(p, 2, "a 2", PAST_FAILED, 2);
	takes(p, 3, "a 3", PAST_FAILED, 3);
	takes(p, 4, "a 4", PAST_FAILED, 4);
	takes(p, 5, "a\\t5", PAST_NEW, 0);
	takes(p, 5, "a\t5", PAST_OK, 5);
	takes(p, 1, "b 1", PAST_NEW, 0);
	past_free(p);
}

static void
test_multiset(void)
{
	struct past *p = past_of(HEADER ROW(1, 0, 0, "a") ROW(3, 2, 0, "a")
	    ROW(3, 0, 0, "a") ROW(7, 1, 0, "a") ROW(7, 0, 0, "b"), false);

	takes(p, 7, "a", PAST_FAILED, 7);
	takes(p, 8, "a", PAST_OK, 1);
	takes(p, 9, "a", PAST_OK, 3);
	takes(p, 10, "a", PAST_NEW, 0);
	takes(p, 3, "a", PAST_NEW, 0);
	takes(p, 1, "b", PAST_OK, 7);
	past_free(p);
	p = past_of(HEADER ROW(1, 0, 0, "a") ROW(1, 0, 0, "a"), false);
	takes(p, 5, "a", PAST_OK, 1);
	takes(p, 6, "a", PAST_OK, 1);
	takes(p, 7, "a", PAST_NEW, 0);
	past_free(p);
}

/* Whose row is it, when not all tasks of a text have one? */
static void
test_gaps(void)
{
	struct past_conf both = { .key = hash_key(), .by_both = true };
	static const char log[] = HEADER ROW(2, 0, 0, "a") ROW(3, 0, 0, "a");
	struct past *p = past_of(log, false);

	takes(p, 1, "a", PAST_NEW, 0);
	takes(p, 2, "a", PAST_OK, 2);
	takes(p, 3, "a", PAST_OK, 3);
	takes(p, 4, "a", PAST_NEW, 0);
	past_free(p);
	p = past_of(HEADER ROW(1, 0, 0, "b") ROW(4, 0, 0, "a"), false);
	takes(p, 1, "a", PAST_OK, 4);
	takes(p, 2, "b", PAST_OK, 1);
	past_free(p);
	p = past_of(HEADER ROW(2, 0, 0, "a"), false);
	takes(p, 3, "a", PAST_OK, 2);
	past_free(p);
	/* the order has changed: before, or above */
	p = past_of(HEADER ROW(1, 0, 0, "a") ROW(1, 0, 0, "b")
	    ROW(3, 0, 0, "c"), false);
	takes(p, 1, "a", PAST_OK, 1);
	takes(p, 2, "c", PAST_OK, 3);
	past_free(p);
	p = past_of(HEADER ROW(1, 0, 0, "a") ROW(2, 0, 0, "b")
	    ROW(5, 0, 0, "c"), false);
	takes(p, 1, "b", PAST_OK, 2);
	takes(p, 4, "c", PAST_OK, 5);
	past_free(p);
	p = past_new(&both);
	ok(past_feed(p, log, strlen(log)), "read");
	past_end(p);
	takes(p, 4, "a", PAST_NEW, 0);
	takes(p, 2, "a", PAST_OK, 2);
	past_free(p);
}

static void
test_number(void)
{
	struct past *p = past_of(HEADER ROW(1, 0, 0, "x") ROW(2, 0, 0, "y")
	    ROW(2, 1, 0, "z"), false);

	ok(past_by_number(p), "no text fits: by number");
	takes(p, 1, "a", PAST_OK, 1);
	takes(p, 1, "a", PAST_NEW, 0);
	takes(p, 2, "x", PAST_FAILED, 2);
	takes(p, 3, "x", PAST_NEW, 0);
	past_free(p);
	p = past_of(HEADER ROW(5, 0, 0, "a 1"), true);
	ok(past_by_number(p), "by number as it was asked for");
	takes(p, 5, "a 2", PAST_OK, 5);
	past_free(p);
	p = past_of(HEADER, false);
	ok(!past_by_number(p), "an empty log");
	takes(p, 1, "a 1", PAST_NEW, 0);
	past_free(p);
	p = past_of("", false);
	takes(p, 1, "a 1", PAST_NEW, 0);
	past_free(p);
}

static void
test_torn(void)
{
	struct past *p = past_of(HEADER "1\t:\t1.0\n"
	    "2\t:\t1.0\t 1.0\t0\t0\t0\t0\ta 2\t\n"
	    "\t\n3\t:\t1.0\t 1.0\t0\t0\t0\t0\t\n"
	    "4\t:\t1.0\t 1.0\t0\t0\t0\t0\ta 4", false);

	takes(p, 1, "", PAST_NEW, 0);
	takes(p, 2, "a 2", PAST_NEW, 0);
	takes(p, 2, "a 2\t", PAST_NEW, 0);
	takes(p, 3, "", PAST_NEW, 0);
	takes(p, 4, "a 4", PAST_NEW, 0);
	past_free(p);
}

static bool
is_log(const char *text)
{
	struct past_conf conf = { 0 };
	struct past *p = past_new(&conf);
	bool good = past_feed(p, text, strlen(text));

	past_free(p);
	return good;
}

static void
test_others(void)
{
	ok(is_log(HEADER "nonsense\n"), "a heading");
	ok(is_log("Seq\tHos\t\n"), "a torn heading that was ended");
	ok(is_log(ROW(1, 0, 0, "c")), "a row");
	ok(!is_log("root:x:0:0\n"), "another file");
	ok(!is_log("\n"), "an empty line");
	ok(!is_log("0\t:\t1\t1\t0\t0\t0\t0\tc\n"), "no number");
	ok(!is_log("1\t:\t1\t1\t0\t0\tx\t0\tc\n"), "no exit status");
}

/* Writes the file and reads it. */
static const char *
reads(struct past **p, const char *text, int *error)
{
	struct past_conf conf = { .key = hash_key() };
	int fd = fd_open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	fd_write(fd, text, strlen(text));
	close(fd);
	*p = past_new(&conf);
	return past_read(*p, path, error);
}

static void
test_file(void)
{
	struct buf b = { 0 };
	struct past *p;
	uint64_t row = 0;
	int error;

	is_str(reads(&p, HEADER ROW(9, 1, 0, "a\\n9") ROW(4, 0, 0, "a 4")
	    ROW(5, 2, 0, "a 5") ROW(5, 0, 0, "a 5") ROW(2, 0, 15, "a 2")
	    "1\t:\t1\t1\t0\t0\t1\t0\ttorn", &error), NULL, "a file");
	is_int(past_next_failed(p, &row, &b), 1, "a failed one");
	is_int(row, 2, "the first by number");
	is_str(buf_str(&b), "a 2", "its command");
	is_int(past_next_failed(p, &row, &b), 1, "another");
	is_int(row, 9, "its number");
	is_str(buf_str(&b), "a\n9", "its command");
	is_int(past_next_failed(p, &row, &b), 0, "no more");
	past_free(p);
	is_str(reads(&p, HEADER ROW(1, 1, 0, "a"), &error), NULL, "a file");
	is_int(truncate(path, 0), 0, "emptied");
	is_int(past_next_failed(p, &row, &b), -1, "it cannot be read again");
	past_free(p);
	ok(reads(&p, "no log and no newline", &error) != NULL, "no joblog");
	past_free(p);
	is_str(reads(&p, "Seq\tHo", &error), NULL, "a torn heading");
	past_free(p);
	p = past_new(&(struct past_conf){ .by_number = false });
	is_str(past_read(p, "/nonexistent", &error), NULL, "no file");
	past_free(p);
	p = past_new(&(struct past_conf){ .by_number = false });
	ok(past_read(p, "/dev/null", &error) != NULL, "no regular file");
	past_free(p);
	buf_free(&b);
}

int
main(void)
{
	close(mkstemp(path));
	test_text();
	test_multiset();
	test_gaps();
	test_number();
	test_torn();
	test_others();
	test_file();
	unlink(path);
	return done_testing();
}
