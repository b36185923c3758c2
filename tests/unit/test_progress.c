#include "config.h"

#include <string.h>

#include "output/progress.h"
#include "tap.h"

static void
shows(const struct progress *p, const char *want)
{
	struct buf b = { 0 };

	progress_text(p, &b);
	is_str(buf_str(&b), want, "%s", want);
	buf_free(&b);
}

static void
test_counts(void)
{
	struct progress p = { .done = 3, .total = 10, .running = 2,
	    .failed = 1, .slots = 2, .width = 79 };

	shows(&p, "3/10+ done, 2 running, 1 failed");
	p.eta = true;
	p.median = SEC;
	shows(&p, "3/10+ done, 2 running, 1 failed");
	p.whole = true;
	shows(&p, "3/10 done, 2 running, 1 failed, 4s left");
	p.median = 0;
	shows(&p, "3/10 done, 2 running, 1 failed");
	p.width = 9;
	shows(&p, "3/10 done");
}

static void
test_left(void)
{
	struct progress p = { .done = 1, .total = 2, .whole = true,
	    .slots = 4, .eta = true, .width = 200, .median = SEC / 100 };
	static const struct {
		nsec median;
		const char *want;
	} row[] = {
		{ MSEC, "1s" }, { 59 * SEC, "59s" }, { 60 * SEC, "1m00s" },
		{ 3599 * SEC, "59m59s" }, { 7500 * SEC, "2h05m" },
		{ 277200 * SEC, "3d05h" },
	};
	char want[80];
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		p.median = row[i].median;
		snprintf(want, sizeof(want),
		    "1/2 done, 0 running, 0 failed, %s left", row[i].want);
		shows(&p, want);
	}
	p.total = 1;
	is_int(progress_left(&p), 0, "nothing left");
	p.total = 1000000000000;
	p.median = NEVER / 4;
	is_int(progress_left(&p), -1, "longer than can be said");
}

static void
test_bar(void)
{
	struct progress p = { .done = 5, .total = 10, .bar = true,
	    .width = 200 };

	shows(&p, "[####################--------------------]  50% "
	    "5/10+ done, 0 running, 0 failed");
	p.width = 47;
	shows(&p, "[####----]  50% 5/10+ done, 0 running, 0 failed");
	p.width = 46;
	shows(&p, "5/10+ done, 0 running, 0 failed");
	p.width = 200;
	p.done = p.total = 0;
	shows(&p, "[----------------------------------------]   0% "
	    "0/0+ done, 0 running, 0 failed");
}

int
main(void)
{
	test_counts();
	test_left();
	test_bar();
	return done_testing();
}
