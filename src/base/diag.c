#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"

enum { LINE = 4096 };

static bool failed;
static bool hurried;		/* a message was waited for when a signal came */

/* The status line, while it is shown; and does anything unfinished stand
   where it would be? */
static char status[DIAG_STATUS_MAX];
static size_t status_len;
static bool unfinished;

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

/* A terminal takes this much at once (output/sink.c). */
static bool
is_writable(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) > 0 && (p.revents & POLLOUT);
}

void
diag_make_way(void)
{
	static const char clear[] = "\r\033[K";

	if (status_len > 0 && is_writable() &&
	    write(STDERR_FILENO, clear, sizeof(clear) - 1) > 0)
		status_len = 0;
}

void
diag_wrote(const void *p, size_t n)
{
	if (n > 0)
		unfinished = ((const char *)p)[n - 1] != '\n';
}

void
diag_status(const void *p, size_t n)
{
	char line[DIAG_STATUS_MAX + 8] = "\r\033[K";

	if (n == 0)
		diag_make_way();
	if (n == 0 || n > sizeof(status) || unfinished ||
	    (n == status_len && memcmp(status, p, n) == 0) || !is_writable())
		return;
	memcpy(line + 4, p, n);
	if (write(STDERR_FILENO, line, n + 4) < 0)
		return;
	memcpy(status, p, n);
	status_len = n;
}

unsigned
diag_width(void)
{
	struct winsize w;
	pid_t front;

	if (!isatty(STDERR_FILENO))
		return 0;
	front = tcgetpgrp(STDERR_FILENO);
	if (front >= 0 && front != getpgrp())
		return 0;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
		return 80;
	return w.ws_col;
}

void
diag_raw(const void *p, size_t n)
{
	diag_make_way();
	diag_wrote(p, n);
	if (hurried && !is_writable()) {
		failed = true;
	} else if (fd_write_wait(STDERR_FILENO, p, n) < 0) {
		failed = true;
		hurried = errno == EINTR;
	}
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
