#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"

enum { LINE = 4096 };

static bool failed;

/*
 * One escape of at most 4 characters for the byte c; returns its length, 0
 * when c stands for itself.
 */
static size_t
escape(char out[5], unsigned char c)
{
	switch (c) {
	case '\n':
		memcpy(out, "\\n", 3);
		return 2;
	case '\t':
		memcpy(out, "\\t", 3);
		return 2;
	case '\r':
		memcpy(out, "\\r", 3);
		return 2;
	default:
		break;
	}
	if (c >= 0x20 && c != 0x7f)
		return 0;
	return (size_t)snprintf(out, 5, "\\x%02X", c);
}

char *
diag_show(char *dst, size_t size, const void *s, size_t n)
{
	const unsigned char *in = s;
	size_t i, len = 0, safe = 0;

	for (i = 0; i < n; i++) {
		char esc[5] = { (char)in[i] };
		size_t k = escape(esc, in[i]);

		if (k == 0)
			k = 1;
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

/* The lines of a message are its own newlines; all else is shown escaped. */
static void
say(const char *fmt, va_list ap)
{
	char text[LINE], line[LINE];
	int saved = errno, n = vsnprintf(text, sizeof(text), fmt, ap);
	size_t i, len = 0, end;

	end = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n :
	    sizeof(text) - 1;
	memcpy(line, "ppx: ", 5);
	len = 5;
	for (i = 0; i < end && len + 6 < sizeof(line); i++) {
		unsigned char c = (unsigned char)text[i];
		char esc[5] = { (char)c };
		size_t k = c == '\n' ? 0 : escape(esc, c);

		if (k == 0)
			k = 1;
		memcpy(line + len, esc, k);
		len += k;
	}
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		failed = true;
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
