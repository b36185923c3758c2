/*
 * A spool is a list of pieces: slots of the arena, pipes, extents of the file,
 * and, for bytes that could be put nowhere else, allocated ones.
 *
 * A spool that comes back to the file keeps some room there behind its bytes,
 * as much as it has written already: so the extents of tasks that write at
 * the same time are few and long.  Room that is not used costs nothing, the
 * file is sparse.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/arena.h"
#include "output/pipes.h"
#include "output/space.h"
#include "output/spool.h"

enum {
	READ = 64 * 1024,	/* most that is read at once */
	ROOM = 1 << 20		/* most room kept behind an extent */
};

enum kind {
	IN_ARENA,
	IN_HEAP,		/* beyond the cap */
	IN_FILE,		/* the piece is that of a struct fpiece, */
	IN_PIPE			/* of a struct ppiece */
};

struct piece {
	struct piece *next;
	uint16_t size;		/* of the memory behind it, */
	uint16_t at, end;	/* where the bytes [at, end) are alive */
	uint16_t kind;
};

struct fpiece {
	struct piece piece;
	struct extent extent;
};

struct ppiece {
	struct piece piece;
	struct held *held;
};

enum { MOST = ARENA_SLOT - sizeof(struct piece) };	/* bytes in a slot */

struct store {
	struct arena *arena;
	struct space space;
	struct pipes pipes;
	size_t beyond;		/* bytes of memory beyond the cap */
	char buffer[READ];
};

struct store *
store_new(size_t memory, unsigned pipes, const char *tmpdir)
{
	struct store *st = xmalloc(sizeof(*st));

	st->arena = arena_new(memory);
	space_init(&st->space, tmpdir);
	pipes_init(&st->pipes, pipes);
	st->beyond = 0;
	return st;
}

void
store_free(struct store *st)
{
	if (st == NULL)
		return;
	arena_free(st->arena);
	space_free(&st->space);
	pipes_free(&st->pipes);
	free(st);
}

static bool
memory_room(const struct store *st)
{
	return arena_has(st->arena, READ / MOST + 1);
}

bool
store_room(const struct store *st)
{
	return st->space.error == 0 || memory_room(st);
}

bool
store_exceeded(const struct store *st)
{
	return st->beyond >= SPOOL_BEYOND;
}

int
store_error(const struct store *st)
{
	return st->space.error;
}

void
store_retry(struct store *st)
{
	st->space.error = 0;
}

static char *
data(struct piece *p)
{
	return (char *)(p + 1);
}

static struct fpiece *
in_file(struct piece *p)
{
	return container_of(p, struct fpiece, piece);
}

static struct held *
in_pipe(struct piece *p)
{
	return container_of(p, struct ppiece, piece)->held;
}

static bool
in_memory(const struct piece *p)
{
	return p->kind == IN_ARENA || p->kind == IN_HEAP;
}

static uint64_t
length(struct piece *p)
{
	if (p->kind == IN_FILE)
		return in_file(p)->extent.len;
	if (p->kind == IN_PIPE)
		return in_pipe(p)->len;
	return (uint64_t)p->end - p->at;
}

static void
append(struct spool *s, struct piece *p)
{
	p->next = NULL;
	if (s->last)
		s->last->next = p;
	else
		s->first = p;
	s->last = p;
}

/* --- memory ------------------------------------------------------------ */

static struct piece *
new_piece(void *slot, size_t size, enum kind kind)
{
	struct piece *p = slot;

	p->at = p->end = 0;
	p->size = (uint16_t)(size - sizeof(*p));
	p->kind = (uint16_t)kind;
	return p;
}

/* For n bytes, more when the spool has grown already, fewer when n is much;
   NULL when there is no room. */
static struct piece *
arena_piece(struct store *st, const struct spool *s, size_t n)
{
	size_t need = n < MOST ? n : MOST;
	size_t want = s->memory > need ? s->memory : need, size;
	void *slot;

	if (want > MOST)
		want = MOST;
	slot = arena_get(st->arena, sizeof(struct piece) + want, &size);
	if (slot == NULL)
		slot = arena_get(st->arena, sizeof(struct piece) + need, &size);
	return slot ? new_piece(slot, size, IN_ARENA) : NULL;
}

static struct piece *
heap_piece(struct store *st, size_t n)
{
	size_t size = sizeof(struct piece) + (n < MOST ? n : MOST);

	st->beyond += size;
	return new_piece(xmalloc(size), size, IN_HEAP);
}

/* Puts bytes into the last piece; returns how many it took. */
static size_t
fill(struct spool *s, const char *p, size_t n)
{
	struct piece *last = s->last;
	size_t k;

	if (last == NULL || !in_memory(last))
		return 0;
	k = (size_t)last->size - last->end;
	if (k > n)
		k = n;
	memcpy(data(last) + last->end, p, k);
	last->end = (uint16_t)(last->end + k);
	s->len += k;
	s->memory += k;
	return k;
}

