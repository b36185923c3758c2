#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/signals.h"
#include "output/report.h"

/* Commands longer than this are cut: the line must stay readable. */
enum { SHOWN = 160 };

/* In the order in which they are told. */
static const struct {
	enum reason reason;
	const char *one, *many;
} words[] = {
	{ REASON_EXIT, "exited non-zero", "exited non-zero" },
	{ REASON_SIGNAL, "ended by a signal", "ended by a signal" },
	{ REASON_TIMEOUT, "timed out", "timed out" },
	{ REASON_IDLE, "was silent too long", "were silent too long" },
	{ REASON_MEMORY, "used too much memory", "used too much memory" },
	{ REASON_EXEC, "could not be executed", "could not be executed" },
	{ REASON_BAD_ITEM, "bad item", "bad items" },
	{ REASON_LOST, "lost with its worker", "lost with their workers" },
	{ REASON_LEAK, "left processes behind", "left processes behind" },
	{ REASON_QUEUE, "waited too long to be started",
	    "waited too long to be started" },
	{ REASON_POOL, "not started for want of a worker",
	    "not started for want of workers" },
};

bool
report_wants(const struct report *r, const struct result *res)
{
	return (result_failed(res) && r->failed == 0) ||
	    ((res->leaked || res->nunkillable) && r->left[0] == '\0') ||
	    (res->nunkillable && r->unkillable == 0);
}

/* --- one task ---------------------------------------------------------- */

static void
say_exit(struct buf *b, int code)
{
	buf_addf(b, "exit status %d", code);
	if (code == 126)
		buf_adds(b, " (found, but cannot be executed?)");
	else if (code == 127)
		buf_adds(b, " (command not found?)");
	else if (code > 128 && code <= 128 + 31)
		buf_addf(b, " (128 + %d: signal %s?)", code - 128,
		    signals_name(code - 128));
}

static void
say_signal(struct buf *b, const struct result *res)
{
	buf_addf(b, "ended by signal %d (%s)", res->sig,
	    signals_name(res->sig));
	if (res->soft)
		buf_adds(b, ", after --soft-timeout had sent its own");
	else if (res->oom)
		buf_adds(b, ", killed by the system for want of memory");
	else if (res->sig == SIGKILL)
		buf_adds(b, ", not by ppx");
}

/* As large as it was, or a little more. */
static void
say_size(struct buf *b, uint64_t bytes)
{
	if (bytes < 10 << 20)
		buf_addf(b, "%" PRIu64 " KiB", (bytes + 1023) >> 10);
	else
		buf_addf(b, "%" PRIu64 " MiB", (bytes + (1 << 20) - 1) >> 20);
}

static void
say_memory(struct buf *b, const struct report_task *t)
{
	buf_adds(b, "ended as it used too much memory (");
	if (t->result->peak) {
		say_size(b, t->result->peak);
		buf_adds(b, ", ");
	}
	buf_adds(b, "--mem-limit ");
	say_size(b, t->memory);
	buf_addc(b, ')');
}

/* A task may take its time to end, and then took longer than its limit. */
static bool
is_late(nsec limit, nsec ran)
{
	return limit && ran - limit > 100 * MSEC && ran - limit > limit / 10;
}

static void
say_timeout(struct buf *b, const struct report_task *t)
{
	nsec ran = t->result->ran;

	if (is_late(t->limit, ran)) {
		buf_adds(b, "timed out: --timeout ");
		num_show_duration(b, t->limit);
		buf_adds(b, ", gone after ");
	} else {
		buf_adds(b, "timed out after ");
	}
	num_show_duration(b, ran);
}

static void
say_idle(struct buf *b, const struct report_task *t)
{
	buf_adds(b, "ended, as it wrote nothing for ");
	num_show_duration(b, t->limit);
	buf_adds(b, " (--idle-timeout)");
}

