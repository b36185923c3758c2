/*
 * The argument of an option made into a value and stored in struct conf, as
 * the option's row says.  What is no such value ends ppx with a message and a
 * caret below the text.
 */
#ifndef CLI_STORE_H
#define CLI_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/conf.h"
#include "cli/options.h"

/*
 * row's store must be one that stores; arg is NULL when it takes none, and is
 * borrowed by c.  spelt is the option as the user wrote it, for messages.
 */
void store_value(struct conf *c, const struct option_row *row,
    const char *spelt, const char *arg);

/* One more source; what it refers to is borrowed. */
void store_source(struct conf *c, struct conf_source source);

enum jobs_file {
	JOBS_NONE,		/* it cannot be read, or is empty */
	JOBS_BAD,		/* what it says is no such number */
	JOBS_READ
};

/*
 * A number of jobs (value_jobs()) of the first line of a file that was read
 * before, 1..JOBS_MAX.
 */
enum jobs_file store_jobs_file(const char *path, size_t *value);

#endif
