/*
 * getopt_long(3) finds the options, the table of options.c says what each
 * stores; what is left here is what concerns several of them: who excludes
 * whom, the words behind the options, and PPX_OPTIONS, which is parsed first
 * so that the command line wins.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cpus.h"
#include "base/diag.h"
#include "base/mem.h"
#include "cli/conf.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/shebang.h"
#include "cli/value.h"

enum { SPELT_MAX = 64 };

/* Those of the table with `display`, for messages. */
#define DISPLAY_OPTIONS "--bar, --color-failed, --eta, --progress, --tmpdir"

struct parse {
	struct conf *c;
	const bool *closed;
	bool env;		/* these words are PPX_OPTIONS */
	int given[OPTION_ROWS_MAX];	/* what getopt_long returned, or 0 */
};

/* Options by a name or letter of theirs; why is a static string. */
static const struct {
	const char *a, *b;
	const char *why;
} conflicts[] = {
	{ "keep-order", "ungroup", "what is not held back has no order" },
	{ "line-buffer", "ungroup", "output is in whole lines, or untouched" },
	{ "group", "ungroup", "output is in one piece, or untouched" },
	{ "group", "line-buffer", "output is in one piece, or in lines" },
	{ "tag", "ungroup", "ungrouped output is not touched" },
	{ "tagstring", "ungroup", "ungrouped output is not touched" },
	{ "tag", "tagstring", "only one text can stand before a line" },
	{ "exec", "shell-line", "COMMAND is a program, or a shell line" },
	{ "exec", "shell", "no shell is run" },
	{ "halt", "fail-fast", "--fail-fast stands for --halt now,fail=1" },
	{ "idle-timeout", "ungroup", "ppx does not see ungrouped output" },
	{ "null", "delimiter", "records have one delimiter" },
	{ "retry-failed", "resume", "it reads the joblog, not the input" },
	{ "retry-failed", "resume-failed",
	    "it reads the joblog, not the input" },
	{ "csv", "null", "CSV has lines" },
	{ "csv", "delimiter", "CSV has lines" },
	{ "csv", "words", "records are CSV, or words" },
	{ "words", "null", "words are parted by blanks and newlines" },
	{ "words", "delimiter", "words are parted by blanks and newlines" },
	{ "fg", "wait", "--wait runs nothing" },
	{ "results", "ungroup", "ppx does not see ungrouped output" },
	{ "files", "ungroup", "ppx does not see ungrouped output" },
	{ "results", "tty", "what a task writes to the terminal is not seen" },
	{ "files", "tty", "what a task writes to the terminal is not seen" },
};

/* What means nothing without one of two others; b may be NULL. */
static const struct {
	const char *name;
	const char *a, *b;
} partners[] = {
	{ "retry-delay", "retries", NULL },
	{ "soft-signal", "soft-timeout", NULL },
	{ "init-fail", "init", NULL },
	{ "init-timeout", "init", "fini" },
};

/* The option as the user wrote it, abbreviations in full. */
static const char *
spell(const struct parse *p, int val, char spelt[SPELT_MAX])
{
	const char *where = p->env ? "PPX_OPTIONS: " : "";
	struct buf b = { 0 };

	if (val < OPTION_LONG)
		buf_addf(&b, "%s-%c", where, val);
	else
		buf_addf(&b, "%s--%s", where,
		    option_row((size_t)option_index(val))->names[0]);
	diag_show(spelt, SPELT_MAX, b.data, b.len);
	buf_free(&b);
	return spelt;
}

/* Ends ppx: word is an option that getopt_long does not know. */
static void NORETURN
unknown_long(const struct parse *p, const char *word)
{
	const char *where = p->env ? "PPX_OPTIONS: " : "", *near;
	size_t n = strcspn(word + 2, "=");
	struct buf list = { 0 };
	char shown[SPELT_MAX];

	diag_show(shown, sizeof(shown), word, n + 2);
	if (option_abbreviated(word + 2, n, &list) > 1)
		diag("%s%s is ambiguous: %s", where, shown, buf_str(&list));
	else if ((near = option_nearest(word + 2, n)) != NULL)
		diag("%sunknown option %s; did you mean --%s?", where, shown,
		    near);
	else
		diag("%sunknown option %s; ppx --help lists all", where,
		    shown);
	buf_free(&list);
	exit(EXIT_PPX);
}

