#include "config.h"

#include <string.h>

#include "input/run.h"
#include "run/reply.h"

enum {
	DIGITS = 19		/* of a netstring's length, at most */
};

static enum reply_got
next_line(char end, const char *p, size_t n, struct reply_piece *piece)
{
	const char *at = memchr(p, end, n);

	piece->len = piece->used = at ? (size_t)(at - p) + 1 : n;
	return at ? REPLY_END : REPLY_PART;
}

/* May the n bytes at p, a line that has not ended, become STR? */
static bool
may_be(const char *eot, const char *p, size_t n)
{
	return n <= strlen(eot) && memcmp(p, eot, n) == 0;
}

static enum reply_got
next_eot(const char *eot, struct reply *r, const char *p, size_t n,
    struct reply_piece *piece)
{
	const char *at = memchr(p, '\n', n);
	size_t len = at ? (size_t)(at - p) : n;

	if (!r->inside && at && len == strlen(eot) &&
	    memcmp(p, eot, len) == 0) {
		piece->used = len + 1;
		return REPLY_END;
	}
	if (!r->inside && at == NULL && may_be(eot, p, n))
		return REPLY_MORE;
	r->inside = at == NULL;
	piece->len = piece->used = len + (at != NULL);
	return REPLY_PART;
}

/* LENGTH: */
static enum reply_got
begin_netstring(struct reply *r, const char *p, size_t n,
    struct reply_piece *piece)
{
	size_t i;

	r->left = 0;
	for (i = 0; i < n && p[i] >= '0' && p[i] <= '9'; i++) {
		if (i == DIGITS - 1 || (i == 1 && p[0] == '0'))
			return REPLY_BAD;
		r->left = r->left * 10 + (uint64_t)(p[i] - '0');
	}
	if (i == n)
		return REPLY_MORE;
	if (i == 0 || p[i] != ':')
		return REPLY_BAD;
	r->inside = true;
	piece->used = i + 1;
	return REPLY_PART;
}

static enum reply_got
next_netstring(struct reply *r, const char *p, size_t n,
    struct reply_piece *piece)
{
	if (!r->inside)
		return begin_netstring(r, p, n, piece);
	if (r->left) {
		piece->len = piece->used = r->left < n ? (size_t)r->left : n;
		r->left -= piece->len;
		return REPLY_PART;
	}
	if (*p != ',')
		return REPLY_BAD;
	r->inside = false;
	piece->used = 1;
	return REPLY_END;
}

enum reply_got
reply_next(const struct reply_form *f, struct reply *r, const char *p,
    size_t n, struct reply_piece *piece)
{
	memset(piece, 0, sizeof(*piece));
	if (n == 0)
		return REPLY_MORE;
	switch (f->how) {
	case REPLY_LINE:
		return next_line('\n', p, n, piece);
	case REPLY_NUL:
		return next_line('\0', p, n, piece);
	case REPLY_EOT:
		return next_eot(f->eot, r, p, n, piece);
	case REPLY_NETSTRING:
		break;
	}
	return next_netstring(r, p, n, piece);
}

size_t
reply_whole(const struct reply_form *f, const char *p, size_t n, size_t most,
    size_t *count)
{
	return run_records(p, n, f->how == REPLY_NUL ? '\0' : '\n', most, count);
}
