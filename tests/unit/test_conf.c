/*
 * The option table and what comes of good command lines.  Bad ones end the
 * process: tests/cli.bats has those.
 */
#include "config.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/conf.h"
#include "cli/options.h"
#include "cli/value.h"

#include "tap.h"

static const bool closed[3];
static char *args[32];

/* conf_parse() of up to 30 words. */
#define PARSE(c, ...) \
	parse(c, (const char *const[]){ "ppx", __VA_ARGS__, NULL })

static void
parse(struct conf *c, const char *const *words)
{
	int n;

	for (n = 0; words[n]; n++)
		args[n] = (char *)(uintptr_t)words[n];
	args[n] = NULL;
	conf_parse(c, n, args, closed);
}

/* The words of a list with blanks between. */
static const char *
joined(char **words)
{
	static char line[256];
	size_t n = 0;

	line[0] = '\0';
	for (; words && *words; words++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s",
		    n ? " " : "", *words);
	return line;
}

/* Two rows with one name would make one of them unreachable. */
static void
test_names(void)
{
	const struct option *o, *p;
	const struct option_row *row;
	const char *l;
	size_t i, twice = 0, long_help = 0;

	for (o = option_longs(); o->name; o++)
		for (p = option_longs(); p < o; p++)
			twice += strcmp(o->name, p->name) == 0;
	for (i = 0; (row = option_row(i)) != NULL; i++) {
		for (l = row->letters; *l; l++)
			twice += option_index(*l) != (int)i;
		if (row->group != GROUP_NONE)
			long_help += strlen(row->help) > OPTION_HELP_MAX;
	}
	is_int(twice, 0, "no name and no letter is there twice");
	is_int(long_help, 0, "every help text fits into its column");
	is_int(option_index('z'), -1, "an unknown letter");
	is_int(option_index(0), -1, "no letter");
}

/* The arrays for getopt_long have room for all rows. */
static void
test_room(void)
{
	const struct option *o = option_longs();
	const char *letters = option_letters();
	const struct option_row *row;
	size_t i, j, longs = 0, lost = 0;

	for (i = 0; (row = option_row(i)) != NULL; i++) {
		for (j = 0; row->names[j]; j++)
			longs += row->names[j][0] != '\0';
		for (j = 0; row->letters[j]; j++)
			lost += strchr(letters, row->letters[j]) == NULL;
	}
	while (o->name)
		o++;
	is_int(o - option_longs(), longs, "all long names are in the array");
	is_int(lost, 0, "all letters are in the string");
	ok(strncmp(letters, "+:", 2) == 0, "it begins with +:");
}

static void
test_nearest(void)
{
	struct buf list = { 0 };

	is_str(option_nearest("jbos", 4), "jobs", "jbos is near jobs");
	is_str(option_nearest("keep-ordr=x", 9), "keep-order", "keep-ordr");
	is_str(option_nearest("quite", 5), "quote", "quite is near quote");
	is_str(option_nearest("tag", 3), "tag", "tag is tag");
	is_str(option_nearest("zzz", 3), NULL, "nothing is near zzz");
	is_str(option_nearest("", 0), NULL, "nothing is near nothing");
	is_int(option_abbreviated("jo", 2, &list), 2, "two begin with jo");
	is_str(buf_str(&list), "--jobs, --joblog", "which");
	list.len = 0;
	is_int(option_abbreviated("sem", 3, &list), 2, "one name of each");
	is_str(buf_str(&list), "--semaphore, --semaphore-name", "which");
	buf_free(&list);
	is_str(option_completed("tmp", 3)->name, "tmpdir", "--tmp");
	ok(option_completed("jo", 2) == NULL, "--jo may be two");
	ok(option_completed("templ", 5) == NULL, "--templ is refused");
}

static void
check_byte(const char *s, int want)
{
	unsigned char got = 0;
	struct fault f = value_byte(s, &got);

	is_int(f.why ? -1 : got, want, "delimiter %s", s);
}