/* Ends ppx: getopt_long returned '?'; word is the one it looked at. */
static void NORETURN
unknown(const struct parse *p, const char *word)
{
	char spelt[SPELT_MAX], shown[8];
	char letter = (char)optopt;

	if (optopt >= OPTION_LONG)
		die("%s takes no argument", spell(p, optopt, spelt));
	if (optopt == 0)
		unknown_long(p, word);
	diag_show(shown, sizeof(shown), &letter, 1);
	die("%sunknown option -%s; ppx --help lists all",
	    p->env ? "PPX_OPTIONS: " : "", shown);
}

static void NORETURN
no_argument_for(const struct parse *p, int val)
{
	char spelt[SPELT_MAX];

	die("%s needs an argument: %s", spell(p, val, spelt),
	    option_row((size_t)option_index(val))->arg);
}

/* --help and --version. */
static void NORETURN
print(const struct parse *p, int (*what)(void))
{
	errno = EBADF;
	if (p->closed[STDOUT_FILENO] || what() < 0)
		die("stdout: %s", strerror(errno));
	exit(EXIT_SUCCESS);
}

/* An option that is known, but is not there; by the name that was written. */
static void NORETURN
absent(const struct parse *p, int val, const char *word, const char *advice)
{
	const char *where = p->env ? "PPX_OPTIONS: " : "";
	char shown[SPELT_MAX], letter[] = { '-', (char)val, '\0' };

	if (val < OPTION_LONG)
		word = letter;
	diag_show(shown, sizeof(shown), word, strcspn(word, "="));
	if (advice)
		die("%s%s is not supported: %s", where, shown, advice);
	die("%s%s is not in this version yet", where, shown);
}

/* One option; word is the word of argv that it stands in. */
static void
option(struct parse *p, int val, const char *word)
{
	int i = option_index(val);
	const struct option_row *row = option_row((size_t)i);
	char spelt[SPELT_MAX];

	spell(p, val, spelt);
	if (row->store == STORE_LATER || row->store == STORE_REFUSED)
		absent(p, val, word, row->help);
	if (p->env && !row->display)
		die("%s: only display options may stand there "
		    "(" DISPLAY_OPTIONS ")",
		    spelt);
	if (row->store == STORE_HELP)
		print(p, help_usage);
	if (row->store == STORE_VERSION)
		print(p, help_version);
	value_store(p->c, row, spelt, optarg);
	p->given[i] = val;
	p->c->stats_last = row->store == STORE_STATS && optarg == NULL;
}

/* Returns how many words of argv were options. */
static int
options(struct parse *p, int argc, char **argv)
{
	const char *letters = option_letters();
	const struct option *longs = option_longs();
	int val, at;

	/* 0, not 1: getopt starts afresh (glibc, musl and BSD alike). */
	optind = 0;
	opterr = 0;
	for (at = 1;; at = optind) {
		val = getopt_long(argc, argv, letters, longs, NULL);
		if (val == -1)
			return optind;
		if (val == ':')
			no_argument_for(p, optopt);
		if (val == '?')
			unknown(p, argv[at]);
		option(p, val, argv[at]);
	}
}

static void
defaults(struct conf *c)
{
	const char *tmpdir = getenv("TMPDIR");

	memset(c, 0, sizeof(*c));
	c->arg_sep = ":::";
	c->arg_file_sep = "::::";
	c->delimiter = '\n';
	c->backlog = 1000;
	ladder_parse("TERM,5000,KILL", &c->ladder);
	c->min_workers = -1;
	c->init_timeout = 60 * SEC;
	c->soft_signal = SIGUSR1;
	c->nice = NICE_AS_IS;
	c->leak = LEAK_AUTO;
	c->linger = 10 * SEC;
	c->output = OUTPUT_GROUP;
	c->tmpdir = tmpdir && *tmpdir ? tmpdir : "/tmp";
	c->tmpdir_from = tmpdir && *tmpdir ? "TMPDIR" : "the default";
	c->order_window = 100000;
	c->exit_mode = EXIT_CLASSES;
}

