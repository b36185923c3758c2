#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/move.h"
#include "output/pipes.h"

enum { IDLE = 4 };	/* so many empty ones are kept */

void
pipes_init(struct pipes *ps, unsigned most)
{
	ps->idle = NULL;
	ps->nidle = 0;
	ps->left = most;
}

static void
destroy(struct held *h)
{
	close(h->in);
	close(h->out);
	free(h);
}

void
pipes_free(struct pipes *ps)
{
	struct held *h;

	while ((h = ps->idle) != NULL) {
		ps->idle = h->next;
		destroy(h);
	}
}

/* NULL: no descriptors, or not of the size that makes it worth them. */
static struct held *
create(void)
{
	struct held *h;
	int p[2];

	if (fd_pipe(p) < 0)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	h->out = p[0];
	h->in = p[1];
	if (move_size(h->in, PIPES_SIZE))
		return h;
	destroy(h);
	return NULL;
}

struct held *
pipes_get(struct pipes *ps)
{
	struct held *h = ps->idle;

	if (h) {
		ps->idle = h->next;
		ps->nidle--;
		return h;
	}
	if (ps->left == 0)
		return NULL;
	h = create();
	if (h)
		ps->left--;
	else
		ps->left = 0;
	return h;
}

void
pipes_put(struct pipes *ps, struct held *h)
{
	if (h->len > 0 || ps->nidle == IDLE) {
		destroy(h);
		ps->left++;
		return;
	}
	h->next = ps->idle;
	ps->idle = h;
	ps->nidle++;
}

ssize_t
pipes_fill(struct held *h, int fd, size_t n)
{
	ssize_t k = move_pipe(fd, h->in, NULL, n);
	int waiting = 0;

	if (k > 0)
		h->len += (uint64_t)k;
	if (k >= 0 || errno != EAGAIN)
		return k;
	/* which of the two would have had to be waited for? */
	errno = ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0 ? ENOSPC :
	    EAGAIN;
	return -1;
}

void
pipes_gone(struct held *h, uint64_t n)
{
	h->len -= n;
}

ssize_t
pipes_draw(struct held *h, void *p, size_t n)
{
	ssize_t k;

	if (n > h->len)
		n = (size_t)h->len;
	if (n == 0)
		return 0;
	k = read(h->out, p, n);
	if (k > 0)
		h->len -= (uint64_t)k;
	return k == 0 ? -1 : k;
}
