/* A value comes back from its quotes; nothing of it is syntax. */
#include "config.h"

#include "base/buf.h"
#include "fuzz.h"
#include "input/quote.h"
#include "unquote.h"

static void
comes_back(const struct buf *text, const char *v, size_t n)
{
	struct buf back = { 0 };

	CHECK(unquote(text->data, text->len, &back));
	CHECK(back.len == n + 1 && memcmp(back.data, v, n) == 0);
	buf_free(&back);
}

static void
in_place(enum place place, const char *around, const char *v, size_t n)
{
	struct buf b = { 0 };

	buf_adds(&b, around);
	if (quote_value(&b, place, v, n)) {
		buf_adds(&b, around);
		comes_back(&b, v, n);
	}
	buf_free(&b);
}

static void
in_arithmetic(const char *v, size_t n)
{
	struct buf b = { 0 };
	size_t i;

	if (quote_value(&b, PLACE_ARITH, v, n))
		for (i = 0; i < b.len; i++)
			CHECK(strchr("(-)0123456789", b.data[i]) != NULL);
	else
		CHECK(b.len == 0);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	bool command = fuzz_byte(&f) & 1;
	struct buf b = { 0 };
	size_t n;
	char *v = fuzz_word(&f, '\0', &n);

	in_place(PLACE_BARE, "", v, n);
	in_place(PLACE_SINGLE, "'", v, n);
	in_place(PLACE_DOUBLE, "\"", v, n);
	in_arithmetic(v, n);
	quote_word(&b, v, n, command);
	comes_back(&b, v, n);
	b.len = 0;
	quote_shown(&b, PLACE_BARE, true, v, n);
	comes_back(&b, v, n);
	buf_free(&b);
	free(v);
	return 0;
}
