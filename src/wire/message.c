#include "config.h"

#include <string.h>

#include "wire/frame.h"
#include "wire/message.h"

/* --- the parts --------------------------------------------------------- */

static void
put_ladder(struct buf *b, const struct ladder *l)
{
	size_t i;

	put_u8(b, (unsigned)l->n);
	for (i = 0; i < l->n; i++) {
		put_u8(b, (unsigned)l->rung[i].sig);
		put_u64(b, (uint64_t)l->rung[i].wait);
	}
}

static void
get_ladder(struct reader *r, struct ladder *l)
{
	size_t i;

	l->n = get_u8(r);
	if (l->n > LADDER_MAX) {
		r->bad = true;
		l->n = 0;
	}
	for (i = 0; i < l->n; i++) {
		l->rung[i].sig = (int)get_u8(r);
		l->rung[i].wait = (nsec)get_u64(r);
		if (l->rung[i].wait < 0 || l->rung[i].sig > 64)
			r->bad = true;
	}
}

static bool
get_flag(struct reader *r)
{
	unsigned v = get_u8(r);

	if (v > 1)
		r->bad = true;
	return v == 1;
}

static void
put_result(struct buf *b, const struct result *v)
{
	size_t i;

	put_u8(b, v->reason);
	put_u8(b, v->started);
	put_u32(b, (uint32_t)v->code);
	put_u32(b, (uint32_t)v->sig);
	put_u32(b, (uint32_t)v->error);
	put_u32(b, (uint32_t)v->step);
	put_u64(b, (uint64_t)v->wall);
	put_u64(b, (uint64_t)v->ran);
	put_u64(b, (uint64_t)v->utime);
	put_u64(b, (uint64_t)v->stime);
	put_u64(b, v->maxrss);
	put_u64(b, v->peak);
	put_u8(b, v->oom);
	put_u8(b, v->soft);
	put_u32(b, v->leaked);
	put_u32(b, v->nunkillable);
	for (i = 0; i < RESULT_PIDS; i++)
		put_u32(b, (uint32_t)v->pids[i]);
}

static void
get_result(struct reader *r, struct result *v)
{
	unsigned reason = get_u8(r), started = get_u8(r);
	size_t i;

	if (reason > REASON_POOL || started > STARTED_YES)
		r->bad = true;
	v->reason = (enum reason)reason;
	v->started = (enum started)started;
	v->code = (int)get_u32(r);
	v->sig = (int)get_u32(r);
	v->error = (int)get_u32(r);
	v->step = (int)get_u32(r);
	v->wall = (nsec)get_u64(r);
	v->ran = (nsec)get_u64(r);
	v->utime = (nsec)get_u64(r);
	v->stime = (nsec)get_u64(r);
	v->maxrss = get_u64(r);
	v->peak = get_u64(r);
	v->oom = get_flag(r);
	v->soft = get_flag(r);
	v->leaked = get_u32(r);
	v->nunkillable = get_u32(r);
	for (i = 0; i < RESULT_PIDS; i++)
		v->pids[i] = (int32_t)get_u32(r);
}

static void
put_run(struct buf *b, const struct message *m)
{
	put_u32(b, m->slot);
	put_u64(b, (uint64_t)m->bounds.timeout);
	put_u64(b, (uint64_t)m->bounds.soft);
	put_u64(b, m->bounds.memory);
	put_u8(b, m->nfds);
	put_u8(b, m->last);
	put_u8(b, m->line);
	put_u8(b, m->dir != NULL);
	put_u32(b, m->argc);
	if (m->dir)
		buf_add(b, m->dir, strlen(m->dir) + 1);
	buf_add(b, m->args, m->argslen);
}

