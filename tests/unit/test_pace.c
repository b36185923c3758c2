/* How many items a co-process is sent ahead. */
#include "config.h"

#include "run/pace.h"

#include "tap.h"

static void
fast(void)
{
	struct pace p;
	int i;

	pace_init(&p, 0);
	ok(pace_window(&p) == 1 && pace_run(&p) == 1, "one at first");
	pace_answered(&p, MSEC / 100, 1, true);
	ok(pace_window(&p) == 2, "two, when that was fast");
	for (i = 0; i < 20; i++)
		pace_answered(&p, MSEC / 100, 1, false);
	ok(pace_window(&p) == 200, "as many as take 2 ms");
	ok(pace_run(&p) == 100, "in two pieces");
	for (i = 0; i < 30; i++)
		pace_answered(&p, 0, 100, false);
	ok(pace_window(&p) > 200 && pace_window(&p) <= PACE_MAX,
	    "more, if they take no time");
	ok(pace_run(&p) <= PACE_RUN, "a piece has a bound");
	pace_answered(&p, 5 * MSEC, 1, false);
	ok(pace_window(&p) == 1, "one, as soon as one was slow");
	pace_answered(&p, MSEC / 100, 1, false);
	ok(pace_window(&p) == 1, "it takes a while until that is forgotten");
}

static void
silent(void)
{
	struct pace p;

	pace_init(&p, 0);
	pace_silent(&p, 1);
	ok(pace_window(&p) == 2 && pace_is_probing(&p) && !pace_is_sure(&p),
	    "a silent one is sent one more");
	pace_silent(&p, 1);
	ok(pace_window(&p) == 2, "only one, where that did not come");
	pace_silent(&p, 2);
	pace_silent(&p, 4);
	ok(pace_window(&p) == 16 && !pace_is_probing(&p),
	    "four times as many, if it reads them");
	pace_answered(&p, 0, 10, false);
	ok(pace_window(&p) == 16, "also when it has answered some");
	pace_answered(&p, MSEC, 6, true);
	ok(pace_window(&p) <= 4, "not when it has answered all");
	pace_silent(&p, 1);
	ok(pace_window(&p) == 16, "unless it is silent again");
	pace_answered(&p, MSEC, 6, true);
	pace_silent(&p, 1);
	pace_answered(&p, MSEC, 6, true);
	ok(pace_window(&p) == 16, "twice, and it is believed no more");
	pace_silent(&p, (size_t)1 << 40);
	ok(pace_window(&p) == PACE_MOST, "there is a bound");
}

static void
slow(void)
{
	struct pace p;

	pace_init(&p, 0);
	pace_answered(&p, SEC, 1, true);
	pace_silent(&p, 1);
	pace_silent(&p, 2);
	ok(pace_window(&p) == 1, "a slow one that has answered is not");
	pace_init(&p, 0);
	pace_silent(&p, 1);
	pace_answered(&p, SEC, 1, false);
	pace_prompt(&p);
	ok(pace_window(&p) == 1 && pace_is_sure(&p),
	    "nor one that did not read on");
	pace_init(&p, 7);
	pace_silent(&p, 7);
	pace_answered(&p, 0, 7, true);
	ok(pace_window(&p) == 7 && pace_run(&p) == 3 && pace_is_sure(&p),
	    "--window is fixed");
}

static void
closed(void)
{
	struct pace p;
	int i;

	pace_init(&p, 3);
	ok(pace_patience(&p, false) == 10 * SEC && !pace_holds(&p),
	    "it is waited for before its stdin is closed");
	ok(pace_patience(&p, true) == 60 * SEC, "longer if it seems at work");
	pace_brought(&p, SEC / 2);
	ok(pace_patience(&p, false) == 2 * SEC && !pace_holds(&p) &&
	    pace_patience(&p, true) == 60 * SEC,
	    "that it answers then may be chance once");
	pace_spoke(&p);
	pace_brought(&p, SEC / 2);
	ok(!pace_holds(&p), "or twice, if one has answered between");
	pace_brought(&p, SEC / 2);
	ok(pace_patience(&p, false) < SEC && pace_holds(&p), "not in a row");
	pace_spoke(&p);
	ok(pace_patience(&p, false) == 10 * SEC, "until one answers by itself");
	for (i = 0; i < 22; i++)
		pace_brought(&p, 0);
	ok(pace_holds(&p), "that is believed for some");
	pace_brought(&p, 0);
	ok(!pace_holds(&p), "but not for ever");
	pace_brought(&p, 0);
	ok(pace_holds(&p), "and soon again");
	pace_brought(&p, 2 * SEC);
	ok(pace_patience(&p, false) == 20 * SEC && !pace_holds(&p),
	    "one that was at work is given twice the time");
}

int
main(void)
{
	fast();
	silent();
	slow();
	closed();
	return done_testing();
}
