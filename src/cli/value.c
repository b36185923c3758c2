#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cpus.h"
#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/signals.h"
#include "cli/value.h"

_Static_assert(sizeof(enum leak) == sizeof(int) &&
    sizeof(enum exit_mode) == sizeof(int) &&
    sizeof(enum output_mode) == sizeof(int) &&
    sizeof(enum init_fail) == sizeof(int) &&
    sizeof(enum command_choice) == sizeof(int), "enums are stored as int");

static const struct fault none = { 0, NULL, 0 };

enum { NUMBER_MAX = 1000000000 };

static struct fault
too_large(size_t offset, uint64_t most)
{
	return (struct fault){ offset, "too large", most };
}

static struct fault
fault(size_t offset, const char *why)
{
	return (struct fault){ offset, why, 0 };
}

void
value_check(const char *spelt, const char *text, struct fault f)
{
	struct buf b = { 0 };
	char shown[72];

	if (f.why == NULL)
		return;
	if (*text == '\0')
		die("%s: the argument is empty", spelt);
	diag_show(shown, sizeof(shown), text, strlen(text));
	num_fault(&b, f);
	die("%s: %s\n    %s\n    %*s^", spelt, buf_str(&b), shown,
	    diag_columns(text, f.offset), "");
}

/* The value of up to max digits of the base at *s; *s moves behind them. */
static unsigned
digits(const char **s, unsigned base, int max)
{
	static const char all[] = "0123456789abcdef";
	unsigned value = 0;
	const char *at;

	for (; max > 0 && **s; max--, (*s)++) {
		int c = **s >= 'A' && **s <= 'F' ? **s - 'A' + 'a' : **s;

		at = strchr(all, c);
		if (at == NULL || at - all >= (int)base)
			break;
		value = value * base + (unsigned)(at - all);
	}
	return value;
}

struct fault
value_byte(const char *s, unsigned char *value)
{
	static const char letters[] = "ntr\\", bytes[] = "\n\t\r\\";
	const char *p = s + 1, *at;
	unsigned v;

	if (*s == '\0')
		return fault(0, "not a byte");
	if (*s != '\\') {
		*value = (unsigned char)*s;
		return *p ? fault(1, "more than one byte") : none;
	}
	if (*p && (at = strchr(letters, *p))) {
		v = (unsigned char)bytes[at - letters];
		p++;
	} else if (*p == 'x') {
		at = ++p;
		v = digits(&p, 16, 2);
		if (p == at)
			return fault(2, "not a hexadecimal digit");
	} else {
		v = digits(&p, 8, 3);
		if (p == s + 1)
			return fault(0, "not one of \\n \\t \\r \\\\ \\0 "
			    "\\NNN \\xHH");
	}
	if (*p)
		return fault((size_t)(p - s), "more than one byte");
	if (v > 255)
		return fault(1, "more than a byte holds");
	*value = (unsigned char)v;
	return none;
}

struct fault
value_separator(const char *s, char *separator)
{
	unsigned char byte = '\0';
	struct fault f = value_byte(s, &byte);

	if (f.why == NULL && (byte == '"' || byte == '\n' || byte == '\r'))
		f = fault(0, "cannot part fields of CSV");
	*separator = (char)byte;
	return f;
}

/* What a number with sign or per cent means on that many CPUs. */
static size_t
jobs_of(char sign, bool percent, uint64_t n, size_t cpus)
{
	if (percent)
		n = cpus * n / 100;
	else if (sign == '+')
		n += cpus;
	else if (sign == '-')
		n = n < cpus ? cpus - n : 1;
	else
		return (size_t)n;
	return n ? (size_t)n : 1;
}

struct fault
value_jobs(const char *s, size_t cpus, size_t *value)
{
	char sign = *s == '+' || *s == '-' ? *s : '\0', number[16];
	const char *p = sign ? s + 1 : s;
	size_t n = strspn(p, "0123456789"), at = (size_t)(p - s);
	bool percent = !sign && p[n] == '%';
	struct fault f;
	uint64_t v;

	if (n == 0)
		return fault(at, "not a number");
	if (p[n + percent])
		return fault(at + n + percent, num_junk(p[n + percent]));
	if (n >= sizeof(number))
		return too_large(at, JOBS_MAX);
	memcpy(number, p, n);
	number[n] = '\0';
	f = num_uint(number, NUMBER_MAX, &v);
	if (f.why)
		return too_large(at + f.offset, JOBS_MAX);
	*value = jobs_of(sign, percent, v, cpus);
	return none;
}

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
		f = fault(0, "must be 1 or more");
	value_check(spelt, arg, f);
	*count = (size_t)v;
}

void
value_add_source(struct conf *c, struct conf_source source)
{
	c->sources = xrealloc(c->sources,
	    (c->nsources + 1) * sizeof(c->sources[0]));
	c->sources[c->nsources++] = source;
}

static void
store_source(struct conf *c, const char *spelt, const char *path)
{
	if (*path == '\0')
		die("%s: the argument is empty", spelt);
	value_add_source(c, (struct conf_source){ .path = path, .by = "-a" });
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
	bool minus = *arg == '-';
	uint64_t n = 0;

	value_check(spelt, arg + minus, num_uint(arg + minus, 1000, &n));
	if (n > (minus ? 20 : 19))
		die("%s: %s is not a niceness, -20 to 19", spelt, arg);
	*nice = minus ? -(int)n : (int)n;
}

