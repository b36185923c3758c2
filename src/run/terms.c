#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/dir.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/value.h"
#include "run/terms.h"

enum term {
	PRIORITY,
	TIMEOUT,
	SOFT_TIMEOUT,
	IDLE_TIMEOUT,
	QUEUE_TIMEOUT,
	MEM_LIMIT,
	RETRIES,
	WEIGHT,
	NTERMS
};

static const char *const names[NTERMS] = {
	"--priority", "--timeout", "--soft-timeout", "--idle-timeout",
	"--queue-timeout", "--mem-limit", "--retries", "--weight"
};

enum { ATTEMPTS_MAX = 10000 };

struct terms {
	struct template *text[NTERMS];	/* NULL: the same for all tasks */
	struct task fixed;		/* what is the same */
	nsec waits;			/* --queue-timeout, likewise */
	unsigned percent;
	bool plain, strict;
	struct template *workdir;	/* or NULL */
	struct buf value, why, dir;
};

/* Parses one value into t, and *waits. */
static struct fault
parse(enum term i, const char *s, struct task *t, nsec *waits)
{
	struct fault f = { 0, NULL, 0 };
	uint64_t n = 0;

	switch (i) {
	case PRIORITY:
		f = num_uint(s, UINT32_MAX, &n);
		t->priority = (uint32_t)n;
		break;
	case TIMEOUT:
		f = num_duration(s, &t->bounds.timeout);
		break;
	case SOFT_TIMEOUT:
		f = num_duration(s, &t->bounds.soft);
		break;
	case IDLE_TIMEOUT:
		f = num_duration(s, &t->idle);
		break;
	case QUEUE_TIMEOUT:
		f = num_duration(s, waits);
		break;
	case MEM_LIMIT:
		f = num_size(s, &t->bounds.memory);
		break;
	case RETRIES:
		f = num_uint(s, ATTEMPTS_MAX, &n);
		if (f.why == NULL && n == 0)
			f.why = "must be 1 or more";
		t->retries = (uint32_t)n;
		break;
	case WEIGHT:
		f = num_uint(s, UINT32_MAX, &n);
		if (f.why == NULL && n == 0)
			f.why = "must be 1 or more";
		t->weight = (uint32_t)n;
		break;
	case NTERMS:
		break;
	}
	return f;
}

/* "200%"; false when it is none of that kind. */
static bool
relative(struct terms *tm, const char *s)
{
	size_t n = strspn(s, "0123456789");
	unsigned long v = strtoul(s, NULL, 10);

	if (n == 0 || n > 6 || s[n] != '%' || s[n + 1])
		return false;
	if (v == 0)
		value_check("--timeout", s, (struct fault){ 0,
		    "must be 1% or more", 0 });
	tm->percent = (unsigned)v;
	return true;
}

/* Of a text without replacement strings; what is no value ends ppx. */
static void
add_fixed(struct terms *tm, enum term i, const char *s)
{
	const char *comma = i == MEM_LIMIT ? strchr(s, ',') : NULL;
	struct fault f;

	if (i == TIMEOUT && relative(tm, s))
		return;
	f = parse(i, s, &tm->fixed, &tm->waits);
	if (f.why && comma)
		f = (struct fault){ (size_t)(comma - s),
		    "only ,strict may follow", 0 };
	value_check(names[i], s, f);
}

/* s, cut where a ,strict begins. */
static void
cut_strict(struct terms *tm, char *s)
{
	size_t tail = strlen(",strict"), n = strlen(s);

	if (n <= tail || strcmp(s + n - tail, ",strict") != 0)
		return;
	s[n - tail] = '\0';
	tm->strict = true;
}

static void
add(struct terms *tm, const struct vocabulary *v, enum term i, const char *text)
{
	struct template *t;
	char *s;

	if (text == NULL)
		return;
	tm->plain = false;
	s = xstrdup(text);
	if (i == MEM_LIMIT)
		cut_strict(tm, s);
	t = template_new(s, v);
	if (template_uses_slot(t))
		die("%s: {%%} is not known before the task starts", names[i]);
	if (template_has_refs(t) && i == TIMEOUT && s[strlen(s) - 1] == '%')
		die("--timeout %s: N%% cannot come from a replacement string",
		    text);
	if (template_has_refs(t)) {
		tm->text[i] = t;
	} else {
		template_free(t);
		add_fixed(tm, i, s);
	}
	free(s);
}

