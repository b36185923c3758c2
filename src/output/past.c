/*
 * Rows become entries of a fixed size, which are sorted once: by hash and
 * number, or by number alone.  The equal ones lie side by side then, the
 * latest last, and a task is found by bisection.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/joblog.h"
#include "output/past.h"

enum { CHUNK = 1 << 16 };

struct entry {
	struct hash hash;	/* of the command, escaped */
	uint64_t seq;
	uint64_t at : 62;	/* where its line begins in the file */
	uint64_t failed : 1;
	uint64_t taken : 1;
	size_t next;		/* in the first of one hash: those before it
				   were taken */
};

struct past {
	struct past_conf conf;
	struct entry *e;
	size_t n, cap;
	uint64_t *seqs;		/* of all of them, sorted; or NULL */
	struct buf part;	/* a line that is not complete */
	struct buf text;	/* scratch */
	uint64_t at;		/* where that line begins */
	bool begun;		/* the first line was seen */
	bool fitted;		/* a row had a text that fits */
	bool ended;
	bool moved;		/* numbers are not those of one input */
	size_t failed;		/* where past_next_failed() goes on */
	int fd;			/* or -1 */
};

struct past *
past_new(const struct past_conf *conf)
{
	struct past *p = xcalloc(1, sizeof(*p));

	p->conf = *conf;
	p->fd = -1;
	return p;
}

void
past_free(struct past *p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0)
		close(p->fd);
	buf_free(&p->part);
	buf_free(&p->text);
	free(p->seqs);
	free(p->e);
	free(p);
}

/* --- reading ----------------------------------------------------------- */

static void
check_fit(struct past *p, const struct joblog_row *r)
{
	if (p->fitted)
		return;
	p->text.len = 0;
	joblog_unescape(&p->text, r->command, r->n);
	p->fitted = p->conf.fits == NULL ||
	    p->conf.fits(p->conf.ctx, p->text.data, p->text.len);
}

/* False when the file cannot be a joblog. */
static bool
take_line(struct past *p, const char *line, size_t n)
{
	bool first = !p->begun;
	struct joblog_row r;
	struct entry *e;

	p->begun = true;
	if (!joblog_parse(line, n, &r))
		return !first || joblog_is_header(line, n);
	check_fit(p, &r);
	mem_grow(&p->e, &p->cap, p->n + 1, sizeof(*p->e));
	e = &p->e[p->n++];
	memset(e, 0, sizeof(*e));
	e->hash = hash_of(&p->conf.key, r.command, r.n);
	e->seq = r.seq;
	e->at = p->at & (UINT64_MAX >> 2);
	e->failed = r.failed;
	return true;
}

bool
past_feed(struct past *p, const char *bytes, size_t n)
{
	const char *nl;
	size_t len;
	bool good;

	while (n > 0 && (nl = memchr(bytes, '\n', n)) != NULL) {
		len = (size_t)(nl - bytes);
		if (p->part.len) {
			buf_add(&p->part, bytes, len);
			good = take_line(p, p->part.data, p->part.len);
			p->at += p->part.len + 1;
			p->part.len = 0;
		} else {
			good = take_line(p, bytes, len);
			p->at += len + 1;
		}
		if (!good)
			return false;
		bytes += len + 1;
		n -= len + 1;
	}
	if (n > 0)
		buf_add(&p->part, bytes, n);
	return true;
}

static int
compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_hash(const struct hash *a, const struct hash *b)
{
	return a->a != b->a ? compare(a->a, b->a) : compare(a->b, b->b);
}

/* By text, then number, then age. */
static int
by_text(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = compare_hash(&x->hash, &y->hash);

	if (c == 0)
		c = compare(x->seq, y->seq);
	return c ? c : compare(x->at, y->at);
}

static int
by_number(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = compare(x->seq, y->seq);

	return c ? c : compare(x->at, y->at);
}

static int
by_seq(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return compare(*x, *y);
}

/* Is y the same task, run again?  By text, only what failed can be. */
static bool
is_again(const struct past *p, const struct entry *x, const struct entry *y)
{
	return x->seq == y->seq && (past_by_number(p) ||
	    (x->failed && compare_hash(&x->hash, &y->hash) == 0));
}

/*
 * Where a number has two rows the input has changed between runs, so one that
 * has none may be that of a task whose row has another.
 */
static void
list_numbers(struct past *p)
{
	size_t i;

	p->seqs = xcalloc(p->n, sizeof(*p->seqs));
	for (i = 0; i < p->n; i++)
		p->seqs[i] = p->e[i].seq;
	qsort(p->seqs, p->n, sizeof(*p->seqs), by_seq);
	for (i = 1; i < p->n && !p->moved; i++)
		p->moved = p->seqs[i] == p->seqs[i - 1];
}

void
past_end(struct past *p)
{
	size_t i, n = 0;

	p->ended = true;
	buf_free(&p->part);
	if (p->n == 0)
		return;
	qsort(p->e, p->n, sizeof(*p->e),
	    past_by_number(p) ? by_number : by_text);
	for (i = 0; i < p->n; i++)
		if (i + 1 == p->n || !is_again(p, &p->e[i], &p->e[i + 1]))
			p->e[n++] = p->e[i];
	p->n = n;
	p->e = xrealloc(p->e, n * sizeof(*p->e));
	p->cap = n;
	if (!past_by_number(p))
		list_numbers(p);
}

