/*
 * A tree of files in a temporary directory, for what reads /proc and the like
 * below a root.  One for a test program: from files_begin() to files_end().
 */
#ifndef FILES_H
#define FILES_H

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The tree's directory. */
static char root[64];

static inline void
files_check(int rc, const char *path)
{
	if (rc >= 0)
		return;
	perror(path);
	exit(1);
}

static inline int
files_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Makes the directory, empty. */
static inline void
files_begin(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%s/ppx.XXXXXX",
	    tmp && strlen(tmp) <= 40 ? tmp : "/tmp");
	files_check(mkdtemp(root) ? 0 : -1, root);
}

/* Removes the tree. */
static inline void
files_end(void)
{
	nftw(root, files_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Removes all that is in it. */
static inline void
files_clear(void)
{
	files_end();
	files_check(mkdir(root, 0700), root);
}

/* Makes the file root/path, and the directories that lead there. */
static inline void
put(const char *path, const char *text)
{
	char full[256];
	char *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	for (slash = full + strlen(root) + 1;
	    (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		if (mkdir(full, 0700) < 0 && errno != EEXIST)
			files_check(-1, full);
		*slash = '/';
	}
	f = fopen(full, "w");
	files_check(f ? 0 : -1, full);
	fputs(text, f);
	fclose(f);
}

#endif
