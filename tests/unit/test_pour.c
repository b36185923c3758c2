/* Bytes of an output in red, where the sink has little room. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/mem.h"
#include "output/pour.h"
#include "tap.h"

/* Takes what is in the pipe. */
static void
drain(int fd, struct buf *b)
{
	ssize_t n;

	while ((n = read(fd, buf_reserve(b, 65536), 65536)) > 0)
		b->len += (size_t)n;
}

/* Bytes until there is room for no more. */
static size_t
fill(int fd)
{
	static const char zero[4096];
	size_t sum = 0;
	ssize_t n;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((n = write(fd, zero, sizeof(zero))) > 0)
		sum += (size_t)n;
	return sum;
}

/* A red line, when there is room for `room` bytes and then for all. */
static void
test_line(size_t room)
{
	struct loop *loop = loop_new();
	struct output o = { .hue = { true }, .linestart = { true } };
	struct buf got = { 0 };
	struct sink *k;
	size_t filled, put, done;
	char *pad;
	int p[2];

	fd_pipe(p);
	filled = fill(p[1]);
	k = sink_new(loop, p[1], false);
	put = SINK_SIZE - room;
	pad = xcalloc(1, put);
	sink_put(k, pad, put);
	done = pour_bytes(k, &o, 0, "text\n", 5);
	drain(p[0], &got);
	while (sink_written(k) < put) {
		loop_turn(loop, 0);
		sink_flush(k);
		drain(p[0], &got);
	}
	done += pour_bytes(k, &o, 0, "text\n" + done, 5 - done);
	sink_flush(k);
	drain(p[0], &got);
	is_int(done, 5, "all is out");
	is_mem(got.data + filled + put, got.len - filled - put,
	    "\033[31mtext\033[m\n", 13, "room for %zu: red, once", room);
	ok(o.linestart[0], "a line begins");
	free(pad);
	buf_free(&got);
	sink_free(k);
	close(p[0]);
	close(p[1]);
	loop_free(loop);
}

int
main(void)
{
	size_t room;

	for (room = 1; room < 15; room++)
		test_line(room);
	return done_testing();
}
