#include "config.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/num.h"

static const struct fault none = { 0, NULL, 0 };

static struct fault
fault(const char *s, const char *at, const char *why)
{
	return (struct fault){ (size_t)(at - s), why, 0 };
}

void
num_fault(struct buf *b, struct fault f)
{
	buf_adds(b, f.why);
	if (f.most)
		buf_addf(b, ": at most %" PRIu64, f.most);
}

const char *
num_junk(char c)
{
	return c == '.' ? "not a whole number" : "not a digit";
}

void
num_show_duration(struct buf *b, nsec span)
{
	nsec ms = (span + MSEC / 2) / MSEC, tenths = (ms + 50) / 100;

	if (ms < 100)
		buf_addf(b, "%" PRId64 " ms", ms ? ms : 1);
	else if (tenths % 10)
		buf_addf(b, "%" PRId64 ".%" PRId64 " s", tenths / 10,
		    tenths % 10);
	else
		buf_addf(b, "%" PRId64 " s", tenths / 10);
}

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

struct fault
num_uint(const char *s, uint64_t max, uint64_t *value)
{
	const char *p = s;
	uint64_t n = 0;

	if (*p == '-')
		return fault(s, p, "must not be negative");
	if (!is_digit(*p))
		return fault(s, p, "not a number");
	for (; is_digit(*p); p++) {
		unsigned d = (unsigned)(*p - '0');

		if (n > (max - d) / 10 || d > max)
			return (struct fault){ (size_t)(p - s), "too large",
			    max };
		n = n * 10 + d;
	}
	if (*p)
		return fault(s, p, num_junk(*p));
	*value = n;
	return none;
}

/*
 * Reads digits [. digits] into a whole number and billionths of one; large: why
 * more digits than anyone needs are a fault.
 */
static const char *
fixed(const char *s, const char *large, uint64_t *whole, uint64_t *billionths,
    struct fault *f)
{
	const char *p = s;
	uint64_t scale = 100000000;

	*whole = *billionths = 0;
	*f = none;
	if (*p == '-') {
		*f = fault(s, p, "must not be negative");
		return p;
	}
	if (!is_digit(*p) && !(*p == '.' && is_digit(p[1]))) {
		*f = fault(s, p, "not a number");
		return p;
	}
	for (; is_digit(*p); p++) {
		if (*whole > 1000000000000000000 / 10) {
			*f = fault(s, p, large);
			return p;
		}
		*whole = *whole * 10 + (uint64_t)(*p - '0');
	}
	if (*p == '.')
		for (p++; is_digit(*p); p++, scale /= 10)
			*billionths += scale * (uint64_t)(*p - '0');
	return p;
}

/* whole.billionths times unit, -1 when that exceeds max. */
static int
times(uint64_t whole, uint64_t billionths, uint64_t unit, uint64_t max,
    uint64_t *value)
{
	/* unit in two parts, as unit * billionths can exceed 64 bits. */
	uint64_t part = unit / 1000000000 * billionths +
	    unit % 1000000000 * billionths / 1000000000;

	if (whole > (max - part) / unit)
		return -1;
	*value = whole * unit + part;
	return 0;
}

struct fault
num_duration(const char *s, nsec *value)
{
	static const char large[] = "too large: at most 36525d";
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", 1000000000 }, { "s", 1000000000 }, { "ms", 1000000 },
		{ "m", 60000000000 }, { "h", 3600000000000 },
		{ "d", 86400000000000 },
	};
	uint64_t whole, parts, ns;
	struct fault f;
	const char *p = fixed(s, large, &whole, &parts, &f);
	size_t i;

	if (f.why)
		return f;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(p, units[i].name) != 0)
			continue;
		if (times(whole, parts, units[i].ns, 3155760000000000000,
		    &ns) < 0)
			return fault(s, s, large);
		*value = (nsec)ns;
		return none;
	}
	return fault(s, p, "not a unit of time (ms s m h d)");
}

struct fault
num_size(const char *s, uint64_t *value)
{
	static const char large[] = "too large: at most 4096P";
	static const char letters[] = "KMGTP";
	uint64_t whole, parts, unit = 1;
	struct fault f;
	const char *p = fixed(s, large, &whole, &parts, &f), *at;
	const char *l;

	if (f.why)
		return f;
	at = p;
	if (*p && (l = strchr(letters, toupper((unsigned char)*p)))) {
		unit = (uint64_t)1 << (10 * (l - letters + 1));
		p++;
		if (*p == 'i' || *p == 'I')
			p++;
	}
	if (*p == 'B' || *p == 'b')
		p++;
	if (*p)
		return fault(s, at, "not a unit of size (K M G T P)");
	if (times(whole, parts, unit, (uint64_t)1 << 62, value) < 0)
		return fault(s, s, large);
	return none;
}
