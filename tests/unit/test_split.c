/* Records from bytes, fed in any cuts; items from words and files. */
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
#include "input/reader.h"
#include "input/split.h"
#include "tap.h"

/* A record as text: its bytes, ~ for too long, 0 for a NUL in it, the quote
   that is open, a bar. */
static void
add_record(struct buf *b, const struct record *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		buf_addc(b, r->p[i] ? r->p[i] : '@');
	buf_adds(b, r->over ? "~" : r->nul ? "0" : "");
	if (r->open)
		buf_addc(b, r->open);
	buf_addc(b, '|');
}

/* Feeds text in pieces of step bytes, each in a block of its own. */
static void
collect(struct split *s, const char *text, size_t n, size_t step,
    struct buf *b)
{
	struct record r;
	size_t at;

	for (at = 0; at < n; at += step) {
		size_t left = n - at < step ? n - at : step;
		char *piece = malloc(left);
		const char *p = piece;

		memcpy(piece, text + at, left);
		while (split_next(s, &p, &left, &r))
			add_record(b, &r);
		free(piece);
	}
	while (split_end(s, &r))
		add_record(b, &r);
}

/* The same records come out however the text is cut. */
static void
check(const struct split *s, const char *text, size_t n, const char *want,
    const char *name)
{
	bool same = true;
	size_t step;

	for (step = 1; step <= n + 1 && same; step++) {
		struct split copy = *s;
		struct buf b = { 0 };

		collect(&copy, text, n, step, &b);
		same = strcmp(buf_str(&b), want) == 0;
		if (!same || step == n + 1)
			is_str(b.data, want, "%s, cut by %zu", name, step);
		ok(copy.part.cap < 1024, "the store stays small");
		buf_free(&b);
		split_free(&copy);
	}
}

static void
test_records(void)
{
	struct split lines = { .delimiter = '\n', .limit = 1000 };
	struct split null = { .delimiter = '\0', .limit = 1000 };
	struct split comma = { .delimiter = ',', .limit = 1000 };
	struct split skip = lines;

	skip.skip_empty = true;
	check(&lines, "", 0, "", "nothing");
	check(&lines, "a\nbc\n", 5, "a|bc|", "two lines");
	check(&lines, "a\nbc", 4, "a|bc|", "no last newline");
	check(&lines, "\n", 1, "|", "one empty line");
	check(&lines, "\n\na\n\n", 5, "||a||", "empty lines");
	check(&skip, "\n\na\n\n", 5, "a|", "empty lines passed over");
	check(&skip, "\n", 1, "", "only an empty line");
	check(&lines, "a\r\n", 3, "a\r|", "a carriage return is data");
	check(&lines, "a\0b\nc\n", 6, "a@b0|c|", "a NUL in a line");
	check(&null, "a\nb\0c\0", 6, "a\nb|c|", "NUL ends records");
	check(&comma, "a,b,c\n", 6, "a|b|c\n|", "a newline is data to -d");
	check(&comma, "a,,b,", 5, "a||b|", "empty between commas");
}

/* What a record ends in is told of a long one, too, however it is cut. */
static void
ends_in(enum split_how how, const char *text, char last)
{
	struct split s = { .how = how, .delimiter = '\n', .separator = ',',
	    .limit = 3 };
	size_t step;

	for (step = 1; step <= strlen(text); step++) {
		struct record r = { .n = 0 };
		const char *p, *end = text + strlen(text);
		size_t n, at;
		bool got = false;

		for (at = 0; !got; at += step) {
			p = text + at;
			n = (size_t)(end - p) < step ? (size_t)(end - p) : step;
			got = split_next(&s, &p, &n, &r);
		}
		is_int(r.last, last, "%s, cut by %zu", text, step);
	}
	split_free(&s);
}

static void
test_last(void)
{
	ends_in(SPLIT_DELIMITER, "ab\n", 'b');
	ends_in(SPLIT_DELIMITER, "abcd \n", ' ');
	ends_in(SPLIT_DELIMITER, "abcd\r\n", '\r');
	ends_in(SPLIT_DELIMITER, "\n", '\0');
	ends_in(SPLIT_CSV, "abcd,\"e \"\r\n", ' ');
	ends_in(SPLIT_CSV, "\"\"\"\"\n", '\0');
}

static void
test_limits(void)
{
	struct split three = { .delimiter = '\n', .limit = 3 };
	struct split hundred = { .delimiter = '\n', .limit = 100 };
	struct split skip = { .delimiter = '\n', .skip_empty = true };
	char text[5000];
	struct buf want = { 0 };
	size_t i;

	check(&three, "abc\nabcd\nab\n", 12, "abc|abcd~|ab|", "limit 3");
	check(&three, "abcd", 4, "abcd~|", "the last one is too long");
	check(&three, "abcdefghijk\nb", 13, "abcdefghijk~|b|", "goes on");
	check(&skip, "a\n\nb", 4, "a~|b~|", "limit 0, not taken for empty");
	memset(text, 'x', sizeof(text));
	text[4000] = text[4101] = '\n';
	for (i = 0; i < SPLIT_KEEP; i++)
		buf_addc(&want, 'x');
	buf_adds(&want, "~|");
	for (i = 0; i < 100; i++)
		buf_addc(&want, 'x');
	buf_adds(&want, "|x|");
	for (i = 1; i < 4200; i += 97) {
		struct split s = hundred;
		struct buf got = { 0 };

		collect(&s, text, 4103, i, &got);
		is_mem(got.data, got.len, want.data, want.len,
		    "64 bytes of a long record, cut by %zu", i);
		ok(s.part.cap <= 256, "no more than the limit is stored");
		buf_free(&got);
		split_free(&s);
	}
	buf_free(&want);
}

