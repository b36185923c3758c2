/*
 * A record cut into columns.  By an expression or as CSV: values do not
 * overlap, and lie in the record or in memory of their own; what CSV gives,
 * quoted again, gives the same.
 */
#include "config.h"

#include "base/buf.h"
#include "fuzz.h"
#include "input/columns.h"

enum { REGEX_MAX = 12 };	/* regcomp(3) is not what is looked at */

static void
quote_fields(const struct value *v, size_t n, char separator, struct buf *b)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, separator);
		buf_addc(b, '"');
		for (k = 0; k < v[i].n; k++) {
			if (v[i].p[k] == '"')
				buf_addc(b, '"');
			buf_addc(b, v[i].p[k]);
		}
		buf_addc(b, '"');
	}
}

/* All bytes of the values, and where each ends. */
static struct buf
flat(const struct value *v, size_t n)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (v[i].n)
			buf_add(&b, v[i].p, v[i].n);
		buf_addf(&b, "|%zu|", v[i].n);
	}
	return b;
}

static void
check_again(struct columns *c, char separator, const struct value *v, size_t n)
{
	struct buf once = flat(v, n), twice, text = { 0 };
	size_t count = 0;

	quote_fields(v, n, separator, &text);
	CHECK(columns_cut(c, text.data, text.len, &v, &count) == NULL);
	CHECK(count == n);
	twice = flat(v, count);
	CHECK(once.len == twice.len &&
	    memcmp(once.data, twice.data, once.len) == 0);
	buf_free(&once);
	buf_free(&twice);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	unsigned flags = fuzz_byte(&f);
	struct columns_conf conf = { .csv = flags & 1,
		.separator = flags & 2 ? '\t' : ',', .trim = flags >> 2 & 3 };
	size_t len, n, count = 0, i;
	char *regex = fuzz_word(&f, '\0', &len);
	char *text = fuzz_word(&f, conf.csv ? '\1' : '\0', &n);
	const struct value *v = NULL;
	struct columns *c = NULL;
	struct fault fault;

	conf.regex = flags & 16 ? NULL : regex;
	if (conf.csv || (len <= REGEX_MAX && strpbrk(regex, "{*+") == NULL))
		c = columns_new(&conf, &fault);
	if (c && columns_cut(c, text, n, &v, &count) == NULL) {
		CHECK(count > 0);
		for (i = 0; i < count; i++)
			CHECK(v[i].n <= n);
		if (conf.csv && conf.trim == 0)
			check_again(c, conf.separator, v, count);
	}
	columns_free(c);
	free(regex);
	free(text);
	return 0;
}
