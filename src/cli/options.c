#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "cli/conf.h"
#include "cli/options.h"

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_NAMES ((const char *const[]){ NULL })
#define AT(member) offsetof(struct conf, member)

/* Sorted by group, and in a group as --help shall show them. */
static const struct option_row rows[] = {
	{ NAMES("arg-file", "", "argfile"), "a", "FILE", GROUP_INPUT,
	    STORE_SOURCE, 0,
	    "read records from FILE; - is stdin; repeatable", 0, false },
	{ NAMES("null"), "0", NULL, GROUP_INPUT,
	    STORE_NUL, AT(delimiter),
	    "records end in NUL, not in newline", 0, false },
	{ NAMES("delimiter"), "d", "C", GROUP_INPUT,
	    STORE_BYTE, AT(delimiter),
	    "records end in C: a byte, \\n \\t \\0 \\NNN \\xHH", 0, false },
	{ NAMES("no-run-if-empty", "",
	    "norunifempty"), "r", NULL, GROUP_INPUT,
	    STORE_TRUE, AT(skip_empty),
	    "pass over empty records", 0, false },
	{ NAMES("words"), "", NULL, GROUP_INPUT,
	    STORE_TRUE, AT(split_words),
	    "cut records into words as xargs: blanks, quotes", 0, false },
	{ NAMES("eof"), "E", "STR", GROUP_INPUT,
	    STORE_TEXT, AT(eof),
	    "a record that is STR ends the input", 0, false },
	{ NAMES("trim"), "", "n|l|r|lr|rl", GROUP_INPUT,
	    STORE_TRIM, AT(trim),
	    "cut blanks off the left, the right, or both", 0, false },
	{ NAMES("colsep", "", "col-sep"), "C", "REGEX", GROUP_INPUT,
	    STORE_WORD, AT(colsep),
	    "cut records into columns {1} {2}", 0, false },
	{ NAMES("csv"), "", NULL, GROUP_INPUT,
	    STORE_TRUE, AT(csv),
	    "records are CSV, as in RFC 4180", 0, false },
	{ NAMES("header"), "", ":", GROUP_INPUT,
	    STORE_HEADER, AT(header),
	    "the first record names the columns: {name}", 0, false },
	{ NAMES("skip-first-line", "",
	    "skipfirstline"), "", NULL, GROUP_INPUT,
	    STORE_TRUE, AT(skip_first),
	    "pass over the first record of all", 0, false },
	{ NAMES("max-items"), "", "N", GROUP_INPUT,
	    STORE_COUNT, AT(max_items),
	    "read N items at most", 0, false },
	{ NAMES("shuf"), "", "[=SEED]", GROUP_INPUT,
	    STORE_SHUF, AT(shuf),
	    "run the items in random order", 0, false },
	{ NAMES("link", "xapply", "",
	    "linkinputsource", "xapplyinputsource"), "", NULL, GROUP_INPUT,
	    STORE_TRUE, AT(link),
	    "sources in step, not in all combinations", 0, false },
	{ NAMES("shebang", "hashbang"), "", NULL, GROUP_INPUT,
	    STORE_TRUE, AT(shebang),
	    "the rest of the script is the input; in #!", 0, false },
	{ NAMES("backlog"), "", "N", GROUP_INPUT,
	    STORE_COUNT, AT(backlog),
	    "read at most N records ahead (1000)", 0, false },
	{ NAMES("arg-sep", "", "argsep"), "", "STR", GROUP_INPUT,
	    STORE_WORD, AT(arg_sep),
	    "items follow STR instead of :::", 0, false },
	{ NAMES("arg-file-sep", "", "argfilesep"), "", "STR", GROUP_INPUT,
	    STORE_WORD, AT(arg_file_sep),
	    "a file follows STR instead of ::::", 0, false },

	{ NO_NAMES, "I", "STR", GROUP_COMMAND,
	    STORE_WORD, AT(replace),
	    "STR is replaced in place of {}", 0, false },
	{ NAMES("max-args", "", "maxargs"), "n", "N", GROUP_COMMAND,
	    STORE_ARGS, AT(max_args),
	    "up to N items for one task", 0, false },
	{ NAMES("max-replace-args", "",
	    "maxreplaceargs"), "N", "N", GROUP_COMMAND,
	    STORE_ARGS, AT(max_replace),
	    "N items for one task, as {1} to {N}", 0, false },
	{ NAMES("max-lines", "", "maxlines"), "L", "N", GROUP_COMMAND,
	    STORE_COUNT, AT(max_lines),
	    "up to N lines for one task", 0, false },
	{ NAMES("xargs"), "", NULL, GROUP_COMMAND,
	    STORE_VALUE, AT(batch),
	    "as many items for one task as fit", BATCH_XARGS, false },
	{ NO_NAMES, "m", NULL, GROUP_COMMAND,
	    STORE_VALUE, AT(batch),
	    "the same, evenly over the slots at the end", BATCH_MANY, false },
	{ NO_NAMES, "X", NULL, GROUP_COMMAND,
	    STORE_VALUE, AT(batch),
	    "and the word with {} is repeated for each", BATCH_CONTEXT, false },
	{ NAMES("max-chars", "", "maxchars"), "s", "N", GROUP_COMMAND,
	    STORE_COUNT, AT(max_chars),
	    "a command takes up to N bytes", 0, false },
	{ NO_NAMES, "x", NULL, GROUP_COMMAND,
	    STORE_TRUE, AT(exit_if_large),
	    "end the run if a batch does not fit", 0, false },
	{ NAMES("show-limits", "", "showlimits"), "", NULL, GROUP_COMMAND,
	    STORE_TRUE, AT(show_limits),
	    "print the limits of a command on stderr", 0, false },
	{ NAMES("plus"), "", NULL, GROUP_COMMAND,
	    STORE_TRUE, AT(plus),
	    "more replacement strings: {..} {+/} {##}", 0, false },
	{ NAMES("exec"), "", NULL, GROUP_COMMAND,
	    STORE_VALUE, AT(choice),
	    "COMMAND is a program and its arguments", COMMAND_EXEC, false },
	{ NAMES("shell-line"), "", NULL, GROUP_COMMAND,
	    STORE_VALUE, AT(choice),
	    "COMMAND is a line for the shell", COMMAND_SHELL, false },
	{ NAMES("shell"), "", "PATH", GROUP_COMMAND,
	    STORE_WORD, AT(shell),
	    "the shell for shell lines (/bin/sh)", 0, false },
	{ NAMES("dry-run", "dryrun", "", "dr"), "", NULL, GROUP_COMMAND,
	    STORE_TRUE, AT(dry_run),
	    "print the commands, run nothing", 0, false },

	{ NAMES("jobs", "max-procs", "", "maxprocs"), "jP", "N", GROUP_RUN,
	    STORE_JOBS, AT(jobs),
	    "N tasks at once; N% +N -N; 0 all; or a FILE", 0, false },
	{ NAMES("priority"), "", "N", GROUP_RUN,
	    STORE_WORD, AT(priority),
	    "lower runs first (0); may be {}, as other N D", 0, false },
	{ NAMES("timeout"), "", "D", GROUP_RUN,
	    STORE_WORD, AT(timeout),
	    "end a task after D (90, 2h, 500ms, 200%)", 0, false },
	{ NAMES("soft-timeout"), "", "D", GROUP_RUN,
	    STORE_WORD, AT(soft_timeout),
	    "send it a signal after D, which it may catch", 0, false },
	{ NAMES("soft-signal"), "", "SIG", GROUP_RUN,
	    STORE_SIGNAL, AT(soft_signal),
	    "that signal (USR1)", 0, false },
	{ NAMES("idle-timeout"), "", "D", GROUP_RUN,
	    STORE_WORD, AT(idle_timeout),
	    "end a task that was silent for D", 0, false },
	{ NAMES("queue-timeout"), "", "D", GROUP_RUN,
	    STORE_WORD, AT(queue_timeout),
	    "do not start a task that has waited for D", 0, false },
	{ NAMES("max-time"), "", "D", GROUP_RUN,
	    STORE_MAX_TIME, AT(max_time),
	    "end the run after D", 0, false },
	{ NAMES("termseq", "", "term-seq"), "", "SEQ", GROUP_RUN,
	    STORE_LADDER, AT(ladder),
	    "how tasks are ended (TERM,5000,KILL)", 0, false },
	{ NAMES("leak"), "", "auto|kill|wait|ignore|fail", GROUP_RUN,
	    STORE_CHOICE, AT(leak),
	    "what becomes of processes a task leaves (auto)", 0, false },
	{ NAMES("linger"), "", "D", GROUP_RUN,
	    STORE_SPAN, AT(linger),
	    "how long holders of its output may last (10)", 0, false },
	{ NAMES("session"), "", "own|shared", GROUP_RUN,
	    STORE_EITHER, AT(shared_session),
	    "shared: tasks stay in ppx's session (own)", 0, false },

	{ NAMES("delay"), "", "D", GROUP_RUN,
	    STORE_SPAN, AT(delay),
	    "wait D between two starts", 0, false },
	{ NAMES("nice"), "", "N", GROUP_RUN,
	    STORE_NICE, AT(nice),
	    "tasks run at niceness N", 0, false },
	{ NAMES("workdir", "wd", "", "work-dir"), "", "DIR", GROUP_RUN,
	    STORE_WORD, AT(workdir),
	    "tasks run in DIR", 0, false },
	{ NAMES("weight"), "", "N", GROUP_RUN,
	    STORE_WORD, AT(weight),
	    "a task takes N places of -j", 0, false },
	{ NAMES("tty", "open-tty"), "o", NULL, GROUP_RUN,
	    STORE_TRUE, AT(tty),
	    "tasks have the terminal, one at a time", 0, false },
	{ NAMES("interactive"), "p", NULL, GROUP_RUN,
	    STORE_TRUE, AT(ask),
	    "ask before each task", 0, false },
	{ NAMES("process-slot-var", "", "processslotvar"), "", "VAR", GROUP_RUN,
	    STORE_WORD, AT(slot_var),
	    "VAR is the slot, counted from 0, in tasks", 0, false },
	{ NAMES("semaphore", "", "bg"), "", NULL, GROUP_RUN,
	    STORE_TRUE, AT(semaphore),
	    "take a place among -j, run COMMAND behind", 0, false },
	{ NAMES("id", "semaphore-name", "", "semaphorename"), "", "ID",
	    GROUP_RUN,
	    STORE_WORD, AT(semaphore_id),
	    "the name of the semaphore", 0, false },
	{ NAMES("fg"), "", NULL, GROUP_RUN,
	    STORE_TRUE, AT(semaphore_fg),
	    "with --semaphore: wait for COMMAND", 0, false },
	{ NAMES("wait"), "", NULL, GROUP_RUN,
	    STORE_TRUE, AT(semaphore_wait),
	    "with --semaphore: wait for all of them", 0, false },

	{ NAMES("mem-limit", "memory-limit"), "", "SIZE[,strict]", GROUP_RUN,
	    STORE_WORD, AT(mem_limit),
	    "end a task whose processes use more memory", 0, false },
	{ NAMES("memfree"), "", "SIZE", GROUP_RUN,
	    STORE_SIZE, AT(memfree),
	    "start no more while less memory is free", 0, false },
	{ NAMES("load", "max-load"), "", "N", GROUP_RUN,
	    STORE_LOAD, AT(load),
	    "start no more while the load is N, N% or more", 0, false },
	{ NAMES("retries"), "", "N", GROUP_RUN,
	    STORE_WORD, AT(retries),
	    "run a task that fails up to N times in all", 0, false },
	{ NAMES("retry-delay"), "", "D", GROUP_RUN,
	    STORE_SPAN, AT(retry_delay),
	    "wait D before the second, then twice as long", 0, false },
	{ NAMES("halt", "halt-on-error", "", "haltonerror"), "", "WHEN,WHAT=N",
	    GROUP_RUN,
	    STORE_HALT, AT(halt),
	    "now|soon,fail|success|done=N or N%; never", 0, false },
	{ NAMES("fail-fast"), "", NULL, GROUP_RUN,
	    STORE_FAIL_FAST, AT(halt),
	    "the same as --halt now,fail=1", 0, false },

	{ NAMES("min-workers"), "", "N", GROUP_WORKER,
	    STORE_FLOOR, AT(min_workers),
	    "keep N workers; others go when they are idle", 0, false },
	{ NAMES("max-tasks-per-child"), "", "N", GROUP_WORKER,
	    STORE_LIMIT, AT(max_tasks),
	    "replace a worker after N tasks; 0 never", 0, false },
	{ NAMES("max-rss"), "", "SIZE", GROUP_WORKER,
	    STORE_SIZE, AT(max_rss),
	    "replace one that has grown to SIZE", 0, false },
	{ NAMES("max-restarts"), "", "N[/D]", GROUP_WORKER,
	    STORE_RATE, AT(max_restarts),
	    "give up after N vain starts in D (10/1 a slot)", 0, false },
	{ NAMES("init"), "", "SCRIPT", GROUP_WORKER,
	    STORE_WORD, AT(init),
	    "run by the shell in each worker, before tasks", 0, false },
	{ NAMES("fini"), "", "SCRIPT", GROUP_WORKER,
	    STORE_WORD, AT(fini),
	    "the same when the worker retires", 0, false },
	{ NAMES("init-timeout"), "", "D", GROUP_WORKER,
	    STORE_SPAN, AT(init_timeout),
	    "how long each of them may take (60)", 0, false },
	{ NAMES("init-fail"), "", "stop|retry", GROUP_WORKER,
	    STORE_CHOICE, AT(init_fail),
	    "what a failed --init means (stop)", 0, false },

	{ NAMES("keep-order", "", "keeporder"), "k", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(ordered),
	    "output in the order of the input", 0, false },
	{ NAMES("group"), "", NULL, GROUP_OUTPUT,
	    STORE_NOTHING, 0,
	    "output of a task in one piece (the default)", 0, false },
	{ NAMES("line-buffer", "linebuffer", "lb", "",
	    "line-buffered", "linebuffered"), "", NULL, GROUP_OUTPUT,
	    STORE_VALUE, AT(output),
	    "output in whole lines as they come", OUTPUT_LINES, false },
	{ NAMES("ungroup"), "u", NULL, GROUP_OUTPUT,
	    STORE_VALUE, AT(output),
	    "tasks write to ppx's own stdout and stderr", OUTPUT_RAW, false },
	{ NAMES("tag"), "", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(tag),
	    "the item and a tab before each line", 0, false },
	{ NAMES("tagstring", "tag-string"), "", "STR", GROUP_OUTPUT,
	    STORE_TEXT, AT(tagstring),
	    "STR, replaced, and a tab before each line", 0, false },
	{ NAMES("results", "", "res"), "", "NAME", GROUP_OUTPUT,
	    STORE_WORD, AT(results),
	    "keep outputs: a directory, {} text, .csv .jsonl", 0, false },
	{ NAMES("files", "",
	    "output-as-files", "outputasfiles"), "", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(files),
	    "print names of files that have the outputs", 0, false },
	{ NAMES("output"), "", "all|failed", GROUP_OUTPUT,
	    STORE_EITHER, AT(failed_only),
	    "whose output is printed (all)", 0, false },
	{ NAMES("color-failed", "",
	    "cf", "colour-failed", "colorfailed", "colourfailed",
	    "color-fail", "colour-fail", "colorfail", "colourfail"), "", NULL,
	    GROUP_OUTPUT,
	    STORE_TRUE, AT(color_failed),
	    "output of failed tasks in red", 0, true },
	{ NAMES("progress"), "", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(progress),
	    "say on stderr how far the run is", 0, true },
	{ NAMES("bar"), "", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(bar),
	    "the same as a bar", 0, true },
	{ NAMES("eta"), "", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(eta),
	    "the same with the time that is left", 0, true },
	{ NAMES("order-window"), "", "N", GROUP_OUTPUT,
	    STORE_COUNT, AT(order_window),
	    "at most N tasks wait for their turn (100000)", 0, false },
	{ NAMES("tmpdir", "tempdir"), "", "DIR", GROUP_OUTPUT,
	    STORE_WORD, AT(tmpdir),
	    "large outputs wait in DIR ($TMPDIR or /tmp)", 0, true },
	{ NAMES("verbose"), "t", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(verbose_err),
	    "print each command on stderr as it starts", 0, false },
	{ NO_NAMES, "v", NULL, GROUP_OUTPUT,
	    STORE_TRUE, AT(verbose_out),
	    "print each command on stdout before its output", 0, false },

	{ NAMES("joblog", "", "jl"), "", "FILE", GROUP_RECORD,
	    STORE_RECORDS, AT(joblog),
	    "a line for each task in FILE; +FILE appends", 0, false },
	{ NAMES("resume"), "", NULL, GROUP_RECORD,
	    STORE_VALUE, AT(resume),
	    "leave out what the joblog has", RESUME_ALL, false },
	{ NAMES("resume-failed", "", "resumefailed"), "", NULL, GROUP_RECORD,
	    STORE_VALUE, AT(resume),
	    "the same, but run failed ones again", RESUME_FAILED, false },
	{ NAMES("retry-failed", "", "retryfailed"), "", NULL, GROUP_RECORD,
	    STORE_VALUE, AT(resume),
	    "run only the failed ones of the joblog", RETRY_FAILED, false },
	{ NAMES("log-json"), "", "FILE", GROUP_RECORD,
	    STORE_RECORDS, AT(log_json),
	    "a JSON object for each attempt; +FILE appends", 0, false },
	{ NAMES("stats"), "", "[=FILE]", GROUP_RECORD,
	    STORE_STATS, 0,
	    "counters as JSON at the end, on stderr", 0, false },
	{ NAMES("exit"), "", "classes|count|first|max", GROUP_RECORD,
	    STORE_CHOICE, AT(exit_mode),
	    "what the exit status tells of failures (classes)", 0, false },
	{ NAMES("quiet"), "q", NULL, GROUP_RECORD,
	    STORE_TRUE, AT(quiet),
	    "no summary of failures", 0, false },

	{ NAMES("help"), "h", NULL, GROUP_OTHER,
	    STORE_HELP, 0, "print this and exit", 0, false },
	{ NAMES("version"), "V", NULL, GROUP_OTHER,
	    STORE_VERSION, 0,
	    "print the version and what the system offers", 0, false },

	{ NAMES("no-notice", "will-cite", "gnu", "quote", "nonotice", "nn",
	    "willcite", "plain", "silent", "no-ctrlc"), "", NULL,
	    GROUP_NONE, STORE_NOTHING, 0, NULL, 0, false },
	{ NAMES("replace"), "i", "[=STR]", GROUP_NONE,
	    STORE_OLD_REPLACE, AT(replace), NULL, 0, false },
	{ NO_NAMES, "l", "[=N]", GROUP_NONE,
	    STORE_OLD_LINES, AT(max_lines), NULL, 0, false },
	{ NO_NAMES, "e", "[=STR]", GROUP_NONE,
	    STORE_OLD_EOF, AT(eof), NULL, 0, false },
	{ NAMES("env"), "", "NAME", GROUP_NONE,
	    STORE_NOTHING, 0, NULL, 0, false },

	{ NAMES(
	    "block", "block-size", "cat", "coproc", "fifo", "pipe",
	    "pipe-part", "pipepart", "recend", "recstart", "regexp",
	    "remove-rec-sep", "reply", "round-robin", "roundrobin", "rrs",
	    "spreadstdin", "tee", "warm", "window", "blocksize", "regex",
	    "removerecsep", "round"),
	    "", NULL, GROUP_NONE, STORE_LATER, 0, NULL, 0, false },
};
_Static_assert(COUNT(rows) + 64 <= OPTION_ROWS_MAX,
    "OPTION_ROWS_MAX is too low");

