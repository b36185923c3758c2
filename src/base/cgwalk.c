#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cgwalk.h"
#include "base/fd.h"

struct walk {
	const char *root;
	void (*fn)(void *ctx, const struct cgstep *step);
	void *ctx;
};

/* One line of mountinfo that concerns the controller. */
struct mount {
	bool v2;
	const char *root;	/* what of the hierarchy is mounted */
	const char *at;		/* and where */
};

bool
cgwalk_read(struct buf *b, const char *root, const char *dir,
    const char *name)
{
	struct buf full = { 0 };
	ssize_t n;
	int fd;

	buf_addf(&full, "%s%s/%s", root, dir, name);
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

bool
cgwalk_lists(const char *list, size_t n, const char *word, const char *sep)
{
	size_t len = strlen(word), i, k = 0;

	for (i = 0; i <= n; i++) {
		if (i < n && strchr(sep, list[i]) == NULL)
			continue;
		if (i - k == len && memcmp(list + k, word, len) == 0)
			return true;
		k = i + 1;
	}
	return false;
}

/*
 * Our path in the hierarchy, from "ID:CONTROLLERS:PATH" lines: of v2 the one
 * with ID 0 and no controllers, of v1 the one that lists the controller.
 * Returns its length, 0 when there is none.
 */
static size_t
own_path(const char *cgroup, const char *controller, bool v2,
    const char **path)
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
		    !cgwalk_lists(colon + 1, (size_t)(second - colon - 1),
		    controller, ","))
			continue;
		*path = second + 1;
		return n - (size_t)(second + 1 - line);
	}
	return 0;
}

/* The cgroup s, in dir, and those above it up to its mount, of that length. */
static void
climb(const struct walk *w, struct cgstep s, char *dir, size_t top)
{
	size_t len = strlen(dir);

	for (s.dir = dir;; s.own = false) {
		w->fn(w->ctx, &s);
		if (len <= top)
			return;
		while (len > top && dir[len - 1] != '/')
			len--;
		while (len > top && dir[len - 1] == '/')
			len--;
		dir[len] = '\0';
	}
}

/* "/.." and what begins so: outside of the namespace, or of the mount. */
static bool
outside(const char *path, size_t n)
{
	return n >= 3 && strncmp(path, "/..", 3) == 0 &&
	    (n == 3 || path[3] == '/');
}

/* For a process in the cgroup path[0..n), seen through m. */
static void
through(const struct walk *w, const struct mount *m, const char *path,
    size_t n)
{
	size_t skip = strcmp(m->root, "/") == 0 ? 0 : strlen(m->root);
	struct cgstep s = { .root = w->root, .v2 = m->v2 };
	struct buf dir = { 0 };

	while (n > 0 && path[n - 1] == '/')
		n--;
	buf_adds(&dir, m->at);
	if (n >= skip && strncmp(path, m->root, skip) == 0 &&
	    (n == skip || path[skip] == '/') &&
	    !outside(path + skip, n - skip)) {
		buf_add(&dir, path + skip, n - skip);
		s.own = !outside(path, n);
	}
	climb(w, s, buf_str(&dir), strlen(m->at));
	buf_free(&dir);
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
 * that is no cgroup mount with the controller.  Cuts the line.
 */
static bool
mount_parse(char *line, const char *controller, struct mount *m)
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
	    cgwalk_lists(field[2], strlen(field[2]), controller, ","));
}

void
cgwalk(const char *root, const char *controller,
    void (*fn)(void *ctx, const struct cgstep *step), void *ctx)
{
	struct walk w = { root, fn, ctx };
	struct buf cgroup = { 0 }, mounts = { 0 };
	char *line, *next;
	const char *path;
	struct mount m;
	size_t n;

	if (!cgwalk_read(&cgroup, root, "/proc/self", "cgroup") ||
	    !cgwalk_read(&mounts, root, "/proc/self", "mountinfo"))
		goto out;
	for (line = mounts.data; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (!mount_parse(line, controller, &m))
			continue;
		n = own_path(cgroup.data, controller, m.v2, &path);
		if (n)
			through(&w, &m, path, n);
	}
out:
	buf_free(&cgroup);
	buf_free(&mounts);
}

struct own {
	int version;
	struct buf *dir;
};

/* Keeps the first one, but v1 rather than v2. */
static void
keep_own(void *ctx, const struct cgstep *s)
{
	int version = s->v2 ? 2 : 1;
	struct own *own = ctx;

	if (!s->own || (own->version && own->version <= version))
		return;
	own->version = version;
	own->dir->len = 0;
	buf_adds(own->dir, s->dir);
}

int
cgwalk_own(const char *root, const char *controller, struct buf *dir)
{
	struct own own = { .dir = dir };

	dir->len = 0;
	cgwalk(root, controller, keep_own, &own);
	buf_str(dir);
	return own.version;
}
