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

	if (result_state(r) == STATE_OK)
		p->ok++;
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

bool
policy_may_retry(const struct result *r)
{
	if (r->nunkillable)
		return false;	/* is to be told, and may be in the way */
	switch (r->reason) {
	case REASON_EXIT:
		return r->code != 0;
	case REASON_SIGNAL:
	case REASON_TIMEOUT:
	case REASON_IDLE:
	case REASON_MEMORY:
	case REASON_LOST:
	case REASON_LEAK:
		return true;
	case REASON_NONE:
	case REASON_BAD_ITEM:
	case REASON_EXEC:
	case REASON_QUEUE:
	case REASON_HALT:
	case REASON_MAX_TIME:
	case REASON_INTERRUPT:
	case REASON_POOL:
		break;
	}
	return false;
}

nsec
policy_retry_delay(nsec delay, unsigned attempts, uint32_t random)
{
	for (; attempts > 1 && delay < NEVER / 4; attempts--)
		delay *= 2;
	return clock_add(delay, (nsec)((double)delay / 4 * random /
	    UINT32_MAX));
}

int
policy_status(const struct policy *p)
{
	if (p->goal && rank(p->status) <= rank(STATUS_FAILED))
		return 0;
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
