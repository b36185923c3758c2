/*
 * What is left of a task when its main process has ended: are these processes
 * to be waited for, kept or killed (--leak)?
 *
 * It only looks, and says what is to be done; that is done by who asks.  What
 * says whether they still work for the task is who holds its output open.
 */
#ifndef POOL_LEFT_H
#define POOL_LEFT_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/os.h"
#include "pool/tree.h"
#include "task/limits.h"
#include "task/result.h"

enum left_order {
	LEFT_WAIT,		/* until ECHILD says that they are gone */
	LEFT_LOOK,		/* ask again after a while, unless they are */
	LEFT_KEEP,		/* they are to live on */
	LEFT_KILL,
	LEFT_FAIL		/* and the task has failed by them */
};

struct left {
	/* private: */
	const struct limits *limits;
	bool blind;
	struct os_file out[2];
	nsec began, pause;
	bool unheld;		/* none held its output, last time */
};

/* limits is borrowed.  blind: ECHILD says nothing of them. */
void left_init(struct left *l, const struct limits *limits, bool blind);

/* For a task with this stdout and stderr; -1: as ours. */
void left_ready(struct left *l, int out, int err);

/* Its main process has ended, and others live: to be asked now. */
void left_begin(struct left *l);

/*
 * What is to be done with what is below t?  Sets *pause for LEFT_LOOK, and for
 * the last three how many they are, r->leaked, and r->pids.
 */
enum left_order left_look(struct left *l, struct tree *t, struct result *r,
    nsec *pause);

/* They have stood still for so long. */
void left_shift(struct left *l, nsec by);

#endif
