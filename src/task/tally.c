#include "config.h"

#include "task/tally.h"

void
tally_attempt(struct tally *y, const struct result *r)
{
	y->leaked += r->leaked;
	y->unkillable += r->nunkillable;
	y->ran += r->ran;
	y->utime += r->utime;
	y->stime += r->stime;
}

void
tally_task(struct tally *y, const struct task *t)
{
	enum state state = result_state(&t->result);

	y->by[state] += t->items;
	if (t->attempt > 0)
		y->launched += t->items;
	if (result_failed(&t->result))
		y->failed += t->items;
	if (t->attempt > 1)
		y->retried += t->attempt - 1u;
	if (t->attempt > 1 && state == STATE_OK)
		y->flaky++;
}
