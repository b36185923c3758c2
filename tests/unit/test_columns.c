/* Records cut into columns: by an expression, as CSV, and trimmed. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "input/columns.h"
#include "tap.h"

/* The n bytes at text in a block of their own; the columns with bars. */
static void
cut(const struct columns_conf *conf, const char *text, size_t n,
    const char *want, const char *name)
{
	char *copy = malloc(n ? n : 1);
	const struct value *v;
	struct buf b = { 0 };
	struct fault f;
	struct columns *c = columns_new(conf, &f);
	const char *why;
	size_t i, count;

	memcpy(copy, text, n);
	if (ok(c != NULL, "%s: compiled", name)) {
		why = columns_cut(c, copy, n, &v, &count);
		for (i = 0; why == NULL && i < count; i++) {
			buf_add(&b, v[i].p, v[i].n);
			buf_addc(&b, '|');
		}
		buf_adds(&b, why ? why : "");
	}
	is_str(buf_str(&b), want, "%s", name);
	buf_free(&b);
	columns_free(c);
	free(copy);
}

static void
by(const char *regex, const char *text, const char *want)
{
	struct columns_conf conf = { .regex = regex };

	cut(&conf, text, strlen(text), want, regex);
}

static void
test_regex(void)
{
	by(",", "", "|");
	by(",", "a", "a|");
	by(",", "a,b", "a|b|");
	by(",", ",a,,b,,", "|a||b|||");
	by("\\t", "a\tb t", "a|b t|");
	by("[\\t;]", "a\tb;ct\\d", "a|b|ct\\d|");
	by("\\\\t", "a\\tb\tc", "a|b\tc|");
	by("\\|", "a|b", "a|b|");
	by(" +", " a  b ", "|a|b||");
	by("ab|cd", "1ab2cd3", "1|2|3|");
	by("(a)(b)", "1ab2", "1|2|");
	by("^a", "aabaa", "|abaa|");
	by("a$", "aabaa", "aaba||");
	by("[^x]", "xaxb", "x|x||");
	by(".", "ab", "|||");
	by("aaaa", "aaaaa", "|a|");
}

static void
fault_at(const char *regex, size_t offset)
{
	struct columns_conf conf = { .regex = regex };
	struct fault f = { 0, NULL, 0 };

	if (!ok(columns_new(&conf, &f) == NULL && f.why, "%s", regex))
		return;
	is_int(f.offset, offset, "%s: %s", regex, f.why);
}

static void
test_faults(void)
{
	fault_at("a(b", 1);
	fault_at("(a)(b", 3);
	fault_at("ab[c", 2);
	fault_at("a\\", 1);
	fault_at("ab{1", 2);
	fault_at("\\t[a", 2);
	fault_at("a*", 0);
	fault_at("^", 0);
	fault_at("x|", 0);
}

static void
csv(const char *text, const char *want)
{
	struct columns_conf conf = { .csv = true, .separator = ',' };

	cut(&conf, text, strlen(text), want, text);
}

static void
test_csv(void)
{
	struct columns_conf tabs = { .csv = true, .separator = '\t' };

	csv("", "|");
	csv("a", "a|");
	csv("a,b", "a|b|");
	csv(",,", "|||");
	csv("\"a,b\",c", "a,b|c|");
	csv("\"\",\"\"\"\"", "|\"|");
	csv("\"a\"\"b\"", "a\"b|");
	csv("\"a\nb\",\r", "a\nb|\r|");
	csv(" a , b ", " a | b |");
	csv("a\"b", "no CSV: a quote in a field without quotes");
	csv(" \"b\"", "no CSV: a quote in a field without quotes");
	csv("\"a\"b", "no CSV: text behind a closing quote");
	csv("\"a\" ,b", "no CSV: text behind a closing quote");
	csv("a,\"b,c", "no CSV: a quote is not closed");
	cut(&tabs, "a,b\t\"c\td\"", 9, "a,b|c\td|", "tabs");
}

/* Random fields written as CSV come back. */
static void
test_round_trip(void)
{
	static const char bytes[] = "ab,,\"\"\n\r ";
	struct columns_conf conf = { .csv = true, .separator = ',' };
	uint32_t seed = 7;
	size_t i, k, n;
	int c;

	for (i = 0; i < 300; i++) {
		struct buf text = { 0 }, want = { 0 };

		for (k = 0; k <= i % 4; k++) {
			buf_adds(&text, k ? ",\"" : "\"");
			for (n = i % 7; n > 0; n--) {
				seed = seed * 1664525 + 1013904223;
				c = bytes[(seed >> 16) % (sizeof(bytes) - 1)];
				buf_addc(&text, (char)c);
				if (c == '"')
					buf_addc(&text, '"');
				buf_addc(&want, (char)c);
			}
			buf_addc(&text, '"');
			buf_addc(&want, '|');
		}
		cut(&conf, text.data, text.len, buf_str(&want), "round trip");
		buf_free(&text);
		buf_free(&want);
	}
}

static void
test_trim(void)
{
	struct columns_conf conf = { .trim = COLUMNS_LEFT };

	cut(&conf, " \t\n a ", 6, "a |", "left");
	conf.trim = COLUMNS_RIGHT;
	cut(&conf, " a \t\n ", 6, " a|", "right");
	conf.trim = COLUMNS_LEFT | COLUMNS_RIGHT;
	cut(&conf, " a b ", 5, "a b|", "both");
	cut(&conf, " \t ", 3, "|", "all");
	cut(&conf, "", 0, "|", "nothing");
	cut(&conf, "\r\v\fa\001 ", 6, "a\001|", "all that are blank");
	conf.regex = ";";
	cut(&conf, " a ; b;c ", 9, "a|b|c|", "columns");
	conf.csv = true;
	conf.separator = ',';
	cut(&conf, "\" a \", b", 8, "a|b|", "CSV");
}

int
main(void)
{
	test_regex();
	test_faults();
	test_csv();
	test_round_trip();
	test_trim();
	return done_testing();
}