bool
value_jobs_file(const char *path, size_t *value)
{
	char line[64];

	if (!first_line(path, line, sizeof(line), true) ||
	    value_jobs(line, cpus_count(), value).why)
		return false;
	if (*value == 0 || *value > JOBS_MAX)
		*value = JOBS_MAX;
	return true;
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

/* The word at s up to one of the bytes in ends is this one; *s moves on. */
static bool
word(const char **s, const char *ends, const char *want)
{
	size_t n = strcspn(*s, ends);

	if (n != strlen(want) || strncmp(*s, want, n) != 0)
		return false;
	*s += n;
	return true;
}

static struct fault
halt_number(const char *s, const char *p, struct halt *h)
{
	size_t n = strspn(p, "0123456789"), at = (size_t)(p - s);
	char number[16];
	struct fault f;

	if (n == 0)
		return fault(at, "not a number");
	if (n >= sizeof(number))
		return too_large(at, NUMBER_MAX);
	memcpy(number, p, n);
	number[n] = '\0';
	f = num_uint(number, NUMBER_MAX, &h->n);
	f.offset += at;
	if (f.why)
		return f;
	h->percent = p[n] == '%';
	if (p[n + h->percent])
		return fault(at + n + h->percent, num_junk(p[n + h->percent]));
	if (h->n == 0)
		return fault(at, "must be 1 or more");
	if (h->percent && h->n > 100)
		return fault(at, "more than all");
	return none;
}

struct fault
value_halt(const char *s, struct halt *h)
{
	const char *p = s;

	*h = (struct halt){ HALT_NOW, HALT_FAIL, false, 1 };
	if (strcmp(s, "never") == 0 || strcmp(s, "0") == 0)
		h->when = HALT_NEVER;
	else if (strcmp(s, "1") == 0)
		h->when = HALT_SOON;
	else if (strcmp(s, "2") != 0)
		h->n = 0;
	if (h->n)
		return none;
	if (word(&p, ",", "soon"))
		h->when = HALT_SOON;
	else if (!word(&p, ",", "now"))
		return fault(0, "not one of never, soon,..., now,...");
	if (*p != ',')
		return fault((size_t)(p - s), "must be followed by ,fail=N "
		    ",success=N or ,done=N");
	p++;
	if (word(&p, "=", "success"))
		h->what = HALT_SUCCESS;
	else if (word(&p, "=", "done"))
		h->what = HALT_DONE;
	else if (!word(&p, "=", "fail"))
		return fault((size_t)(p - s), "not one of fail=N success=N "
		    "done=N");
	if (*p != '=')
		return fault((size_t)(p - s), "must be followed by =N or =N%");
	return halt_number(s, p + 1, h);
}

/* N[/D]; without D: within a second. */
static struct fault
rate(const char *s, struct rate *r)
{
	size_t n = strcspn(s, "/");
	char number[16];
	struct fault f;

	if (n >= sizeof(number))
		return too_large(0, NUMBER_MAX);
	memcpy(number, s, n);
	number[n] = '\0';
	f = num_uint(number, NUMBER_MAX, &r->n);
	r->per = SEC;
	if (f.why)
		return f;
	if (r->n == 0)
		return fault(0, "must be 1 or more");
	if (s[n] == '\0')
		return none;
	f = num_duration(s + n + 1, &r->per);
	f.offset += n + 1;
	if (f.why == NULL && r->per == 0)
		f = fault(n + 1, "must be more than 0");
	return f;
}

/* A load as uptime(1) shows it, or per cent of the CPUs. */
static struct fault
load(const char *s, double *value)
{
	size_t n = strspn(s, "0123456789.");
	char *end;

	*value = n ? strtod(s, &end) : 0;
	if (n == 0 || end != s + n)
		return fault(0, "not a number");
	if (s[n] == '%' && s[n + 1] == '\0')
		*value = *value / 100 * (double)cpus_count();
	else if (s[n])
		return fault(n, "not a digit");
	return *value > 0 ? none :
	    fault(0, "must be more than 0: every load is 0 or more");
}

/* What remains until a time of day is negative when that has passed. */
static struct fault
max_time(const char *s, nsec *value)
{
	return *s == '-' ? fault(0, "must not be negative; has the time of day "
	    "passed that it was made from?") : num_duration(s, value);
}

static void
store_signal(int *sig, const char *spelt, const char *arg)
{
	*sig = signals_number(arg);
	if (*sig <= 0)
		value_check(spelt, arg, fault(0, "not a signal"));
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
value_store(struct conf *c, const struct option_row *row, const char *spelt,
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
		value_check(spelt, arg, max_time(arg, at));
		break;
	case STORE_NUL:
		*(unsigned char *)at = '\0';
		c->delimited = true;
		break;
	case STORE_SOURCE:
		store_source(c, spelt, arg);
		break;
	case STORE_ARGS:
		store_args(c, at, spelt, arg);
		break;
	case STORE_HEADER:
		if (strcmp(arg, ":") != 0)
			die("%s: only : is known, for the first record",
			    spelt);
		*(bool *)at = true;
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
	case STORE_LOAD:
		value_check(spelt, arg, load(arg, at));
		break;
	case STORE_FLOOR:
		store_floor(at, spelt, arg);
		break;
	case STORE_RATE:
		value_check(spelt, arg, rate(arg, at));
		break;
	case STORE_HALT:
		value_check(spelt, arg, value_halt(arg, at));
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
	case STORE_LATER:
	case STORE_REFUSED:
		break;
	}
}
