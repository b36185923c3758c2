/*
 * Tasks are pipes that the test itself writes to; stdout and stderr are
 * replaced by pipes or files while a case runs, and the test is the reader.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "output/emit.h"
#include "tap.h"

enum { MB = 1 << 20, TASKS = 8 };

/* A task: its output and the ends of its pipes. */
struct task {
	struct output out;	/* first */
	int r[2], w[2];
	bool open[2];		/* the reading end is being watched */
	bool wanted[2];		/* ... but for EMIT_FULL */
	bool ended, delivered;
	const char *src[2];	/* what it still has to write */
	size_t left[2];
	bool feeding;		/* ends when all is written */
};

static struct {
	struct loop *loop;
	struct emit *emit;
	struct task t[TASKS];
	size_t n;
	char order[TASKS + 1];		/* letters of the delivered */
	int failed[3], notices;
	int saved[2], ours[2];	/* the real stdout, stderr; the case's */
	int rd[2];		/* our readers' ends, or -1 */
	char *got[2];
	size_t len[2], cap[2];
	size_t speed;		/* bytes read per turn */
} T;

/*
 * Checks print to the real stdout: these stand around each of them, as
 * arguments that give back what they got.
 */
static long long
aside(long long value)
{
	if (T.loop)
		dup2(T.saved[0], 1);
	return value;
}

static bool
back(bool held)
{
	if (T.loop)
		dup2(T.ours[0], 1);
	return held;
}

#undef ok
#undef is_int
#define ok(cond, ...) \
	back(tap_ok(aside((cond) ? 1 : 0), __FILE__, __LINE__, __VA_ARGS__))
#define is_int(got, want, ...) \
	back(tap_int(aside((long long)(got)), (long long)(want), __FILE__, \
	    __LINE__, __VA_ARGS__))

static void
delivered(void *ctx, struct output *o)
{
	struct task *t = (struct task *)(void *)o;
	size_t n = strlen(T.order);

	(void)ctx;
	t->delivered = true;
	T.order[n] = (char)('a' + (t - T.t));
	T.order[n + 1] = '\0';
}

static void
room(void *ctx, struct output *o)
{
	struct task *t = (struct task *)(void *)o;

	(void)ctx;
	t->wanted[0] = t->wanted[1] = true;
}

static void
failed(void *ctx, int stream, int error)
{
	(void)ctx;
	T.failed[stream] = error;
	T.failed[0]++;
}

static void
notice(void *ctx, int error)
{
	(void)ctx;
	(void)error;
	T.notices++;
}

static const struct emit_ops ops = { delivered, room, failed, notice };

static const struct emit_conf plain = { .mode = EMIT_GROUP, .tmpdir = "/tmp",
	.memory = 4 * MB };

/* fd1 and fd2 become stdout and stderr; they are closed here. */
static void
begin(const struct emit_conf *conf, int fd1, int fd2)
{
	size_t speed = T.speed;

	memset(&T, 0, sizeof(T));
	T.speed = speed;
	T.rd[0] = T.rd[1] = -1;
	fflush(stdout);
	T.saved[0] = fd_dup(1);
	T.saved[1] = fd_dup(2);
	T.ours[0] = fd1;
	T.ours[1] = fd2;
	dup2(fd1, 1);
	dup2(fd2, 2);
	T.loop = loop_new();
	T.emit = emit_new(T.loop, conf, &ops, NULL);
}

/* stdout and stderr are pipes; small: of one page. */
static void
begin_pipes(const struct emit_conf *conf, bool shared, bool small)
{
	int p[2], q[2], i;

	if (fd_pipe(p) < 0 || (!shared && fd_pipe(q) < 0))
		abort();
	if (shared)
		memcpy(q, p, sizeof(q));
	if (small) {
		fcntl(p[1], F_SETPIPE_SZ, 4096);
		fcntl(q[1], F_SETPIPE_SZ, 4096);
	}
	begin(conf, p[1], q[1]);
	T.rd[0] = p[0];
	T.rd[1] = shared ? -1 : q[0];
	for (i = 0; i < 2; i++) {
		T.cap[i] = 1024;
		T.got[i] = xmalloc(T.cap[i]);
	}
}

static bool
read_ours(int i, size_t most)
{
	ssize_t n;

	if (T.rd[i] < 0)
		return false;
	mem_grow(&T.got[i], &T.cap[i], T.len[i] + most + 1, 1);
	n = read(T.rd[i], T.got[i] + T.len[i], most);
	if (n > 0)
		T.len[i] += (size_t)n;
	return n > 0;
}

static struct task *
start_behind(const char *tag, struct task *before)
{
	struct task *t = &T.t[T.n++];
	int i, p[2];

	for (i = 0; i < 2; i++) {
		if (fd_pipe(p) < 0)
			abort();
		fcntl(p[1], F_SETFL, O_NONBLOCK);
		t->r[i] = p[0];
		t->w[i] = p[1];
		t->open[i] = t->wanted[i] = true;
	}
	if (before)
		emit_open_behind(T.emit, &t->out, NULL, &before->out);
	else
		emit_open(T.emit, &t->out, tag ? xstrdup(tag) : NULL);
	return t;
}

