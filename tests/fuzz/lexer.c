/* Any line: its segments are in order and cover it, or a fault lies in it. */
#include "config.h"

#include "fuzz.h"
#include "input/lexer.h"
#include "input/plain.h"

static void
check_segments(const struct template *t, size_t n)
{
	size_t at = 0, i, refs = 0;

	for (i = 0; i < t->n; i++) {
		CHECK(t->seg[i].at >= at && t->seg[i].at <= n);
		CHECK(t->seg[i].len <= n - t->seg[i].at);
		at = t->seg[i].at + t->seg[i].len;
		refs += t->seg[i].ref.op != VALUE_NONE;
	}
	CHECK(refs == t->values + t->numbers);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	unsigned flags = fuzz_byte(&f);
	struct vocabulary v = { .plus = flags & 1 };
	struct lexer_shell shell = { .tests = flags & 2 };
	struct buf b = { 0 };
	struct lexed out = { 0 };
	size_t n;
	char *line = fuzz_word(&f, '\0', &n);

	lexer_run(line, n, &v, &shell, &out);
	CHECK((out.t == NULL) == (out.why != NULL));
	CHECK(out.offset <= n);
	if (out.t)
		check_segments(out.t, n);
	template_free(out.t);
	plain_split(line, n, true, &v, &b);
	plain_is_line(line, &v);
	buf_free(&b);
	free(line);
	return 0;
}
