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

/* The same with the values of columns, names for the first two, --plus. */
static void
gives(const char *text, const char *const *values, size_t n, const char *want)
{
	static char x[] = "x", y[] = "a b", *names[] = { x, y, NULL };
	static const struct vocabulary voc = { .plus = true, .names = names,
	    .nnames = 3 };
	struct template *t = template_new(text, &voc);
	struct value v[4];
	struct item *it;
	struct command_task task = { .seq = 2, .slot = 7, .total = 9 };
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = (struct value){ values[i], strlen(values[i]) };
	task.item = it = item_of(v, n, NULL);
	template_expand(t, &task, &b);
	is_str(buf_str(&b), want, "%s of %zu values", text, n);
	buf_free(&b);
	free(it);
	template_free(t);
}

static void
test_positions(void)
{
	static const char *const v[] = { "d/a.b", "", "e.f/c.tar.gz" };

	gives("{1}{2}{3}", v, 3, "d/a.be.f/c.tar.gz");
	gives("{-1} {-3} {-4}.", v, 3, "e.f/c.tar.gz d/a.b .");
	gives("{1.} {1/} {1//} {1/.}", v, 3, "d/a a.b d a");
	gives("{4}{4.}{4/}{4//}{4/.}{-4//}.", v, 3, ".");
	gives("{2//}", v, 3, ".");
	gives("{x} {x.} {a b} {a b/} {x//}", v, 3, "d/a.b d/a   d");
	gives("{z} {x } {a} {0} {01} {1 } {1", v, 3,
	    "{z} {x } {a} {0} {01} {1 } {1");
	gives("{1..3} {a,b} {-} {--1} {9999999}", v, 3,
	    "{1..3} {a,b} {-} {--1} {9999999}");
	gives("{} [{.}] {/}", v, 3,
	    "d/a.b  e.f/c.tar.gz [d/a  e.f/c.tar] a.b  c.tar.gz");
	gives("{}{1}{x}{1:-D}.", v, 0, "D.");
	gives("${1} ${x} ${x%.b} ${#x} ${#} ${1/a/b}", v, 3,
	    "${1} ${x} ${x%.b} ${#x} ${#} ${1/a/b}");
	gives("${1.} $ {1}", v, 1, "$d/a $ d/a.b");
}

/* As GNU parallel 20221122, where it is not said otherwise. */
static void
test_plus(void)
{
	static const char *const rows[][9] = {
		/* {}	{..}	{...}	{+/}	{+.}	{+..}	{+...}	{/..}
		   {/...} */
		{ "a.b", "a.b", "a.b", "", "b", "", "", "a.b", "a.b" },
		{ "d/x.tar.gz", "d/x", "d/x.tar.gz", "d", "gz", "tar.gz", "",
		    "x", "x.tar.gz" },
		{ ".bashrc", ".bashrc", ".bashrc", "", "bashrc", "", "",
		    ".bashrc", ".bashrc" },
		{ "b.c.d.e.f", "b.c.d", "b.c", "", "f", "e.f", "d.e.f",
		    "b.c.d", "b.c" },
		/* GNU: {+.} is e/f */
		{ "d.e/f", "d.e/f", "d.e/f", "d.e", "", "", "", "f", "f" },
		{ "..", "", "..", "", "", ".", "", "", ".." },
		{ "a/", "a/", "a/", "a", "", "", "", "", "" },
		{ "/x.y", "/x.y", "/x.y", "", "y", "", "", "x.y", "x.y" },
		{ "x..y", "x", "x..y", "", "y", ".y", "", "x", "x..y" },
		{ "", "", "", "", "", "", "", "", "" },
	};
	static const char *const ops[] = { "{}", "{..}", "{...}", "{+/}",
		"{+.}", "{+..}", "{+...}", "{/..}", "{/...}" };
	static const char *const v[] = { "d/x.tar.gz", "" };
	size_t i, k;

	for (i = 0; i < COUNT(rows); i++)
		for (k = 0; k < COUNT(ops); k++)
			gives(ops[k], rows[i], 1, rows[i][k]);
	gives("{%.gz} {%gz} {%.z} {%d/x.tar.gz}.", v, 1,
	    "d/x.tar d/x.tar. d/x.tar.gz .");
	gives("{#d/} {#x} {1#d} {1%z}", v, 1,
	    "x.tar.gz d/x.tar.gz /x.tar.gz d/x.tar.g");
	gives("{:2} {:2:1} {:0:3} {:10}{:11}{:1:0}.", v, 1,
	    "x.tar.gz x d/x .");
	gives("{:-D} {2:-D} {3:-D} {2:-}.", v, 2, "d/x.tar.gz D D D .");
	gives("{##} {#} {%} {1##} {1#} {1%}", v, 1,
	    "9 2 7 {1##} {1#} {1%}");
	gives("{%%x} {##x} {:} {:x} {:1:} {:-1 {%", v, 1,
	    "{%%x} {##x} {:} {:x} {:1:} {:-1 {%");
	expands("{..} {+/} {:1} {##}", NULL, "a.b.c", "{..} {+/} {:1} {##}");
	expands("X {1} {.}", "X", "a.b", "a.b {1} a");
	expands("{} {1}", "{}", "a.b", "a.b a.b");
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
	test_positions();
	test_plus();
	test_questions();
	return done_testing();
}
