/*
 * --results and --files: what a task wrote is kept in files, when its last
 * attempt is over and before its output is delivered, so that what is logged
 * is stored as well.
 *
 * A task that is over waits in a list; the files of one at a time are
 * written, some of it in each turn of the loop.  Then it goes on to emit_end().
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "run/places.h"
#include "run/results.h"

enum {
	BUDGET = 4 << 20,	/* bytes stored in one turn */
	TASK = 16 * 1024,	/* of them, for the files of a task */
	WAIT_ROWS = 100,	/* rows that wait for the width of the table, */
	WAIT_BYTES = 1 << 20	/* and bytes of their items */
};

static const nsec wait_most = 500 * MSEC;

/* --- opening ----------------------------------------------------------- */

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcasecmp(s + n - k, end) == 0;
}

bool
results_table(const struct conf *conf, enum table_form *form)
{
	const char *s = conf->results;

	*form = TABLE_CSV;
	if (s == NULL)
		return false;
	if (ends_in(s, ".csv"))
		return true;
	*form = TABLE_TSV;
	if (ends_in(s, ".tsv"))
		return true;
	*form = TABLE_JSON;
	return ends_in(s, ".jsonl") || ends_in(s, ".json");
}

static void
open_table(struct results *r, enum table_form form)
{
	const char *path = r->c->conf->results;
	int error = 0;

	if (*path == '-' && path[1] == '.')
		die("--results %s: rows on stdout are not supported: name a "
		    "file, and print that", path);
	if (template_has_refs(r->name))
		die("--results %s: a table is one file for all tasks; for one "
		    "for each of them end the name otherwise: %s.txt", path,
		    path);
	if (*path == '+')
		die("--results %s: rows are appended with --resume only; for a "
		    "file of that name write ./%s", path, path);
	r->where = KEEP_TABLE;
	r->table = table_open(path, form, r->c->conf->resume != RESUME_NONE,
	    &error);
	if (r->table == NULL)
		die("--results %s: %s", path, strerror(error));
	table_width(r->table, r->c->vocabulary.nnames);
}

/* A directory: it must be there, or can be made, before anything starts. */
static void
open_tree(struct results *r)
{
	struct buf b = { 0 };
	int error = 0;

	r->where = KEEP_TREE;
	buf_addf(&b, "%s/", r->c->conf->results);
	if (dir_parents(buf_str(&b)) < 0 || access(b.data, W_OK | X_OK) < 0)
		error = errno;
	buf_free(&b);
	if (error)
		die("--results: directory %s: %s", r->c->conf->results,
		    strerror(error));
}

static void
open_template(struct results *r)
{
	const char *name = r->c->conf->results;

	if (!template_has_refs(r->name))
		open_tree(r);
	else
		r->where = ends_in(name, "/") ? KEEP_DIR : KEEP_FILE;
}

/* For each task a file will be made there. */
static void
open_tmpdir(struct results *r)
{
	const struct conf *c = r->c->conf;
	int error = dir_takes_files(c->tmpdir);

	if (error)
		die("--files: no file can be made in %s (%s): %s", c->tmpdir,
		    c->tmpdir_from, strerror(error));
}

static void
on_timer(struct timer *t)
{
	(void)t;		/* the turn itself is what was wanted */
}

void
results_open(struct coord *c)
{
	struct results *r;
	enum table_form form;

	if ((c->conf->results == NULL && !c->conf->files) || c->conf->dry_run)
		return;
	r = c->results = xcalloc(1, sizeof(*r));
	r->c = c;
	r->fd = -1;
	r->timer.cb = on_timer;
	r->names = names_new();
	list_init(&r->jobs);
	list_init(&r->stored);
	if (c->conf->results)
		r->name = template_new(c->conf->results, &c->vocabulary);
	if (results_table(c->conf, &form))
		open_table(r, form);
	else if (c->conf->results)
		open_template(r);
	else
		open_tmpdir(r);
	if (results_has_files(r))
		r->places = places_new(c->conf, c->closed);
}

void
results_begin(struct coord *c)
{
	if (c->results && c->results->table)
		table_ready(c->results->table);
}

void
results_close(struct coord *c)
{
	struct results *r = c->results;

	if (r == NULL)
		return;
	loop_timer_off(c->loop, &r->timer);
	if (r->table && table_close(r->table) < 0 && !r->broken) {
		diag("--results %s: %s", c->conf->results, strerror(errno));
		policy_raise(&c->policy, STATUS_PPX);
	}
	template_free(r->name);
	free(r->label);
	names_free(r->names);
	places_free(r->places);
	buf_free(&r->path);
	free(r->file);
	free(r);
}

/* --- failures ---------------------------------------------------------- */

/* Is it the name that is at fault, not the place? */
static bool
is_of_name(int error)
{
	return error == ENAMETOOLONG || error == EISDIR || error == ENOTDIR ||
	    error == EACCES || error == ENXIO || error == ELOOP ||
	    error == EINVAL || error == EILSEQ || error == EEXIST;
}

