/*
 * COMMAND of any words, with any item: what is shown of an argv form is, for
 * a shell, what is executed; and it is a text that the command can make.
 */
#include "config.h"

#include "base/buf.h"
#include "fuzz.h"
#include "input/command.h"
#include "input/origin.h"
#include "unquote.h"

enum { WORDS = 6 };

static bool
yes(const char *name)
{
	return name[0] != 'n';
}

static bool
no(const char *name)
{
	return name[0] == 'f';
}

static void
check_origin(const struct command *c, const struct command_task *t,
    const struct buf *shown)
{
	struct origin *o = origin_new(c, t->item->n);

	CHECK(command_uses_slot(c) || origin_fits(o, shown->data, shown->len));
	origin_free(o);
}

static void
check_task(const struct command *c, const struct command_task *t, bool direct)
{
	struct buf shown = { 0 }, back = { 0 };
	struct words w = { .n = 0 };
	const char *why = command_expand(c, t, &w);
	size_t i, n = 0;

	command_show(c, t, &shown);
	if (t->seq % 16 == 5)	/* it takes time */
		check_origin(c, t, &shown);
	if (why == NULL) {
		for (i = 0; i < w.bytes.len; i++)
			n += w.bytes.data[i] == '\0';
		CHECK(n == w.n);
	}
	if (why == NULL && direct && unquote(shown.data, shown.len, &back))
		CHECK(back.len == w.bytes.len &&
		    memcmp(back.data, w.bytes.data, back.len) == 0);
	buf_free(&w.bytes);
	buf_free(&shown);
	buf_free(&back);
}

static void
check_template(const char *text, const struct vocabulary *v,
    const struct command_task *t)
{
	struct template *m = template_new(text, v);
	struct buf b = { 0 };

	template_expand(m, t, &b);
	if (!template_has_refs(m))
		CHECK(b.len == strlen(text) &&
		    (b.len == 0 || memcmp(b.data, text, b.len) == 0));
	CHECK(template_values(m) == 0 || template_has_refs(m));
	template_free(m);
	buf_free(&b);
}

/* Values are parted by a byte 1. */
static struct item *
item_cut(const char *p, size_t n)
{
	struct value v[4];
	size_t count = 0;
	const char *end;

	while (count < 3 && n > 0 && (end = memchr(p, 1, n)) != NULL) {
		v[count].p = p;
		v[count++].n = (size_t)(end - p);
		n -= (size_t)(end - p) + 1;
		p = end + 1;
	}
	v[count].p = p;
	v[count++].n = n;
	return item_of(v, count, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	unsigned flags = fuzz_byte(&f);
	static const char *const replace[] = { NULL, "@", "{}", "XX" };
	struct vocabulary v = { .replace = replace[flags >> 2 & 3],
		.plus = flags & 16 };
	struct command_conf conf = { .vocabulary = &v,
		.form = (enum command_form)(flags % 3),
		.context = flags & 32, .no_args = flags & 64,
		.world = { yes, no } };
	struct command_task t = { .seq = flags + 1, .slot = flags >> 4 };
	struct command_fault fault;
	char *words[WORDS + 1] = { NULL }, *value;
	struct command *c;
	struct item *it;
	size_t n = 0, want = fuzz_byte(&f) % (WORDS + 1), len, i;

	value = fuzz_word(&f, '\0', &len);
	t.item = it = item_cut(value, len);
	while (f.n > 0 && n < want)
		words[n++] = fuzz_word(&f, '\0', &len);
	conf.words = words;
	c = command_new(&conf, &fault);
	if (c)
		check_task(c, &t, n > 1 && conf.form == FORM_EXEC &&
		    words[0][0] != 'f');
	else
		CHECK(fault.why && fault.word < n &&
		    fault.offset <= strlen(words[fault.word]));
	command_free(c);
	for (i = 0; i < n; i++) {
		check_template(words[i], &v, &t);
		free(words[i]);
	}
	free(it);
	free(value);
	return 0;
}
