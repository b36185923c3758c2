/*
 * --results FILE: a row per task in GNU parallel's columns (parallel(1),
 * --results), as CSV or TSV (RFC 4180, but a row ends in a newline), or as a
 * JSON object a line.
 *
 *  Seq Host(":") Starttime JobRuntime Send(0) Receive Exitval Signal Command
 *  V1.. Stdout Stderr
 *
 * There are as many V as the first task has values, named as --header says;
 * values beyond them are joined to the last.  In JSON all are in "V".  What is
 * not valid UTF-8 is said there once more in base64, as "Stdout_base64".
 *
 * Stdout and Stderr may be of any size: they come in parts.
 */
#ifndef OUTPUT_TABLE_H
#define OUTPUT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "task/task.h"

enum table_form {
	TABLE_CSV,
	TABLE_TSV,
	TABLE_JSON
};

struct table;

/*
 * Returns new; the file is made if need be.  append: a torn last row (a crash)
 * is cut off.  NULL with *error = errno when it cannot be opened.
 */
struct table *table_open(const char *path, enum table_form form, bool append,
    int *error);

/* Before the first row: the file is emptied unless append. */
void table_ready(struct table *t);

/*
 * How many V there are, unless that is known: 0 is not told.  A row before
 * that has as many as its task.
 */
void table_width(struct table *t, size_t n);
bool table_has_width(const struct table *t);

/* What the task itself does not know. */
struct table_row {
	uint64_t received;	/* bytes of its stdout */
	const char *command;	/* as --dry-run shows it */
	size_t n;		/* its bytes */
	char *const *names;	/* of values; NULL where there is none */
	size_t nnames;
};

/* Begins a row, and before the first one the heading. */
void table_begin(struct table *t, const struct task *task,
    const struct table_row *row);

/*
 * A field of it, stream 1 and then 2, and its bytes.  Returns true at the end
 * of a field that is wanted once more, with base64: its parts are then of a
 * multiple of 3 bytes, but for the last.
 */
void table_field(struct table *t, int stream, bool base64);
void table_put(struct table *t, const void *p, size_t n);
bool table_field_end(struct table *t);

void table_end(struct table *t);

/* Writes what is collected; 0, or -1 with errno when this or an earlier write
   failed. */
int table_flush(struct table *t);

/* Flushes and frees; returns as table_flush(). */
int table_close(struct table *t);

#endif