/* The output of j is not stored in path. */
static void
not_stored(struct results *r, struct job *j, const char *path, const char *why)
{
	char text[512];

	j->out.dropped = true;
	r->failed = true;
	if (r->broken)
		return;
	diag("task %llu: cannot store its output: %s%s",
	    (unsigned long long)j->task.seq, diag_show(text, sizeof(text),
	    path, strlen(path)), why);
	policy_raise(&r->c->policy, STATUS_PPX);
}

void
results_refuse(struct results *r, struct job *j, const char *path,
    const char *owner)
{
	char why[64];

	snprintf(why, sizeof(why), " is %s as well", owner);
	not_stored(r, j, path, why);
}

void
results_fail(struct results *r, struct job *j, const char *path, int error)
{
	struct coord *c = r->c;
	char why[128];

	snprintf(why, sizeof(why), ": %s", strerror(error));
	not_stored(r, j, path, why);
	if (r->broken || is_of_name(error))
		return;
	r->broken = true;
	ending_stop(c, REASON_HALT, &c->conf->ladder);
}

void
results_stuck(struct coord *c)
{
	if (c->results->broken)
		return;
	c->results->broken = true;
	diag("no place in %s for output that is to be stored: it is lost; "
	    "--tmpdir names another directory", c->conf->tmpdir);
	policy_raise(&c->policy, STATUS_PPX);
	ending_stop(c, REASON_HALT, &c->conf->ladder);
	emit_drop(c->emit);
}

/* --- and then ---------------------------------------------------------- */

/* What is printed of a task whose output is stored. */
static void
print(struct results *r, struct job *j)
{
	struct emit *e = r->c->emit;
	const struct conf *conf = r->c->conf;
	bool failed = result_failed(&j->task.result);
	bool shown = !r->failed && (!conf->failed_only || failed);
	bool whole = shown && conf->failed_only;

	if (r->file || !whole)
		emit_forget(e, &j->out, 1);
	if (!whole && !(shown && r->where == KEEP_NOWHERE))
		emit_forget(e, &j->out, 2);
	if (r->file == NULL || !shown)
		return;
	emit_text(e, &j->out, 1, r->file, strlen(r->file));
	emit_text(e, &j->out, 1, "\n", 1);
}

static void
finish(struct results *r, struct job *j)
{
	if (r->open)		/* another one's row could not be written */
		keep_stop(r, j);
	if (r->table && r->pass > PASS_ROW_OUT)
		table_end(r->table);
	if (r->failed && r->file && !results_has_files(r))
		unlink(r->file);
	print(r, j);
	r->begun = false;
	list_remove(&j->node);
	list_before(&r->stored, &j->node);
}

/* Hands on what is stored, rows included. */
static void
release(struct results *r)
{
	bool lost = r->table && table_flush(r->table) < 0;
	int error = errno;
	struct list *n;

	while ((n = list_shift(&r->stored))) {
		struct job *j = container_of(n, struct job, node);

		r->c->storing--;
		if (lost)
			results_fail(r, j, r->c->conf->results, error);
		emit_end(r->c->emit, &j->out);
	}
}

/*
 * Rows of bad items wait until an item tells how many values there are, while
 * one may come; but neither many of them nor for long.
 */
static bool
waits(const struct results *r)
{
	return r->table && !table_has_width(r->table) &&
	    intake_has_room(r->c) && r->waiting < WAIT_ROWS &&
	    r->waiting_bytes < WAIT_BYTES && loop_now(r->c->loop) < r->until;
}

static void
count_waiting(struct results *r, const struct job *j)
{
	if (r->waiting++ == 0)
		r->until = loop_now(r->c->loop) + wait_most;
	r->waiting_bytes += item_size(j->task.item);
}

void
results_work(struct coord *c)
{
	struct results *r = c->results;
	size_t budget = BUDGET;

	while (r && budget > 0 && !list_empty(&r->jobs) && !waits(r)) {
		struct job *j = container_of(r->jobs.next, struct job, node);

		if (c->hurried)
			keep_stop(r, j);
		else if (!keep_some(r, j, &budget))
			break;
		finish(r, j);
		budget -= TASK < budget ? TASK : budget;
	}
	if (r && !list_empty(&r->stored))
		release(r);
	if (r && !list_empty(&r->jobs))
		loop_timer(c->loop, &r->timer, waits(r) ? r->until :
		    loop_now(c->loop));
}

/* Did it run, or is there a row to say that it could not? */
static bool
has_results(const struct results *r, const struct job *j)
{
	const struct conf *conf = r->c->conf;

	if (j->task.attempt == 0)
		return r->table && j->task.result.reason == REASON_BAD_ITEM;
	return r->where != KEEP_NOWHERE || !conf->failed_only ||
	    result_failed(&j->task.result);
}

bool
results_take(struct coord *c, struct job *j)
{
	struct results *r = c->results;

	if (r == NULL || !has_results(r, j)) {
		/* --output=failed */
		if (c->conf->failed_only && !c->conf->dry_run &&
		    !result_failed(&j->task.result)) {
			emit_forget(c->emit, &j->out, 1);
			emit_forget(c->emit, &j->out, 2);
		}
		return false;
	}
	if (r->table && !table_has_width(r->table))
		count_waiting(r, j);
	list_before(&r->jobs, &j->node);
	c->storing++;
	loop_timer(c->loop, &r->timer, loop_now(c->loop));
	return true;
}
