/* Numbers, durations, sizes, signal names and kill ladders from text. */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ladder.h"
#include "base/num.h"
#include "base/signals.h"
#include "tap.h"

static void
check_uint(const char *s, uint64_t max, long long want)
{
	uint64_t v = 0;
	struct fault f = num_uint(s, max, &v);

	ok(f.why == NULL && v == (uint64_t)want, "uint \"%s\"", s);
}

static void
check_fault(const char *what, const char *s, struct fault f, size_t offset,
    const char *why)
{
	ok(f.why && strcmp(f.why, why) == 0, "%s \"%s\": %s", what, s,
	    f.why ? f.why : "accepted");
	is_int(f.offset, offset, "%s \"%s\": where", what, s);
}

static void
no_uint(const char *s, uint64_t max, size_t offset, const char *why)
{
	uint64_t v = 0;

	check_fault("uint", s, num_uint(s, max, &v), offset, why);
}

static void
test_uint(void)
{
	check_uint("0", 0, 0);
	check_uint("007", 7, 7);
	check_uint("4096", 4096, 4096);
	check_uint("18446744073709551615", UINT64_MAX, -1);
	no_uint("", 9, 0, "not a number");
	no_uint("x", 9, 0, "not a number");
	no_uint("+1", 9, 0, "not a number");
	no_uint(" 1", 9, 0, "not a number");
	no_uint("-1", 9, 0, "must not be negative");
	no_uint("1x", 9, 1, "not a digit");
	no_uint("1 ", 9, 1, "not a digit");
	no_uint("1.5", 9, 1, "not a whole number");
	no_uint("10", 9, 1, "too large");
	no_uint("4097", 4096, 3, "too large");
	no_uint("9", 8, 0, "too large");
	no_uint("1", 0, 0, "too large");
	no_uint("18446744073709551616", UINT64_MAX, 19, "too large");
	no_uint("99999999999999999999", UINT64_MAX, 19, "too large");
}

static void
check_duration(const char *s, nsec want)
{
	nsec got = -1;
	struct fault f = num_duration(s, &got);

	ok(f.why == NULL, "duration \"%s\": %s", s, f.why ? f.why : "none");
	is_int(got, want, "duration \"%s\": value", s);
}

static void
no_duration(const char *s, size_t offset, const char *why)
{
	nsec v = 0;

	check_fault("duration", s, num_duration(s, &v), offset, why);
}

static void
test_duration(void)
{
	static const char unit[] = "not a unit of time (ms s m h d)";
	static const char large[] = "too large: at most 36525d";

	check_duration("0", 0);
	check_duration("1", SEC);
	check_duration("1s", SEC);
	check_duration("1.", SEC);
	check_duration("0.5", SEC / 2);
	check_duration(".5", SEC / 2);
	check_duration("250ms", 250 * MSEC);
	check_duration("1.5ms", MSEC * 3 / 2);
	check_duration("0.000000001", 1);
	check_duration("0.0000000001", 0);
	check_duration("0.1234567899", 123456789);
	check_duration("2m", 120 * SEC);
	check_duration("1h", 3600 * SEC);
	check_duration("1d", 86400 * SEC);
	/* Exact, though unit times billionths exceeds 64 bits. */
	check_duration("1.5m", 90 * SEC);
	check_duration("0.5m", 30 * SEC);
	check_duration("0.5h", 1800 * SEC);
	check_duration("2.25h", 8100 * SEC);
	check_duration("0.3d", 25920 * SEC);
	check_duration("0.999999999d", (nsec)86399999913600);
	check_duration("36525d", (nsec)36525 * 86400 * SEC);
	no_duration("36525.1d", 0, large);
	no_duration("3155760001", 0, large);
	no_duration("99999999999999999999", 18, large);
	no_duration("99999999999999999d", 0, large);
	no_duration("", 0, "not a number");
	no_duration(".", 0, "not a number");
	no_duration("s", 0, "not a number");
	no_duration("-0", 0, "must not be negative");
	no_duration("1e3", 1, unit);
	no_duration("1 s", 1, unit);
	no_duration("1sec", 1, unit);
	no_duration("1.2.3", 3, unit);
}