/* The arrays have room for this many; option_longs() stays below it. */
enum { LONGS_MAX = 512, LETTERS_MAX = 192 };

const struct option_row *
option_row(size_t i)
{
	return i < COUNT(rows) ? &rows[i] : option_refused(i - COUNT(rows));
}

const char *
option_group_title(enum option_group g)
{
	switch (g) {
	case GROUP_NONE:
		break;
	case GROUP_INPUT:
		return "Input (without these: one record per line of stdin)";
	case GROUP_COMMAND:
		return "Command";
	case GROUP_RUN:
		return "Running";
	case GROUP_WORKER:
		return "Workers";
	case GROUP_OUTPUT:
		return "Output";
	case GROUP_RECORD:
		return "Records and status";
	case GROUP_OTHER:
		return "Other";
	}
	return "";
}

/* What getopt shall do: errors are reported before a missing argument. */
static int
takes(const struct option_row *row)
{
	if (row->store == STORE_LATER || row->store == STORE_REFUSED)
		return optional_argument;
	if (row->arg == NULL)
		return no_argument;
	return *row->arg == '[' ? optional_argument : required_argument;
}

/*
 * "+": options end at the first word that is none; ":": a missing argument is
 * told from an unknown option, and getopt says nothing itself.
 */
const char *
option_letters(void)
{
	static char letters[LETTERS_MAX] = "+:";
	const struct option_row *row;
	size_t n = 2, i;
	const char *l;

	if (letters[2])
		return letters;
	for (i = 0; (row = option_row(i)) != NULL; i++)
		for (l = row->letters; *l && n + 4 < LETTERS_MAX; l++) {
			letters[n++] = *l;
			if (takes(row) != no_argument)
				letters[n++] = ':';
			if (takes(row) == optional_argument)
				letters[n++] = ':';
		}
	return letters;
}

