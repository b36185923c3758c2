/*
 * What a task is run under: the values of those options that each task may
 * have of its own, because their texts may hold replacement strings.
 *
 *	--priority --timeout --soft-timeout --idle-timeout --queue-timeout
 *	--mem-limit --retries --weight --workdir
 */
#ifndef RUN_TERMS_H
#define RUN_TERMS_H

#include <stdbool.h>

#include "cli/conf.h"
#include "input/command.h"
#include "task/task.h"

struct terms;

/*
 * Returns new; conf is borrowed.  A text without replacement strings that is
 * no value ends ppx with a message.
 */
struct terms *terms_new(const struct conf *conf, const struct vocabulary *v);
void terms_free(struct terms *tm);

/*
 * Sets t's priority, retries, weight, idle, expires and bounds, for one that
 * joins the queue now (monotonic).  Returns NULL, or why the item is a bad one,
 * in a text that is good until the next call.
 */
const char *terms_set(struct terms *tm, const struct command_task *view,
    nsec now, struct task *t);

/* --workdir for a task that is about to start, good until the next call; NULL
   when none was given. */
const char *terms_dir(struct terms *tm, const struct command_task *view);

/* Is it another for each task? */
bool terms_dir_varies(const struct terms *tm);

/* --timeout N%: N, of the median run time; else 0. */
unsigned terms_percent(const struct terms *tm);

/* May a task have more than one attempt? */
bool terms_may_retry(const struct terms *tm);

/* --mem-limit SIZE,strict: only by a cgroup. */
bool terms_strict(const struct terms *tm);

/* Do all tasks run in the order of the input, without any bound? */
bool terms_are_plain(const struct terms *tm);

#endif
