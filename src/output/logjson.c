#include "config.h"

#include "output/json.h"
#include "output/logjson.h"

static const char *
started_name(enum started s)
{
	switch (s) {
	case STARTED_NO:
		return "no";
	case STARTED_MAYBE:
		return "maybe";
	case STARTED_YES:
		return "yes";
	}
	return "?";
}

/* Did the main process, or what was to become it, end by itself? */
static bool
has_exited(const struct result *r)
{
	switch (r->reason) {
	case REASON_EXIT:
	case REASON_EXEC:
		return true;
	case REASON_TIMEOUT:
	case REASON_IDLE:
	case REASON_MEMORY:
	case REASON_LEAK:
	case REASON_HALT:
	case REASON_MAX_TIME:
	case REASON_INTERRUPT:
		return r->started == STARTED_YES && r->sig == 0 &&
		    (r->code || r->nunkillable == 0);
	case REASON_NONE:
	case REASON_SIGNAL:
	case REASON_BAD_ITEM:
	case REASON_LOST:
	case REASON_QUEUE:
	case REASON_POOL:
		break;
	}
	return false;
}

/* A number, or null where there is none to tell. */
static void
maybe(struct buf *b, const char *name, bool is, uint64_t value)
{
	if (is)
		json_uint(b, name, value);
	else
		json_null(b, name);
}

static void
add_times(struct buf *b, const struct result *r, bool tried)
{
	if (tried)
		json_seconds(b, "start", r->wall, 3);
	else
		json_null(b, "start");
	json_seconds(b, "runtime", tried ? r->ran : 0, 6);
}

static void
add_end(struct buf *b, const struct result *r, bool tried)
{
	maybe(b, "exit", tried && has_exited(r), (uint64_t)r->code);
	maybe(b, "signal", tried && r->sig != 0, (uint64_t)r->sig);
	json_word(b, "state", state_name(result_state(r)));
	json_word(b, "reason", reason_name(r->reason));
	json_word(b, "started", started_name(r->started));
}

static void
add_usage(struct buf *b, const struct result *r)
{
	uint64_t peak = r->peak > r->maxrss ? r->peak : r->maxrss;

	maybe(b, "peak_memory", peak != 0, peak);
	json_seconds(b, "user", r->utime, 6);
	json_seconds(b, "system", r->stime, 6);
	json_uint(b, "leaked", r->leaked);
	json_uint(b, "unkillable", r->nunkillable);
	json_bool(b, "oom", r->oom);
	json_bool(b, "soft", r->soft);
}

void
logjson_row(struct buf *b, const struct task *t, const struct logjson *l)
{
	buf_addc(b, '{');
	json_uint(b, "seq", t->seq);
	maybe(b, "slot", l->tried, t->slot);
	maybe(b, "worker", l->tried, (uint64_t)t->worker);
	json_uint(b, "attempt", t->attempt);
	json_uint(b, "priority", t->priority);
	add_times(b, &t->result, l->tried);
	add_end(b, &t->result, l->tried);
	add_usage(b, &t->result);
	json_uint(b, "received", l->received);
	json_bool(b, "final", l->final);
	json_bool(b, "delivered", l->delivered);
	json_name(b, "command");
	if (!json_string(b, l->command, l->n)) {
		json_name(b, "command_base64");
		json_base64(b, l->command, l->n);
	}
	buf_adds(b, "}\n");
}
