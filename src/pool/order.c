#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "pool/order.h"

void
order_init(struct order *o)
{
	o->in = o->fd[0] = o->fd[1] = -1;
}

bool
order_take(struct order *o, const struct message *m, struct channel *from)
{
	int got[CHANNEL_FDS];

	o->task = m->task;
	o->attempt = m->attempt;
	o->bounds = m->bounds;
	o->last = m->last;
	o->line = m->line;
	o->argc = m->argc;
	o->args.len = 0;
	buf_add(&o->args, m->args, m->argslen);
	o->dir.len = 0;
	if (m->dir)
		buf_add(&o->dir, m->dir, strlen(m->dir) + 1);
	order_init(o);
	if (channel_take(from, got, m->nfds) < 0)
		return false;
	if (m->nfds >= COUNT(o->fd))
		memcpy(o->fd, got, sizeof(o->fd));
	if (m->nfds % 2)
		o->in = got[m->nfds - 1];
	return true;
}

void
order_close(struct order *o)
{
	size_t i;

	for (i = 0; i < COUNT(o->fd); i++)
		if (o->fd[i] >= 0)
			close(o->fd[i]);
	if (o->in >= 0)
		close(o->in);
	order_init(o);
}

void
backlog_init(struct backlog *b)
{
	size_t i;

	for (i = 0; i < COUNT(b->order); i++)
		order_init(&b->order[i]);
}

void
backlog_drop(struct backlog *b, size_t i)
{
	struct order gone = b->order[i];

	order_close(&gone);
	b->n--;
	memmove(&b->order[i], &b->order[i + 1],
	    (b->n - i) * sizeof(b->order[0]));
	b->order[b->n] = gone;		/* with its memory */
}

void
backlog_take(struct backlog *b, size_t i, struct order *o)
{
	struct order given = *o;

	*o = b->order[i];
	b->order[i] = given;
	backlog_drop(b, i);
}
