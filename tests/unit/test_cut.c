/*
 * Borders between records, against a search of all places; and that it makes
 * no difference in what pieces the bytes came.
 */
#include "config.h"

#include <stdlib.h>

#include "input/cut.h"

#include "tap.h"

static struct cut *
make(const char *end, const char *start, bool regexp, uint64_t records,
    uint64_t lines)
{
	struct cut_conf conf = {
		.start = start, .nstart = strlen(start), .end = end,
		.nend = strlen(end), .regexp = regexp, .records = records,
		.lines = lines,
	};
	struct fault f;
	bool at_start;
	struct cut *c = cut_new(&conf, &f, &at_start);

	ok(c != NULL, "end \"%s\", start \"%s\"", end, start);
	return c;
}

static bool
is_border(const char *p, size_t n, size_t at, const char *end,
    const char *start)
{
	size_t e = strlen(end), s = strlen(start);

	return at > 0 && at <= n && at >= e && at + s <= n &&
	    memcmp(p + at - e, end, e) == 0 && memcmp(p + at, start, s) == 0;
}

/* The last of them, by looking everywhere. */
static void
from_behind(const char *end, const char *start)
{
	struct cut *c = make(end, start, false, 0, 0);
	char bytes[42] = "\n", *p = bytes + 1;
	size_t n, at, got;
	bool all = true;
	int i, k;

	for (i = 0; i < 20000; i++) {
		n = (size_t)(rand() % 40);
		for (k = 0; k < 40; k++)
			p[k] = "ab\n"[rand() % 3];
		for (at = n; at > 0 && !is_border(p, n, at, end, start); at--)
			;
		got = cut_last(c, &(struct cut_scan){ 0 }, p, n, 0, n);
		all = all && got == at;
	}
	ok(all, "the last border, \"%s\" \"%s\"", end, start);
	cut_free(c);
}

/* The last border, looked for in steps, as of a file. */
static size_t
step_by_step(const struct cut *c, char *p, size_t n)
{
	struct cut_back s;
	size_t from, got;
	off_t at, to;

	cut_back_from(&s, (off_t)n);
	while (cut_back_next(c, &s, &at, &to, &from)) {
		if (to > (off_t)n)
			to = (off_t)n;
		got = cut_last(c, &s.scan, p + at, (size_t)(to - at), from,
		    n - (size_t)at);
		if (got)
			return (size_t)at + got;
	}
	return 0;
}

static void
in_steps(const char *end, const char *start, bool regexp, const char *text)
{
	enum { N = 400000 };
	struct cut *c = make(end, start, regexp, 0, 0);
	size_t len = strlen(text), put, e = strlen(end), want;
	char *bytes = malloc(N + 3), *p = bytes + 1;
	bool all = true;
	int i;

	bytes[0] = '\n';
	if (regexp)
		e = end[0] ? len : 0;
	for (i = 0; i < 60; i++) {
		put = (size_t)rand() % (N - len);
		memset(p, '.', N + 1);
		memcpy(p + put, text, len);
		want = put + e;
		all = all && step_by_step(c, p, N) == want;
	}
	memset(p, '.', N + 1);
	all = all && step_by_step(c, p, N) == 0;
	ok(all, "in steps, \"%s\" \"%s\"", end, start);
	free(bytes);
	cut_free(c);
}

/* Where the first block ends when so many bytes come at a time. */
static size_t
in_pieces(const struct cut *c, char *p, size_t n, size_t piece)
{
	struct cut_scan s = { 0 };
	size_t have, got = 0;

	for (have = 0; have < n && got == 0; ) {
		have = n - have < piece ? n : have + piece;
		do {
			got = cut_scan(c, &s, p, have, have == n, true);
		} while (s.tired);
	}
	return got;
}