/* Parses PPX_OPTIONS: words parted by blanks, without any quoting. */
static void
environment(struct parse *p)
{
	static char name[] = "ppx";
	const char *value = getenv("PPX_OPTIONS");
	char **argv = NULL, *s, shown[SPELT_MAX];
	size_t cap = 0, n = 0;

	mem_grow(&argv, &cap, 2, sizeof(*argv));
	argv[n++] = name;
	s = p->c->from_env = xstrdup(value ? value : "");
	while (*(s += strspn(s, " \t\n"))) {
		mem_grow(&argv, &cap, n + 2, sizeof(*argv));
		argv[n++] = s;
		s += strcspn(s, " \t\n");
		if (*s)
			*s++ = '\0';
	}
	argv[n] = NULL;
	p->env = true;
	if ((size_t)options(p, (int)n, argv) < n)
		die("PPX_OPTIONS: %s: only display options may stand there "
		    "(" DISPLAY_OPTIONS ")", diag_show(shown, sizeof(shown),
		    argv[optind], strlen(argv[optind])));
	p->env = false;
	free(argv);
}

/* What a word among COMMAND and items means. */
enum word {
	WORD_PLAIN,
	WORD_ITEMS,		/* ::: */
	WORD_FILES		/* :::: */
};

static enum word
word_kind(const struct conf *c, const char *word, bool *linked)
{
	size_t n = strlen(c->arg_sep), m = strlen(c->arg_file_sep);

	*linked = false;
	if (strcmp(word, c->arg_sep) == 0)
		return WORD_ITEMS;
	if (strcmp(word, c->arg_file_sep) == 0)
		return WORD_FILES;
	*linked = true;
	if (strncmp(word, c->arg_sep, n) == 0 && strcmp(word + n, "+") == 0)
		return WORD_ITEMS;
	if (strncmp(word, c->arg_file_sep, m) == 0 &&
	    strcmp(word + m, "+") == 0)
		return WORD_FILES;
	return WORD_PLAIN;
}

/* The words behind a ::: or ::::, up to the next one, which is returned, or
   the end. */
static char **
source_words(struct conf *c, char **w, enum word kind, bool linked,
    const char *sep)
{
	char **end = w;
	bool dummy;

	while (*end && word_kind(c, *end, &dummy) == WORD_PLAIN)
		end++;
	if (kind == WORD_ITEMS) {
		value_add_source(c, (struct conf_source){ .words = w,
		    .linked = linked });
		return end;
	}
	if (end == w || **w == '\0')
		die("%s needs the name of a file", sep);
	for (; w < end; w++)
		value_add_source(c, (struct conf_source){ .path = *w,
		    .linked = linked, .by = sep });
	return end;
}

/* COMMAND and what follows it. */
static void
words(struct conf *c, char **w)
{
	enum word kind;
	const char *sep;
	bool linked;
	char **end;

	if (strcmp(c->arg_sep, c->arg_file_sep) == 0)
		die("--arg-sep and --arg-file-sep are the same: %s",
		    c->arg_sep);
	c->command = w;
	while (*w && word_kind(c, *w, &linked) == WORD_PLAIN)
		w++;
	while ((sep = *w) != NULL) {
		kind = word_kind(c, sep, &linked);
		*w = NULL;
		end = source_words(c, w + 1, kind, linked, sep);
		w = end;
	}
	if (c->nsources == 0)
		value_add_source(c, (struct conf_source){ .path = "-" });
	else
		c->items_given = true;
}

/* What the user wrote for the option of that long name; 0 = not given. */
static int
given(const struct parse *p, const char *name)
{
	const struct option *o = option_longs();

	while (strcmp(o->name, name) != 0)
		o++;
	return p->given[option_index(o->val)];
}

static void
check_conflicts(const struct parse *p)
{
	char a[SPELT_MAX], b[SPELT_MAX];
	size_t i;
	int x, y;

	for (i = 0; i < COUNT(conflicts); i++) {
		x = given(p, conflicts[i].a);
		y = given(p, conflicts[i].b);
		if (x && y)
			die("%s and %s exclude each other: %s",
			    spell(p, x, a), spell(p, y, b), conflicts[i].why);
	}
}

/* Standard input can be read once. */
static void
check_sources(const struct conf *c)
{
	const struct conf_source *first = NULL, *s = c->sources;
	size_t i;

	if (c->shebang && c->from_script == NULL)
		die("--shebang must be the first option of a script's first "
		    "line");
	for (i = 0; i < c->nsources; i++, s++) {
		if (s->path == NULL || strcmp(s->path, "-") != 0)
			continue;
		if (first)
			die("%s - and %s - both name standard input, which "
			    "can be read once", first->by, s->by);
		first = s;
	}
}

/* What follows from several options about records. */
static void
settle_records(struct conf *c, const struct parse *p)
{
	c->separator = ',';
	if (c->eof && *c->eof == '\0')
		c->eof = NULL;
	if (c->csv && c->colsep)
		value_check("--csv with --colsep", c->colsep,
		    value_separator(c->colsep, &c->separator));
	else if (c->colsep && !given(p, "trim"))
		c->trim = TRIM_BOTH;
}

