/*
 * Output from the tasks' pipes to our stdout and stderr: never mixed, never
 * lost, in bounded memory.
 *
 * Each task has a struct output, embedded in whoever owns the task.  It is
 * opened when the task is read from the input (so in input order), fed from
 * its two pipes while it runs, and ended when nothing more can come.  Until
 * its turn its bytes lie in spools (spool.h).  It is delivered when write(2)
 * has accepted all of them; only then does its owner log and free it.
 *
 *  EMIT_GROUP  whole outputs, in the order in which they ended: stdout, then
 *              stderr; the one that is known to end next is live (its
 *              stderr too, if that is another file)
 *  EMIT_ORDER  whole outputs in the order of opening; the first one not yet
 *              ended is live: what it writes passes at once
 *  EMIT_ORDER_LINES
 *              the same, but of the first one not yet ended only whole lines
 *              pass, as in EMIT_LINES
 *  EMIT_LINES  whole lines as they come; a rest without newline when it ends,
 *              and then a newline behind it, lest the next line of another
 *              task be glued to it
 *
 * But for that newline and tags no byte is ever added: an output that does
 * not end in a newline is followed at once by the next one, as with cat(1).
 *
 * Our own stdout may block for ever: nothing here waits for it (sink.h).
 * When stdout and stderr are one and the same file, their bytes go through
 * one sink in the order in which they are delivered.  One that passes live
 * waits for our reader as in a pipeline: its pipes stay full, nothing is
 * spooled; in EMIT_GROUP for 0.2 s at most and 1 s in all, as there no reader
 * is to hold up a task.  So do whole lines beyond SPOOL_SMALL of one task.
 *
 * When the temporary file can hold no more, and memory is full, one output at
 * a time passes live and the others get EMIT_FULL: their writers wait on full
 * pipes.  Slower, nothing lost.  Even an output that should be held (conf
 * hold) passes then: it says so in `passed`, and should not be run again.
 *
 * No callback is called but from emit_flush(), emit_exceed() and emit_drop().
 */
#ifndef OUTPUT_EMIT_H
#define OUTPUT_EMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/list.h"
#include "base/loop.h"
#include "output/spool.h"

enum emit_mode {
	EMIT_GROUP,
	EMIT_ORDER,
	EMIT_LINES,
	EMIT_ORDER_LINES
};

struct emit_conf {
	enum emit_mode mode;
	bool hold;		/* no output is live before it ended */
	bool keep;		/* nor when there is no place: see emit_walk() */
	bool red[2];		/* stdout, stderr can show colours */
	const char *tmpdir;	/* for the one unlinked file */
	size_t memory;		/* bytes that all spools may hold in memory */
	unsigned pipes;		/* pipes that may hold large outputs */
	bool closed[2];		/* our stdout, stderr were closed at start */
};

struct output {
	struct list node;	/* in emit's queue or among those sent */
	char *tag;		/* put with a tab before each line; NULL =
				   none; owned by the output, freed when it is
				   delivered */
	struct spool spool[2];	/* stdout, stderr; not yet written */
	uint64_t bytes[2];	/* read from the task so far */
	bool red;		/* its lines are to be red where they can be;
				   set by its owner, before emit_end() */
	bool ended;
	bool dropped;		/* bytes of it were not written */
	bool passed;		/* some went out before it ended (not LINES) */
	/* private to emit: */
	bool mixed;		/* its stderr is not held back any more */
	bool linestart[2];	/* what went out last was a newline */
	bool full[2];		/* got EMIT_FULL */
	bool hue[2];		/* red is on in this stream */
	size_t tagat[2];	/* bytes of a tag that are out, if not all */
	uint64_t whole[2];	/* LINES: bytes of spool in whole lines */
	uint64_t turn[2];	/* LINES: of them, those to go now */
	uint64_t mark[2];	/* sink's count behind its last byte */
	struct list wait;	/* among those for which no place is left */
};

struct emit_ops {
	/* All bytes accepted by write(2), or o->dropped.  o is its owner's
	   again; may be freed.  In the order in which they were sent. */
	void (*delivered)(void *ctx, struct output *o);
	/* A stream of o that got EMIT_FULL may be read again. */
	void (*room)(void *ctx, struct output *o);
	/* Writing to our stdout (1) or stderr (2) failed; once per stream,
	   as 1 if both are the same.  Nothing more is written to it; outputs
	   with bytes for it are delivered as dropped. */
	void (*failed)(void *ctx, int stream, int error);
	/* No temporary file can be made or grown: said once. */
	void (*notice)(void *ctx, int error);
};

