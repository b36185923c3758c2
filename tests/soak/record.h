/*
 * What a task of the soak writes, known to the byte to the task (tools/chore)
 * and to who checks it (soak).
 *
 * A record is a row of lines of 64 bytes: a first one (B), n of them (D), a
 * last one (E).  Each holds the task's number, its attempt, the line's own
 * number and n, and letters that follow from these.  A capital B stands only
 * at the begin of a record, so where one is cut the next is found; so are a
 * byte that is lost, doubled, or somebody else's.
 */
#ifndef SOAK_RECORD_H
#define SOAK_RECORD_H

#include <stdint.h>

enum { RECORD_LINE = 64, RECORD_MOST = 32768 };

struct record {
	uint64_t seq;
	unsigned attempt;
	uint32_t lines;		/* between the first and the last */
};

static inline uint64_t
record_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static inline void
record_digits(char *p, int width, uint64_t n)
{
	while (width-- > 0) {
		p[width] = (char)('0' + n % 10);
		n /= 10;
	}
}

/* The number in the digits at p, or -1. */
static inline int64_t
record_number(const char *p, int width)
{
	int64_t n = 0;

	for (; width-- > 0; p++) {
		if (*p < '0' || *p > '9')
			return -1;
		n = n * 10 + (*p - '0');
	}
	return n;
}

/* Writes line i of r, 0 .. lines + 1, to the 64 bytes at p. */
static inline void
record_line(char *p, const struct record *r, uint32_t i)
{
	uint64_t x = record_mix(r->seq << 24 ^ i ^ (uint64_t)r->attempt << 56);
	int k;

	p[0] = i == 0 ? 'B' : i <= r->lines ? 'D' : 'E';
	record_digits(p + 1, 10, r->seq);
	record_digits(p + 11, 2, r->attempt % 100);
	record_digits(p + 13, 7, i);
	record_digits(p + 20, 7, r->lines);
	for (k = 27; k < RECORD_LINE - 1; k++) {
		p[k] = (char)('a' + (x & 15));
		x = x >> 4 | x << 60;
	}
	p[RECORD_LINE - 1] = '\n';
}

/* Reads any line's numbers; -1 if it is none.  Its letters are not looked at. */
static inline int
record_read(const char *p, struct record *r, uint32_t *i)
{
	int64_t seq = record_number(p + 1, 10), try = record_number(p + 11, 2);
	int64_t at = record_number(p + 13, 7), n = record_number(p + 20, 7);

	if (seq < 0 || try < 0 || at < 0 || n < 0 || n > RECORD_MOST ||
	    at > n + 1)
		return -1;
	r->seq = (uint64_t)seq;
	r->attempt = (unsigned)try;
	r->lines = (uint32_t)n;
	*i = (uint32_t)at;
	return 0;
}

#endif
