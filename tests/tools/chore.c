/*
 * A task of the soak (tests/soak): its item says what it does, and its output
 * is a record (tests/soak/record.h).
 *
 *	chore "SEQ KIND LINES MS ARG"
 *	chore [FILE]	the same, of the one line that stdin or FILE has
 *
 *	p  writes its record, naps MS, exits ARG
 *	c  writes half of it, naps, dies by signal ARG
 *	t  writes half and never ends; ARG 1: ignores TERM
 *	h  exits ARG, and a child writes the second half after MS
 *	d  the same, by an orphan in a session of its own
 *	s  as p, and leaves a daemon that holds nothing and lives 5 * MS
 *	w  writes half and kills its worker
 *	m  writes half and takes ARG MB of memory bit by bit; never ends
 *
 * With "up" for ITEM it is a co-process: each line of its stdin is such an item,
 * of p c t s w m, and behind its reply comes a line ".".
 *
 * Adds "SEQ ATTEMPT" to the file $SOAK_STARTS.  Exits 97 when it cannot write,
 * 98 when SEQ is not $PPX_SEQ, or the line is not whole, or not the only one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../soak/record.h"

static struct record rec;
static char kind;
static unsigned ms, arg;
static size_t piece;	/* bytes in one write(2) */

static void
nap(unsigned n)
{
	struct timespec t = { n / 1000, n % 1000 * 1000000L };

	if (n)
		nanosleep(&t, NULL);
}

static void
put_bytes(const char *p, size_t n)
{
	ssize_t done;

	for (; n > 0; p += done, n -= (size_t)done)
		if ((done = write(1, p, n)) < 0)
			_exit(97);
}

/* Lines from .. to - 1 of the record. */
static void
put(uint32_t from, uint32_t to)
{
	static char buf[64 * 1024];
	size_t n = 0;

	for (; from < to; from++) {
		record_line(buf + n, &rec, from);
		n += RECORD_LINE;
		if (n == piece) {
			put_bytes(buf, n);
			n = 0;
		}
	}
	put_bytes(buf, n);
}

/* "SEQ ATTEMPT" in one write: the file is everybody's. */
static void
mark_start(void)
{
	const char *path = getenv("SOAK_STARTS");
	char line[48];
	int fd, n;

	if (!path)
		return;
	n = snprintf(line, sizeof(line), "%llu %u\n",
	    (unsigned long long)rec.seq, rec.attempt);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(97);
	close(fd);
}

static unsigned long long
number_in(const char *name)
{
	const char *s = getenv(name);

	return s ? strtoull(s, NULL, 10) : 0;
}

static void
let_go(void)
{
	int fd = open("/dev/null", O_RDWR);

	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	close(fd);
}

static void
daemon_for(unsigned n)
{
	if (fork() != 0)
		return;
	setsid();
	let_go();
	nap(n);
	_exit(0);
}

/* The rest of the record comes from a child; orphan: from its child. */
static void
hand_over(uint32_t half, int orphan)
{
	pid_t pid = fork();

	if (pid < 0)
		put(half, rec.lines + 2);
	if (pid != 0)
		return;
	if (orphan) {
		setsid();
		if (fork() != 0)
			_exit(0);
	}
	nap(ms);
	put(half, rec.lines + 2);
	_exit(0);
}

static void
grow(unsigned mb)
{
	char *p;

	for (; mb > 0; mb--) {
		p = malloc(1 << 20);
		if (p)
			memset(p, 1, 1 << 20);
		nap(2);
	}
}

/* Never another process, should the worker be dead already. */
static void
kill_worker(void)
{
	pid_t worker = (pid_t)number_in("PPX_WORKER_PID");

	if (worker > 1 && getppid() == worker)
		kill(worker, SIGKILL);
	nap(5000);
}

static int
die(int sig)
{
	raise(sig);
	return 96;	/* it was ignored where ppx was started */
}

static void
rest(void)
{
	for (;;)
		pause();
}

static int
work(void)
{
	uint32_t half = 1 + rec.lines / 2;

	if (kind == 'p' || kind == 's')
		half = rec.lines + 2;
	put(0, half);
	switch (kind) {
	case 'c':
		nap(ms);
		return die((int)arg);
	case 'm':
		grow(arg);
		rest();
		break;
	case 't':
		rest();
		break;
	case 'w':
		kill_worker();
		return 0;
	case 'h':
	case 'd':
		hand_over(half, kind == 'd');
		return (int)arg;
	case 's':
		daemon_for(5 * ms);
		break;
	}
	nap(ms);
	return (int)arg;
}

/* All there is, up to its end; it must be a line.  Then it is started anew: by
   its arguments the hunter knows whom it hit. */
static void
read_item(const char *path)
{
	static char line[128];
	int fd = path ? open(path, O_RDONLY) : 0;
	size_t have = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && have < sizeof(line) - 1) {
		n = read(fd, line + have, sizeof(line) - 1 - have);
		have += n > 0 ? (size_t)n : 0;
	}
	if (fd < 0 || n != 0 || have == 0 ||
	    memchr(line, '\n', have) != line + have - 1)
		_exit(98);
	line[have - 1] = '\0';
	execl("/proc/self/exe", "chore", line, (char *)NULL);
	_exit(98);
}

/* What it has to say first, and then its work. */
static int
begin(void)
{
	/* What PIPE_BUF holds arrives in one piece or not at all. */
	piece = getenv("SOAK_LINES") ? 4096 : 64 * 1024;
	mark_start();
	if (kind == 't' && arg)
		signal(SIGTERM, SIG_IGN);
	if (rec.seq % 50 == 0)
		dprintf(2, "chore %llu\n", (unsigned long long)rec.seq);
	return work();
}

static int
understand(const char *item)
{
	unsigned long long seq;

	if (sscanf(item, "%llu %c %u %u %u", &seq, &kind, &rec.lines, &ms,
	    &arg) != 5)
		return -1;
	rec.seq = seq;
	return 0;
}

static int
stay_up(void)
{
	char item[256];

	rec.attempt = 1;
	while (fgets(item, sizeof(item), stdin)) {
		if (understand(item) < 0)
			return 98;
		begin();
		put_bytes(".\n", 2);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *item = argc > 1 ? argv[1] : NULL;

	if (item && strcmp(item, "up") == 0)
		return stay_up();
	if (item == NULL || item[0] == '/')
		read_item(item);
	if (argc > 2 || understand(item) < 0)
		return 98;
	rec.attempt = (unsigned)number_in("PPX_ATTEMPT");
	if (number_in("PPX_SEQ") != rec.seq)
		return 98;
	return begin();
}
