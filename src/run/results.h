/*
 * What is kept of outputs, inside: private to results.c, which says when and
 * what then, and keep.c, which writes the files and rows of one task.
 */
#ifndef RUN_RESULTS_H
#define RUN_RESULTS_H

#include <stdbool.h>

#include "output/names.h"
#include "output/table.h"
#include "run/state.h"

enum { RESULTS_CHUNK = 48 * 1024 };	/* a multiple of 3: base64 */

enum where {
	KEEP_NOWHERE,		/* --files alone: a file in --tmpdir */
	KEEP_TREE,		/* below a directory, by the values */
	KEEP_DIR,		/* a template of directories */
	KEEP_FILE,		/* a template of files */
	KEEP_TABLE
};

enum pass {
	PASS_OUT,		/* into files of their own */
	PASS_ERR,
	PASS_ROW_OUT,		/* into a row */
	PASS_ROW_OUT64,
	PASS_ROW_ERR,
	PASS_ROW_ERR64,
	PASS_END
};

struct results {
	struct coord *c;
	enum where where;
	struct template *name;
	struct item *label;	/* of the last block that was named */
	struct names *names;
	struct places *places;	/* what none of them may be; or NULL */
	struct table *table;
	struct list jobs;	/* to be stored; the first one is in work */
	struct list stored;	/* rows not yet flushed */
	struct timer timer;
	size_t waiting;		/* jobs, for the width of the table */
	size_t waiting_bytes;	/* of their items */
	nsec until;		/* they wait no longer than to then */
	bool broken;		/* nothing more can be stored: was said */
	bool twins;		/* that there are some was said */
	/* the one in work: */
	bool begun, failed;
	bool open;		/* the pass has begun */
	bool again;		/* the field is wanted in base64, too */
	enum pass pass;
	int fd;			/* of a file, or -1 */
	struct spool_mark mark;
	struct buf path;	/* without what the pass adds */
	char *file;		/* --files: that of stdout; or NULL */
	char chunk[RESULTS_CHUNK];
};

/* Are there files of each task, by a path of its own? */
static inline bool
results_has_files(const struct results *r)
{
	return r->where != KEEP_TABLE && r->where != KEEP_NOWHERE;
}

/* The task in work cannot be stored; nor can others, most likely. */
void results_fail(struct results *r, struct job *j, const char *path,
    int error);

/* Nor this one, as path is a file that ppx itself reads or writes. */
void results_refuse(struct results *r, struct job *j, const char *path,
    const char *owner);

/*
 * Stores some of j's output, and takes from the budget, which is in bytes,
 * what that was.  False: there is more, in the next turn.
 */
bool keep_some(struct results *r, struct job *j, size_t *budget);

/* Stores no more of it. */
void keep_stop(struct results *r, struct job *j);

#endif
