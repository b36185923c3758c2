/*
 * Linux: the processes below this one.  They are found by the children files
 * of proc(5) where the kernel has them (CONFIG_PROC_CHILDREN), else by one
 * scan of /proc.
 */
#include "config.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/os.h"

static void
append(struct os_procs *list, const struct os_proc *p)
{
	mem_grow(&list->v, &list->cap, list->n + 1, sizeof(list->v[0]));
	list->v[list->n++] = *p;
}

static bool
number(const char *s, pid_t *pid)
{
	char *end;
	long n;

	if (!isdigit((unsigned char)*s))
		return false;
	n = strtol(s, &end, 10);
	*pid = (pid_t)n;
	return *end == '\0';
}

/* --- descendants by children files ------------------------------------- */

/*
 * Calls fn for each number of a children file, until it returns -1; so do we
 * then, or where the file cannot be read.  A file of this kind gives no less
 * than it could but at its end, by a page.
 */
static int
each_listed(int fd, int (*fn)(void *ctx, pid_t pid), void *ctx)
{
	enum { NUMBER = 16 };		/* is shorter */
	char text[4096];
	pid_t pid = 0;
	ssize_t i, n;
	off_t at = 0;

	do {
		if ((n = pread(fd, text, sizeof(text), at)) < 0)
			return -1;
		for (i = 0; i < n; i++) {
			if (isdigit((unsigned char)text[i])) {
				pid = pid * 10 + (text[i] - '0');
				continue;
			}
			if (pid && fn(ctx, pid) < 0)
				return -1;
			pid = 0;
		}
		at += n;
	} while (n > (ssize_t)sizeof(text) - NUMBER);
	return 0;
}

struct found {
	struct os_procs *list;
	bool (*skip)(void *ctx, pid_t pid);
	void *ctx;
};

static int
add_listed(void *ctx, pid_t pid)
{
	const struct found *f = ctx;
	struct os_proc p;

	if (f->skip && f->skip(f->ctx, pid))
		return 0;
	if (os_proc(pid, &p) == 0)
		append(f->list, &p);
	else if (os_is_short())
		return -1;
	return 0;
}

/* The children that one thread made, and that still are; -1: we are short. */
static int
add_thread_children(const char *path, struct os_procs *list,
    bool (*skip)(void *ctx, pid_t pid), void *ctx)
{
	struct found f = { list, skip, ctx };
	int fd = fd_open(path, O_RDONLY, 0), r;

	if (fd < 0)
		return os_is_short() ? -1 : 0;
	r = each_listed(fd, add_listed, &f);
	if (r < 0 && !os_is_short())
		r = 0;			/* it has gone */
	close(fd);
	return r;
}

/* -1 when we are short; a parent that has gone has none. */
static int
add_children(pid_t parent, struct os_procs *list,
    bool (*skip)(void *ctx, pid_t pid), void *ctx)
{
	char path[80];
	struct dirent *e;
	int r = 0;
	DIR *d;
	pid_t tid;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)parent);
	if ((d = opendir(path)) == NULL)
		return os_is_short() ? -1 : 0;
	while (r == 0 && (e = readdir(d)))
		if (number(e->d_name, &tid)) {
			snprintf(path, sizeof(path),
			    "/proc/%d/task/%d/children", (int)parent,
			    (int)tid);
			r = add_thread_children(path, list, skip, ctx);
		}
	closedir(d);
	return r;
}

static bool
have_children_files(void)
{
	static int have = -1;
	char path[64];

	if (have < 0) {
		snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		    (int)getpid());
		have = access(path, R_OK) == 0;
	}
	return have;
}

static int
open_children(pid_t parent)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent,
	    (int)parent);
	return fd_open(path, O_RDONLY, 0);
}

static struct {
	pid_t pid;
	int fd;
} watched;

bool
os_watch_children(void)
{
	watched.fd = open_children(getpid());
	if (watched.fd < 0)
		return false;
	watched.pid = getpid();
	return true;
}