static void
get_run(struct reader *r, struct message *m)
{
	size_t i, n = 0;
	bool dir;

	m->slot = get_u32(r);
	m->bounds.timeout = (nsec)get_u64(r);
	m->bounds.soft = (nsec)get_u64(r);
	m->bounds.memory = get_u64(r);
	m->nfds = (uint8_t)get_u8(r);
	m->last = get_flag(r);
	m->line = get_flag(r);
	dir = get_flag(r);
	m->argc = get_u32(r);
	m->args = get_rest(r, &m->argslen);
	for (i = 0; i < m->argslen; i++)
		n += m->args[i] == '\0';
	if (m->nfds > MESSAGE_FDS || m->argc == 0 || n < dir ||
	    n - dir != m->argc ||
	    m->bounds.timeout < 0 || m->bounds.soft < 0 ||
	    m->args[m->argslen - 1] != '\0')
		r->bad = true;
	if (r->bad || !dir)
		return;
	m->dir = m->args;
	m->args += strlen(m->dir) + 1;
	m->argslen -= (size_t)(m->args - m->dir);
}

static void
get_stay(struct reader *r, struct message *m)
{
	m->stay = (enum stay)get_u8(r);
	if (m->stay > STAY_NOT)
		r->bad = true;
}

/* --- a whole message --------------------------------------------------- */

void
message_encode(struct buf *b, const struct message *m)
{
	size_t at = b->len;

	put_u32(b, 0);
	put_u8(b, m->type);
	put_u64(b, m->task);
	put_u16(b, m->attempt);
	switch (m->type) {
	case MSG_RUN:
		put_run(b, m);
		break;
	case MSG_END:
		put_u8(b, m->reason);
		put_ladder(b, &m->ladder);
		break;
	case MSG_RETIRE:
		put_ladder(b, &m->ladder);
		break;
	case MSG_STARTED:
		put_u32(b, (uint32_t)m->pid);
		break;
	case MSG_EXIT:
		put_u8(b, m->stay);
		put_result(b, &m->result);
		break;
	case MSG_SCRIPT:
		put_u8(b, m->fini);
		put_result(b, &m->result);
		break;
	case MSG_DROPPED:
		put_u8(b, m->stay);
		put_u32(b, (uint32_t)m->error);
		break;
	case MSG_STOPPED:
		put_u32(b, (uint32_t)m->error);
		break;
	case MSG_RECALL:
	case MSG_FREEZE:
	case MSG_THAW:
	case MSG_FROZEN:
		break;
	}
	set_u32(b, at, (uint32_t)(b->len - at));
}

static void
get_body(struct reader *r, struct message *m, unsigned type)
{
	switch (type) {
	case MSG_RUN:
		get_run(r, m);
		return;
	case MSG_END:
		m->reason = (enum reason)get_u8(r);
		if (m->reason > REASON_POOL)
			r->bad = true;
		get_ladder(r, &m->ladder);
		return;
	case MSG_RETIRE:
		get_ladder(r, &m->ladder);
		return;
	case MSG_STARTED:
		m->pid = (int32_t)get_u32(r);
		return;
	case MSG_EXIT:
		get_stay(r, m);
		get_result(r, &m->result);
		return;
	case MSG_SCRIPT:
		m->fini = get_flag(r);
		get_result(r, &m->result);
		return;
	case MSG_DROPPED:
		get_stay(r, m);
		m->error = (int32_t)get_u32(r);
		return;
	case MSG_STOPPED:
		m->error = (int32_t)get_u32(r);
		return;
	case MSG_RECALL:
	case MSG_FREEZE:
	case MSG_THAW:
	case MSG_FROZEN:
		return;
	default:
		r->bad = true;
	}
}

long
message_decode(const void *p, size_t n, struct message *m)
{
	struct reader r = reader_of(p, n);
	uint32_t len;
	unsigned type;

	if (n < 4)
		return 0;
	len = get_u32(&r);
	if (len < MESSAGE_HEAD || len > MESSAGE_MAX)
		return -1;
	if (n < len)
		return 0;
	r = reader_of((const char *)p + 4, len - 4);
	memset(m, 0, sizeof(*m));
	type = get_u8(&r);
	m->type = (enum message_type)type;
	m->task = get_u64(&r);
	m->attempt = (uint16_t)get_u16(&r);
	get_body(&r, m, type);
	return reader_done(&r) ? (long)len : -1;
}
