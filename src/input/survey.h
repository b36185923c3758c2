/*
 * What a shell line, looked at as a whole, may do to variables.  bash evaluates
 * what is assigned to an integer or a reference, and what declare gives to an
 * array; and in a loop or a function the declare comes behind the assignment.
 * So neither order nor quoting counts here: whatever looks like a declare that
 * does it is taken for one.  Part of the lexer; pure.
 */
#ifndef INPUT_SURVEY_H
#define INPUT_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SURVEY_EVALUATED = 1,	/* some may be integers or references */
	SURVEY_ARRAYS = 2,	/* some may be arrays */
	SURVEY_ERRORS = 4,	/* stderr may go where output goes: with what
				   the shell says of a file it cannot open */
	SURVEY_ALIASES = 8,	/* words of later lines may be anything */
	SURVEY_KEYWORDS = 16,	/* arguments may be assignments: set -k */
	SURVEY_OPTION_K = 128,	/* ... if a command is set */
	SURVEY_LAST = 32,	/* it has the name of a variable that holds
				   arguments: _ */
	SURVEY_REMEMBERS = 64	/* ... that may be an integer */
};

/* Which of these hold for the line s[0..n). */
unsigned survey(const char *s, size_t n);

/* Do the options s[0..n) make none of these; of export and readonly, or else
   of declare, typeset and local? */
bool survey_is_harmless(const char *s, size_t n, bool export);

#endif
