/*
 * What {.}, {/}, {//} and {/.} give is GNU parallel's (its man page, and
 * --dry-run on the odd ones: tests/unit/test_template.c): an extension is the
 * last dot of the last component and what follows, so that of ".bashrc" all is
 * extension; the base of "a/" is empty; the directory is dirname(1)'s.  Not
 * GNU's: {+.} knows no extension in a directory's name.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/template.h"

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

static bool
is_number(enum value_op op)
{
	return op == VALUE_SEQ || op == VALUE_SLOT || op == VALUE_TOTAL;
}

bool
segment_is_all(const struct segment *seg)
{
	return seg->ref.op != VALUE_NONE && !is_number(seg->ref.op) &&
	    seg->ref.which == 0;
}

struct segment *
template_add_ref(struct template *t, size_t at, size_t len,
    struct value_ref ref, enum place place)
{
	struct segment *seg = add(t, at, len);

	seg->ref = ref;
	seg->place = place;
	if (is_number(ref.op))
		t->numbers++;
	else
		t->values++;
	t->slot |= ref.op == VALUE_SLOT;
	t->total |= ref.op == VALUE_TOTAL;
	if (ref.which > 0 && (size_t)ref.which > t->last)
		t->last = (size_t)ref.which;
	if (ref.which < 0 && (size_t)-ref.which > t->last)
		t->last = (size_t)-ref.which;
	return seg;
}

struct template *
template_new(const char *text, const struct vocabulary *v)
{
	size_t n = strlen(text), at = 0, from = 0, len;
	struct template *t = template_over(text, n);
	struct value_ref ref;

	while (at < n) {
		len = template_match(text, n, at, v, &ref);
		if (len == 0) {
			at++;
			continue;
		}
		template_add_text(t, from, at - from);
		template_add_ref(t, at, len, ref, PLACE_TEXT);
		from = at += len;
	}
	template_add_text(t, from, at - from);
	template_cut(t, 0, n);
	return t;
}

/* A boundary between segments at `at`: the first one behind it. */
static size_t
split(struct template *t, size_t at)
{
	size_t i = 0, end = t->n, mid, left;

	while (i < end) {
		mid = i + (end - i) / 2;
		if (t->seg[mid].at + t->seg[mid].len <= at)
			i = mid + 1;
		else
			end = mid;
	}
	if (i == t->n || t->seg[i].at >= at)
		return i;
	mem_grow(&t->seg, &t->cap, t->n + 1, sizeof(*t->seg));
	memmove(t->seg + i + 1, t->seg + i, (t->n - i) * sizeof(*t->seg));
	t->n++;
	left = at - t->seg[i].at;
	t->seg[i].len = left;
	t->seg[i + 1].at += left;
	t->seg[i + 1].len -= left;
	return i + 1;
}

void
template_cut(struct template *t, size_t from, size_t to)
{
	size_t i, first = split(t, from), last = split(t, to);
	bool all = false;

	for (i = first; i < last; i++) {
		if (t->seg[i].word)
			return;
		all |= segment_is_all(&t->seg[i]);
	}
	for (i = first; i < last && all; i++)
		t->seg[i].word = (unsigned)from + 1;
	t->repeats |= all;
}

size_t
template_word_end(const struct template *t, size_t i)
{
	unsigned word = t->seg[i].word;

	while (i < t->n && t->seg[i].word == word)
		i++;
	return i;
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
template_uses_total(const struct template *t)
{
	return t->total;
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

/* How much of v[0..n) stands before its last depth extensions; n if it has
   not as many. */
static size_t
stem(const char *v, size_t n, unsigned depth)
{
	size_t i;

	for (i = n; i > 0 && v[i - 1] != '/'; i--)
		if (v[i - 1] == '.' && --depth == 0)
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

static const char *
slot_or_number(const struct value_ref *ref, const struct command_task *task,
    char *dst, size_t *len)
{
	if (ref->op == VALUE_SEQ)
		return number(task->seq, dst, len);
	if (ref->op == VALUE_TOTAL)
		return number(task->total, dst, len);
	if (task->slot > 0)
		return number(task->slot, dst, len);
	*len = 3;
	return "{%}";
}

/* How much to leave out of v[0..n) at its beginning; *n: what is left. */
static size_t
skip(const struct value_ref *ref, const char *text, const char *v, size_t *n)
{
	size_t k = ref->ntext, from = 0;

	switch (ref->op) {
	case VALUE_EXTENSION:
		from = stem(v, *n, ref->depth);
		from += from < *n;
		break;
	case VALUE_BASE:
	case VALUE_BASE_STEM:
		from = base(v, *n);
		break;
	case VALUE_SLICE:
		from = ref->from < *n ? ref->from : *n;
		break;
	case VALUE_LESS_PREFIX:
		if (k <= *n && memcmp(v, text, k) == 0)
			from = k;
		break;
	case VALUE_LESS_SUFFIX:
		if (k <= *n && memcmp(v + *n - k, text, k) == 0)
			*n -= k;
		break;
	case VALUE_PARENT:
		*n = base(v, *n);
		*n -= *n > 0;
		break;
	case VALUE_NONE:
	case VALUE_WHOLE:
	case VALUE_STEM:
	case VALUE_DIR:
	case VALUE_DEFAULT:
	case VALUE_SEQ:
	case VALUE_SLOT:
	case VALUE_TOTAL:
		break;
	}
	*n -= from;
	return from;
}

const char *
template_value(const struct template *t, const struct segment *seg,
    const struct command_task *task, size_t i, char dst[NUMBER_SIZE],
    size_t *len)
{
	const struct value_ref *ref = &seg->ref;
	const char *text = t->text + seg->at + ref->text, *v;
	size_t n = task->item->n, which = i;

	if (is_number(ref->op))
		return slot_or_number(ref, task, dst, len);
	if (ref->which > 0)
		which = (size_t)ref->which - 1;
	else if (ref->which < 0)	/* beyond the first: wraps to none */
		which = n - (size_t)-ref->which;
	v = item_value(task->item, which, len);
	if (*len == 0 && ref->op == VALUE_DEFAULT) {
		*len = ref->ntext;
		return text;
	}
	if (ref->op == VALUE_DIR)
		return which < n ? directory(v, len) : v;
	v += skip(ref, text, v, len);
	if (ref->op == VALUE_STEM || ref->op == VALUE_BASE_STEM)
		*len = stem(v, *len, ref->depth);
	else if (ref->op == VALUE_SLICE && *len > ref->most)
		*len = ref->most;
	return v;
}

/* All values that a segment stands for, parted by blanks. */
static void
add_all(const struct template *t, const struct segment *seg,
    const struct command_task *task, struct buf *b,
    void (*put)(struct buf *b, const char *v, size_t n))
{
	size_t n = segment_is_all(seg) ? task->item->n : 1, i, len;
	char dst[NUMBER_SIZE];
	const char *v;

	if (n == 0)
		put(b, "", 0);
	for (i = 0; i < n; i++) {
		v = template_value(t, seg, task, i, dst, &len);
		if (i > 0)
			buf_addc(b, ' ');
		put(b, v, len);
	}
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
	size_t i;

	for (i = 0; i < t->n; i++) {
		const struct segment *seg = &t->seg[i];

		if (seg->ref.op == VALUE_NONE)
			buf_add(b, t->text + seg->at, seg->len);
		else
			add_all(t, seg, task, b, put);
	}
}
