/* --memfree and --load: may one more start? */
#include "config.h"

#include <stdint.h>

#include "run/gate.h"
#include "tap.h"

static const nsec start = 1000 * SEC;

/* How many start at once on top of those running, 100 at most. */
static size_t
burst(struct gate *g, size_t running)
{
	size_t n = 0;

	while (n < 100 && gate_open(g, running + n)) {
		gate_started(g, start);
		n++;
	}
	return n;
}

static void
test_unused(void)
{
	struct gate g = { 0 };

	ok(!gate_used(&g), "nothing to hold back");
	gate_look(&g, start, 0, 1000);
	is_int(burst(&g, 5), 100, "no limit");
}

static void
test_due(void)
{
	struct gate g = { .memfree = 1 };

	ok(gate_used(&g), "used");
	ok(gate_due(&g, start), "a first look");
	gate_look(&g, start, 0, 0);
	ok(!gate_due(&g, start + GATE_SPAN - 1), "not yet again");
	ok(gate_due(&g, start + GATE_SPAN), "now");
}

static void
test_memory(void)
{
	struct gate g = { .memfree = 1000 };

	gate_look(&g, start, 999, 0);
	is_int(burst(&g, 0), 1, "too little is free: one alone");
	is_int(burst(&g, 1), 0, "and no second");
	gate_look(&g, start + SEC, 1000, 0);
	is_int(burst(&g, 1), 1, "just enough: one a look");
	is_int(burst(&g, 2), 0, "one a look");
	gate_look(&g, start + 2 * SEC, 1999, 0);
	is_int(burst(&g, 2), 1, "less than twice as much: one a look");
	gate_look(&g, start + 3 * SEC, 2000, 0);
	is_int(burst(&g, 3), 100, "twice as much: all");
	gate_look(&g, start + 4 * SEC, UINT64_MAX, 0);
	is_int(burst(&g, 3), 100, "unknown: all");
	gate_look(&g, start + 5 * SEC, 0, 0);
	is_int(burst(&g, 3), 0, "nothing free: none");
}

static void
test_load(void)
{
	struct gate g = { .load = 4 };
	nsec now = start;
	size_t running, i;

	gate_look(&g, now, 0, 0);
	is_int(burst(&g, 0), 4, "an idle machine takes 4");
	gate_look(&g, now += GATE_SPAN, 0, 0);
	ok(burst(&g, 4) <= 1, "the next look brings few more");
	g = (struct gate){ .load = 4 };
	gate_look(&g, start, 0, 2.5);
	is_int(burst(&g, 0), 2, "one with 2.5 takes 2");
	g = (struct gate){ .load = 4 };
	gate_look(&g, start, 0, 4);
	is_int(burst(&g, 0), 1, "a loaded one takes 1");
	is_int(burst(&g, 1), 0, "and no second");
	g = (struct gate){ .load = 0.01 };
	gate_look(&g, start, 0, 0);
	is_int(burst(&g, 0), 1, "the least load is one task");

	/* short tasks come and go: what has ended does not weigh */
	g = (struct gate){ .load = 4 };
	gate_look(&g, start, 0, 0);
	for (i = 0; i < 1000; i++)
		burst(&g, 3);
	is_int(burst(&g, 3), 1, "the 1000th as the first");

	/* tasks that run on: the average takes them up, or they sleep */
	g = (struct gate){ .load = 4 };
	now = start;
	gate_look(&g, now, 0, 0);
	running = burst(&g, 0);
	for (i = 1; i <= 600; i++) {
		gate_look(&g, now += GATE_SPAN, 0, 0);
		running += burst(&g, running);
	}
	ok(running >= 5 && running <= 9,
	    "asleep, they make room in a minute: %zu", running);
	gate_look(&g, now += 1000 * SEC, 0, 0);
	is_int(burst(&g, 8), 4, "and wholly in the end");
}

static void
test_delay(void)
{
	struct gate g = { .delay = SEC };

	ok(gate_used(&g) && !gate_looks(&g), "used without a look");
	is_int(g.next, 0, "the first starts at once");
	gate_started(&g, start);
	ok(g.next == start + SEC, "the next one after the delay");
	g.delay = NEVER;
	gate_started(&g, start);
	ok(g.next == NEVER, "or never");
}

int
main(void)
{
	test_delay();
	test_unused();
	test_due();
	test_memory();
	test_load();
	return done_testing();
}
