#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/os.h"
#include "pool/seat.h"

enum {
	SPARE_WORDS = 128,	/* for keepers and those that leave */
	MAX_SHORT = 80,		/* pauses in vain, to have one worker, */
	KEEPER_SHORT = 5,	/* ... for which each time a keeper goes */
	MAX_STEP = 8		/* of them at once */
};

static const nsec short_pause = 100 * MSEC;
static const nsec short_recovery = SEC;
static const nsec short_task = 5 * MSEC, tiny_task = 2 * MSEC;

/* --- short of something ------------------------------------------------ */

static void
on_retry(struct timer *t)
{
	(void)t;		/* the turn itself is what was wanted */
}

static void
on_recover(struct timer *t)
{
	struct pool *p = container_of(t, struct pool, recover);

	if (p->limit < p->conf.slots) {
		p->limit += p->vain == 0;	/* one must do, first */
		loop_timer(p->loop, t, loop_now(p->loop) + short_recovery);
	}
}

void
pool_give_out(struct pool *p, const char *why, int error)
{
	if (p->broken)
		return;
	p->broken = true;
	p->ops->broken(p->ctx, why, error);
}

/* For how many pauses?  A try may be one more init that is run for nothing. */
static size_t
step(const struct pool *p)
{
	if (p->conf.setup == NULL || p->conf.setup->init == NULL)
		return 1;
	return p->vain < MAX_STEP ? p->vain + 1 : MAX_STEP;
}

/*
 * The system has no process, descriptor or memory for one more: go on with
 * those there are, and try for more once in a while.  What comes of those that
 * run their init is not known yet.
 */
void
pool_short(struct pool *p, int error)
{
	size_t others = p->busy ? p->busy : 1, pauses = step(p), i;

	/* idle workers take places that tasks could have */
	for (i = 1; i <= p->conf.slots_max; i++)
		if (p->slot[i] && seat_is_free(p->slot[i]))
			seat_dismiss(p->slot[i]);
	if (others < p->limit)
		p->limit = others;
	if (p->busy)
		p->vain = 0;
	else if (p->alive == 0 && (p->vain += pauses) > MAX_SHORT)
		pool_give_out(p, "the system has no room for one more task", error);
	else if (p->alive == 0 && p->vain % KEEPER_SHORT < pauses)
		seat_fewer_keepers(p);
	loop_timer(p->loop, &p->retry,
	    loop_now(p->loop) + (nsec)pauses * short_pause);
	loop_timer(p->loop, &p->recover, loop_now(p->loop) + short_recovery);
}

void
pool_lacks(struct seat *s, int error)
{
	if (s->ntasks == 0)
		pool_short(s->pool, error);
}

bool
pool_is_short(const struct pool *p)
{
	return p->limit < p->conf.slots;
}

/* --- seats ------------------------------------------------------------- */

/* Those without a task may not be ready: pool_seat() knows. */
static bool
takes_more(const struct seat *s, size_t most)
{
	size_t tasks = s->pool->conf.max_tasks;

	return s->ntasks > 0 && s->ntasks <= most && s->role == WORKER &&
	    !s->running && !s->spent &&
	    (tasks == 0 || s->done + s->ntasks < tasks);
}

/*
 * A task behind the one that runs saves the way back and forth, where tasks are
 * so short that it cannot wait long; a full backlog, where they are shorter
 * still, most of the times that we are woken (worker.c).  How many?
 */
static size_t
backlog(const struct pool *p)
{
	size_t most = p->mean > tiny_task ? 1 : WORKER_BACKLOG, fit;

	if (!p->conf.second || p->mean == 0 || p->mean > short_task ||
	    p->limit < p->conf.slots || p->conf.max_rss)
		return 0;
	/* two pipes of each, and of the one that runs, are open here */
	fit = p->conf.raw ? most + 1 : p->conf.fds / 4 / p->conf.slots;
	return fit > most ? most : fit > 0 ? fit - 1 : 0;
}

/* The one with the fewest. */
static struct seat *
second_seat(struct pool *p, size_t tasks)
{
	size_t i, most = backlog(p);
	struct seat *best = NULL;

	if (most == 0 || p->tasks >= tasks)
		return NULL;
	for (i = 1; i <= p->conf.slots && i <= p->limit; i++)
		if (p->slot[i] && takes_more(p->slot[i], most) &&
		    (best == NULL || p->slot[i]->ntasks < best->ntasks))
			best = p->slot[i];
	return best;
}

/* No task is sent before it can begin: pool_tend() forks those workers. */
static bool
waits_for_init(const struct pool *p)
{
	return setup_announces(p->conf.setup);
}

static bool
is_blocked(const struct pool *p)
{
	return p->closing || p->broken || heap_has(&p->retry.node) ||
	    heap_has(&p->freeze.node);
}

