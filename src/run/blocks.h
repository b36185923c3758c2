/*
 * The input of --pipe cut into blocks, each of which is a task.
 *
 * Bytes are read as far as they are wanted, and a block is handed out when it
 * is whole.  One whose end is far away (a record much longer than --block, or
 * many of them with -N) is handed out before it is, and gets what is read, as
 * fast as its task takes it, until its end is found.
 *
 * Of a file only the ends of blocks are read here, where that will do
 * (parts.h).
 */
#ifndef RUN_BLOCKS_H
#define RUN_BLOCKS_H

#include <stdbool.h>

#include "cli/conf.h"
#include "input/source.h"
#include "run/feed.h"

struct blocks;

/*
 * Returns new; conf and fs are borrowed.  What cannot be read, or is no
 * expression, ends ppx with a message.  again: tasks may be tried again.
 */
struct blocks *blocks_new(const struct conf *conf, bool stdin_closed,
    struct feeds *fs);
void blocks_free(struct blocks *bs);

/*
 * The next block, for a task of its own, which releases it.  SOURCE_WAIT: read
 * first, if blocks_fd() or blocks_wants() say so.
 */
enum source_got blocks_next(struct blocks *bs, struct block **b);

/* One read(2). */
void blocks_read(struct blocks *bs);

/* Bytes that the next block has at most, as far as that can be. */
size_t blocks_size(const struct blocks *bs);

/* Has a task not taken what is there for it?  Then no more is to be read. */
bool blocks_full(const struct blocks *bs);

/* Shall more be read? */
bool blocks_wants(const struct blocks *bs);

/* Is there more to search for the end of one that is handed out, at once? */
bool blocks_look(const struct blocks *bs);

/* Does a block that is handed out still get what is read? */
bool blocks_passing(const struct blocks *bs);

/*
 * Tasks that wait to be started cannot be before one that runs ends: those that
 * run shall not wait for them.
 */
void blocks_held(struct blocks *bs);

/* Does one that does not read keep the input from others, which have read all
   that they got? */
bool blocks_starve(const struct blocks *bs);

/* --round-robin? */
bool blocks_in_turn(const struct blocks *bs);

/*
 * No further block is begun; the one that passes gets all of it.  Or it gets no
 * more, and not the end of its input either, as its task is being ended.
 */
void blocks_finish(struct blocks *bs);
void blocks_stop(struct blocks *bs);

/* To be watched before it is read; -1 if reading never blocks. */
int blocks_fd(const struct blocks *bs);

/* After SOURCE_ERROR: the name of what could not be read; and why. */
const char *blocks_failed(const struct blocks *bs, const char **why);

#endif
