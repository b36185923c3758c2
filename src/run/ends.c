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

	if (e->search == ENDS_BEYOND || cut_has_number(e->cut) || have > size)
		return 0;
	return size + 1 - have;
}

/* More of the search from behind; 0: there is no border, or it goes on. */
static size_t
search_back(struct ends *e, char *p)
{
	size_t from, border, looked = 0;
	off_t at, to;

	while (cut_back_next(e->cut, &e->back, &at, &to, &from)) {
		border = cut_last(e->cut, p + at, (size_t)(to - at), from);
		if (border)
			return (size_t)at + border;
		looked += (size_t)(to - at);
		e->looking = looked >= LOOKED;
		if (e->looking)
			return 0;
	}
	return 0;
}

/* Borders are counted as they come, up to the size of a block. */
static size_t
search_counting(struct ends *e, char *p, size_t n, size_t size)
{
	size_t border = cut_scan(e->cut, &e->scan, p, n < size ? n : size,
	    false, false);

	return n > size ? border : 0;
}

static size_t
search_within(struct ends *e, char *p, size_t n, size_t size)
{
	size_t overlap = cut_overlap(e->cut);

	if (cut_counts(e->cut))
		return search_counting(e, p, n, size);
	if (n <= size)
		return 0;
	if (e->search == ENDS_NEW) {
		cut_back_from(&e->back, (off_t)size);
		e->scan.at = size > overlap ? size - overlap : 0;
		e->search = ENDS_BACK;
	}
	return search_back(e, p);
}

size_t
ends_find(struct ends *e, struct well *w, size_t size)
{
	size_t border, n = well_seen(w);
	char *p = w->p + w->from;

	e->looking = false;
	if (n == 0)
		return 0;
	if (e->search != ENDS_BEYOND && !cut_has_number(e->cut)) {
		border = search_within(e, p, n, size);
		if (border || e->looking || n <= size)
			return border;
		e->search = ENDS_BEYOND;
	}
	return cut_scan(e->cut, &e->scan, p, n, w->ended, true);
}

bool
ends_of_train(const struct ends *e, struct well *w, size_t size, size_t *n)
{
	size_t all = well_has(w), border;

	*n = w->ended ? all : 0;
	if (w->ended && all <= size)
		return true;
	*n = 0;
	if (all <= size)
		return true;
	if (w->train.n >= size)
		return false;
	border = cut_last(e->cut, w->p + w->from, size - w->train.n, 0);
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
