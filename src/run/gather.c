#include "config.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "input/batch.h"
#include "pool/spawn.h"
#include "run/gather.h"

/*
 * execve(2) of Linux, since 4.13: a quarter of the limit of the stack, and no
 * more than 6 MiB, for the strings of argv, environment and file name and the
 * pointers to them (bprm_stack_limits() and execve(2), "Limits on size").
 */
enum {
	EXEC_MAX = 6 << 20,
	EXEC_LEAST = 4096,	/* _POSIX_ARG_MAX */
	HEADROOM = 4096,	/* the file's name, an interpreter's */
	TURN = 4096		/* items taken in one go */
};

struct gather {
	const struct conf *conf;
	struct source *source;
	struct batch *batch;	/* or NULL: one item a task */
	struct item *over;	/* -x without a batch: what ends the run */
	bool count;		/* {##} */
	struct item **item;	/* counted: those from next to n wait */
	size_t next, n, cap;
	enum source_got end;	/* SOURCE_ITEM: not yet */
	bool more;		/* it was cut short, not by the source */
};

/* Bytes of strings and pointers that a command can have. */
static size_t
room(const struct conf *conf, size_t *environment)
{
	long most = sysconf(_SC_ARG_MAX);
	size_t size = most > 0 && most < EXEC_MAX ? (size_t)most : EXEC_MAX;

	*environment = spawn_environment() + strlen(conf->tmpdir);
	if (size < *environment + HEADROOM + EXEC_LEAST)
		return EXEC_LEAST;
	return size - *environment - HEADROOM;
}

static void
show_limits(const struct conf *conf)
{
	size_t environment, most = room(conf, &environment);
	long all = sysconf(_SC_ARG_MAX);

	diag("the environment takes %zu bytes", environment);
	diag("a command and its environment can have %ld bytes here, and "
	    "%d on any system of POSIX", all, _POSIX_ARG_MAX);
	diag("so the words of a command can have %zu bytes, of which each "
	    "word costs %zu for its address", most, sizeof(char *));
	diag("one word, and so a shell line, can have 131071 bytes");
	if (conf->max_chars)
		diag("-s: %zu bytes of words are used", conf->max_chars <
		    most ? conf->max_chars : most);
	diag("up to %d tasks can run at once", (int)JOBS_MAX);
}

static size_t
most(const struct conf *conf)
{
	if (conf->max_args)
		return conf->max_args;
	if (conf->max_replace)
		return conf->max_replace;
	if (conf->max_lines)
		return conf->max_lines;
	return conf->batch == BATCH_NONE;
}

static bool
is_batched(const struct conf *conf)
{
	return most(conf) != 1 || conf->max_lines || conf->max_chars ||
	    conf->exit_if_large;
}

static bool
mentions_total(const char *s)
{
	return s && strstr(s, "##}");
}

/* Does anything ask for {##}?  To count in vain does no harm. */
static bool
wants_total(const struct conf *c)
{
	const char *const texts[] = {
		c->priority, c->timeout, c->soft_timeout, c->idle_timeout,
		c->queue_timeout, c->mem_limit, c->retries, c->workdir,
		c->weight, c->tagstring, c->results
	};
	size_t i;

	for (i = 0; i < COUNT(texts) && c->plus; i++)
		if (mentions_total(texts[i]))
			return true;
	return false;
}

struct gather *
gather_new(const struct conf *conf, const struct command *command,
    struct source *source)
{
	struct gather *g = xcalloc(1, sizeof(*g));
	struct batch_conf b = {
		.command = command, .most = most(conf),
		.lines = conf->max_lines && !conf->delimited &&
		    conf->nsources <= 1 && !command_is_mode(command),
		.max_chars = conf->max_chars, .strict = conf->exit_if_large,
	};
	size_t environment;

	if (conf->batch == BATCH_MANY || conf->batch == BATCH_CONTEXT)
		b.slots = conf->jobs;
	b.room = room(conf, &environment);
	g->conf = conf;
	g->source = source;
	g->end = SOURCE_ITEM;
	g->count = command_uses_total(command) || wants_total(conf);
	if (is_batched(conf) && !conf->no_args)
		g->batch = batch_new(&b);
	if (conf->show_limits)
		show_limits(conf);
	return g;
}

void
gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	while (g->next < g->n)
		free(g->item[g->next++]);
	free(g->item);
	free(g->over);
	batch_free(g->batch);
	free(g);
}

static void
keep(struct gather *g, struct item *it)
{
	mem_grow(&g->item, &g->cap, g->n + 1, sizeof(g->item[0]));
	g->item[g->n++] = it;
}

/* -n0, -N0: the item runs its task, but has no value. */
static struct item *
emptied(struct item *it)
{
	struct item *none;

	if (it->bad)
		return it;
	none = item_of(NULL, 0, NULL);
	none->number = it->number;
	free(it);
	return none;
}

/* The next item that is a task, without counting; SOURCE_WAIT where it takes
   more than the *turn items that may yet be read. */
static enum source_got
next(struct gather *g, struct item **it, int *turn)
{
	enum source_got got = SOURCE_ITEM;
	const struct item *over;

	while ((*turn)-- > 0) {
		*it = g->batch ? batch_take(g->batch, got != SOURCE_ITEM ||
		    g->end != SOURCE_ITEM) : NULL;
		if (*it)
			return SOURCE_ITEM;
		if (g->batch && batch_overflows(g->batch, &over))
			return g->end = SOURCE_ERROR;
		if (g->end != SOURCE_ITEM)
			return g->end;
		got = source_next(g->source, it);
		if (got == SOURCE_WAIT)
			return got;
		if (got != SOURCE_ITEM) {
			g->end = got;
		} else if (g->batch) {
			batch_add(g->batch, *it);
		} else if (g->conf->exit_if_large && (*it)->large) {
			g->over = *it;
			return g->end = SOURCE_ERROR;
		} else {
			return SOURCE_ITEM;
		}
	}
	g->more = true;
	return SOURCE_WAIT;
}

/* Reads all there is; SOURCE_WAIT where it takes longer. */
static enum source_got
count(struct gather *g)
{
	enum source_got got;
	struct item *it;
	int turn = TURN;

	while ((got = next(g, &it, &turn)) == SOURCE_ITEM)
		keep(g, it);
	return got;
}

enum source_got
gather_next(struct gather *g, struct item **it)
{
	enum source_got got;
	int turn = TURN;

	g->more = false;
	if (!g->count) {
		got = next(g, it, &turn);
	} else if ((got = count(g)) != SOURCE_WAIT && g->next < g->n) {
		*it = g->item[g->next++];
		got = SOURCE_ITEM;
	}
	if (got == SOURCE_ITEM && g->conf->no_args)
		*it = emptied(*it);
	return got;
}

bool
gather_goes_on(const struct gather *g)
{
	return g->more;
}

uint64_t
gather_total(const struct gather *g)
{
	return g->count ? g->n : 0;
}

const struct item *
gather_overflow(const struct gather *g)
{
	const struct item *it;

	if (g->over)
		return g->over;
	return g->batch && batch_overflows(g->batch, &it) ? it : NULL;
}
