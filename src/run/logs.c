#include "config.h"

#include <errno.h>
#include <string.h>

#include "output/logjson.h"
#include "output/stats.h"
#include "run/places.h"
#include "run/state.h"

/* --- the files --------------------------------------------------------- */

static void
open_failed(const char *what, const char *path, int error)
{
	die("cannot open %s %s: %s", what, path, strerror(error));
}

static struct records *
open_records(const char *what, const char *path, bool append)
{
	struct records *r;
	int error = 0;

	if (path == NULL)
		return NULL;
	r = records_open(path, append, &error);
	if (r == NULL)
		open_failed(what, path, error);
	return r;
}

void
logs_open(struct coord *c)
{
	const struct conf *conf = c->conf;
	int error = 0;

	if (conf->stats && conf->stats_file == NULL && c->closed[2])
		die("--stats: stderr, where they were to go, is closed");
	resume_open(c);
	if (conf->dry_run)
		return;
	places_check(conf, c->closed);
	if (conf->joblog.path) {
		c->joblog = joblog_open(conf->joblog.path, conf->joblog.append,
		    &error);
		if (c->joblog == NULL)
			open_failed("the joblog", conf->joblog.path, error);
	}
	c->log_json = open_records("the log", conf->log_json.path,
	    conf->log_json.append);
	c->stats = open_records("the statistics", conf->stats_file, false);
}

void
logs_begin(struct coord *c)
{
	if (c->joblog && joblog_begin(c->joblog) < 0)
		open_failed("the joblog", c->conf->joblog.path, errno);
	if (c->log_json)
		records_begin(c->log_json, "", "\n");
	if (c->stats)
		records_begin(c->stats, "", "\n");
}

/* Said of the first log only; the run stops then. */
static void
log_failed(struct coord *c, const char *what, const char *path)
{
	if (!c->log_failed)
		diag("cannot write %s %s: %s", what, path, errno == EINTR ?
		    "its reader had not read when a signal came" :
		    strerror(errno));
	c->log_failed = true;
	policy_raise(&c->policy, STATUS_PPX);
}

bool
logs_flush(struct coord *c)
{
	if (c->joblog && joblog_flush(c->joblog) < 0)
		log_failed(c, "to the joblog", c->conf->joblog.path);
	if (c->log_json && records_flush(c->log_json) < 0)
		log_failed(c, "to the log", c->conf->log_json.path);
	return !c->log_failed;
}

void
logs_close(struct coord *c)
{
	if (c->joblog && joblog_close(c->joblog) < 0)
		log_failed(c, "to the joblog", c->conf->joblog.path);
	if (c->log_json && records_close(c->log_json) < 0)
		log_failed(c, "to the log", c->conf->log_json.path);
}

/* --- what goes into them ----------------------------------------------- */

void
logs_command(const struct coord *c, const struct command_task *t, struct buf *b)
{
	command_show(c->command, t, b);
	if (!command_is_whole(c->command, t) &&
	    !(b->len && memchr(b->data, '\0', b->len)))
		buf_addc(b, '\0');
}

static void
add_to_joblog(struct coord *c, const struct job *j)
{
	enum state state = result_state(&j->task.result);
	struct command_task t = outcome_view(j);
	struct buf b = { 0 };

	if (c->joblog == NULL || j->out.dropped ||
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
	logs_command(c, &t, &b);
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
