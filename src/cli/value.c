#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cpus.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/value.h"

static const struct fault none = { 0, NULL, 0 };

enum {
	NUMBER_MAX = 1000000000,
	BLOCK_MOST = 1 << 30	/* each slot may hold as much in memory */
};

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

/* The byte at *s, which may be an escape; *s moves behind it. */
static struct fault
one_byte(const char **s, unsigned char *value)
{
	static const char letters[] = "abfnrtv\\", bytes[] = "\a\b\f\n\r\t\v\\";
	const char *p = *s + 1, *at;
	unsigned v;

	if (**s != '\\') {
		*value = (unsigned char)**s;
		*s = p;
		return none;
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
		if (p == *s + 1)
			return fault(0, "not one of \\a \\b \\f \\n \\r "
			    "\\t \\v \\\\ \\0 \\NNN \\xHH");
	}
	if (v > 255)
		return fault(1, "more than a byte holds");
	*value = (unsigned char)v;
	*s = p;
	return none;
}

struct fault
value_byte(const char *s, unsigned char *value)
{
	const char *p = s;
	struct fault f;

	if (*s == '\0')
		return fault(0, "not a byte");
	f = one_byte(&p, value);
	if (f.why == NULL && *p)
		f = fault((size_t)(p - s), "more than one byte");
	return f;
}

struct fault
value_text(const char *s, char *text, size_t *n)
{
	const char *p = s;
	unsigned char byte;
	struct fault f;
	size_t at;

	for (*n = 0; *p; text[(*n)++] = (char)byte) {
		at = (size_t)(p - s);
		f = one_byte(&p, &byte);
		f.offset += at;
		if (f.why)
			return f;
	}
	text[*n] = '\0';
	return none;
}

struct fault
value_block(const char *s, size_t *size, size_t *n)
{
	bool count = *s == '-';
	uint64_t v = 0;
	struct fault f = count ? num_uint(s + 1, NUMBER_MAX, &v) :
	    num_size(s, &v);

	f.offset += count;
	if (f.why)
		return f;
	if (v == 0)
		return fault(count, "must be 1 or more");
	if (v > BLOCK_MOST)
		return too_large(count, BLOCK_MOST);
	*size = count ? 0 : (size_t)v;
	*n = count ? (size_t)v : 0;
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

/* Also those that GNU parallel had first. */
static bool
halt_word(const char *s, struct halt *h)
{
	static const struct {
		const char *word;
		struct halt halt;
	} words[] = {
		{ "never", { HALT_NEVER, HALT_FAIL, false, 1 } },
		{ "0", { HALT_NEVER, HALT_FAIL, false, 1 } },
		{ "1", { HALT_SOON, HALT_FAIL, false, 1 } },
		{ "2", { HALT_NOW, HALT_FAIL, false, 1 } },
		{ "-1", { HALT_SOON, HALT_SUCCESS, false, 1 } },
		{ "-2", { HALT_NOW, HALT_SUCCESS, false, 1 } },
	};
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (strcmp(s, words[i].word) == 0) {
			*h = words[i].halt;
			return true;
		}
	return false;
}

struct fault
value_halt(const char *s, struct halt *h)
{
	const char *p = s;

	if (halt_word(s, h))
		return none;
	*h = (struct halt){ HALT_NOW, HALT_FAIL, false, 0 };
	if (*s >= '0' && *s <= '9' && s[strspn(s, "0123456789")] == '%') {
		h->when = HALT_SOON;
		return halt_number(s, s, h);
	}
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

struct fault
value_rate(const char *s, struct rate *r)
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

struct fault
value_load(const char *s, double *value)
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

struct fault
value_max_time(const char *s, nsec *value)
{
	return *s == '-' ? fault(0, "must not be negative; has the time of day "
	    "passed that it was made from?") : num_duration(s, value);
}

struct fault
value_reply(const char *s, struct reply_form *f)
{
	*f = (struct reply_form){ REPLY_LINE, NULL };
	if (strncmp(s, "eot=", 4) == 0) {
		f->how = REPLY_EOT;
		f->eot = s + 4;
		if (strchr(f->eot, '\n'))
			return fault((size_t)(strchr(s, '\n') - s),
			    "a newline cannot be a part of a line");
	} else if (strcmp(s, "nul") == 0) {
		f->how = REPLY_NUL;
	} else if (strcmp(s, "netstring") == 0) {
		f->how = REPLY_NETSTRING;
	} else if (strcmp(s, "line") != 0) {
		return fault(0, "not one of line, nul, eot=STR, netstring");
	}
	return none;
}
