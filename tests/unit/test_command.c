/* COMMAND and its items made into an argv, and into what people read. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/command.h"
#include "tap.h"

static int asked;

static bool
in_path(const char *name)
{
	static const char *const there[] = {
		"awk", "cp", "echo", "gzip", "sh", "test", "true", "make",
		"./run", "printf", "env",
	};
	size_t i;

	asked++;
	for (i = 0; i < COUNT(there); i++)
		if (strcmp(name, there[i]) == 0)
			return true;
	return false;
}

static bool
is_function(const char *name)
{
	return strcmp(name, "fn") == 0 || strcmp(name, "gzip-all") == 0;
}

/* Up to three words, of which NULL is none. */
static struct command_conf
conf_of(const char *a, const char *b, const char *c)
{
	static char copies[3][100], *words[4];
	const char *text[3] = { a, b, c };
	struct command_conf conf = {
		.words = words, .world = { in_path, is_function },
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		words[i] = text[i] ? copies[i] : NULL;
		if (text[i])
			snprintf(copies[i], sizeof(copies[i]), "%s", text[i]);
	}
	return conf;
}

/* The argv as text, each word in <>; in b. */
static const char *
expansion(const struct command *c, const char *value, size_t n,
    struct words *w, struct buf *b)
{
	struct item *it = item_new(value, n, NULL);
	struct command_task task = { .item = it, .seq = 5, .slot = 2 };
	const char *why = command_expand(c, &task, w), *s;
	size_t i;

	b->len = 0;
	if (why) {
		buf_adds(b, "bad: ");
		buf_adds(b, why);
	} else {
		s = w->bytes.data;
		for (i = 0; i < w->n; i++, s += strlen(s) + 1)
			buf_addf(b, "<%s>", s);
	}
	free(it);
	return buf_str(b);
}

static const char *
shown(const struct command *c, const char *value, struct buf *b)
{
	struct item *it = item_new(value, strlen(value), NULL);
	struct command_task task = { .item = it, .seq = 5, .slot = 2 };

	b->len = 0;
	command_show(c, &task, b);
	free(it);
	return buf_str(b);
}

/* One command with one value: its argv, and how it is shown (NULL: any). */
static void
check_conf(const struct command_conf *conf, const char *value,
    const char *argv, const char *show)
{
	struct command_fault fault;
	struct command *c = command_new(conf, &fault);
	const char *name = conf->words[0] ? conf->words[0] : "(mode)";
	struct words w = { 0 };
	struct buf b = { 0 };

	if (!ok(c != NULL, "compiled: %.*s", (int)strcspn(name, "\n"), name)) {
		note("%s at %zu,%zu", fault.why, fault.word, fault.offset);
		return;
	}
	is_str(expansion(c, value, strlen(value), &w, &b), argv, "the argv");
	if (show)
		is_str(shown(c, value, &b), show, "as shown");
	buf_free(&b);
	buf_free(&w.bytes);
	command_free(c);
}

static void
check(const char *word, const char *value, const char *argv,
    const char *show)
{
	struct command_conf conf = conf_of(word, NULL, NULL);

	check_conf(&conf, value, argv, show);
}

static void
check3(const char *a, const char *b, const char *c, const char *value,
    const char *argv, const char *show)
{
	struct command_conf conf = conf_of(a, b, c);

	check_conf(&conf, value, argv, show);
}

static void
test_argv(void)
{
	check3("cp", "-v", NULL, "a b", "<cp><-v><a b>", "cp -v 'a b'");
	check3("cp", "{}", "{.}.bak", "d/a.c", "<cp><d/a.c><d/a.bak>",
	    "cp d/a.c d/a.bak");
	check3("{}", "-x", NULL, "prog", "<prog><-x>", "prog -x");
	check3("echo", "{#}", "{%}", "v", "<echo><5><2>", "echo 5 2");
	check3("echo", "$1;", "x y", "v", "<echo><$1;><x y><v>",
	    "echo '$1;' 'x y' v");
	check3("echo", "a\tb", NULL, "", "<echo><a\tb><>",
	    "echo 'a\tb' ''");
	check3("A=b", "x", NULL, "if", "<A=b><x><if>", "'A=b' x if");
	check3("echo", "{foo}", NULL, "v", "<echo><{foo}><v>",
	    "echo '{foo}' v");
	check("gzip", "a", "<gzip><a>", "gzip a");
	check("./run.sh", "a", "<./run.sh><a>", "./run.sh a");
	check("{}", "a b", "<a b>", "'a b'");
	check("no-such", "a", "<no-such><a>", "no-such a");
}

