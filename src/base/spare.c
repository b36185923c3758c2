#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cgwalk.h"
#include "base/spare.h"

/* The number at s; false for "max" and for what is none. */
static bool
number(const char *s, uint64_t *value)
{
	while (*s == ' ')
		s++;
	if (*s < '0' || *s > '9')
		return false;
	*value = strtoumax(s, NULL, 10);
	return true;
}

/* The number behind name at the start of a line. */
static bool
field(const char *text, const char *name, uint64_t *value)
{
	size_t n = strlen(name);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n) == 0)
			return number(line + n, value);
	}
	return false;
}

static bool
read_number(const struct cgstep *s, const char *name, uint64_t *value)
{
	struct buf b = { 0 };
	bool got = cgwalk_read(&b, s->root, s->dir, name) &&
	    number(b.data, value);

	buf_free(&b);
	return got;
}

/*
 * The kernel's documents: cgroup-v2 (memory.max, memory.high, above which it
 * throttles), cgroup-v1/memory.  What is file cache and not in use counts as
 * used there, and yet is given back as soon as memory is wanted.
 */
static bool
read_limit(const struct cgstep *s, uint64_t *limit)
{
	uint64_t high;

	if (!s->v2)
		return read_number(s, "memory.limit_in_bytes", limit);
	if (!read_number(s, "memory.max", limit))
		*limit = UINT64_MAX;
	if (read_number(s, "memory.high", &high) && high < *limit)
		*limit = high;
	return *limit != UINT64_MAX;
}

static void
on_cgroup(void *ctx, const struct cgstep *s)
{
	uint64_t *least = ctx, limit, used, cache = 0;
	struct buf b = { 0 };

	if (!read_limit(s, &limit) ||
	    !read_number(s, s->v2 ? "memory.current" :
	    "memory.usage_in_bytes", &used))
		return;
	if (cgwalk_read(&b, s->root, s->dir, "memory.stat"))
		field(b.data, s->v2 ? "inactive_file " : "total_inactive_file ",
		    &cache);
	buf_free(&b);
	used = used > cache ? used - cache : 0;
	limit = limit > used ? limit - used : 0;
	if (limit < *least)
		*least = limit;
}

static bool
available(const char *root, uint64_t *bytes)
{
	struct buf b = { 0 };
	bool known = cgwalk_read(&b, root, "/proc", "meminfo") &&
	    field(b.data, "MemAvailable:", bytes);

	buf_free(&b);
	if (known)
		*bytes *= 1024;
#ifdef _SC_AVPHYS_PAGES
	if (!known && *root == '\0') {
		long pages = sysconf(_SC_AVPHYS_PAGES);
		long size = sysconf(_SC_PAGESIZE);

		known = pages >= 0 && size > 0;
		*bytes = known ? (uint64_t)pages * (uint64_t)size : 0;
	}
#endif
	return known;
}

bool
spare_memory_at(const char *root, uint64_t *bytes)
{
	uint64_t least = UINT64_MAX;
	bool known = available(root, bytes);

	cgwalk(root, "memory", on_cgroup, &least);
	if (!known || least < *bytes)
		*bytes = least;
	return *bytes != UINT64_MAX;
}

bool
spare_memory(uint64_t *bytes)
{
	return spare_memory_at("", bytes);
}

bool
spare_load(double *load)
{
#ifdef HAVE_GETLOADAVG
	return getloadavg(load, 1) == 1;
#else
	*load = 0;
	return false;
#endif
}