static void
piecemeal(const char *end, const char *start, bool regexp, uint64_t records,
    uint64_t lines)
{
	struct cut *c = make(end, start, regexp, records, lines);
	size_t n, piece, want;
	bool all = true;
	char bytes[42] = "\n", *p = bytes + 1;
	int i, k;

	for (i = 0; i < 5000; i++) {
		n = (size_t)(rand() % 40);
		for (k = 0; k < 40; k++)
			p[k] = "ab\n"[rand() % 3];
		want = in_pieces(c, p, n, 40);
		for (piece = 1; piece < 7; piece++)
			all = all && in_pieces(c, p, n, piece) == want;
	}
	ok(all, "in pieces, \"%s\" \"%s\"", end, start);
	cut_free(c);
}

static void
strips(const char *end, const char *start, bool regexp, const char *text,
    const char *want)
{
	struct cut *c = make(end, start, regexp, 0, 0);
	char bytes[65] = "\n", *p = bytes + 1;
	size_t n = strlen(text);
	struct cut_strip s = { 0 };

	memcpy(p, text, n + 1);
	ok(cut_strip(c, &s, p, n, n, true, &n), "in one step");
	is_mem(p, n, want, strlen(want), "\"%s\" without separators", text);
	cut_free(c);
}

/* An end that is longer than what is looked at where it is an expression. */
static void
strips_long_end(void)
{
	enum { N = 70000 };
	char *bytes = malloc(N + 6), *p = bytes + 1;
	struct cut_strip s = { 0 };
	struct cut *c;
	size_t left;

	memset(p, 'e', N);
	p[N] = '\0';
	c = make(p, "S", false, 0, 0);
	memcpy(bytes, "\nSabc", 5);
	memset(p + 4, 'e', N);
	ok(cut_strip(c, &s, p, N + 4, N + 4, true, &left), "in one step");
	is_mem(p, left, "abc", 3, "a long end is removed");
	cut_free(c);
	free(bytes);
}

static void
ends(const char *text, size_t want, struct cut *c)
{
	struct cut_scan s = { 0 };
	char bytes[65] = "\n", *p = bytes + 1;

	memcpy(p, text, strlen(text) + 1);
	is_int(cut_scan(c, &s, p, strlen(text), true, true), want,
	    "the block of \"%s\"", text);
	cut_free(c);
}

/* What is left of p[0..n) that comes in pieces, each up to where scanning has
   come; out gets it. */
static size_t
strip_pieces(const struct cut *c, char *p, size_t n, char *out)
{
	struct cut_strip s = { 0 };
	struct cut_scan scan = { 0 };
	size_t have = 0, piece, left, got = 0;
	char last;

	while (n > 0) {
		have += (size_t)rand() % 9 + 1;
		have = have < n ? have : n;
		cut_scan(c, &scan, p, have, have == n, true);
		piece = have == n ? n : scan.at ? scan.at - 1 : 0;
		if (piece == 0)
			continue;
		last = p[piece - 1];
		cut_strip(c, &s, p, piece, have, have == n, &left);
		memcpy(out + got, p, left);
		got += left;
		p[piece - 1] = last;
		scan.at -= piece < scan.at ? piece : scan.at;
		p += piece;
		n -= piece;
		have -= piece;
	}
	return got;
}

/* A block without separators is the same however it came. */
static void
strips_in_pieces(const char *end, const char *start, bool regexp)
{
	struct cut *c = make(end, start, regexp, 1000, 0);
	char bytes[62] = "\n", again[62], out[61];
	struct cut_strip s;
	size_t n, want, got;
	bool all = true;
	int i, k;

	for (i = 0; i < 20000; i++) {
		n = (size_t)(rand() % 60);
		for (k = 1; k <= 60; k++)
			bytes[k] = "ab\n,"[rand() % 4];
		memcpy(again, bytes, sizeof(again));
		got = strip_pieces(c, again + 1, n, out);
		memset(&s, 0, sizeof(s));
		cut_strip(c, &s, bytes + 1, n, n, true, &want);
		all = all && got == want && memcmp(out, bytes + 1, got) == 0;
	}
	ok(all, "no separators in pieces, \"%s\" \"%s\"", end, start);
	cut_free(c);
}

