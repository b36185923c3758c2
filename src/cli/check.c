#include "config.h"

#include <string.h>

#include "base/cpus.h"
#include "base/diag.h"
#include "base/mem.h"
#include "cli/check.h"
#include "cli/foreign.h"
#include "cli/options.h"
#include "cli/value.h"

/* The options of a command line, looked at together. */
struct checked {
	struct conf *c;
	const int *given;	/* by row: what getopt_long returned, or 0 */
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
	{ "warm", "exec", "all tasks are made by a shell" },
	{ "warm", "tty", "what a warm shell makes has no terminal" },
	{ "warm", "semaphore", "there is but one task" },
	{ "warm", "pipe", "a warm shell hands its tasks no stdin of their own" },
	{ "warm", "pipe-part", "a warm shell hands its tasks no stdin of their "
	    "own" },
	{ "warm", "coproc", "a co-process is there before its tasks" },
	{ "fg", "wait", "--wait runs nothing" },
	{ "results", "ungroup", "ppx does not see ungrouped output" },
	{ "files", "ungroup", "ppx does not see ungrouped output" },
	{ "results", "tty", "what a task writes to the terminal is not seen" },
	{ "files", "tty", "what a task writes to the terminal is not seen" },
	{ "round-robin", "pipe-part", "its tasks read one part of a file each" },
	{ "round-robin", "retries", "what a task has read is not kept" },
	{ "round-robin", "resume", "a task has no blocks of its own" },
	{ "round-robin", "resume-failed", "a task has no blocks of its own" },
	{ "tee", "pipe-part", "each task reads all; leave out --pipe-part, and "
	    "give the file as standard input" },
	{ "tee", "round-robin", "each task reads all" },
	{ "tee", "cat", "each task reads all, as it comes" },
	{ "tee", "fifo", "each task reads all, as it comes" },
	{ "tee", "block", "each task reads all" },
	{ "tee", "recend", "each task reads all" },
	{ "tee", "recstart", "each task reads all" },
	{ "tee", "remove-rec-sep", "each task reads all" },
	{ "tee", "header", "each task reads all" },
	{ "tee", "retries", "what a task has read is not kept" },
	{ "tee", "priority", "all tasks run at once" },
	{ "tee", "delay", "all tasks run at once" },
	{ "tee", "weight", "all tasks run at once" },
	{ "tee", "load", "all tasks run at once" },
	{ "tee", "memfree", "all tasks run at once" },
	{ "tee", "interactive", "all tasks run at once" },
	{ "round-robin", "cat", "a file is there before its task" },
	{ "round-robin", "fifo", "a fifo has one block" },
	{ "cat", "fifo", "{} is a file, or a fifo" },
	{ "pipe", "null", "records of blocks end in --recend '\\0'" },
	{ "pipe", "delimiter", "records of blocks end in --recend STR" },
	{ "pipe", "words", "blocks are of whole records" },
	{ "pipe", "csv", "blocks are of whole records, in which ppx sees no "
	    "columns" },
	{ "pipe", "colsep", "blocks are of whole records, in which ppx sees "
	    "no columns" },
	{ "pipe", "trim", "the bytes of a block are not touched" },
	{ "pipe", "eof", "the input is read to its end" },
	{ "pipe", "shuf", "blocks are in the order of the input" },
	{ "pipe", "link", "it has one input" },
	{ "pipe", "max-items", "the input is read to its end; use head(1)" },
	{ "pipe", "skip-first-line", "use tail -n +2" },
	{ "pipe", "shebang", "a script's lines are items, not blocks" },
	{ "pipe", "tty", "the tasks read blocks, not the terminal" },
	{ "pipe", "semaphore", "the input of COMMAND is not cut there" },
	{ "pipe", "fg", "the input of COMMAND is not cut there" },
	{ "pipe", "wait", "--wait runs nothing" },
	{ "pipe", "retry-failed", "the joblog has no blocks; use "
	    "--resume-failed" },
	{ "max-lines", "shuf", "a line that goes on in the next would be torn; "
	    "use -N" },
	{ "coproc", "pipe", "a co-process reads items, not blocks" },
	{ "coproc", "tee", "a co-process reads items, not blocks" },
	{ "coproc", "pipe-part", "a co-process reads items, not blocks" },
	{ "coproc", "ungroup", "ppx reads the replies of a co-process" },
	{ "coproc", "tty", "the items are on the stdin of a co-process" },
	{ "coproc", "interactive", "a co-process is started once" },
	{ "coproc", "semaphore", "that runs COMMAND once" },
	{ "coproc", "soft-timeout", "only COMMAND can be signalled, not what "
	    "it does for one item" },
	{ "coproc", "retry-failed", "its commands are lines for the shell; "
	    "leave out --coproc, or use --resume-failed" },
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
	{ "block", "pipe", "pipe-part" },
	{ "round-robin", "pipe", NULL },
	{ "tee", "pipe", NULL },
	{ "cat", "pipe", "pipe-part" },
	{ "fifo", "pipe", "pipe-part" },
	{ "recend", "pipe", "pipe-part" },
	{ "recstart", "pipe", "pipe-part" },
	{ "regexp", "pipe", "pipe-part" },
	{ "remove-rec-sep", "pipe", "pipe-part" },
	{ "reply", "coproc", NULL },
	{ "window", "coproc", NULL },
};