static struct task *
start(const char *tag)
{
	return start_behind(tag, NULL);
}

static void
close_writer(struct task *t, int i)
{
	if (t->w[i] >= 0)
		close(t->w[i]);
	t->w[i] = -1;
}

static void
stop_reading(struct task *t, int i)
{
	close(t->r[i]);
	t->open[i] = false;
}

/* One turn of what the coordinator does; true if anything moved. */
static bool
turn(void)
{
	bool moved = false;
	size_t i;
	int s;

	loop_turn(T.loop, 0);
	for (i = 0; i < T.n; i++) {
		struct task *t = &T.t[i];

		for (s = 0; s < 2; s++) {
			ssize_t n;

			if (t->left[s] > 0 && t->w[s] >= 0 &&
			    (n = write(t->w[s], t->src[s], t->left[s])) > 0) {
				t->src[s] += n;
				t->left[s] -= (size_t)n;
				moved = true;
			}
			if (t->feeding && t->left[s] == 0)
				close_writer(t, s);
			if (!t->open[s] || !t->wanted[s])
				continue;
			n = emit_read(T.emit, &t->out, s + 1, t->r[s]);
			if (n == EMIT_FULL)
				t->wanted[s] = false;
			else if (n == 0)
				stop_reading(t, s);
			if (n >= 0)
				moved = true;
		}
		if (!t->open[0] && !t->open[1] && !t->ended) {
			t->ended = true;
			emit_end(T.emit, &t->out);
			moved = true;
		}
	}
	emit_flush(T.emit);
	for (s = 0; s < 2; s++)
		if (T.speed && read_ours(s, T.speed))
			moved = true;
	return moved;
}

/* Until nothing moves any more. */
static void
settle(void)
{
	int quiet = 0;

	while (quiet < 4)
		quiet = turn() ? 0 : quiet + 1;
}

static void
say(struct task *t, int stream, const char *text)
{
	size_t n = strlen(text);

	if (write(t->w[stream - 1], text, n) != (ssize_t)n)
		abort();
}

static void
end(struct task *t)
{
	close_writer(t, 0);
	close_writer(t, 1);
}

/* The task writes n bytes to stream and ends then. */
static void
write_all(struct task *t, int stream, const char *p, size_t n)
{
	t->src[stream - 1] = p;
	t->left[stream - 1] = n;
	t->feeding = true;
}

static void
finish(void)
{
	size_t i;
	int s;

	T.speed = T.speed ? T.speed : 65536;
	settle();
	for (i = 0; i < T.n; i++) {
		if (!T.t[i].delivered)
			end(&T.t[i]);
	}
	settle();
	emit_drop(T.emit);
	is_int(emit_held(T.emit), 0, "nothing is held at the end");
	emit_free(T.emit);
	loop_free(T.loop);
	T.loop = NULL;
	for (s = 0; s < 2; s++) {
		dup2(T.saved[s], s + 1);
		close(T.saved[s]);
		if (s == 0 || T.ours[1] != T.ours[0])
			close(T.ours[s]);
		if (T.rd[s] >= 0)
			close(T.rd[s]);
		free(T.got[s]);
	}
}

static void
is_out(int stream, const char *want, const char *name)
{
	int s = stream - 1;

	back(tap_mem(T.got[s], (size_t)aside((long long)T.len[s]), want,
	    strlen(want), __FILE__, __LINE__, "%s", name));
}

/* Large data: random bytes in which each value occurs. */
static char *
blob(size_t n, unsigned seed)
{
	char *p = xmalloc(n);
	size_t i;

	for (i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		p[i] = (char)(seed >> 16);
	}
	return p;
}

static void
is_blob(const char *want, size_t n, const char *name)
{
	ok(T.len[0] == n && memcmp(T.got[0], want, n) == 0, "%s (%zu of %zu)",
	    name, T.len[0], n);
}

/* --- the modes --------------------------------------------------------- */

static void
test_group(void)
{
	struct task *a, *b, *c;

	T.speed = 4096;
	begin_pipes(&plain, false, false);
	a = start(NULL);
	b = start(NULL);
	c = start(NULL);
	say(a, 1, "a1\n");
	say(b, 1, "b1\n");
	say(b, 2, "b-err\n");
	settle();
	say(a, 1, "a2, no newline");
	end(b);
	settle();
	end(a);
	end(c);
	settle();
	is_out(1, "b1\na1\na2, no newline", "group: whole, as they end");
	is_out(2, "b-err\n", "stderr");
	ok(strcmp(T.order, "bac") == 0, "order of delivery");
	is_int(a->out.bytes[0], 17, "bytes are counted");
	ok(!a->out.dropped && !a->out.passed, "nothing dropped");
	finish();
}

static void
test_shared(void)
{
	struct task *a, *b;

	T.speed = 4096;
	begin_pipes(&plain, true, false);
	a = start(NULL);
	b = start(NULL);
	say(a, 2, "ae\n");
	say(a, 1, "ao\n");
	say(b, 2, "be\n");
	say(b, 1, "bo\n");
	end(a);
	settle();
	end(b);
	settle();
	is_out(1, "ao\nae\nbo\nbe\n", "one sink: stdout, then stderr of each");
	finish();
}

