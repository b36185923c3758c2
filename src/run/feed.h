/*
 * What the tasks of --pipe read: a block each, written into its stdin by the
 * loop, as far as the pipe takes it.
 *
 * A block is, in this order: what is in its pipe already, bytes that lie in
 * other pipes, bytes in memory, and a part of a file, which passes by
 * sendfile(2).  Its pipe is there from the
 * moment it is filled until its task is over: a task that comes back without
 * having begun gets the same pipe.  Who reads no more has ended its reading,
 * which is no error; what is left is dropped.
 *
 * The read end is ours, too, until the task is known to run, lest its pipe be
 * closed while it is on the way.  It has an end only when all of the block went
 * through: who reads one that does not come in full is ended first.
 */
#ifndef RUN_FEED_H
#define RUN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/list.h"
#include "base/loop.h"
#include "run/train.h"

struct feeds;

struct block {
	struct feeds *of;
	struct io io;		/* the pipe's write end; fd -1 = none */
	int out;		/* its read end; -1 = not ours any more */
	struct train train;	/* bytes in pipes go first */
	char *p;		/* bytes p[at..n) in memory are to go */
	size_t from, at, n, cap;	/* from: where they began */
	int file;		/* then len bytes of it, from off on; -1 */
	off_t off, len;
	off_t begin, whole;	/* ... as they were at first */
	char *path;		/* of a file or a fifo that has it; or NULL */
	int fill;		/* the file, while it is written; or -1 */
	bool fifo;
	struct timer empty;	/* looks whether the fifo is, */
	nsec put_at;		/* which got all by then; or 0 */
	bool open;		/* more may be added */
	bool once;		/* it cannot be fed again: not all was kept */
	bool sent;		/* its task is on the way, or runs */
	bool gone;		/* nobody reads it */
	bool left;		/* processes that its task left read it */
	struct list node;	/* among such */
	bool released;		/* nobody but who adds to it knows it */
};

/*
 * Returns new.  keep: blocks stay in memory until they are released, so that
 * they can be fed again.  failed() is told of what cannot be passed on, error
 * as of fd_read(); it must not release a block.  The task of it must be ended.
 */
struct feeds *feeds_new(struct loop *loop, bool keep,
    void (*failed)(void *ctx, int error), void *ctx);

/*
 * What a task leaves behind and that reads its block gets the rest of it, when
 * the task is over and the block released.  So many blocks are fed to such.
 */
void feeds_linger(struct feeds *fs);
size_t feeds_left(const struct feeds *fs);

/* To so many of these more is to go, or it is lost. */
size_t feeds_cut(struct feeds *fs);

/* All blocks must have been released.  Who is left gets no more. */
void feeds_free(struct feeds *fs);

/* Bytes of memory that all blocks have. */
size_t feeds_bytes(const struct feeds *fs);

/* Memory of n bytes at least for a block, new; *cap is how many they are.
   And back, which may be NULL. */
char *feeds_memory(struct feeds *fs, size_t n, size_t *cap);
void feeds_give(struct feeds *fs, char *p, size_t cap);

/* Returns new: an empty block, open. */
struct block *block_new(struct feeds *fs);

/* Adds bytes, which are copied. */
void block_add(struct block *b, const void *p, size_t n);

/* The same with p[at..n), a memory of feeds_memory(), which is taken. */
void block_take(struct block *b, char *p, size_t at, size_t n, size_t cap);

/* Pipes that blocks can have; NULL where they are to be fed again. */
struct pipes *feeds_pipes(struct feeds *fs);

/* Before what is in memory: a train, of feeds_pipes(), which is taken; first of
   all, and once. */
void block_train(struct block *b, struct train *t);

/* Behind that, len bytes of a file, from off on; once. */
void block_part(struct block *b, int file, off_t off, off_t len);

/* Nothing more will be added. */
void block_end(struct block *b);

/* Bytes in memory that the pipe has not taken. */
static inline size_t
block_waiting(const struct block *b)
{
	return b->train.n + b->n - b->at;
}

/*
 * The read end of its pipe, which is made and filled if there is none yet: a
 * descriptor of the caller's.  -1 and errno.
 */
int block_stdin(struct block *b);

/*
 * Instead: a new file of that name, path, taken, that has all of the block; or
 * a fifo by which it comes; of an empty block, whose end a fifo could not tell,
 * always the file.  For blocks that are not open, and are kept.  0, or -1 and
 * errno; EAGAIN: a part of the file is written, ask for the same again.
 */
int block_file(struct block *b, char *path);
int block_fifo(struct block *b, char *path);

/* Its task runs. */
void block_began(struct block *b);

/* Its task is over: the pipe is closed, the file removed. */
void block_over(struct block *b);

/* The same, but who has the pipe may read on. */
void block_left(struct block *b);

/* For these: its name is removed, and what is ours of who reads it. */
void block_unnamed(struct block *b);

/* Can it be fed to another attempt, and is to be. */
bool block_again(const struct block *b);
void block_rewind(struct block *b);

/* Its task will not run again; b may be NULL. */
void block_release(struct block *b);

#endif
