/*
 * --results and --files: what a task wrote is kept in files, when its last
 * attempt is over and before its output is delivered, so that what is logged
 * is stored as well.
 *
 * A task that is over waits in a list; the files of one at a time are
 * written, some of it in each turn of the loop, in passes: its stdout, its
 * stderr, or each of them as a field of a row.  Then it goes on to emit_end().
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "output/names.h"
#include "output/path.h"
#include "output/table.h"
#include "run/state.h"

enum {
	CHUNK = 48 * 1024,	/* a multiple of 3: base64 */
	BUDGET = 4 << 20,	/* bytes stored in one turn */
	TASK = 16 * 1024,	/* of them, for the files of a task */
	SUFFIX = 28		/* ".~", a number, ".err" */
};

enum where {
	KEEP_NOWHERE,		/* --files alone: a file in --tmpdir */
	KEEP_TREE,		/* below a directory, by the values */
	KEEP_DIR,		/* a template of directories */
	KEEP_FILE,		/* a template of files */
	KEEP_TABLE
};

enum pass {
	PASS_OUT,		/* into files of their own */
	PASS_ERR,
	PASS_ROW_OUT,		/* into a row */
	PASS_ROW_OUT64,
	PASS_ROW_ERR,
	PASS_ROW_ERR64,
	PASS_END
};

struct results {
	struct coord *c;
	enum where where;
	struct template *name;
	struct names *names;
	struct table *table;
	struct list jobs;	/* to be stored; the first one is in work */
	struct list stored;	/* rows not yet flushed */
	struct timer timer;
	bool broken;		/* nothing more can be stored: was said */
	bool twins;		/* that there are some was said */
	/* the one in work: */
	bool begun, failed;
	bool open;		/* the pass has begun */
	bool again;		/* the field is wanted in base64, too */
	enum pass pass;
	int fd;			/* of a file, or -1 */
	struct spool_mark mark;
	struct buf path;	/* without what the pass adds */
	char *file;		/* --files: that of stdout; or NULL */
	char chunk[CHUNK];
};

/* --- opening ----------------------------------------------------------- */

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
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
	r->where = KEEP_TABLE;
	r->table = table_open(path, form, r->c->conf->resume != RESUME_NONE,
	    &error);
	if (r->table == NULL)
		die("--results %s: %s", path, strerror(error));
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

	r->name = template_new(name, &r->c->vocabulary);
	if (!template_has_refs(r->name))
		open_tree(r);
	else
		r->where = ends_in(name, "/") ? KEEP_DIR : KEEP_FILE;
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
	if (results_table(c->conf, &form))
		open_table(r, form);
	else if (c->conf->results)
		open_template(r);
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
	names_free(r->names);
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