static void
test_order(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b, *c;

	conf.mode = EMIT_ORDER;
	T.speed = 4096;
	begin_pipes(&conf, false, false);
	a = start(NULL);
	b = start(NULL);
	c = start(NULL);
	say(c, 1, "c\n");
	say(b, 1, "b\n");
	say(a, 1, "a1\n");
	end(c);
	settle();
	is_int(T.len[0], 3, "the head is live");
	is_int(emit_held(T.emit), 1, "another one is held");
	say(a, 1, "a2\n");
	say(a, 2, "a-err\n");
	settle();
	is_int(T.len[0], 6, "and goes on");
	is_int(T.len[1], 6, "on stderr too");
	end(b);
	settle();
	is_int(T.len[0], 6, "the others wait");
	end(a);
	settle();
	is_out(1, "a1\na2\nb\nc\n", "order: as opened");
	ok(strcmp(T.order, "abc") == 0, "delivered in order");
	finish();
}

static void
test_order_next_head(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;

	conf.mode = EMIT_ORDER;
	T.speed = 4096;
	begin_pipes(&conf, true, false);
	a = start(NULL);
	b = start(NULL);
	say(b, 2, "be1\n");
	say(b, 1, "bo1\n");
	settle();
	is_int(T.len[0], 0, "not yet its turn");
	end(a);
	settle();
	is_int(T.len[0], 8, "it is the head now");
	say(b, 2, "be2\n");
	settle();
	say(b, 1, "bo2\n");
	settle();
	is_out(1, "bo1\nbe1\nbe2\nbo2\n", "what it had, then live");
	finish();
}

static void
test_order_hold(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;

	conf.mode = EMIT_ORDER;
	conf.hold = true;
	T.speed = 4096;
	begin_pipes(&conf, false, false);
	a = start(NULL);
	b = start(NULL);
	say(a, 1, "first try\n");
	say(b, 1, "b\n");
	end(b);
	settle();
	is_int(T.len[0], 0, "hold: the head is not live");
	emit_discard(T.emit, &a->out);
	is_int(a->out.bytes[0], 0, "discarded");
	say(a, 1, "second\n");
	end(a);
	settle();
	is_out(1, "second\nb\n", "only the last attempt");
	ok(!a->out.passed, "nothing passed before the end");
	finish();
}

/* Bytes that were read by the owner, and outputs that were cut in two. */
static void
test_taken(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b, *c;

	conf.mode = EMIT_ORDER;
	conf.hold = true;
	T.speed = 4096;
	begin_pipes(&conf, false, false);
	a = start(NULL);
	b = start(NULL);
	ok(emit_admits(T.emit, &a->out, 1) && emit_admits(T.emit, &b->out, 2),
	    "there is room");
	emit_take(T.emit, &b->out, 1, "b\n", 2);
	emit_take(T.emit, &a->out, 1, "a\n", 2);
	is_int(a->out.bytes[0], 2, "they count");
	c = start_behind(NULL, a);
	emit_take(T.emit, &c->out, 1, "c\n", 2);
	end(b);
	end(c);
	end(a);
	settle();
	is_out(1, "a\nc\nb\n", "the rest is behind the first part");
	finish();
}

/* No file, and no room in memory: it is said, and when there is room again. */
static void
test_admits(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;
	char *p = blob(MB, 13);
	size_t at = 0, n;

	conf.mode = EMIT_ORDER;
	conf.hold = true;
	conf.memory = 300000;
	conf.tmpdir = "/nonexistent";
	T.speed = 10000;
	begin_pipes(&conf, false, false);
	a = start(NULL);
	b = start(NULL);
	for (n = 0; emit_admits(T.emit, &b->out, 1) && at < MB; n++) {
		emit_take(T.emit, &b->out, 1, p + at, 10000);
		at += 10000;
	}
	ok(at > 200000 && at < 500000, "no more than there is room for");
	b->wanted[0] = false;
	end(a);
	settle();
	ok(b->wanted[0] && b->out.passed, "the first one passes then");
	ok(emit_admits(T.emit, &b->out, 1), "and is admitted");
	end(b);
	settle();
	is_int(T.len[0], at, "all of it is there");
	finish();
	free(p);
}

static void
test_lines(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;

	conf.mode = EMIT_LINES;
	T.speed = 4096;
	begin_pipes(&conf, true, false);
	a = start(NULL);
	b = start(NULL);
	say(a, 1, "a1\na");
	settle();
	is_int(T.len[0], 3, "a whole line passes");
	say(b, 1, "b1\nb2\nb");
	say(b, 2, "berr\n");
	settle();
	say(a, 1, "2\n");
	settle();
	is_int(T.len[0], 3 + 6 + 5 + 3, "and the rest when it is whole");
	end(b);
	settle();
	say(a, 1, "a3");
	end(a);
	settle();
	is_out(1, "a1\nb1\nb2\nberr\na2\nb\na3\n",
	    "lines are whole, the last ones are ended");
	is_int(a->out.bytes[0], 8, "the newline is not counted");
	finish();
}

