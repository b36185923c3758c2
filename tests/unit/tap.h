/*
 * Checks that print TAP.  A test program calls them in any order and ends with
 * "return done_testing();".  Each check takes a name in printf's manner and
 * returns whether it held, so that a test can stop where it makes no sense to
 * go on.  Line by line flushed: a fork or a crash loses and doubles nothing.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The checks seen so far, and those that failed. */
static struct {
	int n;
	int failed;
} tap;

/* cond holds. */
#define ok(cond, ...) \
	tap_ok((cond) ? true : false, __FILE__, __LINE__, __VA_ARGS__)

/* Two integers are equal, compared as long long. */
#define is_int(got, want, ...) \
	tap_int((long long)(got), (long long)(want), __FILE__, __LINE__, \
	    __VA_ARGS__)

/* Two strings are equal; NULL equals only NULL. */
#define is_str(got, want, ...) \
	tap_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)

/* Two blocks of bytes have the same length and content. */
#define is_mem(got, gotlen, want, wantlen, ...) \
	tap_mem((got), (gotlen), (want), (wantlen), __FILE__, __LINE__, \
	    __VA_ARGS__)

/* A line for whoever reads a failure. */
static inline void __attribute__((format(printf, 1, 2)))
note(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* n checks that cannot be made here, and why. */
static inline void __attribute__((format(printf, 2, 3)))
skip(int n, const char *why, ...)
{
	va_list ap;

	while (n-- > 0) {
		printf("ok %d # SKIP ", ++tap.n);
		va_start(ap, why);
		vprintf(why, ap);
		va_end(ap);
		putchar('\n');
	}
	fflush(stdout);
}

/* Prints the plan; returns the exit status of the test program. */
static inline int
done_testing(void)
{
	printf("1..%d\n", tap.n);
	fflush(stdout);
	return tap.failed ? 1 : 0;
}

static inline bool __attribute__((format(printf, 4, 0)))
tap_line(bool held, const char *file, int line, const char *fmt, va_list ap)
{
	printf("%sok %d - ", held ? "" : "not ", ++tap.n);
	vprintf(fmt, ap);
	putchar('\n');
	if (!held) {
		tap.failed++;
		note("at %s:%d", file, line);
	}
	fflush(stdout);
	return held;
}

static inline bool __attribute__((format(printf, 4, 5)))
tap_ok(bool held, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(held, file, line, fmt, ap);
	va_end(ap);
	return held;
}

static inline bool __attribute__((format(printf, 5, 6)))
tap_int(long long got, long long want, const char *file, int line,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(got == want, file, line, fmt, ap);
	va_end(ap);
	if (got != want)
		note("got %lld, want %lld", got, want);
	return got == want;
}

/* Bytes as they would stand in a C string, so that none disturbs the TAP. */
static inline void
tap_bytes(const char *what, const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i;

	printf("# %s \"", what);
	for (i = 0; i < n; i++) {
		if (s[i] == '\n')
			fputs("\\n", stdout);
		else if (s[i] < ' ' || s[i] > '~' || s[i] == '"' ||
		    s[i] == '\\')
			printf("\\%03o", s[i]);
		else
			putchar(s[i]);
	}
	printf("\" (%zu)\n", n);
	fflush(stdout);
}

static inline bool __attribute__((format(printf, 7, 8)))
tap_mem(const void *got, size_t gotlen, const void *want, size_t wantlen,
    const char *file, int line, const char *fmt, ...)
{
	bool held = gotlen == wantlen &&
	    (gotlen == 0 || memcmp(got, want, gotlen) == 0);
	va_list ap;

	va_start(ap, fmt);
	tap_line(held, file, line, fmt, ap);
	va_end(ap);
	if (!held) {
		tap_bytes("got ", got, gotlen);
		tap_bytes("want", want, wantlen);
	}
	return held;
}

static inline bool __attribute__((format(printf, 5, 6)))
tap_str(const char *got, const char *want, const char *file, int line,
    const char *fmt, ...)
{
	bool held = got && want ? strcmp(got, want) == 0 : got == want;
	va_list ap;

	va_start(ap, fmt);
	tap_line(held, file, line, fmt, ap);
	va_end(ap);
	if (held)
		return true;
	if (got)
		tap_bytes("got ", got, strlen(got));
	else
		note("got  NULL");
	if (want)
		tap_bytes("want", want, strlen(want));
	else
		note("want NULL");
	return false;
}

#endif
