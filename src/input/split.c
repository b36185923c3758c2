/*
 * A record that lies whole in what was fed is returned as it lies there; only
 * one that is cut by the end of the chunk is copied.
 */
#include "config.h"

#include <string.h>

#include "input/split.h"

/* Notes the last of n bytes, as struct record says. */
static void
note_last(const struct split *s, const char *p, size_t n, char *last)
{
	while (n && s->how == SPLIT_CSV &&
	    (p[n - 1] == '"' || p[n - 1] == '\r'))
		n--;
	if (n)
		*last = p[n - 1];
}

/* Adds bytes to the broken record, as long as it is within the limit. */
static void
keep(struct split *s, const char *p, size_t n)
{
	size_t room;

	note_last(s, p, n, &s->last);
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

/* RFC 4180 ends its lines with both. */
static void
drop_return(const struct split *s, struct record *r)
{
	if (s->how == SPLIT_CSV && !r->over && r->n && r->p[r->n - 1] == '\r')
		r->n--;
}

/* A record that was not cut. */
static void
whole(const struct split *s, const char *p, size_t n, struct record *r)
{
	r->p = p;
	r->open = '\0';
	r->over = n > s->limit;
	r->last = '\0';
	note_last(s, p, n, &r->last);
	r->n = r->over && n > SPLIT_KEEP ? SPLIT_KEEP : n;
	drop_return(s, r);
}

/* The record that was cut; it stays in part until the next call. */
static void
joined(struct split *s, struct record *r)
{
	r->p = buf_str(&s->part);
	r->n = s->part.len;
	r->over = s->over;
	r->last = s->last;
	r->open = s->word.quote;
	s->given = true;
	drop_return(s, r);
}

static void
forget(struct split *s)
{
	s->part.len = 0;
	s->given = s->over = false;
	s->last = '\0';
}

/* False for a record that is to be passed over. */
static bool
wanted(const struct split *s, struct record *r)
{
	r->nul = s->delimiter != '\0' && memchr(r->p, '\0', r->n) != NULL;
	return r->n > 0 || r->over || r->open || !s->skip_empty;
}

/* The end of the record in the n bytes at p, or NULL. */
static const char *
find_end(struct split *s, const char *p, size_t n)
{
	const char *end = p + n;

	if (s->how != SPLIT_CSV)
		return memchr(p, s->delimiter, n);
	for (; p < end; p++) {
		if (*p == '\n' && s->csv != CSV_QUOTED) {
			s->csv = CSV_FIELD;
			return p;
		}
		s->csv = csv_step(s->csv, *p, s->separator);
	}
	return NULL;
}

/* Keeps the bytes up to the end of a run that need no look each. */
static size_t
keep_run(struct split *s, const char *p, size_t n)
{
	size_t len = 0;

	if (!s->word.inside || s->word.escaped || s->word.quote)
		return 0;
	while (len < n && wordcut_plain(p[len]))
		len++;
	keep(s, p, len);
	return len;
}

static bool
next_word(struct split *s, const char **p, size_t *n, struct record *r)
{
	enum wordcut_got got;
	size_t len;

	while (*n) {
		if (s->given)
			forget(s);
		len = keep_run(s, *p, *n);
		*p += len;
		*n -= len;
		if (*n == 0)
			break;
		got = wordcut_step(&s->word, **p);
		if (got == WORDCUT_BYTE)
			keep(s, *p, 1);
		++*p;
		--*n;
		if (got == WORDCUT_BYTE || got == WORDCUT_NONE)
			continue;
		joined(s, r);
		s->word = (struct wordcut){ 0 };
		if (wanted(s, r))
			return true;
	}
	return false;
}

bool
split_next(struct split *s, const char **p, size_t *n, struct record *r)
{
	const char *end, *start;
	size_t len;

	if (s->how == SPLIT_WORDS)
		return next_word(s, p, n, r);
	while (*n) {
		if (s->given)
			forget(s);
		start = *p;
		end = find_end(s, start, *n);
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
	if (s->part.len == 0 && !s->over && !s->word.inside)
		return false;
	joined(s, r);
	s->word = (struct wordcut){ 0 };
	return wanted(s, r);
}

bool
split_is_clean(const struct split *s)
{
	return s->how == SPLIT_DELIMITER && (s->given ||
	    (s->part.len == 0 && !s->over));
}

void
split_free(struct split *s)
{
	buf_free(&s->part);
}