static void
test_lines_discard(void)
{
	struct emit_conf conf = plain;
	struct task *a;

	conf.mode = EMIT_LINES;
	T.speed = 4096;
	begin_pipes(&conf, false, false);
	a = start("t");
	say(a, 1, "try 1\nrest");
	settle();
	emit_discard(T.emit, &a->out);
	say(a, 1, "try 2\n");
	end(a);
	settle();
	is_out(1, "t\ttry 1\nt\trest\nt\ttry 2\n",
	    "lines: each attempt is shown");
	finish();
}

static void
test_order_lines(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;

	conf.mode = EMIT_ORDER_LINES;
	T.speed = 4096;
	begin_pipes(&conf, true, false);
	a = start(NULL);
	b = start("B");
	say(b, 1, "b1\nb");
	say(a, 1, "a1\na");
	say(a, 2, "e");
	settle();
	is_out(1, "a1\n", "whole lines of the head pass");
	say(a, 1, "2\n");
	say(b, 1, "2\nrest");
	settle();
	is_out(1, "a1\na2\n", "the other one waits");
	emit_discard(T.emit, &a->out);
	end(a);
	settle();
	is_out(1, "a1\na2\ne\nB\tb1\nB\tb2\n", "until it is the head");
	end(b);
	settle();
	is_out(1, "a1\na2\ne\nB\tb1\nB\tb2\nB\trest\n", "all of it");
	finish();
}

/* Only where the stream can show it, only if the owner says so. */
static void
test_red(void)
{
	struct emit_conf conf = plain;
	struct task *t;
	int i;

	conf.hold = conf.red[0] = true;
	T.speed = 1;
	begin_pipes(&conf, false, true);
	for (i = 0; i < 2; i++) {
		t = start(i ? NULL : "T");
		t->out.red = true;
		say(t, 1, "x\n\ny");
		say(t, 2, "e\n");
		end(t);
		settle();
	}
	t = start(NULL);
	say(t, 1, "z\n");
	end(t);
	settle();
	is_out(1, "\033[31mT\tx\033[m\n\033[31mT\t\033[m\n\033[31mT\ty\033[m"
	    "\033[31mx\033[m\n\033[31m\033[m\n\033[31my\033[m" "z\n",
	    "lines in red");
	is_out(2, "T\te\ne\n", "not where there is no terminal");
	finish();
}

/* What is kept is looked at, and written or not. */
static void
test_keep(void)
{
	struct emit_conf conf = plain;
	struct spool_mark m = { 0 };
	struct task *t;
	char p[8];
	ssize_t n;

	conf.hold = conf.keep = true;
	T.speed = 4096;
	begin_pipes(&conf, false, false);
	t = start(NULL);
	say(t, 1, "out\n");
	say(t, 2, "err\n");
	settle();
	n = emit_walk(T.emit, &t->out, 1, &m, p, 3);
	is_int(n, 3, "a part of it");
	ok(memcmp(p, "out", 3) == 0, "the first");
	is_int(emit_walk(T.emit, &t->out, 1, &m, p, 3), 1, "the rest");
	is_int(emit_walk(T.emit, &t->out, 1, &m, p, 3), 0, "no more");
	emit_forget(T.emit, &t->out, 1);
	end(t);
	settle();
	is_out(1, "", "one stream is forgotten");
	is_out(2, "err\n", "the other one is written");
	is_int(t->out.bytes[0], 4, "but is counted");
	finish();
}

static void
test_tags(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;
	int mode;

	for (mode = EMIT_GROUP; mode <= EMIT_ORDER_LINES; mode++) {
		conf.mode = (enum emit_mode)mode;
		T.speed = 4096;
		begin_pipes(&conf, false, false);
		a = start("A");
		b = start("");
		say(a, 1, "x\n\n");
		settle();
		say(a, 1, "y");
		say(a, 2, "err\n");
		settle();
		say(a, 1, "z\nend\n");
		end(a);
		settle();
		say(b, 1, "b\n");
		end(b);
		settle();
		is_out(1, "A\tx\nA\t\nA\tyz\nA\tend\n\tb\n", "tagged stdout");
		is_out(2, "A\terr\n", "tagged stderr");
		finish();
	}
}

static void
test_text(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;
	int mode;

	for (mode = EMIT_GROUP; mode <= EMIT_LINES; mode++) {
		conf.mode = (enum emit_mode)mode;
		T.speed = 4096;
		begin_pipes(&conf, false, false);
		a = start(NULL);
		b = start(NULL);
		emit_text(T.emit, &a->out, 1, "cmd a\n", 6);
		settle();
		say(a, 1, "a\n");
		end(a);
		settle();
		emit_text(T.emit, &b->out, 1, "cmd b\n", 6);
		say(b, 1, "b\n");
		end(b);
		settle();
		is_out(1, "cmd a\na\ncmd b\nb\n", "our own text comes first");
		is_int(a->out.bytes[0], 2, "and is not counted");
		finish();
	}
}

/* --- amounts ----------------------------------------------------------- */

