/* Records, words and CSV are the same however their bytes are cut. */
#include "config.h"

#include "base/buf.h"
#include "fuzz.h"
#include "input/split.h"

static void
add(struct buf *out, const struct record *r)
{
	CHECK(r->n == 0 || r->p != NULL);
	buf_add(out, r->p, r->n);
	buf_addf(out, "|%zu %d %d %d|", r->n, r->over, r->nul, r->open);
}

static struct buf
run(struct split s, const char *p, size_t n, size_t cut)
{
	struct buf out = { 0 };
	struct record r;
	size_t len, m;
	const char *q;

	while (n > 0) {
		len = cut && cut < n ? cut : n;
		q = p;
		m = len;
		while (split_next(&s, &q, &m, &r))
			add(&out, &r);
		CHECK(m == 0);
		p += len;
		n -= len;
	}
	if (split_end(&s, &r))
		add(&out, &r);
	split_free(&s);
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { (const char *)data, size };
	struct split s = { 0 };
	struct buf whole, cut;
	unsigned flags;
	size_t at;

	s.delimiter = (unsigned char)fuzz_byte(&f);
	flags = fuzz_byte(&f);
	s.skip_empty = flags & 1;
	s.how = (enum split_how)((flags >> 1) % 3);
	if (s.how != SPLIT_DELIMITER)
		s.delimiter = '\n';
	s.separator = flags & 128 ? ';' : ',';
	s.limit = fuzz_byte(&f) + SPLIT_KEEP;
	at = fuzz_byte(&f) + 1;
	whole = run(s, f.p, f.n, 0);
	cut = run(s, f.p, f.n, at);
	CHECK(whole.len == cut.len);
	CHECK(whole.len == 0 || memcmp(whole.data, cut.data, cut.len) == 0);
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
