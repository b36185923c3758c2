#include "config.h"

#include <assert.h>

#include "task/task.h"

#define BIT(s) (1U << (s))

static const unsigned allowed[] = {
	[TASK_NEW] = BIT(TASK_READY) | BIT(TASK_DONE),
	[TASK_READY] = BIT(TASK_RUNNING) | BIT(TASK_DONE),
	[TASK_RUNNING] = BIT(TASK_DONE) | BIT(TASK_READY),
	[TASK_DONE] = BIT(TASK_HELD) | BIT(TASK_READY) | BIT(TASK_DELAYED),
	[TASK_DELAYED] = BIT(TASK_READY) | BIT(TASK_DONE),
	[TASK_HELD] = 0,
};

void
task_set(struct task *t, enum task_state state)
{
	assert(allowed[t->state] & BIT(state));
	t->state = state;
}
