/* A patience counts the time in which we could have looked. */
#include "config.h"

#include "base/clock.h"

#include "tap.h"

enum { LOOKS = 1000 };		/* 10 ms apart */

static void
test_looked(void)
{
	struct patience p;
	nsec now = 5 * SEC, end = now + LOOKS * 10 * MSEC;
	bool early = false;

	patience_start(&p, 10 * SEC, now);
	ok(!patience_over(&p, now), "at once");
	while ((now += 10 * MSEC) < end)
		early |= patience_over(&p, now);
	ok(!early, "before its time");
	ok(patience_over(&p, end), "at its time");
	ok(patience_over(&p, end + 1), "and after it");
	patience_start(&p, SEC, end);
	ok(!patience_over(&p, end + SEC - 1), "begun anew");
}

static void
test_absent(void)
{
	struct patience p;
	nsec now = 0;

	patience_start(&p, 10 * SEC, now);
	now += 3600 * SEC;
	ok(!patience_over(&p, now), "who was away has not waited");
	now += 8 * SEC;
	ok(!patience_over(&p, now), "... nor who looks too seldom");
	ok(!patience_over(&p, now), "twice at the same moment");
	while (now < 3620 * SEC && !patience_over(&p, now))
		now += 100 * MSEC;
	is_int(now / SEC, 3616, "away counts as one second, each time");
}

int
main(void)
{
	test_looked();
	test_absent();
	return done_testing();
}
