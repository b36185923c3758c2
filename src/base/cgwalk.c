#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cgwalk.h"
#include "base/fd.h"

struct walk {
	const char *root;
	void (*fn)(void *ctx, const char *root, const char *dir, bool v2);
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
		    !listed(colon + 1, (size_t)(second - colon - 1),
		    controller))
			continue;
		*path = second + 1;
		return n - (size_t)(second + 1 - line);
	}
	return 0;
}

/* The cgroup dir and those above it up to its mount, of that length. */
static void
climb(const struct walk *w, char *dir, size_t top, bool v2)
{
	size_t len = strlen(dir);

	for (;;) {
		w->fn(w->ctx, w->root, dir, v2);
		if (len <= top)
			return;
		while (len > top && dir[len - 1] != '/')
			len--;
		while (len > top && dir[len - 1] == '/')
			len--;
		dir[len] = '\0';
	}
}

/* For a process in the cgroup path[0..n), seen through m. */
static void
through(const struct walk *w, const struct mount *m, const char *path,
    size_t n)
{
	size_t skip = strcmp(m->root, "/") == 0 ? 0 : strlen(m->root);
	struct buf dir = { 0 };

	while (n > 0 && path[n - 1] == '/')
		n--;
	buf_adds(&dir, m->at);
	if (n >= skip && strncmp(path, m->root, skip) == 0 &&
	    (n == skip || path[skip] == '/'))
		buf_add(&dir, path + skip, n - skip);
	climb(w, buf_str(&dir), strlen(m->at), m->v2);
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
	    listed(field[2], strlen(field[2]), controller));
}

void
cgwalk(const char *root, const char *controller,
    void (*fn)(void *ctx, const char *root, const char *dir, bool v2),
    void *ctx)
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
