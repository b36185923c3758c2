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

/* Puts the tag and its tab, or the rest of them; true when they are out. */
static bool
put_tag(struct sink *k, struct output *o, int s)
{
	size_t len = strlen(o->tag), room;

	while (o->tagat[s] < len && (room = sink_room(k)) > 0) {
		if (room > len - o->tagat[s])
			room = len - o->tagat[s];
		sink_put(k, o->tag + o->tagat[s], room);
		o->tagat[s] += room;
	}
	if (o->tagat[s] < len || sink_room(k) == 0)
		return false;
	sink_put(k, "\t", 1);
	o->tagat[s] = 0;
	return true;
}

static size_t
tagged(struct sink *k, struct output *o, int s, const char *p, size_t n)
{
	size_t done = 0, len;
	const char *end;

	while (done < n && sink_room(k) > 0) {
		if (o->linestart[s]) {
			if (!put_tag(k, o, s))
				break;
			o->linestart[s] = false;
		}
		end = memchr(p + done, '\n', n - done);
		len = end ? (size_t)(end - p) - done + 1 : n - done;
		len = plain(k, o, s, p + done, len);
		done += len;
	}
	return done;
}

size_t
pour_bytes(struct sink *k, struct output *o, int s, const char *p, size_t n)
{
	size_t done = o->tag ? tagged(k, o, s, p, n) : plain(k, o, s, p, n);

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
