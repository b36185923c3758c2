/*
 * --cat: a block becomes a file, some of it in each step.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "run/feed.h"

enum {
	STEP = 8 << 20,		/* bytes; then signals come first */
	PIECE = 64 * 1024	/* of a file, copied in one go */
};

static int
put_memory(struct block *b, size_t most)
{
	size_t n = b->n - b->at < most ? b->n - b->at : most;

	if (fd_write(b->fill, b->p + b->at, n) < 0)
		return -1;
	b->at += n;
	return 0;
}

static int
put_file(struct block *b, size_t most)
{
	char *p = xmalloc(PIECE);
	ssize_t k = 1;
	size_t n = 0;

	while (b->len > 0 && n < most && k > 0) {
		k = pread(b->file, p, b->len < PIECE ? (size_t)b->len : PIECE,
		    b->off);
		if (k == 0)
			errno = FD_SHORTER;
		else if (k > 0 && fd_write(b->fill, p, (size_t)k) < 0)
			k = -1;
		if (k > 0) {
			b->off += k;
			b->len -= k;
			n += (size_t)k;
		}
	}
	free(p);
	return k > 0 ? 0 : -1;
}

/* Nothing of it is there any more; it is for the same block again. */
static void
begin_file(struct block *b, char *path)
{
	block_unnamed(b);
	block_rewind(b);
	b->path = path;
	b->fill = fd_open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
}

int
block_file(struct block *b, char *path)
{
	int rc = 0;

	if (b->fill >= 0 && strcmp(path, b->path) == 0)
		free(path);
	else
		begin_file(b, path);
	if (b->fill < 0)
		return -1;
	if (b->at < b->n)
		rc = put_memory(b, STEP);
	else
		rc = put_file(b, STEP);
	if (rc == 0 && (b->at < b->n || b->len > 0)) {
		errno = EAGAIN;
		return -1;
	}
	if (rc == 0) {
		close(b->fill);
		b->fill = -1;
	}
	return rc;
}