/* What the user wrote for the option of that long name; 0 = not given. */
static int
given(const struct checked *p, const char *name)
{
	const struct option *o = option_longs();

	while (strcmp(o->name, name) != 0)
		o++;
	return p->given[option_index(o->val)];
}

static void
check_conflicts(const struct checked *p)
{
	char a[OPTION_SPELT_MAX], b[OPTION_SPELT_MAX];
	size_t i;
	int x, y;

	for (i = 0; i < COUNT(conflicts); i++) {
		x = given(p, conflicts[i].a);
		if (x == 0 && strcmp(conflicts[i].a, "pipe") == 0)
			x = given(p, "pipe-part");
		y = given(p, conflicts[i].b);
		if (x && y)
			die("%s and %s exclude each other: %s",
			    option_spell(x, a), option_spell(y, b),
			    conflicts[i].why);
	}
}

static void
check_partners(const struct checked *p)
{
	char spelt[OPTION_SPELT_MAX];
	size_t i;
	int x;

	for (i = 0; i < COUNT(partners); i++) {
		x = given(p, partners[i].name);
		if (x == 0 || given(p, partners[i].a) ||
		    (partners[i].b && given(p, partners[i].b)))
			continue;
		die("%s has no meaning without --%s%s%s",
		    option_spell(x, spelt), partners[i].a, partners[i].b ? " or --" : "",
		    partners[i].b ? partners[i].b : "");
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
settle_records(const struct checked *p)
{
	struct conf *c = p->c;

	c->separator = ',';
	if (c->eof && *c->eof == '\0')
		c->eof = NULL;
	if (c->csv && c->colsep)
		value_check("--csv with --colsep", c->colsep,
		    value_separator(c->colsep, &c->separator));
	else if (c->colsep && !given(p, "trim"))
		c->trim = TRIM_BOTH;
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
	if (c->coproc && (how || c->max_chars))
		die("--coproc and %s exclude each other: items are no "
		    "arguments, each is written by itself", how ? how : "-s");
	if (how && c->command[0] == NULL)
		die("%s needs a COMMAND: without one each record is a "
		    "command of its own", how);
}

/* Options about the outputs of tasks that have ended, where none is held. */
static void
check_output(const struct checked *p)
{
	struct conf *c = p->c;
	bool kept = c->results || c->files;
	char a[OPTION_SPELT_MAX];

	if (c->output != OUTPUT_GROUP && c->failed_only && !kept)
		die("--output=failed and %s exclude each other: what has been "
		    "printed cannot be taken back", option_spell(given(p,
		    c->output == OUTPUT_RAW ? "ungroup" : "line-buffer"), a));
	/* may stand in PPX_OPTIONS, so it is no conflict */
	if (c->output != OUTPUT_GROUP)
		c->color_failed = false;
	/* nothing of the outputs passes */
	if (kept)
		c->output = OUTPUT_GROUP;
}

/* option: whose text s is, in which no shell can change it; NULL: a word. */
static void
check_foreign(const struct conf *c, const char *option, const char *s)
{
	char shown[OPTION_SPELT_MAX];
	struct foreign f;

	if (s == NULL || !foreign_find(s, c->plus, c->header, &f))
		return;
	diag_show(shown, sizeof(shown), f.at, f.n);
	if (option == NULL)
		die("%s %s", shown, f.advice);
	die("%s: %s %s", option, shown, f.line ? "is not supported: have the "
	    "text made before, as a value of its own, and write {2}" :
	    f.advice);
}

static void
check_command(struct conf *c)
{
	char shown[OPTION_SPELT_MAX];
	struct foreign f;
	size_t i;

	if (c->pipe || c->pipe_part)
		check_blocks(c);
	else
		check_batches(c);
	if (c->header && strcmp(c->header_text, ":") != 0)
		die("--header: only : is known without --pipe, for the first "
		    "record");
	for (i = 0; c->command[i]; i++)
		check_foreign(c, NULL, c->command[i]);
	if (foreign_spread(c->command, &f))
		die("%s .. =} %s", diag_show(shown, sizeof(shown), f.at, f.n),
		    f.advice);
	check_foreign(c, "--tagstring", c->tagstring);
	check_foreign(c, "--results", c->results);
	check_foreign(c, "--workdir", c->workdir);
	if (c->command[0] || c->semaphore_wait)
		return;
	if (c->semaphore)
		die("--semaphore needs a COMMAND");
	if (c->replace)
		die("-I needs a COMMAND that %s stands in", c->replace);
	if (c->choice == COMMAND_EXEC)
		die("--exec needs a COMMAND");
}

/* What is of all items alike, as it is the co-process's. */
static void
check_coproc(struct conf *c)
{
	static const char *const names[] = {
		"--mem-limit", "--workdir"
	};
	const char *const texts[] = { c->mem_limit, c->workdir };
	size_t i;

	if (!c->coproc)
		return;
	if (c->command[0] == NULL)
		die("--coproc needs a COMMAND, which has the items on its "
		    "stdin");
	if (c->replace)
		die("--coproc and -I exclude each other: COMMAND has the "
		    "items on its stdin");
	for (i = 0; i < COUNT(texts); i++)
		if (texts[i] && strchr(texts[i], '{'))
			die("%s: a co-process has many items, so {} has no "
			    "value here", names[i]);
	/* a reply is held until it is whole, and lines are whole then */
	c->output = OUTPUT_GROUP;
}

/*
 * What the joblog is read for.  --retry-failed takes the commands from it, as
 * lines for the shell: those of the command line, and what belongs to them,
 * are not looked at.
 */
static void
check_resume(const struct checked *p)
{
	struct conf *c = p->c;
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
imply_ungroup(const struct checked *p)
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
imply_tty(const struct checked *p)
{
	struct conf *c = p->c;
	size_t i;

	if (c->jobs > 1 && !c->semaphore)
		die("--tty and -j %zu exclude each other: one task at a time "
		    "has the terminal", c->jobs_all ? (size_t)0 : c->jobs);
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
imply_semaphore(const struct checked *p)
{
	struct conf *c = p->c;
	char a[OPTION_SPELT_MAX];

	c->semaphore = true;
	if (c->items_given)
		die("--semaphore takes no items: COMMAND is run once");
	if (c->tty && !c->semaphore_fg)
		die("%s needs --fg with --semaphore: what runs behind has no "
		    "terminal", option_spell(given(p, "tty"), a));
	if (c->semaphore_wait && c->command[0])
		die("--wait runs nothing; leave out %s", c->command[0]);
	if (c->semaphore_fg)
		imply_ungroup(p);
	if (c->jobs == 0)
		c->jobs = 1;
	/* the next one is as much a run of its own as this one */
	c->joblog.append = c->log_json.append = true;
}

/* What follows from what was given. */
static void
imply(const struct checked *p)
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
check_conf(struct conf *c, const int given_vals[OPTION_ROWS_MAX])
{
	struct checked p = { .c = c, .given = given_vals };

	check_conflicts(&p);
	check_partners(&p);
	check_resume(&p);
	imply(&p);
	check_sources(c);
	check_output(&p);
	check_command(c);
	check_coproc(c);
	settle_records(&p);
	if (given(&p, "tmpdir"))
		c->tmpdir_from = "--tmpdir";
	if (c->linger == 0)
		c->linger = NEVER;
	if (c->jobs == 0) {
		c->jobs_all = c->tee;	/* as they all run at once */
		c->jobs = c->tee ? JOBS_MAX : cpus_count();
	}
	if (c->jobs > JOBS_MAX)
		c->jobs = JOBS_MAX;
}
