/* How often the memory of a tree is looked at, and what is seen. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/memory.h"

#include "child.h"
#include "tap.h"

enum { MIB = 1 << 20 };

static const uint64_t limit = (uint64_t)100 * MIB;

static void
is_pause(uint64_t used, uint64_t before, nsec since, nsec cost, nsec want,
    const char *name)
{
	nsec got = memory_pause(used * MIB, before * MIB, since, limit, cost);

	ok(got == want, "%s: %lld ms", name, (long long)(got / MSEC));
}

static void
test_pause(void)
{
	is_pause(2, 2, 100 * MSEC, 0, 100 * MSEC, "far from the limit");
	is_pause(80, 80, 100 * MSEC, 0, 20 * MSEC, "near to it");
	is_pause(20, 10, 10 * MSEC, 0, 20 * MSEC, "growing, full in 80 ms");
	is_pause(60, 10, 10 * MSEC, 0, 5 * MSEC, "growing fast");
	is_pause(10, 60, 10 * MSEC, 0, 100 * MSEC, "shrinking");
	is_pause(2, 2, 0, 30 * MSEC, 300 * MSEC, "a look that takes long");
	ok(memory_pause(5, 0, MSEC, 0, 0) == 100 * MSEC, "without a limit");
}

/* A child that has filled so much; shared: of memory that both have. */
static pid_t
child(char *shared)
{
	int fd[2];
	pid_t pid;
	char c;

	if (pipe(fd) < 0 || (pid = fork()) < 0)
		exit(1);
	if (pid == 0) {
		char *p = shared ? shared : malloc((size_t)20 * MIB);

		memset(p, 1, (size_t)20 * MIB);
		if (write(fd[1], p, 1) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(fd[1]);
	if (read(fd[0], &c, 1) != 1)
		exit(1);
	close(fd[0]);
	return pid;
}

static bool
between(uint64_t n, uint64_t low, uint64_t high)
{
	if (n < low * MIB || n > high * MIB)
		printf("# %llu KiB\n", (unsigned long long)n / 1024);
	return n >= low * MIB && n <= high * MIB;
}

static void
test_look(void)
{
	char *area = mmap(NULL, (size_t)20 * MIB, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | MAP_SHARED, -1, 0);
	struct memory m = { 0 };
	pid_t a, b, c, d;

	a = child(NULL);
	ok(between(memory_look(&m, SEC), 20, 30), "one process");
	b = child(NULL);
	ok(between(memory_look(&m, 2 * SEC), 40, 60), "two");
	child_end(a);
	ok(between(memory_look(&m, 3 * SEC), 20, 30), "the second alone");
	c = child(area);
	d = child(area);
	ok(between(memory_look(&m, 4 * SEC), 40, 60),
	    "and two that share as much");
	child_end(b);
	child_end(c);
	child_end(d);
	ok(memory_look(&m, 4 * SEC) == 0, "none, but the list is old");
	ok(memory_look(&m, 5 * SEC) == 0, "none");
	memory_clear(&m);
}

int
main(void)
{
	test_pause();
	if (os_memory_open(getpid()) >= 0)
		test_look();
	return done_testing();
}
