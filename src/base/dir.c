/*
 * One level of directories takes one descriptor.  What is deeper than that is
 * moved up, so that no tree is too deep.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/mem.h"

enum { DEEPEST = 4 };

struct sweep {
	int root;
	size_t left;		/* how many may still be removed */
	int error;		/* of the first that could not be */
	bool more;
	bool progress;		/* something was removed, or moved up */
};

static void sweep_level(struct sweep *w, int fd, int depth);

char *
dir_choose(const char *parent)
{
	struct buf b = { 0 };
	uint64_t dice;
	char *whole;

	if (getentropy(&dice, sizeof(dice)) < 0 ||
	    (whole = realpath(parent, NULL)) == NULL)
		return NULL;
	buf_addf(&b, "%s/ppx-worker-%016" PRIx64, whole, dice);
	free(whole);
	return buf_steal(&b);
}

/* Is there a directory now? */
static bool
make_level(const char *path)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return true;
	if (errno != EEXIST)
		return false;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	errno = ENOTDIR;
	return false;
}

static bool
make_all(char *path)
{
	char *p;

	for (p = path + 1; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (!make_level(path))
			return false;
	}
	return make_level(path);
}

int
dir_usable(const char *path)
{
	struct buf b = { 0 };
	int error;

	buf_addf(&b, "%s/.", path);	/* of a file that is ENOTDIR */
	error = access(buf_str(&b), X_OK) < 0 ? errno : 0;
	buf_free(&b);
	return error;
}

int
dir_takes_files(const char *path)
{
	char *name = dir_choose(path);
	int error, fd;

	if (name == NULL)
		return errno;
	fd = fd_open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	error = fd < 0 ? errno : 0;
	if (fd >= 0) {
		unlink(name);
		close(fd);
	}
	free(name);
	return error;
}

int
dir_parents(const char *path)
{
	char *copy = xstrdup(path), *end = strrchr(copy, '/');
	bool there = true;

	if (end && end > copy) {
		*end = '\0';
		/* most often only the last one is missing, or none */
		there = make_level(copy) ||
		    (errno == ENOENT && make_all(copy));
	}
	free(copy);
	return there ? 0 : -1;
}

static int
open_level(int at, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(at, name, flags);

	if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
		fd = openat(at, name, flags);
	return fd;
}

static void
failed(struct sweep *w)
{
	if (w->error == 0)
		w->error = errno;
}

/* To the top under a name that is free; true when it was moved. */
static bool
move_up(const struct sweep *w, int at, const char *name)
{
	char up[32];
	unsigned n;

	for (n = 0; n < 1000; n++) {
		snprintf(up, sizeof(up), ".ppx-deep-%u", n);
		if (faccessat(w->root, up, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
		    renameat(at, name, w->root, up) == 0)
			return true;
	}
	return false;
}

static void
sweep_directory(struct sweep *w, int at, const char *name, int depth)
{
	int fd;

	if (depth == DEEPEST && move_up(w, at, name)) {
		w->more = w->progress = true;
		return;
	}
	fd = open_level(at, name);
	if (fd < 0) {
		failed(w);
		return;
	}
	sweep_level(w, fd, depth + 1);
	if (w->more || w->error)
		return;
	if (unlinkat(at, name, AT_REMOVEDIR) < 0)
		failed(w);
	else
		w->progress = true;
}

static bool
is_directory(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
}

/* Takes fd. */
static void
sweep_level(struct sweep *w, int fd, int depth)
{
	struct dirent *e;
	DIR *d;

	fchmod(fd, 0700);
	d = fdopendir(fd);
	if (d == NULL) {
		failed(w);
		close(fd);
		return;
	}
	while (!w->more && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (w->left == 0) {
			w->more = true;
		} else if (is_directory(fd, e->d_name)) {
			sweep_directory(w, fd, e->d_name, depth);
		} else if (unlinkat(fd, e->d_name, 0) == 0) {
			w->progress = true;
		} else if (errno != ENOENT) {
			failed(w);
		}
		if (w->left)
			w->left--;
	}
	closedir(d);
}

/* An empty one needs no descriptor, of which there may be none. */
static bool
is_gone(const char *path)
{
	return rmdir(path) == 0 || errno == ENOENT;
}

int
dir_sweep(const char *path, size_t max)
{
	struct sweep w = { .left = max };
	int fd;

	if (is_gone(path))
		return 0;
	w.root = open_level(AT_FDCWD, path);
	if (w.root < 0)
		return errno == ENOENT ? 0 : -1;
	fd = fd_dup(w.root);
	if (fd >= 0) {
		sweep_level(&w, fd, 0);
	} else {
		failed(&w);
	}
	close(w.root);
	if (!w.more && w.error == 0 && rmdir(path) < 0) {
		if (errno == ENOTEMPTY || errno == EEXIST)
			return 1;	/* some came while we looked */
		failed(&w);
	}
	errno = w.error;
	if (!w.progress && w.error)
		return -1;
	return w.more ? 1 : w.error ? -1 : 0;
}
