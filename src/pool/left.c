#include "config.h"

#include <unistd.h>

#include "pool/left.h"

static const nsec leak_patience = 200 * MSEC;	/* LEAK_KILL, LEAK_FAIL */
static const nsec look_first = 5 * MSEC, look_most = 200 * MSEC;

/* As many as are seen; true when there are some, or none can be seen. */
static bool
count(struct tree *t, struct result *r)
{
	int n = tree_count(t, r->pids, RESULT_PIDS);

	r->leaked = n < 0 ? 0 : (uint32_t)n;
	return n != 0;
}

/* Less and less often. */
static enum left_order
look_later(struct left *l, nsec *pause)
{
	*pause = l->pause;
	l->pause = l->pause * 2 > look_most ? look_most : l->pause * 2;
	return LEFT_LOOK;
}

/* The same, but also when their time is over. */
static enum left_order
look_within(struct left *l, nsec time, nsec *pause)
{
	nsec rest = time - (clock_mono() - l->began);

	look_later(l, pause);
	if (rest < *pause)
		*pause = rest > 0 ? rest : 0;
	return LEFT_LOOK;
}

/*
 * One that is just ending, or whose child we did not see yet, seems to hold
 * nothing: they are daemons if they do so twice.
 */
static enum left_order
look_auto(struct left *l, struct tree *t, struct result *r, nsec *pause)
{
	int n = tree_count(t, NULL, 0);
	bool daemons = n > 0 && !tree_holds(t, l->out, 2), again = l->unheld;

	l->unheld = daemons;
	if (daemons && again) {
		count(t, r);
		return LEFT_KEEP;
	}
	if (daemons) {
		l->pause = look_first;
		return look_later(l, pause);
	}
	if (n == 0)		/* dead, and about to be reaped */
		return look_later(l, pause);
	if (clock_mono() - l->began < l->limits->linger)
		return look_within(l, l->limits->linger, pause);
	count(t, r);
	return LEFT_KILL;
}

static enum left_order
look_kill(struct left *l, struct tree *t, struct result *r, nsec *pause)
{
	if (clock_mono() - l->began < leak_patience)
		return look_within(l, leak_patience, pause);
	count(t, r);
	return r->leaked && l->limits->leak == LEAK_FAIL ? LEFT_FAIL :
	    LEFT_KILL;
}

enum left_order
left_look(struct left *l, struct tree *t, struct result *r, nsec *pause)
{
	switch (l->limits->leak) {
	case LEAK_AUTO:
		return look_auto(l, t, r, pause);
	case LEAK_KILL:
	case LEAK_FAIL:
		return look_kill(l, t, r, pause);
	case LEAK_WAIT:
		break;
	case LEAK_IGNORE:
		return count(t, r) ? LEFT_KEEP : look_later(l, pause);
	}
	return l->blind ? look_later(l, pause) : LEFT_WAIT;
}

void
left_init(struct left *l, const struct limits *limits, bool blind)
{
	l->limits = limits;
	l->blind = blind;
}

void
left_ready(struct left *l, int out, int err)
{
	if (l->limits->leak != LEAK_AUTO)
		return;
	l->out[0] = os_file(out >= 0 ? out : STDOUT_FILENO);
	l->out[1] = os_file(err >= 0 ? err : STDERR_FILENO);
}

void
left_begin(struct left *l)
{
	l->began = clock_mono();
	l->pause = look_first;
	l->unheld = false;
}

void
left_shift(struct left *l, nsec by)
{
	l->began += by;
}
