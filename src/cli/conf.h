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
#include "task/limits.h"

enum output_mode {
	OUTPUT_GROUP,
	OUTPUT_ORDER,		/* -k */
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
	char **items;		/* ::: words, NULL-terminated; or NULL */
	const char *arg_file;	/* -a, ::::; "-" = stdin; NULL: stdin */
	const char *arg_sep, *arg_file_sep;	/* ::: and :::: */
	unsigned char delimiter;
	bool skip_empty;
	size_t backlog;

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
	const char *init, *fini;	/* scripts; or NULL */
	nsec init_timeout;	/* 0 = none */
	enum init_fail {
		INIT_STOP,
		INIT_RETRY
	} init_fail;

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

	/* the records */
	struct record_file {
		const char *path;	/* NULL = not wanted */
		bool append;		/* +FILE */
	} joblog, log_json;
	bool stats;
	const char *stats_file;	/* NULL: stderr */
	bool stats_last;	/* COMMAND stands right behind a bare --stats */
	enum exit_mode exit_mode;
	bool quiet;

	char *from_env;		/* private: PPX_OPTIONS, cut into words */
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
