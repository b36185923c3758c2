#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/os.h"
#include "pool/seat.h"
#include "pool/snippet.h"
#include "pool/spawn.h"
#include "pool/worker.h"

enum {
	MAX_RETURNS = 10,	/* a task that never begins is given up then */
	MAX_KEEPERS = 64
};

static const nsec start_patience = 30 * SEC;	/* from RUN to STARTED */

static void bury(struct seat *s);
static void on_backstop(struct timer *t);
static void on_closed(struct channel *c, enum channel_why why);

static const struct channel_ops channel_ops = { hear_message, on_closed };

/* --- making workers ---------------------------------------------------- */

static struct word *
new_word(struct pool *p)
{
	size_t i;

	for (i = 0; i < p->nwords; i++)
		if (!p->word_used[i]) {
			p->word_used[i] = true;
			memset(&p->words[i], 0, sizeof(p->words[i]));
			return &p->words[i];
		}
	errno = EAGAIN;
	return NULL;
}

static void
free_word(struct pool *p, struct word *w)
{
	p->crowded |= w->crowded;
	p->unpinned |= w->pinning;
	p->pinned[w - p->words].cpu = 0;
	p->word_used[w - p->words] = false;
}

static struct seat *
new_seat(struct pool *p, unsigned slot, pid_t pid, int fd, struct word *word)
{
	struct seat *s = xcalloc(1, sizeof(*s));

	s->pool = p;
	s->slot = slot;
	s->pid = pid;
	s->word = word;
	s->backstop.cb = on_backstop;
	channel_open(&s->channel, p->loop, fd, &channel_ops);
	list_before(&p->members, &s->node);
	p->nmembers++;
	p->slot[slot] = s;
	if (++p->alive > p->most_alive)
		p->most_alive = p->alive;
	p->created++;
	return s;
}

static struct brood_conf
brood(const struct pool *p, struct word *word)
{
	size_t most = p->conf.waiting / (p->limit ? p->limit : 1);
	struct brood_conf b = { .most = 1 };

	if (!p->unpinned && p->conf.cpus > 1 && p->limit >= p->conf.cpus) {
		b.pinning = &word->pinning;
		b.board = (struct pin_board){ .place = p->pinned,
		    .n = p->nwords, .mine = (size_t)(word - p->words) };
	}
	if (!p->crowded && !p->conf.raw && most > 1)
		b.most = most < SNIPPET_BROOD ? (unsigned)most : SNIPPET_BROOD;
	return b;
}

static void
be_worker(struct pool *p, unsigned slot, int fd, struct word *word,
    const char *dir)
{
	static struct worker_conf conf;

	conf.fd = fd;
	conf.word = word;
	conf.slot = slot;
	conf.raw = p->conf.raw;
	conf.brood = brood(p, word);
	conf.limits = p->conf.limits;
	conf.setup = p->conf.setup;
	conf.dir = dir;
	worker_main(&conf);
}

/* The scripts of a worker may take so long. */
static nsec
script_time(const struct pool *p, bool init, bool fini)
{
	const struct setup_conf *c = p->conf.setup;
	nsec one = clock_add(c->timeout, ladder_length(&p->conf.limits.ladder));
	nsec most = 2 * BACKSTOP_GRACE;

	if (c->timeout == 0)
		return NEVER;
	if (init && c->init)
		most = clock_add(most, one);
	if (fini && c->fini)
		most = clock_add(most, one);
	return most;
}

static void
expect_init(struct seat *s)
{
	struct pool *p = s->pool;

	s->ready = !setup_announces(p->conf.setup);
	if (!s->ready && p->conf.setup->timeout)
		loop_timer(p->loop, &s->backstop, clock_add(loop_now(p->loop),
		    script_time(p, true, false)));
}