static void
check_partners(const struct parse *p)
{
	char spelt[SPELT_MAX];
	size_t i;
	int x;

	for (i = 0; i < COUNT(partners); i++) {
		x = given(p, partners[i].name);
		if (x == 0 || given(p, partners[i].a) ||
		    (partners[i].b && given(p, partners[i].b)))
			continue;
		die("%s has no meaning without --%s%s%s", spell(p, x, spelt),
		    partners[i].a, partners[i].b ? " or --" : "",
		    partners[i].b ? partners[i].b : "");
	}
}

/* What gives more than one item to a task, or none; or NULL. */
static const char *
batching(const struct conf *c)
{
	if (c->batch)
		return c->batch == BATCH_XARGS ? "--xargs" :
		    c->batch == BATCH_MANY ? "-m" : "-X";
	if (c->max_args > 1)
		return "-n";
	if (c->max_replace > 1)
		return "-N";
	if (c->max_lines > 1)
		return "-L";
	return c->no_args ? "-n0" : NULL;
}

static void
check_batches(const struct conf *c)
{
	const char *how = batching(c);
	bool n = c->max_args > 0, m = c->max_replace > 0;
	bool l = c->max_lines > 0;

	if (n + m + l + c->no_args > 1)
		die("%s and %s exclude each other: each says how many items "
		    "a task gets", n ? "-n" : m ? "-N" : "-L",
		    c->no_args ? "-n0" : l ? "-L" : "-N");
	if (c->no_args && c->batch)
		die("-n0 and %s exclude each other: a task gets no item, or "
		    "as many as fit", how);
	if (how && c->header && !c->no_args)
		die("--header and %s exclude each other: a batch has no "
		    "{name}; --skip-first-line passes over the names", how);
	if (how && c->replace)
		die("-I and %s exclude each other: with -I each record is a "
		    "task", how);
	if (how && c->command[0] == NULL)
		die("%s needs a COMMAND: without one each record is a "
		    "command of its own", how);
}

/* Options about the outputs of tasks that have ended, where none is held. */
static void
check_output(const struct parse *p)
{
	struct conf *c = p->c;
	bool kept = c->results || c->files;
	char a[SPELT_MAX];

	if (c->output != OUTPUT_GROUP && c->failed_only && !kept)
		die("--output=failed and %s exclude each other: what has been "
		    "printed cannot be taken back", spell(p,
		    given(p, c->output == OUTPUT_RAW ? "ungroup" :
		    "line-buffer"), a));
	/* may stand in PPX_OPTIONS, so it is no conflict */
	if (c->output != OUTPUT_GROUP)
		c->color_failed = false;
	/* nothing of the outputs passes */
	if (kept)
		c->output = OUTPUT_GROUP;
}

/* GNU parallel's strings in Perl; as text they would name one file for all. */
static void
check_perl(const char *what, const char *s)
{
	const char *open, *p;
	char shown[SPELT_MAX];

	for (open = s; open && (open = strchr(open, '{')) != NULL; open++) {
		p = open + 1;
		p += strspn(p, "-0123456789");
		if (*p == '=' && (p = strstr(p + 1, "=}")) != NULL)
			die("%s%s is Perl, which is not supported: write a "
			    "shell line and change \"$1\" there, as in "
			    "\"${1%%.x}\"", what, diag_show(shown,
			    sizeof(shown), open, (size_t)(p + 2 - open)));
	}
}

static void
check_command(const struct conf *c)
{
	size_t i;

	check_batches(c);
	for (i = 0; c->command[i]; i++)
		check_perl("", c->command[i]);
	check_perl("--tagstring: ", c->tagstring);
	check_perl("--results: ", c->results);
	check_perl("--workdir: ", c->workdir);
	if (c->command[0] || c->semaphore_wait)
		return;
	if (c->semaphore)
		die("--semaphore needs a COMMAND");
	if (c->replace)
		die("-I needs a COMMAND that %s stands in", c->replace);
	if (c->choice == COMMAND_EXEC)
		die("--exec needs a COMMAND");
}

/*
 * What the joblog is read for.  --retry-failed takes the commands from it, as
 * lines for the shell: those of the command line, and what belongs to them,
 * are not looked at.
 */
