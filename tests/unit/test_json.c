/* JSON text: any bytes make a valid string, and only lossy ones are told so. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "output/json.h"
#include "tap.h"

static struct buf b;
static bool exact;

static const char *
string(const char *p, size_t n)
{
	b.len = 0;
	exact = json_string(&b, p, n);
	return buf_str(&b);
}

static void
is(const char *text, const char *want, bool whole)
{
	is_str(string(text, strlen(text)), want, "%s", want);
	is_int(exact, whole, "and is it exact");
}

static void
test_string(void)
{
	is("", "\"\"", true);
	is("a b'c/d", "\"a b'c/d\"", true);
	is("\"\\\b\f\n\r\t", "\"\\\"\\\\\\b\\f\\n\\r\\t\"", true);
	is("\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"", true);
	is_str(string("a\0b", 3), "\"a\\u0000b\"", "NUL");
	is("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", true);
}

/* What is no UTF-8: a U+FFFD for each byte. */
static void
test_invalid(void)
{
#define BAD "\\ufffd"
	is("\x80", "\"" BAD "\"", false);
	is("a\xff" "b", "\"a" BAD "b\"", false);
	is("\xc3", "\"" BAD "\"", false);
	is("\xc3\"", "\"" BAD "\\\"\"", false);
	is("\xc0\xaf", "\"" BAD BAD "\"", false);
	is("\xe0\x9f\xbf", "\"" BAD BAD BAD "\"", false);
	is("\xed\xa0\x80", "\"" BAD BAD BAD "\"", false);
	is("\xf0\x8f\xbf\xbf", "\"" BAD BAD BAD BAD "\"", false);
	is("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\"", false);
	is("\xf5\x80", "\"" BAD BAD "\"", false);
	is("\xe2\x82z", "\"" BAD BAD "z\"", false);
	is("\xe2\x82\xc3\xa9", "\"" BAD BAD "\xc3\xa9\"", false);
}

/* What is no UTF-8 in a decoder written another way; 0 = none there. */
static size_t
decode(const unsigned char *p, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t len, i;

	if (p[0] < 0x80)
		return 1;
	len = p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;
	if (len == 0 || len > n)
		return 0;
	c = p[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	return c < least[len] || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff) ? 0 : len;
}

/* All lead bytes with bytes from the edges of the ranges behind them. */
static void
test_all(void)
{
	static const unsigned char edge[] = { 'a', 0x7f, 0x80, 0x8f, 0x90,
	    0x9f, 0xa0, 0xbf, 0xc2, 0xff };
	unsigned char s[5] = { 0 };
	size_t bad = 0, i, n;
	unsigned lead, k, x;
	bool want;

	for (lead = 1; lead < 256; lead++)
		for (k = 0; k < 10 * 10 * 10; k++) {
			s[0] = (unsigned char)lead;
			for (i = 1, x = k; i < 4; i++, x /= 10)
				s[i] = edge[x % 10];
			want = true;
			for (i = 0; i < 4 && want; i += n) {
				n = decode(s + i, 4 - i);
				want = n > 0;
			}
			string((char *)s, 4);
			bad += exact != want;
		}
	is_int(bad, 0, "exact just where another decoder says so");
}

static void
is_base64(const char *text, const char *want)
{
	b.len = 0;
	json_base64(&b, text, strlen(text));
	is_str(buf_str(&b), want, "%s", want);
}

/* RFC 4648, section 10 */
static void
test_base64(void)
{
	is_base64("", "\"\"");
	is_base64("f", "\"Zg==\"");
	is_base64("fo", "\"Zm8=\"");
	is_base64("foo", "\"Zm9v\"");
	is_base64("foob", "\"Zm9vYg==\"");
	is_base64("fooba", "\"Zm9vYmE=\"");
	is_base64("foobar", "\"Zm9vYmFy\"");
	is_base64("\xff\xfe\xfb\xef", "\"//777w==\"");
}

static void
test_members(void)
{
	b.len = 0;
	buf_addc(&b, '{');
	json_uint(&b, "a", UINT64_MAX);
	json_bool(&b, "b", true);
	json_bool(&b, "c", false);
	json_null(&b, "d");
	json_word(&b, "e", "x\"");
	json_seconds(&b, "f", 12 * SEC + 3 * MSEC + 999, 3);
	json_seconds(&b, "g", 1, 9);
	json_seconds(&b, "h", -5, 3);
	json_seconds(&b, "i", 7 * SEC, 0);
	is_str(buf_str(&b), "{\"a\":18446744073709551615,\"b\":true,"
	    "\"c\":false,\"d\":null,\"e\":\"x\\\"\",\"f\":12.003,"
	    "\"g\":0.000000001,\"h\":0.000,\"i\":7", "members");
}

int
main(void)
{
	test_string();
	test_invalid();
	test_all();
	test_base64();
	test_members();
	buf_free(&b);
	return done_testing();
}