/* Forks it; -1 and errno.  *fd is our end of its channel. */
static pid_t
fork_worker(struct pool *p, unsigned slot, struct word *word, const char *dir,
    int *fd)
{
	int pair[2], saved;
	pid_t pid;

	if (fd_pair(pair) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		be_worker(p, slot, pair[1], word, dir);
	saved = errno;
	close(pair[1]);
	if (pid < 0)
		close(pair[0]);
	*fd = pair[0];
	errno = saved;
	return pid;
}

/* A worker for the slot, or NULL with errno. */
struct seat *
seat_hire(struct pool *p, unsigned slot, char *dir)
{
	struct word *word = new_word(p);
	struct seat *s;
	pid_t pid;
	int fd;

	if (word == NULL)
		return NULL;
	pid = fork_worker(p, slot, word, dir, &fd);
	if (pid < 0) {
		free_word(p, word);
		return NULL;
	}
	s = new_seat(p, slot, pid, fd, word);
	s->dir = dir;
	expect_init(s);
	return s;
}

/* --- tasks at a seat, and the ways to leave it -------------------------- */

void
seat_expect(struct seat *s)
{
	s->running = false;
	if (s->ending)
		return;		/* seat_expect_end()'s timer holds */
	s->strikes = 0;
	loop_timer(s->pool->loop, &s->backstop,
	    loop_now(s->pool->loop) + start_patience);
}

/* Takes task i from the seat. */
struct task *
seat_take(struct seat *s, size_t i)
{
	struct task *t = s->task[i];

	s->pool->tasks--;
	s->ntasks--;
	memmove(&s->task[i], &s->task[i + 1],
	    (s->ntasks - i) * sizeof(s->task[0]));
	if (i == 0)
		s->ending = REASON_NONE;
	if (i == 0 && s->ntasks)
		seat_expect(s);
	if (s->ntasks == 0) {
		if (s->role != LEAVING)
			loop_timer_off(s->pool->loop, &s->backstop);
		s->pool->busy--;
	}
	return t;
}

void
seat_leave_slot(struct seat *s)
{
	if (s->role == WORKER) {
		s->pool->slot[s->slot] = NULL;
		s->pool->alive--;
	}
	if (s->role == KEEPER)
		s->pool->nkeepers--;
}

void
seat_hold_slot(struct seat *s)
{
	s->holds = true;
	s->pool->place[s->slot].held++;
}

/*
 * Closing the channel is the order to go, unless there are scripts: then the
 * slot is free again when the fini is over.
 */
void
seat_dismiss(struct seat *s)
{
	if (s->pool->conf.setup && !s->closed) {
		seat_hold_slot(s);
		seat_retire(s);
		return;
	}
	seat_leave_slot(s);
	s->role = LEAVING;
	s->closed = true;
	channel_close(&s->channel);
	/* one that is dead already is buried by the timer */
	loop_timer(s->pool->loop, &s->backstop, s->reaped ? 0 :
	    clock_add(loop_now(s->pool->loop), BACKSTOP_GRACE));
}

void
seat_expect_end(struct seat *s, enum reason why, const struct ladder *l)
{
	nsec most = clock_add(ladder_length(l), 2 * BACKSTOP_GRACE);

	s->strikes = 0;
	s->ending = why;
	loop_timer(s->pool->loop, &s->backstop,
	    clock_add(loop_now(s->pool->loop), most));
}

/* 2 s after TERM, KILL; or nothing, where they are to live on. */
void
seat_retire(struct seat *s)
{
	struct pool *p = s->pool;
	struct message m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_RETIRE;
	if (s->pool->conf.limits.leak != LEAK_IGNORE) {
		m.ladder.n = 2;
		m.ladder.rung[0].sig = SIGTERM;
		m.ladder.rung[0].wait = 2 * SEC;
		m.ladder.rung[1].sig = SIGKILL;
	} else if (s->keeps) {
		heirs_expect(s->pool->heirs);
	}
	seat_leave_slot(s);
	s->role = LEAVING;
	channel_send(&s->channel, &m, NULL, 0);
	channel_flush(&s->channel);
	seat_expect_end(s, REASON_NONE, &m.ladder);
	if (p->conf.setup && p->conf.setup->timeout)
		loop_timer(p->loop, &s->backstop, clock_add(s->backstop.at,
		    script_time(p, !s->ready, true)));
	else if (p->conf.setup)
		loop_timer_off(p->loop, &s->backstop);
}

static struct seat *
oldest_keeper(struct pool *p)
{
	struct list *n, *next;

	list_each(n, next, &p->members)
		if (container_of(n, struct seat, node)->role == KEEPER)
			return container_of(n, struct seat, node);
	return NULL;
}

void
seat_set_aside(struct seat *s)
{
	struct pool *p = s->pool;

	if (s->role != WORKER)
		return;
	seat_leave_slot(s);
	s->role = KEEPER;
	s->keeps = true;
	list_remove(&s->node);
	list_before(&p->members, &s->node);
	if (++p->nkeepers > MAX_KEEPERS - p->keepers_less || p->closing)
		seat_retire(oldest_keeper(p));
}

void
seat_fewer_keepers(struct pool *p)
{
	if (p->nkeepers == 0)
		return;
	p->keepers_less = MAX_KEEPERS + 1 - p->nkeepers;
	seat_retire(oldest_keeper(p));
}

void
seat_give_back(struct seat *s, size_t i)
{
	struct pool *p = s->pool;
	struct task *t = seat_take(s, i);

	if (s->word->dir_error)
		t->returns = 0;		/* no fault of its own */
	if (++t->returns > MAX_RETURNS) {
		memset(&t->result, 0, sizeof(t->result));
		t->result.reason = REASON_LOST;
		p->ops->ended(p->ctx, t);
		return;
	}
	p->ops->returned(p->ctx, t);
}

/* --- the death of a worker --------------------------------------------- */

/*
 * The worker did not do what it must: it hangs, in vfork on a dead mount
 * perhaps, or was stopped.  Twice, because after a time in which we ourselves
 * were stopped its word may be waiting to be read.
 */
static void
on_backstop(struct timer *t)
{
	struct seat *s = container_of(t, struct seat, backstop);

	if (s->closed && s->reaped) {
		bury(s);
		return;
	}
	if (s->strikes++ == 0) {
		loop_timer(s->pool->loop, t, loop_now(s->pool->loop) + SEC);
		return;
	}
	s->blame = s->ending ? s->ending : s->running ? REASON_TIMEOUT :
	    REASON_LOST;
	kill(s->pid, SIGKILL);
}

static void
on_closed(struct channel *c, enum channel_why why)
{
	struct seat *s = container_of(c, struct seat, channel);

	(void)why;
	s->closed = true;
	if (!s->reaped)
		kill(s->pid, SIGKILL);
	else
		bury(s);
}

/*
 * Idle deaths cost nothing, but a worker that dies before it ever began a
 * task will not live the next time either.
 */
static void
count_death(struct seat *s)
{
	static const char why[] = "workers die before they begin a task";
	struct pool *p = s->pool;
	const struct setup_conf *c = p->conf.setup;

	/* its word names a task as soon as it may have begun one */
	if (s->accepted || s->word->task || s->role != WORKER || s->blame ||
	    s->word->dir_error)
		return;
	if (c && (c->init || c->warm) && !s->ready) {
		if (staff_init_fault(p, s->slot))
			pool_give_out(p, why, 0);
		return;
	}
	staff_fault(p, s->slot, why, 0);
}

/*
 * Its word may still tell of the attempt before, whose end it has told: it was
 * killed in between.
 */
static bool
may_have_begun(const struct seat *s, const struct task *t)
{
	return s->word->state != WORD_IDLE && s->word->task == t->seq &&
	    s->word->attempt == t->attempt;
}

/* Its first task was over, and the end was to be told a little later. */
static bool
settle_first(struct seat *s)
{
	const struct word_end *e = s->word->end;
	size_t i;

	for (i = 0; s->ntasks && i < COUNT(s->word->end); i++, e++) {
		if (e->task != s->task[0]->seq ||
		    e->attempt != s->task[0]->attempt)
			continue;
		s->pool->ops->ended(s->pool->ctx, hear_over(s, &e->result));
		return true;
	}
	return false;
}

static void
lose(struct seat *s, struct task *t)
{
	struct result *r = &t->result;

	memset(r, 0, sizeof(*r));
	r->reason = s->blame ? s->blame : REASON_LOST;
	r->started = s->word->state == WORD_RUNNING ? STARTED_YES :
	    STARTED_MAYBE;
	r->sig = SIGKILL;
	heirs_hold(s->pool->heirs, t);
}

/* What a dead worker leaves, but for its tasks: processes, if left says so. */
static void
leave_behind(struct seat *s, bool left)
{
	struct pool *p = s->pool;

	if (s->keeps && p->conf.limits.leak == LEAK_IGNORE)
		heirs_expect(p->heirs);
	else if (left)
		heirs_claim(p->heirs, s->pid);
	if (s->bounded && s->killed)
		heirs_cgroup(p->heirs, s->pid, s->slot);
	if (s->dir && s->word->dir_error == 0)
		staff_sweep(p, s->dir);
	else
		free(s->dir);
}

/* It is dead and all it said was heard. */
static void
bury(struct seat *s)
{
	struct pool *p = s->pool;
	bool left = s->ntasks || (s->killed && (s->keeps || p->conf.setup));
	bool awaited = s->freezing;
	int dir_error = s->word->dir_error;

	count_death(s);
	while (settle_first(s))
		;
	if (s->ntasks && may_have_begun(s, s->task[0])) {
		heirs_group(p->heirs, s->word->pid);
		lose(s, seat_take(s, 0));
		if (!s->blame)
			staff_rest(p, s->slot);
	}
	loop_timer_off(p->loop, &s->backstop);
	seat_leave_slot(s);
	s->role = LEAVING;
	while (s->ntasks)
		seat_give_back(s, s->ntasks - 1);
	leave_behind(s, left);
	if (s->holds)
		p->place[s->slot].held--;
	free_word(p, s->word);
	list_remove(&s->node);
	p->nmembers--;
	free(s);
	if (dir_error)
		staff_no_dir(p, dir_error);
	hear_frozen(p, awaited);
}

void
seat_reap(struct seat *s)
{
	int status;

	if (s->reaped ||
	    waitpid(s->pid, &status, WNOHANG | WUNTRACED) != s->pid)
		return;
	if (WIFSTOPPED(status)) {
		/* by its task perhaps, which would have no clock then */
		kill(s->pid, SIGCONT);
		return;
	}
	s->reaped = true;
	s->killed = WIFSIGNALED(status);
	if (s->closed)
		bury(s);
}