static void
check_resume(const struct parse *p, struct conf *c)
{
	static char *none[] = { NULL };

	if (given(p, "resume-failed"))
		c->resume = RESUME_FAILED;	/* beside --resume, too */
	if (c->resume != RESUME_NONE && c->joblog.path == NULL)
		die("%s needs --joblog FILE: it reads there what was run "
		    "before", c->resume == RESUME_ALL ? "--resume" :
		    c->resume == RESUME_FAILED ? "--resume-failed" :
		    "--retry-failed");
	c->joblog.append |= c->resume != RESUME_NONE;
	if (c->resume != RETRY_FAILED)
		return;
	c->command = c->sources->words = none;
	c->sources->path = NULL;
	c->nsources = 1;
	c->choice = COMMAND_AUTO;
	c->replace = c->colsep = NULL;
	c->header = c->csv = c->skip_first = c->no_args = false;
	c->max_args = c->max_replace = c->max_lines = 0;
	c->batch = BATCH_NONE;
}

/* What is in the foreground writes as it likes, unless that was asked for. */
static void
imply_ungroup(const struct parse *p)
{
	static const char *const held[] = {
		"group", "line-buffer", "keep-order", "tag", "tagstring",
		"results", "files", "output", "color-failed"
	};
	size_t i;

	for (i = 0; i < COUNT(held); i++)
		if (given(p, held[i]))
			return;
	p->c->output = OUTPUT_RAW;
}

/* A terminal is for one task at a time. */
static void
imply_tty(const struct parse *p)
{
	struct conf *c = p->c;
	size_t i;

	if (c->jobs > 1 && !c->semaphore)
		die("--tty and -j %zu exclude each other: one task at a time "
		    "has the terminal", c->jobs);
	imply_ungroup(p);
	if (!c->semaphore)
		c->jobs = 1;
	c->shared_session = true;
	c->input = INPUT_OURS;
	if (c->semaphore)
		return;
	for (i = 0; i < c->nsources; i++)
		if (c->sources[i].path && strcmp(c->sources[i].path, "-") == 0)
			c->input = INPUT_TERMINAL;
}

static void
imply_semaphore(struct parse *p)
{
	struct conf *c = p->c;
	char a[SPELT_MAX];

	c->semaphore = true;
	if (c->items_given)
		die("--semaphore takes no items: COMMAND is run once");
	if (c->tty && !c->semaphore_fg)
		die("%s needs --fg with --semaphore: what runs behind has no "
		    "terminal", spell(p, given(p, "tty"), a));
	if (c->semaphore_wait && c->command[0])
		die("--wait runs nothing; leave out %s", c->command[0]);
	if (c->semaphore_fg)
		imply_ungroup(p);
	if (c->jobs == 0)
		c->jobs = 1;
}

/* What follows from what was given. */
static void
imply(struct parse *p)
{
	struct conf *c = p->c;

	if (c->semaphore || c->semaphore_id || c->semaphore_fg ||
	    c->semaphore_wait)
		imply_semaphore(p);
	if (c->tty)
		imply_tty(p);
	if (c->slot_var && (strchr(c->slot_var, '=') ||
	    strncmp(c->slot_var, "PPX_", 4) == 0))
		die("--process-slot-var: %s cannot be the name of such a "
		    "variable", c->slot_var);
}

void
conf_parse(struct conf *c, int argc, char **argv, const bool closed[3])
{
	struct parse p = { .c = c, .closed = closed };
	int n;

	defaults(c);
	environment(&p);
	if (argc > 1 && shebang_wanted(argv[1]))
		argv = c->from_script = shebang_words(c, &argc, argv);
	n = options(&p, argc, argv);
	c->stats_last &= strncmp(argv[n - 1], "--s", 3) == 0;	/* no -- */
	words(c, argv + n);
	check_conflicts(&p);
	check_partners(&p);
	check_resume(&p, c);
	imply(&p);
	check_sources(c);
	check_output(&p);
	check_command(c);
	settle_records(c, &p);
	if (given(&p, "tmpdir"))
		c->tmpdir_from = "--tmpdir";
	if (c->linger == 0)
		c->linger = NEVER;
	if (c->jobs == 0)
		c->jobs = cpus_count();
	if (c->jobs > JOBS_MAX)
		c->jobs = JOBS_MAX;
}

void
conf_free(struct conf *c)
{
	free(c->sources);
	free(c->from_env);
	free(c->from_script);
	c->from_env = NULL;
	c->from_script = NULL;
}
