/*
 * /proc/self/cgroup says in which cgroup we are, below the root of the whole
 * hierarchy; /proc/self/mountinfo says which part of a hierarchy is mounted
 * where (cgroups(7), proc(5)).  A container often sees only its own part, or
 * a path from outside of it: then the mount's root is the best there is.
 * Every file may be missing; then it limits nothing.
 */
#include "config.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cpus.h"
#include "base/fd.h"

/* One line of /proc/self/cgroup or mountinfo that concerns the CPU quota. */
struct mount {
	bool v2;
	const char *root;	/* what of the hierarchy is mounted */
	const char *at;		/* and where */
};

/* Reads root/path/name into b, NUL-terminated; false when it cannot be read. */
static bool
slurp(struct buf *b, const char *root, const char *path, const char *name)
{
	struct buf full = { 0 };
	ssize_t n;
	int fd;

	buf_addf(&full, "%s%s/%s", root, path, name);
	fd = fd_open(buf_str(&full), O_RDONLY, 0);
	buf_free(&full);
	b->len = 0;
	if (fd < 0)
		return false;
	while ((n = read(fd, buf_reserve(b, 4096), 4096)) > 0)
		b->len += (size_t)n;
	close(fd);
	buf_str(b);
	return n == 0;
}

/* CPUs that quota out of period is worth, rounded up; 0 = no limit. */
static size_t
worth(long long quota, long long period)
{
	if (quota <= 0 || period <= 0)
		return 0;
	return (size_t)((quota - 1) / period + 1);
}

/* The limit that one cgroup itself sets, 0 = none. */
static size_t
limit(const char *root, const char *dir, bool v2)
{
	struct buf b = { 0 };
	long long quota = 0, period = 0;
	char *end;

	if (v2 && slurp(&b, root, dir, "cpu.max")) {
		quota = strtoll(b.data, &end, 10);	/* 0 from "max" */
		period = strtoll(end, NULL, 10);
	} else if (!v2 && slurp(&b, root, dir, "cpu.cfs_quota_us")) {
		quota = strtoll(b.data, NULL, 10);	/* -1 = none */
		if (slurp(&b, root, dir, "cpu.cfs_period_us"))
			period = strtoll(b.data, NULL, 10);
	}
	buf_free(&b);
	return worth(quota, period);
}

/* Is word one of those in list, which commas part, up to n bytes? */
static bool
listed(const char *list, size_t n, const char *word)
{
	size_t len = strlen(word), k;

	for (;; list += k + 1, n -= k + 1) {
		k = 0;
		while (k < n && list[k] != ',')
			k++;
		if (k == len && strncmp(list, word, k) == 0)
			return true;
		if (k == n)
			return false;
	}
}

/*
 * Our path in the hierarchy, from "ID:CONTROLLERS:PATH" lines: of v2 the one
 * with ID 0 and no controllers, of v1 the one that lists cpu.  Returns its
 * length, 0 when there is none.
 */
static size_t
own_path(const char *cgroup, bool v2, const char **path)
{
	const char *line, *colon, *second;
	size_t n;

	for (line = cgroup; *line; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		colon = memchr(line, ':', n);
		if (colon == NULL)
			continue;
		second = memchr(colon + 1, ':', n - (size_t)(colon + 1 - line));
		if (second == NULL)
			continue;
		if (v2 ? second != colon + 1 || *line != '0' :
		    !listed(colon + 1, (size_t)(second - colon - 1), "cpu"))
			continue;
		*path = second + 1;
		return n - (size_t)(second + 1 - line);
	}
	return 0;
}

/* The lowest limit of the cgroup dir and those above it up to its mount. */
static size_t
lowest(const char *root, char *dir, size_t top, bool v2)
{
	size_t best = 0, n, len = strlen(dir);

	for (;;) {
		n = limit(root, dir, v2);
		if (n && (best == 0 || n < best))
			best = n;
		if (len <= top)
			return best;
		while (len > top && dir[len - 1] != '/')
			len--;
		while (len > top && dir[len - 1] == '/')
			len--;
		dir[len] = '\0';
	}
}

