/*
 * The job log in GNU parallel's columns (parallel(1), --joblog): a line per
 * task, tab-separated, below a header.
 *
 *  Seq Host(":") Starttime JobRuntime Send(0) Receive Exitval Signal Command
 *
 *  exit status N, or 126/127 not executed    Exitval N, Signal 0
 *  ended by a signal                         Exitval 0 and the signal
 *  ended by ppx (time limit, leftovers)      Exitval -1 and the signal, or 0
 *  lost with its worker; bad item            Exitval -1 and the signal, or 0
 *
 * Tasks that were not started, and those that ppx ended because it was itself
 * told to end or halt, get no row: --resume runs them again.
 */
#ifndef OUTPUT_JOBLOG_H
#define OUTPUT_JOBLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "task/result.h"

struct joblog;

/*
 * Returns new; the file is made if need be, and what is in it stays until
 * joblog_begin().  NULL with *error = errno when it cannot be opened.
 */
struct joblog *joblog_open(const char *path, bool append, int *error);

/*
 * Before the first row: empties the file unless append, and writes the header
 * if it is empty.  A torn last line (a crash) is ended first, with a tab, so
 * that it is never taken for a row: its command may lack an end, and then be
 * another one.  Returns as joblog_flush().
 */
int joblog_begin(struct joblog *j);

/*
 * Adds the row of one task whose output is delivered; received: bytes of its
 * stdout; command: its text as --dry-run shows it, n bytes.  Nothing is
 * written before joblog_flush().
 */
void joblog_row(struct joblog *j, uint64_t seq, const struct result *r,
    uint64_t received, const char *command, size_t n);

/*
 * Writes the rows with one write(2); once per loop turn.  Returns 0, or -1
 * with errno when this or an earlier write failed: rows are discarded then.
 */
int joblog_flush(struct joblog *j);

/* Flushes and frees; returns as joblog_flush(). */
int joblog_close(struct joblog *j);

/* The columns Exitval and Signal. */
void joblog_outcome(const struct result *r, int *code, int *sig);

/*
 * Adds n bytes of a command as the log has them: tab, newline and NUL as \t,
 * \n and \0, and a backslash before t, n, 0 or one of those or a backslash
 * doubled; all else stays as it is, so most commands read as they were typed,
 * and no two are alike.
 */
void joblog_escape(struct buf *b, const char *p, size_t n);

/* Adds the command that joblog_escape() made p[0..n) of. */
void joblog_unescape(struct buf *b, const char *p, size_t n);

/* What is read of a row. */
struct joblog_row {
	uint64_t seq;
	bool failed;		/* Exitval or Signal is not 0 */
	const char *command;	/* as it stands in the line, escaped */
	size_t n;
};

/*
 * Reads a line without its newline.  False when it is no row: the header, a
 * torn one, something else.
 */
bool joblog_parse(const char *line, size_t n, struct joblog_row *r);

/* Is the first line of a file that of a joblog: its header, maybe torn? */
bool joblog_is_header(const char *line, size_t n);

#endif
