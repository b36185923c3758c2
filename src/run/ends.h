/*
 * Where the next block of a stream ends, in what is read of it (well.h).
 *
 * First the last border within its size is looked for, from behind, when one
 * byte more is there: so it is known that others follow.  If there is none it
 * is the first behind that, wherever it is: the block is `beyond`.
 */
#ifndef RUN_ENDS_H
#define RUN_ENDS_H

#include <stdbool.h>
#include <stddef.h>

#include "input/cut.h"
#include "run/well.h"

struct ends {
	const struct cut *cut;	/* borrowed */
	enum { ENDS_NEW, ENDS_BACK, ENDS_BEYOND } search;
	struct cut_back back;	/* from behind, */
	struct cut_scan scan;	/* or on from where it is known to have none */
	bool looking;		/* it goes on, without more to be read */
};

/* A block begins.  Zero all but the cut before the first. */
void ends_begin(struct ends *e);

/* So many bytes of a block of that size are to be read next; 0: there is no
   knowing. */
size_t ends_wanted(const struct ends *e, const struct well *w, size_t size);

/*
 * Its length, of what there is in memory, or 0: it is not seen.  Then more is
 * to be read, or the same asked again with e->looking, as signals come first.
 */
size_t ends_find(struct ends *e, struct well *w, size_t size);

/*
 * The same for one that began with a train, as far as what is seen tells; 0: it
 * is not whole.  False: all is to be seen.
 */
bool ends_of_train(const struct ends *e, struct well *w, size_t size,
    size_t *n);

/* No border is behind so many bytes of what there is; they may pass, as they
   do. */
size_t ends_pass(const struct ends *e);
void ends_passed(struct ends *e, size_t n);

#endif
