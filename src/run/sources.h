/*
 * The sources of the command line opened, before anything is started: what
 * cannot be read, or is no separator, ends ppx with a message.  With --header
 * the first record of each is read, too, since COMMAND cannot be understood
 * without the names; signals are not caught yet.
 */
#ifndef RUN_SOURCES_H
#define RUN_SOURCES_H

#include "cli/conf.h"
#include "input/command.h"
#include "input/source.h"

struct sources;

/*
 * Returns new; conf is borrowed.  Sets v's names, which last as long.  limit:
 * bytes of the longest value.
 */
struct sources *sources_open(const struct conf *conf, bool stdin_closed,
    size_t limit, struct vocabulary *v);
void sources_free(struct sources *s);

/* Borrowed: where the items come from. */
struct source *sources_get(const struct sources *s);

/* Says what is wrong with a source. */
void sources_say(const struct source_fault *f);

#endif
