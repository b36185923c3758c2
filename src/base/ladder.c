#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ladder.h"
#include "base/signals.h"

static const nsec default_wait = 5 * SEC;

static struct fault
fault(const char *s, const char *at, const char *why)
{
	return (struct fault){ (size_t)(at - s), why, 0 };
}

/* Copies the word at p up to a comma into word; returns what follows it. */
static const char *
next_word(const char *p, char word[24])
{
	size_t n = strcspn(p, ",");

	if (n >= 24)
		n = 0;
	memcpy(word, p, n);
	word[n] = '\0';
	return p + strcspn(p, ",");
}

static void
add(struct ladder *l, int sig)
{
	l->rung[l->n].sig = sig;
	l->rung[l->n].wait = 0;
	l->n++;
}

/* KILL is the last rung, and nothing is waited for behind it. */
static struct fault
finish(struct ladder *l)
{
	if (l->rung[l->n - 1].sig != SIGKILL)
		add(l, SIGKILL);
	l->rung[l->n - 1].wait = 0;
	return (struct fault){ 0, NULL, 0 };
}

struct fault
ladder_parse(const char *s, struct ladder *l)
{
	const char *p = s, *after;
	uint64_t ms;
	char word[24];
	int sig;

	l->n = 0;
	for (;;) {
		if (l->n == LADDER_MAX - 1)
			return fault(s, p, "too many signals");
		after = next_word(p, word);
		if ((sig = signals_number(word)) < 0)
			return fault(s, p, "not a signal");
		add(l, sig);
		if (*after == '\0')
			break;
		p = after + 1;
		after = next_word(p, word);
		if (num_uint(word, 86400000, &ms).why)
			return fault(s, p, "not a number of milliseconds");
		l->rung[l->n - 1].wait = (nsec)ms * MSEC;
		if (*after == '\0')
			return finish(l);
		p = after + 1;
	}
	l->rung[l->n - 1].wait = default_wait;
	return finish(l);
}

struct ladder
ladder_for_signal(int first)
{
	struct ladder l = { 0 };

	add(&l, first);
	l.rung[0].wait = 2 * SEC;
	if (first != SIGTERM) {
		add(&l, SIGTERM);
		l.rung[1].wait = 3 * SEC;
	} else {
		l.rung[0].wait = 5 * SEC;
	}
	add(&l, SIGKILL);
	return l;
}

nsec
ladder_length(const struct ladder *l)
{
	nsec sum = 0;
	size_t i;

	for (i = 0; i < l->n; i++)
		sum = clock_add(sum, l->rung[i].wait);
	return sum;
}
