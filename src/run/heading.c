#include "config.h"

#include "cli/value.h"
#include "run/heading.h"

enum {
	FIRST = 64 * 1024,	/* bytes of a file that are looked at first */
	MOST = 16 << 20		/* that it can have */
};

void
heading_open(struct heading *h, const char *text)
{
	struct fault f;

	if (text == NULL)
		return;
	h->sought = header_new(text, &f);
	if (h->sought == NULL)
		value_check("--header", text, f);
}

void
heading_close(struct heading *h)
{
	header_free(h->sought);
	buf_free(&h->text);
}

/* How long it is, in what is read, or in a file; true when that is known. */
static bool
of_read(const struct heading *h, const struct well *w, size_t *len)
{
	size_t n = well_seen(w);

	return n == 0 ? w->ended : header_find(h->sought, w->p + w->from, n,
	    w->ended || n >= MOST, len);
}

static char *
of_file(const struct heading *h, struct parts *ps, size_t *len)
{
	size_t most = FIRST, n;
	char *p;

	while ((p = parts_head(ps, most, &n)) && n == most &&
	    !header_find(h->sought, p, n, most >= MOST, len))
		most *= 4;
	if (n > 0 && n < most)
		header_find(h->sought, p, n, true, len);
	return p;
}

bool
heading_find(struct heading *h, struct well *w, struct parts *ps)
{
	size_t len = 0;
	char *p;

	if (ps) {
		p = of_file(h, ps, &len);
		parts_skip(ps, len);
	} else if (of_read(h, w, &len)) {
		p = w->p + w->from;
		well_skip(w, len);
	} else {
		return false;
	}
	buf_add(&h->text, p, len);
	if (len >= MOST)
		w->error = WELL_HEADING;
	header_free(h->sought);
	h->sought = NULL;
	return true;
}
