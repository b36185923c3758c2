#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "output/report.h"
#include "tap.h"

static void
is_text(const struct report *r, const char *want, const char *name)
{
	struct buf b = { 0 };

	report_text(r, &b);
	is_str(buf_str(&b), want, "%s", name);
	buf_free(&b);
}

static void
add(struct report *r, enum reason reason, int code, int sig)
{
	struct result res = { .reason = reason, .code = code, .sig = sig,
		.started = STARTED_YES, .ran = 5 * SEC + 40 * MSEC };
	struct report_task t = { .result = &res, .seq = r->tasks + 1,
		.attempts = 1 };

	if (report_wants(r, &res)) {
		t.what = "gzip 'a b'";
		t.n = strlen(t.what);
	}
	report_add(r, &t);
}

static void
add_one(struct report *r, const struct result *res, uint64_t seq,
    const char *what, size_t n, const char *detail)
{
	struct report_task t = { .result = res, .seq = seq, .attempts = 1,
		.what = what, .n = n, .detail = detail };

	report_add(r, &t);
}

static void
left_one(struct report *r, const struct result *res, uint64_t seq,
    const char *what, size_t n)
{
	struct report_task t = { .result = res, .seq = seq, .attempts = 1,
		.what = what, .n = n };

	report_left(r, &t);
}

static void
test_counts(void)
{
	struct report r = { 0 };

	is_text(&r, "", "nothing");
	add(&r, REASON_EXIT, 0, 0);
	is_text(&r, "", "all is well");
	add(&r, REASON_EXIT, 1, 0);
	is_text(&r, "1 of 2 tasks failed: 1 exited non-zero\n"
	    "first: task 2 (gzip 'a b'): exit status 1", "one");
	add(&r, REASON_EXIT, 2, 0);
	add(&r, REASON_TIMEOUT, 0, SIGTERM);
	add(&r, REASON_HALT, 0, SIGTERM);
	is_text(&r, "3 of 5 tasks failed: 2 exited non-zero, 1 timed out; "
	    "1 cancelled\n"
	    "first: task 2 (gzip 'a b'): exit status 1", "several");
	r.unread = true;
	r.hint = "> was passed as an argument: quote the whole command";
	is_text(&r, "3 of 5 tasks failed: 2 exited non-zero, 1 timed out; "
	    "1 cancelled; the input was not read to its end\n"
	    "first: task 2 (gzip 'a b'): exit status 1\n"
	    "> was passed as an argument: quote the whole command",
	    "three lines");
	memset(&r, 0, sizeof(r));
	r.left_out = 1;
	is_text(&r, "1 task left out, as in the joblog", "left out");
	r.left_out = 2;
	r.unread = true;
	is_text(&r, "2 tasks left out, as in the joblog; "
	    "the input was not read to its end", "left out, and ended");
	add(&r, REASON_EXIT, 1, 0);
	is_text(&r, "1 of 1 task failed: 1 exited non-zero; "
	    "2 left out, as in the joblog; the input was not read to its end\n"
	    "first: task 1 (gzip 'a b'): exit status 1", "left out, failed");
	memset(&r, 0, sizeof(r));
	r.unread = true;
	add(&r, REASON_INTERRUPT, 0, SIGINT);
	is_text(&r, "1 task: 1 cancelled; the input was not read to its end",
	    "an interrupt");
	memset(&r, 0, sizeof(r));
	r.unread = true;
	is_text(&r, "the input was not read to its end", "before any task");
}

static void
is_first(enum reason reason, int code, int sig, const char *want)
{
	struct report r = { 0 };
	char text[256];

	add(&r, reason, code, sig);
	snprintf(text, sizeof(text), "task 1 (gzip 'a b'): %s", want);
	is_str(r.first, text, "%s", want);
}

static void
test_reasons(void)
{
	struct report r = { 0 };
	struct result res = { .reason = REASON_EXEC, .code = 127,
		.error = ENOENT };

	is_first(REASON_EXIT, 127, 0,
	    "exit status 127 (command not found?)");
	is_first(REASON_EXIT, 137, 0,
	    "exit status 137 (128 + 9: signal KILL?)");
	is_first(REASON_SIGNAL, 0, SIGSEGV, "ended by signal 11 (SEGV)");
	is_first(REASON_SIGNAL, 0, SIGKILL,
	    "ended by signal 9 (KILL), not by ppx");
	is_first(REASON_TIMEOUT, 0, SIGTERM, "timed out after 5 s");
	is_first(REASON_LOST, 0, SIGKILL,
	    "lost: its worker died by signal 9 (KILL) while it ran");
	add_one(&r, &res, 1, "nix", 3, NULL);
	is_str(r.first,
	    "task 1 (nix): cannot be executed: No such file or directory",
	    "exec");
	memset(&r, 0, sizeof(r));
	res.reason = REASON_BAD_ITEM;
	add_one(&r, &res, 9, "a\033\n", 3, "it holds a NUL");
	is_str(r.first, "task 9 (a\\x1B\\n): bad item: it holds a NUL",
	    "control characters are shown");
}

