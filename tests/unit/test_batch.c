/* Which items make a task together, and what fits. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/batch.h"
#include "tap.h"

static char w0[100], w1[100], *words[3];

static struct command *
command_of(const char *a, const char *b, bool context)
{
	struct command_conf conf = { .words = words, .context = context };
	struct command_fault fault;

	snprintf(w0, sizeof(w0), "%s", a);
	snprintf(w1, sizeof(w1), "%s", b ? b : "");
	words[0] = w0;
	words[1] = b ? w1 : NULL;
	return command_new(&conf, &fault);
}

/* The batches as text: values joined by blanks, batches by |; ! is bad. */
static void
show(struct buf *b, struct item *it)
{
	if (it->bad)
		buf_addc(b, '!');
	item_show(it, b);
	buf_addc(b, '|');
	free(it);
}

/* Items are the words of text, cut at commas: ? a bad one, * a large one.
   A bad one ends in its record's last byte. */
static void
gives(struct batch_conf conf, const char *cmd, const char *arg,
    const char *text, const char *want)
{
	struct command *c = command_of(cmd, arg, false);
	struct batch *batch;
	struct buf b = { 0 };
	const struct item *over;
	struct item *it;
	size_t n;

	conf.command = c;
	if (conf.room == 0)
		conf.room = 1 << 20;
	batch = batch_new(&conf);
	for (; *text; text += n + (text[n] == ',')) {
		n = strcspn(text, ",");
		it = item_new(text, n, strchr("?*", *text) ? "bad" : NULL);
		it->large = *text == '*';
		it->last = n ? text[n - 1] : '\0';
		batch_add(batch, it);
		while ((it = batch_take(batch, false)))
			show(&b, it);
	}
	buf_addc(&b, ';');
	while ((it = batch_take(batch, true)))
		show(&b, it);
	if (batch_overflows(batch, &over))
		buf_addc(&b, 'X');
	is_str(buf_str(&b), want, "%s of most %zu, %zu slots, -s %zu", cmd,
	    conf.most, conf.slots, conf.max_chars);
	buf_free(&b);
	batch_free(batch);
	command_free(c);
}

static void
test_counts(void)
{
	struct batch_conf two = { .most = 2 }, lines = two, many = { 0 };
	struct batch_conf spread = { .slots = 3 };

	gives(two, "echo", NULL, "", ";");
	gives(two, "echo", NULL, "a,b,c,d", "a b|c d|;");
	gives(two, "echo", NULL, "a,b,c", "a b|;c|");
	gives(two, "echo", NULL, "a,?b,c,d", "a|!?b|c d|;");
	gives(two, "echo", NULL, "a,*b,c,d", "a|!*b|c d|;");
	gives(two, "echo", NULL, ",,a", " |;a|");
	lines.lines = true;
	gives(lines, "echo", NULL, "a,b ,c,,d, ,e", "a b c|d e|;");
	gives(lines, "echo", NULL, "a ,b\t,?c,d", "!a b\t?c|;d|");
	gives(lines, "echo", NULL, "a,b ", ";a b |");
	gives(lines, "echo", NULL, "a , ,b ,c,d ,,e", "a b c d e|;");
	/* What a bad one goes on in is passed over. */
	gives(lines, "echo", NULL, "?a ,b,c,d", "!?a ...|c d|;");
	gives(lines, "echo", NULL, "?a\t,b ,, ,c ,d,e,f", "!?a\t...|e f|;");
	gives(lines, "echo", NULL, "?a ,?b ,?c,?d,e", "!?a ...|!?d|;e|");
	gives(lines, "echo", NULL, "?a ,?b,?c ,d,e", "!?a ...|!?c ...|;e|");
	gives(lines, "echo", NULL, "a,b ,?c ,d ,e,f,g",
	    "a|!b ?c ...|f g|;");
	gives(lines, "echo", NULL, "*a ,b,c,d", "!*a ...|c d|;");
	gives(lines, "echo", NULL, "?a ", "!?a ...|;");
	gives(lines, "echo", NULL, "?a ,b ", "!?a ...|;");
	lines.strict = true;
	gives(lines, "echo", NULL, "?a ,b,*c ,d,e", "!?a ...|;X");
	gives(lines, "echo", NULL, "a ,*c ,d", ";X");
	gives(many, "echo", NULL, "a,b,c,d", ";a b c d|");
	gives(spread, "echo", NULL, "1,2,3,4,5", ";1 2|3 4|5|");
	gives(spread, "echo", NULL, "1,2,3,4", ";1 2|3 4|");
	gives(spread, "echo", NULL, "1,2,3", ";1|2|3|");
	gives(spread, "echo", NULL, "1", ";1|");
	spread.most = 4;
	gives(spread, "echo", NULL, "1,2,3,4,5,6", "1 2 3 4|;5|6|");
}

