/*
 * One co-process as ppx talks to it: three pipes, and the items that it has
 * been sent and has not answered yet, in their order.
 *
 * Nothing here blocks: what its stdin does not take waits in memory, what it
 * replies is read while there is place for it.  So two that both have much to
 * say never wait for each other.  It only moves bytes and finds the ends of
 * replies; what follows from that is the owner's (coproc.c), by the callbacks.
 */
#ifndef RUN_TALK_H
#define RUN_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/loop.h"
#include "run/job.h"
#include "run/reply.h"
#include "task/task.h"

struct talk;

struct talk_ops {
	/* j is the first of the unanswered now. */
	void (*head)(struct talk *t, struct job *j);
	/* Some bytes of the reply to j, the first, have come. */
	void (*heard)(struct talk *t, struct job *j);
	/* j, which was the first, is answered, and the owner's again. */
	void (*answered)(struct talk *t, struct job *j);
	/* The reply to a record of j, the first, is too long to be kept with
	   those of the others: j is to be made one of a single item. */
	void (*large)(struct talk *t, struct job *j);
	/* It wrote something to stderr and has no item: p is borrowed. */
	void (*remark)(struct talk *t, const char *p, size_t n);
	/* What it wrote is no reply; its stdout is not listened to any more.
	   bad: nor of the right form.  Else nothing was asked, or sent. */
	void (*strange)(struct talk *t, bool bad, const char *p, size_t n);
	/* It has closed its stdin or stdout; said once for each. */
	void (*shut)(struct talk *t);
	/* After talk_finish(): all that it wrote has been read. */
	void (*finished)(struct talk *t);
};

struct talk {
	struct list node;	/* the owner's */
	struct list dirty;	/* the same: it has something to be sent */
	struct loop *loop;
	struct emit *emit;
	const struct talk_ops *ops;
	const struct reply_form *form;
	void *owner;
	char end;		/* behind each item */
	struct task task;	/* the program, as the pool has it */
	unsigned slot;

	struct list jobs;	/* unanswered, the oldest first */
	size_t items;		/* of them */
	uint64_t asked, sent;	/* bytes of all items so far; of them written */
	uint64_t done;		/* ... of those that are answered */
	uint64_t answered;	/* items in all */
	uint64_t part;		/* bytes of the reply that is not complete */
	nsec moved;		/* when a byte went either way, last */
	nsec spoke;		/* when one came, or it was first asked */
	nsec last;		/* when the last answer came, or its item */
	bool eof;		/* it was given the end of its stdin, while it
				   had closed nothing */

	/* the owner's: */
	uint64_t taken;		/* items in all */
	struct buf remarks;	/* of its stderr: no whole line yet */
	bool inside;		/* ... whose begin was printed */
	bool gone;		/* only what it wrote is left of it */
	bool worn;		/* gets no more items */
	bool refuses;		/* has closed its stdin or stdout */
	bool stubborn;		/* did not end when it should have */
	bool doomed;		/* is being ended */
	bool waited;		/* when the time of its first item was over */
	bool ending;		/* the time for its end has begun */
	bool busy;		/* it does not read on, but works at its first */
	nsec drained;		/* when its stdin was closed to make it speak,
				   and it has not; or 0 */
	struct timer limit;	/* of its first item's time */
	struct timer watch;	/* it is silent, or does not end */

	/* private to talk.c and listen.c: */
	struct io in, out, err;	/* our ends; fd -1 when closed */
	int peek;		/* its stdin once more, after that; or -1 */
	struct buf send, got;
	size_t sendat, gotat;
	struct reply reply;
	bool deaf;		/* its stdout is not listened to */
	bool finishing;
};

/*
 * Returns new, of which loop, emit, ops, form, owner and end are to be set, and
 * then talk_open() to be called.
 */
struct talk *talk_new(void);

/* Makes the pipes; fds get those of the program: stdout, stderr, stdin.  -1 and
   errno. */
int talk_open(struct talk *t, int fds[3]);

/* No job may be left in it. */
void talk_free(struct talk *t);

/* Takes j, to be sent with the next talk_flush(). */
void talk_ask(struct talk *t, struct job *j);

/* Writes what its stdin takes now. */
void talk_flush(struct talk *t);

/* Bytes that are to be sent, and all that is unanswered. */
static inline size_t
talk_unsent(const struct talk *t)
{
	return t->send.len - t->sendat;
}

static inline uint64_t
talk_open_bytes(const struct talk *t)
{
	return t->asked - t->done;
}

static inline bool
talk_is_idle(const struct talk *t)
{
	return list_empty(&t->jobs);
}

static inline struct job *
talk_head(const struct talk *t)
{
	return list_empty(&t->jobs) ? NULL :
	    container_of(t->jobs.next, struct job, node);
}

/* Has its stdin been closed, by it or by us? */
static inline bool
talk_is_shut(const struct talk *t)
{
	return t->in.fd < 0;
}

/* Bytes that have come of the reply to the first. */
static inline uint64_t
talk_part(const struct talk *t)
{
	return t->part + (t->got.len - t->gotat);
}

/* Is something that it writes not read now, as there is no place for it? */
bool talk_waits(const struct talk *t);

/* Has it closed its stdin, while we have not? */
bool talk_is_refused(const struct talk *t);

/* Nothing more is asked: its stdin is closed once all is sent. */
void talk_shut(struct talk *t);

/* Takes j, any of the unanswered, from it. */
void talk_drop(struct talk *t, struct job *j);

/* Reads now what it has replied, if there is place. */
void talk_listen(struct talk *t);

/* What comes on its stdout from now on is read and forgotten. */
void talk_ignore(struct talk *t);

/* There is room in the output again. */
void talk_room(struct talk *t);

/* No process of it is left: reads what it wrote, then finished() is called. */
void talk_finish(struct talk *t);

/* How many of the bytes sent it has read; UINT64_MAX = not known. */
uint64_t talk_heard(const struct talk *t);

/* --- between talk.c, which writes, and listen.c, which reads ------------ */

enum {
	TALK_SPARE = 256 * 1024	/* a larger buffer is not kept */
};

void talk_close(struct talk *t, struct io *io);
void listen_out(struct io *io, int got);
void listen_err(struct io *io, int got);

/* The first of the unanswered is another one, or there is none. */
void listen_head(struct talk *t);

#endif
