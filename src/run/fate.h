/*
 * What becomes of the items that a co-process had: answered, failed, lost, or
 * to be sent to another.  Private to coproc.c, fate.c, remark.c
 * and silence.c.
 */
#ifndef RUN_FATE_H
#define RUN_FATE_H

#include "base/diag.h"
#include "run/coproc.h"
#include "run/pace.h"
#include "run/talk.h"

struct coproc {
	struct coord *c;
	const struct conf *conf;
	struct pool_ops ops;
	struct item *none;
	char end;		/* behind each item */
	bool runs;		/* tasks may be runs of items */
	struct list talks;	/* all programs */
	struct list dirty;	/* those with something to be sent */
	size_t ntalks;
	size_t slots;		/* as there were at first */
	size_t busy;		/* tasks with them, */
	uint64_t bytes;		/* and what they were sent for these */
	uint64_t programs;	/* so far */
	struct pace pace;	/* how much they are sent ahead */
	size_t vain;		/* programs in a row that read nothing */
	uint64_t faults;	/* of these */
	nsec pause, until;	/* none is started before that */
	struct timer rest;
	struct talk *tried;	/* its stdin was closed to make it speak */
	struct buf notes;	/* to be said; each ends in NUL */
	bool said;		/* that one is silent, */
	bool said_closed;	/* that its stdin was closed, */
	bool said_few;		/* that one gave too few replies, */
	bool said_status;	/* that one ended with a status */
};

/* Sets k->ops. */
void fate_open(struct coproc *k);

void fate_answered(struct coproc *k, struct talk *t, struct job *j);

/* talk_ops. */
void fate_large(struct talk *t, struct job *j);
void fate_remark(struct talk *t, const char *p, size_t n);
void fate_strange(struct talk *t, bool bad, const char *p, size_t n);
void fate_finished(struct talk *t);

/* --- remark.c ----------------------------------------------------------- */

/* What ppx has to say of one: as soon as no line of a task is begun on our
   stderr; coproc_say() is called behind each emit_flush(), all: whatever is
   there. */
void fate_say(struct coproc *k, const char *fmt, ...) PRINTF(2, 3);

/* It has ended: what it said last need be no whole line. */
void fate_last_line(struct talk *t);

/* A line that it had begun on stderr when it had no item goes on with j. */
void fate_resume_line(struct talk *t, struct job *j);

/* Why the reply that has begun is none yet: there is no.... */
void fate_add_missing(const struct talk *t, struct buf *b);

/* It says nothing; so its stdin is closed; it does not end; it has ended, with
   fewer replies than items. */
void fate_say_silent(struct coproc *k, struct talk *t);
void fate_say_closed(struct coproc *k, struct talk *t);
void fate_say_stubborn(struct coproc *k, struct talk *t);
void fate_say_few(struct coproc *k, struct talk *t);

/* --- coproc.c ----------------------------------------------------------- */

/* It takes no more: its stdin is closed, so that it ends. */
void coproc_retire(struct talk *t);

/* Can it be sent more? */
bool coproc_is_open(const struct talk *t);

#endif
