/*
 * soak [OPTION].. [-- OPTION OF PPX..]
 *
 *	-t SECONDS	for how long items are given (10)
 *	-s SEED		of the tasks and of the hunter (by the clock)
 *	-j N		slots (16)
 *	-e MS		a harm every MS milliseconds on the average (4)
 *	-d DIR		where to work (a new directory below TMPDIR)
 *	-K		keep the files even if all is well
 *	--mode plain|order|lines	ppx with nothing, -k, --lb
 *	--retries N	with --retries N
 *	--mem MB	with --mem-limit MB, and tasks that take four times that
 *	--json		with --log-json
 *	--coproc	items are sent to chores that stay up
 *
 * ppx is $PPX, or ./ppx; chore is in $PPX_TOOLS, or tests/tools.  What it
 * prints at the end are figures.  Exit 0: all is accounted for.  1: it is not;
 * each finding is a line, and the files are kept (log, starts, err, tail: the
 * last of the output).  77: this system does not show processes well enough.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "record.h"
#include "soak.h"

enum { TAIL = 1 << 20, SAMPLES = 1 << 16, FINDINGS = 20 };

struct setup setup = {
	.seconds = 10, .slots = 16, .every = 4, .mode = PLAIN,
};
unsigned wrongs;

static char dir[2048];
static pid_t ppx;
static int to = -1, from = -1;		/* its stdin, its stdout */
static uint64_t chance;

static char items[4096];		/* that were not yet written */
static size_t nitems, item_at;
static uint64_t seq;

static char tail[TAIL];			/* the last of its output: a ring */
static double read_again;		/* its output is let wait till then */

static struct sample {
	long rss, fds;
} samples[SAMPLES];
static size_t nsamples;

/* --- small things ------------------------------------------------------ */

void
wrong(const char *format, ...)
{
	va_list ap;

	if (wrongs++ >= FINDINGS)
		return;
	va_start(ap, format);
	fputs("soak: FAILED: ", stdout);
	vprintf(format, ap);
	putchar('\n');
	va_end(ap);
	fflush(stdout);
}

double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

uint64_t
dice(uint64_t sides)
{
	chance = record_mix(chance);
	return (chance >> 8) % sides;
}

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "soak: %s: %s\n", what, strerror(errno));
	exit(2);
}

static const char *
in_dir(const char *name)
{
	static char paths[4][4096];
	static int turn;
	char *p = paths[turn++ & 3];

	snprintf(p, sizeof(paths[0]), "%s/%s", dir, name);
	return p;
}

/* --- start ------------------------------------------------------------- */

static void
prepare(void)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	if (!dir[0]) {
		snprintf(dir, sizeof(dir), "%s/soak.XXXXXX", tmp ? tmp : "/tmp");
		if (!mkdtemp(dir))
			die(dir);
	}
	if (mkdir(in_dir("tmp"), 0777) < 0 ||
	    (fd = creat(in_dir("starts"), 0666)) < 0)
		die(dir);
	close(fd);
	setenv("TMPDIR", in_dir("tmp"), 1);
	setenv("SOAK_STARTS", in_dir("starts"), 1);
	if (setup.mode == LINES)
		setenv("SOAK_LINES", "1", 1);
}

static void __attribute__((format(printf, 3, 4)))
add(char **argv, size_t *n, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (*n == 60 || vasprintf(&argv[(*n)++], format, ap) < 0)
		die("arguments");
	va_end(ap);
}

static char **
arguments(void)
{
	static char *argv[64];
	static const char *const modes[] = { "--group", "-k", "--lb" };
	size_t n = 0;
	char **p;

	add(argv, &n, "%s", setup.ppx);
	add(argv, &n, "-j%u", setup.slots);
	add(argv, &n, "%s", modes[setup.mode]);
	add(argv, &n, "--joblog=%s", in_dir("log"));
	add(argv, &n, "--timeout=0.2");
	add(argv, &n, "--termseq=TERM,100,KILL");
	add(argv, &n, "--linger=1");
	if (setup.retries)
		add(argv, &n, "--retries=%u", setup.retries);
	if (setup.mem)
		add(argv, &n, "--mem-limit=%uM", setup.mem);
	if (setup.json)
		add(argv, &n, "--log-json=%s", in_dir("json"));
	for (p = setup.extra; p && *p; p++)
		add(argv, &n, "%s", *p);
	if (setup.coproc)
		add(argv, &n, "--reply=eot=.");
	if (setup.coproc)
		add(argv, &n, "--coproc");
	add(argv, &n, "%s", setup.chore);
	if (setup.coproc)
		add(argv, &n, "up");
	return argv;
}

