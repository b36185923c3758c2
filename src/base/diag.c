#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"

enum { LINE = 4096 };

static bool failed;

/*
 * The length of the UTF-8 character that begins at s, if it is one of several
 * bytes (RFC 3629), else 0.  U+0080..U+009F are none: controls, as a terminal
 * reads them.
 */
static size_t
wide(const unsigned char *s, size_t n)
{
	size_t len = *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2, i;

	if (*s < 0xc2 || *s > 0xf4 || len > n || (*s == 0xc2 && s[1] < 0xa0))
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/*
 * What stands for the next character of s[0..n): itself, or an escape.  Its
 * length is *len; returns how many bytes of s it stands for.
 */
static size_t
escape(char out[5], size_t *len, const unsigned char *s, size_t n)
{
	static const char controls[] = "\n\t\r", letters[] = "ntr";
	const char *at = *s ? strchr(controls, *s) : NULL;
	size_t k = wide(s, n);

	*len = 1;
	if (k > 0) {
		memcpy(out, s, k);
		return *len = k;
	}
	if (at) {
		out[0] = '\\';
		out[1] = letters[at - controls];
		*len = 2;
	} else if (*s < 0x20 || (*s >= 0x7f && *s < 0xa0)) {
		*len = (size_t)snprintf(out, 5, "\\x%02X", *s);
	} else {
		out[0] = (char)*s;
	}
	return 1;
}

char *
diag_show(char *dst, size_t size, const void *s, size_t n)
{
	const unsigned char *in = s;
	size_t i, k, len = 0, safe = 0, used;
	char esc[5];

	for (i = 0; i < n; i += used) {
		used = escape(esc, &k, in + i, n - i);
		if (len + k + 1 > size)
			break;
		memcpy(dst + len, esc, k);
		len += k;
		if (len + 4 <= size)
			safe = len;
	}
	if (i < n) {
		memcpy(dst + safe, "...", 3);
		len = safe + 3;
	}
	dst[len] = '\0';
	return dst;
}

void
diag_raw(const void *p, size_t n)
{
	if (fd_write_wait(STDERR_FILENO, p, n) < 0)
		failed = true;
}

int
diag_columns(const void *s, size_t n)
{
	const unsigned char *in = s;
	size_t i, k, used, width = 0;
	char esc[5];

	for (i = 0; i < n; i += used) {
		used = escape(esc, &k, in + i, n - i);
		width += used > 1 ? 1 : k;
	}
	return (int)width;
}

/* The lines of a message are its own newlines; all else is shown escaped. */
static void PRINTF(1, 0)
say(const char *fmt, va_list ap)
{
	char text[LINE], line[LINE];
	int saved = errno, n = vsnprintf(text, sizeof(text), fmt, ap);
	size_t i, k, len = 5, end, used;
	char esc[5];

	end = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n :
	    sizeof(text) - 1;
	memcpy(line, "ppx: ", 5);
	for (i = 0; i < end && len + 6 < sizeof(line); i += used) {
		used = escape(esc, &k, (unsigned char *)text + i, end - i);
		if (text[i] == '\n') {
			esc[0] = '\n';
			k = 1;
		}
		memcpy(line + len, esc, k);
		len += k;
	}
	line[len++] = '\n';
	diag_raw(line, len);
	errno = saved;
}

void
diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(EXIT_PPX);
}

bool
diag_failed(void)
{
	return failed;
}
