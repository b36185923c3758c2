/*
 * --halt: have enough tasks ended so that nothing more is to start?  Pure.
 */
#ifndef RUN_HALT_H
#define RUN_HALT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "task/limits.h"

/*
 * failed and ok are counts of tasks whose last attempt is over; total is that
 * of all tasks, 0 while the input may have more: a share of them cannot be
 * known before.
 */
bool halt_reached(const struct halt *h, uint64_t failed, uint64_t ok,
    uint64_t total);

/* Adds what has happened, and the rule, to b: "halted: 3 tasks failed (--halt
   soon,fail=3)". */
void halt_text(const struct halt *h, uint64_t failed, uint64_t ok,
    struct buf *b);

#endif