static void
become_ppx(const int *in, const int *out)
{
	struct rlimit no_core = { 0, 0 };
	int err = open(in_dir("err"), O_WRONLY | O_CREAT | O_APPEND, 0666);
	char **argv = arguments();

	setrlimit(RLIMIT_CORE, &no_core);
	setpgid(0, 0);
	if (err < 0 || dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 ||
	    dup2(err, 2) < 0)
		_exit(111);
	close(err);
	execvp(argv[0], argv);
	_exit(112);
}

/* ppx makes a pipe larger that --pipe reads, but no socket. */
static int
make_input(int in[2])
{
	char **p;
	int small = 4096, both[2];

	for (p = setup.extra; p && *p && strcmp(*p, "--pipe"); p++)
		;
	if (p == NULL || *p == NULL)
		return pipe2(in, O_CLOEXEC);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) < 0)
		return -1;
	setsockopt(both[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	in[0] = both[0];
	in[1] = both[1];
	return 0;
}

static void
start(void)
{
	int in[2], out[2];

	/* Else the TSTP of a group without a parent in its session is void. */
	setsid();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	if (make_input(in) < 0 || pipe2(out, O_CLOEXEC) < 0)
		die("pipe");
	fflush(NULL);
	ppx = fork();
	if (ppx < 0)
		die("fork");
	if (ppx == 0) {
		sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_DFL },
		    NULL);
		become_ppx(in, out);
	}
	close(in[0]);
	close(out[1]);
	to = in[1];
	from = out[0];
	fcntl(to, F_SETFL, O_NONBLOCK);
	/* Else it ends long after it was told that no more will come. */
	fcntl(to, F_SETPIPE_SZ, 4096);
}

/* --- feed and read ----------------------------------------------------- */

static void
make_items(void)
{
	struct plan p;

	item_at = nitems = 0;
	while (nitems < 1024) {
		p = plan(++seq);
		nitems += (size_t)snprintf(items + nitems,
		    sizeof(items) - nitems, "%" PRIu64 " %c %u %u %u\n", seq,
		    p.kind, p.lines, p.ms, p.arg);
	}
	check_items(seq);
}

/* Items that were begun are all given, so that each one is a whole one. */
static void
feed(bool over)
{
	ssize_t n;

	if (item_at == nitems && over) {
		close(to);
		to = -1;
		return;
	}
	if (item_at == nitems)
		make_items();
	n = write(to, items + item_at, nitems - item_at);
	if (n > 0)
		item_at += (size_t)n;
	else if (n < 0 && errno != EAGAIN) {
		wrong("ppx does not read its input: %s", strerror(errno));
		nitems = item_at = 0;
		close(to);
		to = -1;
	}
}

/* False at the end. */
static bool
drain(void)
{
	static char buf[256 * 1024];
	ssize_t n = read(from, buf, sizeof(buf)), i;

	for (i = 0; i < n; i++)
		tail[(sums.bytes + (uint64_t)i) % TAIL] = buf[i];
	if (n > 0)
		check_output(buf, (size_t)n);
	return n > 0;
}

/* --- measure ----------------------------------------------------------- */

static long
descriptors(void)
{
	char path[64];
	long n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)ppx);
	d = opendir(path);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static long
resident(void)
{
	char path[64];
	long size, rss = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)ppx);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%ld %ld", &size, &rss) != 2)
		rss = 0;
	fclose(f);
	return rss * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Not of ppx as it starts, which takes its time where all is slow. */
static void
take_sample(void)
{
	struct sample s = { resident(), descriptors() };

	if (sums.bytes > 0 && s.rss > 0 && s.fds > 0 &&
	    nsamples < SAMPLES)
		samples[nsamples++] = s;
}