/* The task in work cannot be stored; nor can others, most likely. */
static void
fail(struct results *r, struct job *j, const char *path, int error)
{
	struct coord *c = r->c;
	char text[512];

	j->out.dropped = true;
	r->failed = true;
	if (r->broken)
		return;
	diag("task %llu: cannot store its output: %s: %s",
	    (unsigned long long)j->task.seq, diag_show(text, sizeof(text),
	    path, strlen(path)), strerror(error));
	policy_raise(&c->policy, STATUS_PPX);
	if (is_of_name(error))
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

/* --- names ------------------------------------------------------------- */

static bool
is_taken(struct results *r, const char *path, size_t n)
{
	static const char *const more[] = { ".err", ".seq" };
	struct buf b = { 0 };
	bool taken = names_have(r->names, path, n);
	size_t i;

	for (i = 0; r->where == KEEP_FILE && i < COUNT(more); i++) {
		b.len = 0;
		buf_add(&b, path, n);
		buf_adds(&b, more[i]);
		taken = taken || names_have(r->names, b.data, b.len);
	}
	buf_free(&b);
	return taken;
}

static void
take(struct results *r, const char *path, size_t n)
{
	struct buf b = { 0 };

	names_add(r->names, path, n);
	if (r->where == KEEP_FILE) {
		buf_add(&b, path, n);
		buf_adds(&b, ".err");
		names_add(r->names, b.data, b.len);
		memcpy(b.data + n, ".seq", 4);
		names_add(r->names, b.data, b.len);
	}
	buf_free(&b);
}

/* Two tasks of one name: the later one gets another. */
static void
make_unique(struct results *r, const struct job *j)
{
	char text[200];
	size_t n = r->path.len;
	unsigned k;

	for (k = 2; is_taken(r, r->path.data, r->path.len); k++) {
		r->path.len = n;
		buf_addf(&r->path, ".~%u", k);
	}
	take(r, r->path.data, r->path.len);
	if (k == 2 || r->twins)
		return;
	r->twins = true;
	diag("task %llu has the same --results as an earlier one: it gets %s, "
	    "and so on", (unsigned long long)j->task.seq,
	    diag_show(text, sizeof(text), r->path.data, r->path.len));
}

/* The path of j's results: a file, or a directory and a slash. */
static void
make_path(struct results *r, const struct job *j)
{
	struct command_task t = outcome_view(j);
	const struct vocabulary *v = &r->c->vocabulary;
	struct buf *b = &r->path;

	b->len = 0;
	if (r->where == KEEP_TREE) {
		buf_adds(b, r->c->conf->results);
		if (b->data[b->len - 1] != '/')
			buf_addc(b, '/');
		path_tree(b, j->task.item, v->names, v->nnames, SUFFIX);
	} else {
		template_expand_by(r->name, &t, b, path_value);
		while (r->where == KEEP_DIR && b->len > 1 &&
		    b->data[b->len - 1] == '/')
			b->len--;
		path_bound(b, 0, SUFFIX);
	}
	make_unique(r, j);
	if (r->where != KEEP_FILE)
		buf_addc(b, '/');
}

/* --- writing one ------------------------------------------------------- */

/* Opens path with a name behind it; -1 after a failure, which was said. */
static int
open_file(struct results *r, struct job *j, const char *name)
{
	size_t n = r->path.len;
	int fd;

	buf_adds(&r->path, name);
	fd = fd_open(buf_str(&r->path), O_WRONLY | O_CREAT | O_TRUNC |
	    O_NONBLOCK | O_NOCTTY, 0666);
	if (fd < 0)
		fail(r, j, r->path.data, errno);
	r->path.len = n;
	return fd;
}

/* Its number, as GNU parallel writes it. */
static void
write_seq(struct results *r, struct job *j)
{
	char text[24];
	int fd = open_file(r, j, r->where == KEEP_FILE ? ".seq" : "seq");
	int n = snprintf(text, sizeof(text), "%llu",
	    (unsigned long long)j->task.seq);

	if (fd >= 0 && (fd_write(fd, text, (size_t)n) < 0))
		fail(r, j, buf_str(&r->path), errno);
	if (fd >= 0)
		close(fd);
}

static void
begin_row(struct results *r, struct job *j)
{
	const struct vocabulary *v = &r->c->vocabulary;
	struct command_task t = outcome_view(j);
	struct buf b = { 0 };
	struct table_row row = {
		.received = j->out.bytes[0], .names = v->names,
		.nnames = v->nnames,
	};

	command_show(r->c->command, &t, &b);
	row.command = b.data;
	row.n = b.len;
	table_begin(r->table, &j->task, &row);
	buf_free(&b);
}

static bool
has_files(const struct results *r)
{
	return r->where != KEEP_TABLE && r->where != KEEP_NOWHERE;
}

static void
begin(struct results *r, struct job *j)
{
	r->begun = true;
	r->failed = false;
	r->pass = PASS_OUT;
	free(r->file);
	r->file = NULL;
	if (!has_files(r))
		return;
	make_path(r, j);
	if (dir_parents(buf_str(&r->path)) < 0)
		fail(r, j, r->path.data, errno);
	else
		write_seq(r, j);
}

static void
open_out(struct results *r, struct job *j)
{
	const char *dir = r->c->conf->tmpdir;

	if (has_files(r)) {
		r->fd = open_file(r, j, r->where == KEEP_FILE ? "" : "stdout");
		if (r->fd >= 0 && r->c->conf->files) {
			r->file = xmemdup(r->path.data, r->path.len + 8);
			if (r->where == KEEP_FILE)
				r->file[r->path.len] = '\0';
			else
				memcpy(r->file + r->path.len, "stdout", 7);
		}
		return;
	}
	if (!r->c->conf->files)
		return;
	r->fd = fd_temp_named(dir, &r->file);
	if (r->fd < 0)
		fail(r, j, dir, errno);
}

/* Opens what the pass writes to; false: there is nothing to do in it. */
static bool
open_pass(struct results *r, struct job *j)
{
	switch (r->pass) {
	case PASS_OUT:
		open_out(r, j);
		return r->fd >= 0;
	case PASS_ERR:
		if (has_files(r))
			r->fd = open_file(r, j, r->where == KEEP_FILE ?
			    ".err" : "stderr");
		return r->fd >= 0;
	case PASS_ROW_OUT:
		if (r->table == NULL)
			return false;
		begin_row(r, j);
		table_field(r->table, 1, false);
		if (r->file == NULL)
			return true;
		table_put(r->table, r->file, strlen(r->file));
		table_field_end(r->table);
		r->again = false;
		return false;
	case PASS_ROW_ERR:
		if (r->table)
			table_field(r->table, 2, false);
		return r->table != NULL;
	case PASS_ROW_OUT64:
	case PASS_ROW_ERR64:
		if (r->table && r->again)
			table_field(r->table, r->pass == PASS_ROW_OUT64 ? 1 :
			    2, true);
		return r->table && r->again;
	case PASS_END:
		break;
	}
	return false;
}

static void
end_pass(struct results *r, struct job *j)
{
	if (r->fd >= 0) {
		if (close(r->fd) < 0 && !r->failed)
			fail(r, j, buf_str(&r->path), errno);
		r->fd = -1;
	} else if (r->table) {
		r->again = table_field_end(r->table);
	}
}

/* n bytes of the chunk, to where the pass writes. */
static void
put(struct results *r, struct job *j, size_t n)
{
	if (r->fd < 0)
		table_put(r->table, r->chunk, n);
	else if (fd_write(r->fd, r->chunk, n) < 0)
		fail(r, j, has_files(r) ? buf_str(&r->path) : r->file, errno);
}

/* Copies what the pass is about; false: there is more, in the next turn. */
static bool
copy(struct results *r, struct job *j, size_t *budget)
{
	int stream = r->pass == PASS_OUT || r->pass == PASS_ROW_OUT ||
	    r->pass == PASS_ROW_OUT64 ? 1 : 2;
	ssize_t n;

	while (*budget > 0 && !r->failed) {
		n = emit_walk(r->c->emit, &j->out, stream, &r->mark, r->chunk,
		    CHUNK);
		if (n < 0)
			fail(r, j, r->c->conf->tmpdir, errno ? errno : EIO);
		if (n <= 0)
			return true;
		put(r, j, (size_t)n);
		*budget -= (size_t)n < *budget ? (size_t)n : *budget;
	}
	return r->failed;
}

/* The first of those that wait; false: there is more, in the next turn. */
static bool
store(struct results *r, struct job *j, size_t *budget)
{
	if (!r->begun)
		begin(r, j);
	while (!r->failed && r->pass != PASS_END) {
		if (!r->open) {
			memset(&r->mark, 0, sizeof(r->mark));
			r->open = open_pass(r, j);
		}
		if (r->open) {
			if (!copy(r, j, budget))
				return false;
			end_pass(r, j);
			r->open = false;
		}
		r->pass++;
	}
	return true;
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
	if (r->table && r->pass > PASS_ROW_OUT)
		table_end(r->table);
	if (r->failed && r->file && !has_files(r))
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
			fail(r, j, r->c->conf->results, error);
		emit_end(r->c->emit, &j->out);
	}
}

/* Nobody wants to wait any more. */
static void
give_up(struct results *r, struct job *j)
{
	if (r->open)
		end_pass(r, j);
	r->open = false;
	r->failed = true;
	j->out.dropped = true;
}

void
results_work(struct coord *c)
{
	struct results *r = c->results;
	size_t budget = BUDGET;

	while (r && budget > 0 && !list_empty(&r->jobs)) {
		struct job *j = container_of(r->jobs.next, struct job, node);

		if (c->hurried)
			give_up(r, j);
		else if (!store(r, j, &budget))
			break;
		finish(r, j);
		budget -= TASK < budget ? TASK : budget;
	}
	if (r && !list_empty(&r->stored))
		release(r);
	if (r && !list_empty(&r->jobs))
		loop_timer(c->loop, &r->timer, loop_now(c->loop));
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
	list_before(&r->jobs, &j->node);
	c->storing++;
	loop_timer(c->loop, &r->timer, loop_now(c->loop));
	return true;
}
