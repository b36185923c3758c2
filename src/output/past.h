/*
 * What a joblog tells of earlier runs: the tasks that are not to be run again,
 * as a multiset.
 *
 * A task is known by the text of its command, as often as that was logged, so
 * that a changed order of the input skips no wrong one; or by its number, when
 * the text says nothing: it depends on the slot, or no row has one that the
 * command given now could have made; or by both, when the text does not say all.
 * A row of the same number and text as one that failed is the same task, run
 * again, and takes its place.
 *
 * Of tasks with equal texts the one with a row's number has that row.  Another
 * gets it when its own task is not to come any more, or the order has changed:
 * a task without a row that is before it in an unchanged input is new.  That
 * the order has changed shows in a number with two rows, or when the number of
 * this task, or of one before it, is another's.
 *
 * Memory: 48 bytes a row, no texts; those of failed tasks are read again from
 * the file when they are wanted.
 */
#ifndef OUTPUT_PAST_H
#define OUTPUT_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"

struct past_conf {
	struct hash key;	/* hash_key() */
	bool by_number;		/* whatever the texts are */
	bool by_both;		/* the text alone is not enough */
	/* Could the command have made this text?  Asked of rows until it
	   says yes; NULL: yes. */
	bool (*fits)(const void *ctx, const char *text, size_t n);
	const void *ctx;
};

enum past_task {
	PAST_NEW,		/* not logged: to be run */
	PAST_FAILED,		/* logged as failed */
	PAST_OK
};

struct past;

/* Returns new; conf is copied. */
struct past *past_new(const struct past_conf *conf);
void past_free(struct past *p);

/*
 * Takes in the next bytes of a joblog, in any cuts.  Its last line counts only
 * if a newline ends it.  False when the file is none: its first line is
 * neither a header nor a row.
 */
bool past_feed(struct past *p, const char *bytes, size_t n);

/* All was fed. */
void past_end(struct past *p);

/*
 * All of the above with a file; one that is not there is empty.  Returns NULL,
 * or a static text that says what is wrong with it, then with *error = errno
 * or 0.
 */
const char *past_read(struct past *p, const char *path, int *error);

/* Are tasks known by number? */
bool past_by_number(const struct past *p);

/*
 * What is known of a task with that number and command, once for each row of
 * it: later calls tell of the next one.  *row: the number it was logged
 * under, unless it is new.
 */
enum past_task past_take(struct past *p, uint64_t seq, const char *command,
    size_t n, uint64_t *row);

/*
 * The next failed task, by number: its number and, in place of what b held,
 * its command.  1, or 0 when there are no more, or -1 with errno when the file
 * cannot be read.  After past_read() only.
 */
int past_next_failed(struct past *p, uint64_t *row, struct buf *b);

#endif
