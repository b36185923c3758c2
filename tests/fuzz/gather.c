/*
 * Any input, read in any pieces, with any options of records and batches: the
 * tasks are the same, have all values in their order, each within -s and as
 * many as -n or the like say, and no fewer than would have fitted.
 *
 * The first bytes are the options, then follow COMMAND and the input, parted
 * by a NUL.
 */
#include "config.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/mem.h"
#include "fuzz.h"
#include "input/columns.h"
#include "run/gather.h"

enum {
	WORDS = 4,
	WHOLE = 16384,		/* a pipe takes as much in one go */
	SHORT = 100, LONG = 1 << 17,	/* the longest value */
	WIDE = 1000000000	/* numbers are as long as batch.c takes them */
};

/* What is asked for. */
struct setting {
	struct conf conf;
	struct command_conf command;
	struct source_conf source;
	struct source_from from[2];
	char path[32];
	char *text, *words[WORDS + 1];
};

/* One run of it, and what that gave: tasks, or all items as they are. */
struct run {
	const struct setting *s;
	const char *p;		/* the input, of which cut bytes */
	size_t left, cut;	/* come at a time */
	int pipe;		/* -1 once it is closed */
	struct source *source;
	struct item *header;	/* or NULL */
	char **names;		/* point into it */
	struct vocabulary vocabulary;
	struct command *command;
	struct gather *gather;
	struct item **item;
	size_t n, cap;
	enum source_got end;
	bool over;		/* ended by -x */
};

/* --- the setting ------------------------------------------------------- */

static bool
no(const char *name)
{
	(void)name;
	return false;
}

/* A word, or several that are parted by a byte 1. */
static void
set_command(struct setting *s, struct fuzz *f)
{
	unsigned form = fuzz_byte(f);
	size_t len;
	char *p = s->text = fuzz_word(f, '\0', &len);
	int i;

	for (i = 0; i < WORDS && *p; i++) {
		s->words[i] = p;
		p += strcspn(p, "\1");
		if (*p)
			*p++ = '\0';
	}
	s->command.words = s->words;
	s->command.form = (enum command_form)(form % 3);
	s->command.world = (struct command_world){ no, no };
}

static void
set_batches(struct setting *s, struct fuzz *f)
{
	struct conf *c = &s->conf;
	unsigned how = fuzz_byte(f) % 5, n = fuzz_byte(f) % 8 + 1;
	unsigned flags = fuzz_byte(f);

	c->max_args = how == 1 ? n : 0;
	c->max_replace = how == 2 ? n : 0;
	c->max_lines = how == 3 ? n : 0;
	c->no_args = how == 4;
	c->batch = (enum batch_how)(flags & 3);
	c->exit_if_large = flags & 4;
	c->plus = flags & 8;
	c->jobs = 1 + (flags >> 4 & 3);
	c->max_chars = fuzz_byte(f);
	c->tmpdir = "/tmp";
}

static struct columns *
columns_by(const struct record_conf *r, unsigned flags)
{
	static const char *const regex[] = { NULL, ",", "[ \\t]+", "-" };
	struct columns_conf cc = {
		.csv = r->how == SPLIT_CSV, .separator = r->separator,
		.regex = r->how == SPLIT_CSV ? NULL : regex[flags & 3],
		.trim = (int)(flags >> 2 & 3),
	};
	struct fault fault;

	if (cc.regex == NULL && !cc.csv && !cc.trim)
		return NULL;
	return columns_new(&cc, &fault);
}

static void
set_records(struct setting *s, struct fuzz *f)
{
	static const unsigned char delimiter[] = { '\n', '\0', ',', 'a' };
	static const char *const eof[] = { NULL, "E", "\"a\"", "a b" };
	struct record_conf *r = &s->source.records;
	unsigned flags = fuzz_byte(f);

	r->how = (enum split_how)((flags & 3) % 3);
	r->delimiter = r->how == SPLIT_DELIMITER ?
	    delimiter[flags >> 2 & 3] : '\n';
	s->conf.delimited = r->delimiter != '\n';
	r->separator = ',';
	r->skip_empty = flags & 16;
	r->limit = flags & 32 ? SHORT : LONG;
	r->eof = eof[flags >> 6];
	r->columns = columns_by(r, fuzz_byte(f));
}

