/* Numbers, durations, sizes, ladders, --halt, --delimiter, --jobs. */
#include "config.h"

#include "base/ladder.h"
#include "base/num.h"
#include "cli/value.h"
#include "fuzz.h"

static bool
good(struct fault f, size_t n)
{
	CHECK(f.offset <= n);
	return f.why == NULL;
}

static void
check_ladder(const char *s, size_t n)
{
	struct ladder l;
	size_t i;

	if (!good(ladder_parse(s, &l), n))
		return;
	CHECK(l.n >= 1 && l.n <= LADDER_MAX);
	for (i = 0; i < l.n; i++)
		CHECK(l.rung[i].sig > 0 && l.rung[i].wait >= 0);
	CHECK(l.rung[l.n - 1].wait == 0);
	CHECK(ladder_length(&l) >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	size_t max = fuzz_byte(&f) * 1000, n, jobs;
	char *s = fuzz_word(&f, '\0', &n);
	unsigned char byte;
	struct halt h;
	uint64_t u;
	nsec d;

	if (good(num_uint(s, max, &u), n))
		CHECK(u <= max);
	if (good(num_duration(s, &d), n))
		CHECK(d >= 0);
	good(num_size(s, &u), n);
	check_ladder(s, n);
	good(value_halt(s, &h), n);
	good(value_byte(s, &byte), n);
	if (good(value_jobs(s, 3, &jobs), n))
		CHECK(jobs <= SIZE_MAX / 2);
	free(s);
	return 0;
}
