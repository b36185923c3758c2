/* Records in one piece, and their parts. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "input/run.h"

#include "tap.h"

static void
measures(const char *p, size_t n, char end, size_t most, size_t len,
    size_t count)
{
	size_t got, counted;

	got = run_measure(p, n, end, most, &counted);
	ok(got == len && counted == count, "%zu bytes, %zu records", len,
	    count);
}

static struct item *
run(const char *p, size_t n, uint32_t records)
{
	struct item *it = item_new(p, n, NULL);

	it->records = records;
	it->number = 10;
	return it;
}

static void
part(char end, const struct item *all, size_t from, size_t n,
    const char *want, size_t len)
{
	struct item *it = run_part(all, end, from, n);
	size_t got;
	const char *p = item_value(it, 0, &got);

	ok(got == len && memcmp(p, want, len) == 0, "the bytes of %zu", n);
	ok(it->number == 10 + from, "the number");
	ok(it->records == (n > 1 ? n : 0), "one alone is an item");
	free(it);
}

int
main(void)
{
	struct item *all = run("a\n\nbc\nd\n", 8, 4);
	struct item *nul = run("a\n\0b\0", 5, 2);

	measures("a\nb\nc", 5, '\n', 9, 4, 2);
	measures("a\nb\nc\n", 6, '\n', 2, 4, 2);
	measures("abc", 3, '\n', 9, 0, 0);
	measures("", 0, '\n', 9, 0, 0);
	measures("a\nb\0c\nd\n", 8, '\n', 9, 2, 1);
	measures("a\n\0b\nc\0", 7, '\0', 9, 7, 2);
	part('\n', all, 0, 2, "a\n\n", 3);
	part('\n', all, 1, 1, "", 0);
	part('\n', all, 2, 2, "bc\nd\n", 5);
	part('\n', all, 3, 1, "d", 1);
	part('\0', nul, 0, 1, "a\n", 2);
	part('\0', nul, 1, 1, "b", 1);
	free(all);
	free(nul);
	return done_testing();
}
