/*
 * getopt_long(3) finds the options, the table of options.c says what each
 * stores, check.c what several of them mean together.  Left here are the words
 * behind the options, and PPX_OPTIONS, which is parsed first so that the
 * command line wins.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "cli/check.h"
#include "cli/conf.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/shebang.h"
#include "cli/store.h"

enum { SPELT_MAX = 64 };

/* Those of the table with `display`, for messages. */
#define DISPLAY_OPTIONS "--bar, --color-failed, --eta, --progress, --tmpdir"

struct parse {
	struct conf *c;
	const bool *closed;
	bool env;		/* these words are PPX_OPTIONS */
	int given[OPTION_ROWS_MAX];	/* what getopt_long returned, or 0 */
};

/* The option as the user wrote it, abbreviations in full, and where. */
static const char *
spell(const struct parse *p, int val, char spelt[SPELT_MAX])
{
	char name[OPTION_SPELT_MAX];

	snprintf(spelt, SPELT_MAX, "%s%s", p->env ? "PPX_OPTIONS: " : "",
	    option_spell(val, name));
	return spelt;
}

static void NORETURN absent(const struct parse *p, int val, const char *word,
    const char *advice);

/*
 * A script's first line gives all its words as one: the first of them may be
 * an option that is known, but not there.
 */
static void
refused_first(const struct parse *p, const char *word)
{
	size_t n = strcspn(word + 2, " \t");
	const struct option *o = option_longs();
	const struct option_row *row;

	while (o->name && (strncmp(o->name, word + 2, n) || o->name[n]))
		o++;
	if (o->name == NULL || word[2 + n] == '\0')
		return;
	row = option_row((size_t)option_index(o->val));
	if (row->store == STORE_REFUSED)
		absent(p, o->val, word, row->help);
}

/* Ends ppx: word is an option that getopt_long does not know. */
static void NORETURN
unknown_long(const struct parse *p, const char *word)
{
	const char *where = p->env ? "PPX_OPTIONS: " : "", *near;
	size_t n = strcspn(word + 2, "=");
	struct buf list = { 0 };
	char shown[SPELT_MAX];

	refused_first(p, word);
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
	diag_show(shown, sizeof(shown), word, strcspn(word, "= \t"));
	die("%s%s is not supported: %s", where, shown, advice);
}

/* One option; word is the word of argv that it stands in. */
static void
option(struct parse *p, int val, const char *word)
{
	int i = option_index(val);
	const struct option_row *row = option_row((size_t)i);
	char spelt[SPELT_MAX];

	spell(p, val, spelt);
	if (row->store == STORE_REFUSED)
		absent(p, val, word, row->help);
	if (p->env && !row->display)
		die("%s: only display options may stand there "
		    "(" DISPLAY_OPTIONS ")",
		    spelt);
	if (row->store == STORE_HELP)
		print(p, help_usage);
	if (row->store == STORE_VERSION)
		print(p, help_version);
	store_value(p->c, row, spelt, optarg);
	p->given[i] = val;
	p->c->stats_last = row->store == STORE_STATS && optarg == NULL;
}

/*
 * getopt_long took word, a long option, for ambiguous or unknown: what it
 * would have returned if it did not know those that are refused.
 */
static int
completed(int argc, char **argv, const char *word)
{
	size_t n = strcspn(word + 2, "=");
	const struct option *o = option_completed(word + 2, n);

	if (o == NULL)
		return '?';
	optopt = o->val;
	optarg = NULL;
	if (word[2 + n])
		optarg = argv[optind - 1] + 2 + n + 1;
	else if (o->has_arg == required_argument && optind == argc)
		return ':';
	else if (o->has_arg == required_argument)
		optarg = argv[optind++];
	return optarg && o->has_arg == no_argument ? '?' : o->val;
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
		if (val == '?' && optopt == 0)
			val = completed(argc, argv, argv[at]);
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
		store_source(c, (struct conf_source){ .words = w,
		    .linked = linked });
		return end;
	}
	if (end == w || **w == '\0')
		die("%s needs the name of a file", sep);
	for (; w < end; w++)
		store_source(c, (struct conf_source){ .path = *w,
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
		store_source(c, (struct conf_source){ .path = "-" });
	else
		c->items_given = true;
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
	else if (argc > 2)
		shebang_check(argv[1], argv[2]);
	n = options(&p, argc, argv);
	c->stats_last &= strncmp(argv[n - 1], "--s", 3) == 0;	/* no -- */
	words(c, argv + n);
	check_conf(c, p.given);
}

void
conf_free(struct conf *c)
{
	free(c->sources);
	free(c->from_env);
	free(c->from_script);
	free(c->from_text[0]);
	free(c->from_text[1]);
	c->from_text[0] = c->from_text[1] = NULL;
	c->from_env = NULL;
	c->from_script = NULL;
}
