#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "output/logjson.h"
#include "output/stats.h"
#include "run/state.h"

/* --- the files --------------------------------------------------------- */

static void
open_joblog(struct coord *c)
{
	int error = 0;

	if (c->conf->joblog == NULL)
		return;
	c->joblog = joblog_open(c->conf->joblog, c->conf->joblog_append ||
	    c->conf->resume != RESUME_NONE, &error);
	if (c->joblog == NULL)
		die("cannot open the joblog %s: %s", c->conf->joblog,
		    strerror(error));
}

/* One that is emptied; NULL without a path, and in a dry run. */
static struct records *
open_records(struct coord *c, const char *what, const char *path)
{
	struct records *r;
	int error = 0;
	bool empty;

	if (path == NULL || c->conf->dry_run)
		return NULL;
	r = records_open(path, false, &empty, &error);
	if (r == NULL)
		die("cannot open %s %s: %s", what, path, strerror(error));
	return r;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * A file that is also our stdout or stderr, or another log, would be written
 * over: each has its own place in it.
 */
static void
check_places(const struct coord *c)
{
	const char *const path[] = {
		c->conf->joblog, c->conf->log_json, c->conf->stats_file
	};
	struct stat st[COUNT(path)], own;
	bool there[COUNT(path)];
	size_t i, k;
	int fd;

	for (i = 0; i < COUNT(path); i++) {
		there[i] = path[i] && stat(path[i], &st[i]) == 0 &&
		    S_ISREG(st[i].st_mode);
		for (fd = 1; there[i] && fd <= 2; fd++)
			if (!c->closed[fd] && fstat(fd, &own) == 0 &&
			    is_same(&own, &st[i]))
				die("%s is ppx's %s as well: give the records "
				    "a file of their own", path[i],
				    fd == 1 ? "stdout" : "stderr");
		for (k = 0; path[i] && k < i; k++)
			if (path[k] && (there[i] && there[k] ?
			    is_same(&st[i], &st[k]) :
			    strcmp(path[i], path[k]) == 0))
				die("%s is to be two kinds of records: give "
				    "each a file of its own", path[i]);
	}
}

void
logs_open(struct coord *c)
{
	if (c->conf->stats && c->conf->stats_file == NULL && c->closed[2])
		die("--stats: stderr, where they were to go, is closed");
	if (!c->conf->dry_run)
		check_places(c);
	resume_open(c);
	open_joblog(c);
	c->log_json = open_records(c, "the log", c->conf->log_json);
	c->stats = open_records(c, "the statistics", c->conf->stats_file);
}

/* Said of the first log only; the run stops then. */
static void
log_failed(struct coord *c, const char *what, const char *path)
{
	if (!c->log_failed)
		diag("cannot write %s %s: %s", what, path, strerror(errno));
	c->log_failed = true;
	policy_raise(&c->policy, STATUS_PPX);
}

bool
logs_flush(struct coord *c)
{
	if (c->joblog && joblog_flush(c->joblog) < 0)
		log_failed(c, "to the joblog", c->conf->joblog);
	if (c->log_json && records_flush(c->log_json) < 0)
		log_failed(c, "to the log", c->conf->log_json);
	return !c->log_failed;
}

void
logs_close(struct coord *c)
{
	if (c->joblog && joblog_close(c->joblog) < 0)
		log_failed(c, "to the joblog", c->conf->joblog);
	if (c->log_json && records_close(c->log_json) < 0)
		log_failed(c, "to the log", c->conf->log_json);
}

/* --- what goes into them ----------------------------------------------- */

void
logs_command(const struct coord *c, const struct command_task *t, struct buf *b)
{
	command_show(c->command, t, b);
	/* it may be the mere start of one: --retry-failed must not run that */
	if (t->item->bad)
		buf_addc(b, '\0');
}

static void
add_to_joblog(struct coord *c, const struct job *j)
{
	enum state state = result_state(&j->task.result);
	struct command_task t = outcome_view(j);
	struct buf b = { 0 };

	if (c->joblog == NULL || j->out.dropped || c->conf->dry_run ||
	    state == STATE_CANCELLED || state == STATE_NOT_STARTED)
		return;
	logs_command(c, &t, &b);
	joblog_row(c->joblog, j->row, &j->task.result,
	    j->out.bytes[0], b.data, b.len);
	buf_free(&b);
}

void
logs_attempt(struct coord *c, const struct job *j, bool last)
{
	struct command_task t = outcome_view(j);
	struct buf *row = c->log_json ? records_next(c->log_json) : NULL;
	struct buf b = { 0 };
	struct logjson l = {
		.tried = !j->untried, .received = j->out.bytes[0],
		.final = last, .delivered = last && !j->out.dropped
	};

	if (last)
		add_to_joblog(c, j);
	if (row == NULL)
		return;
	command_show(c->command, &t, &b);
	l.command = b.data;
	l.n = b.len;
	logjson_row(row, &j->task, &l);
	buf_free(&b);
}

void
logs_note_pool(struct coord *c)
{
	struct pool_counts n;

	pool_counts(c->pool, &n);
	c->tally.created = n.created;
	c->tally.most_busy = n.most_busy;
	c->tally.alive = n.alive;
	c->tally.idle = n.idle;
	c->tally.busy = n.busy;
}

void
logs_stats(struct coord *c, nsec began)
{
	struct buf b = { 0 };

	if (!c->conf->stats || c->conf->dry_run)
		return;
	c->tally.received = c->made;
	c->tally.left_out = c->report.left_out;
	c->tally.wall = clock_mono() - began;
	stats_text(&c->tally, &b);
	if (c->stats) {
		buf_add(records_next(c->stats), b.data, b.len);
		if (records_close(c->stats) < 0)
			log_failed(c, "the statistics to", c->conf->stats_file);
	} else {
		diag_raw(b.data, b.len);
	}
	buf_free(&b);
}