static void
test_byte(void)
{
	check_byte(",", ',');
	check_byte("\\n", '\n');
	check_byte("\\t", '\t');
	check_byte("\\r", '\r');
	check_byte("\\\\", '\\');
	check_byte("\\0", 0);
	check_byte("\\00", 0);
	check_byte("\\073", ';');
	check_byte("\\377", 255);
	check_byte("\\x3b", ';');
	check_byte("\\x3B", ';');
	check_byte("\\xa", '\n');
	check_byte("\xff", 255);
	check_byte("", -1);
	check_byte("\\", -1);
	check_byte("\\x", -1);
	check_byte("\\xg", -1);
	check_byte("\\x3bb", -1);
	check_byte("\\400", -1);
	check_byte("\\0733", -1);
	check_byte("\\8", -1);
	check_byte("\\a", 7);
	check_byte("\\v", 11);
	check_byte("\\e", -1);
	check_byte("\\nn", -1);
	check_byte("ab", -1);
}

static void
check_jobs(const char *s, int want)
{
	size_t got = 0;
	struct fault f = value_jobs(s, 8, &got);

	is_int(f.why ? -1 : (int)got, want, "jobs %s", s);
}

static void
test_jobs(void)
{
	check_jobs("3", 3);
	check_jobs("0", 0);
	check_jobs("003", 3);
	check_jobs("+2", 10);
	check_jobs("+0", 8);
	check_jobs("-2", 6);
	check_jobs("-0", 8);
	check_jobs("-8", 1);
	check_jobs("-100", 1);
	check_jobs("50%", 4);
	check_jobs("150%", 12);
	check_jobs("1%", 1);
	check_jobs("0%", 1);
	check_jobs("", -1);
	check_jobs("+", -1);
	check_jobs("%", -1);
	check_jobs("+5%", -1);
	check_jobs("5%%", -1);
	check_jobs("3x", -1);
	check_jobs("1000000001", -1);
	check_jobs("99999999999999999999", -1);
}

static void
test_defaults(void)
{
	struct conf c;

	PARSE(&c, "cmd");
	is_str(joined(c.command), "cmd", "the command");
	ok(c.nsources == 1 && c.sources[0].words == NULL, "from a file,");
	is_str(c.sources[0].path, "-", "stdin");
	is_int(c.delimiter, '\n', "by lines");
	is_int(c.backlog, 1000, "--backlog");
	ok(c.jobs >= 1 && c.jobs <= JOBS_MAX && !c.jobs_all, "--jobs");
	is_str(c.timeout ? c.timeout : "none", "none", "--timeout");
	is_int(c.ladder.n, 2, "--termseq");
	is_int(c.ladder.rung[0].wait, 5 * SEC, "its wait");
	is_int(c.linger, 10 * SEC, "--linger");
	is_int(c.output, OUTPUT_GROUP, "--group");
	is_int(c.order_window, 100000, "--order-window");
	is_int(c.leak, LEAK_AUTO, "--leak");
	is_int(c.exit_mode, EXIT_CLASSES, "--exit");
	is_str(c.tmpdir, "/tmp", "--tmpdir");
	conf_free(&c);
}

static void
test_options(void)
{
	struct conf c;

	PARSE(&c, "-kqrtvj4", "--timeout=1.5m", "-d,", "--leak", "ignore",
	    "--exit", "max", "--session=shared", "--termseq", "INT",
	    "--joblog=+log", "-I@", "--tagstr", "", "prog", "-k", "--", "x");
	ok(c.ordered, "-k");
	ok(c.quiet && c.skip_empty && c.verbose_err && c.verbose_out,
	    "-q -r -t -v");
	is_int(c.jobs, 4, "-j4");
	is_str(c.timeout, "1.5m", "--timeout");
	is_int(c.delimiter, ',', "-d");
	is_int(c.leak, LEAK_IGNORE, "--leak");
	is_int(c.exit_mode, EXIT_MAX, "--exit");
	ok(c.shared_session, "--session");
	is_int(c.ladder.rung[0].sig, SIGINT, "--termseq");
	is_str(c.joblog.path, "log", "--joblog");
	ok(c.joblog.append, "+");
	is_str(c.replace, "@", "-I");
	is_str(c.tagstring, "", "--tagstring, abbreviated, empty");
	is_str(joined(c.command), "prog -k -- x", "the command");
	conf_free(&c);
	PARSE(&c, "-j0", "--linger=0", "-0", "-u", "--exec", "--", "-prog");
	ok(c.jobs == JOBS_MAX && c.jobs_all, "-j0");
	is_int(c.delimiter, 0, "-0");
	ok(c.linger == NEVER, "--linger=0 is no limit");
	is_int(c.output, OUTPUT_RAW, "-u");
	is_int(c.choice, COMMAND_EXEC, "--exec");
	is_str(joined(c.command), "-prog", "behind --");
	conf_free(&c);
	PARSE(&c, "--gnu", "--will-cite", "--no-notice", "--quote", "--env",
	    "X", "--leak=kill", "--leak=auto", "--lb", "--shell-line",
	    "--shell", "zsh", "a", "b");
	is_str(joined(c.command), "a b", "behind options without effect");
	is_int(c.leak, LEAK_AUTO, "the last one counts");
	is_int(c.output, OUTPUT_LINES, "--lb");
	is_int(c.choice, COMMAND_SHELL, "--shell-line");
	is_str(c.shell, "zsh", "--shell");
	conf_free(&c);
}