static void
set_source(struct setting *s, struct fuzz *f)
{
	static char one[] = "1", two[] = "x y", *more[] = { one, two, NULL };
	unsigned flags = fuzz_byte(f), few = fuzz_byte(f);

	s->source.from = s->from;
	s->source.n = 1 + (flags & 1);
	s->from[0].path = s->path;
	s->from[1].words = more;
	s->from[1].linked = flags & 2;
	s->source.link = flags & 4;
	s->source.header = flags & 8;
	s->source.skip_first = flags & 16;
	s->source.skip_line = flags & 32;
	s->source.shuf = flags & 64;
	s->source.max_items = few & 1 ? few / 2 : 0;
}

/* What check.c in cli/ refuses is not asked for. */
static void
settle(struct setting *s)
{
	struct conf *c = &s->conf;

	c->nsources = s->source.n;
	if (s->source.header || s->words[0] == NULL)
		c->max_args = c->max_replace = c->max_lines = 0;
	if (s->words[0] == NULL)
		c->no_args = false;
	if (s->source.header || s->words[0] == NULL || c->no_args)
		c->batch = BATCH_NONE;
	s->command.no_args = c->no_args;
	s->command.context = c->batch == BATCH_CONTEXT;
}

/* --- one run ----------------------------------------------------------- */

static void
close_pipe(struct run *r)
{
	if (r->pipe >= 0)
		close(r->pipe);
	r->pipe = -1;
}

/* After SOURCE_WAIT: what it waits for. */
static void
feed(struct run *r)
{
	size_t n = r->cut < r->left ? r->cut : r->left;

	if (r->gather && gather_goes_on(r->gather))
		return;
	if (source_fd(r->source) >= 0) {
		if (n == 0)
			close_pipe(r);
		else
			CHECK(write(r->pipe, r->p, n) == (ssize_t)n);
		r->p += n;
		r->left -= n;
	}
	source_read(r->source);
}

static void
open_source(struct run *r, struct setting *s)
{
	int p[2];

	CHECK(fd_pipe(p) == 0);
	snprintf(s->path, sizeof(s->path), "/dev/fd/%d", p[0]);
	r->source = source_new(&s->source);
	close(p[0]);
	r->pipe = p[1];
}

/* False: no names can be had. */
static bool
read_header(struct run *r)
{
	enum source_got got;
	size_t i;

	while ((got = source_header(r->source, &r->header)) == SOURCE_WAIT)
		feed(r);
	if (got != SOURCE_ITEM || r->header->bad)
		return false;
	r->names = xcalloc(r->header->n + 1, sizeof(char *));
	for (i = 0; i < r->header->n; i++)
		r->names[i] = (char *)r->header + r->header->at[i];
	r->vocabulary.names = r->names;
	r->vocabulary.nnames = r->header->n;
	return true;
}

static enum source_got
next(struct run *r, struct item **it)
{
	enum source_got got;

	do {
		got = r->gather ? gather_next(r->gather, it) :
		    source_next(r->source, it);
		if (got == SOURCE_WAIT)
			feed(r);
	} while (got == SOURCE_WAIT);
	return got;
}

static void
take_all(struct run *r)
{
	struct source_fault fault;
	struct item *it;

	while ((r->end = next(r, &it)) == SOURCE_ITEM) {
		mem_grow(&r->item, &r->cap, r->n + 1, sizeof(*r->item));
		r->item[r->n++] = it;
	}
	CHECK(!r->gather || next(r, &it) == r->end);
	r->over = r->gather && gather_overflow(r->gather);
	CHECK((r->end == SOURCE_ERROR) ==
	    (r->over || source_failed(r->source, &fault)));
}

