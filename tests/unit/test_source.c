/* Several sources combined, in step and not, and put into a random order. */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/shuffle.h"
#include "input/source.h"
#include "tap.h"

enum { SOURCES_MAX = 4, WORDS_MAX = 16 };

/* "ab 12 +xyz" as three sources of one-letter words; + links one. */
struct setting {
	char text[64];
	char letters[256][2];
	char *words[SOURCES_MAX][WORDS_MAX];
	struct source_from from[SOURCES_MAX];
	struct source_conf conf;
};

static void
set(struct setting *s, const char *text)
{
	struct source_conf conf = { .from = s->from, .n = 1,
	    .records = { .delimiter = '\n', .limit = 100 } };
	size_t k = 0;
	int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < 256; i++)
		s->letters[i][0] = (char)i;
	for (; *text; text++) {
		if (*text == ' ') {
			conf.n++;
			k = 0;
		} else if (*text == '+') {
			s->from[conf.n - 1].linked = true;
		} else {
			s->words[conf.n - 1][k++] =
			    s->letters[(unsigned char)*text];
		}
	}
	for (i = 0; i < SOURCES_MAX; i++)
		s->from[i].words = s->words[i];
	s->conf = conf;
}

/* All items, their values joined, with bars; at most max. */
static enum source_got
drain(struct source *s, struct buf *b, size_t max)
{
	enum source_got got = SOURCE_ITEM;
	struct item *it;
	size_t i, len;

	while (max && got != SOURCE_END && got != SOURCE_ERROR) {
		got = source_next(s, &it);
		if (got == SOURCE_WAIT && source_fd(s) >= 0)
			return got;
		if (got == SOURCE_WAIT)
			source_read(s);
		if (got != SOURCE_ITEM)
			continue;
		for (i = 0; i < it->n; i++)
			buf_adds(b, item_value(it, i, &len));
		buf_adds(b, it->bad ? "!|" : "|");
		free(it);
		max--;
	}
	return got;
}

static void
gives(const struct source_conf *conf, const char *want, const char *name)
{
	struct source *s = source_new(conf);
	struct buf b = { 0 };

	is_int(drain(s, &b, 1000), SOURCE_END, "%s: ends", name);
	is_str(buf_str(&b), want, "%s", name);
	buf_free(&b);
	source_free(s);
}

/* tests/differ.bats asks GNU parallel. */
static void
test_combinations(void)
{
	static const struct {
		const char *sources, *want;
	} cases[] = {
		{ "abc", "a|b|c|" },
		{ "ab 12", "a1|a2|b1|b2|" },
		{ "ab 1 xy", "a1x|a1y|b1x|b1y|" },
		{ "ab 12 xy", "a1x|a1y|a2x|a2y|b1x|b1y|b2x|b2y|" },
		{ "", "" },
		{ " ab", "" },
		{ "ab ", "" },
		{ "ab  12", "" },
		{ "abc +12", "a1|b2|" },
		{ "ab +123", "a1|b2|" },
		{ "ab +12 +x", "a1x|" },
		{ "ab +", "" },
		{ "+ab 12", "a1|a2|b1|b2|" },
		{ "XY ab +12", "Xa1|Xb2|Ya1|Yb2|" },
		{ "XY +12 AB +ab", "X1Aa|X1Bb|Y2Aa|Y2Bb|" },
	};
	struct setting s;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set(&s, cases[i].sources);
		gives(&s.conf, cases[i].want, cases[i].sources);
	}
}

static void
test_link(void)
{
	static const struct {
		const char *sources, *want;
	} cases[] = {
		{ "abc", "a|b|c|" },
		{ "ab 12", "a1|b2|" },
		{ "abc 12", "a1|b2|c1|" },
		{ "ab 12345", "a1|b2|a3|b4|a5|" },
		{ "a 12 xyz", "a1x|a2y|a1z|" },
		{ "abcde 12 xyz", "a1x|b2y|c1z|d2x|e1y|" },
		{ "abc +12 xyzw", "a1x|b2y|c1z|a2w|" },
		{ "ab ", "" },
		{ " ab", "" },
	};
	struct setting s;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set(&s, cases[i].sources);
		s.conf.link = true;
		gives(&s.conf, cases[i].want, cases[i].sources);
	}
}

static void
test_options(void)
{
	struct setting s;
	struct columns *c;
	struct columns_conf cc = { .regex = "," };
	struct fault f;

	set(&s, "abc 12");
	s.conf.max_items = 3;
	gives(&s.conf, "a1|a2|b1|", "at most three");
	set(&s, "abc 123");
	s.conf.records.eof = "b";
	gives(&s.conf, "a1|a2|a3|", "-E in the first");
	s.conf.records.eof = "2";
	gives(&s.conf, "a1|b1|c1|", "-E in the second");
	set(&s, "abc 12");
	s.conf.skip_first = true;
	gives(&s.conf, "b1|b2|c1|c2|", "only the first source's first");
	set(&s, "ab 12");
	s.conf.records.limit = 0;
	gives(&s.conf, "a...!|a...!|b...!|b...!|", "a bad item makes bad ones");

	set(&s, "abc 1");
	c = columns_new(&cc, &f);
	s.conf.records.columns = c;
	s.words[0][1] = (char[]){ "x,y" };
	gives(&s.conf, "a1|xy1|c1|", "columns");
	columns_free(c);
}

