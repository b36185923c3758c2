/* The protocol: what is encoded is decoded; all else is refused. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/frame.h"
#include "wire/message.h"

#include "tap.h"

static struct message
sample(enum message_type type)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	m.task = 0x0123456789abcdefULL;
	m.attempt = 513;
	return m;
}

static void
round_trip(const char *name, const struct message *m)
{
	struct buf a = { 0 }, b = { 0 };
	struct message got;
	long n;

	message_encode(&a, m);
	n = message_decode(a.data, a.len, &got);
	is_int(n, (long)a.len, "%s: decoded whole", name);
	message_encode(&b, &got);
	ok(a.len == b.len && memcmp(a.data, b.data, a.len) == 0,
	    "%s: encoded again, the same bytes", name);
	buf_free(&a);
	buf_free(&b);
}

/* Cut anywhere it is not complete; one byte more or less inside is refused. */
static void
refusals(const char *name, const struct message *m)
{
	struct buf a = { 0 };
	struct message got;
	size_t i;
	bool all = true;

	message_encode(&a, m);
	for (i = 0; i < a.len; i++)
		all &= message_decode(a.data, i, &got) == 0;
	ok(all, "%s: incomplete at every cut", name);
	all = true;
	for (i = MESSAGE_HEAD; i + 1 < a.len; i++) {
		set_u32(&a, 0, (uint32_t)i);
		if (message_decode(a.data, a.len, &got) >= 0 &&
		    m->type != MSG_RUN)
			all = false;
	}
	ok(all, "%s: too short is refused", name);
	set_u32(&a, 0, (uint32_t)a.len + 1);
	buf_addc(&a, 'x');
	ok(message_decode(a.data, a.len, &got) < 0, "%s: a byte left over is refused",
	    name);
	buf_free(&a);
}

static void
every_type(void)
{
	static const char args[] = "prog\0a b\0\0last";
	struct message m = sample(MSG_RUN);

	m.slot = 7;
	m.bounds.timeout = 12345678901LL;
	m.nfds = 2;
	m.last = true;
	m.argc = 4;
	m.args = args;
	m.argslen = sizeof(args);
	round_trip("RUN", &m);
	refusals("RUN", &m);
	m.dir = "/some where";
	round_trip("RUN in a directory", &m);
	m.line = true;
	round_trip("RUN of a line", &m);
	refusals("RUN in a directory", &m);
	m = sample(MSG_END);
	m.reason = REASON_INTERRUPT;
	m.ladder = ladder_for_signal(2);
	round_trip("END", &m);
	refusals("END", &m);
	m.type = MSG_RETIRE;
	round_trip("RETIRE", &m);
	refusals("RETIRE", &m);
	m = sample(MSG_EXIT);
	m.stay = STAY_ASIDE;
	m.result.reason = REASON_SIGNAL;
	m.result.started = STARTED_YES;
	m.result.sig = 9;
	m.result.maxrss = 1ULL << 40;
	m.result.pids[7] = 4711;
	round_trip("EXIT", &m);
	refusals("EXIT", &m);
	m.type = MSG_SCRIPT;
	m.stay = STAY_HERE;
	m.fini = 1;
	round_trip("SCRIPT", &m);
	refusals("SCRIPT", &m);
	m = sample(MSG_STARTED);
	m.pid = 99;
	round_trip("STARTED", &m);
	refusals("STARTED", &m);
	m = sample(MSG_DROPPED);
	m.error = 11;
	m.stay = STAY_NOT;
	round_trip("DROPPED", &m);
	refusals("DROPPED", &m);
	m = sample(MSG_STOPPED);
	m.error = 19;
	round_trip("STOPPED", &m);
	m = sample(MSG_RECALL);
	round_trip("RECALL", &m);
	refusals("RECALL", &m);
	m = sample(MSG_FREEZE);
	round_trip("FREEZE", &m);
	m = sample(MSG_THAW);
	round_trip("THAW", &m);
	m = sample(MSG_FROZEN);
	round_trip("FROZEN", &m);
}

static void
nonsense(void)
{
	struct message m = sample(MSG_RECALL), got;
	struct buf a = { 0 };

	m.type = (enum message_type)77;
	put_u32(&a, MESSAGE_HEAD);
	put_u8(&a, 77);
	put_u64(&a, 1);
	put_u16(&a, 1);
	ok(message_decode(a.data, a.len, &got) < 0, "unknown type");
	set_u32(&a, 0, MESSAGE_HEAD - 1);
	ok(message_decode(a.data, a.len, &got) < 0, "length below a head");
	set_u32(&a, 0, MESSAGE_MAX + 1);
	ok(message_decode(a.data, a.len, &got) < 0, "length above the limit");
	buf_free(&a);

	m = sample(MSG_RUN);
	m.argc = 2;
	m.args = "one";
	m.argslen = 4;
	message_encode(&a, &m);
	ok(message_decode(a.data, a.len, &got) < 0, "RUN: fewer words than argc");
	buf_free(&a);
	m.argc = 1;
	m.argslen = 3;
	message_encode(&a, &m);
	ok(message_decode(a.data, a.len, &got) < 0, "RUN: last word without NUL");
	buf_free(&a);
}

/* Any bytes: a verdict, and never a read beyond them (sanitizers watch). */
static void
noise(void)
{
	struct message got;
	unsigned seed = 1;
	int i, j, bad = 0;

	for (i = 0; i < 20000; i++) {
		size_t n = (size_t)(rand_r(&seed) % 150) + 4;
		unsigned char *p = malloc(n);

		for (j = 0; j < (int)n; j++)
			p[j] = (unsigned char)rand_r(&seed);
		p[0] = (unsigned char)n;
		p[1] = p[2] = p[3] = 0;
		if (n > 4)
			p[4] = (unsigned char)(rand_r(&seed) % 40);
		if (message_decode(p, n, &got) < 0)
			bad++;
		free(p);
	}
	ok(bad > 10000, "noise is mostly refused (%d of 20000)", bad);
}

int
main(void)
{
	every_type();
	nonsense();
	noise();
	return done_testing();
}