static void
test_bytes(void)
{
	struct emit_conf conf = plain;
	char all[257];
	int i, mode;

	for (i = 0; i < 256; i++)
		all[i] = (char)i;
	all[256] = '\n';
	for (mode = EMIT_GROUP; mode <= EMIT_LINES; mode++) {
		conf.mode = (enum emit_mode)mode;
		T.speed = 4096;
		begin_pipes(&conf, false, false);
		write_all(start(NULL), 1, all, sizeof(all));
		settle();
		is_blob(all, sizeof(all), "every byte");
		finish();
	}
}

/* Two large outputs, one after the other or in order; then with a slow
   reader. */
static void
test_large(void)
{
	enum { N = 10 * MB + 12345 };
	char *p = blob(2 * (size_t)N, 1);
	struct emit_conf conf = plain;
	int mode, i;

	for (mode = EMIT_GROUP; mode <= EMIT_ORDER; mode++)
		for (i = 0; i < 4; i++) {
			conf.mode = (enum emit_mode)mode;
			conf.memory = i & 1 ? 0 : 4 * MB;
			T.speed = i & 2 ? 300000 : 7000;
			begin_pipes(&conf, false, i == 2);
			write_all(start(NULL), 1, p, N);
			if (conf.mode == EMIT_GROUP)
				settle();
			write_all(start(NULL), 1, p + N, N);
			settle();
			is_blob(p, 2 * (size_t)N, "two large outputs");
			ok(!T.t[0].out.dropped && !T.t[1].out.dropped,
			    "none dropped");
			finish();
		}
	free(p);
}

static void
test_large_tagged(void)
{
	enum { N = 3 * MB };
	struct emit_conf conf = plain;
	char *p = blob(N, 2), *want = xmalloc(2 * (size_t)N);
	size_t i, n = 0;
	int mode;

	for (i = 0; i < N; i++) {
		if (i == 0 || p[i - 1] == '\n') {
			memcpy(want + n, "tag\t", 4);
			n += 4;
		}
		want[n++] = p[i];
	}
	p[N - 1] = want[n - 1] = '\n';
	for (mode = EMIT_GROUP; mode <= EMIT_LINES; mode++) {
		conf.mode = (enum emit_mode)mode;
		conf.memory = mode == EMIT_ORDER ? 100000 : MB;
		T.speed = 5000;
		begin_pipes(&conf, false, false);
		write_all(start("tag"), 1, p, N);
		settle();
		is_blob(want, n, "large and tagged");
		finish();
	}
	free(p);
	free(want);
}

static void
test_long_tag(void)
{
	enum { N = 150000 };
	struct emit_conf conf = plain;
	char *tag = xmalloc(N + 1), *want = xmalloc(2 * N + 20);
	int mode;

	memset(tag, 't', N);
	tag[N] = '\0';
	memcpy(want, tag, N);
	memcpy(want + N, "\tone\n", 5);
	memcpy(want + N + 5, tag, N);
	memcpy(want + 2 * N + 5, "\ttwo\n", 5);
	for (mode = EMIT_GROUP; mode <= EMIT_LINES; mode++) {
		conf.mode = (enum emit_mode)mode;
		T.speed = 3000;
		begin_pipes(&conf, false, false);
		write_all(start(tag), 1, "one\ntwo\n", 8);
		settle();
		is_blob(want, 2 * N + 10, "a tag larger than the sink");
		finish();
	}
	free(tag);
	free(want);
}

/* A line of 10 MB, while another task's lines want out. */
static void
test_long_line(bool usable)
{
	enum { N = 10 * MB };
	struct emit_conf conf = plain;
	struct task *a, *b;
	char *p = blob(N, 3), *line;
	size_t i, other = 0;

	for (i = 0; i < N; i++)
		if (p[i] == '\n' || p[i] == '#')
			p[i] = ' ';
	p[N - 1] = '\n';
	conf.mode = EMIT_LINES;
	conf.memory = MB;
	conf.tmpdir = usable ? "/tmp" : "/nonexistent";
	T.speed = 20000;
	begin_pipes(&conf, false, false);
	a = start(NULL);
	b = start(NULL);
	write_all(a, 1, p, N);
	for (i = 0; i < 400; i++) {
		if (write(b->w[0], "####\n", 5) == 5)
			other += 5;
		turn();
	}
	end(b);
	settle();
	is_int(T.len[0], N + other, "all of a long line (%s) and the others",
	    usable ? "file" : "no file");
	T.got[0][T.len[0]] = '\0';
	line = memchr(T.got[0], p[0], T.len[0]);
	ok(line && memcmp(line, p, N) == 0, "it is whole");
	is_int(T.notices, usable ? 0 : 1, "notices");
	finish();
	free(p);
}

