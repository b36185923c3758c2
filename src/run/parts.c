#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "run/parts.h"

enum {
	LOOK = 32 * 1024,	/* bytes at the end of a part */
	AHEAD = 1 << 20		/* beyond it */
};

struct parts {
	int fd;
	bool here;
	const struct cut *cut;
	off_t at, end;
	off_t begin;
	size_t n, done;		/* of parts, if they are to be so many */
	char *p;		/* what was read of it */
	size_t cap;
};

struct parts *
parts_new(int fd, bool here, const struct cut *cut, size_t n)
{
	struct parts *ps = xcalloc(1, sizeof(*ps));
	struct stat st;

	ps->fd = fd;
	ps->here = here;
	ps->cut = cut;
	if (here)
		ps->at = lseek(fd, 0, SEEK_CUR);
	if (ps->at < 0)
		ps->at = 0;
	if (fstat(fd, &st) == 0)
		ps->end = st.st_size;
	ps->begin = ps->at;
	ps->n = n;
	return ps;
}

void
parts_free(struct parts *ps)
{
	if (ps == NULL)
		return;
	if (ps->here)
		lseek(ps->fd, ps->at, SEEK_SET);
	free(ps->p);
	free(ps);
}

/* The n bytes at off, or fewer at the end; -1 and errno. */
static ssize_t
look(struct parts *ps, off_t off, size_t n)
{
	size_t got = 0;
	ssize_t k;

	if ((off_t)n > ps->end - off)
		n = (size_t)(ps->end - off);
	mem_grow(&ps->p, &ps->cap, n + 1, 1);
	for (; got < n; got += (size_t)k) {
		k = pread(ps->fd, ps->p + got, n - got, off + (off_t)got);
		if (k < 0)
			return -1;
		if (k == 0)
			break;
	}
	return (ssize_t)got;
}

char *
parts_head(struct parts *ps, size_t most, size_t *n)
{
	ssize_t k = look(ps, ps->at, most);

	*n = k > 0 ? (size_t)k : 0;
	return ps->p;
}

void
parts_skip(struct parts *ps, size_t n)
{
	ps->at += (off_t)n;
	ps->begin = ps->at;
}

/* The last border in the part of n bytes, looked for from behind; 0 = none. */
static off_t
border_within(struct parts *ps, off_t n)
{
	off_t width = LOOK < n ? LOOK : n;
	size_t border;
	ssize_t k;

	for (;; width = width < n / 4 ? width * 4 : n) {
		k = look(ps, ps->at + n - width, (size_t)width);
		if (k < 0)
			return -1;
		border = cut_last(ps->cut, ps->p, (size_t)k, 0);
		if (border)
			return n - width + (off_t)border;
		if (width == n || (off_t)k < width)
			return 0;
	}
}

/* The first one behind it, or all there is. */
static off_t
border_behind(struct parts *ps, off_t n)
{
	off_t overlap = (off_t)cut_overlap(ps->cut) + 1, from;
	struct cut_scan s;
	size_t border;
	ssize_t k;

	for (from = n > overlap ? n - overlap : 0;; from += k - overlap) {
		k = look(ps, ps->at + from, AHEAD);
		if (k < 0)
			return -1;
		s = (struct cut_scan){ 0, 0, 0 };
		border = cut_scan(ps->cut, &s, ps->p, (size_t)k, k < AHEAD,
		    true);
		if (border)
			return from + (off_t)border;
		if (k < AHEAD)
			return ps->end - ps->at;
	}
}

/* Bytes that the next of n parts has at most, unless a record is longer. */
static off_t
share(struct parts *ps)
{
	off_t all = ps->end - ps->begin, n, to;

	do {
		n = (off_t)++ps->done;
		to = n < (off_t)ps->n ? all / (off_t)ps->n * n +
		    all % (off_t)ps->n * n / (off_t)ps->n : all;
	} while (ps->begin + to <= ps->at);
	return ps->begin + to - ps->at;
}

off_t
parts_next(struct parts *ps, off_t size, off_t *off)
{
	off_t left = ps->end - ps->at, n, most;

	*off = ps->at;
	if (left <= 0)
		return 0;
	n = most = ps->n ? share(ps) : size;
	if (n >= left) {
		n = left;
	} else {
		n = border_within(ps, n);
		if (n == 0)
			n = border_behind(ps, most);
		if (n < 0)
			return -1;
	}
	ps->at += n;
	return n;
}
