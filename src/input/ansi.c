#include "config.h"

#include <string.h>

#include "input/ansi.h"

/* The value of up to most digits from *i on, which is left behind them. */
static unsigned long
digits(const char *s, size_t *i, size_t n, unsigned base, unsigned most)
{
	static const char all[] = "00112233445566778899aAbBcCdDeEfF";
	unsigned long v = 0;
	const char *p;

	for (; *i < n && most > 0; (*i)++, most--) {
		p = s[*i] ? strchr(all, s[*i]) : NULL;
		if (p == NULL || (size_t)(p - all) / 2 >= base)
			break;
		v = v * base + (unsigned long)(p - all) / 2;
	}
	return v;
}

char
ansi_escape(const char *s, size_t *i, size_t n)
{
	char c = *i + 1 < n ? s[*i + 1] : '\0';
	unsigned long v;

	if (c >= '0' && c <= '7') {
		(*i)++;
		v = digits(s, i, n, 8, 3);
		return (char)(v & 0xff);
	}
	*i += 2;
	if (c == 'x' && *i < n && s[*i] == '{') {
		(*i)++;
		v = digits(s, i, n, 16, (unsigned)-1);
		*i += *i < n && s[*i] == '}';
		return (char)(v & 0xff);
	}
	if (c == 'x' || c == 'u' || c == 'U') {
		v = digits(s, i, n, 16, c == 'x' ? 2 : c == 'u' ? 4 : 8);
		return (char)(v & 0xff);
	}
	if (c == 'c' && *i < n) {
		v = s[(*i)++] & 0x1f;
		*i += s[*i - 1] == '\\' && *i < n && s[*i] == '\\';
		return v ? '\n' : '\0';
	}
	return c && strchr("abcefnrtvE", c) ? '\n' : c;
}