static struct batch *
lines_of(struct command *c)
{
	struct batch_conf conf = { .command = c, .most = 1, .lines = true,
	    .room = 1 << 20 };

	return batch_new(&conf);
}

/* Items of two values, of which each goes on, and one that does not. */
static void
test_values(void)
{
	struct command *c = command_of("echo", NULL, false);
	struct batch *b = lines_of(c);
	struct value two[] = { { "ab", 2 }, { "cd ", 3 } }, end = { "e", 1 };
	struct item *it;
	size_t i, len;

	for (i = 0; i < 3; i++) {
		it = item_of(two, 2, NULL);
		it->number = 7 + i;
		batch_add(b, it);
		ok(batch_take(b, false) == NULL, "it goes on");
	}
	batch_add(b, item_of(&end, 1, NULL));
	it = batch_take(b, false);
	is_int((int)it->number, 7, "the number of the first");
	is_int((int)it->n, 4, "ab, cd ab, cd ab, cd e");
	is_str(item_value(it, 2, &len), "cd ab", "one value");
	is_str(item_value(it, 3, &len), "cd e", "and the last");
	free(it);
	batch_free(b);
	command_free(c);
}

/* A line that is too long is bad as soon as it is, and only its start kept. */
static void
test_endless(void)
{
	struct command *c = command_of("echo", NULL, false);
	struct batch *b = lines_of(c);
	struct item *it = NULL;
	size_t n, len;

	for (n = 0; n < 200000; n++) {
		batch_add(b, item_new("a ", 2, NULL));
		it = batch_take(b, false);
		if (it)
			break;
	}
	ok(it && it->bad && it->large, "it is bad after %zu lines", n);
	is_int((int)n, 65537, "when more than a word has comes");
	ok(strlen(item_value(it, 0, &len)) < 70, "its start");
	free(it);
	for (n = 0; n < 200000; n++) {
		batch_add(b, item_new("a ", 2, NULL));
		if ((it = batch_take(b, false)))
			break;
	}
	ok(it == NULL, "the rest is passed over");
	batch_add(b, item_new("b", 1, NULL));
	batch_add(b, item_new("c", 1, NULL));
	it = batch_take(b, false);
	is_str(item_value(it, 0, &len), "c", "to its end");
	free(it);
	ok(batch_take(b, true) == NULL, "and no more");
	batch_free(b);
	command_free(c);
}

static void
test_sizes(void)
{
	struct batch_conf c = { .max_chars = 9 };

	/* echo and its NUL are 5 bytes */
	gives(c, "echo", NULL, "a,b,c,d", "a b|;c d|");
	gives(c, "echo", NULL, "abc,d,ef,g", "abc|d|ef|;g|");
	gives(c, "echo", NULL, "a,bcde,c", "a|!bcde|;c|");
	gives(c, "echo", "{}", "a,b,c", "a b|;c|");
	gives(c, "echo", "x{}", "a,b,c", "a|b|;c|");
	c.max_chars = 10;
	gives(c, "echo", "x{}", "a,b,c", "a b|;c|");
	c.max_chars = 12;
	gives(c, "echo", "{2}{1}", "a,b,c", ";a b c|");
	c.strict = true;
	c.max_chars = 9;
	gives(c, "echo", NULL, "a,b,c", "a b|;c|");
	gives(c, "echo", NULL, "a,bcde,c", "a|;X");
	gives(c, "echo", NULL, "a,?b,*c,d", "a|!?b|;X");
	c.most = 3;
	gives(c, "echo", NULL, "a,b,c", ";X");
	gives(c, "echo", NULL, "a,*b,c", ";X");
	c.most = 2;
	gives(c, "echo", NULL, "a,b,c", "a b|;c|");
	c = (struct batch_conf){ .max_chars = 8, .slots = 2 };
	gives(c, "echo", "{2}", "a,b,c,dddd", ";a b|c|dddd|");
	c = (struct batch_conf){ .room = 5 + 4 + 4 * sizeof(char *) };
	gives(c, "echo", NULL, "a,b,c,d", "a b|;c d|");
	c.room--;
	gives(c, "echo", NULL, "a,b,c", "a|b|;c|");
}

