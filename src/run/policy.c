#include "config.h"

#include "run/policy.h"

static int
rank(int status)
{
	switch (status) {
	case 0:
		return 0;
	case STATUS_FAILED:
		return 1;
	case STATUS_MAX_TIME:
		return 2;
	case 126:
	case 127:
		return 3;
	case STATUS_PPX:
		return 4;
	default:
		return 1;
	}
}

void
policy_raise(struct policy *p, int status)
{
	if (rank(status) > rank(p->status))
		p->status = status;
}

void
policy_signal(struct policy *p, int sig)
{
	if (p->sig == 0)
		p->sig = sig;
}

/* What a shell would call the status of this task; never 0. */
static int
status_of(const struct result *r)
{
	switch (result_state(r)) {
	case STATE_SIGNAL:
		return STATUS_SIGNAL + r->sig;
	case STATE_TIMEOUT:
		return STATUS_MAX_TIME;
	case STATE_OK:
	case STATE_FAIL:
		if (r->code)
			return r->code;
		break;
	case STATE_MEMORY:
	case STATE_LOST:
	case STATE_CANCELLED:
	case STATE_NOT_STARTED:
		break;
	}
	return STATUS_FAILED;
}

void
policy_task(struct policy *p, const struct result *r)
{
	int status;

	if (r->nunkillable)
		policy_raise(p, STATUS_PPX);
	if (!result_failed(r))
		return;
	policy_raise(p, STATUS_FAILED);
	status = status_of(r);
	if (p->failed++ == 0)
		p->first = status;
	if (status > p->max)
		p->max = status;
}

int
policy_status(const struct policy *p)
{
	if (rank(p->status) > rank(STATUS_FAILED) || p->failed == 0)
		return p->status;
	switch (p->mode) {
	case EXIT_CLASSES:
		break;
	case EXIT_COUNT:
		return p->failed > 100 ? 101 : (int)p->failed;
	case EXIT_FIRST:
		return p->first;
	case EXIT_MAX:
		return p->max;
	}
	return p->status;
}
