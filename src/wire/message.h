/*
 * What coordinator and workers say to each other; PROTOCOL has the prose.
 *
 * Encoding and decoding stand side by side in message.c.  A decoder refuses
 * what is short, long, unknown or left over: a peer that speaks nonsense is a
 * peer that is gone.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ladder.h"
#include "task/limits.h"
#include "task/result.h"

enum message_type {
	/* to a worker */
	MSG_RUN = 1,		/* start this task, or do so after this one */
	MSG_END,		/* end the running task by the ladder */
	MSG_RECALL,		/* give back the task that has not begun */
	MSG_FREEZE,		/* stop every process of the task */
	MSG_THAW,		/* continue those that were stopped */
	MSG_RETIRE,		/* end what was left over, then exit */
	/* from a worker */
	MSG_STARTED = 33,	/* the command runs */
	MSG_EXIT,		/* the task is over */
	MSG_DROPPED,		/* the task has not begun and will not here */
	MSG_FROZEN,
	MSG_STOPPED,		/* the main process stopped itself */
	MSG_SCRIPT		/* --init or --fini is over */
};

enum {
	MESSAGE_HEAD = 15,		/* len, type, task, attempt */
	MESSAGE_MAX = 8 << 20,		/* bytes of a whole frame at most */
	MESSAGE_FDS = 3			/* descriptors with one, at most */
};

struct message {
	enum message_type type;
	uint64_t task;		/* sequence number; 0 where none is meant */
	uint16_t attempt;

	/* RUN */
	uint32_t slot;
	struct bounds bounds;
	uint8_t nfds;		/* descriptors that travel with it: stdout and
				   stderr, or neither, then stdin, if odd */
	bool last;		/* the worker exits when it is over */
	bool line;		/* args are SHELL -c LINE NAME VALUE... */
	const char *dir;	/* --workdir; NULL = as ours; borrowed */
	uint32_t argc;
	const char *args;	/* argc strings, each ended by a NUL; borrowed */
	size_t argslen;

	/* END, RETIRE: n = 0 in RETIRE leaves what was left over alone */
	struct ladder ladder;
	enum reason reason;	/* END: recorded if it ended the task */

	/* STARTED */
	int32_t pid;

	/* EXIT; DROPPED: stay alone */
	struct result result;
	enum stay {
		STAY_HERE,	/* the worker takes the next task */
		STAY_ASIDE,	/* it is set aside with leftovers */
		STAY_NOT	/* it is spent: its shell has gone */
	} stay;

	/* SCRIPT: result, too */
	uint8_t fini;		/* 0: it was the init */

	/* DROPPED */
	int32_t error;		/* errno of a short system; 0 = recalled.
				   STOPPED: by this signal */
};

/* Appends m as one frame to b. */
void message_encode(struct buf *b, const struct message *m);

/*
 * The frame at p, of which n bytes are there.  Returns its length with *m
 * set (args point into p), 0 when it is not complete yet, or -1 when it is
 * none.
 */
long message_decode(const void *p, size_t n, struct message *m);

#endif
