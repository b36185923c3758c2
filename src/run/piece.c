#include "config.h"

#include <string.h>

#include "run/piece.h"

void
piece_set(struct piece *pc, size_t n, bool ends)
{
	pc->n = n;
	pc->any = true;
	pc->ends = ends;
	pc->begun = false;
	pc->clean = pc->strip == NULL;
}

bool
piece_clean(struct piece *pc, struct well *w)
{
	char *p = well_bytes(w);
	size_t left;

	if (!pc->begun)
		pc->last = pc->n > w->train.n ? p[pc->n - w->train.n - 1] :
		    w->before;
	pc->begun = true;
	if (pc->clean || pc->n == 0)
		return true;
	if (!cut_strip(pc->strip, &pc->state, p, pc->n, well_seen(w), w->ended,
	    &left))
		return false;
	memmove(p + pc->n - left, p, left);
	w->from += pc->n - left;
	pc->n = left;
	pc->clean = true;
	return true;
}

void
piece_give(struct piece *pc, struct well *w, struct block *b, size_t spare)
{
	well_give(w, b, pc->n, spare);
	w->before = pc->last;
	pc->any = false;
	if (pc->ends)
		memset(&pc->state, 0, sizeof(pc->state));
}

void
piece_drop(struct piece *pc)
{
	pc->any = false;
	memset(&pc->state, 0, sizeof(pc->state));
}