/* Returns how many bytes found a place; all if beyond the cap is allowed. */
static size_t
add_memory(struct store *st, struct spool *s, const char *p, size_t n,
    bool beyond)
{
	size_t done = fill(s, p, n);

	while (done < n) {
		struct piece *new = beyond ? heap_piece(st, n - done) :
		    arena_piece(st, s, n - done);

		if (new == NULL)
			break;
		append(s, new);
		done += fill(s, p + done, n - done);
	}
	return done;
}

/* --- pipes ------------------------------------------------------------- */

static struct piece *
pipe_piece(struct store *st)
{
	struct held *h = pipes_get(&st->pipes);
	struct ppiece *p;

	if (h == NULL)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->piece.kind = IN_PIPE;
	p->held = h;
	return &p->piece;
}

static void
free_pipe_piece(struct store *st, struct piece *p)
{
	pipes_put(&st->pipes, in_pipe(p));
	free(container_of(p, struct ppiece, piece));
}

/* As spool_splice(); other errors than EAGAIN: another place is needed. */
static ssize_t
add_pipe(struct store *st, struct spool *s, int fd, size_t n)
{
	struct piece *p = s->last;
	ssize_t k = -1;

	errno = ENOSPC;
	if (p && p->kind == IN_PIPE)
		k = pipes_fill(in_pipe(p), fd, n);
	if (k < 0 && errno == ENOSPC && (p = pipe_piece(st)) != NULL) {
		k = pipes_fill(in_pipe(p), fd, n);
		if (k > 0)
			append(s, p);
		else
			free_pipe_piece(st, p);
	}
	if (k > 0)
		s->len += (uint64_t)k;
	return k;
}

/* --- the file ---------------------------------------------------------- */

/* The room to be kept behind the newest bytes in the file. */
static uint64_t
spare(const struct spool *s)
{
	uint64_t n = s->len - s->memory;

	return n < ROOM ? n : ROOM;
}

/* The piece for n more bytes in the file: the last one if it can grow. */
static struct fpiece *
open_extent(struct store *st, struct spool *s, uint64_t n)
{
	uint64_t room = n + spare(s);
	struct fpiece *f;

	if (s->last && s->last->kind == IN_FILE &&
	    space_grow(&st->space, &in_file(s->last)->extent, room))
		return in_file(s->last);
	f = xcalloc(1, sizeof(*f));
	f->piece.kind = IN_FILE;
	space_grow(&st->space, &f->extent, room);
	return f;
}

/* Bytes were added to f, or not. */
static void
close_extent(struct store *st, struct spool *s, struct fpiece *f, ssize_t k)
{
	space_trim(&st->space, &f->extent, spare(s));
	if (k > 0) {
		s->len += (uint64_t)k;
		if (f->extent.len == (uint64_t)k)
			append(s, &f->piece);
	} else if (f->extent.len == 0) {
		space_trim(&st->space, &f->extent, 0);
		free(f);
	}
}

/* Returns how many bytes the file took; all, or it has failed. */
static size_t
add_file(struct store *st, struct spool *s, const char *p, size_t n)
{
	size_t done = 0;

	while (done < n && space_ready(&st->space)) {
		struct fpiece *f = open_extent(st, s, n - done);
		ssize_t k = space_write(&st->space, &f->extent, p + done,
		    n - done);

		close_extent(st, s, f, k);
		if (k < 0)
			break;
		done += (size_t)k;
	}
	return done;
}

/* --- adding ------------------------------------------------------------ */

void
spool_add(struct store *st, struct spool *s, const void *p, size_t n)
{
	const char *bytes = p;
	size_t done = 0;

	if (st->space.error || s->memory + n <= SPOOL_SMALL)
		done = add_memory(st, s, bytes, n, false);
	done += add_file(st, s, bytes + done, n - done);
	if (done < n)
		done += add_memory(st, s, bytes + done, n - done, false);
	if (done < n)
		add_memory(st, s, bytes + done, n - done, true);
}

static ssize_t
copy(struct store *st, struct spool *s, int fd, size_t n)
{
	ssize_t k = read(fd, st->buffer, n < READ ? n : READ);

	if (k > 0)
		spool_add(st, s, st->buffer, (size_t)k);
	return k;
}

/* How many bytes this spool may read into memory now. */
static size_t
memory_for(const struct store *st, const struct spool *s)
{
	if (!memory_room(st))
		return s->beyond && st->space.error && !store_exceeded(st) ?
		    READ : 0;
	if (st->space.error)
		return READ;
	return s->memory < SPOOL_SMALL ? SPOOL_SMALL - s->memory : 0;
}

ssize_t
spool_splice(struct store *st, struct spool *s, int fd, size_t n)
{
	size_t most = memory_for(st, s);
	struct fpiece *f;
	ssize_t k;
	int error;

	if (most == 0 && !space_ready(&st->space))
		most = memory_for(st, s);
	if (most > 0)
		return copy(st, s, fd, n < most ? n : most);
	if (s->raw) {
		k = add_pipe(st, s, fd, n);
		if (k >= 0 || errno == EAGAIN)
			return k;
	}
	if (!space_ready(&st->space)) {
		errno = ENOSPC;
		return -1;
	}
	f = open_extent(st, s, n);
	k = space_splice(&st->space, &f->extent, fd, n);
	error = k < 0 ? errno : 0;
	close_extent(st, s, f, k);
	if (error == EINVAL)
		return copy(st, s, fd, n);
	errno = error == 0 || error == EAGAIN ? error : ENOSPC;
	return k;
}

