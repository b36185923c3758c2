/*
 * Shell lines that need no shell: words of characters that no shell treats
 * specially, the first of them a program.  make(1) does the same, with the
 * same list of words that only a shell can carry out.  Pure.
 */
#ifndef INPUT_PLAIN_H
#define INPUT_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "input/command.h"

/*
 * Splits s[0..n) into its words and adds each to b, ended by a NUL.  Returns
 * their number; 0 when anything in it is special to a shell (b then has what
 * it had), or when it holds no word.  refs: replacement strings may stand in
 * it and are copied; v as in template_match().
 */
size_t plain_split(const char *s, size_t n, bool refs,
    const struct vocabulary *v, struct buf *b);

/* May the word be the command of a line that is run without a shell? */
bool plain_is_command(const char *word);

/* Does one word, all of COMMAND, have white space or shell syntax in it? */
bool plain_is_line(const char *word, const struct vocabulary *v);

/*
 * The next run of unquoted-looking word characters in s[*at..n), whatever the
 * quoting: its length, 0 at the end; *at is where it begins.
 */
size_t plain_next(const char *s, size_t n, size_t *at);

#endif
