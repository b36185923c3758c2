/*
 * What becomes of the items that a co-process had: answered, failed, lost, or
 * to be sent to another.  Private to coproc.c and fate.c.
 */
#ifndef RUN_FATE_H
#define RUN_FATE_H

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
	size_t busy;		/* tasks with them */
	uint64_t programs;	/* so far */
	struct pace pace;	/* how much they are sent ahead */
	size_t vain;		/* programs in a row that read nothing */
	nsec pause, until;	/* none is started before that */
	struct timer rest;
	bool said;		/* that one is silent, */
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

/* It says nothing; it does not end. */
void fate_say_silent(struct coproc *k, struct talk *t);
void fate_say_stubborn(struct coproc *k, struct talk *t);

#endif
