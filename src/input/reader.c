/*
 * An open(2) of a FIFO would wait for its writer, and no signal is taken
 * outside of the loop.  So files are opened non-blocking, and read only when
 * poll(2) says that there is something: a FIFO that no writer has opened yet
 * reads as ended, but polls as not ready.  stdin is read as it is; its flags
 * are not ours.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "input/reader.h"
#include "input/run.h"

enum {
	CHUNK = 65536,
	WIDER = 16		/* a record of columns is longer than a value */
};

struct reader {
	const struct reader_conf *conf;
	struct split split;
	size_t word;		/* the next of conf->words */
	int fd;			/* -1: words, or unreadable */
	bool owned;		/* fd is ours to close */
	off_t size;		/* fd_size() */
	bool blocks;		/* a read may have to wait */
	size_t held;		/* bytes that may begin a byte order mark */
	bool begun;		/* what is behind it was read */
	bool ended;		/* nothing more to be read */
	bool stopped;		/* by -E */
	bool skip_line, skip_first;	/* is still to be done */
	bool header;		/* the next record is one */
	size_t width;		/* of the header */
	uint64_t records;	/* so far */
	size_t runs;		/* so many of them in one item at most */
	int error;
	const char *why;	/* what is wrong with a record; or NULL */
	struct buf bad;		/* that record */
	char *chunk;
	const char *p;		/* what of the chunk is left */
	size_t n;
};

static const char large[] = "longer than the system takes in one argument";
static const char has_nul[] = "has a NUL byte in it";
static const char too_wide[] = "has more columns than the header";

/* Reading /dev/null or /dev/zero never waits, and epoll(7) refuses them. */
static bool
may_wait(int fd, const struct stat *st)
{
	if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) ||
	    S_ISBLK(st->st_mode))
		return false;
	return !S_ISCHR(st->st_mode) || isatty(fd);
}

static void
open_path(struct reader *r)
{
	const char *path = r->conf->path;
	struct stat st;

	if (strcmp(path, "-") == 0) {
		r->fd = r->conf->stdin_closed ? -1 : STDIN_FILENO;
		errno = EBADF;
	} else {
		r->fd = fd_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
		r->owned = true;
	}
	if (r->fd < 0 || fstat(r->fd, &st) < 0) {
		r->error = errno;
		return;
	}
	if (S_ISDIR(st.st_mode))
		r->error = EISDIR;
	r->blocks = may_wait(r->fd, &st);
	r->size = fd_size(r->fd);
	r->chunk = xmalloc(CHUNK);
}

struct reader *
reader_new(const struct reader_conf *conf)
{
	const struct record_conf *rc = conf->records;
	struct reader *r = xcalloc(1, sizeof(*r));

	r->conf = conf;
	r->fd = -1;
	r->skip_line = conf->skip_line;
	r->skip_first = conf->skip_first;
	r->split.how = rc->how;
	r->split.delimiter = rc->delimiter;
	r->split.separator = rc->separator;
	r->split.skip_empty = rc->skip_empty;
	r->split.limit = rc->columns ? rc->limit * WIDER : rc->limit;
	if (conf->words == NULL)
		open_path(r);
	return r;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	if (r->owned && r->fd >= 0)
		close(r->fd);
	split_free(&r->split);
	buf_free(&r->bad);
	free(r->chunk);
	free(r);
}

static const char *
too_long(const struct record_conf *rc)
{
	return rc->too_long ? rc->too_long : large;
}

/* --- records into items ------------------------------------------------ */

/* The start of a record, or of a value. */
static struct item *
start_item(const struct reader *r, const char *p, size_t n, const char *why)
{
	char start[SPLIT_KEEP + 3];
	bool is_long = why == too_long(r->conf->records);
	struct item *it;

	if (n <= SPLIT_KEEP && !is_long)
		return item_new(p, n, why);
	if (n > SPLIT_KEEP)
		n = SPLIT_KEEP;
	memcpy(start, p, n);
	memcpy(start + n, "...", 3);
	it = item_new(start, n + 3, why);
	it->large = is_long;
	return it;
}

