#include "config.h"

#include <string.h>

#include "output/pour.h"

enum {
	READ = 64 * 1024,	/* read back from the file at once */
	BULK = 16 * 1024,	/* worth a system call of its own */
	MOST = 1 << 20		/* most moved by one */
};

static size_t
plain(struct sink *k, struct output *o, int s, const char *p, size_t n)
{
	size_t done = 0, room;

	while (done < n && (room = sink_room(k)) > 0) {
		if (room > n - done)
			room = n - done;
		sink_put(k, p + done, room);
		done += room;
	}
	if (done > 0)
		o->linestart[s] = p[done - 1] == '\n';
	return done;
}

/* Red, and as it was before: SGR of ECMA-48. */
static const char red[] = "\033[31m", normal[] = "\033[m";

/* Puts the parts one behind the other; true when they are all out. */
static bool
put_parts(struct sink *k, struct output *o, int s, const char *const *part,
    size_t n)
{
	size_t i, len, room, from = 0;

	for (i = 0; i < n; i++) {
		len = strlen(part[i]);
		while (o->tagat[s] < from + len) {
			size_t at = o->tagat[s] - from;

			room = sink_room(k);
			if (room == 0)
				return false;
			if (room > len - at)
				room = len - at;
			sink_put(k, part[i] + at, room);
			o->tagat[s] += room;
		}
		from += len;
	}
	o->tagat[s] = 0;
	return true;
}

/* What stands before a line. */
static bool
put_head(struct sink *k, struct output *o, int s)
{
	const char *part[3];
	size_t n = 0;

	if (o->hue[s])
		part[n++] = red;
	if (o->tag) {
		part[n++] = o->tag;
		part[n++] = "\t";
	}
	return put_parts(k, o, s, part, n);
}

/* What stands behind a red one, and its newline, if it has one. */
static bool
put_tail(struct sink *k, struct output *o, int s, bool newline)
{
	static const char *const part[] = { normal, "\n" };

	if (!put_parts(k, o, s, part, newline ? 2 : 1))
		return false;
	o->linestart[s] = true;
	return true;
}

static size_t
dressed(struct sink *k, struct output *o, int s, const char *p, size_t n)
{
	size_t done = 0, len, got;
	const char *end;

	while (done < n && sink_room(k) > 0) {
		if (o->linestart[s] && !put_head(k, o, s))
			break;
		o->linestart[s] = false;
		end = memchr(p + done, '\n', n - done);
		len = end ? (size_t)(end - p) - done : n - done;
		got = plain(k, o, s, p + done, len);
		done += got;
		if (got < len || end == NULL)
			continue;
		if (!o->hue[s])
			done += plain(k, o, s, end, 1);
		else if (put_tail(k, o, s, true))
			done++;
		else
			break;
	}
	return done;
}

bool
pour_end(struct sink *k, struct output *o, int s)
{
	if (!o->hue[s] || o->linestart[s])
		return true;
	if (!put_tail(k, o, s, false))
		return false;
	o->mark[s] = sink_queued(k);
	return true;
}

size_t
pour_bytes(struct sink *k, struct output *o, int s, const char *p, size_t n)
{
	size_t done = o->tag || o->hue[s] ? dressed(k, o, s, p, n) :
	    plain(k, o, s, p, n);

	if (n > 0)
		o->mark[s] = sink_queued(k);
	return done;
}

/* The n oldest bytes of the spool cannot be read. */
static uint64_t
lose(struct store *st, struct output *o, int s, uint64_t n)
{
	o->dropped = true;
	spool_take(st, &o->spool[s], n);
	return n;
}

/*
 * At most `most` bytes of the first piece, through memory.  What is in a pipe
 * has no tag, so that all fits for which there is room.
 */
static uint64_t
copy(struct store *st, struct sink *k, struct output *o, int s, size_t most)
{
	static char buffer[READ];
	struct spool *sp = &o->spool[s];
	struct spool_front f = spool_front(st, sp);
	size_t len = f.len < most ? f.len : most;
	ssize_t got = (ssize_t)len;

	if (f.place != SPOOL_IN_MEMORY && len > READ)
		len = READ;
	if (f.place == SPOOL_IN_PIPE && len > sink_room(k))
		len = sink_room(k);
	if (len == 0)
		return 0;
	if (f.place == SPOOL_IN_PIPE)
		got = spool_draw(st, sp, buffer, len);
	else if (f.place == SPOOL_IN_FILE)
		got = spool_peek(st, sp, buffer, len);
	if (got <= 0)
		return lose(st, o, s, len);
	len = pour_bytes(k, o, s, f.p ? f.p : buffer, (size_t)got);
	if (f.place != SPOOL_IN_PIPE)
		spool_take(st, sp, len);
	return len;
}

/* The same inside the kernel; false: must be copied. */
static bool
direct(struct store *st, struct sink *k, struct output *o, int s, size_t most,
    uint64_t *moved)
{
	struct spool_front f = spool_front(st, &o->spool[s]);
	size_t len = f.len < most ? f.len : most;
	ssize_t got;

	if (f.place == SPOOL_IN_MEMORY || (f.place == SPOOL_IN_FILE && len < BULK))
		return false;
	got = f.place == SPOOL_IN_PIPE ? sink_from_pipe(k, f.fd, len) :
	    sink_from_file(k, f.fd, f.off, len);
	if (got == SINK_CANNOT || got == SINK_EMPTY)
		return false;
	*moved = got > 0 ? (uint64_t)got : 0;
	if (got <= 0)
		return true;
	o->mark[s] = sink_queued(k);
	if (f.place == SPOOL_IN_PIPE)
		spool_gone(st, &o->spool[s], (size_t)got);
	else
		spool_take(st, &o->spool[s], *moved);
	return true;
}

uint64_t
pour_spool(struct store *st, struct sink *k, struct output *o, int s,
    uint64_t n, bool blind, uint64_t *budget)
{
	uint64_t done = 0, some;

	while (done < n && *budget > 0) {
		size_t most = n - done < MOST ? (size_t)(n - done) : MOST;

		if (sink_error(k))
			some = lose(st, o, s, n - done);
		else if (!blind || !direct(st, k, o, s, most, &some))
			some = copy(st, k, o, s, most);
		if (some == 0)
			break;
		done += some;
		*budget -= some < *budget ? some : *budget;
	}
	return done;
}
