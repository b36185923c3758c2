/*
 * How many workers there are: who is forked before a task needs it, who goes
 * because nothing is left to do, and what is done when workers do not live.
 *
 * Two things slow the replacement of a worker, each for its own slot alone.  A
 * task that kills its worker may do so each time, for ever: the slot rests,
 * twice as long each time.  A worker that dies before it accepts a task says
 * something of all workers, and so it counts (--max-restarts), whatever the
 * slot; there the rests are short enough that the count can be reached.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dir.h"
#include "base/mem.h"
#include "pool/seat.h"

enum {
	DEATHS = 10,		/* for each slot, by default */
	PIECE = 200,		/* files removed in one go */
	LAST_SWEEPS = 250	/* vain tries, when all else is over */
};

static const nsec first_rest = 10 * MSEC, longest_rest = SEC;
static const nsec sweep_again = 20 * MSEC;

/* --- rests ------------------------------------------------------------- */

static void
wake_at(struct pool *p, nsec at)
{
	if (!heap_has(&p->wake.node) || at < p->wake.at)
		loop_timer(p->loop, &p->wake, at);
}

/* The turn itself is what is wanted, and the next one. */
static void
on_wake(struct timer *t)
{
	struct pool *p = container_of(t, struct pool, wake);
	nsec now = loop_now(p->loop);
	size_t i;

	for (i = 1; i <= p->conf.slots_max; i++)
		if (p->place[i].until > now)
			wake_at(p, p->place[i].until);
}

static void
rest(struct pool *p, unsigned slot, nsec most)
{
	struct place *at = &p->place[slot];

	at->pause = at->pause ? 2 * at->pause : first_rest;
	if (at->pause > most)
		at->pause = most;
	at->until = clock_add(loop_now(p->loop), at->pause);
	wake_at(p, at->until);
}

void
staff_rest(struct pool *p, unsigned slot)
{
	rest(p, slot, longest_rest);
}

bool
staff_vacant(const struct pool *p, unsigned slot)
{
	const struct place *at = &p->place[slot];

	return p->slot[slot] == NULL && at->held == 0 &&
	    (at->until == 0 || at->until <= loop_now(p->loop));
}

/* --- workers that do not live ------------------------------------------ */

/* One more came to nothing; true if that is too many, else the slot rests. */
static bool
too_many(struct pool *p, unsigned slot)
{
	bool given = p->conf.restarts > 0;
	size_t most = given ? p->conf.restarts : DEATHS * p->conf.slots;
	nsec per = given ? p->conf.per : SEC, now = loop_now(p->loop);
	nsec pause = per / (16 * (given ? (nsec)most : DEATHS));

	if (p->deaths == 0 || now - p->deaths_at > per) {
		p->deaths_at = now;
		p->deaths = 0;
	}
	if (++p->deaths > most)
		return true;
	if (pause > longest_rest)
		pause = longest_rest;
	rest(p, slot, pause < MSEC ? MSEC : pause);
	return false;
}

void
staff_fault(struct pool *p, unsigned slot, const char *why, int error)
{
	if (too_many(p, slot))
		pool_give_out(p, why, error);
}

static bool
any_ready(const struct pool *p)
{
	size_t i;

	for (i = 1; i <= p->conf.slots; i++)
		if (p->slot[i] && p->slot[i]->ready && !p->slot[i]->spent)
			return true;
	return false;
}

/*
 * A script that takes its time to fail does not do so often enough for the
 * count above, and would be tried for ever.  But where another slot's worker
 * is up, all goes on with that.
 */
bool
staff_init_fault(struct pool *p, unsigned slot)
{
	size_t most = DEATHS * p->most_alive;

	if (any_ready(p)) {
		staff_rest(p, slot);
		return false;
	}
	if (most <= p->conf.restarts)
		most = p->conf.restarts + 1;
	p->init_faults++;
	return too_many(p, slot) || p->init_faults >= most;
}

static bool
is_shortage(int error)
{
	return error == EAGAIN || error == ENOMEM || error == EMFILE ||
	    error == ENFILE || error == ENOSPC || error == EDQUOT;
}

static void
no_directory(struct pool *p, int error)
{
	const struct setup_conf *c = p->conf.setup;
	struct buf b = { 0 };

	buf_addf(&b, "cannot make a directory for a worker in %s (%s)",
	    c->tmpdir, c->tmpdir_from);
	pool_give_out(p, buf_str(&b), error);
	buf_free(&b);
}

void
staff_no_dir(struct pool *p, int error)
{
	if (is_shortage(error))
		pool_short(p, error);
	else if (!p->closing)
		no_directory(p, error);
}

