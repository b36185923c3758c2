#include "config.h"

#include <inttypes.h>

#include "output/progress.h"

enum {
	BAR_LEAST = 8,		/* columns between the brackets */
	BAR_MOST = 40
};

nsec
progress_left(const struct progress *p)
{
	uint64_t left = p->total - p->done;
	size_t slots = p->slots ? p->slots : 1;
	double rows;

	if (!p->whole || p->median == 0)
		return left == 0 && p->whole ? 0 : -1;
	rows = (double)left / (double)slots;
	if (left > 0 && rows < 1)
		rows = 1;
	rows *= (double)p->median;
	return rows < (double)NEVER / 2 ? (nsec)rows : -1;
}

/* 5s, 1m05s, 2h05m, 3d04h */
static void
add_span(struct buf *b, nsec span)
{
	static const struct {
		uint64_t seconds;
		char unit, minor;
	} units[] = {
		{ 86400, 'd', 'h' }, { 3600, 'h', 'm' }, { 60, 'm', 's' }
	};
	uint64_t s = (uint64_t)(span + SEC / 2) / SEC, each;
	size_t i;

	if (s == 0 && span > 0)
		s = 1;
	for (i = 0; i < 3; i++) {
		if (s < units[i].seconds)
			continue;
		each = i == 0 ? 3600 : units[i].seconds / 60;
		buf_addf(b, "%" PRIu64 "%c%02" PRIu64 "%c",
		    s / units[i].seconds, units[i].unit,
		    s % units[i].seconds / each, units[i].minor);
		return;
	}
	buf_addf(b, "%" PRIu64 "s", s);
}

static void
add_counts(struct buf *b, const struct progress *p)
{
	nsec left = progress_left(p);

	buf_addf(b, "%" PRIu64 "/%" PRIu64 "%s done, %zu running, %" PRIu64
	    " failed", p->done, p->total, p->whole ? "" : "+", p->running,
	    p->failed);
	if (!p->eta || left < 0)
		return;
	buf_adds(b, ", ");
	add_span(b, left);
	buf_adds(b, " left");
}

/* Of all that is known of so far. */
static void
add_bar(struct buf *b, const struct progress *p, size_t room)
{
	size_t width = room < BAR_MOST ? room : BAR_MOST, i, full;
	double share = p->total ? (double)p->done / (double)p->total : 0;

	full = (size_t)(share * (double)width);
	buf_addc(b, '[');
	for (i = 0; i < width; i++)
		buf_addc(b, i < full ? '#' : '-');
	buf_addf(b, "] %3d%% ", (int)(share * 100));
}

void
progress_text(const struct progress *p, struct buf *b)
{
	enum { AROUND = sizeof("[] 100% ") - 1 };
	struct buf counts = { 0 };
	size_t start = b->len;

	add_counts(&counts, p);
	if (p->bar && p->width >= counts.len + AROUND + BAR_LEAST)
		add_bar(b, p, p->width - counts.len - AROUND);
	buf_add(b, counts.data, counts.len);
	if (b->len - start > p->width)
		b->len = start + p->width;
	buf_free(&counts);
}
