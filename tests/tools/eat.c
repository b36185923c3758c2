/*
 * A task that uses memory.
 *
 *	eat [-a] [-c N] [-d] [-h] [-p PAUSE] [-r READY] [-s] MEBIBYTES
 *
 * Fills so many MiB of memory, each of N processes (-c; the main one is one
 * of them and waits for the others).  -d: each of the others is a daemon, in a
 * session of its own, without a parent.  -p: PAUSE milliseconds after each
 * MiB.  -r: READY gets a line from each that is full.  -h: they hold it, and
 * wait for ever.  -s: the memory is shared by all, and filled once.
 * -a: another process, that ends before, did it (and was freed).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static size_t size;
static unsigned pause_us;
static const char *ready;
static bool hold, shared;
static char *area;

static char *
map(int flags)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	return p;
}

static void
eat(void)
{
	char *p = shared ? area : map(MAP_PRIVATE);
	size_t i;
	int fd;

	for (i = 0; i < size; i += MIB) {
		memset(p + i, 1, MIB);
		if (pause_us)
			usleep(pause_us);
	}
	if (ready) {
		fd = open(ready, O_WRONLY | O_CREAT | O_APPEND, 0666);
		if (fd < 0 || write(fd, "full\n", 5) != 5)
			_exit(1);
		close(fd);
	}
	while (hold)
		pause();
}

static void
another(bool daemon)
{
	pid_t pid = fork();

	if (pid < 0)
		exit(1);
	if (pid > 0) {
		if (daemon)
			waitpid(pid, NULL, 0);
		return;
	}
	if (daemon) {
		if (fork() != 0)
			_exit(0);
		setsid();
	}
	eat();
	_exit(0);
}

int
main(int argc, char **argv)
{
	bool daemon = false, before = false;
	int opt, n = 1, i;

	while ((opt = getopt(argc, argv, "+ac:dhp:r:s")) != -1) {
		before |= opt == 'a';
		daemon |= opt == 'd';
		hold |= opt == 'h';
		shared |= opt == 's';
		if (opt == 'c')
			n = (int)strtol(optarg, NULL, 10);
		else if (opt == 'p')
			pause_us = (unsigned)strtoul(optarg, NULL, 10) * 1000;
		else if (opt == 'r')
			ready = optarg;
	}
	if (optind >= argc || n > 64)
		return 2;
	size = (size_t)strtoul(argv[optind], NULL, 10) * MIB;
	if (size > (size_t)1024 * MIB)
		return 2;
	if (size == 0)
		return 0;
	if (shared)
		area = map(MAP_SHARED);
	if (before) {
		another(false);
		wait(NULL);
		return 0;
	}
	for (i = 1; i < n; i++)
		another(daemon);
	eat();
	while (wait(NULL) > 0)
		;
	return 0;
}
