#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/joblog.h"
#include "output/json.h"
#include "output/records.h"
#include "output/table.h"

enum { FIXED = 11 };	/* columns beside the V */
enum { COLLECT = 64 * 1024 };	/* bytes of a row, before it is written */

struct table {
	struct records *records;
	struct buf none;	/* after a failure: what nobody reads */
	enum table_form form;
	char sep;		/* between the columns */
	bool headed;
	size_t values;		/* how many V there are; 0 = not known */
	/* the field that is being written: */
	bool base64, quoted, exact;
	char rest[4];		/* JSON: bytes that may begin a character */
	size_t nrest;
};

static struct buf *
out(struct table *t)
{
	struct buf *b = records_next(t->records);

	if (b)
		return b;
	t->none.len = 0;
	buf_addc(&t->none, '{');	/* json_name() looks back */
	return &t->none;
}

/* --- the file ---------------------------------------------------------- */

/* Cuts off what follows the last whole row; 0, or -1 and errno. */
static int
mend(int fd, bool json, char sep, size_t *columns)
{
	enum { READ = 64 * 1024 };
	char *p = xmalloc(READ);
	off_t at = 0, whole = 0;
	bool quoted = false;
	ssize_t n, i;

	while ((n = pread(fd, p, READ, at)) > 0) {
		for (i = 0; i < n; i++) {
			if (p[i] == '"' && !json)
				quoted = !quoted;
			else if (p[i] == '\n' && !quoted)
				whole = at + i + 1;
			else if (p[i] == sep && !quoted && whole == 0)
				++*columns;
		}
		at += n;
	}
	free(p);
	if (whole == 0)
		*columns = 1;
	return n < 0 ? -1 : at > whole ? ftruncate(fd, whole) : 0;
}

static int
mend_file(const char *path, bool json, char sep, size_t *columns)
{
	struct stat st;
	int fd, status;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	fd = fd_open(path, O_RDWR, 0);
	if (fd < 0)
		return -1;
	status = mend(fd, json, sep, columns);
	close(fd);
	return status;
}

