#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cgplace.h"
#include "base/cgwalk.h"
#include "base/mem.h"

static bool
lends_memory(const char *root, const char *dir)
{
	struct buf b = { 0 };
	bool lends = cgwalk_read(&b, root, dir, "cgroup.subtree_control") &&
	    cgwalk_lists(b.data, b.len, "memory", " \n");

	buf_free(&b);
	return lends;
}

/* Would what is beside dir escape a limit? */
static bool
is_bounded(const char *root, const char *dir)
{
	static const struct {
		const char *name, *none;
	} files[] = {
		{ "memory.max", "max\n" }, { "memory.high", "max\n" },
		{ "memory.swap.max", "max\n" },
		{ "memory.swap.high", "max\n" }, { "cpu.max", "max " },
		{ "cpuset.cpus", "\n" }, { "io.max", "\n" },
	};
	struct buf b = { 0 };
	bool bounded = false;
	size_t i;

	for (i = 0; i < COUNT(files) && !bounded; i++)
		bounded = cgwalk_read(&b, root, dir, files[i].name) &&
		    b.len && strncmp(buf_str(&b), files[i].none,
		    strlen(files[i].none)) != 0;
	buf_free(&b);
	return bounded;
}

/* Cuts dir, our own, to that in which ours are made; false: in none. */
static bool
cut_to_place(const char *root, char *dir)
{
	char *slash;

	if (lends_memory(root, dir))
		return true;
	slash = strrchr(dir, '/');
	if (slash == NULL || slash == dir || is_bounded(root, dir))
		return false;
	*slash = '\0';
	return lends_memory(root, dir);
}

void
cgplace_find(struct cgplace *p, const char *root)
{
	struct buf own = { 0 };

	p->version = cgwalk_own(root, "memory", &own);
	p->own = buf_steal(&own);
	p->dir = xstrdup(p->own);
	if (p->version == 2 && !cut_to_place(root, p->dir))
		p->version = 0;
}

void
cgplace_free(struct cgplace *p)
{
	free(p->own);
	free(p->dir);
}

const struct cgplace *
cgplace(void)
{
	static struct cgplace p;

	/* own is set even where there is no cgroup: buf_steal() gives "" */
	if (p.own == NULL)
		cgplace_find(&p, "");
	return &p;
}
