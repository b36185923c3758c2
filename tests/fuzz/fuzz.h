/*
 * Fuzz targets.  Each file but replay.c is one: its function, in libFuzzer's
 * manner, takes any bytes and aborts when something that must hold does not.
 *
 * With replay.c a target is a TAP program that runs the files of its corpus,
 * tests/fuzz/corpus/TARGET, or those that it is given.  With configure
 * --enable-fuzz CC=clang it is a fuzzer:
 *
 *	tests/fuzz/split -max_total_time=600 new-corpus tests/fuzz/corpus/split
 *
 * A corpus has the files with a name, which were written for it or failed
 * once, and what covers the other edges, in few and short files: begin with
 * those named in a directory small,
 *
 *	tests/fuzz/split -merge=1 -use_counters=0 small new-corpus \
 *	    tests/fuzz/corpus/split
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Must hold. */
#define CHECK(cond) \
	((cond) ? (void)0 : fuzz_failed(#cond, __FILE__, __LINE__))

static inline void
fuzz_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
	abort();
}

/* What is left of an input. */
struct fuzz {
	const char *p;
	size_t n;
};

static inline unsigned
fuzz_byte(struct fuzz *f)
{
	if (f->n == 0)
		return 0;
	f->n--;
	return (unsigned char)*f->p++;
}

/* Up to the next byte of that value, or the end, as a string: NUL-terminated,
   in memory of its own. */
static inline char *
fuzz_word(struct fuzz *f, char sep, size_t *len)
{
	const char *end = f->n ? memchr(f->p, sep, f->n) : NULL;
	size_t n = end ? (size_t)(end - f->p) : f->n;
	char *s = malloc(n + 1);

	if (s == NULL)
		abort();
	if (n)
		memcpy(s, f->p, n);
	s[n] = '\0';
	f->p += n + (end != NULL);
	f->n -= n + (end != NULL);
	*len = n;
	return s;
}

#endif
