#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/move.h"
#include "output/space.h"

#define REGION ((uint64_t)16 << 20)
#define CUT ((uint64_t)1 << 20)		/* an empty file is cut when longer */

void
space_init(struct space *sp, const char *dir)
{
	memset(sp, 0, sizeof(*sp));
	sp->dir = dir;
	sp->fd = -1;
}

void
space_free(struct space *sp)
{
	if (sp->fd >= 0)
		close(sp->fd);
	free(sp->regions);
}

bool
space_ready(struct space *sp)
{
	if (sp->error == 0 && sp->fd < 0) {
		sp->fd = fd_temp(sp->dir);
		if (sp->fd < 0)
			sp->error = errno;
	}
	return sp->error == 0;
}

/*
 * The extent grows in place, also at the end of the file, without growing
 * into another one.
 */
bool
space_grow(struct space *sp, struct extent *e, uint64_t n)
{
	if (e->room > 0)
		return true;
	if (e->len == 0)
		e->off = sp->tail;
	if (e->off + e->len != sp->tail)
		return false;
	e->room = n;
	sp->tail += n;
	return true;
}

void
space_trim(struct space *sp, struct extent *e, uint64_t n)
{
	if (e->room <= n || e->off + e->len + e->room != sp->tail)
		return;
	sp->tail -= e->room - n;
	e->room = n;
}

/* Bytes that begin to live. */
static void
add(struct space *sp, uint64_t off, uint64_t n)
{
	size_t had = sp->regcap, need = (size_t)((off + n) / REGION) + 1;

	mem_grow(&sp->regions, &sp->regcap, need, sizeof(*sp->regions));
	memset(sp->regions + had, 0,
	    (sp->regcap - had) * sizeof(*sp->regions));
	sp->live += n;
	while (n > 0) {
		uint64_t k = REGION - off % REGION;

		if (k > n)
			k = n;
		sp->regions[off / REGION] += (uint32_t)k;
		off += k;
		n -= k;
	}
}

/* Bytes that live no more. */
static void
drop(struct space *sp, uint64_t off, uint64_t n)
{
	sp->live -= n;
	while (n > 0) {
		uint64_t i = off / REGION, k = REGION - off % REGION;

		if (k > n)
			k = n;
		sp->regions[i] -= (uint32_t)k;
		off += k;
		n -= k;
		if (sp->regions[i] == 0 && (i + 1) * REGION <= sp->tail &&
		    move_hole(sp->fd, (off_t)(i * REGION), REGION) == 0)
			sp->error = 0;
	}
	if (sp->live > 0)
		return;
	sp->error = 0;
	if (sp->tail >= CUT && ftruncate(sp->fd, 0) == 0)
		sp->tail = 0;
}

static void
grown(struct space *sp, struct extent *e, uint64_t k)
{
	add(sp, e->off + e->len, k);
	e->len += k;
	e->room -= k;
}

ssize_t
space_write(struct space *sp, struct extent *e, const void *p, size_t n)
{
	size_t most = e->room < n ? (size_t)e->room : n;
	ssize_t k = pwrite(sp->fd, p, most, (off_t)(e->off + e->len));

	if (k == 0)
		errno = EIO;
	if (k <= 0) {
		sp->error = errno;
		return -1;
	}
	grown(sp, e, (uint64_t)k);
	return k;
}

static bool
cannot(int error)
{
	return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

ssize_t
space_splice(struct space *sp, struct extent *e, int pipe, size_t n)
{
	size_t most = e->room < n ? (size_t)e->room : n;
	off_t off = (off_t)(e->off + e->len);
	ssize_t k;

	if (sp->nosplice) {
		errno = EINVAL;
		return -1;
	}
	k = move_pipe(pipe, sp->fd, &off, most);
	if (k > 0)
		grown(sp, e, (uint64_t)k);
	if (k >= 0 || errno == EAGAIN)
		return k;
	if (cannot(errno)) {
		sp->nosplice = true;
		errno = EINVAL;
	} else {
		sp->error = errno;
	}
	return -1;
}

void
space_take(struct space *sp, struct extent *e, uint64_t n)
{
	uint64_t off = e->off;

	e->off += n;
	e->len -= n;
	drop(sp, off, n);
}