static int
longer(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

/* Sorted, of the samples from .. to - 1. */
static long *
column(size_t first, size_t last, bool rss)
{
	long *v = calloc(last - first + 1, sizeof(*v));
	size_t i;

	if (!v)
		die("samples");
	for (i = first; i < last; i++)
		v[i - first] = rss ? samples[i].rss : samples[i].fds;
	qsort(v, last - first, sizeof(*v), longer);
	return v;
}

/*
 * What piles up lifts even the least of the end above the most of the begin;
 * what was held for a while, and what malloc keeps of it, does not.  The first
 * tenth is warming up.
 */
static void
is_flat(const char *what, bool rss, long slack)
{
	size_t first = nsamples / 10, part = 3 * first;
	long *a, *b;

	if (part < 5)
		return;
	a = column(first, first + part, rss);
	b = column(nsamples - part, nsamples, rss);
	printf("%s: %ld %ld %ld, at the end %ld %ld %ld (low, median, most)\n",
	    what, a[part / 10], a[part / 2], a[part - 1], b[part / 10],
	    b[part / 2], b[part - 1]);
	if (b[part / 10] > a[part - 1] + slack && !(rss && setup.sanitized))
		wrong("%s grows", what);
	free(a);
	free(b);
}

/* --- the run ----------------------------------------------------------- */

static void
report_hang(const char *why)
{
	FILE *f = fopen(in_dir("hung"), "w");
	size_t n = f ? hunt_list(getpid(), f) : 0;

	if (f)
		fclose(f);
	wrong("%s; %zu processes, see %s", why, n, in_dir("hung"));
}

struct clock {
	double end, hunt, sample, news;	/* when each is due; news: was */
};

/* Things to do by the clock; returns the ms until the next. */
static int
by_the_clock(struct clock *c, bool over)
{
	double t = now(), next;

	hunt_heal(ppx, false);
	if (setup.every && t >= c->hunt) {
		hunt(ppx, over);
		c->hunt = t + 0.0005 * (double)(1 + dice(4 * setup.every - 1));
		if (dice(400) == 0) {
			read_again = t + 0.001 * (double)dice(400);
			harm.pauses++;
		}
	}
	if (t >= c->sample) {
		take_sample();
		c->sample = t + 0.05;
	}
	next = setup.every && c->hunt < c->sample ? c->hunt : c->sample;
	next -= now();
	return next > 0 ? (int)(next * 1000) + 1 : 0;
}

static void
run(void)
{
	double limit = 60 * (setup.sanitized ? 4 : 1);
	struct clock c = { 0 };
	struct pollfd p[2];
	bool over = false;

	c.news = now();
	c.end = c.news + setup.seconds;
	for (;;) {
		int ms = by_the_clock(&c, over);

		over = over || now() >= c.end || wrongs > 0;
		p[0].fd = to;
		p[0].events = POLLOUT;
		p[1].fd = now() < read_again ? -1 : from;
		p[1].events = POLLIN;
		if (poll(p, 2, ms) < 0 && errno != EINTR)
			die("poll");
		if (p[1].fd >= 0 && p[1].revents) {
			if (!drain())
				return;
			c.news = now();
		}
		if (to >= 0 && (p[0].revents || (over && item_at == nitems)))
			feed(over);
		if (now() > c.news + limit) {
			report_hang("no output for a long time");
			return;
		}
	}
}

/* --- the end ----------------------------------------------------------- */

/* Waits for ppx; -1 if it does not end. */
static int
end_status(void)
{
	double limit = now() + (setup.sanitized ? 60 : 20);
	int status;

	hunt_heal(ppx, true);
	while (now() < limit) {
		if (waitpid(ppx, &status, WNOHANG) == ppx)
			return status;
		usleep(1000);
	}
	return -1;
}

/* We are a subreaper: whoever is left of its tree is our child now. */
static void
check_nobody(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	if (errno != ECHILD)
		report_hang("processes are left");
	hunt_kill(getpid());
}

static void
check_no_file(void)
{
	DIR *d = opendir(in_dir("tmp"));
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			wrong("left in TMPDIR: %s", e->d_name);
	if (d)
		closedir(d);
}

static void
keep_tail(void)
{
	FILE *f = fopen(in_dir("tail"), "w");
	size_t i;

	for (i = sums.bytes < TAIL ? TAIL - sums.bytes : 0; f && i < TAIL; i++)
		putc(tail[(sums.bytes + i) % TAIL], f);
	if (f)
		fclose(f);
}

static void
clear(void)
{
	static const char *const names[] = {
		"log", "starts", "err", "json", "tail", "hung",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_dir(names[i]));
	rmdir(in_dir("tmp"));
	rmdir(dir);
}

static void
print_figures(double took)
{
	printf("%" PRIu64 " tasks in %.1f s, %.0f/s; %" PRIu64 " MB in %" PRIu64
	    " records, %" PRIu64 " of them cut\n", sums.items, took,
	    (double)sums.items / took, sums.bytes >> 20, sums.records, sums.cut);
	printf("killed: %lu workers, %lu of tasks' processes; stopped %lu; "
	    "TSTP %lu, other signals %lu, pauses %lu\n", harm.workers,
	    harm.tasks, harm.stops, harm.freezes, harm.signals, harm.pauses);
	printf("failed %" PRIu64 ": lost %" PRIu64 ", timed out %" PRIu64
	    "; attempts %" PRIu64 ", flaky %" PRIu64 ", twice %" PRIu64
	    "; at most %zu processes\n",
	    sums.failed, sums.lost, sums.timeouts, sums.attempts, sums.flaky,
	    sums.again, harm.most);
}

static int
finish(double took)
{
	int status = end_status();

	if (status == -1)
		report_hang("ppx does not end");
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 123)
		wrong("ppx ended with status %#x", (unsigned)status);
	check_nobody();
	check_no_file();
	check_end(dir);
	print_figures(took);
	is_flat("resident kB", true, 8192);
	/* large outputs wait in pipes, of which four are kept */
	is_flat("descriptors", false, 16);
	if (wrongs > FINDINGS)
		printf("soak: FAILED: %u findings in all\n", wrongs);
	if (wrongs || setup.keep) {
		keep_tail();
		printf("soak: %s, seed %" PRIu64 ", files in %s\n",
		    wrongs ? "FAILED" : "ok", setup.seed, dir);
	} else {
		clear();
		printf("soak: ok, seed %" PRIu64 "\n", setup.seed);
	}
	return wrongs > 0;
}

