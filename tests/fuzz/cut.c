/* Blocks are the same however their bytes came, and none is empty. */
#include "config.h"

#include "fuzz.h"
#include "input/cut.h"

/* Where the first block ends when so many bytes come at a time. */
static size_t
run(const struct cut *c, char *p, size_t n, size_t piece)
{
	struct cut_scan s = { 0 };
	size_t have = 0, got = 0;

	while (have < n && got == 0) {
		have = n - have < piece ? n : have + piece;
		got = cut_scan(c, &s, p, have, have == n, true);
		CHECK(got <= have);
	}
	return got;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	struct cut_conf conf = { 0 };
	struct fault fault;
	bool at_start;
	struct cut *c;
	struct cut_strip s = { 0 };
	char *start, *end, *bytes, *p;
	unsigned flags = fuzz_byte(&f);
	size_t n, last, left;

	conf.records = flags & 3;
	conf.lines = (flags >> 2) & 3;
	end = fuzz_word(&f, '\n', &conf.nend);
	start = fuzz_word(&f, '\n', &conf.nstart);
	conf.end = end;
	conf.start = start;
	c = cut_new(&conf, &fault, &at_start);
	CHECK(c != NULL);
	bytes = malloc(f.n + 2);
	if (bytes == NULL)
		abort();
	bytes[0] = '\n';
	p = bytes + 1;
	if (f.n)
		memcpy(p, f.p, f.n);
	n = run(c, p, f.n, f.n + 1);
	CHECK(n == run(c, p, f.n, 1));
	CHECK(n == run(c, p, f.n, 1 + (flags >> 4)));
	last = cut_last(c, &(struct cut_scan){ 0 }, p, f.n, 0, f.n);
	CHECK(last <= f.n);
	CHECK(n == 0 || cut_counts(c) || last >= n);
	CHECK(cut_strip(c, &s, p, f.n, f.n, true, &left));
	CHECK(left <= f.n);
	cut_free(c);
	free(start);
	free(end);
	free(bytes);
	return 0;
}