static void
test_replace(void)
{
	static const struct vocabulary own = { .replace = "XX" };
	struct command_conf conf = conf_of("cp", "XX", "{}.XX");

	conf.vocabulary = &own;
	check_conf(&conf, "v", "<cp><v><{}.v>", "cp v '{}.v'");
	conf = conf_of("echo", "a", NULL);
	conf.vocabulary = &own;
	check_conf(&conf, "v", "<echo><a>", "echo a");
	conf = conf_of("gzip XX {/}", NULL, NULL);
	conf.vocabulary = &own;
	check_conf(&conf, "d/v", "<gzip><d/v><v>", "gzip d/v v");
	conf = conf_of("gzip -9;", NULL, NULL);
	conf.vocabulary = &own;
	check_conf(&conf, "v", "</bin/sh><-c><gzip -9;><sh><v>", "gzip -9;");
}

/* Lines of plain words need no shell; all others do. */
static void
test_plain(void)
{
	static const char *const shells[] = {
		"exit {}", "cd {}", ": {}", "test -f {}", "if {}", "A=b {}",
		"echo *{}", "echo ~{}", "echo {} >x", "echo '{}'",
		"echo \"{}\"", "nope {}", "echo {}\n", "{} a", "echo {};",
		"echo [{}", "echo $x {}", "echo ^ {}", "echo {}{x}",
		"echo a\\ {}", "echo #{}", "! true {}", "fn a {}",
	};
	struct command_fault fault;
	struct words w = { 0 };
	struct buf b = { 0 };
	size_t i;

	check("  gzip  -9\t{} ", "a b", "<gzip><-9><a b>", "gzip -9 'a b'");
	check("gzip -9", "a", "<gzip><-9><a>", "gzip -9 a");
	check("make CC=gcc o={}", "a", "<make><CC=gcc><o=a>", NULL);
	check("echo a,b@c%d+e:f {#}", "v", "<echo><a,b@c%d+e:f><5>", NULL);
	check("./run {}", "v", "<./run><v>", NULL);
	for (i = 0; i < COUNT(shells); i++) {
		struct command_conf conf = conf_of(shells[i], NULL, NULL);
		struct command *c = command_new(&conf, &fault);

		if (c == NULL)
			continue;
		expansion(c, "v", 1, &w, &b);
		ok(strstr(b.data, "><-c><"), "with a shell: %.*s",
		    (int)strcspn(shells[i], "\n"), shells[i]);
		command_free(c);
	}
	buf_free(&b);
	buf_free(&w.bytes);
}