static void
test_header(void)
{
	struct setting s;
	struct source *src;
	struct columns_conf cc = { .regex = "," };
	struct item *it;
	struct buf b = { 0 };
	struct fault f;

	set(&s, "abcd 12");
	s.conf.header = true;
	s.conf.records.eof = "a";
	s.conf.records.columns = columns_new(&cc, &f);
	s.words[0][0] = (char[]){ "h,i" };
	s.words[0][1] = (char[]){ "x,y" };
	s.words[0][3] = (char[]){ "1,2,3" };
	src = source_new(&s.conf);
	is_int(source_header(src, &it), SOURCE_ITEM, "a header");
	item_show(it, &b);
	is_str(buf_str(&b), "h i 1", "of all sources");
	free(it);
	b.len = 0;
	is_int(drain(src, &b, 1000), SOURCE_END, "its items");
	is_str(buf_str(&b), "xy2|c2|1,2,3!|", "are as wide");
	source_free(src);
	columns_free(s.conf.records.columns);
	buf_free(&b);
}

/* Neither is read further than the combination asked for needs. */
static void
test_lazy(void)
{
	struct setting s;
	struct source *src;
	struct buf b = { 0 };
	char path[32];
	int p[2];

	set(&s, "ab ");
	ok(pipe(p) == 0, "pipe");
	snprintf(path, sizeof(path), "/dev/fd/%d", p[0]);
	s.from[1] = (struct source_from){ .path = path };
	src = source_new(&s.conf);
	is_int(drain(src, &b, 9), SOURCE_WAIT, "nothing there");
	ok(write(p[1], "1\n2\n", 4) == 4, "written");
	source_read(src);
	is_int(drain(src, &b, 9), SOURCE_WAIT, "two there");
	is_str(buf_str(&b), "a1|a2|", "are used at once");
	close(p[1]);
	source_read(src);
	is_int(drain(src, &b, 9), SOURCE_END, "the end");
	is_str(buf_str(&b), "a1|a2|b1|b2|", "they are remembered");
	source_free(src);
	close(p[0]);
	buf_free(&b);
}

/* The values of what comes through a pipe, a byte at a time. */
static void
trickles(const char *text, size_t n, const char *want, const char *name)
{
	struct columns_conf cc = { .csv = true, .separator = ',' };
	struct setting s;
	struct source *src;
	struct buf b = { 0 };
	struct fault f;
	char path[32];
	int p[2];

	set(&s, "");
	s.conf.records.how = SPLIT_CSV;
	s.conf.records.separator = ',';
	s.conf.records.columns = columns_new(&cc, &f);
	ok(pipe(p) == 0, "pipe");
	snprintf(path, sizeof(path), "/dev/fd/%d", p[0]);
	s.from[0] = (struct source_from){ .path = path };
	src = source_new(&s.conf);
	for (; n > 0; n--) {
		drain(src, &b, 9);
		ok(write(p[1], text++, 1) == 1, "written");
		source_read(src);
	}
	close(p[1]);
	while (drain(src, &b, 9) == SOURCE_WAIT)
		source_read(src);
	is_str(buf_str(&b), want, "%s", name);
	source_free(src);
	columns_free(s.conf.records.columns);
	close(p[0]);
	buf_free(&b);
}

static void
test_mark(void)
{
	trickles("\xef\xbb\xbf" "a,b\n", 7, "ab|", "a byte order mark");
	trickles("\xef\xbb\xbf", 3, "", "nothing behind it");
	trickles("\xef\xbb" "a\n", 4, "\xef\xbb" "a|", "none");
	trickles("\xef\xbb", 2, "\xef\xbb|", "a part of one");
	trickles("\xef\xbb\xbf\xef\xbb\xbf", 6, "\xef\xbb\xbf|",
	    "the second is data");
}

static void
test_shuffle(void)
{
	char letters[] = "abcdefghij";
	struct item *v[10];
	struct setting s;
	struct source *src;
	struct buf b = { 0 };
	uint64_t seed;
	size_t first[3] = { 0 }, i;

	for (i = 0; i < 10; i++)
		v[i] = (struct item *)(void *)&letters[i];
	shuffle(v, 10, 1);
	for (i = 0; i < 10; i++)
		buf_addc(&b, *(char *)v[i]);
	is_str(buf_str(&b), "ecibjdaghf", "an order that stays");
	for (seed = 0; seed < 3000; seed++) {
		for (i = 0; i < 3; i++)
			v[i] = (struct item *)(void *)&letters[i];
		shuffle(v, 3, seed);
		first[*(char *)v[0] - 'a']++;
	}
	for (i = 0; i < 3; i++)
		ok(first[i] > 850 && first[i] < 1150,
		    "%zu of 3000 begin with %c", first[i], letters[i]);

	set(&s, "abcd 123");
	s.conf.shuf = true;
	s.conf.max_items = 5;
	b.len = 0;
	src = source_new(&s.conf);
	is_int(drain(src, &b, 1000), SOURCE_END, "shuffled");
	is_int(b.len, 15, "five of twelve");
	source_free(src);
	buf_free(&b);
}

int
main(void)
{
	test_combinations();
	test_link();
	test_options();
	test_header();
	test_lazy();
	test_mark();
	test_shuffle();
	return done_testing();
}
