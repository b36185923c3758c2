/*
 * The words of xargs(1), found a byte at a time: blanks and newlines part
 * them, '...' and "..." hold what is between them but no newline, a backslash
 * outside of these holds the byte behind it, a newline too (POSIX, xargs,
 * INPUT; the rest as GNU xargs).  CR, FF and VT are bytes of a word, but begin
 * none.  Pure; zero it to begin.
 */
#ifndef BASE_WORDCUT_H
#define BASE_WORDCUT_H

#include <stdbool.h>

struct wordcut {
	bool inside;		/* a word has begun, it may be empty: '' */
	bool escaped;		/* behind a backslash */
	char quote;		/* the quote that is open; or NUL */
};

enum wordcut_got {
	WORDCUT_NONE,		/* the byte parts words, or is a quote */
	WORDCUT_BYTE,		/* it is one of the word */
	WORDCUT_END,		/* it ends the word */
	WORDCUT_OPEN		/* a newline, and w->quote is still open */
};

/* Outside of quotes, is it only a byte of a word? */
static inline bool
wordcut_plain(char c)
{
	return c != ' ' && c != '\t' && c != '\n' && c != '\\' && c != '\'' &&
	    c != '"';
}

static inline enum wordcut_got
wordcut_step(struct wordcut *w, char c)
{
	bool was = w->inside;

	if (w->escaped) {
		w->escaped = false;
		w->inside = true;
		return WORDCUT_BYTE;
	}
	if (w->quote) {
		if (c == '\n')
			return WORDCUT_OPEN;
		if (c != w->quote)
			return WORDCUT_BYTE;
		w->quote = '\0';
		return WORDCUT_NONE;
	}
	w->escaped = c == '\\';
	if (w->escaped)
		return WORDCUT_NONE;
	if (!was && (c == '\r' || c == '\f' || c == '\v'))
		return WORDCUT_NONE;
	w->inside = true;
	if (wordcut_plain(c))
		return WORDCUT_BYTE;
	if (c == '\'' || c == '"') {
		w->quote = c;
		return WORDCUT_NONE;
	}
	w->inside = false;
	return was ? WORDCUT_END : WORDCUT_NONE;
}

#endif
