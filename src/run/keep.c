/*
 * The files of one task, or its row.  They are written in passes: its stdout,
 * its stderr, or each of them as a field of a row.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/mem.h"
#include "output/path.h"
#include "run/places.h"
#include "run/results.h"

enum { SUFFIX = 28 };		/* ".~", a number, ".err" */

/* --- names ------------------------------------------------------------- */

/* With --resume: was that of another task, in an earlier run? */
static bool
is_of_other(struct results *r, const struct job *j, const char *path, size_t n)
{
	char text[24] = "", mine[24];
	struct buf b = { 0 };
	ssize_t len = -1;
	int fd;

	if (r->c->past == NULL)
		return false;
	buf_add(&b, path, n);
	buf_adds(&b, r->where == KEEP_FILE ? ".seq" : "/seq");
	fd = fd_open(buf_str(&b), O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	buf_free(&b);
	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	snprintf(mine, sizeof(mine), "%llu", (unsigned long long)j->task.seq);
	return len > 0 && strcmp(text, mine) != 0;
}

static bool
is_taken(struct results *r, const struct job *j, const char *path, size_t n)
{
	static const char *const more[] = { ".err", ".seq" };
	struct buf b = { 0 };
	bool taken = names_have(r->names, path, n) ||
	    is_of_other(r, j, path, n);
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

/* What they are named by: its values; or of a block its number, as it has no
   value, or a name that is gone with its task. */
static struct item *
label(struct results *r, const struct job *j)
{
	if (r->c->blocks == NULL)
		return j->task.item;
	free(r->label);
	r->label = deal_number(j);
	return r->label;
}

/* Where j's results go, but for what makes it the only one of its name. */
static void
add_path(struct results *r, const struct job *j, struct buf *b)
{
	struct command_task t = outcome_view(j);
	const struct vocabulary *v = &r->c->vocabulary;

	if (r->where == KEEP_TREE) {
		buf_adds(b, r->c->conf->results);
		if (b->data[b->len - 1] != '/')
			buf_addc(b, '/');
		path_tree(b, label(r, j), v->names, v->nnames, SUFFIX);
		return;
	}
	t.item = label(r, j);
	template_expand_by(r->name, &t, b, path_value);
	while (r->where == KEEP_DIR && b->len > 1 &&
	    b->data[b->len - 1] == '/')
		b->len--;
	path_bound(b, 0, SUFFIX);
}

/* Is the path of n bytes in b taken, as that of the k-th of its name? */
static bool
twin_is_taken(struct results *r, const struct job *j, struct buf *b, size_t n,
    unsigned k)
{
	b->len = n;
	if (k > 1)
		buf_addf(b, ".~%u", k);
	return is_taken(r, j, b->data, b->len);
}

/* A bad item has not the values that it would have had. */
static void
set_width(struct results *r, const struct item *it)
{
	if (it->bad || table_has_width(r->table))
		return;
	table_width(r->table, it->n ? it->n : 1);
	loop_timer(r->c->loop, &r->timer, loop_now(r->c->loop));
}

/* Any free one will do: a name that thousands share is found fast. */
void
results_name(struct coord *c, struct job *j)
{
	struct results *r = c->results;
	struct buf b = { 0 };
	unsigned taken = 0, free_one = 1, k;
	size_t n;

	if (r && r->table)
		set_width(r, j->task.item);
	if (r == NULL || !results_has_files(r))
		return;
	add_path(r, j, &b);
	n = b.len;
	while (twin_is_taken(r, j, &b, n, free_one)) {
		taken = free_one;
		free_one *= 2;
	}
	while (free_one - taken > 1) {
		k = taken + (free_one - taken) / 2;
		if (twin_is_taken(r, j, &b, n, k))
			taken = k;
		else
			free_one = k;
	}
	twin_is_taken(r, j, &b, n, free_one);
	j->twin = free_one;
	take(r, b.data, b.len);
	buf_free(&b);
}

/* The path of j's results: a file, or a directory and a slash. */
static void
make_path(struct results *r, const struct job *j)
{
	struct buf *b = &r->path;
	char text[200];

	b->len = 0;
	add_path(r, j, b);
	if (j->twin > 1)
		buf_addf(b, ".~%u", j->twin);
	if (j->twin > 1 && !r->twins) {
		r->twins = true;
		diag("task %llu has the same --results as an earlier one: it "
		    "gets %s, and so on", (unsigned long long)j->task.seq,
		    diag_show(text, sizeof(text), b->data, b->len));
	}
	if (r->where != KEEP_FILE)
		buf_addc(b, '/');
}

/* --- writing one ------------------------------------------------------- */

/* Empties it, unless it is what ppx itself reads or writes: false then. */
static bool
is_ours_to_empty(struct results *r, struct job *j, int fd)
{
	const char *owner;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return true;
	owner = places_owner(r->places, &st);
	if (owner)
		results_refuse(r, j, r->path.data, owner);
	else if (st.st_size > 0 && ftruncate(fd, 0) < 0)
		results_fail(r, j, r->path.data, errno);
	return !r->failed;
}

/* Is one of the files what ppx itself reads or writes?  Then none is made. */
static void
look_first(struct results *r, struct job *j)
{
	static const char *const names[] = {
		"", ".err", ".seq", "stdout", "stderr", "seq"
	};
	size_t n = r->path.len, i = r->where == KEEP_FILE ? 0 : 3, k;
	const char *owner;
	struct stat st;

	for (k = i; k < i + 3 && !r->failed; k++) {
		buf_adds(&r->path, names[k]);
		owner = stat(buf_str(&r->path), &st) == 0 ?
		    places_owner(r->places, &st) : NULL;
		if (owner)
			results_refuse(r, j, r->path.data, owner);
		r->path.len = n;
	}
}

/* Opens path with a name behind it; -1 after a failure, which was said. */
static int
open_file(struct results *r, struct job *j, const char *name)
{
	size_t n = r->path.len;
	int fd;

	buf_adds(&r->path, name);
	fd = fd_open(buf_str(&r->path), O_WRONLY | O_CREAT | O_NONBLOCK |
	    O_NOCTTY, 0666);
	if (fd < 0) {
		results_fail(r, j, r->path.data, errno);
	} else if (!is_ours_to_empty(r, j, fd)) {
		close(fd);
		fd = -1;
	}
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
		results_fail(r, j, buf_str(&r->path), errno);
	if (fd >= 0)
		close(fd);
}

static void
begin_row(struct results *r, struct job *j)
{
	const struct vocabulary *v = &r->c->vocabulary;
	struct command_task t = outcome_view(j);
	struct task task = j->task;
	struct buf b = { 0 };
	struct table_row row = {
		.received = j->out.bytes[0], .names = v->names,
		.nnames = v->nnames,
	};

	logs_command(r->c, &t, &b);
	row.command = b.data;
	row.n = b.len;
	task.item = label(r, j);
	table_begin(r->table, &task, &row);
	buf_free(&b);
}

static void
begin(struct results *r, struct job *j)
{
	r->begun = true;
	r->failed = false;
	r->pass = PASS_OUT;
	free(r->file);
	r->file = NULL;
	if (!results_has_files(r))
		return;
	make_path(r, j);
	if (dir_parents(buf_str(&r->path)) < 0)
		results_fail(r, j, r->path.data, errno);
	else
		look_first(r, j);
	if (!r->failed)
		write_seq(r, j);
}

static void
open_out(struct results *r, struct job *j)
{
	const char *dir = r->c->conf->tmpdir;

	if (results_has_files(r)) {
		r->fd = open_file(r, j, r->where == KEEP_FILE ? "" : "stdout");
		if (r->fd >= 0 && r->c->conf->files) {
			/* behind it is what open_file() added, and a NUL */
			r->file = xstrdup(r->path.data);
		}
		return;
	}
	if (!r->c->conf->files)
		return;
	r->fd = fd_temp_named(dir, &r->file);
	if (r->fd < 0)
		results_fail(r, j, dir, errno);
}

/* A field of the row; the first one begins the row.  False: it is there. */
static bool
open_field(struct results *r, struct job *j)
{
	bool out = r->pass == PASS_ROW_OUT || r->pass == PASS_ROW_OUT64;
	bool base64 = r->pass == PASS_ROW_OUT64 || r->pass == PASS_ROW_ERR64;

	if (r->table == NULL || (base64 && !r->again))
		return false;
	if (r->pass == PASS_ROW_OUT)
		begin_row(r, j);
	table_field(r->table, out ? 1 : 2, base64);
	if (r->pass != PASS_ROW_OUT || r->file == NULL)
		return true;
	table_put(r->table, r->file, strlen(r->file));
	table_field_end(r->table);
	r->again = false;
	return false;
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
		if (results_has_files(r))
			r->fd = open_file(r, j, r->where == KEEP_FILE ?
			    ".err" : "stderr");
		return r->fd >= 0;
	case PASS_ROW_OUT:
	case PASS_ROW_OUT64:
	case PASS_ROW_ERR:
	case PASS_ROW_ERR64:
		return open_field(r, j);
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
			results_fail(r, j, buf_str(&r->path), errno);
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
		results_fail(r, j, results_has_files(r) ?
		    buf_str(&r->path) : r->file, errno);
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
		    RESULTS_CHUNK);
		if (n < 0)
			results_fail(r, j, r->c->conf->tmpdir,
			    errno ? errno : EIO);
		if (n <= 0)
			return true;
		put(r, j, (size_t)n);
		*budget -= (size_t)n < *budget ? (size_t)n : *budget;
	}
	return r->failed;
}

bool
keep_some(struct results *r, struct job *j, size_t *budget)
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

void
keep_stop(struct results *r, struct job *j)
{
	if (r->open)
		end_pass(r, j);
	r->open = false;
	r->failed = true;
	j->out.dropped = true;
}
