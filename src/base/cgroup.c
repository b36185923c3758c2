#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cgplace.h"
#include "base/cgroup.h"
#include "base/fd.h"
#include "base/mem.h"

enum { TEXT_SIZE = 1024 };

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
	char *dir;
	int door, events;
	bool limited;
	int peak;		/* v2: its memory.peak, or -1 */
	uint64_t topped;	/* the peak before the task, if not reset */
	uint64_t kills, full;	/* as they were before the task */
	uint64_t used, most;
	uint64_t limit;
};

/* --- files ------------------------------------------------------------- */

static int
open_in(const char *dir, const char *name, int flags)
{
	struct buf path = { 0 };
	int fd, saved;

	buf_addf(&path, "%s/%s", dir, name);
	fd = fd_open(buf_str(&path), flags, 0);
	saved = errno;
	buf_free(&path);
	errno = saved;
	return fd;
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
number_in(int fd)
{
	char text[TEXT_SIZE];

	get_fd(fd, text);
	return strtoull(text, NULL, 10);
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

/* --- life -------------------------------------------------------------- */

/* Returns new. */
static char *
name_of(pid_t pid, unsigned slot)
{
	struct buf dir = { 0 };

	buf_addf(&dir, "%s/ppx.%d.%u", cgplace()->dir, (int)pid, slot);
	return buf_steal(&dir);
}

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
		put(cgplace()->own, "cgroup.procs", line);
	}
	buf_free(&b);
}

static void remove_dir(const char *dir);

/* Those that a task made in it. */
static void
remove_below(const char *dir)
{
	struct buf path = { 0 };
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		path.len = 0;
		buf_addf(&path, "%s/%s", dir, e->d_name);
		remove_dir(buf_str(&path));
	}
	if (d)
		closedir(d);
	buf_free(&path);
}

static void
remove_dir(const char *dir)
{
	int i;

	for (i = 0; rmdir(dir) < 0 && errno == EBUSY && i < 10; i++) {
		remove_below(dir);
		clear_out(dir);
	}
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

static void
copy_pids_max(const struct cgroup *g)
{
	char text[TEXT_SIZE];

	get(cgplace()->own, "pids.max", text);
	if (*text)
		put(g->dir, "pids.max", text);
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
		copy_pids_max(g);
		g->peak = open_in(g->dir, "memory.peak", O_RDWR);
		if (g->peak < 0)
			g->peak = open_in(g->dir, "memory.peak", O_RDONLY);
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

	if (cgplace()->version == 0) {
		errno = ENOENT;
		return NULL;
	}
	g = xcalloc(1, sizeof(*g));
	g->version = cgplace()->version;
	g->door = g->events = g->peak = -1;
	g->dir = name_of(getpid(), slot);
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
	free(g->dir);
	free(g);
}

void
cgroup_remove(pid_t pid, unsigned slot)
{
	char *dir;

	if (cgplace()->version == 0)
		return;
	dir = name_of(pid, slot);
	remove_dir(dir);
	free(dir);
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

/*
 * How often the kernel killed in it, and (v2) how often it had to kill for the
 * limit's sake: "max" also counts files that were dropped in time, and does
 * not count a limit that is set below what is in use.
 */
static void
count(const struct cgroup *g, uint64_t *kills, uint64_t *full)
{
	char text[TEXT_SIZE];

	get_fd(g->events, text);
	*kills = value_of(text, names[g->version].kills);
	*full = value_of(text, "oom ");
}

/* v1: memory.failcnt stays 0 in Linux 6.18, so the peaks have to tell. */
static bool
was_full(const struct cgroup *g)
{
	uint64_t most = g->limit - g->limit / 16;

	return number(g, names[1].peak) >= most ||
	    number(g, "memory.memsw.max_usage_in_bytes") >= most;
}

/*
 * Was the limit reached?  v2: without a kill, too, if the kernel asked for one
 * again and again: all that is in it may be exempt (oom_score_adj -1000).
 */
static bool
is_full(const struct cgroup *g, bool killed, uint64_t full)
{
	if (g->version == 1)
		return killed && was_full(g);
	return full - g->full >= (killed ? 1 : 20);
}

/*
 * A kernel before 6.12 cannot reset the peak of v2: then it tells only of a
 * task that went higher than all before it.
 */
static void
reset(struct cgroup *g)
{
	g->topped = 0;
	if (g->version == 1) {
		put(g->dir, names[1].peak, "0");
		put(g->dir, "memory.memsw.max_usage_in_bytes", "0");
	} else if (g->peak >= 0 && pwrite(g->peak, "0", 1, 0) < 0) {
		g->topped = number_in(g->peak);
	}
	g->used = number(g, names[g->version].used);
}

/* The most that was in use at a time, as far as it is known. */
static uint64_t
highest(const struct cgroup *g, bool full)
{
	uint64_t peak = g->version == 1 ? number(g, names[1].peak) :
	    number_in(g->peak);

	if (peak > g->topped)
		return peak;
	if (full)
		return g->limit;
	return number(g, names[g->version].used);
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

	count(g, &kills, &full);
	news.killed = kills > g->kills;
	news.full = is_full(g, news.killed, full);
	peak = highest(g, news.full);
	peak = peak > g->used ? peak - g->used : 0;
	if (peak > g->most)
		g->most = peak;
	news.peak = g->most;
	return news;
}
