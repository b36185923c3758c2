/*
 * What the files of the records must not be: something that is read, or that
 * has records or output of another kind written to it.
 */
#ifndef RUN_PLACES_H
#define RUN_PLACES_H

#include "cli/conf.h"

/*
 * Ends ppx with a message where a file of records is also the input, ppx's own
 * stdout or stderr, or another file of records, by whatever name.  To be called
 * before any of them is opened; closed is what fd_sanitise() found.
 */
void places_check(const struct conf *conf, const bool closed[3]);

#endif
