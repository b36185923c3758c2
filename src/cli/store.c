#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cpus.h"
#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/signals.h"
#include "cli/store.h"
#include "cli/value.h"

_Static_assert(sizeof(enum leak) == sizeof(int) &&
    sizeof(enum exit_mode) == sizeof(int) &&
    sizeof(enum output_mode) == sizeof(int) &&
    sizeof(enum init_fail) == sizeof(int) &&
    sizeof(enum command_choice) == sizeof(int), "enums are stored as int");

enum { NUMBER_MAX = 1000000000 };

/*
 * The first line of a file, without blanks around; false = not readable.
 * again: it was read before; what is no file any more might not answer.
 */
static bool
first_line(const char *path, char *line, size_t size, bool again)
{
	int fd = fd_open(path, O_RDONLY | (again ? O_NONBLOCK : 0), 0);
	ssize_t n = -1;
	char *from = line;
	struct stat st;

	if (fd < 0)
		return false;
	if (!again || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		n = read(fd, line, size - 1);
	close(fd);
	if (n < 0)
		return false;
	line[n] = '\0';
	from += strspn(line, " \t");
	from[strcspn(from, " \t\r\n")] = '\0';
	memmove(line, from, strlen(from) + 1);
	return true;
}

/* At least that. */
static void
store_count(size_t *count, size_t least, const char *spelt, const char *arg)
{
	uint64_t v = 0;
	struct fault f = num_uint(arg, NUMBER_MAX, &v);

	if (f.why == NULL && v < least)
		f = (struct fault){ 0, "must be 1 or more", 0 };
	value_check(spelt, arg, f);
	*count = (size_t)v;
}

void
store_source(struct conf *c, struct conf_source source)
{
	c->sources = xrealloc(c->sources,
	    (c->nsources + 1) * sizeof(c->sources[0]));
	c->sources[c->nsources++] = source;
}

static void
store_file(struct conf *c, const char *spelt, const char *path)
{
	if (*path == '\0')
		die("%s: the argument is empty", spelt);
	store_source(c, (struct conf_source){ .path = path, .by = "-a" });
}

static void
store_shuf(struct conf *c, const char *spelt, const char *arg)
{
	c->shuf = true;
	c->seeded = arg != NULL;
	if (arg)
		value_check(spelt, arg, num_uint(arg, UINT64_MAX, &c->seed));
}

/* How many items a task gets; 0: none, and one task per item all the same. */
static void
store_args(struct conf *c, size_t *n, const char *spelt, const char *arg)
{
	if (strcmp(arg, "0") == 0)
		c->no_args = true;
	else
		store_count(n, 1, spelt, arg);
}

static void
store_nice(int *nice, const char *spelt, const char *arg)
{
	bool minus = *arg == '-', sign = minus || *arg == '+';
	uint64_t n = 0;

	value_check(spelt, arg + sign, num_uint(arg + sign, 1000, &n));
	if (n > (minus ? 20 : 19))
		die("%s: %s is not a niceness, -20 to 19", spelt, arg);
	*nice = minus ? -(int)n : (int)n;
}

enum jobs_file
store_jobs_file(const char *path, size_t *value)
{
	char line[64];

	if (!first_line(path, line, sizeof(line), true) || *line == '\0')
		return JOBS_NONE;
	if (value_jobs(line, cpus_count(), value).why)
		return JOBS_BAD;
	if (*value == 0 || *value > JOBS_MAX)
		*value = JOBS_MAX;
	return JOBS_READ;
}

static void
store_jobs(struct conf *c, const char *spelt, const char *arg)
{
	/* a plain number, the usual case, needs no look at the system */
	size_t cpus = arg[strspn(arg, "0123456789")] ? cpus_count() : 1;
	struct fault f = value_jobs(arg, cpus, &c->jobs);
	char line[64];

	c->jobs_file = NULL;
	if (f.why && *arg && first_line(arg, line, sizeof(line), false)) {
		f = value_jobs(line, cpus, &c->jobs);
		if (f.why)
			die("%s: the first line of %s is no number of jobs",
			    spelt, arg);
		c->jobs_file = arg;
	} else if (strspn(arg, "+-0123456789") == 0) {
		f.why = "neither a number nor a file that can be read";
	}
	value_check(spelt, arg, f);
	if (c->jobs > JOBS_MAX)
		die("%s: %zu is too many: at most %d tasks can run at once",
		    spelt, c->jobs, (int)JOBS_MAX);
	c->jobs_all = c->jobs == 0;
	if (c->jobs_all)
		c->jobs = JOBS_MAX;
}

/* The index of arg among the words of row->arg. */
static int
choice(const struct option_row *row, const char *spelt, const char *arg)
{
	const char *word = row->arg, *end;
	char shown[64];
	int i;

	for (i = 0;; i++, word = end + 1) {
		end = word + strcspn(word, "|");
		if (strlen(arg) == (size_t)(end - word) &&
		    strncmp(arg, word, strlen(arg)) == 0)
			return i;
		if (*end == '\0')
			die("%s: must be one of %s, not \"%s\"", spelt,
			    row->arg, diag_show(shown, sizeof(shown), arg,
			    strlen(arg)));
	}
}

/* Elsewhere - is standard input or output: nobody wants a file of that name. */
static void
check_file(const char *spelt, const char *name)
{
	if (*name == '\0')
		die("%s: the name of a file is missing", spelt);
	if (strcmp(name, "-") == 0)
		die("%s: - is no file here; write /dev/stdout or /dev/stderr",
		    spelt);
}

static void
store_records(struct record_file *f, const char *spelt, const char *arg)
{
	f->append = *arg == '+';
	f->path = arg + f->append;
	check_file(spelt, f->path);
}

static void
store_signal(int *sig, const char *spelt, const char *arg)
{
	*sig = signals_number(arg);
	if (*sig <= 0)
		value_check(spelt, arg,
		    (struct fault){ 0, "not a signal", 0 });
}

static void
store_floor(long *floor, const char *spelt, const char *arg)
{
	uint64_t v = 0;

	value_check(spelt, arg, num_uint(arg, JOBS_MAX, &v));
	*floor = (long)v;
}

static void
store_stats(struct conf *c, const char *spelt, const char *arg)
{
	c->stats = true;
	c->stats_file = arg;
	if (arg)
		check_file(spelt, arg);
}

void
store_value(struct conf *c, const struct option_row *row, const char *spelt,
    const char *arg)
{
	void *at = (char *)c + row->offset;
	int n;

	switch (row->store) {
	case STORE_TRUE:
		*(bool *)at = true;
		break;
	case STORE_VALUE:
		memcpy(at, &row->value, sizeof(int));
		break;
	case STORE_TRIM:
		n = choice(row, spelt, arg);
		n = n > (int)TRIM_BOTH ? (int)TRIM_BOTH : n;	/* rl */
		memcpy(at, &n, sizeof(int));
		break;
	case STORE_CHOICE:
		n = choice(row, spelt, arg);
		memcpy(at, &n, sizeof(int));
		break;
	case STORE_EITHER:
		*(bool *)at = choice(row, spelt, arg) == 1;
		break;
	case STORE_WORD:
		if (*arg == '\0')
			die("%s: the argument is empty", spelt);
		*(const char **)at = arg;
		break;
	case STORE_TEXT:
		*(const char **)at = arg;
		break;
	case STORE_COUNT:
		store_count(at, 1, spelt, arg);
		break;
	case STORE_LIMIT:
		store_count(at, 0, spelt, arg);
		break;
	case STORE_SPAN:
		value_check(spelt, arg, num_duration(arg, at));
		break;
	case STORE_MAX_TIME:
		value_check(spelt, arg, value_max_time(arg, at));
		break;
	case STORE_NUL:
		*(unsigned char *)at = '\0';
		c->delimited = true;
		break;
	case STORE_SOURCE:
		store_file(c, spelt, arg);
		break;
	case STORE_ARGS:
		store_args(c, at, spelt, arg);
		break;
	case STORE_HEADER:
		if (*arg == '\0')
			die("%s: the argument is empty", spelt);
		*(bool *)at = true;
		c->header_text = arg;
		break;
	case STORE_SHUF:
		store_shuf(c, spelt, arg);
		break;
	case STORE_NICE:
		store_nice(at, spelt, arg);
		break;
	case STORE_OLD_REPLACE:
		*(const char **)at = arg && *arg ? arg : "{}";
		break;
	case STORE_OLD_LINES:
		store_count(at, 1, spelt, arg ? arg : "1");
		break;
	case STORE_OLD_EOF:
		*(const char **)at = arg;
		break;
	case STORE_BYTE:
		value_check(spelt, arg, value_byte(arg, at));
		c->delimited = true;
		break;
	case STORE_LADDER:
		value_check(spelt, arg, ladder_parse(arg, at));
		break;
	case STORE_SIGNAL:
		store_signal(at, spelt, arg);
		break;
	case STORE_SIZE:
		value_check(spelt, arg, num_size(arg, at));
		break;
	case STORE_BLOCK:
		value_check(spelt, arg, value_block(arg, &c->block,
		    &c->blocks));
		break;
	case STORE_LOAD:
		value_check(spelt, arg, value_load(arg, at));
		break;
	case STORE_FLOOR:
		store_floor(at, spelt, arg);
		break;
	case STORE_RATE:
		value_check(spelt, arg, value_rate(arg, at));
		break;
	case STORE_HALT:
		value_check(spelt, arg, value_halt(arg, at));
		break;
	case STORE_REPLY:
		value_check(spelt, arg, value_reply(arg, at));
		break;
	case STORE_FAIL_FAST:
		*(struct halt *)at = (struct halt){ HALT_NOW, HALT_FAIL,
		    false, 1 };
		break;
	case STORE_STATS:
		store_stats(c, spelt, arg);
		break;
	case STORE_JOBS:
		store_jobs(c, spelt, arg);
		break;
	case STORE_RECORDS:
		store_records(at, spelt, arg);
		break;
	case STORE_NOTHING:
	case STORE_HELP:
	case STORE_VERSION:
	case STORE_REFUSED:
		break;
	}
}
