#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "output/move.h"
#include "run/train.h"

enum { HEAD_MOST = 128 * 1024 };	/* bytes that are copied into a pipe */

static struct held *
add_pipe(struct train *t, struct pipes *ps)
{
	struct held *h = pipes_get(ps);

	if (h == NULL)
		return NULL;
	h->next = NULL;
	if (t->last)
		t->last->next = h;
	else
		t->first = h;
	return t->last = h;
}

int
train_begin(struct train *t, struct pipes *ps, const void *p, size_t n)
{
	struct held *h;

	if (n > HEAD_MOST || (h = add_pipe(t, ps)) == NULL)
		return -1;
	if (n == 0)
		return 0;
	/* it is empty, and larger: this neither waits nor is cut */
	if (write(h->in, p, n) != (ssize_t)n) {
		h->len = 1;	/* whatever is in it */
		train_drop(t, ps);
		return -1;
	}
	h->len = n;
	t->n = n;
	return 0;
}

ssize_t
train_load(struct train *t, struct pipes *ps, int fd, size_t n)
{
	struct held *h = t->last;
	ssize_t k = -1;

	errno = ENOSPC;
	if (h)
		k = pipes_fill(h, fd, n);
	if (k < 0 && errno == ENOSPC) {
		if ((h = add_pipe(t, ps)) == NULL) {
			errno = ENOSPC;
			return -1;
		}
		k = pipes_fill(h, fd, n);
	}
	if (k > 0)
		t->n += (size_t)k;
	return k;
}

static void
put_first(struct train *t, struct pipes *ps)
{
	struct held *h = t->first;

	t->first = h->next;
	if (t->first == NULL)
		t->last = NULL;
	pipes_put(ps, h);
}

ssize_t
train_unload(struct train *t, struct pipes *ps, int fd)
{
	ssize_t k;

	while (t->first && t->first->len == 0)
		put_first(t, ps);
	if (t->first == NULL)
		return 0;
	k = move_pipe(t->first->out, fd, NULL, (size_t)t->first->len);
	if (k > 0) {
		pipes_gone(t->first, (uint64_t)k);
		t->n -= (size_t)k;
	}
	return k;
}

int
train_draw(struct train *t, struct pipes *ps, char *p)
{
	ssize_t k;

	while (t->first) {
		while (t->first->len > 0) {
			k = pipes_draw(t->first, p, (size_t)t->first->len);
			if (k <= 0)
				return -1;
			p += k;
			t->n -= (size_t)k;
		}
		put_first(t, ps);
	}
	return 0;
}

void
train_drop(struct train *t, struct pipes *ps)
{
	while (t->first)
		put_first(t, ps);
	t->n = 0;
}
