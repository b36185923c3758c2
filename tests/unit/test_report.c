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
	static const char what[] = "gzip 'a b'";

	if (report_wants(r, &res))
		report_add(r, &res, r->tasks + 1, what, strlen(what), NULL);
	else
		report_add(r, &res, r->tasks + 1, NULL, 0, NULL);
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
	is_first(REASON_TIMEOUT, 0, SIGTERM, "timed out after 5.0 s");
	is_first(REASON_LOST, 0, SIGKILL,
	    "lost: its worker died by signal 9 (KILL) while it ran");
	report_add(&r, &res, 1, "nix", 3, NULL);
	is_str(r.first,
	    "task 1 (nix): cannot be executed: No such file or directory",
	    "exec");
	memset(&r, 0, sizeof(r));
	res.reason = REASON_BAD_ITEM;
	report_add(&r, &res, 9, "a\033\n", 3, "it holds a NUL");
	is_str(r.first, "task 9 (a\\x1B\\n): bad item: it holds a NUL",
	    "control characters are shown");
}

static void
test_long(void)
{
	struct report r = { 0 };
	struct result res = { .reason = REASON_EXIT, .code = 1 };
	char what[5000];

	memset(what, 'x', sizeof(what));
	report_add(&r, &res, 1, what, sizeof(what), NULL);
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
	report_add(&r, &res, 1, "daemon", 6, NULL);
	is_text(&r, "2 processes outlived their tasks and were ended: "
	    "first task 1 (daemon), pid 11 12", "leaked");
	ok(!report_wants(&r, &res), "once");
	r.dropped = 1;
	is_text(&r, "the output of 1 task was not written", "dropped");
	res.nunkillable = 1;
	res.pids[0] = 13;
	ok(report_wants(&r, &res), "worse ones again");
	report_add(&r, &res, 2, "sudo x", 6, NULL);
	is_text(&r, "1 process cannot be killed, end it yourself: "
	    "task 2 (sudo x), pid 13", "unkillable");
}

int
main(void)
{
	test_counts();
	test_reasons();
	test_long();
	test_leftovers();
	return done_testing();
}
