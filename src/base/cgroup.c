#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cgpath.h"
#include "base/cgroup.h"
#include "base/fd.h"
#include "base/mem.h"

enum {
	DIR_SIZE = 1024,
	PATH_SIZE = DIR_SIZE + 64,
	TEXT_SIZE = 1024
};

/* The names of what both versions have. */
static const struct names {
	const char *limit, *swap, *events, *kills, *used, *peak;
} names[] = {
	{ 0 },
	{ "memory.limit_in_bytes", "memory.memsw.limit_in_bytes",
	    "memory.oom_control", "oom_kill ", "memory.usage_in_bytes",
	    "memory.max_usage_in_bytes" },
	{ "memory.max", "memory.swap.max", "memory.events", "oom_kill ",
	    "memory.current", "memory.peak" },
};

struct cgroup {
	int version;
	char dir[DIR_SIZE];
	int door, events;
	bool limited;
	int peak;		/* v2: counts from when it was reset; or -1 */
	uint64_t kills, full;	/* as they were before the task */
	uint64_t used, most;
	uint64_t limit;
};

/* --- files ------------------------------------------------------------- */

static int
open_in(const char *dir, const char *name, int flags)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fd_open(path, flags, 0);
}

static int
put(const char *dir, const char *name, const char *text)
{
	int fd = open_in(dir, name, O_WRONLY), saved;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

/* The file's text as far as it has room; "" when it cannot be read. */
static void
get_fd(int fd, char text[TEXT_SIZE])
{
	ssize_t n = fd < 0 ? 0 : pread(fd, text, TEXT_SIZE - 1, 0);

	text[n > 0 ? n : 0] = '\0';
}

static void
get(const char *dir, const char *name, char text[TEXT_SIZE])
{
	int fd = open_in(dir, name, O_RDONLY);

	get_fd(fd, text);
	if (fd >= 0)
		close(fd);
}

static uint64_t
number(const struct cgroup *g, const char *name)
{
	char text[TEXT_SIZE];

	get(g->dir, name, text);
	return strtoull(text, NULL, 10);
}

/* The number behind key, which begins a line. */
static uint64_t
value_of(const char *text, const char *key)
{
	const char *line = text;

	while (line && strncmp(line, key, strlen(key)) != 0)
		if ((line = strchr(line, '\n')) != NULL)
			line++;
	return line ? strtoull(line + strlen(key), NULL, 10) : 0;
}

/* --- where one can be made --------------------------------------------- */

static void
read_all(const char *path, struct buf *b)
{
	int fd = fd_open(path, O_RDONLY, 0);
	char part[4096];
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(b, part, (size_t)n);
	close(fd);
}

/* Sets dir to that in which ours are made; returns the version or 0. */
static int
place_of_ours(char *dir, const char *own)
{
	char text[TEXT_SIZE], *slash;

	snprintf(dir, DIR_SIZE, "%s", own);
	get(own, "cgroup.subtree_control", text);
	if (cgpath_lists(text, strlen(text), "memory", " \n"))
		return 2;
	get(own, "memory.max", text);
	slash = strrchr(dir, '/');
	if (slash == NULL || slash == dir || strcmp(text, "max\n") != 0)
		return 0;
	*slash = '\0';
	get(dir, "cgroup.subtree_control", text);
	return cgpath_lists(text, strlen(text), "memory", " \n") ? 2 : 0;
}

struct place {
	int version;		/* 0: there is none; -1: not looked for yet */
	char own[DIR_SIZE];	/* our own cgroup */
	char dir[DIR_SIZE];	/* where those for tasks are made */
};

static const struct place *
place(void)
{
	static struct place p = { .version = -1 };
	struct buf self = { 0 }, mounts = { 0 };

	if (p.version >= 0)
		return &p;
	read_all("/proc/self/cgroup", &self);
	read_all("/proc/self/mountinfo", &mounts);
	p.version = cgpath_own(buf_str(&self), buf_str(&mounts), p.own,
	    sizeof(p.own));
	if (p.version == 1)
		snprintf(p.dir, sizeof(p.dir), "%s", p.own);
	else if (p.version == 2)
		p.version = place_of_ours(p.dir, p.own);
	buf_free(&self);
	buf_free(&mounts);
	return &p;
}

static void
name_it(char *dir, pid_t pid, unsigned slot)
{
	char name[48];

	snprintf(name, sizeof(name), "/ppx.%d.%u", (int)pid, slot);
	snprintf(dir, DIR_SIZE, "%.*s%s", DIR_SIZE - 48, place()->dir, name);
}

/* --- life -------------------------------------------------------------- */

/* Moves out those that are in it: they live on without it. */
static void
clear_out(const char *dir)
{
	int fd = open_in(dir, "cgroup.procs", O_RDONLY);
	struct buf b = { 0 };
	char part[1024], *line, *end;
	ssize_t n;

	while (fd >= 0 && (n = read(fd, part, sizeof(part))) > 0)
		buf_add(&b, part, (size_t)n);
	if (fd >= 0)
		close(fd);
	for (line = buf_str(&b); (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		put(place()->own, "cgroup.procs", line);
	}
	buf_free(&b);
}

static void
remove_dir(const char *dir)
{
	int i;

	for (i = 0; rmdir(dir) < 0 && errno == EBUSY && i < 10; i++)
		clear_out(dir);
}

/* From the outer limit to the inner one: v1 keeps them in this order. */
static int
unlimit(struct cgroup *g)
{
	const struct names *n = &names[g->version];

	if (g->version == 1)
		put(g->dir, n->swap, "-1");
	if (put(g->dir, n->limit, g->version == 1 ? "-1" : "max") < 0)
		return -1;
	g->limited = false;
	return 0;
}

static void
close_files(struct cgroup *g)
{
	if (g->door >= 0)
		close(g->door);
	if (g->events >= 0)
		close(g->events);
	if (g->peak >= 0)
		close(g->peak);
	g->door = g->events = g->peak = -1;
}

static int
make(struct cgroup *g)
{
	g->limited = false;
	if (mkdir(g->dir, 0755) < 0 && errno != EEXIST)
		return -1;
	g->door = open_in(g->dir, "cgroup.procs", O_WRONLY);
	g->events = open_in(g->dir, names[g->version].events, O_RDONLY);
	if (g->version == 2) {
		put(g->dir, "memory.swap.max", "0");
		put(g->dir, "memory.oom.group", "1");
		g->peak = open_in(g->dir, "memory.peak", O_RDWR);
	}
	return g->door < 0 || g->events < 0 ? -1 : 0;
}

static void
unmake(struct cgroup *g)
{
	close_files(g);
	remove_dir(g->dir);
}

struct cgroup *
cgroup_new(unsigned slot)
{
	struct cgroup *g;
	int saved;

	if (place()->version == 0) {
		errno = ENOENT;
		return NULL;
	}
	g = xcalloc(1, sizeof(*g));
	g->version = place()->version;
	g->door = g->events = g->peak = -1;
	name_it(g->dir, getpid(), slot);
	if (make(g) == 0 && unlimit(g) == 0)
		return g;
	saved = errno;
	cgroup_free(g);
	errno = saved;
	return NULL;
}

void
cgroup_free(struct cgroup *g)
{
	if (g == NULL)
		return;
	unmake(g);
	free(g);
}

void
cgroup_remove(pid_t pid, unsigned slot)
{
	char dir[DIR_SIZE];

	if (place()->version == 0)
		return;
	name_it(dir, pid, slot);
	remove_dir(dir);
}

int
cgroup_door(const struct cgroup *g)
{
	return g->door;
}

const char *
cgroup_mode(void)
{
	struct cgroup *g = cgroup_new(0);
	int version = g ? g->version : 0;

	cgroup_free(g);
	return version == 2 ? "cgroup v2" : version ? "cgroup v1" : NULL;
}

/* --- one task ---------------------------------------------------------- */

/* How often the kernel killed in it, and (v2) how often its limit was hit. */
static void
count(const struct cgroup *g, uint64_t *kills, uint64_t *full)
{
	char text[TEXT_SIZE];

	get_fd(g->events, text);
	*kills = value_of(text, names[g->version].kills);
	*full = value_of(text, "max ");
}

/* v1: memory.failcnt stays 0 in Linux 6.18, so the peaks have to tell. */
static bool
was_full(const struct cgroup *g)
{
	uint64_t most = g->limit - g->limit / 16;

	return number(g, names[1].peak) >= most ||
	    number(g, "memory.memsw.max_usage_in_bytes") >= most;
}

/* A kernel before 6.12 cannot reset the peak of v2: then it is not known. */
static void
reset(struct cgroup *g)
{
	if (g->version == 1) {
		put(g->dir, names[1].peak, "0");
		put(g->dir, "memory.memsw.max_usage_in_bytes", "0");
	} else if (g->peak >= 0 && pwrite(g->peak, "0", 1, 0) < 0) {
		close(g->peak);
		g->peak = -1;
	}
	g->used = number(g, names[g->version].used);
}

int
cgroup_ready(struct cgroup *g, uint64_t bytes)
{
	if (g->limited && unlimit(g) < 0)
		return -1;
	reset(g);
	if (g->used > bytes / 16) {
		unmake(g);
		if (make(g) < 0)
			return -1;
		reset(g);
	}
	g->most = 0;
	count(g, &g->kills, &g->full);
	return 0;
}

int
cgroup_limit(struct cgroup *g, uint64_t bytes)
{
	const struct names *n = &names[g->version];
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, bytes);
	g->limited = true;
	g->limit = bytes;
	if (put(g->dir, n->limit, text) < 0)
		return -1;
	if (g->version == 1)
		put(g->dir, n->swap, text);
	return 0;
}

/* What earlier tasks left in it, files mostly, is none of this one's. */
struct cgroup_news
cgroup_news(struct cgroup *g)
{
	struct cgroup_news news;
	uint64_t kills, full, peak;
	char text[TEXT_SIZE];

	count(g, &kills, &full);
	news.killed = kills > g->kills;
	news.full = news.killed && (g->version == 1 ? was_full(g) :
	    full > g->full);
	get_fd(g->peak, text);
	peak = g->version == 1 ? number(g, names[1].peak) :
	    strtoull(text, NULL, 10);
	if (peak == 0)
		peak = number(g, names[g->version].used);
	peak = peak > g->used ? peak - g->used : 0;
	if (peak > g->most)
		g->most = peak;
	news.peak = g->most;
	return news;
}