static void
say_lost(struct buf *b, const struct result *res, const char *detail)
{
	if (detail) {
		buf_addf(b, "lost: %s", detail);
		return;
	}
	if (res->started == STARTED_NO) {
		buf_adds(b, "lost: worker after worker died before it began");
		return;
	}
	buf_adds(b, "lost: its worker died");
	if (res->sig)
		buf_addf(b, " by signal %d (%s)", res->sig,
		    signals_name(res->sig));
	buf_adds(b, res->started == STARTED_YES ? " while it ran" :
	    ", it may have run");
}

static void
say_error(struct buf *b, const char *text, const char *detail, int error)
{
	buf_adds(b, text);
	if (detail)
		buf_addf(b, ": %s", detail);
	if (error)
		buf_addf(b, ": %s", strerror(error));
}

static void
say_pool(const struct report *r, struct buf *b, const struct report_task *t)
{
	if (r->init_failed)
		buf_adds(b, "not started, as --init failed");
	else
		say_error(b, "not started, no worker could be had", t->detail,
		    t->result->error);
}

static void
say_why(const struct report *r, struct buf *b, const struct report_task *t)
{
	const struct result *res = t->result;

	switch (res->reason) {
	case REASON_EXIT:
		say_exit(b, res->code);
		return;
	case REASON_SIGNAL:
		say_signal(b, res);
		return;
	case REASON_TIMEOUT:
		say_timeout(b, t);
		return;
	case REASON_IDLE:
		say_idle(b, t);
		return;
	case REASON_MEMORY:
		say_memory(b, t);
		return;
	case REASON_QUEUE:
		buf_adds(b, "not started, it waited too long");
		return;
	case REASON_EXEC:
		say_error(b, "cannot be executed", t->detail, res->error);
		return;
	case REASON_BAD_ITEM:
		say_error(b, "bad item", t->detail, 0);
		return;
	case REASON_LOST:
		say_lost(b, res, t->detail);
		return;
	case REASON_LEAK:
		buf_addf(b, "left %" PRIu32 " process%s behind", res->leaked,
		    res->leaked == 1 ? "" : "es");
		return;
	case REASON_POOL:
		say_pool(r, b, t);
		return;
	case REASON_NONE:
	case REASON_HALT:
	case REASON_MAX_TIME:
	case REASON_INTERRUPT:
		break;
	}
	buf_adds(b, reason_name(res->reason));
}

static void
say_task(struct buf *b, const struct report_task *t)
{
	char shown[SHOWN];

	buf_addf(b, "task %" PRIu64, t->seq);
	if (t->what)
		buf_addf(b, " (%s)", diag_show(shown, sizeof(shown), t->what,
		    t->n));
}

/* Moves the text to one of the lines; what is too long is cut. */
static void
keep(char line[REPORT_LINE], struct buf *b)
{
	diag_show(line, REPORT_LINE, b->data, b->len);
	buf_free(b);
}

static void
note_left(struct report *r, const struct report_task *t)
{
	const struct result *res = t->result;
	uint32_t total = res->nunkillable ? res->nunkillable : res->leaked;
	struct buf b = { 0 };
	uint32_t i;

	say_task(&b, t);
	buf_addf(&b, ", pid");
	for (i = 0; i < total && i < RESULT_PIDS && res->pids[i]; i++)
		buf_addf(&b, " %" PRId32, res->pids[i]);
	if (i < total)
		buf_adds(&b, i ? " .." : " unknown");
	keep(r->left, &b);
}

void
report_left(struct report *r, const struct report_task *t)
{
	const struct result *res = t->result;

	if (res->nunkillable ? r->unkillable == 0 :
	    res->leaked && r->left[0] == '\0')
		note_left(r, t);
	r->leaked += res->leaked;
	r->unkillable += res->nunkillable;
}

static void
note_first(struct report *r, const struct report_task *t)
{
	struct buf b = { 0 };

	say_task(&b, t);
	buf_adds(&b, ": ");
	say_why(r, &b, t);
	if (t->attempts > 1)
		buf_addf(&b, ", after %u attempts", t->attempts);
	keep(r->first, &b);
}