struct few {
	pid_t *pids;
	size_t max, n;
};

static int
count_listed(void *ctx, pid_t pid)
{
	struct few *f = ctx;

	if (f->n++ < f->max)
		f->pids[f->n - 1] = pid;
	return 0;
}

int
os_children(pid_t parent, pid_t *pids, size_t max)
{
	bool own = watched.pid == parent && parent == getpid();
	int fd = own ? watched.fd : open_children(parent), r;
	struct few f = { .pids = pids, .max = max };

	if (fd < 0)
		return -1;
	r = each_listed(fd, count_listed, &f);
	if (!own)
		close(fd);
	return r < 0 ? -1 : (int)f.n;
}

/* --- descendants by a scan --------------------------------------------- */

static int
by_pid(const void *a, const void *b)
{
	pid_t pa = ((const struct os_proc *)a)->pid;
	pid_t pb = ((const struct os_proc *)b)->pid;

	return (pa > pb) - (pa < pb);
}

static int
scan_all(struct os_procs *all)
{
	struct os_proc p;
	struct dirent *e;
	DIR *d = opendir("/proc");
	pid_t pid;
	bool any = false;
	int error = ENOENT;

	if (d == NULL)
		return -1;
	while ((e = readdir(d))) {
		if (!number(e->d_name, &pid))
			continue;
		if (os_proc(pid, &p) == 0) {
			any = true;
			append(all, &p);
		} else if (os_is_short()) {
			error = errno;
			any = false;
			break;
		}
	}
	closedir(d);
	errno = error;
	return any ? 0 : -1;
}

/* A place for "not yet known", "below us", "not below us". */
enum { UNKNOWN, OURS, FOREIGN };

static int
class_of(struct os_procs *all, char *class, pid_t pid, int depth,
    bool (*skip)(void *ctx, pid_t pid), void *ctx)
{
	struct os_proc key = { .pid = pid }, *p;
	size_t i;

	p = bsearch(&key, all->v, all->n, sizeof(key), by_pid);
	if (p == NULL || depth > 100000)
		return FOREIGN;
	i = (size_t)(p - all->v);
	if (class[i] == UNKNOWN) {
		class[i] = FOREIGN;	/* ends a cycle of a torn picture */
		if (p->ppid == getpid())
			class[i] = skip && skip(ctx, pid) ? FOREIGN : OURS;
		else if (p->ppid > 0)
			class[i] = (char)class_of(all, class, p->ppid,
			    depth + 1, skip, ctx);
	}
	return class[i];
}

static int
descendants_by_scan(bool (*skip)(void *ctx, pid_t pid), void *ctx,
    struct os_procs *list)
{
	struct os_procs all = { 0 };
	char *class;
	size_t i;
	int saved;

	if (scan_all(&all) < 0) {
		saved = errno;
		free(all.v);
		errno = saved;
		return -1;
	}
	qsort(all.v, all.n, sizeof(all.v[0]), by_pid);
	class = xcalloc(all.n, 1);
	for (i = 0; i < all.n; i++)
		if (class_of(&all, class, all.v[i].pid, 0, skip, ctx) == OURS)
			append(list, &all.v[i]);
	free(class);
	free(all.v);
	return 0;
}

int
os_descendants(bool (*skip)(void *ctx, pid_t pid), void *ctx,
    struct os_procs *list)
{
	size_t i;
	int r;

	list->n = 0;
	if (!have_children_files())
		return descendants_by_scan(skip, ctx, list);
	r = add_children(getpid(), list, skip, ctx);
	for (i = 0; r == 0 && i < list->n; i++)
		r = add_children(list->v[i].pid, list, NULL, NULL);
	return r;
}

const char *
os_kill_method(void)
{
	struct os_proc p;

	if (os_proc(getpid(), &p) < 0)
		return "process group (no /proc)";
	return have_children_files() ? "subreaper, /proc children files" :
	    "subreaper, /proc scan";
}
