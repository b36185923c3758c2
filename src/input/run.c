#include "config.h"

#include <string.h>

#include "input/run.h"

size_t
run_records(const char *p, size_t n, char end, size_t most, size_t *count)
{
	const char *at = p, *next;

	for (*count = 0; *count < most; ++*count) {
		next = memchr(at, end, n - (size_t)(at - p));
		if (next == NULL)
			break;
		at = next + 1;
	}
	return (size_t)(at - p);
}

size_t
run_measure(const char *p, size_t n, char end, size_t most, size_t *count)
{
	size_t len = run_records(p, n, end, most, count);
	const char *nul = end && len ? memchr(p, '\0', len) : NULL;

	return nul ? run_records(p, (size_t)(nul - p), end, most, count) : len;
}

struct item *
run_part(const struct item *run, char end, size_t from, size_t n)
{
	size_t len, at, size, count;
	const char *p = item_value(run, 0, &len);
	struct item *it;

	at = run_measure(p, len, end, from, &count);
	size = run_measure(p + at, len - at, end, n, &count);
	it = item_new(p + at, n == 1 ? size - 1 : size, NULL);
	it->number = run->number + from;
	it->records = n == 1 ? 0 : (uint32_t)n;
	return it;
}