struct seat *
staff_hire(struct pool *p, unsigned slot)
{
	const struct setup_conf *c = p->conf.setup;
	bool wants = c && c->dirs;
	char *dir = wants ? dir_choose(c->tmpdir) : NULL;
	struct seat *s = NULL;
	int error;

	if (!wants || dir)
		s = seat_hire(p, slot, dir);
	if (s)
		return s;
	error = errno;
	if (wants && dir == NULL)
		staff_no_dir(p, error);
	else if (is_shortage(error))
		pool_short(p, error);
	else
		staff_fault(p, slot, "no worker can be made", error);
	free(dir);
	return NULL;
}

/* --- as many as there should be ---------------------------------------- */

static void
hire(struct pool *p, size_t wanted)
{
	unsigned i;

	if (wanted > p->limit)
		wanted = p->limit;
	for (i = 1; i <= p->conf.slots && p->alive < wanted; i++) {
		if (p->broken || heap_has(&p->retry.node))
			return;		/* the system is short */
		if (staff_vacant(p, i))
			staff_hire(p, i);
	}
}

/* The highest slots first: the others stay in use. */
static void
shrink(struct pool *p, size_t floor)
{
	size_t i;

	for (i = p->conf.slots_max; i > 0 && p->alive > floor; i--)
		if (p->slot[i] && p->slot[i]->ntasks == 0)
			seat_dismiss(p->slot[i]);
}

void
pool_tend(struct pool *p, size_t waiting, bool more)
{
	size_t floor = p->conf.floor < 0 ? 0 : (size_t)p->conf.floor;
	bool init = setup_announces(p->conf.setup);

	if ((p->conf.floor < 0 && !init) || p->closing || p->broken)
		return;
	if (waiting && init)
		hire(p, p->busy + waiting);
	if (more && p->alive < floor)
		hire(p, floor);
	if (waiting == 0 && p->conf.floor >= 0 && p->alive > floor &&
	    p->alive > p->busy)
		shrink(p, floor);
}

void
pool_counts(const struct pool *p, struct pool_counts *n)
{
	n->created = p->created;
	n->most_busy = p->most_busy;
	n->alive = p->alive;
	n->busy = p->busy < p->alive ? p->busy : p->alive;
	n->idle = n->alive - n->busy;
}

/* --- directories ------------------------------------------------------- */

/* The last of the list is gone, or cannot be removed: that is told. */
static void
swept(struct pool *p, int error)
{
	char *dir = p->litter[--p->nlitter];

	if (error && p->left == NULL) {
		p->left = dir;
		p->left_error = error;
	} else {
		free(dir);
	}
}

/* What is lacking now may be there later; but ppx must come to its end. */
static bool
is_passing(struct pool *p, int error)
{
	if (error != EMFILE && error != ENFILE && error != ENOMEM)
		return false;
	return !p->closing || p->vain_sweeps++ < LAST_SWEEPS;
}

static void
on_sweep(struct timer *t)
{
	struct pool *p = container_of(t, struct pool, sweep);
	nsec next = 0;
	int r;

	if (p->nlitter == 0)
		return;
	if (heirs_active(p->heirs)) {
		next = loop_now(p->loop) + sweep_again;
	} else {
		r = dir_sweep(p->litter[p->nlitter - 1], PIECE);
		if (r < 0 && is_passing(p, errno))
			next = loop_now(p->loop) + sweep_again;
		else if (r <= 0)
			swept(p, r < 0 ? errno : 0);
	}
	if (p->nlitter)
		loop_timer(p->loop, t, next);
}

void
staff_sweep(struct pool *p, char *dir)
{
	mem_grow(&p->litter, &p->littercap, p->nlitter + 1,
	    sizeof(p->litter[0]));
	p->litter[p->nlitter++] = dir;
	/* a first time now: we may not live to see the end of its heirs */
	dir_sweep(dir, PIECE);
	loop_timer(p->loop, &p->sweep, 0);
}

const char *
pool_litter(const struct pool *p, int *error)
{
	*error = p->left_error;
	return p->left;
}

/* --- birth and end ----------------------------------------------------- */

void
staff_init(struct pool *p)
{
	p->place = xcalloc(p->conf.slots_max + 1, sizeof(p->place[0]));
	p->wake.cb = on_wake;
	p->sweep.cb = on_sweep;
}

void
staff_free(struct pool *p)
{
	loop_timer_off(p->loop, &p->wake);
	loop_timer_off(p->loop, &p->sweep);
	free(p->litter);
	free(p->left);
	free(p->place);
}
