#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "run/coproc.h"
#include "run/state.h"

enum {
	BACKLOG_BYTES = 4 << 20,
	READS = 16,		/* at most in one go: signals come first */
	LEFT_OUT = 10000	/* the same of tasks that are left out */
};

static char *
tag_of(struct coord *c, const struct job *j)
{
	struct command_task t = outcome_view(j);
	struct item *number = NULL;
	struct buf b = { 0 };

	if (c->tag == NULL && !c->conf->tag)
		return NULL;
	if (c->blocks)
		t.item = number = deal_number(j);
	if (c->tag)
		template_expand(c->tag, &t, &b);
	else
		item_show(t.item, &b);
	free(number);
	return buf_steal(&b);
}

static bool
is_blank(const struct item *it)
{
	size_t len;
	const char *s = item_value(it, 0, &len);

	return it->bad == NULL && strspn(s, " \t\r\n\v\f") == len;
}

static void
new_job(struct coord *c, struct item *it, struct block *block, uint64_t row)
{
	struct job *j = xcalloc(1, sizeof(*j));
	struct command_task view;
	const char *why;

	c->made++;
	j->task.item = it;
	j->task.seq = c->seq;
	j->block = c->tee ? tee_block(c) : block;
	j->task.items = it->records ? it->records : 1;
	c->made += j->task.items - 1;
	c->seq += j->task.items - 1;
	j->row = row;
	c->total = c->gather ? gather_total(c->gather) : 0;
	j->of = c;
	emit_open(c->emit, &j->out, tag_of(c, j));
	list_init(&j->node);
	results_name(c, j);
	view = outcome_view(j);
	why = it->bad ? it->bad : terms_set(c->terms, &view,
	    loop_now(c->loop), &j->task);
	if (why) {
		outcome_bad_item(c, j, why);
		return;
	}
	if (j->task.expires) {
		j->waits = j->task.expires - loop_now(c->loop);
		j->patience = j->waits - c->conf->waited;
		if (j->patience < 1)
			j->patience = 1;
	}
	queue_push(&c->queue, &j->task);
	clocks_ready(c, j);
}

/* What is no task, or was one in an earlier run, is let go. */
void
intake_take(struct coord *c, struct item *it, struct block *block)
{
	bool blank = command_is_mode(c->command) && is_blank(it);
	struct job left = { .of = c };
	uint64_t row;

	if (!blank && resume_number(c, it, &row)) {
		new_job(c, it, block, row);
		return;
	}
	if (!blank) {		/* its results are there */
		left.task.item = it;
		left.task.seq = c->seq;
		results_name(c, &left);
	}
	c->report.left_out += !blank;
	block_release(block);
	free(it);
}

static void
say_overflow(const struct coord *c, const struct item *it)
{
	struct buf b = { 0 };
	char shown[64];

	item_show(it, &b);
	diag("-x: the command for \"%s\"%s does not fit into %s",
	    diag_show(shown, sizeof(shown), buf_str(&b), b.len),
	    it->n > 1 || c->conf->batch || c->conf->max_args ||
	    c->conf->max_replace || c->conf->max_lines ?
	    " and those with it" : "",
	    c->conf->max_chars && !it->large ? "-s" : "what the system allows");
	buf_free(&b);
}

static void
say_failure(const struct coord *c)
{
	const struct item *over = c->gather ? gather_overflow(c->gather) : NULL;
	struct source_fault f = { 0 };
	const char *name, *why;

	if (c->blocks) {
		name = blocks_failed(c->blocks, &why);
		diag("cannot read %s: %s", name, why);
	} else if (over) {
		say_overflow(c, over);
	} else if (source_failed(c->source, &f)) {
		sources_say(&f);
	}
}

void
intake_failed(struct coord *c)
{
	say_failure(c);
	policy_raise(&c->policy, STATUS_PPX);
	c->report.unread = c->seq > 0;
	c->input_ended = true;
}

/*
 * Tasks that read the same input as it comes: none of them may keep it from
 * coming, so that nothing bounds their number but the slots.
 */
static bool
is_shared(const struct coord *c)
{
	return c->tee || (c->blocks && blocks_in_turn(c->blocks));
}

bool
intake_has_room(const struct coord *c)
{
	if (is_shared(c))
		return !c->stopping && !c->input_ended &&
		    (c->tee || deal_has_room(c));
	if (c->coproc && coproc_run(c->coproc) > 1 &&
	    queue_length(&c->queue) >= 2 * pool_slots(c->pool))
		return false;	/* each may be a run */
	return !c->stopping && !c->input_ended &&
	    queue_length(&c->queue) + c->delayed.n < c->conf->backlog &&
	    c->queue.bytes + c->delayed.bytes < BACKLOG_BYTES &&
	    (emit_held(c->emit) < c->conf->order_window ||
	    coproc_wanted(c->coproc)) &&
	    (c->blocks == NULL || deal_has_room(c));
}

static void
on_input(struct io *io, int got)
{
	struct coord *c = container_of(io, struct coord, input);

	(void)got;
	if (c->blocks)
		blocks_read(c->blocks);
	else
		source_read(c->source);
}

void
intake_watch(struct coord *c, bool wanted)
{
	int fd = c->blocks ? blocks_fd(c->blocks) : source_fd(c->source);

	if (c->input.want && (!wanted || c->input.fd != fd))
		loop_io(c->loop, &c->input, 0);
	c->input.fd = fd;
	c->input.cb = on_input;
	if (wanted && fd >= 0)
		loop_io(c->loop, &c->input, IO_READ);
}

void
intake_fill(struct coord *c)
{
	struct item *it;
	bool wait = false;
	size_t reads = 0;
	uint64_t limit = c->report.left_out + LEFT_OUT;

	if (c->blocks) {
		deal_fill(c);
		return;
	}
	if (c->conf->semaphore && intake_has_room(c)) {
		intake_take(c, item_of(NULL, 0, NULL), NULL);
		c->input_ended = true;
	}
	if (c->coproc)
		source_runs(c->source, coproc_run(c->coproc));
	while (!wait && intake_has_room(c) && reads < READS &&
	    c->report.left_out < limit) {
		switch (resume_next(c, &it)) {
		case SOURCE_ITEM:
			intake_take(c, it, NULL);
			break;
		case SOURCE_WAIT:
			if (gather_goes_on(c->gather)) {
				reads++;
				break;
			}
			if (source_fd(c->source) >= 0) {
				wait = true;
				break;
			}
			source_read(c->source);
			reads++;
			break;
		case SOURCE_END:
			c->input_ended = true;
			ending_halt(c);
			break;
		case SOURCE_ERROR:
			intake_failed(c);
			break;
		}
	}
	intake_watch(c, wait);
}

void
intake_stop(struct coord *c)
{
	intake_watch(c, false);
}
