#include "config.h"

#include "run/pace.h"

enum {
	PROBE = 2,		/* in the window: does it read the second? */
	GROWTH = 4,		/* of what is sent to one that has read all */
	DOUBTS = 2,		/* then it is believed no more */
	LEAST = 4,		/* a window of fewer is not sent in pieces */
	BROUGHT = 2,		/* so many in a row are no chance */
	TRUST = 20,		/* and are believed for so many more */
	SINGLE = 6		/* one that seems at work has as much more time */
};

static const nsec ahead = 2 * MSEC;

/* Until its stdin is closed, at first, when that has helped once, and when it is
   known to help; and how soon it has to answer then. */
static const nsec patience = 10 * SEC, sooner = 2 * SEC, little = SEC / 5,
    answer = SEC;

void
pace_init(struct pace *p, size_t fixed)
{
	*p = (struct pace){ .fixed = fixed, .window = 1, .allow = 1,
	    .patience = patience };
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
pace_silent(struct pace *p, size_t items)
{
	size_t most = items < PROBE ? PROBE :
	    items < PACE_MOST / GROWTH ? GROWTH * items : PACE_MOST;

	if (pace_is_sure(p))
		return;
	if (p->proven) {
		p->proven = false;
		p->doubts += p->allow > PROBE;
	} else if (p->allow < most) {
		p->allow = most;
	}
}

bool
pace_is_probing(const struct pace *p)
{
	return !p->fixed && p->allow == PROBE;
}

void
pace_prompt(struct pace *p)
{
	p->proven = true;
	p->allow = 1;
}

bool
pace_is_sure(const struct pace *p)
{
	return p->fixed || (p->proven && p->allow == 1);
}

bool
pace_holds(const struct pace *p)
{
	return p->brought >= BROUGHT;
}

nsec
pace_patience(const struct pace *p, bool single)
{
	if (pace_holds(p))
		return little;
	if (single)
		return SINGLE * p->patience;
	return p->brought ? sooner : p->patience;
}

void
pace_brought(struct pace *p, nsec took)
{
	if (took < answer) {
		p->brought = p->brought < BROUGHT + TRUST ? p->brought + 1 : 1;
	} else {
		p->brought = 0;
		p->patience *= 2;
	}
}

void
pace_spoke(struct pace *p)
{
	p->brought = 0;
}
