#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/cgpath.h"

bool
cgpath_lists(const char *list, size_t n, const char *word, const char *sep)
{
	size_t len;

	for (; n > 0; list += len, n -= len) {
		len = strspn(list, sep);
		if (len > 0) {
			len = len < n ? len : n;
			continue;
		}
		len = strcspn(list, sep);
		len = len < n ? len : n;
		if (len == strlen(word) && strncmp(list, word, len) == 0)
			return true;
	}
	return false;
}

/* The path of ours, up to the line's end: "4:memory:/a" or "0::/a". */
static const char *
path_of(const char *self, int version)
{
	const char *line, *list, *path;

	for (line = self; line && *line; line = strchr(line, '\n'),
	    line = line ? line + 1 : NULL) {
		list = strchr(line, ':');
		path = list ? strchr(list + 1, ':') : NULL;
		if (path == NULL)
			continue;
		if (version == 2 ? path == list + 1 : cgpath_lists(list + 1,
		    (size_t)(path - list - 1), "memory", ","))
			return path + 1;
	}
	return NULL;
}

/* The nth word of a line; its length in *n. */
static const char *
word(const char *line, size_t nth, size_t *n)
{
	while (nth-- > 0) {
		line += strcspn(line, " \n");
		line += *line == ' ';
	}
	*n = strcspn(line, " \n");
	return line;
}

/* proc(5): fields 4 and 5 are root and mount point; behind " - " the type of
   the file system, its source and the options, among them the controllers. */
static bool
is_mount(const char *line, int version)
{
	const char *end = line + strcspn(line, "\n"), *tail, *type, *opts;
	size_t n, nopts;

	tail = strstr(line, " - ");
	if (tail == NULL || tail > end)
		return false;
	type = word(tail + 3, 0, &n);
	opts = word(tail + 3, 2, &nopts);
	if (version == 2)
		return n == 7 && strncmp(type, "cgroup2", n) == 0;
	return n == 6 && strncmp(type, "cgroup", n) == 0 &&
	    cgpath_lists(opts, nopts, "memory", ",");
}

static int
join(const char *line, const char *path, char *dir, size_t size)
{
	size_t nroot, nmount, npath = strcspn(path, "\n");
	const char *root = word(line, 3, &nroot);
	const char *mount = word(line, 4, &nmount);
	int len;

	if (nroot == 1)
		nroot = 0;		/* "/" */
	if (strncmp(path, root, nroot) != 0 || (npath > nroot &&
	    path[nroot] != '/') || strncmp(path, "/..", 3) == 0 ||
	    memchr(mount, '\\', nmount) || memchr(path, '\\', npath))
		return -1;
	path += nroot;
	npath -= nroot;
	if (npath == 1)
		npath = 0;		/* "/" */
	len = snprintf(dir, size, "%.*s%.*s", (int)nmount, mount, (int)npath,
	    path);
	return len > 0 && (size_t)len < size ? 0 : -1;
}

int
cgpath_own(const char *self, const char *mounts, char *dir, size_t size)
{
	const char *line, *path;
	int version;

	for (version = 1; version <= 2; version++) {
		path = path_of(self, version);
		for (line = mounts; path && line && *line;
		    line = strchr(line, '\n'), line = line ? line + 1 : NULL)
			if (is_mount(line, version) &&
			    join(line, path, dir, size) == 0)
				return version;
	}
	return 0;
}