static void
check_shown(nsec span, const char *want)
{
	struct buf b = { 0 };

	num_show_duration(&b, span);
	is_str(buf_str(&b), want, "shown");
	buf_free(&b);
}

static void
test_shown(void)
{
	struct buf b = { 0 };
	uint64_t v;

	check_shown(1, "1 ms");
	check_shown(50 * MSEC, "50 ms");
	check_shown(99 * MSEC, "99 ms");
	check_shown(100 * MSEC, "0.1 s");
	check_shown(250 * MSEC, "0.3 s");
	check_shown(999 * MSEC, "1 s");
	check_shown(5 * SEC + 40 * MSEC, "5 s");
	check_shown(61 * SEC + 500 * MSEC, "61.5 s");
	check_shown(3600 * SEC, "3600 s");
	num_fault(&b, num_uint("5000", 4096, &v));
	is_str(buf_str(&b), "too large: at most 4096", "a maximum");
	b.len = 0;
	num_fault(&b, num_uint("x", 4096, &v));
	is_str(buf_str(&b), "not a number", "no maximum");
	buf_free(&b);
}

static void
check_size(const char *s, uint64_t want)
{
	uint64_t got = 1;
	struct fault f = num_size(s, &got);

	ok(f.why == NULL && got == want, "size \"%s\": %llu", s,
	    (unsigned long long)got);
}

static void
no_size(const char *s, size_t offset, const char *why)
{
	uint64_t v = 0;

	check_fault("size", s, num_size(s, &v), offset, why);
}

static void
test_size(void)
{
	static const char unit[] = "not a unit of size (K M G T P)";
	static const char large[] = "too large: at most 4096P";

	check_size("0", 0);
	check_size("1", 1);
	check_size("1B", 1);
	check_size("1k", 1024);
	check_size("1K", 1024);
	check_size("1KB", 1024);
	check_size("1KiB", 1024);
	check_size("1.5M", 1536 * 1024);
	check_size("2G", (uint64_t)2 << 30);
	check_size("0.5T", (uint64_t)1 << 39);
	check_size("0.999999999T", ((uint64_t)1 << 40) - 1100);
	check_size("4194304T", (uint64_t)1 << 62);
	check_size("1b", 1);
	check_size("1kb", 1024);
	check_size("1Kib", 1024);
	check_size("1gIB", 1 << 30);
	check_size("2ti", (uint64_t)2 << 40);
	check_size("1.5p", (uint64_t)3 << 49);
	check_size("4096P", (uint64_t)1 << 62);
	no_size("4194305T", 0, large);
	no_size("4097P", 0, large);
	no_size("99999999999999999999", 18, large);
	no_size("4194304.1T", 0, large);
	no_size("", 0, "not a number");
	no_size("K", 0, "not a number");
	no_size("-1K", 0, "must not be negative");
	no_size("1E", 1, unit);
	no_size("1iB", 1, unit);
	no_size("1KK", 1, unit);
}

static void
test_signals(void)
{
	is_int(signals_number("TERM"), SIGTERM, "TERM");
	is_int(signals_number("SIGTERM"), SIGTERM, "SIGTERM");
	is_int(signals_number("sigterm"), SIGTERM, "sigterm");
	is_int(signals_number("9"), SIGKILL, "9");
	is_int(signals_number("64"), 64, "64");
	is_int(signals_number("65"), -1, "65");
	is_int(signals_number("0"), -1, "0");
	is_int(signals_number("-1"), -1, "-1");
	is_int(signals_number("9x"), -1, "9x");
	is_int(signals_number(""), -1, "empty");
	is_int(signals_number("SIG"), -1, "SIG");
	is_int(signals_number("TERMS"), -1, "TERMS");
	is_int(signals_number("99999999999999999999"), -1, "large");
	is_str(signals_name(SIGKILL), "KILL", "the name of 9");
	is_str(signals_name(63), "63", "a signal without name");
}