static void
test_lines_bulk(void)
{
	enum { N = 3 * MB, LINE = 100 };
	struct emit_conf conf = plain;
	char *p[3];
	size_t i, j, at[3] = { 0 };
	bool whole = true;

	conf.mode = EMIT_LINES;
	conf.memory = MB;
	T.speed = 9000;
	begin_pipes(&conf, false, false);
	for (i = 0; i < 3; i++) {
		p[i] = xmalloc(N);
		for (j = 0; j < N; j++)
			p[i][j] = j % LINE == LINE - 1 ? '\n' :
			    j % LINE == 0 ? (char)('a' + i) :
			    (char)('0' + j / LINE % 10);
		write_all(start(NULL), 1, p[i], N / LINE * LINE);
	}
	settle();
	is_int(T.len[0], N / LINE * LINE * 3, "lines of three tasks");
	for (i = 0; i + LINE <= T.len[0]; i += LINE) {
		j = (size_t)(T.got[0][i] - 'a');
		if (j > 2 || memcmp(T.got[0] + i, p[j] + at[j], LINE) != 0) {
			whole = false;
			break;
		}
		at[j] += LINE;
	}
	ok(whole, "all whole and in order");
	finish();
	for (i = 0; i < 3; i++)
		free(p[i]);
}

/* --- our reader -------------------------------------------------------- */

static void
test_blocked(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;
	char *p = blob(MB, 4);

	conf.mode = EMIT_ORDER;
	T.speed = 0;
	begin_pipes(&conf, false, true);
	a = start(NULL);
	b = start(NULL);
	write_all(a, 1, p, MB);
	write_all(b, 1, p, MB);
	settle();
	ok(a->out.bytes[0] < 600000, "live behind a blocked reader waits");
	is_int(b->out.bytes[0], MB, "the others are spooled");
	is_int(emit_held(T.emit), 1, "held");
	ok(!a->wanted[0], "full");
	T.speed = 1000;
	settle();
	ok(T.len[0] == 2 * MB && memcmp(T.got[0], p, MB) == 0 &&
	    memcmp(T.got[0] + MB, p, MB) == 0, "all comes in the end");
	ok(strcmp(T.order, "ab") == 0, "delivered");
	finish();
	free(p);
}

static void
test_logged_means_written(void)
{
	struct task *a;
	char *p = blob(20000, 5);

	T.speed = 0;
	begin_pipes(&plain, false, true);
	a = start(NULL);
	write_all(a, 1, p, 20000);
	settle();
	ok(!a->delivered, "not delivered while bytes are not written");
	T.speed = 65536;
	settle();
	ok(a->delivered && !a->out.dropped, "but then");
	is_int(T.len[0], 20000, "bytes");
	finish();
	free(p);
}

static void
test_drop(void)
{
	struct task *a, *b, *c;
	char *p = blob(300000, 6);
	struct emit_conf conf = plain;
	int mode;

	for (mode = EMIT_GROUP; mode <= EMIT_LINES; mode++) {
		conf.mode = (enum emit_mode)mode;
		T.speed = 0;
		begin_pipes(&conf, false, true);
		a = start(NULL);
		b = start(NULL);
		c = start(NULL);
		write_all(a, 1, p, 300000);
		say(b, 1, "running");
		settle();
		emit_drop(T.emit);
		settle();
		ok(a->delivered && a->out.dropped, "dropped, %d", mode);
		ok(!b->delivered, "one that runs is not");
		say(b, 1, "more\n");
		end(b);
		end(c);
		settle();
		ok(b->delivered && b->out.dropped, "but when it ends");
		ok(c->delivered && !c->out.dropped, "without output: nothing");
		finish();
	}
	free(p);
}

static void
test_epipe(void)
{
	struct task *a, *b, *c;
	int mode;

	for (mode = EMIT_GROUP; mode <= EMIT_LINES; mode++) {
		struct emit_conf conf = plain;
		char *p = blob(MB, 6);

		conf.mode = (enum emit_mode)mode;
		T.speed = 4096;
		begin_pipes(&conf, false, false);
		a = start(NULL);
		b = start(NULL);
		c = start(NULL);
		say(a, 1, "a\n");
		end(a);
		settle();
		close(T.rd[0]);
		T.rd[0] = -1;
		write_all(b, 1, p, MB);
		settle();
		say(c, 2, "c\n");
		end(c);
		settle();
			is_int(T.failed[1], EPIPE, "EPIPE, mode %d", mode);
		is_int(T.failed[0], 1, "once");
		ok(a->delivered && !a->out.dropped, "the first was written");
		ok(b->delivered && b->out.dropped, "the second not");
		ok(c->delivered && !c->out.dropped, "stderr goes on");
		is_out(2, "c\n", "stderr");
		finish();
		free(p);
	}
}

static void
test_full_device(void)
{
	struct task *a, *b;

	T.speed = 4096;
	begin(&plain, fd_open("/dev/full", O_WRONLY, 0),
	    fd_open("/dev/null", O_WRONLY, 0));
	a = start(NULL);
	b = start(NULL);
	say(a, 1, "lost\n");
	say(b, 2, "fine\n");
	end(a);
	end(b);
	settle();
	is_int(T.failed[1], ENOSPC, "/dev/full");
	ok(a->delivered && a->out.dropped, "dropped");
	ok(b->delivered && !b->out.dropped, "/dev/null takes all");
	finish();
}

static void
test_closed(void)
{
	struct emit_conf conf = plain;
	struct task *a, *b;

	conf.closed[0] = true;
	T.speed = 4096;
	begin(&conf, fd_open("/dev/null", O_RDWR, 0),
	    fd_open("/dev/null", O_RDWR, 0));
	a = start(NULL);
	end(a);
	settle();
	is_int(T.failed[0], 0, "a closed stdout does not matter to silence");
	b = start(NULL);
	say(b, 1, "x\n");
	end(b);
	settle();
	is_int(T.failed[1], EBADF, "but to output");
	ok(b->out.dropped && !a->out.dropped, "which is dropped");
	finish();
}