static enum mode
mode_of(const char *word)
{
	static const char *const words[] = { "plain", "order", "lines" };
	int i;

	for (i = 0; i < 3; i++)
		if (strcmp(word, words[i]) == 0)
			return (enum mode)i;
	fprintf(stderr, "soak: no mode %s\n", word);
	exit(2);
}

static void
options(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "mode", required_argument, NULL, 'm' },
		{ "retries", required_argument, NULL, 'r' },
		{ "mem", required_argument, NULL, 'M' },
		{ "json", no_argument, NULL, 'J' },
		{ "coproc", no_argument, NULL, 'C' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "+t:s:j:e:d:K", longs, NULL)) != -1)
		switch (c) {
		case 't':
			setup.seconds = strtod(optarg, NULL);
			break;
		case 's':
			setup.seed = strtoull(optarg, NULL, 10);
			break;
		case 'j':
			setup.slots = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'e':
			setup.every = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'd':
			snprintf(dir, sizeof(dir), "%s", optarg);
			break;
		case 'K':
			setup.keep = true;
			break;
		case 'm':
			setup.mode = mode_of(optarg);
			break;
		case 'r':
			setup.retries = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'M':
			setup.mem = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'J':
			setup.json = true;
			break;
		case 'C':
			setup.coproc = true;
			break;
		default:
			exit(2);
		}
	setup.extra = argv + optind;
}

static const char *
tool(const char *variable, const char *otherwise, const char *name)
{
	const char *s = getenv(variable);
	char *path;

	if (asprintf(&path, "%s%s", s ? s : otherwise, name) < 0)
		die("tool");
	return path;
}

int
main(int argc, char **argv)
{
	const char *s = getenv("PPX_TEST_SANITIZED");
	double began;

	setup.seed = (uint64_t)time(NULL) << 16 ^ (uint64_t)getpid();
	setup.ppx = tool("PPX", "./ppx", "");
	setup.chore = tool("PPX_TOOLS", "tests/tools", "/chore");
	setup.sanitized = s && *s;
	options(argc, argv);
	if (!hunt_can()) {
		puts("soak: needs pidfd_open and /proc/PID/task/TID/children");
		return 77;
	}
	printf("soak: seed %" PRIu64 "\n", setup.seed);
	chance = record_mix(setup.seed ^ 1);
	prepare();
	start();
	began = now();
	run();
	return finish(now() - began);
}
