/*
 * The event loop where callbacks take away what others wait for: with few
 * descriptors (poll) and with many (epoll).
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "tap.h"

enum { MOST = 60 };

static struct loop *loop;
static int ends[MOST][2];
static struct io ios[MOST];
static int n, calls, calls_after;
static bool taken;

static void
take_all(const struct io *but)
{
	int i;

	for (i = 0; i < n; i++)
		if (&ios[i] != but)
			loop_io(loop, &ios[i], 0);
	taken = true;
}

static void
on_io(struct io *io, int got)
{
	(void)got;
	calls++;
	if (taken)
		calls_after++;
	else
		take_all(io);
}

static void
on_timer(struct timer *t)
{
	(void)t;
	take_all(NULL);
}

/* n pipes, all of them readable. */
static void
set_up(int count)
{
	loop = loop_new();
	calls = calls_after = 0;
	taken = false;
	for (n = 0; n < count; n++) {
		if (pipe(ends[n]) < 0 || write(ends[n][1], "x", 1) != 1)
			break;
		memset(&ios[n], 0, sizeof(ios[n]));
		ios[n].fd = ends[n][0];
		ios[n].cb = on_io;
		loop_io(loop, &ios[n], IO_READ);
	}
}

static void
tear_down(void)
{
	int i;

	for (i = 0; i < n; i++) {
		loop_io(loop, &ios[i], 0);
		close(ends[i][0]);
		close(ends[i][1]);
	}
	loop_free(loop);
}

static void
test_timer(int count)
{
	struct timer t = { .cb = on_timer };

	set_up(count);
	is_int(n, count, "%d pipes", count);
	loop_timer(loop, &t, clock_mono());
	loop_turn(loop, 0);
	is_int(calls, 0, "a timer took the descriptors: none is called");
	tear_down();
}

static void
test_callback(int count)
{
	set_up(count);
	loop_turn(loop, 0);
	is_int(calls, 1, "the first of %d took the others", count);
	is_int(calls_after, 0, "none of them is called");
	tear_down();
}

/* A turn that ended before its time leaves nothing to the next. */
static void
test_again(int count)
{
	struct timer t = { .cb = on_timer };

	set_up(count);
	loop_timer(loop, &t, clock_mono());
	loop_turn(loop, 0);
	taken = true;
	loop_io(loop, &ios[0], IO_READ);
	loop_turn(loop, 0);
	is_int(calls, 1, "what is watched again, of %d, is called", count);
	tear_down();
}

/* epoll(7) refuses a file (EPERM), poll(2) says that it is ready. */
static void
test_refused(int count)
{
	struct io file = { .cb = on_io };
	FILE *f = tmpfile();
	int i;

	file.fd = fileno(f);
	set_up(count);
	taken = true;
	loop_io(loop, &file, IO_READ);
	loop_turn(loop, 0);
	is_int(calls, count + 1, "one that epoll refuses beside %d: all are "
	    "heard", count);
	for (i = 1; i < n; i++)
		loop_io(loop, &ios[i], 0);
	calls = 0;
	loop_turn(loop, 0);
	is_int(calls, 2, "those that are left are heard again");
	loop_io(loop, &file, 0);
	fclose(f);
	tear_down();
}

int
main(void)
{
	static const int counts[] = { 3, MOST };
	size_t i;

	for (i = 0; i < 2; i++) {
		test_timer(counts[i]);
		test_callback(counts[i]);
		test_again(counts[i]);
		test_refused(counts[i]);
	}
	return done_testing();
}