/* --- kinds of files ---------------------------------------------------- */

static void
check_file(const char *path, const char *p, size_t n, const char *name)
{
	char *q = xmalloc(n + 1);
	int fd = fd_open(path, O_RDONLY, 0);
	size_t at = 0;
	ssize_t k;

	while (at <= n && (k = read(fd, q + at, n + 1 - at)) > 0)
		at += (size_t)k;
	ok(at == n && memcmp(p, q, n) == 0, "%s", name);
	close(fd);
	free(q);
}

static void
test_files(void)
{
	enum { N = 2 * MB };
	char path[] = "/tmp/test_emit.XXXXXX";
	char *p = blob(N, 8);
	int flags[] = { O_TRUNC, O_APPEND | O_TRUNC }, i, mode, fd;

	fd = mkstemp(path);
	close(fd);
	for (mode = EMIT_GROUP; mode <= EMIT_ORDER; mode++)
		for (i = 0; i < 2; i++) {
			struct emit_conf conf = plain;

			conf.mode = (enum emit_mode)mode;
			conf.memory = 300000;
			T.speed = 4096;
			fd = fd_open(path, O_WRONLY | flags[i], 0);
			begin(&conf, fd, fd);
			write_all(start(NULL), 1, p, N);
			settle();
			check_file(path, p, N, i ? "file with O_APPEND" :
			    "file");
			ok(T.t[0].delivered && !T.t[0].out.dropped,
			    "delivered");
			finish();
		}
	unlink(path);
	free(p);
}

static void
test_socket(void)
{
	enum { N = MB };
	char *p = blob(N, 9);
	int sv[2], i;

	for (i = 0; i < 2; i++) {
		struct emit_conf conf = plain;

		conf.mode = i ? EMIT_ORDER : EMIT_GROUP;
		T.speed = 5000;
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) < 0)
			abort();
		begin(&conf, sv[1], fd_open("/dev/null", O_WRONLY, 0));
		fcntl(sv[0], F_SETFL, O_NONBLOCK);
		T.rd[0] = sv[0];
		write_all(start(NULL), 1, p, N);
		settle();
		is_blob(p, N, "a blocking socket");
		finish();
	}
	free(p);
}

/* A pipe made by another user cannot be opened again. */
static void
test_polite(void)
{
	enum { N = MB };
	int p[2];
	char *bytes;

	if (geteuid() != 0) {
		skip(2, "only root can make another user's pipe");
		return;
	}
	if (fd_pipe(p) < 0 || fchmod(p[1], 0) < 0 || seteuid(65534) < 0)
		abort();
	bytes = blob(N, 10);
	T.speed = 5000;
	begin(&plain, p[1], fd_open("/dev/null", O_WRONLY, 0));
	T.rd[0] = p[0];
	write_all(start(NULL), 1, bytes, N);
	settle();
	is_blob(bytes, N, "a pipe of another user");
	finish();
	if (seteuid(0) < 0)
		abort();
	free(bytes);
}

/* --- no place ---------------------------------------------------------- */

static void
test_no_place(enum emit_mode mode, bool hold)
{
	enum { N = 2 * MB };
	struct emit_conf conf = plain;
	struct task *t;
	char *p = blob(4 * (size_t)N, 11);
	size_t i, at;
	bool whole = true;

	for (i = 0; i < 4 * (size_t)N; i++)
		p[i] = (char)((p[i] & 0x3f) | (char)((i / N) << 6));
	conf.mode = mode;
	conf.hold = hold;
	conf.memory = MB / 2;
	conf.tmpdir = "/nonexistent";
	T.speed = 10000;
	begin_pipes(&conf, false, false);
	for (i = 0; i < 4; i++)
		write_all(start(NULL), 1, p + i * N, N);
	t = start(NULL);
	say(t, 1, "tiny\n");
	end(t);
	settle();
	is_int(T.len[0], 4 * N + 5, "no file: nothing lost, mode %d", mode);
	for (at = 0; at < T.len[0]; at += N) {
		if (memcmp(T.got[0] + at, "tiny\n", 5) == 0)
			at += 5;
		if (at >= T.len[0])
			break;
		i = (unsigned char)T.got[0][at] >> 6;
		whole = whole && memcmp(T.got[0] + at, p + i * N, N) == 0;
	}
	ok(whole, "nothing mixed");
	is_int(T.notices, 1, "said once");
	if (hold)
		ok(T.t[0].out.passed, "hold could not be kept");
	finish();
	free(p);
}

