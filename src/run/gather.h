/*
 * Between the source and the tasks: items gathered into batches, and counted
 * where {##} asks for their number.  Knows what the options and the system
 * allow in one command.
 */
#ifndef RUN_GATHER_H
#define RUN_GATHER_H

#include <stdint.h>

#include "cli/conf.h"
#include "input/command.h"
#include "input/source.h"

struct gather;

/* Returns new; all are borrowed.  Prints what --show-limits asks for. */
struct gather *gather_new(const struct conf *conf,
    const struct command *command, struct source *source);
void gather_free(struct gather *g);

/*
 * As source_next(), whose items these are or are made of.  SOURCE_WAIT is
 * also said from time to time where reading never waits.
 */
enum source_got gather_next(struct gather *g, struct item **it);

/* After SOURCE_WAIT: nothing is to be waited for, only asked again. */
bool gather_goes_on(const struct gather *g);

/* How many items there are in all; 0 = not counted. */
uint64_t gather_total(const struct gather *g);

/* After SOURCE_ERROR: the item that was too much for -x, or NULL where it was
   the source that failed. */
const struct item *gather_overflow(const struct gather *g);

#endif