struct seat *
pool_seat(struct pool *p, unsigned slot, size_t most)
{
	bool fork = !waits_for_init(p);
	size_t i = 1, last = p->conf.slots;

	if (is_blocked(p))
		return NULL;
	/* with --init workers are made as they are needed, not for a slot */
	if (slot > p->conf.slots || (slot && !fork && p->slot[slot] == NULL))
		slot = 0;
	if (p->tasks > p->busy && p->tasks >= most)
		return NULL;
	if (slot)
		i = last = slot;
	if (p->busy >= p->limit)
		return slot ? NULL : second_seat(p, most);
	for (; i <= last; i++) {
		if (p->slot[i] == NULL && fork && staff_vacant(p, i) &&
		    staff_hire(p, i) == NULL && is_blocked(p))
			return NULL;
		if (p->slot[i] && seat_is_free(p->slot[i]))
			return p->slot[i];
	}
	return slot ? NULL : second_seat(p, most);
}

unsigned
seat_slot(const struct seat *s)
{
	return s->slot;
}

const char *
seat_dir(const struct seat *s)
{
	return s->dir;
}

void
pool_spend(struct seat *s)
{
	s->spent = true;
	if (s->ntasks == 0 && s->role == WORKER)
		seat_dismiss(s);
}

void
pool_run(struct pool *p, struct seat *s, struct task *t, const char *args,
    size_t argslen, size_t argc, const int *fds, size_t nfds)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_RUN;
	m.task = t->seq;
	m.attempt = t->attempt;
	m.slot = s->slot;
	m.bounds = t->bounds;
	m.nfds = (uint8_t)nfds;
	m.last = t->last;
	m.line = t->line;
	m.dir = t->dir;
	m.argc = (uint32_t)argc;
	m.args = args;
	m.argslen = argslen;
	t->slot = s->slot;
	t->worker = (int32_t)s->pid;
	task_set(t, TASK_RUNNING);
	if (s->ntasks == 0) {
		seat_expect(s);
		if (++p->busy > p->most_busy)
			p->most_busy = p->busy;
	}
	s->bounded |= t->bounds.memory > 0;
	p->tasks++;
	s->task[s->ntasks++] = t;
	channel_send(&s->channel, &m, fds, nfds);
	if (s->ntasks == 1)
		channel_flush(&s->channel);
	else
		s->unsent = p->unsent = true;
}

void
pool_send(struct pool *p)
{
	size_t i;

	if (!p->unsent)
		return;
	p->unsent = false;
	for (i = 1; i <= p->conf.slots; i++) {
		if (p->slot[i] == NULL || !p->slot[i]->unsent)
			continue;
		p->slot[i]->unsent = false;
		channel_flush(&p->slot[i]->channel);
	}
}

static void
on_child(void *ctx, int sig)
{
	struct pool *p = ctx;
	struct list *n, *next;

	(void)sig;
	list_each(n, next, &p->members)
		seat_reap(container_of(n, struct seat, node));
	heirs_reap(p->heirs);
}

/* --- heirs: what dead workers left ------------------------------------- */

static bool
is_member(void *ctx, pid_t pid)
{
	struct pool *p = ctx;
	struct list *n, *next;

	list_each(n, next, &p->members)
		if (container_of(n, struct seat, node)->pid == pid &&
		    !container_of(n, struct seat, node)->reaped)
			return true;
	return false;
}

static bool
is_named(void *ctx, pid_t pid)
{
	struct pool *p = ctx;
	struct list *n, *next;

	list_each(n, next, &p->members)
		if (container_of(n, struct seat, node)->word->pid == pid)
			return true;
	return false;
}

static void
on_heir_task(void *ctx, struct task *t)
{
	struct pool *p = ctx;

	p->ops->ended(p->ctx, t);
}

static const struct heirs_ops heirs_ops = {
	is_member, is_named, on_heir_task
};

/* --- all of them ------------------------------------------------------- */

static void
on_freeze(struct timer *t)
{
	struct pool *p = container_of(t, struct pool, freeze);

	p->freezing = 0;
	p->ops->frozen(p->ctx);
}

/* With scripts, a worker has something running at any time. */
static bool
is_told(const struct seat *s, bool keepers)
{
	if (s->pool->conf.setup)
		return !s->closed;
	switch (s->role) {
	case WORKER:
		return s->ntasks > 0;
	case KEEPER:
		return keepers;
	case LEAVING:
		break;
	}
	return false;
}

static size_t
tell_all(struct pool *p, const struct message *m, bool keepers)
{
	struct list *n, *next;
	size_t told = 0;

	list_each(n, next, &p->members) {
		struct seat *s = container_of(n, struct seat, node);

		if (!is_told(s, keepers))
			continue;
		channel_send(&s->channel, m, NULL, 0);
		channel_flush(&s->channel);
		if (m->type == MSG_END && s->ntasks)
			seat_expect_end(s, m->reason, &m->ladder);
		s->freezing |= m->type == MSG_FREEZE;
		told++;
	}
	return told;
}