/* False: it is refused. */
static bool
run(struct run *r, struct setting *s, size_t cut, bool tasks)
{
	struct command_conf cc = s->command;
	struct command_fault fault;

	r->s = s;
	r->cut = cut;
	open_source(r, s);
	r->vocabulary.plus = s->conf.plus;
	cc.vocabulary = &r->vocabulary;
	if (s->source.header && !read_header(r))
		return false;
	r->command = command_new(&cc, &fault);
	if (r->command == NULL)
		return false;
	if (tasks)
		r->gather = gather_new(&s->conf, r->command, r->source);
	take_all(r);
	return true;
}

static void
run_free(struct run *r)
{
	while (r->n > 0)
		free(r->item[--r->n]);
	free(r->item);
	gather_free(r->gather);
	command_free(r->command);
	source_free(r->source);
	free(r->header);
	free(r->names);
	close_pipe(r);
}

/* --- what must hold ---------------------------------------------------- */

/* Is the command with these items as -s and the system allow?  *good: can it be made? */
static bool
fits(const struct run *r, struct item *const *items, size_t n, bool *good)
{
	struct item *all = item_join(items, n);
	const struct command_task t = { all, WIDE, 1000, WIDE, true };
	struct words w = { .n = 0 };
	bool small;
	size_t i;

	*good = command_expand(r->command, &t, &w) == NULL && !all->bad;
	small = !w.large && (!r->s->conf.max_chars ||
	    w.bytes.len <= r->s->conf.max_chars);
	for (i = 0; i < n; i++)
		small &= !items[i]->large;
	buf_free(&w.bytes);
	free(all);
	return small;
}

/* How many of the n items this task has; they are its values, in order. */
static size_t
count_items(const struct item *task, struct item *const *items, size_t n)
{
	size_t count = 0, at = 0, i, a, b;
	const char *p, *q;

	do {
		CHECK(count < n);
		for (i = 0; i < items[count]->n; i++, at++) {
			p = item_value(items[count], i, &a);
			q = item_value(task, at, &b);
			CHECK(at < task->n && a == b && memcmp(p, q, a) == 0);
		}
		count++;
	} while (at < task->n);
	return count;
}

static size_t
most_of(const struct conf *c)
{
	size_t n = c->max_args + c->max_replace + c->max_lines;

	return n ? n : c->batch == BATCH_NONE;
}

/*
 * A task of count items; n are left with those.  *tail: they are the end, which
 * is spread over the slots.
 */
static void
check_task(const struct run *r, const struct item *task,
    struct item *const *items, size_t count, size_t n, bool *tail)
{
	const struct conf *c = &r->s->conf;
	size_t most = most_of(c);
	bool good;

	CHECK(most == 0 || count <= most);
	CHECK(!items[0]->bad || task->bad);
	CHECK(!task->bad || count == 1);
	CHECK(task->bad || fits(r, items, count, &good));
	if (task->bad || count == n || count == most)
		return;
	if (c->batch >= BATCH_MANY && fits(r, items, n, &good) && good)
		*tail = true;
	CHECK(*tail || !fits(r, items, count + 1, &good) || !good);
}

/* -x: those that would be one task do not fit. */
static bool
too_large(const struct run *r, struct item *const *items, size_t n)
{
	size_t most = most_of(&r->s->conf), i;
	bool good;

	if (!r->s->conf.exit_if_large)
		return false;
	for (i = 1; i <= n && i <= (most ? most : 1); i++)
		if (!fits(r, items, i, &good))
			return true;
	return false;
}

/* The tasks of r are made of all items. */
static void
check_tasks(const struct run *r, const struct run *all)
{
	size_t at = 0, i, count;
	bool tail = false;

	for (i = 0; i < r->n; i++, at += count) {
		count = count_items(r->item[i], all->item + at, all->n - at);
		if (!command_is_mode(r->command))
			check_task(r, r->item[i], all->item + at, count,
			    all->n - at, &tail);
	}
	CHECK(r->over ? too_large(r, all->item + at, all->n - at) :
	    at == all->n);
}

/* Without blanks. */
static void
add_solid(struct buf *b, const struct item *it)
{
	const char *v;
	size_t k, len;

	for (k = 0; k < it->n; k++) {
		v = item_value(it, k, &len);
		for (; len > 0; len--, v++)
			if (*v != ' ' && *v != '\t')
				buf_addc(b, *v);
	}
}