/* Where the last border is, up to most, when n bytes are seen. */
static void
last_up_to(const char *text, size_t most, size_t want, struct cut *c)
{
	char bytes[65] = "\n", *p = bytes + 1;

	memcpy(p, text, strlen(text) + 1);
	is_int(cut_last(c, &(struct cut_scan){ 0 }, p, strlen(text), 0,
	    most), want,
	    "\"%s\" up to %zu", text, most);
	cut_free(c);
}

/* Expressions that are none. */
static void
refused(const char *end, bool wrong)
{
	struct cut_conf conf = { .start = "", .end = end, .nend = strlen(end),
	    .regexp = true };
	struct fault f;
	bool at_start;
	struct cut *c = cut_new(&conf, &f, &at_start);

	ok((c == NULL) == wrong, "%s: %s", end, c ? "good" : f.why);
	cut_free(c);
}

int
main(void)
{
	from_behind("\n", "");
	from_behind("", "a");
	from_behind("\n", "a");
	from_behind("ab", "ba");
	from_behind("aa", "");
	from_behind("", "");
	in_steps("\n", "", false, "\n");
	in_steps("", ">", false, ">");
	in_steps("ab", "cde", false, "abcde");
	in_steps("x{1,};", "", true, "xx;");
	in_steps("[0-9]+", "", true, "12345");
	in_steps("", "[0-9]+", true, "12345");
	piecemeal("\n", "", false, 1, 0);
	piecemeal("\n", "", false, 3, 0);
	piecemeal("\n", "", false, 0, 2);
	piecemeal("a\n", "b", false, 2, 0);
	piecemeal("", "ab", false, 2, 0);
	piecemeal("aa", "", false, 2, 2);
	piecemeal("", "", false, 7, 0);
	piecemeal("\n+", "", true, 2, 0);
	piecemeal("", "^a", true, 2, 0);
	piecemeal("b", "a|\n", true, 1, 0);
	ends("1\n2\n3\n", 4, make("\n", "", false, 2, 0));
	ends("1\n2\n3\n", 0, make("\n", "", false, 4, 0));
	ends("1\n2\n3\n4\n5\n", 8, make("\n", "", false, 2, 2));
	ends(">a>b>c", 4, make("", ">", false, 2, 0));
	ends("a1b22c", 5, make("[0-9]+", "", true, 2, 0));
	strips(",", "", false, "a,b,c", "abc");
	strips(",", "", false, "a,b,c,", "abc");
	strips("", ">", false, ">a>b", "ab");
	strips("]", "[", false, "[a][b]", "ab");
	strips("[0-9]", "", true, "a1b22", "ab");
	strips("[0-9]", "x", true, "xa1xb2", "ab");
	strips("ab", "a", false, "xababay", "xy");
	strips("E.*", "S", true, "xxE11Sbbb", "xxbbb");
	strips("aa", "a", false, "aaaaaaaaa", "");
	strips("ab", "a", false, "xabab", "x");
	strips("x$", "", true, "axbx", "axb");
	strips("^a", "", true, "aa\na", "a\n");
	strips("", "^1", true, "11\n1", "1\n");
	strips_long_end();
	strips_in_pieces(",", "", false);
	strips_in_pieces("", ",", false);
	strips_in_pieces(",\n", "", false);
	strips_in_pieces(",", "a", false);
	strips_in_pieces("ab", "ba", false);
	strips_in_pieces("ab", "a", false);
	strips_in_pieces("aa", "", false);
	last_up_to(">a>b>c", 4, 4, make("", ">", false, 0, 0));
	last_up_to(">a>b>c", 3, 2, make("", ">", false, 0, 0));
	last_up_to("a\nb\nc", 4, 4, make("\n", "", false, 0, 0));
	last_up_to("1a2a3a", 4, 4, make("", "[0-9]", true, 0, 0));
	last_up_to("1a2a3a", 3, 2, make("", "[0-9]", true, 0, 0));
	refused("(a)\\1", true);
	refused("a\\", true);
	refused("\\.1", false);
	refused("[\\1]", false);
	refused("[]\\1[:digit:]]x", false);
	refused("[^]a]\\2", true);
	return done_testing();
}
