#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "output/json.h"

void
json_name(struct buf *b, const char *name)
{
	if (b->data[b->len - 1] != '{')
		buf_addc(b, ',');
	buf_addf(b, "\"%s\":", name);
}

void
json_uint(struct buf *b, const char *name, uint64_t value)
{
	json_name(b, name);
	buf_addf(b, "%" PRIu64, value);
}

void
json_bool(struct buf *b, const char *name, bool value)
{
	json_name(b, name);
	buf_adds(b, value ? "true" : "false");
}

void
json_null(struct buf *b, const char *name)
{
	json_name(b, name);
	buf_adds(b, "null");
}

void
json_word(struct buf *b, const char *name, const char *value)
{
	json_name(b, name);
	json_string(b, value, strlen(value));
}

void
json_seconds(struct buf *b, const char *name, nsec value, int decimals)
{
	nsec unit = SEC;
	int i;

	for (i = 0; i < decimals; i++)
		unit /= 10;
	if (value < 0)
		value = 0;
	json_name(b, name);
	buf_addf(b, "%" PRId64, value / SEC);
	if (decimals)
		buf_addf(b, ".%0*" PRId64, decimals, value % SEC / unit);
}

/*
 * How many bytes the character at p takes, with n bytes there; 0 when it is
 * none (Unicode, table 3-7: well-formed byte sequences).
 */
static size_t
character(const unsigned char *p, size_t n)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len, i;

	if (*p < 0x80)
		return 1;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	len = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	if (*p == 0xe0)
		low = 0xa0;	/* not longer than need be */
	else if (*p == 0xed)
		high = 0x9f;	/* no surrogates */
	else if (*p == 0xf0)
		low = 0x90;
	else if (*p == 0xf4)
		high = 0x8f;	/* no more than U+10FFFF */
	if (n < len || p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

static void
escape(struct buf *b, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	if (at)
		buf_addf(b, "\\%c", to[at - from]);
	else
		buf_addf(b, "\\u%04x", c);
}

static bool
plain(unsigned char c)
{
	return c >= ' ' && c != '"' && c != '\\' && c != 0x7f;
}

bool
json_string(struct buf *b, const void *text, size_t n)
{
	bool exact;

	buf_addc(b, '"');
	exact = json_text(b, text, n);
	buf_addc(b, '"');
	return exact;
}

size_t
json_rest(const void *text, size_t n)
{
	const unsigned char *end = (const unsigned char *)text + n;
	size_t k, len;

	for (k = 1; k <= 3 && k <= n && *(end - k) >= 0x80; k++)
		if (*(end - k) >= 0xc0) {
			len = *(end - k) >= 0xf0 ? 4 : *(end - k) >= 0xe0 ? 3 : 2;
			return len > k ? k : 0;
		}
	return 0;
}

bool
json_text(struct buf *b, const void *text, size_t n)
{
	const unsigned char *p = text;
	bool exact = true;
	size_t i = 0, len, run;

	while (i < n) {
		for (run = i; i < n && plain(p[i]) &&
		    (len = character(p + i, n - i)) > 0; i += len)
			continue;
		buf_add(b, p + run, i - run);
		if (i == n)
			break;
		if (p[i] < 0x80) {
			escape(b, p[i++]);
			continue;
		}
		buf_adds(b, "\\ufffd");
		exact = false;
		i++;
	}
	return exact;
}

void
json_base64(struct buf *b, const void *text, size_t n)
{
	buf_addc(b, '"');
	json_base64_text(b, text, n);
	buf_addc(b, '"');
}

void
json_base64_text(struct buf *b, const void *text, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = text;
	size_t i;
	uint32_t v;

	for (i = 0; i < n; i += 3) {
		v = (uint32_t)p[i] << 16;
		if (i + 1 < n)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			v |= p[i + 2];
		buf_addc(b, digit[v >> 18]);
		buf_addc(b, digit[v >> 12 & 63]);
		buf_addc(b, i + 1 < n ? digit[v >> 6 & 63] : '=');
		buf_addc(b, i + 2 < n ? digit[v & 63] : '=');
	}
}