static void
test_lines(void)
{
	struct command_conf conf;

	check("gzip <{} >{.}.gz", "a b.c",
	    "</bin/sh><-c><gzip <'a b.c' >'a b'.gz><sh><a b.c>",
	    "gzip <'a b.c' >'a b'.gz");
	check("echo \"{}\" '{}' | cat", "it's",
	    "</bin/sh><-c><echo \"\"'it'\\''s'\"\" 'it'\\''s' | cat>"
	    "<sh><it's>", "echo \"it's\" 'it'\\''s' | cat");
	check("gzip -c \"$1\" >x", "a", "</bin/sh><-c><gzip -c \"$1\" >x>"
	    "<sh><a>", "sh -c 'gzip -c \"$1\" >x' sh a");
	check("sort | uniq", "a b", "</bin/sh><-c><sort | uniq 'a b'><sh>"
	    "<a b>", "sort | uniq 'a b'");
	check("echo $(({}+1))", "041", "</bin/sh><-c><echo $((41+1))><sh>"
	    "<041>", "echo $((41+1))");
	check("echo $(({}+1))", "x", "bad: is no integer, but stands inside "
	    "$((...)) in the command", NULL);
	check("echo {} {} >{/}.{#}", "d/f",
	    "</bin/sh><-c><echo 'd/f' 'd/f' >'f'.'5'><sh><d/f>",
	    "echo d/f d/f >f.5");
	check("-x; {}", "v", "</bin/sh><-c>< -x; 'v'><sh><v>", "-x; v");
	check("{}; :", "if", "</bin/sh><-c><'if'; :><sh><if>", "'if'; :");
	check("x={}; a {}b {}>f", "2", "</bin/sh><-c><x='2'; a '2'b '2'>f>"
	    "<sh><2>", "x=2; a 2b '2'>f");
	check("a ~{} $x{} {{},x};", "v",
	    "</bin/sh><-c><a ~'v' $x'v' {'v',x};><sh><v>",
	    "a ~'v' $x'v' {'v',x};");
	check("a \"$x{}\";", "v",
	    "</bin/sh><-c><a \"$x\"'v'\"\";><sh><v>", "a \"$x\"'v'\"\";");

	conf = conf_of("gzip -9 {}", NULL, NULL);
	conf.shell = "/opt/bin/zsh";
	check_conf(&conf, "a", "</opt/bin/zsh><-c><gzip -9 'a'><zsh><a>",
	    "gzip -9 a");
	conf = conf_of("echo $1", NULL, NULL);
	conf.shell = "/opt/bin/zsh";
	check_conf(&conf, "a", "</opt/bin/zsh><-c><echo $1><zsh><a>",
	    "/opt/bin/zsh -c 'echo $1' zsh a");
	conf = conf_of("echo", "a b", ">{}");
	conf.form = FORM_SHELL;
	check_conf(&conf, "f", "</bin/sh><-c><echo a b >'f'><sh><f>",
	    "echo a b >f");
	conf = conf_of("gzip", NULL, NULL);
	conf.form = FORM_SHELL;
	check_conf(&conf, "f", "</bin/sh><-c><gzip 'f'><sh><f>", "gzip f");
	conf = conf_of("my prog", NULL, NULL);
	conf.form = FORM_EXEC;
	check_conf(&conf, "f", "<my prog><f>", "'my prog' f");
}

static void
test_functions(void)
{
	struct command_conf conf;

	check3("fn", "-x", NULL, "a b", "<bash><-c><'fn' \"$@\"><bash><-x>"
	    "<a b>", "fn -x 'a b'");
	check("fn", "v", "<bash><-c><'fn' \"$@\"><bash><v>", "fn v");
	check("fn {} >x", "v", "<bash><-c><fn 'v' >x><bash><v>", "fn v >x");
	check("time fn {}", "v", "<bash><-c><time fn 'v'><bash><v>", NULL);
	check("a; gzip-all {}", "v", "<bash><-c><a; gzip-all 'v'><bash><v>",
	    NULL);
	check("a; gzip-all2 {}", "v",
	    "</bin/sh><-c><a; gzip-all2 'v'><sh><v>", NULL);
	conf = conf_of("fn {}", NULL, NULL);
	conf.shell = "/bin/sh";
	check_conf(&conf, "v", "</bin/sh><-c><fn 'v'><sh><v>", NULL);
}

static void
test_records(void)
{
	struct command_conf conf = conf_of(NULL, NULL, NULL);
	struct command_fault fault;
	struct command *c = command_new(&conf, &fault);
	struct words w = { 0 };
	struct buf b = { 0 };
	int before;

	ok(command_is_mode(c), "no COMMAND: command mode");
	check_conf(&conf, "gzip -9 a", "<gzip><-9><a>", "gzip -9 a");
	check_conf(&conf, "gzip {} a", "</bin/sh><-c><gzip {} a><sh>",
	    "gzip {} a");
	check_conf(&conf, "a | b", "</bin/sh><-c><a | b><sh>", "a | b");
	check_conf(&conf, "fn x", "<bash><-c><fn x><bash>", "fn x");
	check_conf(&conf, "-x", "</bin/sh><-c>< -x><sh>", "-x");
	check_conf(&conf, "cd /", "</bin/sh><-c><cd /><sh>", NULL);
	check_conf(&conf, "", "", "");
	check_conf(&conf, " \t", "", NULL);
	before = asked;
	expansion(c, "gzip a", 6, &w, &b);
	expansion(c, "gzip b", 6, &w, &b);
	is_int(asked - before, 1, "PATH is asked once for the same program");
	expansion(c, "", 0, &w, &b);
	is_int(w.n, 0, "a blank record is no command");
	command_free(c);
	conf.form = FORM_SHELL;
	check_conf(&conf, "gzip a", "</bin/sh><-c><gzip a><sh>", NULL);
	conf.form = FORM_EXEC;
	check_conf(&conf, "a b", "<a b>", NULL);
	buf_free(&b);
	buf_free(&w.bytes);
}