/* Cut by k, it gives the same. */
static void
check_cut(struct split *s, const char *text, size_t n, const char *want,
    size_t k)
{
	struct buf b = { 0 };

	collect(s, text, n, k, &b);
	is_str(buf_str(&b), want, "how %d, cut by %zu", (int)s->how, k);
	buf_free(&b);
	split_free(s);
}

/* A literal and its length. */
#define TEXT(s) s, sizeof(s) - 1

/* As xargs cuts them; tests/differ.bats asks the real one. */
static void
test_xargs_words(void)
{
	struct split w = { .how = SPLIT_WORDS, .delimiter = '\n',
	    .limit = 1000 };
	struct split three = w, skip = w;

	three.limit = 3;
	skip.skip_empty = true;
	check(&w, TEXT(""), "", "no word");
	check(&w, TEXT(" \t\n "), "", "only blanks");
	check(&w, TEXT("a b\tc\nd"), "a|b|c|d|", "words");
	check(&w, TEXT(" a\v\f\r "), "a\v\f\r|", "these are no blanks");
	check(&w, TEXT("a'b c'd\"e f\"g"), "ab cde fg|", "quotes");
	check(&w, TEXT("'' \"\" a"), "||a|", "empty words");
	check(&skip, TEXT("'' \"\" a"), "a|", "are passed over");
	check(&w, TEXT("''"), "|", "an empty one at the end");
	check(&w, TEXT("a \\"), "a|", "a backslash at the end");
	check(&w, TEXT("a\\ b \\'c\\\\ \"\\\""), "a b|'c\\|\\|",
	    "backslashes");
	check(&w, TEXT("a\\\nb\\"), "a\nb|", "at the ends of lines");
	check(&w, TEXT("x 'a b\nc d"), "x|a b'|c|d|", "a quote is not closed");
	check(&w, TEXT("\"a b"), "a b\"|", "at the end");
	check(&w, TEXT("a\0b c"), "a@b0|c|", "a NUL in a word");
	check(&three, TEXT("abc abcd 'a b c' ab"), "abc|abcd~|a b c~|ab|",
	    "limit 3");
}

static void
test_csv(void)
{
	struct split c = { .how = SPLIT_CSV, .delimiter = '\n',
	    .separator = ',', .limit = 1000 };
	struct split three = c;

	three.limit = 3;
	check(&c, TEXT(""), "", "no CSV");
	check(&c, TEXT("a,b\nc\n"), "a,b|c|", "lines");
	check(&c, TEXT("a,b\r\nc\r\n"), "a,b|c|", "CRLF");
	check(&c, TEXT("a\rb\r\r\n\r"), "a\rb\r||", "other returns");
	check(&c, TEXT("\"a\nb\",c\nd"), "\"a\nb\",c|d|", "a newline");
	check(&c, TEXT("\"a\"\"\nb\"\nd"), "\"a\"\"\nb\"|d|",
	    "behind a doubled quote");
	check(&c, TEXT("a\"\nb,\"\n\"\n"), "a\"|b,\"\n\"|",
	    "a quote inside of a field opens nothing");
	check(&c, TEXT("\"a\nb\n"), "\"a\nb\n|", "not closed");
	check(&three, TEXT("\"a\nb\"\nc"), "\"a\nb\"~|c|", "limit 3");
}

/* Random bytes: all cuts give what no cut gives. */
static void
test_cuts(void)
{
	static const char bytes[] = "ab ,\n\n\"\"'\\\r\t";
	struct split s = { .delimiter = '\n', .separator = ',', .limit = 9 };
	uint32_t seed = 1;
	char text[40];
	size_t i, k, n;
	int how;

	for (i = 0; i < 200; i++) {
		for (n = 0; n < sizeof(text); n++) {
			seed = seed * 1664525 + 1013904223;
			text[n] = bytes[(seed >> 16) % (sizeof(bytes) - 1)];
		}
		for (how = SPLIT_DELIMITER; how <= SPLIT_CSV; how++) {
			struct split copy = s;
			struct buf b = { 0 };

			copy.how = (enum split_how)how;
			collect(&copy, text, n, n, &b);
			split_free(&copy);
			copy = s;
			copy.how = (enum split_how)how;
			k = i % 20 + 1;
			check_cut(&copy, text, n, buf_str(&b), k);
			buf_free(&b);
		}
	}
}