/* What its last value would end in; of a long one only a byte is there. */
static char
last_byte(const struct reader *r, const struct record *rec)
{
	struct columns *c = r->conf->records->columns;
	struct value one = { rec->p, rec->n };
	const struct value *v = &one;
	size_t n = 1;

	if (rec->over)
		one = (struct value){ &rec->last, 1 };
	if (c && columns_cut(c, one.p, one.n, &v, &n))
		return rec->last;
	return v[n - 1].n ? v[n - 1].p[v[n - 1].n - 1] : '\0';
}

/* Of p[0..n), which is the record or a value of it. */
static struct item *
bad_item(const struct reader *r, const struct record *rec, const char *p,
    size_t n, const char *why)
{
	struct item *it = start_item(r, p, n, why);

	it->last = last_byte(r, rec);
	return it;
}

/* The item of n values, with as many empty ones as the header has more. */
static struct item *
padded(const struct reader *r, const struct value *v, size_t n)
{
	struct value *wide;
	struct item *it;

	if (!r->conf->pad || n >= r->width)
		return item_of(v, n, NULL);
	wide = xcalloc(r->width, sizeof(*wide));
	memcpy(wide, v, n * sizeof(*v));
	it = item_of(wide, r->width, NULL);
	free(wide);
	return it;
}

/* NULL for a record that is to be passed over. */
static struct item *
make_item(const struct reader *r, const struct record *rec)
{
	const struct record_conf *rc = r->conf->records;
	struct value one = { rec->p, rec->n };
	const struct value *v = &one;
	const char *why = NULL;
	size_t n = 1, i;

	if (rec->over || rec->nul)
		return bad_item(r, rec, rec->p, rec->n, rec->over ?
		    too_long(rc) : has_nul);
	if (rc->columns)
		why = columns_cut(rc->columns, rec->p, rec->n, &v, &n);
	if (why == NULL && r->conf->pad && !r->header && n > r->width)
		why = too_wide;
	if (why)
		return bad_item(r, rec, rec->p, rec->n, why);
	for (i = 0; i < n; i++)
		if (v[i].n > rc->limit)
			return bad_item(r, rec, v[i].p, v[i].n, too_long(rc));
	if (rc->skip_empty && n == 1 && v[0].n == 0)
		return NULL;
	return padded(r, v, n);
}

static enum source_got
next_word(struct reader *r, struct record *rec)
{
	if ((rec->p = r->conf->words[r->word]) == NULL)
		return SOURCE_END;
	r->word++;
	rec->n = strlen(rec->p);
	rec->nul = false;
	rec->open = '\0';
	rec->over = rec->n > r->split.limit;
	rec->last = rec->n ? rec->p[rec->n - 1] : '\0';
	if (rec->over && rec->n > SPLIT_KEEP)
		rec->n = SPLIT_KEEP;
	return SOURCE_ITEM;
}

static enum source_got
next_record(struct reader *r, struct record *rec)
{
	if (r->error || r->why)
		return SOURCE_ERROR;
	if (r->stopped)
		return SOURCE_END;
	if (r->conf->words)
		return next_word(r, rec);
	if (split_next(&r->split, &r->p, &r->n, rec) ||
	    (r->ended && split_end(&r->split, rec)))
		return SOURCE_ITEM;
	return r->ended ? SOURCE_END : SOURCE_WAIT;
}

static bool
is_eof(const struct reader *r, const struct record *rec)
{
	const char *eof = r->conf->records->eof;

	return eof && !r->header && !rec->over && rec->n == strlen(eof) &&
	    memcmp(rec->p, eof, rec->n) == 0;
}

static enum source_got
unclosed(struct reader *r, const struct record *rec)
{
	r->why = rec->open == '"' ? "unmatched double quote" :
	    "unmatched single quote";
	buf_add(&r->bad, rec->p, rec->n < SPLIT_KEEP ? rec->n : SPLIT_KEEP);
	return SOURCE_ERROR;
}

