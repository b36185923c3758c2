/*
 * Which commands of a shell make more of their arguments than data.  Part of
 * the lexer; pure.
 */
#ifndef INPUT_READING_H
#define INPUT_READING_H

#include <stdbool.h>
#include <stddef.h>

/* What a command makes of its arguments. */
enum reading {
	READS_DATA,
	READS_SYNTAX,		/* eval, trap: a program */
	READS_ARITH,		/* let; declare with an option */
	READS_VARIABLES,	/* unset, read: names, with subscripts */
	READS_NAMES,		/* declare: NAME=VALUE is data, if no array */
	READS_EXPORT,		/* export, readonly: NAME=VALUE is data */
	READS_LOOP,		/* for, select: assigns its words */
	READS_TEST,		/* test, [: syntax after -v */
	READS_FORMAT,		/* printf: the same, up to its format */
	READS_TARGET,		/* printf -v: the next word is the name, */
	READS_PATTERN,		/* ... or the format; */
	READS_PRINTED,		/* ... the rest is data that is assigned */
	READS_COMMAND,		/* command, builtin: the next word decides */
	READS_EITHER		/* behind a &> that may have ended it */
};

/* How the command of that name, s[0..n), reads its arguments. */
enum reading reading_of(const char *s, size_t n);

/* Can s[0..n) be the beginning, or the end, of the name of such a command?
   What is not plain, but for quotes, can be anything. */
bool reading_may_name(const char *s, size_t n, bool end);

#endif
