/*
 * An open(2) of a FIFO would wait for its writer, and no signal is taken
 * outside of the loop.  So files are opened non-blocking, and read only when
 * poll(2) says that there is something: a FIFO that no writer has opened yet
 * reads as ended, but polls as not ready.  stdin is read as it is; its flags
 * are not ours.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "input/source.h"
#include "input/split.h"

enum { CHUNK = 65536 };

struct source {
	const struct source_conf *conf;
	struct split split;
	size_t word;		/* the next of conf->words */
	int fd;			/* -1: words, or unreadable */
	bool owned;		/* fd is ours to close */
	bool blocks;		/* a read may have to wait */
	bool ended;
	int error;
	char *chunk;
	const char *p;		/* what of the chunk is left */
	size_t n;
};

static const char too_long[] = "longer than the system takes in one argument";
static const char has_nul[] = "has a NUL byte in it";

/* Reading /dev/null or /dev/zero never waits, and epoll(7) refuses them. */
static bool
may_wait(int fd, const struct stat *st)
{
	if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) ||
	    S_ISBLK(st->st_mode))
		return false;
	return !S_ISCHR(st->st_mode) || isatty(fd);
}

static void
open_path(struct source *s)
{
	const char *path = s->conf->path;
	struct stat st;

	if (strcmp(path, "-") == 0) {
		s->fd = s->conf->stdin_closed ? -1 : STDIN_FILENO;
		errno = EBADF;
	} else {
		s->fd = fd_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
		s->owned = true;
	}
	if (s->fd < 0 || fstat(s->fd, &st) < 0) {
		s->error = errno;
		return;
	}
	if (S_ISDIR(st.st_mode))
		s->error = EISDIR;	/* said before anything is begun */
	s->blocks = may_wait(s->fd, &st);
	s->chunk = xmalloc(CHUNK);
}

struct source *
source_new(const struct source_conf *conf)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->conf = conf;
	s->fd = -1;
	s->split.delimiter = conf->delimiter;
	s->split.skip_empty = conf->skip_empty;
	s->split.limit = conf->limit;
	if (conf->words == NULL)
		open_path(s);
	return s;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	if (s->owned && s->fd >= 0)
		close(s->fd);
	split_free(&s->split);
	free(s->chunk);
	free(s);
}

static struct item *
make_item(const struct record *r)
{
	char start[SPLIT_KEEP + 3];

	if (!r->over)
		return item_new(r->p, r->n, r->nul ? has_nul : NULL);
	memcpy(start, r->p, r->n);
	memcpy(start + r->n, "...", 3);
	return item_new(start, r->n + 3, too_long);
}

static enum source_got
next_word(struct source *s, struct item **it)
{
	struct record r = { 0 };

	do {
		if ((r.p = s->conf->words[s->word]) == NULL)
			return SOURCE_END;
		s->word++;
		r.n = strlen(r.p);
	} while (r.n == 0 && s->conf->skip_empty);
	if (r.n > s->conf->limit) {
		r.over = true;
		if (r.n > SPLIT_KEEP)
			r.n = SPLIT_KEEP;
	}
	*it = make_item(&r);
	return SOURCE_ITEM;
}

enum source_got
source_next(struct source *s, struct item **it)
{
	struct record r;

	if (s->conf->words)
		return next_word(s, it);
	if (split_next(&s->split, &s->p, &s->n, &r) ||
	    (s->ended && split_end(&s->split, &r))) {
		*it = make_item(&r);
		return SOURCE_ITEM;
	}
	if (s->error)
		return SOURCE_ERROR;
	return s->ended ? SOURCE_END : SOURCE_WAIT;
}

/* Is there something, or the end, to read from what we opened ourselves? */
static bool
ready(const struct source *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };

	return !s->owned || !s->blocks || poll(&pfd, 1, 0) != 0;
}

void
source_read(struct source *s)
{
	ssize_t got;

	if (s->fd < 0 || s->error || s->ended || s->n || !ready(s))
		return;
	got = read(s->fd, s->chunk, CHUNK);
	if (got > 0) {
		s->p = s->chunk;
		s->n = (size_t)got;
	} else if (got == 0) {
		s->ended = true;
	} else if (errno != EAGAIN && errno != EINTR) {
		s->error = errno;
	}
}

int
source_fd(const struct source *s)
{
	return s->blocks ? s->fd : -1;
}

const char *
source_error(const struct source *s, int *error)
{
	*error = s->error;
	if (s->conf->path == NULL || strcmp(s->conf->path, "-") == 0)
		return "stdin";
	return s->conf->path;
}
