#include "config.h"

#include "run/pace.h"

enum {
	GROWTH = 4,		/* of what is sent to a silent one */
	DOUBTS = 2,		/* then it is believed no more */
	LEAST = 4		/* a window of fewer is not sent in pieces */
};

static const nsec ahead = 2 * MSEC;

void
pace_init(struct pace *p, size_t fixed)
{
	*p = (struct pace){ .fixed = fixed, .window = 1, .allow = 1 };
}

size_t
pace_window(const struct pace *p)
{
	if (p->fixed)
		return p->fixed;
	return p->proven ? p->window : p->allow;
}

size_t
pace_run(const struct pace *p)
{
	size_t w = pace_window(p);

	if (w < LEAST)
		return 1;
	return w / 2 < PACE_RUN ? w / 2 : PACE_RUN;
}

static void
learn(struct pace *p, nsec one)
{
	size_t want;

	p->one = one > p->one ? one : p->one + (one - p->one) / 4;
	want = p->one > 0 ? (size_t)(ahead / p->one) : PACE_MAX;
	if (want > 2 * p->window)
		want = 2 * p->window;
	if (want > PACE_MAX)
		want = PACE_MAX;
	p->window = want ? want : 1;
}

void
pace_answered(struct pace *p, nsec took, size_t items, bool all)
{
	learn(p, took / (nsec)items);
	if (all && p->doubts < DOUBTS)
		p->proven = true;
}

void
pace_silent(struct pace *p)
{
	if (p->proven && p->allow > 1) {
		p->proven = false;
		p->doubts++;
	} else if (!p->proven && p->allow < PACE_MAX) {
		p->allow *= GROWTH;
	}
}
