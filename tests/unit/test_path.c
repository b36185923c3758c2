/* Values made into paths, and the names that were given out. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "output/names.h"
#include "output/path.h"
#include "tap.h"

static void
value(const char *v, size_t n, const char *want)
{
	struct buf b = { 0 };

	path_value(&b, v, n);
	is_mem(b.data, b.len, want, strlen(want), "%s", want);
	buf_free(&b);
}

static void
test_values(void)
{
	value("a b", 3, "a b");
	value("", 0, "\\e");
	value(".", 1, "\\.");
	value("..", 2, "\\..");
	value("...", 3, "...");
	value(".x", 2, ".x");
	value("../../etc", 9, "..\\_..\\_etc");
	value("/", 1, "\\_");
	value("a\\_b", 4, "a\\\\_b");
	value("\t\n\r\001\177", 5, "\\t\\n\\r\\x01\\x7F");
	value("\303\244\377", 3, "\303\244\377");
}

/* Every byte and every pair of some: no two are alike, none is dangerous. */
static void
test_distinct(void)
{
	static const char some[] = "a./\\_etnrx0\n\t~";
	struct names *ns = names_new();
	struct buf b = { 0 };
	size_t i, k, clashes = 0, bad = 0;
	char v[2];

	for (i = 1; i < 256; i++) {
		b.len = 0;
		v[0] = (char)i;
		path_value(&b, v, 1);
		clashes += names_have(ns, b.data, b.len);
		names_add(ns, b.data, b.len);
		bad += memchr(b.data, '/', b.len) || *b.data == '\n';
	}
	for (i = 0; i < strlen(some); i++)
		for (k = 0; k < strlen(some); k++) {
			b.len = 0;
			v[0] = some[i];
			v[1] = some[k];
			path_value(&b, v, 2);
			clashes += names_have(ns, b.data, b.len);
			names_add(ns, b.data, b.len);
			bad += strcmp(buf_str(&b), "..") == 0;
		}
	is_int(clashes, 0, "no two values have one name");
	is_int(bad, 0, "no slash, no ..");
	buf_free(&b);
	names_free(ns);
}

static void
test_bound(void)
{
	struct buf b = { 0 }, c = { 0 };
	size_t i;

	for (i = 0; i < 300; i++)
		buf_adds(&b, i == 299 ? "y" : "x");
	buf_adds(&b, "/short/");
	for (i = 0; i < 90; i++)
		buf_adds(&b, "\\x01");
	buf_add(&c, b.data, b.len);
	path_bound(&b, 0, 5);
	is_int(strchr(buf_str(&b), '/') - b.data, PATH_NAME_MAX, "cut");
	ok(strstr(b.data, "/short/") != NULL, "what is short stays");
	ok(strlen(strrchr(b.data, '/') + 1) <= PATH_NAME_MAX - 5,
	    "the last one leaves room");
	ok(strstr(b.data, "\\x01\\~") != NULL, "no escape is cut");
	c.data[299] = 'z';
	path_bound(&c, 0, 5);
	ok(memcmp(b.data, c.data, 200) == 0 && strcmp(buf_str(&b),
	    buf_str(&c)) != 0, "another one has another hash");
	b.len = 0;
	for (i = 0; i < 150; i++)
		buf_adds(&b, "\303\244");
	path_bound(&b, 0, 0);
	ok(b.data[b.len - 19] == '\244', "no character is cut");
	buf_free(&b);
	buf_free(&c);
}

static void
test_tree(void)
{
	static char x[] = "x/y";
	char *names[] = { x, NULL };
	struct value v[] = { { "a", 1 }, { "..", 2 }, { "", 0 } };
	struct item *it = item_of(v, 3, NULL);
	struct value *many = calloc(3000, sizeof(*many));
	struct buf b = { 0 };
	size_t i;

	path_tree(&b, it, NULL, 0, 0);
	is_str(buf_str(&b), "1/a/2/\\../3/\\e", "numbers");
	b.len = 0;
	path_tree(&b, it, names, 2, 0);
	is_str(buf_str(&b), "x\\_y/a/2/\\../3/\\e", "names");
	free(it);
	for (i = 0; many && i < 3000; i++) {
		many[i].p = "abc";
		many[i].n = 3;
	}
	it = item_of(many, 3000, NULL);
	b.len = 0;
	path_tree(&b, it, NULL, 0, 0);
	ok(b.len < 2200, "very many values");
	free(it);
	free(many);
	buf_free(&b);
}

static void
test_names(void)
{
	struct names *ns = names_new();
	unsigned i, missing = 0, wrong = 0;

	for (i = 0; i < 100000; i++)
		names_add(ns, (char *)&i, sizeof(i));
	for (i = 0; i < 200000; i++) {
		missing += i < 100000 && !names_have(ns, (char *)&i,
		    sizeof(i));
		wrong += i >= 100000 && names_have(ns, (char *)&i, sizeof(i));
	}
	is_int(missing, 0, "all names are known");
	is_int(wrong, 0, "and no others");
	names_free(ns);
}

int
main(void)
{
	test_values();
	test_distinct();
	test_bound();
	test_tree();
	test_names();
	return done_testing();
}
