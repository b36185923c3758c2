/* Replacement strings outside of a shell: what each makes of a value. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/command.h"
#include "tap.h"

static void
expands(const char *text, const char *replace, const char *value,
    const char *want)
{
	struct vocabulary v = { .replace = replace };
	struct template *t = template_new(text, &v);
	struct item *it = item_new(value, strlen(value), NULL);
	struct command_task task = { .item = it, .seq = 12345, .slot = 7 };
	struct buf b = { 0 };

	template_expand(t, &task, &b);
	is_str(buf_str(&b), want, "%s of \"%.*s\"%s%s", text,
	    (int)strcspn(value, "\n"), value,
	    replace ? " with -I " : "", replace ? replace : "");
	buf_free(&b);
	free(it);
	template_free(t);
}

/* What GNU parallel 20221122 prints with --dry-run for the same values. */
static void
test_values(void)
{
	static const char *const rows[][5] = {
		/* {}	{.}	{/}	{//}	{/.} */
		{ "a.b", "a", "a.b", ".", "a" },
		{ "a", "a", "a", ".", "a" },
		{ "", "", "", ".", "" },
		{ ".bashrc", "", ".bashrc", ".", "" },
		{ "dir/.bashrc", "dir/", ".bashrc", "dir", "" },
		{ "a.b/c", "a.b/c", "c", "a.b", "c" },
		{ "a.b/c.d", "a.b/c", "c.d", "a.b", "c" },
		{ "x.", "x", "x.", ".", "x" },
		{ "x..y", "x.", "x..y", ".", "x." },
		{ "x.tar.gz", "x.tar", "x.tar.gz", ".", "x.tar" },
		{ "a/b/", "a/b/", "", "a", "" },
		{ "a.b/", "a.b/", "", ".", "" },
		{ "a/b.c/", "a/b.c/", "", "a", "" },
		{ "/", "/", "", "/", "" },
		{ "//", "//", "", "/", "" },
		{ "/a", "/a", "a", "/", "a" },
		{ "a//b", "a//b", "b", "a", "b" },
		{ "./a", "./a", "a", ".", "a" },
		{ "..", ".", "..", ".", "." },
		{ "../", "../", "", ".", "" },
		{ ".a.b", ".a", ".a.b", ".", ".a" },
		{ "a b.c d", "a b", "a b.c d", ".", "a b" },
		{ "///a", "///a", "a", "/", "a" },
		{ "a/b//", "a/b//", "", "a", "" },
		{ "x\ny.z", "x\ny", "x\ny.z", ".", "x\ny" },
	};
	static const char *const ops[] = { "{}", "{.}", "{/}", "{//}", "{/.}" };
	size_t i, k;

	for (i = 0; i < COUNT(rows); i++)
		for (k = 0; k < COUNT(ops); k++)
			expands(ops[k], NULL, rows[i][0], rows[i][k]);
}

static void
test_text(void)
{
	expands("", NULL, "v", "");
	expands("abc", NULL, "v", "abc");
	expands("a{}b{}", NULL, "v", "avbv");
	expands("{}{}", NULL, "v", "vv");
	expands("{#}.{%}", NULL, "v", "12345.7");
	expands("{foo} {} {", NULL, "v", "{foo} v {");
	expands("{{}}", NULL, "v", "{v}");
	expands("{...}{///}{.", NULL, "v", "{...}{///}{.");
	expands("{} XX {.}", "XX", "a.b", "{} a.b a");
	expands("{}", "{", "v", "v}");
	expands("{.}", "{.}", "a.b", "a.b");
	expands("a,b", ",", "v", "avb");
	expands("{}", "", "v", "{}");
	expands("{}", NULL, "{} {.}", "{} {.}");
}

static void
test_questions(void)
{
	struct template *t = template_new("{%} {#} {} {/}", NULL);
	struct item *it = item_new("v", 1, NULL);
	struct command_task task = { .item = it, .seq = UINT64_MAX };
	struct buf b = { 0 };

	ok(template_uses_slot(t), "{%%} is seen");
	is_int(template_values(t), 2, "two insert a value");
	template_expand(t, &task, &b);
	is_str(buf_str(&b), "{%} 18446744073709551615 v v",
	    "a slot that is not known yet");
	buf_free(&b);
	free(it);
	template_free(t);
	t = template_new("{#}", NULL);
	ok(!template_uses_slot(t), "no {%%}");
	is_int(template_values(t), 0, "none inserts a value");
	template_free(t);
	template_free(NULL);
}

int
main(void)
{
	test_values();
	test_text();
	test_questions();
	return done_testing();
}
