#include "config.h"

#include <stdlib.h>
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

struct places {
	struct file {
		struct stat st;
		const char *what;
	} *files;
	size_t n, cap;
};

enum { NRECORDS = 4 };

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

static bool
is_stdin(const struct conf_source *from)
{
	return from->path && strcmp(from->path, "-") == 0;
}

/* It would be emptied before it is read, or grow as it is read. */
static bool
is_source(const struct place *p, const struct conf_source *from,
    const bool closed[3])
{
	struct place in;

	if (from->words)
		return false;
	if (is_stdin(from))
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
	return conf->input == INPUT_OURS &&	/* the tasks read it */
	    is_open_as(p, STDIN_FILENO, closed);
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
look_at_records(const struct conf *conf, struct place place[NRECORDS])
{
	enum table_form form;

	place[0] = look(conf->joblog.path);
	place[1] = look(conf->log_json.path);
	place[2] = look(conf->stats_file);
	place[3] = look(results_table(conf, &form) ? conf->results : NULL);
}

static void
check(const struct place *p, const struct conf *conf, const bool closed[3])
{
	struct place jobs = look(conf->jobs_file);
	const char *what = NULL;

	if (is_input(p, conf, closed))
		what = "the input";
	else if (are_one(p, &jobs))
		what = "the file of -j";
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
	struct place place[NRECORDS];
	size_t i, k;

	look_at_records(conf, place);
	for (i = 0; i < NRECORDS; i++) {
		check(&place[i], conf, closed);
		for (k = 0; k < i; k++)
			if (are_one(&place[i], &place[k]))
				die("%s is to be two kinds of records: give "
				    "each a file of its own", place[i].path);
	}
}

static void
protect(struct places *p, const struct place *place, const char *what)
{
	if (!place->there)
		return;
	mem_grow(&p->files, &p->cap, p->n + 1, sizeof(*p->files));
	p->files[p->n++] = (struct file){ place->st, what };
}

static void
protect_open(struct places *p, int fd, const char *what, const bool closed[3])
{
	struct place place = { .there = !closed[fd] };

	place.there = place.there && fstat(fd, &place.st) == 0 &&
	    S_ISREG(place.st.st_mode);
	protect(p, &place, what);
}

static void
protect_source(struct places *p, const struct conf_source *from,
    const bool closed[3])
{
	struct place place;

	if (is_stdin(from)) {
		protect_open(p, STDIN_FILENO, "the input", closed);
		return;
	}
	place = look(from->path);
	protect(p, &place, "the input");
}

struct places *
places_new(const struct conf *conf, const bool closed[3])
{
	static const char *const what[NRECORDS] = {
		"the joblog", "the log", "the statistics", "the results"
	};
	struct places *p = xcalloc(1, sizeof(*p));
	struct place place[NRECORDS];
	size_t i;

	look_at_records(conf, place);
	for (i = 0; i < NRECORDS; i++)
		protect(p, &place[i], what[i]);
	for (i = 0; i < conf->nsources; i++)
		protect_source(p, &conf->sources[i], closed);
	if (conf->input == INPUT_OURS)
		protect_open(p, STDIN_FILENO, "the input", closed);
	place[0] = look(conf->jobs_file);
	protect(p, &place[0], "the file of -j");
	protect_open(p, STDOUT_FILENO, "ppx's stdout", closed);
	protect_open(p, STDERR_FILENO, "ppx's stderr", closed);
	return p;
}

const char *
places_owner(const struct places *p, const struct stat *st)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (is_same(&p->files[i].st, st))
			return p->files[i].what;
	return NULL;
}

void
places_free(struct places *p)
{
	if (p == NULL)
		return;
	free(p->files);
	free(p);
}
