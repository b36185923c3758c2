#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "output/records.h"
#include "tap.h"

static char path[] = "/tmp/test_records.XXXXXX";

static void
put(const char *text)
{
	int fd = fd_open(path, O_WRONLY | O_TRUNC, 0);

	fd_write(fd, text, strlen(text));
	close(fd);
}

static void
is_file(const char *want, const char *name)
{
	static char got[65536];
	int fd = fd_open(path, O_RDONLY, 0);
	ssize_t n = read(fd, got, sizeof(got) - 1);

	close(fd);
	got[n < 0 ? 0 : n] = '\0';
	is_str(got, want, "%s", name);
}

/* Begins with the file, adds a row; returns whether nothing was in it. */
static bool
add(bool append)
{
	int error = 0;
	struct records *r = records_open(path, append, &error);
	bool empty = records_begin(r, "head\n", "?\n");

	buf_adds(records_next(r), "row\n");
	is_int(records_close(r), 0, "a row is written");
	return empty;
}

static void
test_begin(void)
{
	put("");
	ok(add(true), "an empty file");
	is_file("head\nrow\n", "has its head");
	ok(!add(true), "one with rows");
	is_file("head\nrow\nrow\n", "is appended to");
	put("head\nro");
	ok(!add(true), "a torn row");
	is_file("head\nro?\nrow\n", "is ended");
	ok(add(false), "not to append");
	is_file("head\nrow\n", "empties the file");
}

/* Another process is beginning with it: the head is left to that. */
static void
test_locked(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int up[2], down[2], fd;
	char c = 0;
	pid_t pid;

	put("");
	fd_pipe(up);
	fd_pipe(down);
	fcntl(up[0], F_SETFL, 0);
	fcntl(down[0], F_SETFL, 0);
	pid = fork();
	if (pid == 0) {
		fd = fd_open(path, O_RDWR, 0);
		c = fcntl(fd, F_SETLK, &l) == 0 ? 'y' : 'n';
		fd_write(up[1], &c, 1);
		close(down[1]);
		_exit(read(down[0], &c, 1) == 0 ? 0 : 1);
	}
	ok(read(up[0], &c, 1) == 1 && c == 'y', "another one has the lock");
	ok(!add(true), "who comes then does not say that it was empty");
	is_file("row\n", "and writes no head");
	close(down[1]);
	waitpid(pid, NULL, 0);
	ok(!add(true), "the lock is gone");
	is_file("row\nrow\n", "and there are rows");
}

/* How often this process has called write(2) and its like; -1 = not known. */
static long
writes(void)
{
	char text[512];
	const char *at;
	int fd = fd_open("/proc/self/io", O_RDONLY, 0);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	at = strstr(text, "syscw: ");
	return at ? strtol(at + 7, NULL, 10) : -1;
}

/* Else it would mix with what others append. */
static void
test_large(void)
{
	int error = 0;
	struct records *r = records_open(path, true, &error);
	long before;
	int i;

	for (i = 0; i < 10000; i++)
		buf_adds(records_next(r), "a record\n");
	before = writes();
	if (before < 0)
		skip(1, "no count of system calls");
	else if (records_flush(r) == 0)
		is_int(writes() - before, 1, "90,000 bytes are one write");
	else
		ok(false, "it can be written");
	records_close(r);
}

int
main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	test_begin();
	test_locked();
	test_large();
	unlink(path);
	return done_testing();
}
