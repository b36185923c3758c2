/*
 * What the end of a task means for the run: counts, and the exit status.
 * Pure.  The status only rises in rank:
 * 0 < 123 < 124 < 126, 127 < 125 < a signal.
 */
#ifndef RUN_POLICY_H
#define RUN_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/conf.h"
#include "task/result.h"

enum {
	STATUS_FAILED = 123,
	STATUS_MAX_TIME = 124,
	STATUS_PPX = 125,
	STATUS_SIGNAL = 128
};

struct policy {
	enum exit_mode mode;
	int status;			/* by classes */
	int sig;			/* to end by; 0 = none */
	uint64_t failed, ok;
	bool goal;			/* --halt success was reached */
	int first, max;			/* statuses of tasks, for --exit */
};

/* Takes one final result into account. */
void policy_task(struct policy *p, const struct result *r);

/* Raises the status to one of STATUS_*, 126 or 127. */
void policy_raise(struct policy *p, int status);

/* May a task that ended so be run again? */
bool policy_may_retry(const struct result *r);

/*
 * How long it waits, after that many attempts: delay, twice as long each time,
 * and up to a quarter more, which random chooses.
 */
nsec policy_retry_delay(nsec delay, unsigned attempts, uint32_t random);

/* The run ends by this signal; the first one holds. */
void policy_signal(struct policy *p, int sig);

/* The status for exit(3); policy->sig comes before it. */
int policy_status(const struct policy *p);

#endif