/* What GNU parallel makes of it, directories of its own, is in HOME. */
static void
add_dir(struct terms *tm, const struct vocabulary *v, const char *text)
{
	int error;

	if (text == NULL)
		return;
	if (strcmp(text, "...") == 0)
		die("--workdir ...: ppx makes no directories; write a shell "
		    "line that begins with cd \"$(mktemp -d)\"");
	tm->workdir = template_new(text, v);
	error = template_has_refs(tm->workdir) ? 0 : dir_usable(text);
	if (error)
		die("--workdir %s: %s", text, strerror(error));
}

struct terms *
terms_new(const struct conf *conf, const struct vocabulary *v)
{
	struct terms *tm = xcalloc(1, sizeof(*tm));

	tm->plain = true;
	tm->fixed.retries = tm->fixed.weight = 1;
	add(tm, v, PRIORITY, conf->priority);
	add(tm, v, TIMEOUT, conf->timeout);
	add(tm, v, SOFT_TIMEOUT, conf->soft_timeout);
	add(tm, v, IDLE_TIMEOUT, conf->idle_timeout);
	add(tm, v, QUEUE_TIMEOUT, conf->queue_timeout);
	add(tm, v, MEM_LIMIT, conf->mem_limit);
	add(tm, v, RETRIES, conf->retries);
	add(tm, v, WEIGHT, conf->weight);
	add_dir(tm, v, conf->workdir);
	return tm;
}

void
terms_free(struct terms *tm)
{
	int i;

	if (tm == NULL)
		return;
	for (i = 0; i < NTERMS; i++)
		template_free(tm->text[i]);
	buf_free(&tm->value);
	buf_free(&tm->why);
	template_free(tm->workdir);
	buf_free(&tm->dir);
	free(tm);
}

/* Why the value of option i, which is in tm->value, is none. */
static const char *
say_fault(struct terms *tm, int i, struct fault f)
{
	struct buf *b = &tm->why;
	char shown[64];

	b->len = 0;
	buf_addf(b, "%s ", names[i]);
	if (tm->value.len) {
		buf_addf(b, "%s: ", diag_show(shown, sizeof(shown),
		    tm->value.data, tm->value.len));
		num_fault(b, f);
	} else {
		buf_adds(b, "'': not a number, the item gives nothing");
	}
	return buf_str(b);
}

const char *
terms_set(struct terms *tm, const struct command_task *view, nsec now,
    struct task *t)
{
	nsec waits = tm->waits;
	const char *why = NULL;
	struct fault f;
	int i;

	t->priority = tm->fixed.priority;
	t->retries = tm->fixed.retries;
	t->weight = tm->fixed.weight;
	t->idle = tm->fixed.idle;
	t->bounds = tm->fixed.bounds;
	for (i = 0; i < NTERMS && why == NULL; i++) {
		if (tm->text[i] == NULL)
			continue;
		tm->value.len = 0;
		template_expand(tm->text[i], view, &tm->value);
		f = parse((enum term)i, buf_str(&tm->value), t, &waits);
		if (f.why)
			why = say_fault(tm, i, f);
	}
	t->expires = waits ? clock_add(now, waits) : 0;
	return why;
}

const char *
terms_dir(struct terms *tm, const struct command_task *view)
{
	if (tm->workdir == NULL)
		return NULL;
	tm->dir.len = 0;
	template_expand(tm->workdir, view, &tm->dir);
	return buf_str(&tm->dir);
}

bool
terms_dir_varies(const struct terms *tm)
{
	return tm->workdir && template_has_refs(tm->workdir);
}

unsigned
terms_percent(const struct terms *tm)
{
	return tm->percent;
}

bool
terms_may_retry(const struct terms *tm)
{
	return tm->text[RETRIES] || tm->fixed.retries > 1;
}

bool
terms_strict(const struct terms *tm)
{
	return tm->strict;
}

bool
terms_are_plain(const struct terms *tm)
{
	return tm->plain;
}
