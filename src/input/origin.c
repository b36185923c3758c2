#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/origin.h"

enum {
	VALUES_MAX = 4,
	LONG = 1 << 17		/* no value that is run is longer */
};

struct origin {
	struct buf like;	/* the first text */
	size_t begin, end;	/* so much of it all others have */
	long words;		/* -1 = it varies, or is not known */
	size_t known;		/* texts that were learned from */
};

/*
 * They share nothing, in any part that a replacement string can take: two
 * have a folder, a name and extensions, of which one needs quotes; they are
 * as long as can be, for {:N} of whatever N.  One is empty, one an integer.
 */
static const struct {
	char pad;
	const char *text;
} samples[] = {
	{ 'p', "/aster.zeta.eta.qed" }, { 'r', " '/b x.p u.w i.o v'" },
	{ '\0', "" }, { '\0', "7" }, { '\0', "$(x)\\y\t\"z\"" },
};

/* Returns new: the text, of which v becomes a view. */
static char *
sample(size_t which, struct value *v)
{
	size_t pad = samples[which].pad ? LONG : 0;
	size_t n = strlen(samples[which].text);
	char *p = xmalloc(pad + n);

	memset(p, samples[which].pad, pad);
	memcpy(p + pad, samples[which].text, n);
	v->p = p;
	v->n = pad + n;
	return p;
}

/* How many words a shell sees in s[0..n); -1 where that is not certain. */
static long
count_words(const char *s, size_t n)
{
	char quote = '\0';
	bool in = false;
	long words = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (quote) {
			if (s[i] == quote)
				quote = '\0';
			else if (quote == '"' && (s[i] == '\0' ||
			    strchr("\\$`", s[i])))
				return -1;
			continue;
		}
		if (strchr("$`\n", s[i]) || s[i] == '\0')
			return -1;
		if (s[i] == ' ' || s[i] == '\t') {
			in = false;
			continue;
		}
		words += !in;
		in = true;
		if (s[i] == '\'' || s[i] == '"')
			quote = s[i];
		else if (s[i] == '\\')
			i++;
	}
	return quote ? -1 : words;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
learn(struct origin *o, const char *s, size_t n, bool counted)
{
	const char *like = o->like.data;
	long words = counted ? count_words(s, n) : -1;
	size_t i;

	if (o->known++ == 0) {
		buf_add(&o->like, s, n);
		o->begin = o->end = n;
		o->words = words;
		return;
	}
	o->begin = least(o->begin, n);
	for (i = 0; i < o->begin && s[i] == like[i];)
		i++;
	o->begin = i;
	o->end = least(o->end, n);
	for (i = 0; i < o->end && s[n - 1 - i] == like[o->like.len - 1 - i];)
		i++;
	o->end = i;
	if (words != o->words)
		o->words = -1;
}

static void
learn_sample(struct origin *o, const struct command *c,
    const struct value *all, size_t which, size_t values, bool counted)
{
	struct value v[VALUES_MAX];
	struct command_task t = { .slot = (unsigned)which + 1 };
	struct buf b = { 0 };
	struct item *it;
	size_t i;

	for (i = 0; i < values; i++)
		v[i] = all[(which + i) % COUNT(samples)];
	it = item_of(v, values, NULL);
	t.item = it;
	t.seq = t.total = which * 1111 + 1;
	command_show(c, &t, &b);
	learn(o, b.data, b.len, counted);
	buf_free(&b);
	free(it);
}

struct origin *
origin_new(const struct command *c, size_t values)
{
	struct origin *o = xcalloc(1, sizeof(*o));
	bool fixed = values > 0 && values <= VALUES_MAX;
	size_t least_values = fixed ? values : 0, i, k;
	size_t most_values = fixed ? values : VALUES_MAX;
	struct value all[COUNT(samples)];
	char *text[COUNT(samples)];

	for (i = 0; i < COUNT(samples); i++)
		text[i] = sample(i, &all[i]);
	for (i = 0; i < COUNT(samples); i++)
		for (k = least_values; k <= most_values; k++)
			learn_sample(o, c, all, i, k, fixed);
	for (i = 0; i < COUNT(samples); i++)
		free(text[i]);
	return o;
}

void
origin_free(struct origin *o)
{
	if (o == NULL)
		return;
	buf_free(&o->like);
	free(o);
}

bool
origin_fits(const struct origin *o, const char *text, size_t n)
{
	const char *like = o->like.data;
	long words;

	if (n < o->begin || n < o->end)
		return false;
	/* what all begin and end with may be one text, or overlap */
	if (o->begin && memcmp(text, like, o->begin) != 0)
		return false;
	if (o->end && memcmp(text + n - o->end, like + o->like.len - o->end,
	    o->end) != 0)
		return false;
	words = o->words < 0 ? -1 : count_words(text, n);
	return words < 0 || words == o->words;
}