/* All items of a source, as add_record() writes them; what ended it. */
static enum source_got
drain(struct reader *s, struct buf *b)
{
	enum source_got got;
	struct item *it;
	size_t len;

	for (;;) {
		got = reader_next(s, &it);
		if (got == SOURCE_WAIT) {
			if (reader_fd(s) >= 0)
				return got;
			reader_read(s);
			continue;
		}
		if (got != SOURCE_ITEM)
			return got;
		buf_adds(b, item_value(it, 0, &len));
		buf_adds(b, it->bad ? "~|" : "|");
		free(it);
	}
}

static void
is_source(const struct reader_conf *conf, enum source_got end,
    const char *want, const char *name)
{
	struct reader *s = reader_new(conf);
	struct buf b = { 0 };

	is_int(drain(s, &b), end, "%s ends", name);
	is_str(buf_str(&b), want, "%s", name);
	buf_free(&b);
	reader_free(s);
}

static void
test_words(void)
{
	char a[] = "a", empty[] = "", lines[] = "b\nc", wide[] = "abcdef";
	char *words[] = { a, empty, lines, wide, NULL };
	struct record_conf rc = { .delimiter = '\n', .limit = 5 };
	struct reader_conf conf = { .words = words, .records = &rc };

	is_source(&conf, SOURCE_END, "a||b\nc|abcdef...~|", "words");
	rc.skip_empty = true;
	is_source(&conf, SOURCE_END, "a|b\nc|abcdef...~|", "words with -r");
}

static void
test_files(const char *dir)
{
	struct record_conf rc = { .delimiter = '\n', .limit = 200000 };
	struct reader_conf conf = { .records = &rc };
	struct reader *s;
	struct buf b = { 0 };
	struct item *it;
	char path[200];
	size_t i;
	FILE *f;
	struct source_fault fault;

	snprintf(path, sizeof(path), "%s/file", dir);
	conf.path = path;
	s = reader_new(&conf);
	is_int(reader_next(s, &it), SOURCE_ERROR, "no such file");
	ok(!reader_ok(s, &fault), "is a failure");
	is_str(fault.name, path, "its name");
	is_int(fault.error, ENOENT, "its errno");
	reader_free(s);

	f = fopen(path, "w");
	fputs("one\n\ntwo", f);
	fclose(f);
	is_source(&conf, SOURCE_END, "one||two|", "a file");

	f = fopen(path, "w");
	for (i = 0; i < 100000; i++)
		fputs("xy", f);
	fputs("\nz\n", f);
	fclose(f);
	s = reader_new(&conf);
	is_int(drain(s, &b), SOURCE_END, "a record of many chunks");
	ok(b.len == 200003 && memcmp(b.data + 199998, "xy|z|", 5) == 0,
	    "it is whole");
	buf_free(&b);
	reader_free(s);
	unlink(path);

	conf.path = dir;
	s = reader_new(&conf);
	is_int(reader_next(s, &it), SOURCE_ERROR, "a directory");
	ok(!reader_ok(s, &fault), "is a failure, too");
	is_int(fault.error, EISDIR, "EISDIR");
	reader_free(s);

	conf.path = "-";
	conf.stdin_closed = true;
	s = reader_new(&conf);
	is_int(reader_next(s, &it), SOURCE_ERROR, "a closed stdin");
	ok(!reader_ok(s, &fault), "is a failure");
	is_str(fault.name, "stdin", "is named");
	is_int(fault.error, EBADF, "EBADF");
	reader_free(s);

	conf.path = "/dev/null";
	is_source(&conf, SOURCE_END, "", "/dev/null");
}

/* A FIFO is no end before its writer came. */
static void
test_fifo(const char *dir)
{
	struct record_conf rc = { .delimiter = '\n', .limit = 1000 };
	struct reader_conf conf = { .records = &rc };
	struct reader *s;
	struct buf b = { 0 };
	char path[200];
	int fd;

	snprintf(path, sizeof(path), "%s/fifo", dir);
	ok(mkfifo(path, 0600) == 0, "mkfifo");
	conf.path = path;
	s = reader_new(&conf);
	ok(reader_fd(s) >= 0, "a FIFO is to be watched");
	reader_read(s);
	is_int(drain(s, &b), SOURCE_WAIT, "no writer yet: wait");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	reader_read(s);
	is_int(drain(s, &b), SOURCE_WAIT, "nothing written yet: wait");
	ok(write(fd, "a\nb", 3) == 3, "written");
	reader_read(s);
	is_int(drain(s, &b), SOURCE_WAIT, "one and a half records");
	is_str(buf_str(&b), "a|", "the first is there at once");
	close(fd);
	reader_read(s);
	is_int(drain(s, &b), SOURCE_END, "the end");
	is_str(buf_str(&b), "a|b|", "all of it");
	buf_free(&b);
	reader_free(s);
	unlink(path);
}

int
main(void)
{
	char dir[] = "/tmp/test_split.XXXXXX";

	test_records();
	test_limits();
	test_last();
	test_xargs_words();
	test_csv();
	test_cuts();
	test_words();
	if (ok(mkdtemp(dir) != NULL, "mkdtemp")) {
		test_files(dir);
		test_fifo(dir);
		rmdir(dir);
	}
	return done_testing();
}