void
report_add(struct report *r, const struct report_task *t)
{
	const struct result *res = t->result;

	uint64_t n = (uint64_t)t->more + 1;

	r->tasks += n;
	if (result_failed(res)) {
		if (r->failed == 0)
			note_first(r, t);
		r->failed += n;
		r->by[res->reason] += n;
	} else if (result_state(res) == STATE_CANCELLED) {
		r->cancelled += n;
	} else if (result_state(res) == STATE_NOT_STARTED) {
		r->unstarted += n;
	}
}

/* --- the text ---------------------------------------------------------- */

/* "a", then ", b"; *n counts them. */
static void
add_part(struct buf *b, size_t *n, uint64_t count, const char *text)
{
	if (count == 0)
		return;
	buf_addf(b, "%s%" PRIu64 " %s", (*n)++ ? ", " : "", count, text);
}

static const char *
plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* What n tasks did for the reason of that row. */
static const char *
did(const struct report *r, size_t row, uint64_t n)
{
	if (words[row].reason == REASON_POOL && r->init_failed)
		return "not started, as --init failed";
	if (words[row].reason == REASON_LOST && r->fed)
		return plural(n, "lost with its co-process",
		    "lost with their co-processes");
	return plural(n, words[row].one, words[row].many);
}

static void
say_failed(const struct report *r, struct buf *b)
{
	size_t i, parts = 0;

	buf_addf(b, "%" PRIu64 " of %" PRIu64 " %s failed: ", r->failed,
	    r->tasks, plural(r->tasks, "task", "tasks"));
	for (i = 0; i < COUNT(words); i++) {
		uint64_t n = r->by[words[i].reason];

		add_part(b, &parts, n, did(r, i, n));
	}
}

/* Those that count neither as failed nor as done. */
static void
say_others(const struct report *r, struct buf *b)
{
	size_t parts = 0;

	add_part(b, &parts, r->cancelled, "cancelled");
	add_part(b, &parts, r->unstarted, "not started");
}

/* The first line: what became of the tasks that are not ok. */
static void
say_counts(const struct report *r, struct buf *b)
{
	size_t start = b->len;

	if (r->failed)
		say_failed(r, b);
	if (r->cancelled || r->unstarted) {
		if (r->failed)
			buf_adds(b, "; ");
		else
			buf_addf(b, "%" PRIu64 " %s: ", r->tasks,
			    plural(r->tasks, "task", "tasks"));
		say_others(r, b);
	}
	if (r->left_out)
		buf_addf(b, "%s%" PRIu64 " %sleft out, as in the joblog",
		    b->len > start ? "; " : "", r->left_out,
		    b->len > start ? "" : plural(r->left_out, "task ",
		    "tasks "));
	if (r->unread)
		buf_addf(b, "%sthe input was not read to its end",
		    b->len > start ? "; " : "");
	if (r->ended)
		buf_addf(b, "%s%s", b->len > start ? "; " : "", r->ended);
}

static void
say_attention(const struct report *r, struct buf *b)
{
	uint64_t n = r->unkillable;

	if (n) {
		buf_addf(b, "%" PRIu64 " %s cannot be killed, end %s yourself: "
		    "%s", n, plural(n, "process", "processes"),
		    plural(n, "it", "them"), r->left);
	} else if (r->dropped) {
		n = r->dropped;
		buf_addf(b, "the output of %" PRIu64 " %s was not written",
		    n, plural(n, "task", "tasks"));
	} else if (r->hint) {
		buf_adds(b, r->hint);
	} else if (r->leaked) {
		n = r->leaked;
		buf_addf(b, "%" PRIu64 " %s outlived %s and %s %s: %s%s",
		    n, plural(n, "process", "processes"),
		    plural(n, "its task", "their tasks"),
		    plural(n, "was", "were"),
		    r->spares ? "left alone" : "ended",
		    n > 1 ? "first " : "", r->left);
	}
}

void
report_text(const struct report *r, struct buf *b)
{
	size_t start = b->len;
	struct buf extra = { 0 };

	say_counts(r, b);
	if (r->failed)
		buf_addf(b, "\nfirst: %s", r->first);
	say_attention(r, &extra);
	if (extra.len) {
		if (b->len > start)
			buf_addc(b, '\n');
		buf_add(b, extra.data, extra.len);
	}
	buf_free(&extra);
}
