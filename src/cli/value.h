/*
 * The texts of options made into values.  Pure, but for value_check(): each
 * returns the fault of the text, its why NULL when there is none; *value means
 * nothing otherwise.
 */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/num.h"
#include "cli/conf.h"

/*
 * Ends ppx if f is a fault: spelt (the option as the user wrote it) and why,
 * and text with a caret below it.
 */
void value_check(const char *spelt, const char *text, struct fault f);

/*
 * --halt: WHEN,WHAT=N or N%, "never", or GNU parallel's old 0, 1 (soon,fail=1)
 * and 2 (now,fail=1).
 */
struct fault value_halt(const char *s, struct halt *value);

/*
 * One byte as --delimiter takes it: itself, or \n \t \r \\, \NNN (octal) or
 * \xHH.
 */
struct fault value_byte(const char *s, unsigned char *value);

/*
 * A text with such escapes, which may be empty: text, of room for strlen(s) + 1
 * bytes, gets it with a NUL behind; *n: its bytes.
 */
struct fault value_text(const char *s, char *text, size_t *n);

/* The size of a block; or -N, so many of them: the other is 0. */
struct fault value_block(const char *s, size_t *size, size_t *n);

/*
 * The separator of CSV: one byte, or \\t; no quote and no newline.
 */
struct fault value_separator(const char *s, char *separator);

/*
 * A number of jobs: N, N%, +N or -N with that many CPUs, at least 1; 0 = all
 * that are ready.
 */
struct fault value_jobs(const char *s, size_t cpus, size_t *value);

/* line, nul, eot=STR or netstring; STR without a newline, and borrowed. */
struct fault value_reply(const char *s, struct reply_form *value);

/* N[/SECONDS]; without SECONDS: within one. */
struct fault value_rate(const char *s, struct rate *value);

/* A load as uptime(1) shows it, or N% of the CPUs; more than 0. */
struct fault value_load(const char *s, double *value);

/*
 * A duration; a negative one has a message of its own, as it comes of a time
 * of day that has passed.
 */
struct fault value_max_time(const char *s, nsec *value);

#endif
