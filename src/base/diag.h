/*
 * What ppx says to its user: lines on stderr, each begun with "ppx: " and
 * written by one write(2), so that lines of several programs do not mix.
 * Control characters are shown as escapes: an item can never drive the
 * user's terminal.  Only cli/, run/ and main.c speak; rooms below them return
 * errors and leave the words to their callers.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NORETURN __attribute__((noreturn))
#else
#define PRINTF(f, a)
#define NORETURN
#endif

/* The status with which ppx ends when it itself failed (product.md). */
#define EXIT_PPX 125

/*
 * Says one message; a newline is added.  A message longer than 4 KiB is cut.
 * errno is left as it was.
 */
void diag(const char *fmt, ...) PRINTF(1, 2);

/* diag(), then exit(EXIT_PPX). */
void die(const char *fmt, ...) PRINTF(1, 2) NORETURN;

/*
 * Writes the n bytes at s to dst as one printable line: control characters
 * become \n, \t, \r or \xHH, and what exceeds size is cut and ends in "...".
 * UTF-8 and other high bytes stay.  dst is NUL-terminated; size must be >= 4.
 * Returns dst.
 */
char *diag_show(char *dst, size_t size, const void *s, size_t n);

/*
 * How many columns of a terminal the first n bytes of s take as diag_show()
 * shows them: where a caret goes.  Wide and combining characters count as one.
 */
int diag_columns(const void *s, size_t n);

/*
 * Writes the n bytes to stderr as they are.  A reader that does not read makes
 * ppx wait, but a signal to end ppx ends the waiting, too: what is left is
 * dropped, and what comes later is not waited for, and counts as failed.
 */
void diag_raw(const void *p, size_t n);

/*
 * The status line: one line on a terminal that is stderr, cleared before
 * anything else is written there, and not shown while a line of that is
 * unfinished.  Never waits: what the terminal cannot take now is left out.
 * p has no control characters and at most DIAG_STATUS_MAX bytes; none of them
 * take the line away.
 */
enum { DIAG_STATUS_MAX = 240 };
void diag_status(const void *p, size_t n);

/* Who writes to the terminal by another way than diag_raw(): before, and what
   was written. */
void diag_make_way(void);
void diag_wrote(const void *p, size_t n);

/* The columns of the terminal that is stderr; 0: it is none, or not ours to
   write to, as ppx is in the background. */
unsigned diag_width(void);

/* True when a message could not be written: undeliverable output. */
bool diag_failed(void);

#endif