/* The live one falls silent; the others go on when it ends. */
static void
test_no_place_silent(void)
{
	enum { N = MB };
	struct emit_conf conf = plain;
	struct task *a, *b;
	char *p = blob(N, 12);

	conf.memory = 200000;
	conf.tmpdir = "/nonexistent";
	T.speed = 10000;
	begin_pipes(&conf, false, false);
	a = start(NULL);
	write_all(a, 1, p, N);
	a->feeding = false;
	settle();
	is_int(a->out.bytes[0], N, "the chosen one passes");
	b = start(NULL);
	write_all(b, 1, p, N);
	settle();
	ok(b->out.bytes[0] < N && !b->delivered, "the other one waits");
	end(a);
	settle();
	is_int(T.len[0], 2 * N, "and has its turn");
	ok(memcmp(T.got[0], p, N) == 0 && memcmp(T.got[0] + N, p, N) == 0,
	    "right");
	finish();
	free(p);
}

/* --- at random --------------------------------------------------------- */

static unsigned seed = 1;

static unsigned
draw(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

/* Lines of task i, not always ended. */
static size_t
random_text(char *p, size_t most)
{
	size_t n = draw(4) ? draw(2000) : draw((unsigned)most), i;
	unsigned line = draw(3) ? 60 : 100000;

	for (i = 0; i < n; i++)
		p[i] = draw(line) ? (char)('0' + draw(60)) : '\n';
	return n;
}

/* What should have come, given the order of delivery; lines: each rest is
   ended. */
static bool
right_in_order(char *const *text, const size_t *n, bool lines)
{
	size_t at = 0, i;

	for (i = 0; T.order[i]; i++) {
		size_t k = (size_t)(T.order[i] - 'a');

		if (T.len[0] - at < n[k] ||
		    (n[k] && memcmp(T.got[0] + at, text[k], n[k]) != 0))
			return false;
		at += n[k];
		if (lines && n[k] && text[k][n[k] - 1] != '\n' &&
		    (at == T.len[0] || T.got[0][at++] != '\n'))
			return false;
	}
	return i == T.n && at == T.len[0];
}

/* Lines with the task's letter as tag, in any order of the tasks. */
static bool
right_lines(char *const *text, const size_t *n)
{
	size_t at[TASKS] = { 0 }, i, k;
	const char *p = T.got[0], *end = p + T.len[0], *nl;

	while (p < end) {
		k = (size_t)(*p - 'a');
		nl = memchr(p, '\n', (size_t)(end - p));
		if (k >= T.n || nl == NULL || p[1] != '\t')
			return false;
		for (p += 2; p < nl; p++)
			if (at[k] >= n[k] || text[k][at[k]++] != *p)
				return false;
		if (at[k] < n[k] && text[k][at[k]++] != '\n')
			return false;
		p++;
	}
	for (i = 0; i < T.n; i++)
		if (at[i] != n[i])
			return false;
	return true;
}

static bool
random_round(void)
{
	enum { MOST = 400000 };
	struct emit_conf conf = plain;
	static char tag[2];
	char *text[TASKS];
	size_t n[TASKS], i, tasks = 1 + draw(TASKS);
	bool right, lines;

	conf.mode = (enum emit_mode)draw(4);
	lines = conf.mode == EMIT_LINES || conf.mode == EMIT_ORDER_LINES;
	conf.memory = draw(3) * 150000;
	conf.tmpdir = draw(2) ? "/tmp" : "/nonexistent";
	conf.hold = draw(4) == 0 && !lines;
	T.speed = 1 + draw(draw(2) ? 3000 : 100000);
	begin_pipes(&conf, draw(2), draw(2));
	for (i = 0; i < tasks; i++) {
		text[i] = xmalloc(MOST);
		n[i] = random_text(text[i], MOST);
		tag[0] = (char)('a' + i);
		write_all(start(conf.mode == EMIT_LINES ? tag : NULL), 1,
		    text[i], n[i]);
		while (draw(3))
			turn();
	}
	settle();
	right = conf.mode == EMIT_LINES ? right_lines(text, n) :
	    right_in_order(text, n, lines);
	for (i = 0; i < tasks; i++) {
		right = right && T.t[i].delivered && !T.t[i].out.dropped &&
		    T.t[i].out.bytes[0] == n[i];
		free(text[i]);
	}
	finish();
	return right;
}

static void
test_random(void)
{
	enum { ROUNDS = 150 };
	unsigned i, bad = 0;

	for (i = 0; i < ROUNDS; i++) {
		unsigned first = seed;

		if (!random_round()) {
			printf("# seed %u\n", first);
			bad++;
		}
	}
	is_int(bad, 0, "random tasks, modes, places and readers");
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_group();
	test_shared();
	test_order();
	test_order_next_head();
	test_order_hold();
	test_taken();
	test_admits();
	test_lines();
	test_lines_discard();
	test_order_lines();
	test_red();
	test_keep();
	test_tags();
	test_text();
	test_bytes();
	test_large();
	test_large_tagged();
	test_long_tag();
	test_long_line(true);
	test_long_line(false);
	test_lines_bulk();
	test_blocked();
	test_logged_means_written();
	test_drop();
	test_epipe();
	test_full_device();
	test_closed();
	test_files();
	test_socket();
	test_polite();
	test_no_place(EMIT_GROUP, false);
	test_no_place(EMIT_GROUP, true);
	test_no_place(EMIT_ORDER, false);
	test_no_place(EMIT_ORDER, true);
	test_no_place_silent();
	test_random();
	return done_testing();
}
