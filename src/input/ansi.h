/*
 * The escapes of $'...', as bash has them.  Part of the lexer; pure.
 */
#ifndef INPUT_ANSI_H
#define INPUT_ANSI_H

#include <stddef.h>

/* What the backslash at s[*i], with what follows in s[0..n), stands for; *i is
   left behind it.  Any blank or control character but NUL is a newline, and of
   one beyond a byte it is the last. */
char ansi_escape(const char *s, size_t *i, size_t n);

#endif
