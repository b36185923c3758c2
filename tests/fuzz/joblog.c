/*
 * A joblog of any bytes is read the same in any cuts, and no task is known
 * more often than it has rows; a command comes back through its escapes.
 */
#include "config.h"

#include "base/buf.h"
#include "fuzz.h"
#include "output/joblog.h"
#include "output/past.h"

static bool
fits(const void *ctx, const char *text, size_t n)
{
	return n > 0 && *text == *(const char *)ctx;
}

static struct past *
read_log(const struct past_conf *conf, const char *p, size_t n, size_t cut)
{
	struct past *past = past_new(conf);
	size_t len;

	for (; n > 0; p += len, n -= len) {
		len = cut < n ? cut : n;
		if (!past_feed(past, p, len)) {
			past_free(past);
			return NULL;
		}
	}
	past_end(past);
	return past;
}

/* Asks both for every row, and once more. */
static void
ask(struct past *a, struct past *b, const char *p, size_t n)
{
	struct joblog_row r;
	struct buf text = { 0 };
	uint64_t x, y;
	const char *nl;
	size_t len;

	CHECK(past_by_number(a) == past_by_number(b));
	while (n > 0 && (nl = memchr(p, '\n', n)) != NULL) {
		len = (size_t)(nl - p);
		if (joblog_parse(p, len, &r)) {
			text.len = 0;
			joblog_unescape(&text, r.command, r.n);
			x = y = 0;
			CHECK(past_take(a, r.seq, text.data, text.len, &x) ==
			    past_take(b, r.seq, text.data, text.len, &y));
			CHECK(x == y);
		}
		p += len + 1;
		n -= len + 1;
	}
	buf_free(&text);
}

static void
check_escape(const char *p, size_t n)
{
	struct buf once = { 0 }, back = { 0 };

	joblog_escape(&once, p, n);
	joblog_unescape(&back, once.data, once.len);
	CHECK(back.len == n && (n == 0 || memcmp(back.data, p, n) == 0));
	CHECK(once.len == 0 || (!memchr(once.data, '\n', once.len) &&
	    !memchr(once.data, '\t', once.len)));
	buf_free(&once);
	buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	unsigned flags = fuzz_byte(&f);
	size_t cut = fuzz_byte(&f) + 1;
	char first = (char)fuzz_byte(&f);
	struct past_conf conf = { .key = { 1, 2 }, .by_number = flags & 1,
		.fits = flags & 2 ? fits : NULL, .ctx = &first };
	struct past *a, *b;

	check_escape(f.p, f.n);
	a = read_log(&conf, f.p, f.n, f.n);
	b = read_log(&conf, f.p, f.n, cut);
	CHECK((a == NULL) == (b == NULL));
	if (a && b)
		ask(a, b, f.p, f.n);
	past_free(a);
	past_free(b);
	return 0;
}
