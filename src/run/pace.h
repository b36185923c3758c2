/*
 * How many items a co-process is sent before it has answered the first of
 * them.  Pure; one for all programs of a run, as they are the same.
 *
 * What is sent ahead is what is answered in 2 ms: one item where they are slow.
 * It grows step by step and shrinks at once.  That holds for programs which
 * answer each item by itself, as one has shown that has answered all it was
 * sent.  Until then, and once it seems that it was by chance, a program may be
 * one that holds back what it reads or writes until there is more of it: when
 * it is silent it is sent one more, and if it reads that, too, without having
 * answered, four times as many, and so on, as otherwise it would wait for ever.
 * How many these may be is the owner's matter, who has to keep them.
 *
 * When it has read all that it may have, and stays silent, its stdin is closed,
 * so that it has to answer.  One that was at work loses nothing by that but has
 * to be started again for the next item, so it is waited for long before; twice
 * as long each time that it turns out to have been at work.  Only when two in a
 * row have answered at once is it believed that they wait for their end, and
 * they are closed early; until one answers by itself, and not for ever.
 */
#ifndef RUN_PACE_H
#define RUN_PACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

enum {
	PACE_MAX = 65536,	/* items ahead of one that answers */
	PACE_MOST = 1 << 30,	/* ... of one that holds back */
	PACE_RUN = 16384	/* of them in one piece */
};

struct pace {
	size_t fixed;		/* --window; 0 = adaptive */
	/* private: */
	size_t window;
	nsec one;		/* from one answer to the next */
	bool proven;
	size_t allow;		/* while it is not */
	unsigned doubts;
	nsec patience;
	unsigned brought;	/* in a row answered at once when closed */
};

void pace_init(struct pace *p, size_t fixed);

/* So many items may be with a program. */
size_t pace_window(const struct pace *p);

/* ... and so many of them be one piece, 1 or more. */
size_t pace_run(const struct pace *p);

/* So many were answered in that time; all: it has no other, though it might. */
void pace_answered(struct pace *p, nsec took, size_t items, bool all);

/* One has read all that it was sent, `items`, and is silent. */
void pace_silent(struct pace *p, size_t items);

/* Is one sent a second item only to see whether it reads it? */
bool pace_is_probing(const struct pace *p);

/* It has answered the first without having read the second: they do not hold
   back. */
void pace_prompt(struct pace *p);

/* Is it known that they do not? */
bool pace_is_sure(const struct pace *p);

/*
 * How long one that has read all it may have may be silent until its stdin is
 * closed.  single: it seems that it answers each item by itself.
 */
nsec pace_patience(const struct pace *p, bool single);

/* One whose stdin was closed then has answered so long after. */
void pace_brought(struct pace *p, nsec took);

/* One has answered by itself. */
void pace_spoke(struct pace *p);

/* Is it believed that they answer when nothing more comes? */
bool pace_holds(const struct pace *p);

#endif
