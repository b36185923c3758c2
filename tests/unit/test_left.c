/* What is left of a task is looked at again when its time is over. */
#include "config.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/left.h"

#include "child.h"
#include "tap.h"

/*
 * How long it looks on until it says that the child is to be killed, were each
 * look at once.
 */
static nsec
patience(enum leak leak, nsec linger)
{
	struct limits limits = { .leak = leak, .linger = linger };
	struct tree t = { 0 };
	struct result r = { 0 };
	struct left l;
	nsec nap = 0, sum = 0;

	left_init(&l, &limits, false);
	left_ready(&l, -1, -1);
	left_begin(&l);
	while (left_look(&l, &t, &r, &nap) == LEFT_LOOK && sum < 10 * SEC) {
		left_shift(&l, -nap);
		sum += nap;
	}
	tree_free(&t);
	return sum;
}

int
main(void)
{
	pid_t pid = child_new();

	ok(patience(LEAK_KILL, 0) <= 200 * MSEC, "kill: after 200 ms");
	ok(patience(LEAK_FAIL, 0) <= 200 * MSEC, "fail: after 200 ms");
	ok(patience(LEAK_AUTO, 400 * MSEC) <= 400 * MSEC, "auto: at --linger");
	ok(patience(LEAK_AUTO, 0) == 0, "auto: at once");
	child_end(pid);
	return done_testing();
}
