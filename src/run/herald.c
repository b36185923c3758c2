/*
 * -t and -v: the line that says what starts, before it does.  Where the tasks
 * write to our stdout by themselves (-u) it must be out before its task
 * writes, and may have to wait for the reader; the task waits with it.
 */
#include "config.h"

#include "base/diag.h"
#include "run/state.h"

/* The command to be shown of j, as a line; false if there will be none. */
static bool
make_line(struct coord *c, const struct job *j, struct buf *b)
{
	struct command_task t = outcome_view(j);

	if (command_expand(c->command, &t, &c->words))
		return false;	/* its start tells why */
	b->len = 0;
	command_show(c->command, &t, b);
	buf_addc(b, '\n');
	return true;
}

unsigned
herald_slot(const struct coord *c)
{
	return c->herald.task ? c->herald.task->slot : 0;
}

struct task *
herald_open(const struct coord *c)
{
	return c->herald.task;
}

void
herald_forget(struct coord *c, const struct task *t)
{
	if (c->herald.task == t)
		c->herald.task = NULL;
}

static bool
is_out(struct coord *c)
{
	return emit_say(c->emit, c->herald.line.data, c->herald.line.len,
	    &c->herald.said);
}

bool
herald_clear(struct coord *c, struct task *t, unsigned slot)
{
	struct job *j = job_of_task(t);

	if (!c->conf->verbose_out || c->conf->output != OUTPUT_RAW || j->shown)
		return true;
	if (!is_out(c))		/* that of one which was given up, too */
		return false;
	if (c->herald.task == NULL) {
		t->slot = slot;
		if (!make_line(c, j, &c->herald.line))
			return true;
		c->herald.task = t;
		c->herald.said = 0;
		if (!is_out(c))
			return false;
	}
	return true;
}

void
herald_start(struct coord *c, struct job *j)
{
	struct command_task t = outcome_view(j);
	struct buf b = { 0 };

	if (j->shown || (!c->conf->verbose_err && !c->conf->verbose_out))
		return;
	j->shown = true;	/* it may come back, not having begun */
	command_show(c->command, &t, &b);
	buf_addc(&b, '\n');
	if (c->conf->verbose_err)
		diag_raw(b.data, b.len);
	if (c->conf->verbose_out && c->conf->output != OUTPUT_RAW)
		emit_text(c->emit, &j->out, 1, b.data, b.len);
	buf_free(&b);
}

void
herald_close(struct coord *c)
{
	buf_free(&c->herald.line);
}
