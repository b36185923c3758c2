/* What the end of a task means: --halt, retries, the median run time. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "run/halt.h"
#include "run/median.h"
#include "run/policy.h"

#include "tap.h"

static bool
reached(enum halt_what what, bool percent, uint64_t n, uint64_t failed,
    uint64_t good, uint64_t total)
{
	struct halt h = { HALT_SOON, what, percent, n };

	return halt_reached(&h, failed, good, total);
}

static void
halts(void)
{
	struct halt never = { HALT_NEVER, HALT_FAIL, false, 1 };

	ok(!halt_reached(&never, 9, 9, 9), "never is never");
	ok(!reached(HALT_FAIL, false, 3, 2, 9, 0), "too few have failed");
	ok(reached(HALT_FAIL, false, 3, 3, 0, 0), "enough have failed");
	ok(!reached(HALT_SUCCESS, false, 1, 3, 0, 0), "a failure is no success");
	ok(reached(HALT_SUCCESS, false, 1, 3, 1, 0), "a success is one");
	ok(reached(HALT_DONE, false, 4, 3, 1, 0), "either has ended");
	ok(!reached(HALT_FAIL, true, 10, 100, 0, 0),
	    "no share while the number of all is not known");
	ok(!reached(HALT_FAIL, true, 50, 1, 2, 3), "33 %% is not 50 %%");
	ok(reached(HALT_FAIL, true, 50, 2, 0, 3), "67 %% is");
	ok(reached(HALT_FAIL, true, 50, 2, 2, 4), "50 %% is");
	ok(!reached(HALT_SUCCESS, true, 100, 0, 99, 100), "99 of 100");
	ok(reached(HALT_SUCCESS, true, 100, 0, 100, 100), "100 of 100");
	ok(reached(HALT_FAIL, true, 1, UINT64_MAX / 10, 0, UINT64_MAX),
	    "many, without an overflow");
	ok(!reached(HALT_DONE, true, 1, 0, 0, 0), "nothing of nothing");
}

static void
texts(void)
{
	struct halt now = { HALT_NOW, HALT_FAIL, false, 1 };
	struct halt soon = { HALT_SOON, HALT_DONE, true, 50 };
	struct buf b = { 0 };

	halt_text(&now, 1, 7, &b);
	is_str(buf_str(&b), "halted: 1 task failed (--halt now,fail=1)", "now");
	b.len = 0;
	halt_text(&soon, 1, 2, &b);
	is_str(buf_str(&b), "halted: 3 tasks ended (--halt soon,done=50%)",
	    "soon");
	buf_free(&b);
}

static void
retries(void)
{
	struct result r;
	nsec low = 100 * SEC, high = 0, d;
	uint32_t i;

	memset(&r, 0, sizeof(r));
	r.reason = REASON_EXIT;
	ok(!policy_may_retry(&r), "a success is not tried again");
	r.code = 1;
	ok(policy_may_retry(&r), "a failure is");
	r.nunkillable = 1;
	ok(!policy_may_retry(&r), "but not beside what cannot be killed");
	r.nunkillable = 0;
	r.reason = REASON_LOST;
	ok(policy_may_retry(&r), "a lost one is");
	r.reason = REASON_EXEC;
	ok(!policy_may_retry(&r), "what cannot be executed is not");
	r.reason = REASON_INTERRUPT;
	ok(!policy_may_retry(&r), "what we ended ourselves is not");

	is_int(policy_retry_delay(0, 5, UINT32_MAX), 0, "no delay is none");
	is_int(policy_retry_delay(SEC, 1, 0), SEC, "D before the second");
	is_int(policy_retry_delay(SEC, 2, 0), 2 * SEC, "2 D before the third");
	is_int(policy_retry_delay(SEC, 5, 0), 16 * SEC, "16 D before the sixth");
	for (i = 0; i < 1000; i++) {
		d = policy_retry_delay(4 * SEC, 1, i * 4294967U);
		low = d < low ? d : low;
		high = d > high ? d : high;
	}
	ok(low >= 4 * SEC && low < 4100 * MSEC, "from D");
	ok(high <= 5 * SEC && high > 4900 * MSEC, "to a quarter more");
	ok(policy_retry_delay((nsec)1 << 56, 9999, UINT32_MAX) >
	    0, "never before now");
}

static int
by_value(const void *a, const void *b)
{
	nsec x = *(const nsec *)a, y = *(const nsec *)b;

	return x < y ? -1 : x > y;
}

static void
medians(void)
{
	static struct median m;
	static nsec all[3000], last[MEDIAN_SPAN];
	bool right = true;
	size_t i, n;

	median_add(&m, 5);
	median_add(&m, 1);
	is_int(median_of(&m), 0, "two values say nothing");
	median_add(&m, 9);
	is_int(median_of(&m), 5, "three do");
	memset(&m, 0, sizeof(m));
	for (i = 0; i < 3000; i++) {
		all[i] = (nsec)(i * 7919 % 503 + 1);
		median_add(&m, all[i]);
		n = i + 1 < MEDIAN_SPAN ? i + 1 : MEDIAN_SPAN;
		memcpy(last, all + i + 1 - n, n * sizeof(last[0]));
		if (i % 37)
			continue;
		qsort(last, n, sizeof(last[0]), by_value);
		right &= n < MEDIAN_LEAST ||
		    median_of(&m) == last[(n - 1) / 2];
	}
	ok(right, "the median of the last 1000");
}

static void
status(void)
{
	struct policy p;
	struct result r;

	memset(&p, 0, sizeof(p));
	memset(&r, 0, sizeof(r));
	r.reason = REASON_EXIT;
	policy_task(&p, &r);
	is_int(p.ok, 1, "one was ok");
	r.code = 3;
	policy_task(&p, &r);
	is_int(policy_status(&p), 123, "one failed");
	p.goal = true;
	is_int(policy_status(&p), 0, "but the goal is reached");
	p.mode = EXIT_MAX;
	is_int(policy_status(&p), 0, "whatever --exit says");
	policy_raise(&p, STATUS_MAX_TIME);
	is_int(policy_status(&p), 124, "the run's time is more");
}

int
main(void)
{
	halts();
	texts();
	retries();
	medians();
	status();
	return done_testing();
}
