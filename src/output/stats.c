#include "config.h"

#include "base/mem.h"
#include "output/json.h"
#include "output/stats.h"

static void
add_pool(struct buf *b, const struct tally *y)
{
	json_uint(b, "tasks_received", y->received);
	json_uint(b, "tasks_launched", y->launched);
	json_uint(b, "tasks_failed", y->failed);
	json_uint(b, "worker_processes_created", y->created);
	json_uint(b, "max_workers_busy_concurrently", y->most_busy);
	json_uint(b, "worker_processes_still_alive", y->alive);
	json_uint(b, "worker_processes_idle", y->idle);
	json_uint(b, "worker_processes_busy", y->busy);
}

static void
add_states(struct buf *b, const struct tally *y)
{
	static const struct {
		enum state state;
		const char *name;
	} row[] = {
		{ STATE_OK, "ok" },
		{ STATE_FAIL, "fail" },
		{ STATE_SIGNAL, "signal" },
		{ STATE_TIMEOUT, "timeout" },
		{ STATE_MEMORY, "memory" },
		{ STATE_LOST, "lost" },
		{ STATE_CANCELLED, "cancelled" },
		{ STATE_NOT_STARTED, "not_started" },
	};
	size_t i;

	for (i = 0; i < COUNT(row); i++)
		json_uint(b, row[i].name, y->by[row[i].state]);
}

void
stats_text(const struct tally *y, struct buf *b)
{
	buf_addc(b, '{');
	add_pool(b, y);
	add_states(b, y);
	json_uint(b, "left_out", y->left_out);
	json_uint(b, "retried", y->retried);
	json_uint(b, "flaky", y->flaky);
	json_uint(b, "leaked", y->leaked);
	json_uint(b, "unkillable", y->unkillable);
	json_seconds(b, "wall", y->wall, 3);
	json_seconds(b, "runtime", y->ran, 3);
	json_seconds(b, "user", y->utime, 3);
	json_seconds(b, "system", y->stime, 3);
	buf_adds(b, "}\n");
}