/* What emit_read() returns besides a count of bytes moved and 0 = EOF. */
enum {
	EMIT_AGAIN = -1,	/* the pipe is empty now */
	EMIT_FULL = -2		/* no place: stop watching until ops.room */
};

struct emit;

/* Returns new. conf is copied, ops and ctx are borrowed. */
struct emit *emit_new(struct loop *loop, const struct emit_conf *conf,
    const struct emit_ops *ops, void *ctx);

/* Every output opened must have been delivered (emit_drop()). */
void emit_free(struct emit *e);

/* o, zeroed, begins; takes tag.  In EMIT_ORDER this fixes its place. */
void emit_open(struct emit *e, struct output *o, char *tag);

/* The same, but its place in EMIT_ORDER is right behind that of `before`, which
   has not ended. */
void emit_open_behind(struct emit *e, struct output *o, char *tag,
    struct output *before);

/*
 * Moves what lies in the pipe fd, stream 1 or 2 of o, to where it belongs, by
 * the cheapest way (splice where bytes need not be looked at).  It waits where
 * fd is not non-blocking and nothing is in it.
 * At most about 1 MiB a call.  A read error counts as EOF.  What can no more
 * be delivered is read and discarded, so that its writer does not hang.
 */
ssize_t emit_read(struct emit *e, struct output *o, int stream, int fd);

/*
 * For bytes that their owner reads himself, because he has to look at them:
 * may some more be read for stream 1 or 2 of o?  False is EMIT_FULL: ops.room
 * tells when to ask again.  What was read is then handed over by emit_take(),
 * even if it is more than there is room for, but not by far.
 */
bool emit_admits(struct emit *e, struct output *o, int stream);
void emit_take(struct emit *e, struct output *o, int stream, const void *p,
    size_t n);

/* Adds bytes of our own to stream 1 or 2 of o, before what follows; they get
   the tag too. */
void emit_text(struct emit *e, struct output *o, int stream, const void *p,
    size_t n);

/*
 * Where tasks write to our stdout by themselves: adds to it the n bytes at p,
 * our own, from *at on, as far as it takes them, and counts them in *at.  True
 * when all are accepted by write(2); else to be called again when it can take
 * more, which makes the loop turn, or has failed.
 */
bool emit_say(struct emit *e, const char *p, size_t n, size_t *at);

/*
 * May a message of our own go to our stderr now?  Not while a line there is
 * begun that an output is to go on with, nor while bytes wait for our reader;
 * ask again behind emit_flush().  A line that stays without its end is ended.
 */
bool emit_make_way(struct emit *e);

/*
 * In EMIT_GROUP: of all outputs open now and to come, o is the first that can
 * end, so nothing is lost in order if it passes live.  NULL: none is known to
 * be.  To be said again whenever that changes; once it has passed it goes on.
 */
void emit_alone(struct emit *e, struct output *o);

/*
 * Forgets what is spooled for o, so that it can be fed anew (a retry).  In
 * EMIT_LINES nothing is forgotten, its last line is ended.
 */
void emit_discard(struct emit *e, struct output *o);

/*
 * With conf.hold and conf.keep: what o has written is copied to p, n bytes a
 * time, and stays; as spool_walk().  When emit_stuck() says so there is no
 * place for more, and nothing else will make any.
 */
ssize_t emit_walk(struct emit *e, const struct output *o, int stream,
    struct spool_mark *m, void *p, size_t n);

/* What stream 1 or 2 of o holds will not be written; its count stays. */
void emit_forget(struct emit *e, struct output *o, int stream);

/* Nothing more will come; o is emit's until ops.delivered. */
void emit_end(struct emit *e, struct output *o);

/*
 * Writes what can be written, and calls back.  Once at the end of each loop
 * turn: a sink that can take more, or more to be done than is good for one
 * turn, only make the loop turn.
 */
void emit_flush(struct emit *e);

/*
 * Gives up: every output that is ended and not fully written is delivered as
 * dropped, now.  Those not ended yet are dropped when they end.
 */
void emit_drop(struct emit *e);

/* The output that all that is held waits for, which may not have ended, or
   even begun; or NULL. */
struct output *emit_wanted(const struct emit *e);

/* Do writers wait on full pipes because there is no place? */
bool emit_stuck(const struct emit *e);

/* Of how many outputs? */
size_t emit_waiting(const struct emit *e);

/*
 * For when the wait would have no end, as no process is left for the output
 * that all wait for: one of them gets memory beyond the cap, SPOOL_BEYOND in
 * all.  False when that is in use.
 */
bool emit_exceed(struct emit *e);

/* How many outputs have ended and are not delivered. */
size_t emit_held(const struct emit *e);

#endif
