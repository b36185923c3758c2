#include "config.h"

#include <string.h>

#include "input/form.h"
#include "input/told.h"

enum { NO_POSITION = INT32_MIN };

/* From 1, wherever it is counted from, if it is known; 0 = all. */
static int32_t
position(const struct value_ref *r, size_t values)
{
	int32_t n = (int32_t)values;

	if (values == 0 || r->which == 0)
		return r->which;
	if (r->which > n || r->which < -n)
		return NO_POSITION;
	return r->which > 0 ? r->which : n + 1 + r->which;
}

static bool
is_ref(const struct segment *seg)
{
	return seg->ref.op != VALUE_NONE && seg->ref.op < VALUE_SEQ;
}

/* Does it insert the whole value `which`, or all of them? */
static bool
is_whole(const struct segment *seg, int32_t which, size_t values)
{
	int32_t at = position(&seg->ref, values);

	return seg->ref.op == VALUE_WHOLE && (at == 0 || at == which ||
	    (which == 0 && at == 1 && values == 1));
}

/* Some segment of t that tells of `which`; or of what seg, of u, inserts. */
static bool
in_template(const struct template *t, int32_t which, size_t values,
    const struct template *u, const struct segment *seg)
{
	size_t i;

	for (i = 0; t && i < t->n; i++) {
		const struct segment *s = &t->seg[i];

		if (is_whole(s, which, values))
			return true;
		if (seg && is_ref(s) && s->len == seg->len &&
		    memcmp(t->text + s->at, u->text + seg->at, s->len) == 0)
			return true;
	}
	return false;
}

static bool
in_command(const struct command *c, int32_t which, size_t values,
    const struct template *u, const struct segment *seg)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (in_template(c->words[i], which, values, u, seg))
			return true;
	return in_template(c->line, which, values, u, seg);
}

/* Each value for itself. */
static bool
has_each(const struct command *c, size_t values)
{
	size_t i;

	for (i = 1; i <= values; i++)
		if (!in_command(c, (int32_t)i, values, NULL, NULL))
			return false;
	return values > 0;
}

bool
told_by(const struct command *c, const struct template *t, size_t values)
{
	const struct segment *seg;
	int32_t which;
	size_t i;

	if (c->kind == KIND_RECORD || c->append || c->conf.fed ||
	    (c->positional && !c->conf.no_args) || in_command(c, 0, values, NULL, NULL) || has_each(c, values))
		return true;
	for (i = 0; t && i < t->n; i++) {
		seg = &t->seg[i];
		which = position(&seg->ref, values);
		if (is_ref(seg) && !in_command(c, which, values, t, seg))
			return false;
	}
	return t != NULL;
}