/* The limit for a process in the cgroup path[0..n), seen through m. */
static size_t
through(const char *root, const struct mount *m, const char *path, size_t n)
{
	size_t skip = strcmp(m->root, "/") == 0 ? 0 : strlen(m->root), best;
	struct buf dir = { 0 };

	while (n > 0 && path[n - 1] == '/')
		n--;
	buf_adds(&dir, m->at);
	if (n >= skip && strncmp(path, m->root, skip) == 0 &&
	    (n == skip || path[skip] == '/'))
		buf_add(&dir, path + skip, n - skip);
	best = lowest(root, buf_str(&dir), strlen(m->at), m->v2);
	buf_free(&dir);
	return best;
}

/* Replaces \NNN, as mountinfo writes blanks and the like, in place. */
static char *
unescape(char *s)
{
	char *in, *out = s;

	for (in = s; *in; in++)
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' &&
		    in[2] >= '0' && in[2] <= '7' &&
		    in[3] >= '0' && in[3] <= '7') {
			*out++ = (char)((in[1] - '0') * 64 +
			    (in[2] - '0') * 8 + in[3] - '0');
			in += 3;
		} else {
			*out++ = *in;
		}
	*out = '\0';
	return s;
}

/* Cuts off and returns the word at *s, NULL at the end of the line. */
static char *
word(char **s)
{
	char *w = *s;

	if (*w == '\0')
		return NULL;
	*s += strcspn(w, " ");
	if (**s)
		*(*s)++ = '\0';
	return w;
}

/*
 * ID PARENT DEV ROOT AT OPTIONS [TAG]... - TYPE SOURCE OPTIONS; false when
 * that is no cgroup mount with the CPU controller.  Cuts the line.
 */
static bool
mount_parse(char *line, struct mount *m)
{
	char *root, *at, *w, *field[3];
	size_t i;

	for (i = 0; i < 3; i++)
		if (word(&line) == NULL)
			return false;
	if ((root = word(&line)) == NULL || (at = word(&line)) == NULL)
		return false;
	m->root = unescape(root);
	m->at = unescape(at);
	while ((w = word(&line)) != NULL && strcmp(w, "-") != 0)
		continue;
	for (i = 0; i < 3; i++)
		if ((field[i] = word(&line)) == NULL)
			return false;
	m->v2 = strcmp(field[0], "cgroup2") == 0;
	return m->v2 || (strcmp(field[0], "cgroup") == 0 &&
	    listed(field[2], strlen(field[2]), "cpu"));
}

size_t
cpus_count_at(const char *root, size_t affinity)
{
	struct buf cgroup = { 0 }, mounts = { 0 };
	size_t best = affinity, n;
	char *line, *next;
	const char *path;
	struct mount m;

	if (!slurp(&cgroup, root, "/proc/self", "cgroup") ||
	    !slurp(&mounts, root, "/proc/self", "mountinfo"))
		goto out;
	for (line = mounts.data; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (!mount_parse(line, &m))
			continue;
		if ((n = own_path(cgroup.data, m.v2, &path)) == 0)
			continue;
		n = through(root, &m, path, n);
		if (n && n < best)
			best = n;
	}
out:
	buf_free(&cgroup);
	buf_free(&mounts);
	return best ? best : 1;
}

/* CPU_COUNT is where there is sched_getaffinity(2); its mask has to grow. */
static size_t
affinity_count(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
#if defined(CPU_COUNT_S) && !defined(PPX_OS_GENERIC)
	int cpus, found = 0;

	for (cpus = 1024; cpus <= 1 << 20 && found == 0; cpus *= 4) {
		size_t size = CPU_ALLOC_SIZE(cpus);
		cpu_set_t *set = CPU_ALLOC(cpus);

		if (set == NULL)
			break;
		if (sched_getaffinity(0, size, set) == 0)
			found = CPU_COUNT_S(size, set);
		CPU_FREE(set);
	}
	if (found > 0)
		return (size_t)found;
#endif
	return n > 0 ? (size_t)n : 1;
}

size_t
cpus_count(void)
{
	return cpus_count_at("", affinity_count());
}