/* --- taking ------------------------------------------------------------ */

struct spool_front
spool_front(struct store *st, const struct spool *s)
{
	struct spool_front f = { .fd = -1 };
	struct piece *first = s->first;

	if (first == NULL)
		return f;
	f.len = length(first) < SIZE_MAX ? (size_t)length(first) : SIZE_MAX;
	if (first->kind == IN_FILE) {
		f.place = SPOOL_IN_FILE;
		f.fd = st->space.fd;
		f.off = (off_t)in_file(first)->extent.off;
	} else if (first->kind == IN_PIPE) {
		f.place = SPOOL_IN_PIPE;
		f.fd = in_pipe(first)->out;
	} else {
		f.p = data(first) + first->at;
	}
	return f;
}

ssize_t
spool_peek(struct store *st, const struct spool *s, void *p, size_t n)
{
	struct spool_front f = spool_front(st, s);

	if (n > f.len)
		n = f.len;
	if (f.place == SPOOL_IN_FILE)
		return pread(f.fd, p, n, f.off);
	if (f.p)
		memcpy(p, f.p, n);
	return (ssize_t)n;
}

static void
free_heap_piece(struct store *st, struct piece *p)
{
	if (p->kind == IN_HEAP)
		st->beyond -= sizeof(*p) + p->size;
	free(p);
}

/* As read(2), of the piece the mark stands in. */
static ssize_t
look(struct store *st, const struct spool_mark *m, char *p, size_t n)
{
	uint64_t left = length(m->piece) - m->at;

	if (n > left)
		n = (size_t)left;
	if (m->piece->kind == IN_FILE)
		return pread(st->space.fd, p, n,
		    (off_t)(in_file(m->piece)->extent.off + m->at));
	memcpy(p, data(m->piece) + m->piece->at + m->at, n);
	return (ssize_t)n;
}

ssize_t
spool_walk(struct store *st, const struct spool *s, struct spool_mark *m,
    void *p, size_t n)
{
	size_t done = 0;
	ssize_t k;

	if (m->piece == NULL)
		m->piece = s->first;
	while (m->piece && !m->end && done < n) {
		k = look(st, m, (char *)p + done, n - done);
		if (k <= 0)
			return -1;
		done += (size_t)k;
		m->at += (uint64_t)k;
		if (m->at < length(m->piece))
			continue;
		m->at = 0;
		m->end = m->piece->next == NULL;
		if (!m->end)
			m->piece = m->piece->next;
	}
	return (ssize_t)done;
}

/* Takes out the first piece, all of whose bytes are dropped. */
static void
take_piece(struct store *st, struct spool *s)
{
	struct piece *p = s->first;

	s->first = p->next;
	if (s->first == NULL)
		s->last = NULL;
	if (p->kind == IN_ARENA)
		arena_put(st->arena, p);
	else if (p->kind == IN_PIPE)
		free_pipe_piece(st, p);
	else
		free_heap_piece(st, p);
}

ssize_t
spool_draw(struct store *st, struct spool *s, void *p, size_t n)
{
	ssize_t k = pipes_draw(in_pipe(s->first), p, n);

	if (k > 0)
		s->len -= (uint64_t)k;
	if (length(s->first) == 0)
		take_piece(st, s);
	return k;
}

void
spool_gone(struct store *st, struct spool *s, size_t n)
{
	pipes_gone(in_pipe(s->first), n);
	s->len -= n;
	if (length(s->first) == 0)
		take_piece(st, s);
}

/* Bytes of a pipe can only be dropped by being read. */
static void
drop_pipe(struct store *st, struct spool *s, uint64_t n)
{
	struct piece *p = s->first;

	while (n > 0 && n < length(p)) {
		ssize_t k = pipes_draw(in_pipe(p), st->buffer,
		    n < READ ? (size_t)n : READ);

		if (k <= 0)
			break;
		s->len -= (uint64_t)k;
		n -= (uint64_t)k;
	}
	if (n > 0) {
		s->len -= length(p);
		take_piece(st, s);
	}
}

void
spool_take(struct store *st, struct spool *s, uint64_t n)
{
	while (n > 0 && s->first) {
		struct piece *p = s->first;
		uint64_t k = length(p) < n ? length(p) : n;

		n -= k;
		if (p->kind == IN_PIPE) {
			drop_pipe(st, s, k);
			continue;
		}
		s->len -= k;
		if (p->kind == IN_FILE) {
			space_take(&st->space, &in_file(p)->extent, k);
		} else {
			s->memory -= (size_t)k;
			p->at = (uint16_t)(p->at + k);
		}
		if (length(p) == 0)
			take_piece(st, s);
	}
}

void
spool_clear(struct store *st, struct spool *s)
{
	spool_take(st, s, s->len);
}
