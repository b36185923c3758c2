#include "config.h"

#include <inttypes.h>

#include "run/halt.h"

static uint64_t
count(const struct halt *h, uint64_t failed, uint64_t ok)
{
	switch (h->what) {
	case HALT_FAIL:
		return failed;
	case HALT_SUCCESS:
		return ok;
	case HALT_DONE:
		break;
	}
	return failed + ok;
}

bool
halt_reached(const struct halt *h, uint64_t failed, uint64_t ok,
    uint64_t total)
{
	uint64_t n = count(h, failed, ok);

	if (h->when == HALT_NEVER || n == 0)
		return false;
	if (!h->percent)
		return n >= h->n;
	/* n * 100 >= total * h->n, without an overflow */
	return total && (n >= total || (double)n * 100 >=
	    (double)total * (double)h->n);
}

/* What has happened, and how the option calls it. */
static const struct {
	const char *verb, *name;
} words[] = {
	[HALT_FAIL] = { "failed", "fail" },
	[HALT_SUCCESS] = { "succeeded", "success" },
	[HALT_DONE] = { "ended", "done" },
};

void
halt_text(const struct halt *h, uint64_t failed, uint64_t ok, struct buf *b)
{
	uint64_t n = count(h, failed, ok);

	buf_addf(b, "halted: %" PRIu64 " %s %s (--halt %s,%s=%" PRIu64 "%s)",
	    n, n == 1 ? "task" : "tasks", words[h->what].verb,
	    h->when == HALT_NOW ? "now" : "soon", words[h->what].name, h->n,
	    h->percent ? "%" : "");
}
