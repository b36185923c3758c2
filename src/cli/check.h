/*
 * What the options mean together: who excludes whom, who needs whom, what one
 * implies for another.  Each value alone was checked when it was stored.
 */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "cli/conf.h"
#include "cli/options.h"

/*
 * c has all that was given, and the defaults of the rest; given has, by the
 * index of its row, what getopt_long(3) returned for an option, or 0.  Resolves
 * c, or ends ppx with a message that names the options.
 */
void check_conf(struct conf *c, const int given[OPTION_ROWS_MAX]);

/* --pipe and what belongs to it; the same for these, in blocks.c. */
void check_blocks(struct conf *c);

#endif