static void
check_ladder(const char *s, const char *want)
{
	struct ladder l;
	struct fault f = ladder_parse(s, &l);
	char got[256] = "";
	size_t i, n = 0;

	ok(f.why == NULL, "ladder \"%s\": %s", s, f.why ? f.why : "none");
	for (i = 0; f.why == NULL && i < l.n; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s,%lld ",
		    signals_name(l.rung[i].sig),
		    (long long)(l.rung[i].wait / MSEC));
	is_str(got, want, "ladder \"%s\": rungs", s);
}

static void
no_ladder(const char *s, size_t offset, const char *why)
{
	struct ladder l;

	check_fault("ladder", s, ladder_parse(s, &l), offset, why);
}

static void
test_ladder(void)
{
	static const char no[] = "not a signal";
	static const char ms[] = "not a number of milliseconds";
	struct ladder l;

	check_ladder("TERM,5000,KILL", "TERM,5000 KILL,0 ");
	check_ladder("KILL", "KILL,0 ");
	check_ladder("TERM", "TERM,5000 KILL,0 ");
	check_ladder("sigint,0,15,86400000,9", "INT,0 TERM,86400000 KILL,0 ");
	check_ladder("INT,1,INT,2,INT,3,INT,4,INT,5,INT,6,INT",
	    "INT,1 INT,2 INT,3 INT,4 INT,5 INT,6 INT,5000 KILL,0 ");
	no_ladder("INT,1,INT,2,INT,3,INT,4,INT,5,INT,6,INT,7,KILL", 42,
	    "too many signals");
	no_ladder("", 0, no);
	no_ladder("FOO", 0, no);
	no_ladder("TERM,5000,FOO", 10, no);
	no_ladder("TERM,5000,", 10, no);
	no_ladder(",5000,KILL", 0, no);
	no_ladder("TERM,", 5, ms);
	no_ladder("TERM,KILL", 5, ms);
	no_ladder("TERM,-1,KILL", 5, ms);
	no_ladder("TERM,86400001,KILL", 5, ms);
	no_ladder("TERM,11111111111111111111111111,KILL", 5, ms);
	no_ladder("AVERYLONGWORDTHATISNOSIGNAL,1,KILL", 0, no);

	l = ladder_for_signal(SIGINT);
	is_int(l.n, 3, "INT, TERM, KILL");
	is_int(l.rung[0].sig, SIGINT, "begins with the signal");
	is_int(ladder_length(&l), 5 * SEC, "its length");
	l = ladder_for_signal(SIGTERM);
	is_int(l.n, 2, "TERM, KILL");
	is_int(l.rung[1].sig, SIGKILL, "ends in KILL");
	is_int(ladder_length(&l), 5 * SEC, "its length");
}

/* Signal dispositions and the mask survive what ppx does to its own. */
static void
test_restore(void)
{
	struct sigaction sa = { .sa_handler = SIG_IGN };
	sigset_t one, now;

	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	sigprocmask(SIG_BLOCK, &one, NULL);
	signals_save();
	ok(signals_ignored(SIGPIPE), "PIPE was ignored");
	ok(!signals_ignored(SIGTTIN), "TTIN was not");
	ok(!signals_ignored(0) && !signals_ignored(1000), "no such signals");
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	sa.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &sa, NULL);	/* as when it is caught, after exec */
	signals_restore(false);
	sigaction(SIGCHLD, NULL, &sa);
	ok(sa.sa_handler == SIG_IGN, "CHLD is ignored again");
	sigaction(SIGPIPE, NULL, &sa);
	ok(sa.sa_handler == SIG_IGN, "PIPE still is");
	sigaction(SIGTTIN, NULL, &sa);
	ok(sa.sa_handler == SIG_DFL, "TTIN is not");
	sigprocmask(SIG_BLOCK, NULL, &now);
	ok(sigismember(&now, SIGUSR1) == 1, "the mask is back");
	signals_restore(true);
	sigaction(SIGTTOU, NULL, &sa);
	ok(sa.sa_handler == SIG_IGN, "ignore_tt: TTOU is ignored");
}

int
main(void)
{
	test_uint();
	test_duration();
	test_size();
	test_shown();
	test_signals();
	test_ladder();
	test_restore();
	return done_testing();
}
