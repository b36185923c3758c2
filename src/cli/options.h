/*
 * The one table of options.  getopt_long's arrays, --help, the nearest known
 * option of a misspelt one, and later shell completion are made from it.  To
 * add an option: a member in struct conf, a row here, an entry in the manual;
 * what it excludes goes into the table of check.c.
 *
 * Pure: nothing here parses, prints or exits.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The parts of --help, in its order. */
enum option_group {
	GROUP_NONE,		/* not in --help */
	GROUP_INPUT,
	GROUP_COMMAND,
	GROUP_BLOCKS,
	GROUP_RUN,
	GROUP_WORKER,
	GROUP_OUTPUT,
	GROUP_RECORD,
	GROUP_OTHER
};
enum { OPTION_NGROUPS = GROUP_OTHER + 1 };

/* What an option does with its argument and the member at its offset. */
enum option_store {
	STORE_NOTHING,		/* accepted without effect */
	STORE_TRUE,		/* bool = true */
	STORE_VALUE,		/* enum = row->value */
	STORE_CHOICE,		/* enum = index of the word in row->arg */
	STORE_EITHER,		/* bool = that index, 0 or 1 */
	STORE_WORD,		/* const char *, not empty */
	STORE_TEXT,		/* const char *, may be empty */
	STORE_COUNT,		/* size_t, 1 or more */
	STORE_LIMIT,		/* size_t; 0 = no limit */
	STORE_SPAN,		/* nsec */
	STORE_MAX_TIME,		/* nsec, until a time of day perhaps */
	STORE_SOURCE,		/* one more of the sources */
	STORE_ARGS,		/* size_t, 0 or more: 0 also sets no_args */
	STORE_HEADER,		/* bool = true; and header_text */
	STORE_SHUF,		/* shuf, seed and seeded */
	STORE_TRIM,		/* enum trim: n l r lr, or rl */
	STORE_NICE,		/* int, -20 to 19 */
	STORE_OLD_REPLACE,	/* -i[STR] of xargs: replace */
	STORE_OLD_LINES,	/* -l[N]: max_lines */
	STORE_OLD_EOF,		/* -e[STR]: eof */
	STORE_NUL,		/* unsigned char = 0, and delimited */
	STORE_BYTE,		/* unsigned char: an escape too; and delimited */
	STORE_LADDER,		/* struct ladder */
	STORE_SIGNAL,		/* int: a signal by name or number */
	STORE_SIZE,		/* uint64_t, bytes */
	STORE_BLOCK,		/* block and blocks: a size, or -N */
	STORE_LOAD,		/* double: a number, or N% of the CPUs */
	STORE_FLOOR,		/* long, 0 or more */
	STORE_RATE,		/* struct rate: N or N/SECONDS */
	STORE_HALT,		/* struct halt */
	STORE_FAIL_FAST,	/* struct halt = now,fail=1 */
	STORE_REPLY,		/* struct reply_form */
	STORE_STATS,		/* stats and stats_file */
	STORE_JOBS,		/* jobs and jobs_all */
	STORE_RECORDS,		/* struct record_file: FILE or +FILE */
	STORE_HELP,		/* prints and exits */
	STORE_VERSION,
	STORE_REFUSED		/* an error: row->help is the advice */
};

struct option_row {
	const char *const *names;	/* long names, the main one first, then
					   NULL; there may be none; those
					   behind an "" are not in --help */
	const char *letters;	/* one-letter names; may be "" */
	const char *arg;	/* the argument's name, or the words it may be
				   with bars between; "[=NAME]" may be left
				   out; NULL = takes none */
	enum option_group group;
	enum option_store store;
	size_t offset;		/* in struct conf */
	const char *help;	/* at most OPTION_HELP_MAX columns in --help */
	int value;
	bool display;		/* may stand in PPX_OPTIONS */
};

enum {
	OPTION_HELP_MAX = 48,
	OPTION_ROWS_MAX = 192	/* never more rows than that */
};

/* Row i, counted from 0; NULL behind the last. */
const struct option_row *option_row(size_t i);

/* The last of them, those that are refused; in refused.c. */
const struct option_row *option_refused(size_t i);

/* The heading of a group in --help. */
const char *option_group_title(enum option_group g);

/*
 * getopt_long's arrays, made at the first call.  The val of a long option is
 * OPTION_LONG plus the index of its row.
 */
enum { OPTION_LONG = 256 };
const char *option_letters(void);
const struct option *option_longs(void);

/* The index of the row that has this letter, or val; -1 when none has. */
int option_index(int letter_or_val);

/*
 * The option of what getopt_long returned, with its dashes, by its main name;
 * for messages.  Returns spelt.
 */
enum { OPTION_SPELT_MAX = 40 };
const char *option_spell(int val, char spelt[OPTION_SPELT_MAX]);

/*
 * The known long name nearest to the n bytes at name by edit distance, NULL
 * when none is near.
 */
const char *option_nearest(const char *name, size_t n);

/*
 * The option that the n bytes at name begin the name of, if it is the only one
 * but for those that are not there; else NULL.
 */
const struct option *option_completed(const char *name, size_t n);

/*
 * How many options have a long name that begins with the n bytes at name; adds
 * one such name of each to list, as "--one, --other".  Those that are not there
 * count where no other has.
 */
size_t option_abbreviated(const char *name, size_t n, struct buf *list);

#endif
