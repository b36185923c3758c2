#include "config.h"

#include "task/tally.h"

static void
count_task(struct tally *y, const struct task *t)
{
	enum state state = result_state(&t->result);

	y->by[state]++;
	if (t->attempt > 0)
		y->launched++;
	if (result_failed(&t->result))
		y->failed++;
	if (t->attempt > 1)
		y->retried += t->attempt - 1u;
	if (t->attempt > 1 && state == STATE_OK)
		y->flaky++;
}

void
tally_attempt(struct tally *y, const struct task *t, bool last)
{
	const struct result *r = &t->result;

	y->leaked += r->leaked;
	y->unkillable += r->nunkillable;
	if (t->attempt > 0)
		y->ran += r->ran;
	y->utime += r->utime;
	y->stime += r->stime;
	if (last)
		count_task(y, t);
}