void
pool_end(struct pool *p, enum reason why, const struct ladder *l)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_END;
	m.reason = why;
	m.ladder = *l;
	tell_all(p, &m, false);
}

void
pool_end_task(struct pool *p, struct task *t, enum reason why,
    const struct ladder *l)
{
	struct seat *s = p->slot[t->slot];
	struct message m;

	if (s == NULL || s->ntasks == 0 || s->task[0] != t || s->ending)
		return;
	memset(&m, 0, sizeof(m));
	m.type = MSG_END;
	m.task = t->seq;
	m.attempt = t->attempt;
	m.reason = why;
	m.ladder = *l;
	seat_expect_end(s, why, l);
	channel_send(&s->channel, &m, NULL, 0);
	channel_flush(&s->channel);
}

void
pool_freeze(struct pool *p)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_FREEZE;
	p->freezing = tell_all(p, &m, true);
	loop_timer(p->loop, &p->freeze, loop_now(p->loop) +
	    (p->freezing ? 2 * SEC : 0));
}

void
pool_thaw(struct pool *p)
{
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_THAW;
	tell_all(p, &m, true);
}

void
pool_resize(struct pool *p, size_t slots)
{
	size_t i;

	if (slots < 1 || slots > p->conf.slots_max)
		return;
	p->conf.slots = p->limit = slots;
	for (i = slots + 1; i <= p->conf.slots_max; i++)
		if (p->slot[i] && p->slot[i]->ntasks == 0)
			seat_dismiss(p->slot[i]);
}

size_t
pool_slots(const struct pool *p)
{
	return p->conf.slots;
}

void
pool_close(struct pool *p)
{
	struct list *n, *next;

	p->closing = true;
	list_each(n, next, &p->members) {
		struct seat *s = container_of(n, struct seat, node);

		if (s->role == KEEPER)
			seat_retire(s);
		else if (s->role == WORKER && s->ntasks == 0)
			seat_dismiss(s);
	}
}

size_t
pool_busy(const struct pool *p)
{
	return p->busy + heirs_held(p->heirs);
}

uint64_t
pool_resident(const struct pool *p, const struct task *t)
{
	const struct seat *s = p->slot[t->slot];
	uint64_t size = 0, shared;
	int fd;

	if (s == NULL || s->ntasks == 0 || s->task[0] != t ||
	    s->word->pid <= 0)
		return 0;
	fd = os_memory_open(s->word->pid);
	if (fd < 0)
		return 0;
	os_memory_read(fd, &size, &shared);
	close(fd);
	return size;
}

struct task *
pool_only(const struct pool *p)
{
	size_t i;

	if (pool_busy(p) != 1)
		return NULL;
	for (i = 1; i <= p->conf.slots; i++)
		if (p->slot[i] && p->slot[i]->ntasks)
			return p->slot[i]->ntasks == 1 ? p->slot[i]->task[0] :
			    NULL;
	return NULL;
}

size_t
pool_members(const struct pool *p)
{
	return p->nmembers + heirs_active(p->heirs) + p->nlitter;
}

size_t
pool_unkillable(const struct pool *p)
{
	return heirs_unkillable(p->heirs);
}

struct pool *
pool_new(struct loop *loop, const struct pool_conf *conf,
    const struct pool_ops *ops, void *ctx)
{
	struct pool *p = xcalloc(1, sizeof(*p));

	p->loop = loop;
	p->conf = *conf;
	p->ops = ops;
	p->ctx = ctx;
	p->limit = conf->slots;
	list_init(&p->members);
	p->slot = xcalloc(conf->slots_max + 1, sizeof(p->slot[0]));
	p->nwords = 2 * conf->slots_max + SPARE_WORDS;
	p->word_used = xcalloc(p->nwords, sizeof(p->word_used[0]));
	p->words = os_map(p->nwords * sizeof(p->words[0]), true);
	p->pinned = os_map(p->nwords * sizeof(p->pinned[0]), true);
	if (p->words == NULL || p->pinned == NULL)
		die("no shared memory: %s", strerror(errno));
	p->retry.cb = on_retry;
	p->recover.cb = on_recover;
	p->freeze.cb = on_freeze;
	staff_init(p);
	p->heirs = heirs_new(loop, &heirs_ops, p);
	os_subreaper();
	loop_signal(loop, SIGCHLD, on_child, p);
	return p;
}

void
pool_free(struct pool *p)
{
	loop_timer_off(p->loop, &p->retry);
	loop_timer_off(p->loop, &p->recover);
	loop_timer_off(p->loop, &p->freeze);
	staff_free(p);
	heirs_free(p->heirs);
	os_unmap(p->words, p->nwords * sizeof(p->words[0]));
	os_unmap(p->pinned, p->nwords * sizeof(p->pinned[0]));
	free(p->word_used);
	free(p->slot);
	free(p);
}