static bool
goes_on(const struct item *it)
{
	char last = item_last(it);

	return last == ' ' || last == '\t';
}

/* What the lines are, of which a bad one with all it goes on in is a 1. */
static void
add_lines(struct buf *b, const struct run *all)
{
	size_t i, begun = 0, was;
	bool skip = false;

	for (i = 0; i < all->n; i++) {
		was = b->len;
		add_solid(b, all->item[i]);
		if (b->len == was && !all->item[i]->bad &&
		    all->item[i]->n <= 1)
			continue;
		if (skip) {
			b->len = was;
		} else if (all->item[i]->bad) {
			b->len = begun;
			buf_addc(b, 1);
			skip = true;
		}
		skip = skip && goes_on(all->item[i]);
		if (skip || !goes_on(all->item[i]))
			begun = b->len;
	}
}

/* Was it bad as it was read? */
static bool
was_bad(const struct item *task, const struct run *all)
{
	size_t i;

	for (i = 0; task->bad && i < all->n; i++)
		if (all->item[i]->bad == task->bad)
			return true;
	return false;
}

/* -L: lines that are joined, or blank, are the same but for their blanks. */
static void
check_lines(const struct run *r, const struct run *all)
{
	struct buf a = { 0 }, b = { 0 };
	size_t i;

	for (i = 0; i < r->n; i++)
		if (was_bad(r->item[i], all))
			buf_addc(&a, 1);
		else
			add_solid(&a, r->item[i]);
	add_lines(&b, all);
	CHECK(r->over ? a.len <= b.len : a.len == b.len);
	CHECK(a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
	buf_free(&a);
	buf_free(&b);
}

static void
check_emptied(const struct run *r, const struct run *all)
{
	size_t i;

	CHECK(r->over ? r->s->conf.exit_if_large && r->n < all->n &&
	    all->item[r->n]->large : r->n == all->n);
	for (i = 0; i < r->n; i++)
		CHECK(r->item[i]->bad ? all->item[i]->bad != NULL :
		    r->item[i]->n == 0);
}

static void
check_equal(const struct item *a, const struct item *b)
{
	size_t i, n, m;
	const char *p, *q;

	CHECK(a->n == b->n && a->bad == b->bad);
	for (i = 0; i < a->n; i++) {
		p = item_value(a, i, &n);
		q = item_value(b, i, &m);
		CHECK(n == m && memcmp(p, q, n) == 0);
	}
}

static void
check_same(const struct run *a, const struct run *b)
{
	size_t i;

	CHECK(a->n == b->n && a->end == b->end && a->over == b->over);
	CHECK(gather_total(a->gather) == gather_total(b->gather));
	if (a->header)
		check_equal(a->header, b->header);
	for (i = 0; i < a->n; i++)
		check_equal(a->item[i], b->item[i]);
}

static void
check_all(const struct run *tasks, const struct run *all)
{
	const struct setting *s = all->s;
	uint64_t total = gather_total(tasks->gather);

	CHECK(s->source.max_items == 0 || all->n <= s->source.max_items);
	CHECK(total == 0 || total == tasks->n);
	if (s->conf.no_args)
		check_emptied(tasks, all);
	else if (s->conf.max_lines && !s->conf.delimited && s->source.n == 1)
		check_lines(tasks, all);
	else
		check_tasks(tasks, all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	struct setting s = { .from = { { 0 } } };
	struct run tasks = { .pipe = -1 }, cut = tasks, all = tasks;
	size_t at = fuzz_byte(&f) + 1;

	set_source(&s, &f);
	set_records(&s, &f);
	set_batches(&s, &f);
	set_command(&s, &f);
	settle(&s);
	tasks.p = cut.p = all.p = f.p;
	tasks.left = cut.left = all.left = f.n;
	if (run(&tasks, &s, WHOLE, true)) {
		CHECK(run(&cut, &s, at, true) && run(&all, &s, WHOLE, false));
		check_same(&tasks, &cut);
		check_all(&tasks, &all);
	}
	run_free(&tasks);
	run_free(&cut);
	run_free(&all);
	columns_free(s.source.records.columns);
	free(s.text);
	return 0;
}
