/*
 * What the end of a task's processes says of the task.  Pure.
 */
#ifndef POOL_VERDICT_H
#define POOL_VERDICT_H

#include <sys/resource.h>

#include "pool/word.h"
#include "task/result.h"

/*
 * Sets r's reason and what goes with it, from the main process's wait status,
 * what it left in the word if it could not exec, and why we ended the task
 * (REASON_NONE: we did not).
 */
void verdict(struct result *r, int status, const struct word *word,
    enum reason why);

/* Adds what a process used that has been waited for. */
void verdict_account(struct result *r, const struct rusage *ru);

#endif
