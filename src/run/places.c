#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "run/places.h"
#include "run/state.h"

/* A file by its name; only a regular one can be harmed. */
struct place {
	const char *path;	/* or NULL */
	bool there;
	struct stat st;
};

static struct place
look(const char *path)
{
	struct place p = { .path = path };

	p.there = path && stat(path, &p.st) == 0 && S_ISREG(p.st.st_mode);
	return p;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool
is_open_as(const struct place *p, int fd, const bool closed[3])
{
	struct stat st;

	return p->there && !closed[fd] && fstat(fd, &st) == 0 &&
	    is_same(&p->st, &st);
}

/* It would be emptied before it is read, or grow as it is read. */
static bool
is_source(const struct place *p, const struct conf_source *from,
    const bool closed[3])
{
	struct place in;

	if (from->words)
		return false;
	if (strcmp(from->path, "-") == 0)
		return is_open_as(p, STDIN_FILENO, closed);
	in = look(from->path);
	return p->there && in.there && is_same(&p->st, &in.st);
}

static bool
is_input(const struct place *p, const struct conf *conf, const bool closed[3])
{
	size_t i;

	for (i = 0; i < conf->nsources; i++)
		if (is_source(p, &conf->sources[i], closed))
			return true;
	return false;
}

/* Each of the two would write over what the other wrote. */
static bool
are_one(const struct place *a, const struct place *b)
{
	if (a->path == NULL || b->path == NULL)
		return false;
	return a->there && b->there ? is_same(&a->st, &b->st) :
	    strcmp(a->path, b->path) == 0;
}

static void
check(const struct place *p, const struct conf *conf, const bool closed[3])
{
	const char *what = NULL;

	if (is_input(p, conf, closed))
		what = "the input";
	else if (is_open_as(p, STDOUT_FILENO, closed))
		what = "ppx's stdout";
	else if (is_open_as(p, STDERR_FILENO, closed))
		what = "ppx's stderr";
	if (what)
		die("%s is %s as well: give the records a file of their own",
		    p->path, what);
}

void
places_check(const struct conf *conf, const bool closed[3])
{
	enum table_form form;
	const struct place place[] = {
		look(conf->joblog.path), look(conf->log_json.path),
		look(conf->stats_file),
		look(results_table(conf, &form) ? conf->results : NULL)
	};
	size_t i, k;

	for (i = 0; i < COUNT(place); i++) {
		check(&place[i], conf, closed);
		for (k = 0; k < i; k++)
			if (are_one(&place[i], &place[k]))
				die("%s is to be two kinds of records: give "
				    "each a file of its own", place[i].path);
	}
}