/* The first line, as far as it is there, is that of a joblog. */
static bool
may_begin(const struct past *p)
{
	return p->begun || p->part.len == 0 ||
	    joblog_is_header(p->part.data, p->part.len);
}

static const char *
read_all(struct past *p, int *error)
{
	static const char other[] =
	    "it is no joblog: its first line is not a joblog's heading";
	char *chunk = xmalloc(CHUNK);
	const char *why = NULL;
	ssize_t n = 0;

	while (why == NULL && (n = read(p->fd, chunk, CHUNK)) > 0)
		if (!past_feed(p, chunk, (size_t)n) || !may_begin(p))
			why = other;
	if (n < 0) {
		*error = errno;
		why = "it cannot be read";
	}
	free(chunk);
	return why;
}

const char *
past_read(struct past *p, const char *path, int *error)
{
	const char *why = NULL;
	struct stat st;

	*error = 0;
	/* O_NONBLOCK: a fifo must not make us wait */
	p->fd = fd_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (p->fd < 0 && errno != ENOENT) {
		*error = errno;
		return "it cannot be opened";
	}
	if (p->fd >= 0 && fstat(p->fd, &st) == 0 && !S_ISREG(st.st_mode))
		why = "it must be a regular file, to be read before it is "
		    "written";
	else if (p->fd >= 0)
		why = read_all(p, error);
	if (why == NULL)
		past_end(p);
	return why;
}

/* --- asking ------------------------------------------------------------ */

bool
past_by_number(const struct past *p)
{
	return p->conf.by_number || (p->n > 0 && !p->fitted);
}

/* The first entry that is not less than what is wanted; n if none. */
static size_t
bisect(const struct past *p, const struct entry *want,
    int (*cmp)(const void *a, const void *b))
{
	size_t low = 0, high = p->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cmp(&p->e[mid], want) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct entry *
find_number(const struct past *p, const struct entry *want)
{
	size_t i = bisect(p, want, by_number);

	return i < p->n && p->e[i].seq == want->seq && !p->e[i].taken ?
	    &p->e[i] : NULL;
}

/*
 * That of the same number, or the first that was not taken.  That one may still
 * be wanted by the task of its number: not where the number of this one, or of
 * one before it, is another's, as the order is not the same then.
 */
static struct entry *
find_text(struct past *p, struct entry *want)
{
	size_t i = bisect(p, want, by_text), first;
	uint64_t seq = want->seq;
	struct entry *e = p->e;

	if (i < p->n && e[i].seq == seq && !e[i].taken &&
	    compare_hash(&e[i].hash, &want->hash) == 0)
		return &e[i];
	if (p->conf.by_both)
		return NULL;
	want->seq = 0;
	first = i = bisect(p, want, by_text);
	if (i == p->n || compare_hash(&e[i].hash, &want->hash) != 0)
		return NULL;
	i += e[first].next;
	while (i < p->n && e[i].taken &&
	    compare_hash(&e[i].hash, &want->hash) == 0)
		i++;
	e[first].next = i - first;
	if (i == p->n || compare_hash(&e[i].hash, &want->hash) != 0)
		return NULL;
	p->moved = p->moved || e[i].seq < seq || bsearch(&seq, p->seqs, p->n,
	    sizeof(*p->seqs), by_seq);
	return p->moved ? &e[i] : NULL;
}

enum past_task
past_take(struct past *p, uint64_t seq, const char *command, size_t n,
    uint64_t *row)
{
	struct entry want = { .seq = seq }, *e;

	if (p->n == 0)
		return PAST_NEW;
	if (past_by_number(p)) {
		e = find_number(p, &want);
	} else {
		p->text.len = 0;
		joblog_escape(&p->text, command, n);
		want.hash = hash_of(&p->conf.key, p->text.data, p->text.len);
		e = find_text(p, &want);
	}
	if (e == NULL)
		return PAST_NEW;
	e->taken = true;
	*row = e->seq;
	return e->failed ? PAST_FAILED : PAST_OK;
}

/* The line at that place of the file, into part. */
static int
read_line(struct past *p, uint64_t at)
{
	char *to, *nl;
	ssize_t n;

	p->part.len = 0;
	for (;;) {
		to = buf_reserve(&p->part, CHUNK);
		n = pread(p->fd, to, CHUNK, (off_t)(at + p->part.len));
		if (n <= 0) {
			errno = n < 0 ? errno : EIO;
			return -1;
		}
		nl = memchr(to, '\n', (size_t)n);
		p->part.len += (size_t)(nl ? nl - to : n);
		if (nl)
			return 0;
	}
}

int
past_next_failed(struct past *p, uint64_t *row, struct buf *b)
{
	struct joblog_row r;
	struct entry *e;

	/* by text they were told apart, now their order counts */
	if (p->failed == 0 && p->n > 0 && !past_by_number(p))
		qsort(p->e, p->n, sizeof(*p->e), by_number);
	while (p->failed < p->n && !p->e[p->failed].failed)
		p->failed++;
	if (p->failed >= p->n)
		return 0;
	e = &p->e[p->failed++];
	if (read_line(p, e->at) < 0)
		return -1;
	if (!joblog_parse(p->part.data, p->part.len, &r)) {
		errno = EIO;	/* the file was changed meanwhile */
		return -1;
	}
	*row = r.seq;
	b->len = 0;
	joblog_unescape(b, r.command, r.n);
	return 1;
}
