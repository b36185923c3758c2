/*
 * What the files of the records must not be: something that is read, or that
 * has records or output of another kind written to it.
 */
#ifndef RUN_PLACES_H
#define RUN_PLACES_H

#include <sys/stat.h>

#include "cli/conf.h"

struct places;

/*
 * Ends ppx with a message where a file of records is also the input, ppx's own
 * stdout or stderr, or another file of records.  To be called before any of
 * them is opened, and once more when they are there: only then is one told from
 * another by whatever name.  closed is what fd_sanitise() found.
 */
void places_check(const struct conf *conf, const bool closed[3]);

/*
 * Returns new: the regular files of all these, so that what the outputs of
 * tasks are stored in, by names that come of items, can be told from them.
 */
struct places *places_new(const struct conf *conf, const bool closed[3]);
void places_free(struct places *p);

/* What that file is, as "the input"; NULL: none of them. */
const char *places_owner(const struct places *p, const struct stat *st);

#endif