static void
test_bad_items(void)
{
	static char big[140000];
	struct command_conf conf = conf_of("echo {};", NULL, NULL);
	struct command_fault fault;
	struct command *c = command_new(&conf, &fault);
	struct words w = { 0 };
	struct buf b = { 0 };

	memset(big, 'x', sizeof(big));
	is_str(expansion(c, "a\0b", 3, &w, &b), "bad: has a NUL byte in it",
	    "a NUL in a value");
	ok(strncmp(expansion(c, big, 131072, &w, &b), "bad: command line too",
	    21) == 0, "a line of more than 128 KiB");
	ok(strncmp(expansion(c, big, 131072 - 9, &w, &b), "</bin/sh>", 9) == 0,
	    "a line that just fits");
	command_free(c);
	conf = conf_of("echo", NULL, NULL);
	c = command_new(&conf, &fault);
	ok(strncmp(expansion(c, big, 131071, &w, &b), "<echo>", 6) == 0,
	    "a word that just fits");
	ok(strncmp(expansion(c, big, 131072, &w, &b), "bad: ", 5) == 0,
	    "a word that does not");
	command_free(c);
	buf_free(&b);
	buf_free(&w.bytes);
}

static void
is_fault(const struct command_conf *conf, size_t word, size_t offset)
{
	struct command_fault fault;
	struct command *c = command_new(conf, &fault);

	if (!ok(c == NULL && fault.why, "refused: %.*s",
	    (int)strcspn(conf->words[0], "\n"), conf->words[0])) {
		command_free(c);
		return;
	}
	ok(fault.word == word && fault.offset == offset,
	    "at %zu,%zu: %s (%s)", fault.word, fault.offset, fault.why,
	    fault.advice ? fault.advice : "");
}

static void
test_faults(void)
{
	struct command_conf conf = conf_of("echo `{}`", NULL, NULL);

	is_fault(&conf, 0, 6);
	conf = conf_of("gzip;", NULL, NULL);
	is_fault(&conf, 0, 5);
	conf = conf_of("echo $(", NULL, NULL);
	is_fault(&conf, 0, 5);
	conf = conf_of("gzip # x", NULL, NULL);
	is_fault(&conf, 0, 8);
	conf = conf_of("", NULL, NULL);
	is_fault(&conf, 0, 0);
	conf = conf_of("a", "b", "\\{}");
	conf.form = FORM_SHELL;
	is_fault(&conf, 2, 1);
	conf = conf_of("a", "x", "b;");
	conf.form = FORM_SHELL;
	is_fault(&conf, 2, 2);
	conf = conf_of("a ;", "{}`", "x");
	conf.form = FORM_SHELL;
	is_fault(&conf, 1, 2);
}

static void
slot(const char *word, bool want)
{
	struct command_conf conf = conf_of(word, NULL, NULL);
	struct command_fault fault;
	struct command *c = command_new(&conf, &fault);

	ok(command_uses_slot(c) == want, "{%%} in %s", word);
	command_free(c);
}

static void
test_questions(void)
{
	slot("gzip {%}", true);
	slot("gzip {%};", true);
	slot("x{%}", true);
	slot("gzip {#}", false);
	command_free(NULL);
}

int
main(void)
{
	test_argv();
	test_replace();
	test_plain();
	test_lines();
	test_functions();
	test_records();
	test_bad_items();
	test_faults();
	test_questions();
	return done_testing();
}
