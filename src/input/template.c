/*
 * What {.}, {/}, {//} and {/.} give is GNU parallel's (its man page, and
 * --dry-run on the odd ones: tests/unit/test_template.c): an extension is the
 * last dot of the last component and what follows, so that of ".bashrc" all is
 * extension; the base of "a/" is empty; the directory is dirname(1)'s.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/template.h"

size_t
template_match(const char *s, size_t n, const struct vocabulary *v,
    struct value_ref *ref)
{
	static const struct {
		const char *text;
		enum value_op op;
	} known[] = {
		{ "{}", VALUE_WHOLE }, { "{.}", VALUE_STEM },
		{ "{/}", VALUE_BASE }, { "{//}", VALUE_DIR },
		{ "{/.}", VALUE_BASE_STEM }, { "{#}", VALUE_SEQ },
		{ "{%}", VALUE_SLOT },
	};
	const char *replace = v ? v->replace : NULL;
	size_t i, len;

	ref->which = 0;
	len = replace ? strlen(replace) : 0;
	if (len > 0 && len <= n && memcmp(s, replace, len) == 0) {
		ref->op = VALUE_WHOLE;
		return len;
	}
	if (n < 2 || s[0] != '{')
		return 0;
	for (i = replace ? 1 : 0; i < COUNT(known); i++) {
		len = strlen(known[i].text);
		if (len <= n && memcmp(s, known[i].text, len) == 0) {
			ref->op = known[i].op;
			return len;
		}
	}
	return 0;
}

struct template *
template_over(const char *text, size_t n)
{
	struct template *t = xcalloc(1, sizeof(*t));

	t->text = xmemdup(text, n);
	return t;
}

static struct segment *
add(struct template *t, size_t at, size_t len)
{
	struct segment *seg;

	mem_grow(&t->seg, &t->cap, t->n + 1, sizeof(*t->seg));
	seg = &t->seg[t->n++];
	memset(seg, 0, sizeof(*seg));
	seg->at = at;
	seg->len = len;
	return seg;
}

void
template_add_text(struct template *t, size_t at, size_t len)
{
	if (len > 0)
		add(t, at, len);
}

struct segment *
template_add_ref(struct template *t, size_t at, size_t len,
    struct value_ref ref, enum place place)
{
	struct segment *seg = add(t, at, len);

	seg->ref = ref;
	seg->place = place;
	if (ref.op == VALUE_SEQ || ref.op == VALUE_SLOT)
		t->numbers++;
	else
		t->values++;
	t->slot |= ref.op == VALUE_SLOT;
	return seg;
}

struct template *
template_new(const char *text, const struct vocabulary *v)
{
	size_t n = strlen(text), at = 0, from = 0, len;
	struct template *t = template_over(text, n);
	struct value_ref ref;

	while (at < n) {
		len = template_match(text + at, n - at, v, &ref);
		if (len == 0) {
			at++;
			continue;
		}
		template_add_text(t, from, at - from);
		template_add_ref(t, at, len, ref, PLACE_TEXT);
		from = at += len;
	}
	template_add_text(t, from, at - from);
	return t;
}

void
template_free(struct template *t)
{
	if (t == NULL)
		return;
	free(t->text);
	free(t->seg);
	free(t);
}

bool
template_uses_slot(const struct template *t)
{
	return t->slot;
}

size_t
template_values(const struct template *t)
{
	return t->values;
}

bool
template_has_refs(const struct template *t)
{
	return t->values || t->numbers;
}

/* How much of v[0..n) stands before its extension. */
static size_t
stem(const char *v, size_t n)
{
	size_t i;

	for (i = n; i > 0 && v[i - 1] != '/'; i--)
		if (v[i - 1] == '.')
			return i - 1;
	return n;
}

/* Where the last component of v[0..n) begins. */
static size_t
base(const char *v, size_t n)
{
	while (n > 0 && v[n - 1] != '/')
		n--;
	return n;
}

static const char *
directory(const char *v, size_t *n)
{
	size_t i = *n;

	while (i > 1 && v[i - 1] == '/')
		i--;
	i = base(v, i);
	while (i > 1 && v[i - 1] == '/')
		i--;
	*n = i ? i : 1;
	return i ? v : ".";
}

static const char *
number(uint64_t value, char *dst, size_t *len)
{
	*len = (size_t)snprintf(dst, NUMBER_SIZE, "%" PRIu64, value);
	return dst;
}

const char *
template_value(const struct value_ref *ref, const struct command_task *task,
    char dst[NUMBER_SIZE], size_t *len)
{
	const char *v = item_value(task->item, ref->which, len);
	size_t from;

	switch (ref->op) {
	case VALUE_NONE:
	case VALUE_WHOLE:
		break;
	case VALUE_STEM:
		*len = stem(v, *len);
		break;
	case VALUE_BASE:
	case VALUE_BASE_STEM:
		from = base(v, *len);
		v += from;
		*len -= from;
		if (ref->op == VALUE_BASE_STEM)
			*len = stem(v, *len);
		break;
	case VALUE_DIR:
		return directory(v, len);
	case VALUE_SEQ:
		return number(task->seq, dst, len);
	case VALUE_SLOT:
		if (task->slot > 0)
			return number(task->slot, dst, len);
		*len = 3;
		return "{%}";
	}
	return v;
}

static void
put_plain(struct buf *b, const char *v, size_t n)
{
	buf_add(b, v, n);
}

void
template_expand(const struct template *t, const struct command_task *task,
    struct buf *b)
{
	template_expand_by(t, task, b, put_plain);
}

void
template_expand_by(const struct template *t, const struct command_task *task,
    struct buf *b, void (*put)(struct buf *b, const char *v, size_t n))
{
	char dst[NUMBER_SIZE];
	const char *v;
	size_t i, len;

	for (i = 0; i < t->n; i++) {
		const struct segment *seg = &t->seg[i];

		if (seg->ref.op == VALUE_NONE) {
			buf_add(b, t->text + seg->at, seg->len);
			continue;
		}
		v = template_value(&seg->ref, task, dst, &len);
		put(b, v, len);
	}
}
