/*
 * Messages, and descriptors with them, over a local stream socket.
 *
 * A message is queued and goes out with channel_flush() or when the socket
 * takes it; nothing blocks.  End of file, a bad frame and an error are one
 * callback, closed(): the peer is gone, whatever the reason.  After it the
 * channel is shut and its owner need only forget it.
 *
 * Descriptors ride on the first byte of the message they belong to, or of one
 * before it (unix(7), SCM_RIGHTS; a receive never runs past the byte behind
 * which they end), so they are there when the message is complete.
 */
#ifndef WIRE_CHANNEL_H
#define WIRE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/loop.h"
#include "wire/message.h"

enum { CHANNEL_FDS = MESSAGE_FDS };	/* with one message at most */

enum channel_why {
	CHANNEL_EOF,
	CHANNEL_BAD,		/* not a frame, or without its descriptors */
	CHANNEL_ERROR
};

struct channel;

struct channel_ops {
	/* m is valid until this returns.  It may close the channel. */
	void (*message)(struct channel *c, const struct message *m);
	/* The peer is gone; all messages before that were delivered. */
	void (*closed)(struct channel *c, enum channel_why why);
};

struct channel_ride;

struct channel {
	struct io io;			/* fd -1 once it is closed */
	struct loop *loop;
	const struct channel_ops *ops;
	struct buf in, out;
	size_t inat, outat;		/* bytes consumed at the front */
	struct channel_ride *rides;	/* descriptors waiting to be sent */
	size_t nrides, ridecap;
	int got[CHANNEL_FDS * 4];	/* received, not yet taken */
	size_t ngot;
	bool closing;
	bool resting;
};

/* Takes fd, which must be non-blocking, and watches it. */
void channel_open(struct channel *c, struct loop *loop, int fd,
    const struct channel_ops *ops);

/* Closes it, and what it holds; no callback.  Harmless when closed. */
void channel_close(struct channel *c);

/*
 * Queues m.  Takes the nfds descriptors at fds: they are closed here once
 * they are sent, or when the channel closes.
 */
void channel_send(struct channel *c, const struct message *m, const int *fds,
    size_t nfds);

/* Sends what the socket takes now. */
void channel_flush(struct channel *c);

/*
 * Waits until all is sent, or the peer is gone.  For a worker's last word of a
 * task: who would exit, or look idle, before it is sent, seems to have died.
 */
void channel_drain(struct channel *c);

/*
 * While it rests nothing that comes wakes the loop, not even the peer's end:
 * its owner looks for itself, with channel_read(), or is woken by something
 * else soon.
 */
void channel_rest(struct channel *c, bool rest);

/* Delivers all that is there now, and does not wait.  Not from a callback. */
void channel_read(struct channel *c);

/*
 * In message(): takes n descriptors that came with it into fds.  Returns 0,
 * or -1 when they did not come (the receiver had no room for them).
 */
int channel_take(struct channel *c, int *fds, size_t n);

#endif
