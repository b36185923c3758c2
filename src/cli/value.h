/*
 * The argument of an option made into a value and stored in struct conf, as
 * the option's row says.  What is no such value ends ppx with a message and a
 * caret below the text.
 */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include "cli/conf.h"
#include "cli/options.h"

/*
 * row's store must be one that stores; arg is NULL when it takes none, and is
 * borrowed by c.  spelt is the option as the user wrote it, for messages.
 */
void value_store(struct conf *c, const struct option_row *row,
    const char *spelt, const char *arg);

/* One more source; what it refers to is borrowed. */
void value_add_source(struct conf *c, struct conf_source source);

/*
 * Ends ppx if f is a fault: spelt and why, and text with a caret below it.
 */
void value_check(const char *spelt, const char *text, struct fault f);

/*
 * --halt: WHEN,WHAT=N or N%, "never", or GNU parallel's old 0, 1 (soon,fail=1)
 * and 2 (now,fail=1).
 */
struct fault value_halt(const char *s, struct halt *h);

/*
 * One byte as --delimiter takes it: itself, or \n \t \r \\, \NNN (octal) or
 * \xHH.
 */
struct fault value_byte(const char *s, unsigned char *value);

/*
 * The separator of CSV: one byte, or \\t; no quote and no newline.
 */
struct fault value_separator(const char *s, char *separator);

/*
 * A number of jobs: N, N%, +N or -N with that many CPUs, at least 1; 0 = all
 * that are ready.
 */
struct fault value_jobs(const char *s, size_t cpus, size_t *value);

/*
 * The same of the first line of a file that was read before, 1..JOBS_MAX;
 * false when it cannot be read, or that is no such number.
 */
bool value_jobs_file(const char *path, size_t *value);

#endif
