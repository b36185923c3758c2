/*
 * --resume, --resume-failed and --retry-failed: the joblog of earlier runs is
 * read before anything is started, and then appended to.  What of a task is
 * compared with it is the very text that logs.c writes.
 *
 * A task that is run again keeps the number of its row, so that the new row
 * takes the place of the old one whatever the order of the input is now.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "input/origin.h"
#include "input/told.h"
#include "run/state.h"

/* The values that each item has; 0 = not the same for all. */
static size_t
values(const struct conf *conf)
{
	bool varied = conf->colsep || conf->csv || conf->max_args ||
	    conf->max_replace || conf->no_args || conf->max_lines ||
	    conf->max_chars || conf->batch != BATCH_NONE;

	return varied ? 0 : conf->nsources;
}

static bool
fits(const void *ctx, const char *text, size_t n)
{
	return origin_fits(ctx, text, n);
}

static const char *
option_name(enum resume how)
{
	return how == RESUME_ALL ? "--resume" : "--resume-failed";
}

static bool
is_told(const struct coord *c, const char *text)
{
	struct template *t = text ? template_new(text, &c->vocabulary) : NULL;
	bool told = told_by(c->command, t, values(c->conf));

	template_free(t);
	return told;
}

/* Are places of their own, for the values, in what --results gives? */
static bool
is_place(const struct coord *c)
{
	struct template *t = template_new(c->conf->results, &c->vocabulary);
	enum table_form form;
	bool place = !template_has_refs(t) || results_table(c->conf, &form);

	template_free(t);
	return place;
}

/* What tasks of equal texts may differ in, an option; NULL: in nothing. */
static const char *
apart(const struct coord *c)
{
	const struct conf *f = c->conf;

	if (f->workdir && !is_told(c, f->workdir))
		return "--workdir";
	if (f->results && !is_told(c, is_place(c) ? NULL : f->results))
		return "--results";
	if (f->tagstring && !is_told(c, f->tagstring))
		return "--tagstring";
	if (f->tag && !is_told(c, NULL))
		return "--tag";
	return NULL;
}

/* How tasks are known, if not in the common way. */
static void
say_key(const struct coord *c, bool slot, const char *option)
{
	if (slot)
		diag("%s goes by the numbers of tasks: {%%} is in the "
		    "command, so its text tells nothing",
		    option_name(c->conf->resume));
	else if (option && !past_by_number(c->past))
		diag("%s goes by the numbers of tasks, so the input must have "
		    "the same order: %s has something of the items that is not "
		    "in the command", option_name(c->conf->resume), option);
	else if (past_by_number(c->past) && !c->conf->pipe)
		diag("%s goes by the numbers of tasks: no line of %s can be "
		    "of this command", option_name(c->conf->resume),
		    c->conf->joblog.path);
}

void
resume_open(struct coord *c)
{
	bool retry = c->conf->resume == RETRY_FAILED;
	struct past_conf pc = { .key = hash_key() };
	const char *why, *option = NULL;
	struct origin *o;
	int error;

	if (c->conf->resume == RESUME_NONE)
		return;
	o = origin_new(c->command, values(c->conf));
	pc.by_number = !retry && (command_uses_slot(c->command) ||
	    c->conf->pipe);
	if (!retry && !c->conf->pipe)
		option = apart(c);
	/* what tells the items apart then is only the environment */
	pc.by_both = option || (command_is_fixed(c->command) &&
	    !is_told(c, NULL));
	if (!retry)
		pc.fits = fits;
	pc.ctx = o;
	c->past = past_new(&pc);
	why = past_read(c->past, c->conf->joblog.path, &error);
	if (why)
		die("cannot resume from the joblog %s: %s%s%s",
		    c->conf->joblog.path, why, error ? ": " : "",
		    error ? strerror(error) : "");
	origin_free(o);
	if ((past_by_number(c->past) || option) && c->conf->shuf &&
	    !c->conf->seeded)
		die("%s goes by the numbers of tasks here, and --shuf without "
		    "a SEED gives them others each time", option_name(
		    c->conf->resume));
	if (!retry)
		say_key(c, command_uses_slot(c->command), option);
}

void
resume_close(struct coord *c)
{
	past_free(c->past);
	c->past = NULL;
}

static enum source_got
next_failed(struct coord *c, struct item **it)
{
	static const char bad[] = "was a bad item, of which no command could "
	    "be made";
	struct buf b = { 0 };
	enum source_got got = SOURCE_END;
	bool marked;

	switch (past_next_failed(c->past, &c->failed_row, &b)) {
	case 1:
		marked = b.len && memchr(b.data, '\0', b.len);
		*it = item_new(b.data, b.len, marked ? bad : NULL);
		got = SOURCE_ITEM;
		break;
	case -1:
		diag("cannot read the joblog %s again: %s", c->conf->joblog.path,
		    strerror(errno));
		policy_raise(&c->policy, STATUS_PPX);
		c->report.unread = true;
		break;
	}
	buf_free(&b);
	return got;
}

enum source_got
resume_next(struct coord *c, struct item **it)
{
	return c->conf->resume == RETRY_FAILED ? next_failed(c, it) :
	    gather_next(c->gather, it);
}

bool
resume_number(struct coord *c, const struct item *it, uint64_t *row)
{
	struct command_task t = { .item = it, .seq = c->seq + 1, .slot = 1 };
	struct buf b = { 0 };
	enum past_task was;

	*row = ++c->seq;
	if (c->past == NULL)
		return true;
	if (c->conf->resume == RETRY_FAILED) {
		/* two may have had the same number, in different runs */
		*row = c->failed_row;
		if (c->seq < *row)
			c->seq = *row;
		return true;
	}
	if (!past_by_number(c->past)) {
		t.total = gather_total(c->gather);
		logs_command(c, &t, &b);
	}
	was = past_take(c->past, c->seq, b.data, b.len, row);
	buf_free(&b);
	return was == PAST_NEW ||
	    (was == PAST_FAILED && c->conf->resume == RESUME_FAILED);
}
