#include "config.h"

#include <string.h>

#include "run/ends.h"

enum { LOOKED = 1 << 20 };	/* searched before signals come first */

void
ends_begin(struct ends *e)
{
	memset(&e->scan, 0, sizeof(e->scan));
	e->search = ENDS_NEW;
	e->looking = false;
}

size_t
ends_wanted(const struct ends *e, const struct well *w, size_t size)
{
	size_t have = well_has(w);

	if (e->search == ENDS_BEYOND || cut_has_number(e->cut) ||
	    have >= size + cut_ahead(e->cut))
		return 0;
	return size + cut_ahead(e->cut) - have;
}

/* Is enough there, n bytes, to know which border is the last of a block? */
static bool
is_enough(const struct ends *e, const struct well *w, size_t n, size_t size)
{
	return n > size && (w->ended || n >= size + cut_ahead(e->cut));
}

/* More of the search from behind; 0: there is no border, or it goes on. */
static size_t
search_back(struct ends *e, char *p, size_t n)
{
	size_t from, border, looked = 0;
	off_t at, to;

	while (cut_back_next(e->cut, &e->back, &at, &to, &from)) {
		if (to > (off_t)n)
			to = (off_t)n;
		border = cut_last(e->cut, &e->back.scan, p + at,
		    (size_t)(to - at), from, (size_t)(e->back.n - at));
		if (border)
			return (size_t)at + border;
		looked += (size_t)(to - at);
		e->looking = looked >= LOOKED || e->back.scan.tired;
		if (e->looking)
			return 0;
	}
	return 0;
}

/* Borders are counted as they come, up to the size of a block. */
static size_t
search_counting(struct ends *e, char *p, size_t n, size_t size)
{
	size_t most = size + cut_ahead_counted(e->cut);

	return cut_scan(e->cut, &e->scan, p, n < most ? n : most, false, false);
}

static size_t
search_within(struct ends *e, struct well *w, char *p, size_t n, size_t size)
{
	size_t overlap = cut_overlap(e->cut), border = 0;

	if (cut_counts(e->cut)) {
		border = search_counting(e, p, n, size);
		e->looking = e->scan.tired;
		if (e->looking)
			return 0;
	}
	if (cut_counts(e->cut) || !is_enough(e, w, n, size))
		return is_enough(e, w, n, size) ? border : 0;
	if (e->search == ENDS_NEW) {
		cut_back_from(&e->back, (off_t)size);
		e->scan.at = size > overlap ? size - overlap : 0;
		e->search = ENDS_BACK;
	}
	return search_back(e, p, n);
}

size_t
ends_find(struct ends *e, struct well *w, size_t size)
{
	size_t border, n = well_seen(w);
	char *p = well_bytes(w);

	e->looking = false;
	if (n == 0)
		return 0;
	if (e->search != ENDS_BEYOND && !cut_has_number(e->cut)) {
		border = search_within(e, w, p, n, size);
		if (border || e->looking || !is_enough(e, w, n, size))
			return border;
		e->search = ENDS_BEYOND;
	}
	border = cut_scan(e->cut, &e->scan, p, n, w->ended, true);
	e->looking = e->scan.tired;
	return e->looking ? 0 : border;
}

bool
ends_of_train(const struct ends *e, struct well *w, size_t size, size_t *n)
{
	size_t all = well_has(w), border;
	struct cut_scan s = { 0 };	/* no expressions here */

	*n = w->ended ? all : 0;
	if (w->ended && all <= size)
		return true;
	*n = 0;
	if (!is_enough(e, w, all, size))
		return true;
	if (w->train.n >= size)
		return false;
	border = cut_last(e->cut, &s, well_bytes(w), well_seen(w), 0,
	    size - w->train.n);
	*n = w->train.n + border;
	return border > 0;
}

size_t
ends_pass(const struct ends *e)
{
	return e->scan.at > 0 ? e->scan.at - 1 : 0;
}

void
ends_passed(struct ends *e, size_t n)
{
	e->scan.at -= n;
}
