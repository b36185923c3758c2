#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "pool/order.h"

void
order_init(struct order *o)
{
	o->fd[0] = o->fd[1] = -1;
}

bool
order_take(struct order *o, const struct message *m, struct channel *from)
{
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
	o->fd[0] = o->fd[1] = -1;
	return m->nfds == 0 || channel_take(from, o->fd, 2) == 0;
}

void
order_close(struct order *o)
{
	size_t i;

	for (i = 0; i < COUNT(o->fd); i++)
		if (o->fd[i] >= 0)
			close(o->fd[i]);
	o->fd[0] = o->fd[1] = -1;
}
