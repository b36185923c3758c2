/*
 * What a shell makes of quoted words, written anew for the fuzzer: '...', \c
 * outside of quotes, "..." without $ and `.
 */
#ifndef UNQUOTE_H
#define UNQUOTE_H

#include "base/buf.h"
#include "fuzz.h"

/* The words of s[0..n), each ended by a NUL; false where it is no such text. */
static inline bool
unquote(const char *s, size_t n, struct buf *b)
{
	bool open = false;
	char quote = '\0';
	size_t i;

	for (i = 0; i < n; i++) {
		if (quote) {
			if (s[i] == quote)
				quote = '\0';
			else if (quote == '"' && strchr("$`\\", s[i]))
				return false;
			else
				buf_addc(b, s[i]);
		} else if (s[i] == '\'' || s[i] == '"') {
			quote = s[i];
			open = true;
		} else if (s[i] == ' ') {
			if (open)
				buf_addc(b, '\0');
			open = false;
		} else if (strchr("\n\t|&;<>()$`*?[#~", s[i])) {
			return false;
		} else {
			i += s[i] == '\\' && i + 1 < n;
			buf_addc(b, s[i]);
			open = true;
		}
	}
	if (open)
		buf_addc(b, '\0');
	return quote == '\0';
}

#endif