const struct option *
option_longs(void)
{
	static struct option longs[LONGS_MAX];
	const struct option_row *row;
	const char *const *name;
	size_t n = 0, i;

	if (longs[0].name)
		return longs;
	for (i = 0; (row = option_row(i)) != NULL; i++)
		for (name = row->names; *name && n + 1 < LONGS_MAX; name++) {
			if (**name == '\0')
				continue;
			longs[n].name = *name;
			longs[n].has_arg = takes(row);
			longs[n++].val = OPTION_LONG + (int)i;
		}
	return longs;
}

int
option_index(int letter_or_val)
{
	const struct option_row *row;
	size_t i;

	if (letter_or_val >= OPTION_LONG)
		return option_row((size_t)(letter_or_val - OPTION_LONG)) ?
		    letter_or_val - OPTION_LONG : -1;
	if (letter_or_val <= 0)
		return -1;
	for (i = 0; (row = option_row(i)) != NULL; i++)
		if (strchr(row->letters, letter_or_val))
			return (int)i;
	return -1;
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance, with one row of its table. */
static size_t
distance(const char *a, size_t n, const char *b)
{
	size_t row[33], i, j, corner, up;

	if (strlen(b) >= COUNT(row))
		return n + COUNT(row);
	for (j = 0; j <= strlen(b); j++)
		row[j] = j;
	for (i = 1; i <= n; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= strlen(b); j++) {
			up = row[j];
			row[j] = least(row[j - 1] + 1, up + 1,
			    corner + (a[i - 1] != b[j - 1]));
			corner = up;
		}
	}
	return row[strlen(b)];
}

const char *
option_nearest(const char *name, size_t n)
{
	const struct option *o;
	const char *best = NULL;
	size_t limit = 1 + n / 4, d;

	for (o = option_longs(); n <= 32 && o->name; o++) {
		d = distance(name, n, o->name);
		/* two letters are near to anything */
		if (d > limit || (d && strlen(o->name) < 3) ||
		    option_row((size_t)(o->val - OPTION_LONG))->store ==
		    STORE_REFUSED)
			continue;
		best = o->name;
		if (d == 0)
			break;
		limit = d - 1;
	}
	return best;
}

size_t
option_abbreviated(const char *name, size_t n, struct buf *list)
{
	const struct option *o;
	size_t found = 0;

	for (o = option_longs(); o->name; o++) {
		if (strncmp(o->name, name, n) != 0)
			continue;
		buf_addf(list, "%s--%s", found ? ", " : "", o->name);
		found++;
	}
	return found;
}