struct table *
table_open(const char *path, enum table_form form, bool append, int *error)
{
	struct table *t = xcalloc(1, sizeof(*t));

	size_t columns = 1;

	t->form = form;
	t->sep = form == TABLE_TSV ? '\t' : ',';
	if (append && mend_file(path, form == TABLE_JSON, t->sep,
	    &columns) < 0)
		*error = errno;
	else
		t->records = records_open(path, append, error);
	if (columns > FIXED)	/* as the heading that is there says */
		t->values = columns - FIXED;
	if (t->records == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void
table_ready(struct table *t)
{
	t->headed = !records_begin(t->records, "", "\n");
}

void
table_width(struct table *t, size_t n)
{
	if (t->values == 0)
		t->values = n;
}

bool
table_has_width(const struct table *t)
{
	return t->form == TABLE_JSON || t->values > 0;
}

int
table_flush(struct table *t)
{
	return records_flush(t->records);
}

int
table_close(struct table *t)
{
	int status = records_close(t->records), saved = errno;

	buf_free(&t->none);
	free(t);
	errno = saved;
	return status;
}

/* --- CSV --------------------------------------------------------------- */

static void
add_doubled(struct buf *b, const char *p, size_t n)
{
	const char *at;
	size_t k;

	for (; (at = memchr(p, '"', n)) != NULL; p += k, n -= k) {
		k = (size_t)(at - p) + 1;
		buf_add(b, p, k);
		buf_addc(b, '"');
	}
	buf_add(b, p, n);
}

/* A NUL, as only bad items have one, becomes two characters: no reader of CSV
   takes it. */
static void
add_text(struct buf *b, const char *p, size_t n)
{
	const char *nul;
	size_t k;

	for (; n > 0 && (nul = memchr(p, '\0', n)) != NULL; p += k, n -= k) {
		k = (size_t)(nul - p) + 1;
		add_doubled(b, p, k - 1);
		buf_add(b, "\\0", 2);
	}
	add_doubled(b, p, n);
}

/* Blanks at an end are safe from readers that trim in quotes only. */
static bool
needs_quotes(const struct table *t, const char *p, size_t n)
{
	size_t i;

	if (n > 0 && (p[0] == ' ' || p[n - 1] == ' '))
		return true;
	for (i = 0; i < n; i++)
		if (p[i] == t->sep || p[i] == '"' || p[i] == '\n' ||
		    p[i] == '\r')
			return true;
	return false;
}

static void
add_cell(struct table *t, const char *p, size_t n)
{
	struct buf *b = out(t);
	bool quotes = needs_quotes(t, p, n);

	buf_addc(b, t->sep);
	if (quotes)
		buf_addc(b, '"');
	add_text(b, p, n);
	if (quotes)
		buf_addc(b, '"');
}

static void
add_heading(struct table *t, const struct table_row *row)
{
	static const char *const names[] = { "Host", "Starttime",
	    "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command" };
	char number[24];
	const char *name;
	size_t i;

	t->headed = true;
	buf_adds(out(t), "Seq");
	for (i = 0; i < COUNT(names); i++)
		add_cell(t, names[i], strlen(names[i]));
	for (i = 0; i < t->values; i++) {
		snprintf(number, sizeof(number), "V%zu", i + 1);
		name = i < row->nnames && row->names[i] ? row->names[i] :
		    number;
		add_cell(t, name, strlen(name));
	}
	add_cell(t, "Stdout", 6);
	add_cell(t, "Stderr", 6);
	buf_addc(out(t), '\n');
}

/* Value i, and behind the last V all that follow. */
static void
add_value(struct table *t, const struct item *it, size_t i)
{
	struct buf all = { 0 };
	const char *v;
	size_t len, k;

	v = item_value(it, i, &len);
	if (i + 1 < t->values || i + 1 >= it->n) {
		add_cell(t, v, len);
		return;
	}
	for (k = i; k < it->n; k++) {
		v = item_value(it, k, &len);
		if (k > i)
			buf_addc(&all, ' ');
		buf_add(&all, v, len);
	}
	add_cell(t, all.data, all.len);
	buf_free(&all);
}

static void
begin_csv(struct table *t, const struct task *task,
    const struct table_row *row, int code, int sig)
{
	const struct result *r = &task->result;
	uint64_t at = (uint64_t)r->wall / 1000000;
	uint64_t ran = ((uint64_t)r->ran + 500000) / 1000000;
	char c = t->sep;
	size_t i;

	table_width(t, row->nnames ? row->nnames : task->item->n);
	table_width(t, 1);
	if (!t->headed)
		add_heading(t, row);
	buf_addf(out(t), "%" PRIu64 "%c:%c%" PRIu64 ".%03u%c%" PRIu64
	    ".%03u%c0%c%" PRIu64 "%c%d%c%d", task->seq, c, c, at / 1000,
	    (unsigned)(at % 1000), c, ran / 1000, (unsigned)(ran % 1000), c,
	    c, row->received, c, code, c, sig);
	add_cell(t, row->command, row->n);
	for (i = 0; i < t->values; i++)
		add_value(t, task->item, i);
}

/* --- JSON -------------------------------------------------------------- */

static void
begin_json(struct table *t, const struct task *task,
    const struct table_row *row, int code, int sig)
{
	struct buf *b = out(t);
	const char *v;
	size_t i, len;

	buf_addc(b, '{');
	json_uint(b, "Seq", task->seq);
	json_word(b, "Host", ":");
	json_seconds(b, "Starttime", task->result.wall, 3);
	json_seconds(b, "JobRuntime", task->result.ran, 3);
	json_uint(b, "Send", 0);
	json_uint(b, "Receive", row->received);
	json_name(b, "Exitval");
	buf_addf(b, "%d", code);
	json_name(b, "Signal");
	buf_addf(b, "%d", sig);
	json_name(b, "Command");
	json_string(b, row->command, row->n);
	json_name(b, "V");
	buf_addc(b, '[');
	for (i = 0; i < task->item->n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		v = item_value(task->item, i, &len);
		json_string(b, v, len);
	}
	buf_addc(b, ']');
}

/* Text, the start of a character held back until the rest of it comes. */
static void
put_json(struct table *t, const char *p, size_t n)
{
	struct buf all = { 0 };
	size_t rest;

	buf_add(&all, t->rest, t->nrest);
	buf_add(&all, p, n);
	rest = json_rest(all.data, all.len);
	t->exact &= json_text(out(t), all.data, all.len - rest);
	memcpy(t->rest, all.data + all.len - rest, rest);
	t->nrest = rest;
	buf_free(&all);
}

/* --- both -------------------------------------------------------------- */

void
table_begin(struct table *t, const struct task *task,
    const struct table_row *row)
{
	int code, sig;

	joblog_outcome(&task->result, &code, &sig);
	if (t->form == TABLE_JSON)
		begin_json(t, task, row, code, sig);
	else
		begin_csv(t, task, row, code, sig);
}

void
table_field(struct table *t, int stream, bool base64)
{
	struct buf *b = out(t);

	t->base64 = base64;
	t->quoted = false;
	t->exact = true;
	t->nrest = 0;
	if (t->form == TABLE_JSON)
		buf_addf(b, ",\"%s%s\":\"", stream == 1 ? "Stdout" : "Stderr",
		    base64 ? "_base64" : "");
	else
		buf_addc(b, t->sep);
}

void
table_put(struct table *t, const void *p, size_t n)
{
	struct buf *b = out(t);

	if (n == 0)
		return;
	if (b->len >= COLLECT)
		records_flush(t->records);
	if (t->form == TABLE_JSON && t->base64) {
		json_base64_text(b, p, n);
	} else if (t->form == TABLE_JSON) {
		put_json(t, p, n);
	} else {
		if (!t->quoted)
			buf_addc(b, '"');
		t->quoted = true;
		add_doubled(b, p, n);
	}
}

bool
table_field_end(struct table *t)
{
	if (t->nrest > 0)
		t->exact &= json_text(out(t), t->rest, t->nrest);
	if (t->form == TABLE_JSON || t->quoted)
		buf_addc(out(t), '"');
	return !t->exact;
}

void
table_end(struct table *t)
{
	buf_adds(out(t), t->form == TABLE_JSON ? "}\n" : "\n");
}
