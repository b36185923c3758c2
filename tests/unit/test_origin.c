#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "input/origin.h"
#include "tap.h"

static bool
never(const char *name)
{
	(void)name;
	return false;
}

/* Could the command, its words parted by |, have made the text? */
static bool
fits(const char *words, size_t values, const char *text)
{
	char copy[256], *argv[8], *s = copy;
	struct vocabulary v = { .plus = true };
	struct command_conf conf = { .words = argv, .vocabulary = &v,
		.world = { never, never } };
	struct command_fault fault;
	struct command *c;
	struct origin *o;
	size_t n = 0;
	bool yes;

	snprintf(copy, sizeof(copy), "%s", words);
	while (s) {
		argv[n++] = s;
		s = strchr(s, '|');
		if (s)
			*s++ = '\0';
	}
	argv[*words ? n : 0] = NULL;
	c = command_new(&conf, &fault);
	o = origin_new(c, values);
	yes = origin_fits(o, text, strlen(text));
	origin_free(o);
	command_free(c);
	return yes;
}

static void
test_words(void)
{
	ok(fits("gzip", 1, "gzip a"), "a program and its item");
	ok(fits("gzip", 1, "gzip 'a b'"), "which has a blank");
	ok(fits("gzip", 1, "gzip 'it'\\''s a'"), "and a quote");
	ok(fits("gzip", 1, "gzip ''"), "or nothing");
	ok(!fits("gzip", 1, "gzip -9 a"), "one word too many");
	ok(!fits("gzip|-9", 1, "gzip a"), "one missing");
	ok(!fits("gzip", 1, "bzip2 a"), "another program");
	ok(!fits("gzip", 1, ""), "nothing at all");
	ok(fits("gzip", 0, "gzip -9 a"), "unless items vary");
	ok(fits("mv|{}|{.}.bak", 1, "mv a.c a.bak"), "parts of it");
	ok(fits("mv|{}|{.}.bak", 1, "mv 'a b.c' 'a b.bak'"), "in quotes");
	ok(!fits("mv|{}|{.}.bak", 1, "cp a.c a.bak"), "not those of cp");
	ok(fits("{}|x", 1, "anything x"), "the item is the program");
	ok(fits("cd|{//}", 1, "cd ."), "a folder");
	ok(fits("cd|{//}", 1, "cd /tmp/x"), "another");
	ok(fits("echo|{#}", 1, "echo 4"), "the number");
	ok(fits("echo|x{+..}", 1, "echo xa.b"), "two extensions");
	ok(fits("echo|x{:5000}", 1, "echo xa"), "what is behind 5000 bytes");
	ok(fits("echo|{:-none}", 1, "echo none"), "what stands for nothing");
}

static void
test_lines(void)
{
	ok(fits("gzip <{} >out", 1, "gzip <a >out"), "a shell line");
	ok(fits("gzip <{} >out", 1, "gzip <'a b' >out"), "in quotes");
	ok(!fits("gzip <{} >out", 1, "gzip -9 <a >out"), "an option more");
	ok(!fits("gzip <{} >out", 1, "gzip <a >put"), "another end");
	ok(fits("f \"{}\"; cat", 1, "f \"a b\"; cat"), "bare in them");
	ok(fits("f \"{}\"; cat", 1, "f \"\"'$x'\"\"; cat"), "quoted in them");
	ok(fits("f $(g {}) x", 1, "f $(g 'a b') x"), "in a command");
	ok(fits("f \"$1\"; g", 1, "sh -c 'f \"$1\"; g' sh 'a b'"), "as $1");
	ok(!fits("f \"$1\"; g", 1, "sh -c 'f \"$1\"; h' sh 'a b'"), "other");
	ok(fits("", 1, "any  line | at all"), "command mode");
}

int
main(void)
{
	test_words();
	test_lines();
	return done_testing();
}
