#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "run/parts.h"

enum {
	AHEAD = 1 << 20,	/* bytes read in one step behind a part */
	LOOKED = 1 << 20	/* ... after which signals come first */
};

struct parts {
	int fd;
	bool here;
	const struct cut *cut;
	off_t at, end;
	off_t first;		/* where it began, heading and all, */
	off_t begin;		/* and its parts */
	size_t n;		/* of parts, if they are to be so many; */
	off_t done;		/* so many shares lie behind */
	char *p;		/* what was read of it, behind a byte that
				   stands before */
	size_t cap;
	enum { NEW, BACK, ON } search;	/* for the end of the next part */
	struct cut_back back;	/* from its end, */
	off_t on;		/* then on from there, */
	struct cut_scan scan;	/* so far, */
	ssize_t got;		/* in so many bytes that were read */
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
	ps->begin = ps->first = ps->at;
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
	bool within = off > ps->first;
	size_t got = 0;
	ssize_t k;

	if (off >= ps->end)
		n = 0;
	else if ((off_t)n > ps->end - off)
		n = (size_t)(ps->end - off);
	mem_grow(&ps->p, &ps->cap, n + 2, 1);
	ps->p[0] = '\n';
	n += within;
	off -= within;
	for (; got < n; got += (size_t)k) {
		k = pread(ps->fd, ps->p + !within + got, n - got,
		    off + (off_t)got);
		if (k < 0)
			return -1;
		if (k == 0)
			break;
	}
	return (ssize_t)got - (got > 0 && within);
}

off_t
parts_left(const struct parts *ps)
{
	return ps->end > ps->at ? ps->end - ps->at : 0;
}

char *
parts_head(struct parts *ps, size_t most, size_t *n)
{
	ssize_t k = look(ps, ps->at, most);

	*n = k > 0 ? (size_t)k : 0;
	return ps->p + 1;
}

void
parts_skip(struct parts *ps, size_t n)
{
	ps->at += (off_t)n;
	ps->begin = ps->at;
}

/* More of the search for the last border in the part, from behind; 0: there is
   none. */
static off_t
search_back(struct parts *ps, size_t *looked)
{
	off_t at, to;
	size_t from, border;

	while (cut_back_next(ps->cut, &ps->back, &at, &to, &from)) {
		if (!ps->back.scan.tired)
			ps->got = look(ps, ps->at + at, (size_t)(to - at));
		if (ps->got < 0)
			return -1;
		border = cut_last(ps->cut, &ps->back.scan, ps->p + 1,
		    (size_t)ps->got, from, (size_t)(ps->back.n - at));
		if (border)
			return at + (off_t)border;
		*looked += (size_t)ps->got;
		if (*looked < LOOKED && !ps->back.scan.tired)
			continue;
		errno = EAGAIN;
		return -1;
	}
	return 0;
}

/* The same for the first one behind it, or all there is. */
static off_t
search_on(struct parts *ps, size_t *looked)
{
	size_t from, border;
	struct cut_scan *s = &ps->scan;
	bool last;

	for (;;) {
		from = ps->on > 0;
		if (!s->tired) {
			ps->got = look(ps, ps->at + ps->on - (off_t)from,
			    AHEAD);
			*s = (struct cut_scan){ .at = from };
		}
		if (ps->got < 0)
			return -1;
		last = ps->got < AHEAD;
		border = cut_scan(ps->cut, s, ps->p + 1, (size_t)ps->got, last,
		    true);
		if (border)
			return ps->on + (off_t)(border - from);
		if (last && !s->tired)
			return ps->end - ps->at;
		if (!s->tired)
			ps->on += (off_t)(s->at - from);
		*looked += (size_t)ps->got;
		if (*looked < LOOKED && !s->tired)
			continue;
		errno = EAGAIN;
		return -1;
	}
}

/*
 * Bytes up to the end of the next share, or of that in which the next part
 * begins: shares are as equal as can be, the first ones a byte longer.
 */
static off_t
share(struct parts *ps)
{
	off_t all = ps->end - ps->begin, at = ps->at - ps->begin;
	off_t n = ps->n < (uint64_t)all ? (off_t)ps->n : all;
	off_t each = all / n, longer = all % n, i;

	if (at < longer * (each + 1))
		i = at / (each + 1);
	else
		i = longer + (at - longer * (each + 1)) / each;
	if (i < ps->done)
		i = ps->done;	/* it began a little before its share */
	ps->done = ++i;
	return i * each + (i < longer ? i : longer) - at;
}

/* Where the search for the end of the next part begins, of n bytes at most. */
static void
search_from(struct parts *ps, off_t n)
{
	off_t overlap = (off_t)cut_overlap(ps->cut);

	cut_back_from(&ps->back, n);
	ps->on = n > overlap ? n - overlap : 0;
	ps->scan.tired = false;
	ps->search = BACK;
}

off_t
parts_next(struct parts *ps, off_t size, off_t *off)
{
	off_t left = ps->end - ps->at, n = 0;
	size_t looked = 0;

	*off = ps->at;
	if (left <= 0)
		return 0;
	if (ps->search == NEW) {
		if (ps->n)
			size = share(ps);
		if (size >= left)
			n = left;
		else
			search_from(ps, size);
	}
	if (n == 0 && ps->search == BACK) {
		n = search_back(ps, &looked);
		if (n == 0)
			ps->search = ON;
	}
	if (n == 0)
		n = search_on(ps, &looked);
	if (n < 0)
		return -1;
	ps->search = NEW;
	ps->at += n;
	return n;
}