/* What was measured piece by piece is what is made. */
static void
exact(const char *cmd, const char *arg, bool context, size_t limit)
{
	struct command *c = command_of(cmd, arg, context);
	struct batch_conf conf = { .command = c, .room = 1 << 20,
	    .max_chars = limit };
	struct batch *batch = batch_new(&conf);
	struct item *it = NULL, *more;
	struct command_task t = { .seq = 1000000000, .slot = 1000 };
	struct words w = { .n = 0 };
	char text[30];
	size_t i, first;

	for (i = 0; it == NULL; i++) {
		snprintf(text, sizeof(text), "it's %zu.%zu", i * i, i);
		batch_add(batch, item_new(text, strlen(text), NULL));
		it = batch_take(batch, false);
	}
	t.item = it;
	command_expand(c, &t, &w);
	ok(w.bytes.len <= limit, "it fits: %s %s", cmd, arg);
	first = w.bytes.len;
	more = item_new(text, strlen(text), NULL);
	t.item = item_join((struct item *[]){ it, more }, 2);
	command_expand(c, &t, &w);
	ok(w.bytes.len > limit, "one more would not: %s %s", cmd, arg);
	note("%zu of %zu", first, limit);
	free((void *)(uintptr_t)t.item);
	free(more);
	free(it);
	buf_free(&w.bytes);
	batch_free(batch);
	command_free(c);
}

static void
test_exact(void)
{
	size_t limit;

	for (limit = 400; limit < 440; limit += 3) {
		exact("echo", NULL, false, limit);
		exact("echo", "{}", false, limit);
		exact("echo", "a{}b{.}c", false, limit);
		exact("echo", "a{}b{.}c", true, limit);
		exact("echo", "{1}{2}{3}{}", false, limit);
		exact("echo", "{1}x{}{2}", true, limit);
		exact("echo", "{}{-1}{2}", false, limit);
		exact("echo", "{-2}{}", true, limit);
		exact("echo {} | x", NULL, false, limit);
		exact("echo a{}b '{.}' \"{/}\" | x", NULL, true, limit);
		exact("echo a{}b '{.}' \"{/}\" {#} {%} | x", NULL, false,
		    limit);
		exact("echo {1}{} {-2} | x", NULL, true, limit);
		exact("echo '{-1}' {} {2} | x", NULL, false, limit);
		exact("echo \"$@\" | x", NULL, false, limit);
		exact("echo; x", NULL, false, limit);
	}
}

/* A shell line is one string, and that is bounded. */
static void
test_line(void)
{
	struct batch_conf conf = { .room = 1 << 20 };
	struct command *c = command_of("echo {} | wc", NULL, false);
	struct item *it = NULL;
	struct batch *batch;
	struct command_task t = { .seq = 1, .slot = 1 };
	struct words w = { .n = 0 };
	int i;

	conf.command = c;
	batch = batch_new(&conf);
	for (i = 0; it == NULL; i++) {
		batch_add(batch, item_new("12345678", 8, NULL));
		it = batch_take(batch, false);
	}
	t.item = it;
	is_str(command_expand(c, &t, &w), NULL, "a full line is fine");
	is_int(command_line(c, &w), 131063, "as long as can be");
	free(it);
	buf_free(&w.bytes);
	batch_free(batch);
	command_free(c);
}

int
main(void)
{
	test_counts();
	test_values();
	test_endless();
	test_sizes();
	test_exact();
	test_line();
	return done_testing();
}