/* Can the next records be taken as they are? */
static bool
may_run(const struct reader *r)
{
	const struct record_conf *rc = r->conf->records;

	return r->runs > 1 && r->n && !r->error && !r->why && !r->stopped &&
	    !r->header && !r->skip_first && split_is_clean(&r->split) &&
	    !rc->skip_empty && !rc->eof && !rc->columns && !r->conf->pad;
}

/* Whole records of what was read, in one piece; NULL if there are not two. */
static struct item *
next_run(struct reader *r)
{
	size_t count, len;
	struct item *it;

	len = run_measure(r->p, r->n, (char)r->split.delimiter, r->runs,
	    &count);
	if (count < 2)
		return NULL;
	it = item_new(r->p, len, NULL);
	it->records = (uint32_t)count;
	r->records += count;
	r->p += len;
	r->n -= len;
	return it;
}

void
reader_runs(struct reader *r, size_t most)
{
	r->runs = most;
}

enum source_got
reader_next(struct reader *r, struct item **it)
{
	enum source_got got;
	struct record rec;

	if (may_run(r) && (*it = next_run(r)))
		return SOURCE_ITEM;
	for (;;) {
		got = next_record(r, &rec);
		if (got != SOURCE_ITEM)
			return got;
		r->records++;
		if (rec.open)
			return unclosed(r, &rec);
		if (r->skip_first) {
			r->skip_first = false;
			continue;
		}
		r->stopped = is_eof(r, &rec);
		if (r->stopped)
			return SOURCE_END;
		*it = make_item(r, &rec);
		if (*it)
			return SOURCE_ITEM;
	}
}

enum source_got
reader_header(struct reader *r, struct item **it)
{
	enum source_got got;

	r->header = true;
	got = reader_next(r, it);
	r->header = false;
	if (got == SOURCE_ITEM)
		r->width = (*it)->n;
	return got;
}

/* --- the descriptor ---------------------------------------------------- */

/* Is there something, or the end, to read from what we opened ourselves? */
static bool
ready(const struct reader *r)
{
	struct pollfd pfd = { .fd = r->fd, .events = POLLIN };

	return !r->owned || !r->blocks || poll(&pfd, 1, 0) != 0;
}

static void
drop_line(struct reader *r)
{
	const char *end = memchr(r->p, '\n', r->n);
	size_t n = end ? (size_t)(end - r->p) + 1 : r->n;

	r->skip_line = end == NULL;
	r->p += n;
	r->n -= n;
}

/*
 * Spreadsheets put a byte order mark in front of UTF-8.  False: this may be
 * one, the rest of which is still to come.
 */
static bool
drop_mark(struct reader *r)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };
	size_t n = r->n < sizeof(mark) ? r->n : sizeof(mark);

	if (memcmp(r->p, mark, n) != 0)
		return true;
	if (n < sizeof(mark))
		return r->ended;
	r->p += n;
	r->n -= n;
	return true;
}

void
reader_read(struct reader *r)
{
	ssize_t got;

	if (r->fd < 0 || r->error || r->ended || r->n || !ready(r))
		return;
	got = fd_read(r->fd, r->chunk + r->held, CHUNK - r->held, r->size);
	if (got < 0) {
		if (errno != EAGAIN && errno != EINTR)
			r->error = errno;
		return;
	}
	r->ended = got == 0;
	r->p = r->chunk;
	r->n = r->held + (size_t)got;
	r->begun = r->begun || r->split.how != SPLIT_CSV || drop_mark(r);
	r->held = r->begun ? 0 : r->n;
	if (!r->begun)
		r->n = 0;
	else if (r->skip_line)
		drop_line(r);
}

int
reader_fd(const struct reader *r)
{
	return r->blocks ? r->fd : -1;
}

bool
reader_ok(const struct reader *r, struct source_fault *f)
{
	const char *path = r->conf->path;

	*f = (struct source_fault){
		.name = path == NULL || strcmp(path, "-") == 0 ? "stdin" : path,
		.error = r->error, .why = r->why, .number = r->records,
		.record = r->bad.data, .len = r->bad.len,
	};
	return !r->error && !r->why;
}
