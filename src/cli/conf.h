/*
 * What the command line asked for, checked and resolved: const after
 * conf_parse().  Modules below run/ get only their own small structs, which
 * run/ fills from this one.
 */
#ifndef CLI_CONF_H
#define CLI_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/ladder.h"
#include "task/answer.h"
#include "task/limits.h"

enum output_mode {
	OUTPUT_GROUP,
	OUTPUT_LINES,		/* --line-buffer */
	OUTPUT_RAW		/* -u */
};

enum exit_mode {
	EXIT_CLASSES,		/* 123, 124, ...: the default */
	EXIT_COUNT,
	EXIT_FIRST,
	EXIT_MAX
};

enum command_choice {
	COMMAND_AUTO,
	COMMAND_EXEC,		/* --exec */
	COMMAND_SHELL		/* --shell-line */
};

/* Items of the command line, or a file of records. */
struct conf_source {
	char **words;		/* NULL-terminated; NULL for a file */
	const char *path;	/* "-" = stdin */
	bool linked;		/* :::+ or ::::+ */
	const char *by;		/* what named it: -a, ::::; or NULL */
};

enum {
	JOBS_MAX = 4096		/* the most slots there can be */
};

struct conf {
	/* the command */
	char **command;		/* words, NULL-terminated; [0] NULL = none */
	enum command_choice choice;
	const char *shell;	/* NULL: /bin/sh, or bash for functions */
	const char *replace;	/* -I STR; or NULL */

	/* the input */
	struct conf_source *sources;	/* at least one */
	size_t nsources;
	bool items_given;	/* they are not just stdin by default */
	const char *arg_sep, *arg_file_sep;	/* ::: and :::: */
	unsigned char delimiter;
	bool delimited;		/* -0 or -d was given */
	bool skip_empty;
	size_t backlog;
	bool link;		/* --link: in step, the shorter start again */
	bool split_words;	/* --words */
	bool csv;
	bool header;		/* --header :, names in the first record */
	const char *header_text;	/* ":"; with pipe what begins each
				   block: a number of lines, or an ERE */
	const char *colsep;	/* ERE; or NULL */
	char separator;		/* of CSV */
	enum trim {
		TRIM_NONE,
		TRIM_LEFT = 1,
		TRIM_RIGHT = 2,
		TRIM_BOTH = 3
	} trim;
	const char *eof;	/* -E STR, not empty; or NULL */
	bool skip_first;	/* --skip-first-line */
	size_t max_items;	/* 0 = no limit */
	bool shuf;
	uint64_t seed;		/* of shuf */
	bool seeded;		/* false: another one each time */
	bool shebang;		/* the first source is the script */

	/* blocks of the input, which tasks read */
	bool pipe;
	bool pipe_part;		/* of a file, and nothing else; pipe, too */
	size_t block;		/* bytes; or 0: */
	size_t blocks;		/* so many for each slot; or 0, by default */
	struct conf_text {
		const char *p;	/* with a NUL behind; or NULL */
		size_t n;
	} recstart, recend;
	bool regexp;		/* those are regular expressions */
	bool rrs;		/* tasks do not get them */
	bool cat, fifo;		/* {} is the name of a file that has it */
	bool tee;		/* each task reads all; they have items */
	bool round_robin;	/* one task a slot, blocks in turn */

	/* batches: 0 = not given */
	size_t max_args;	/* -n */
	size_t max_replace;	/* -N */
	bool no_args;		/* -n0, -N0: run per item, insert nothing */
	size_t max_lines;	/* -L */
	size_t max_chars;	/* -s */
	enum batch_how {
		BATCH_NONE,
		BATCH_XARGS,	/* --xargs: as many as fit */
		BATCH_MANY,	/* -m: the same, the last spread out */
		BATCH_CONTEXT	/* -X: and the word around {} is repeated */
	} batch;
	bool exit_if_large;	/* -x */
	bool plus;		/* --plus */

