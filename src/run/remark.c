/* What co-processes say that is no reply, and what is said of them. */
#include "config.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/signals.h"
#include "run/fate.h"

enum {
	SHOWN = 60,		/* bytes of something in a message */
	LINE = 1 << 20,		/* a longer line of stderr comes in pieces */
	NOTES = 64 * 1024	/* of ours that wait for the end of one */
};

/* --- what is said of them ---------------------------------------------- */

void
fate_say(struct coproc *k, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_add(&k->notes, text, strlen(text) + 1);
}

void
coproc_say(struct coproc *k, bool all)
{
	size_t i;

	if (k->notes.len == 0 ||
	    (!emit_make_way(k->c->emit) && !all && k->notes.len < NOTES))
		return;
	for (i = 0; i < k->notes.len; i += strlen(k->notes.data + i) + 1)
		diag("%s", k->notes.data + i);
	buf_free(&k->notes);
}

/* --- what they say ----------------------------------------------------- */

/* An output that is no task's. */
static void
print(struct coproc *k, const struct talk *t, const char *p, size_t n)
{
	struct job *j = xcalloc(1, sizeof(*j));
	struct buf tag = { 0 };

	if (!t->inside && (k->conf->tag || k->conf->tagstring))
		buf_addf(&tag, "slot %u", t->slot);
	j->note = true;
	j->of = k->c;
	emit_open(k->c->emit, &j->out, tag.len ? buf_steal(&tag) : NULL);
	emit_take(k->c->emit, &j->out, 2, p, n);
	emit_end(k->c->emit, &j->out);
}

void
fate_remark(struct talk *t, const char *p, size_t n)
{
	struct coproc *k = t->owner;
	size_t len;

	buf_add(&t->remarks, p, n);
	for (len = t->remarks.len; len; len--)
		if (t->remarks.data[len - 1] == '\n')
			break;
	if (len == 0 && t->remarks.len >= LINE)
		len = t->remarks.len;
	if (len == 0)
		return;
	print(k, t, t->remarks.data, len);
	t->inside = t->remarks.data[len - 1] != '\n';
	buf_shift(&t->remarks, len);
}

void
fate_resume_line(struct talk *t, struct job *j)
{
	struct coproc *k = t->owner;

	if (t->remarks.len == 0)
		return;
	emit_take(k->c->emit, &j->out, 2, t->remarks.data, t->remarks.len);
	buf_free(&t->remarks);
}

void
fate_last_line(struct talk *t)
{
	struct coproc *k = t->owner;

	if (t->remarks.len)
		print(k, t, t->remarks.data, t->remarks.len);
	buf_free(&t->remarks);
}

/* Whose replies are whose is not known any more. */
void
fate_strange(struct talk *t, bool bad, const char *p, size_t n)
{
	struct coproc *k = t->owner;
	const char *name = k->conf->command[0];
	char cmd[SHOWN], text[SHOWN];

	if (k->c->ending)
		return;
	diag_show(cmd, sizeof(cmd), name, strlen(name));
	diag_show(text, sizeof(text), p, n);
	if (bad)
		diag("%s, the co-process of slot %u, has written something "
		    "that is no netstring: %s\n  nothing more is started", cmd,
		    t->slot, text);
	else
		diag("%s, the co-process of slot %u, has written more than one "
		    "reply for an item: %s\n  so it is not known which reply is "
		    "whose, and nothing more is started; --reply says what a "
		    "reply is", cmd, t->slot, text);
	policy_raise(&k->c->policy, STATUS_PPX);
	ending_stop(k->c, REASON_INTERRUPT, &k->conf->ladder);
}

void
fate_add_missing(const struct talk *t, struct buf *b)
{
	char shown[SHOWN];

	switch (t->form->how) {
	case REPLY_LINE:
		buf_adds(b, "there is no newline behind them");
		break;
	case REPLY_NUL:
		buf_adds(b, "there is no NUL behind them");
		break;
	case REPLY_EOT:
		diag_show(shown, sizeof(shown), t->form->eot,
		    strlen(t->form->eot));
		buf_addf(b, "no line of them is %s", shown);
		break;
	case REPLY_NETSTRING:
		buf_adds(b, "the netstring is longer");
		break;
	}
}

/* It has written something, which is no reply yet. */
static void
say_partial(struct coproc *k, struct talk *t)
{
	struct buf b = { 0 };

	fate_add_missing(t, &b);
	fate_say(k, "the co-process of slot %u has been silent for 2 s: %" PRIu64
	    " bytes have come, but %s, so they are no reply yet (see --reply)",
	    t->slot, talk_part(t), buf_str(&b));
	buf_free(&b);
}

void
fate_say_silent(struct coproc *k, struct talk *t)
{
	/* a block of a program that holds back may end anywhere */
	if (talk_part(t) && t->answered == 0) {
		say_partial(k, t);
		return;
	}
	fate_say(k, "the co-process of slot %u has been silent for 2 s and owes %zu "
	    "repl%s: if it is not at work it holds back what it reads or "
	    "writes\n  have it flush each reply, or give its option for that "
	    "(sed -u, grep --line-buffered, mawk -W interactive), or run it by "
	    "stdbuf -oL", t->slot, t->items, t->items == 1 ? "y" : "ies");
}

void
fate_say_closed(struct coproc *k, struct talk *t)
{
	if (k->said_closed)
		return;
	k->said_closed = true;
	fate_say(k, "the co-process of slot %u has read all that it was sent and "
	    "answers nothing of it: its stdin is closed, so that it does, and "
	    "another one is started\n  a program that waits for the end of its "
	    "input before it answers can have --pipe", t->slot);
}

void
fate_say_stubborn(struct coproc *k, struct talk *t)
{
	const struct ladder *l = &k->conf->ladder;

	fate_say(k, "the co-process of slot %u has not ended though its stdin was "
	    "closed, and is sent SIG%s", t->slot,
	    signals_name(l->n ? l->rung[0].sig : SIGKILL));
}

void
fate_say_few(struct coproc *k, struct talk *t)
{
	if (k->said_few)
		return;
	k->said_few = true;
	fate_say(k, "the co-process of slot %u has read all, ended well, and owes "
	    "%zu repl%s: where it has given an item none, each reply behind was "
	    "taken for that of the item before\n  if it may do that give "
	    "--window 1 with --timeout, or have it mark each end, --reply eot=STR",
	    t->slot, t->items, t->items == 1 ? "y" : "ies");
}
