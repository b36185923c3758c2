/* A private directory and its removal, with and without descriptors. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "tap.h"

static bool
is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* Makes a file, or a directory, in dir. */
static void
put(const char *dir, const char *name, bool directory)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (directory)
		ok(mkdir(path, 0700) == 0, "made %s", name);
	else
		close(fd_open(path, O_WRONLY | O_CREAT, 0600));
}

/* So many descriptors from now on; returns the old limit. */
static rlim_t
limit(rlim_t n)
{
	struct rlimit rl;
	rlim_t before;

	getrlimit(RLIMIT_NOFILE, &rl);
	before = rl.rlim_cur;
	rl.rlim_cur = n;
	setrlimit(RLIMIT_NOFILE, &rl);
	return before;
}

static void
test_sweep(void)
{
	char *dir = dir_make("/tmp");
	char name[16];
	int i, rounds = 1;

	put(dir, "a", true);
	put(dir, "a/b", true);
	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "a/b/%d", i);
		put(dir, name, false);
	}
	while (dir_sweep(dir, 3) > 0 && rounds < 100)
		rounds++;
	ok(rounds > 3 && !is_there(dir), "removed in pieces");
	is_int(dir_sweep(dir, 3), 0, "what is gone is gone");
	free(dir);
}

static void
test_short(void)
{
	char *empty = dir_make("/tmp"), *full = dir_make("/tmp");
	rlim_t before;
	int r, error;

	put(full, "file", false);
	before = limit(3);
	r = dir_sweep(empty, 9);
	is_int(r, 0, "an empty one needs no descriptor");
	r = dir_sweep(full, 9);
	error = errno;
	limit(before);
	is_int(r, -1, "another does");
	is_int(error, EMFILE, "and says so");
	ok(!is_there(empty) && is_there(full), "only the empty one is gone");
	is_int(dir_sweep(full, 9), 0, "later it goes, too");
	ok(!is_there(full), "it does");
	free(empty);
	free(full);
}

int
main(void)
{
	test_sweep();
	test_short();
	return done_testing();
}
