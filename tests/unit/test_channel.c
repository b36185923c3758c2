/* Messages between two ends of one process; an end that rests. */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "tap.h"
#include "wire/channel.h"

static struct {
	struct loop *loop;
	struct channel a, b;
	int messages, ends;
} T;

static void
on_message(struct channel *c, const struct message *m)
{
	(void)c;
	(void)m;
	T.messages++;
}

static void
on_closed(struct channel *c, enum channel_why why)
{
	(void)c;
	T.ends += why == CHANNEL_EOF;
}

static const struct channel_ops ops = { on_message, on_closed };

static void
say(struct channel *c)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_THAW;
	channel_send(c, &m, NULL, 0);
	channel_flush(c);
}

static void
set_up(void)
{
	int fd[2];

	memset(&T, 0, sizeof(T));
	T.loop = loop_new();
	if (fd_pair(fd) < 0)
		_exit(1);
	channel_open(&T.a, T.loop, fd[0], &ops);
	channel_open(&T.b, T.loop, fd[1], &ops);
}

static void
tear_down(void)
{
	channel_close(&T.a);
	channel_close(&T.b);
	loop_free(T.loop);
}

static void
test_rest(void)
{
	set_up();
	say(&T.a);
	loop_turn(T.loop, NEVER);
	is_int(T.messages, 1, "what comes is heard");
	channel_rest(&T.b, true);
	say(&T.a);
	say(&T.a);
	loop_turn(T.loop, 0);
	is_int(T.messages, 1, "... not while it rests");
	say(&T.b);
	loop_turn(T.loop, NEVER);
	is_int(T.messages, 2, "it may speak, and what it said is heard");
	loop_turn(T.loop, 0);
	is_int(T.messages, 2, "... and it still rests");
	channel_read(&T.b);
	is_int(T.messages, 4, "who looks has all that is there");
	channel_read(&T.b);
	is_int(T.messages, 4, "... and does not wait when there is nothing");
	say(&T.a);
	channel_rest(&T.b, false);
	loop_turn(T.loop, NEVER);
	is_int(T.messages, 5, "what came meanwhile is heard afterwards");
	tear_down();
}

/* Descriptors end what one receive gives. */
static void
test_read_pieces(void)
{
	struct message m;
	int fd;

	set_up();
	memset(&m, 0, sizeof(m));
	m.type = MSG_RUN;
	m.nfds = 1;
	m.argc = 1;
	m.args = "x";
	m.argslen = 2;
	for (fd = 0; fd < 3; fd++) {
		int fds[1] = { fd_open("/dev/null", O_RDONLY, 0) };

		channel_send(&T.a, &m, fds, 1);
		channel_flush(&T.a);
	}
	say(&T.a);
	channel_rest(&T.b, true);
	channel_read(&T.b);
	is_int(T.messages, 4, "all of it, also behind descriptors");
	tear_down();
}

static void
test_rest_end(void)
{
	set_up();
	channel_rest(&T.b, true);
	say(&T.a);
	channel_close(&T.a);
	loop_turn(T.loop, 0);
	is_int(T.ends, 0, "nor is the end of the peer");
	channel_read(&T.b);
	is_int(T.messages, 1, "what it said before its end");
	channel_read(&T.b);
	is_int(T.ends, 1, "... and its end, for who looks");
	channel_read(&T.b);
	channel_rest(&T.b, false);
	is_int(T.ends, 1, "once");
	tear_down();
}

int
main(void)
{
	test_rest();
	test_read_pieces();
	test_rest_end();
	return done_testing();
}