	/* the pool */
	size_t jobs;		/* 1..JOBS_MAX */
	bool jobs_all;		/* -j0: as many as are ready */
	struct ladder ladder;	/* --termseq */
	long min_workers;	/* -1 = workers are kept */
	size_t max_tasks;	/* --max-tasks-per-child; 0 = no limit */
	uint64_t max_rss;	/* bytes; 0 = no limit */
	struct rate {
		uint64_t n;	/* 0 = the default */
		nsec per;
	} max_restarts;
	bool warm;
	const char *init, *fini;	/* scripts; or NULL */
	nsec init_timeout;	/* 0 = none */
	enum init_fail {
		INIT_STOP,
		INIT_RETRY
	} init_fail;

	bool coproc;		/* COMMAND stays up, items go to its stdin */
	struct reply_form reply;
	size_t window;		/* items it may have at a time; 0 = adaptive */

	/* each task: texts with replacement strings, NULL = not given */
	const char *priority;
	const char *timeout;
	const char *soft_timeout;
	const char *idle_timeout;
	const char *queue_timeout;
	const char *mem_limit;	/* SIZE[,strict] */
	const char *retries;
	int soft_signal;
	nsec retry_delay;

	/* the run */
	nsec max_time;		/* 0 = none */
	uint64_t memfree;	/* bytes; 0 = does not matter */
	double load;		/* 0 = does not matter */
	struct halt halt;
	enum leak leak;
	nsec linger;		/* NEVER = as long as they last */
	bool shared_session;
	nsec delay;		/* between two starts */
	int nice;		/* the tasks' niceness; or NICE_AS_IS */
	const char *workdir;	/* per task; or NULL */
	const char *weight;	/* per task; or NULL */
	const char *jobs_file;	/* -j FILE, read again as the run goes on */
	bool tty;		/* tasks have the terminal, one at a time */
	enum input_from input;	/* of the tasks */
	const char *slot_var;	/* --process-slot-var; or NULL */
	bool ask;		/* -p */
	bool semaphore;
	const char *semaphore_id;	/* or NULL */
	bool semaphore_wait, semaphore_fg;
	nsec waited;		/* for its place, before the run */
	bool barred;		/* in vain: nothing starts */
	bool show_limits;

	/* the output */
	enum output_mode output;
	bool tag;
	const char *tagstring;	/* or NULL */
	const char *tmpdir;
	const char *tmpdir_from;	/* what says that, for messages */
	size_t order_window;
	bool dry_run;
	bool verbose_err;	/* -t */
	bool verbose_out;	/* -v */
	bool ordered;		/* -k, also beside --line-buffer */
	const char *results;	/* DIR, template, .csv .tsv .jsonl; or NULL */
	bool files;		/* print names of files, not outputs */
	bool failed_only;	/* --output=failed */
	bool color_failed;
	bool progress, bar, eta;

	/* the records */
	struct record_file {
		const char *path;	/* NULL = not wanted */
		bool append;		/* +FILE */
	} joblog, log_json;
	enum resume {
		RESUME_NONE,
		RESUME_ALL,	/* --resume */
		RESUME_FAILED,	/* --resume-failed */
		RETRY_FAILED	/* --retry-failed */
	} resume;
	bool stats;
	const char *stats_file;	/* NULL: stderr */
	bool stats_last;	/* COMMAND stands right behind a bare --stats */
	enum exit_mode exit_mode;
	bool quiet;

	char *from_text[2];	/* private: recstart, recend */
	char *from_env;		/* private: PPX_OPTIONS, cut into words */
	char **from_script;	/* private: argv with the words of #! */
};

/*
 * Parses argv, after PPX_OPTIONS from the environment.  argv is cut in place
 * (a NULL where ::: stood) and its strings must outlive c.  closed is what
 * fd_sanitise() found: --help and --version must not print into nothing.
 * Those print and exit with 0; any fault is said, with a caret where it
 * helps, and exits with 125.
 */
void conf_parse(struct conf *c, int argc, char **argv, const bool closed[3]);

/* Frees what conf_parse() allocated. */
void conf_free(struct conf *c);

#endif
