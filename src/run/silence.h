/*
 * What is done of a co-process that says nothing though it owes replies, or
 * that does not end though it should.  Private to coproc.c, fate.c.
 *
 * It is slow, or it holds back what it reads or writes until there is more.
 * One that has read all it was sent, and the item behind the one that it is
 * to answer, too, has asked for more before it answered: it is sent more, and
 * still more, as long as that goes on.  What it does not read says that it is
 * at work.  When there is no more for it, or no room to keep it, and it stays
 * silent, its stdin is closed, so that it has to answer; pace.h says how soon.
 */
#ifndef RUN_SILENCE_H
#define RUN_SILENCE_H

#include "base/loop.h"

struct talk;

/* It was asked, or is to end: looks at it from time to time. */
void silence_begin(struct talk *t);
void silence_watch(struct timer *timer);

/* It has answered its first item, which it has no more, and which was so many
   bytes. */
void silence_broken(struct talk *t, uint64_t size);

/* It has ended, and is to be freed. */
void silence_over(struct talk *t);

#endif
