/* Replies are the same however their bytes are cut, and none is lost. */
#include "config.h"

#include "base/buf.h"
#include "fuzz.h"
#include "run/reply.h"

static void
take(const struct reply_form *f, struct reply *r, struct buf *have,
    struct buf *out, bool *bad)
{
	struct reply_piece piece;
	enum reply_got got;

	for (;;) {
		got = reply_next(f, r, have->data, have->len, &piece);
		CHECK(piece.at + piece.len <= have->len);
		CHECK(piece.used <= have->len);
		*bad = got == REPLY_BAD;
		if (got == REPLY_MORE || *bad)
			return;
		CHECK(piece.used > 0);
		if (piece.len)
			buf_add(out, have->data + piece.at, piece.len);
		if (got == REPLY_END)
			buf_adds(out, "<end>");
		buf_shift(have, piece.used);
	}
}

static struct buf
run(const struct reply_form *f, const char *p, size_t n, size_t cut)
{
	struct buf have = { 0 }, out = { 0 };
	struct reply r = { 0 };
	bool bad = false;
	size_t len;

	while (n > 0 && !bad) {
		len = cut && cut < n ? cut : n;
		buf_add(&have, p, len);
		p += len;
		n -= len;
		take(f, &r, &have, &out, &bad);
	}
	buf_adds(&out, bad ? "<bad>" : "");
	buf_free(&have);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	struct reply_form form = { (enum reply_how)(fuzz_byte(&f) % 4), "" };
	struct buf whole, cut;
	size_t at = fuzz_byte(&f) % 16 + 1, n, count;
	char *eot = fuzz_word(&f, '\n', &n);

	form.eot = eot;
	whole = run(&form, f.p, f.n, 0);
	cut = run(&form, f.p, f.n, at);
	CHECK(whole.len == cut.len);
	CHECK(whole.len == 0 || memcmp(whole.data, cut.data, cut.len) == 0);
	if (form.how == REPLY_LINE || form.how == REPLY_NUL) {
		n = f.n ? reply_whole(&form, f.p, f.n, at, &count) : 0;
		CHECK(n <= f.n);
		CHECK(n == 0 || f.p[n - 1] == (form.how == REPLY_NUL ? '\0' :
		    '\n'));
	}
	buf_free(&whole);
	buf_free(&cut);
	free(eot);
	return 0;
}
