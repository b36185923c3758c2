/*
 * A record that lies whole in what was fed is returned as it lies there; only
 * one that is cut by the end of the chunk is copied.
 */
#include "config.h"

#include <string.h>

#include "input/split.h"

/* Adds bytes to the broken record, as long as it is within the limit. */
static void
keep(struct split *s, const char *p, size_t n)
{
	size_t room;

	if (!s->over && n <= s->limit - s->part.len) {
		buf_add(&s->part, p, n);
		return;
	}
	s->over = true;
	if (s->part.len < SPLIT_KEEP) {
		room = SPLIT_KEEP - s->part.len;
		buf_add(&s->part, p, n < room ? n : room);
	}
	if (s->part.len > SPLIT_KEEP)
		s->part.len = SPLIT_KEEP;
}

/* A record that was not cut. */
static void
whole(const struct split *s, const char *p, size_t n, struct record *r)
{
	r->p = p;
	r->over = n > s->limit;
	r->n = r->over && n > SPLIT_KEEP ? SPLIT_KEEP : n;
}

/* The record that was cut; it stays in part until the next call. */
static void
joined(struct split *s, struct record *r)
{
	r->p = buf_str(&s->part);
	r->n = s->part.len;
	r->over = s->over;
	s->given = true;
}

static void
forget(struct split *s)
{
	s->part.len = 0;
	s->given = s->over = false;
}

/* False for a record that is to be passed over. */
static bool
wanted(const struct split *s, struct record *r)
{
	r->nul = s->delimiter != '\0' && memchr(r->p, '\0', r->n) != NULL;
	return r->n > 0 || r->over || !s->skip_empty;
}

bool
split_next(struct split *s, const char **p, size_t *n, struct record *r)
{
	const char *end, *start;
	size_t len;

	while (*n) {
		if (s->given)
			forget(s);
		start = *p;
		end = memchr(start, s->delimiter, *n);
		len = end ? (size_t)(end - start) : *n;
		*p += len + (end != NULL);
		*n -= len + (end != NULL);
		if (end && s->part.len == 0 && !s->over) {
			whole(s, start, len, r);
		} else {
			keep(s, start, len);
			if (end == NULL)
				return false;
			joined(s, r);
		}
		if (wanted(s, r))
			return true;
	}
	return false;
}

bool
split_end(struct split *s, struct record *r)
{
	if (s->given)
		forget(s);
	if (s->part.len == 0 && !s->over)
		return false;
	joined(s, r);
	return wanted(s, r);
}

void
split_free(struct split *s)
{
	buf_free(&s->part);
}
