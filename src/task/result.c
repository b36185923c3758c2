#include "config.h"

#include "task/result.h"

enum state
result_state(const struct result *r)
{
	switch (r->reason) {
	case REASON_EXIT:
		return r->code ? STATE_FAIL : STATE_OK;
	case REASON_BAD_ITEM:
	case REASON_EXEC:
	case REASON_LEAK:
		return STATE_FAIL;
	case REASON_SIGNAL:
		return STATE_SIGNAL;
	case REASON_TIMEOUT:
	case REASON_IDLE:
		return STATE_TIMEOUT;
	case REASON_MEMORY:
		return STATE_MEMORY;
	case REASON_LOST:
		return STATE_LOST;
	case REASON_HALT:
	case REASON_MAX_TIME:
	case REASON_INTERRUPT:
		return r->started == STARTED_NO ? STATE_NOT_STARTED :
		    STATE_CANCELLED;
	case REASON_NONE:
	case REASON_QUEUE:
	case REASON_POOL:
		break;
	}
	return STATE_NOT_STARTED;
}

bool
result_failed(const struct result *r)
{
	if (r->reason == REASON_POOL || r->reason == REASON_QUEUE)
		return true;
	switch (result_state(r)) {
	case STATE_OK:
	case STATE_CANCELLED:
	case STATE_NOT_STARTED:
		return false;
	case STATE_FAIL:
	case STATE_SIGNAL:
	case STATE_TIMEOUT:
	case STATE_MEMORY:
	case STATE_LOST:
		break;
	}
	return true;
}

const char *
reason_name(enum reason r)
{
	switch (r) {
	case REASON_NONE:
		return "none";
	case REASON_EXIT:
		return "exit";
	case REASON_SIGNAL:
		return "signal";
	case REASON_BAD_ITEM:
		return "bad-item";
	case REASON_EXEC:
		return "exec";
	case REASON_TIMEOUT:
		return "timeout";
	case REASON_IDLE:
		return "idle-timeout";
	case REASON_MEMORY:
		return "memory";
	case REASON_LOST:
		return "lost";
	case REASON_LEAK:
		return "leak";
	case REASON_QUEUE:
		return "queue-timeout";
	case REASON_HALT:
		return "halt";
	case REASON_MAX_TIME:
		return "max-time";
	case REASON_INTERRUPT:
		return "interrupt";
	case REASON_POOL:
		return "pool";
	}
	return "?";
}

const char *
state_name(enum state s)
{
	switch (s) {
	case STATE_OK:
		return "ok";
	case STATE_FAIL:
		return "fail";
	case STATE_SIGNAL:
		return "signal";
	case STATE_TIMEOUT:
		return "timeout";
	case STATE_MEMORY:
		return "memory";
	case STATE_LOST:
		return "lost";
	case STATE_CANCELLED:
		return "cancelled";
	case STATE_NOT_STARTED:
		return "not-started";
	}
	return "?";
}