static void
test_sources(void)
{
	struct conf c;

	PARSE(&c, "echo", "x", ":::", "a", "-k", "");
	is_str(joined(c.command), "echo x", "the command before :::");
	is_str(joined(c.sources[0].words), "a -k ", "its items");
	conf_free(&c);
	PARSE(&c, ":::", "echo a", "echo b");
	ok(c.command[0] == NULL, "no command");
	is_str(joined(c.sources[0].words), "echo a echo b", "shell lines as items");
	conf_free(&c);
	PARSE(&c, "echo", ":::");
	ok(c.sources[0].words && c.sources[0].words[0] == NULL, "no items");
	conf_free(&c);
	PARSE(&c, "echo", "::::", "file");
	is_str(c.sources[0].path, "file", "::::");
	ok(c.sources[0].words == NULL, "is no item");
	conf_free(&c);
	PARSE(&c, "-a", "-", "echo");
	is_str(c.sources[0].path, "-", "-a -");
	conf_free(&c);
	PARSE(&c, "--arg-sep", "@", "--arg-file-sep=@@", "echo", ":::", "@",
	    "::::", "b");
	is_str(joined(c.command), "echo :::", "with other separators");
	is_str(joined(c.sources[0].words), ":::: b", "::: is a word");
	conf_free(&c);
	PARSE(&c, "-a", "f", "echo", ":::", "a", "b", "::::+", "g", "h", ":::",
	    "c");
	is_int(c.nsources, 5, "several sources");
	is_str(c.sources[0].path, "f", "-a is the first");
	is_str(joined(c.sources[1].words), "a b", ":::");
	is_str(c.sources[2].path, "g", "::::+");
	ok(c.sources[2].linked && !c.sources[1].linked, "linked");
	is_str(c.sources[3].path, "h", "each file is a source");
	is_str(joined(c.sources[4].words), "c", "the last");
	conf_free(&c);
	PARSE(&c, "-j2");
	ok(c.command[0] == NULL && c.sources[0].words == NULL, "command mode");
	conf_free(&c);
}

static void
test_environment(void)
{
	struct conf c;

	setenv("TMPDIR", "/t", 1);
	PARSE(&c, "x");
	is_str(c.tmpdir, "/t", "TMPDIR");
	conf_free(&c);
	setenv("PPX_OPTIONS", " --tmpdir\t/o ", 1);
	PARSE(&c, "x");
	is_str(c.tmpdir, "/o", "PPX_OPTIONS");
	conf_free(&c);
	PARSE(&c, "--tempdir=/c", "x");
	is_str(c.tmpdir, "/c", "the command line wins");
	conf_free(&c);
	setenv("PPX_OPTIONS", "", 1);
	setenv("TMPDIR", "", 1);
	PARSE(&c, "x");
	is_str(c.tmpdir, "/tmp", "both empty");
	conf_free(&c);
}

int
main(void)
{
	unsetenv("PPX_OPTIONS");
	unsetenv("TMPDIR");
	test_names();
	test_room();
	test_nearest();
	test_byte();
	test_jobs();
	test_defaults();
	test_options();
	test_sources();
	test_environment();
	return done_testing();
}