/* What is told of a task that reached a bound, at the end of its line. */
static void
is_bounded(enum reason reason, nsec ran, nsec limit, uint64_t peak,
    const char *want)
{
	struct result res = { .reason = reason, .ran = ran, .peak = peak,
		.started = STARTED_YES };
	struct report_task t = { .result = &res, .seq = 1, .attempts = 1,
		.limit = limit, .memory = 50 << 20 };
	struct report r = { 0 };
	char text[256];

	report_add(&r, &t);
	snprintf(text, sizeof(text), "task 1: %s", want);
	is_str(r.first, text, "%s", want);
}

static void
test_bounds(void)
{
	struct result res = { .reason = REASON_EXIT, .code = 1 };
	struct report_task t = { .result = &res, .seq = 1, .attempts = 3 };
	struct report r = { 0 };

	is_bounded(REASON_TIMEOUT, 203 * MSEC, 200 * MSEC, 0,
	    "timed out after 0.2 s");
	is_bounded(REASON_TIMEOUT, 12 * MSEC, 10 * MSEC, 0,
	    "timed out after 12 ms");
	is_bounded(REASON_TIMEOUT, 5200 * MSEC, 200 * MSEC, 0,
	    "timed out: --timeout 0.2 s, gone after 5.2 s");
	is_bounded(REASON_TIMEOUT, 3601 * SEC, 3600 * SEC, 0,
	    "timed out after 3601 s");
	is_bounded(REASON_TIMEOUT, 5 * SEC, 0, 0, "timed out after 5 s");
	is_bounded(REASON_IDLE, 9 * SEC, 400 * MSEC, 0,
	    "ended, as it wrote nothing for 0.4 s (--idle-timeout)");
	is_bounded(REASON_MEMORY, 1, 0, (52 << 20) - 1,
	    "ended as it used too much memory (52 MiB, --mem-limit 50 MiB)");
	is_bounded(REASON_MEMORY, 1, 0, 0,
	    "ended as it used too much memory (--mem-limit 50 MiB)");
	report_add(&r, &t);
	is_str(r.first, "task 1: exit status 1, after 3 attempts", "retried");
}

static void
test_unstaffed(void)
{
	struct report r = { 0 };

	add(&r, REASON_POOL, 0, 0);
	is_text(&r, "1 of 1 task failed: 1 not started for want of a worker\n"
	    "first: task 1 (gzip 'a b'): not started, no worker could be had",
	    "no worker");
	memset(&r, 0, sizeof(r));
	r.init_failed = true;
	add(&r, REASON_POOL, 0, 0);
	is_text(&r, "1 of 1 task failed: 1 not started, as --init failed\n"
	    "first: task 1 (gzip 'a b'): not started, as --init failed",
	    "no init");
}

static void
test_long(void)
{
	struct report r = { 0 };
	struct result res = { .reason = REASON_EXIT, .code = 1 };
	char what[5000];

	memset(what, 'x', sizeof(what));
	add_one(&r, &res, 1, what, sizeof(what), NULL);
	ok(strlen(r.first) < 200 && strstr(r.first, "x...): exit status 1"),
	    "a long command is cut");
}

static void
test_leftovers(void)
{
	struct report r = { 0 };
	struct result res = { .reason = REASON_EXIT, .leaked = 2,
		.pids = { 11, 12 } };

	ok(report_wants(&r, &res), "leftovers are named");
	left_one(&r, &res, 1, "daemon", 6);
	is_text(&r, "2 processes outlived their tasks and were ended: "
	    "first task 1 (daemon), pid 11 12", "leaked");
	is_int(r.tasks, 0, "that is no end of a task");
	ok(!report_wants(&r, &res), "once");
	r.dropped = 1;
	is_text(&r, "the output of 1 task was not written", "dropped");
	res.nunkillable = 1;
	res.pids[0] = 13;
	ok(report_wants(&r, &res), "worse ones again");
	left_one(&r, &res, 2, "sudo x", 6);
	is_text(&r, "1 process cannot be killed, end it yourself: "
	    "task 2 (sudo x), pid 13", "unkillable");
}

int
main(void)
{
	test_counts();
	test_reasons();
	test_bounds();
	test_unstaffed();
	test_long();
	test_leftovers();
	return done_testing();
}
