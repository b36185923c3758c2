#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "pool/memory.h"

/* Beyond that many, or when short, statm is opened for each look. */
enum { OPEN_MOST = 256 };

/* A list of processes this old is good enough for a look. */
static const nsec list_age = 10 * MSEC;

static const nsec pause_least = 5 * MSEC, pause_most = 100 * MSEC;

/* Those of the last time stand in the same order, with new ones between. */
static int
take_fd(struct memory *m, size_t *at, const struct os_proc *p)
{
	size_t i, k;
	int fd;

	for (k = 0; k < m->n; k++) {
		i = (*at + k) % m->n;
		if (m->v[i].pid != p->pid || m->v[i].start != p->start)
			continue;
		fd = m->v[i].fd;
		m->v[i].fd = -1;
		*at = i + 1;
		return fd;
	}
	return -1;
}

/* A file that stays open; -1 when it would be one of the last descriptors. */
static int
keep_open(pid_t pid)
{
	int fd = os_memory_open(pid);

	if (!fd_is_last(fd))
		return fd;
	close(fd);
	return -1;
}

/* Asks anew which processes there are, and keeps the files of the old ones. */
static void
list(struct memory *m)
{
	struct memory new = { .skip = m->skip, .ctx = m->ctx };
	size_t i, at = 0;

	if (os_descendants(m->skip, m->ctx, &m->list) < 0)
		return;			/* those known are better than none */
	mem_grow(&new.v, &new.cap, m->list.n, sizeof(new.v[0]));
	for (i = 0; i < m->list.n; i++) {
		const struct os_proc *p = &m->list.v[i];
		struct member *q = &new.v[new.n++];

		q->pid = p->pid;
		q->start = p->start;
		q->fd = i < OPEN_MOST ? take_fd(m, &at, p) : -1;
		if (q->fd < 0 && i < OPEN_MOST)
			q->fd = keep_open(p->pid);
	}
	new.list = m->list;
	memset(&m->list, 0, sizeof(m->list));
	memory_clear(m);
	*m = new;
}

static bool
read_one(const struct member *p, uint64_t *resident, uint64_t *shared)
{
	int fd = p->fd >= 0 ? p->fd : os_memory_open(p->pid);
	bool good = fd >= 0 && os_memory_read(fd, resident, shared);

	if (fd >= 0 && fd != p->fd)
		close(fd);
	return good;
}

uint64_t
memory_look(struct memory *m, nsec now)
{
	uint64_t sum = 0, most = 0, resident, shared;
	size_t i;

	if (m->n == 0 || now - m->listed >= list_age) {
		list(m);
		m->listed = now;
	}
	for (i = 0; i < m->n; i++) {
		if (!read_one(&m->v[i], &resident, &shared))
			continue;
		if (shared > resident)
			shared = resident;
		sum += resident - shared;
		if (shared > most)
			most = shared;
	}
	return sum + most;
}

void
memory_clear(struct memory *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].fd >= 0)
			close(m->v[i].fd);
	free(m->v);
	free(m->list.v);
	*m = (struct memory){ .skip = m->skip, .ctx = m->ctx };
}

/* When it would be full at the pace of late; NEVER when it does not grow. */
static nsec
time_left(uint64_t used, uint64_t before, nsec since, uint64_t limit)
{
	double pace, left;

	if (used <= before || since <= 0)
		return NEVER;
	pace = (double)(used - before) / (double)since;
	left = (double)(limit - used) / pace;
	return left < (double)pause_most * 4 ? (nsec)left : NEVER;
}

nsec
memory_pause(uint64_t used, uint64_t before, nsec since, uint64_t limit,
    nsec cost)
{
	nsec pause = pause_most, left;

	if (limit && used < limit) {
		left = time_left(used, before, since, limit);
		if (left / 4 < pause)
			pause = left / 4;
		if (used / 3 > limit / 4 && pause > 20 * MSEC)
			pause = 20 * MSEC;
	}
	if (pause < pause_least)
		pause = pause_least;
	/* the watch must not take more of the CPU than what it watches */
	return pause < 10 * cost ? 10 * cost : pause;
}
