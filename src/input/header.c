#include "config.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/mark.h"
#include "input/header.h"

struct header {
	uint64_t lines;		/* or 0: */
	regex_t re;
};

struct header *
header_new(const char *text, struct fault *fault)
{
	struct header *h = xcalloc(1, sizeof(*h));
	struct buf b = { 0 };
	char *s;
	int error;

	*fault = (struct fault){ 0, NULL, 0 };
	if (strcmp(text, ":") == 0)
		h->lines = 1;
	else if (num_uint(text, UINT32_MAX, &h->lines).why)
		h->lines = 0;
	if (h->lines)
		return h;
	s = mark_controls(text);
	buf_addf(&b, "^(%s)", s);
	free(s);
	error = regcomp(&h->re, buf_str(&b), REG_EXTENDED | REG_NEWLINE);
	buf_free(&b);
	if (error == 0)
		return h;
	fault->why = "not a regular expression";
	free(h);
	return NULL;
}

void
header_free(struct header *h)
{
	if (h == NULL)
		return;
	if (h->lines == 0)
		regfree(&h->re);
	free(h);
}

static bool
find_lines(const struct header *h, const char *p, size_t n, bool last,
    size_t *len)
{
	const char *q;
	uint64_t i;
	size_t at = 0;

	for (i = 0; i < h->lines; i++) {
		q = memchr(p + at, '\n', n - at);
		if (q == NULL)
			break;
		at = (size_t)(q - p) + 1;
	}
	*len = i < h->lines ? n : at;
	return i == h->lines || last;
}

bool
header_find(const struct header *h, char *p, size_t n, bool last, size_t *len)
{
	regmatch_t match;
	char saved;
	int none;

	if (h->lines)
		return find_lines(h, p, n, last, len);
	saved = p[n];
	p[n] = '\0';
	none = regexec(&h->re, p, 1, &match, 0);
	p[n] = saved;
	/* what begins a later line is no header */
	*len = none || match.rm_so > 0 ? 0 : (size_t)match.rm_eo;
	/* it might go on, but not behind a line that it has not taken */
	return last || memchr(p + *len, '\n', n - *len);
}
