#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "pool/tree.h"

/* How long to wait for all to stop; a process may sleep in the kernel. */
static const nsec freeze_time = 5 * SEC;

static const nsec soon = MSEC / 5;
static const nsec recover = 10 * MSEC;	/* short of descriptors or memory */

void
tree_start(struct tree *t, bool kill, nsec now)
{
	t->kill = kill;
	t->active = true;
	t->clean = 0;
	t->began = now;
	t->set.n = 0;
	t->blind = false;
}

static bool
gone(const struct os_proc *p)
{
	return p->state == 'Z' || p->state == 'X';
}

static bool
stopped(const struct os_proc *p)
{
	return p->state == 'T' || p->state == 't';
}

static struct os_proc *
find(struct os_procs *set, const struct os_proc *p)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->v[i].pid == p->pid && set->v[i].start == p->start)
			return &set->v[i];
	return NULL;
}

static void
add(struct os_procs *set, const struct os_proc *p, char state)
{
	mem_grow(&set->v, &set->cap, set->n + 1, sizeof(set->v[0]));
	set->v[set->n] = *p;
	set->v[set->n++].state = state;
}

/*
 * A process that waits in vfork for its child is in state D and does not stop
 * before the child execs; it counts as frozen if that child is stopped.
 */
static bool
waits_for_frozen(const struct tree *t, const struct os_proc *p)
{
	size_t i;

	if (p->state != 'D')
		return false;
	for (i = 0; i < t->list.n; i++)
		if (t->list.v[i].ppid == p->pid && stopped(&t->list.v[i]))
			return true;
	return false;
}

/* Stops p unless it is; returns true when it was new or still moves. */
static bool
freeze(struct tree *t, const struct os_proc *p)
{
	struct os_proc *known = find(&t->set, p);

	if (known && (known->state == 'E' || stopped(p) ||
	    waits_for_frozen(t, p)))
		return false;
	if (known == NULL && stopped(p) && !t->kill)
		return false;		/* stopped itself: not ours to wake */
	if (os_kill(p, SIGSTOP) < 0 && errno == ESRCH)
		return true;
	if (known == NULL)
		add(&t->set, p, errno == EPERM ? 'E' : 'T');
	return true;
}

/* All that was found: also what has gone elsewhere since, with its parent. */
static void
kill_all(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->set.n; i++)
		os_kill(&t->set.v[i], SIGKILL);
}

/* What can be done where no process can be seen. */
static void
group_only(struct tree *t, int sig)
{
	if (t->group > 0 && kill(-t->group, sig) < 0)
		kill(t->group, sig);
}

nsec
tree_step(struct tree *t, nsec now)
{
	bool moved = false, again;
	size_t i;

	if (os_descendants(t->skip, t->ctx, &t->list) < 0) {
		again = os_is_short() && now - t->began < freeze_time;
		t->blind = true;
		group_only(t, t->kill ? SIGKILL : SIGSTOP);
		t->active = again;
		return again ? recover : 0;
	}
	for (i = 0; i < t->list.n; i++) {
		errno = 0;
		if (!gone(&t->list.v[i]) && freeze(t, &t->list.v[i]))
			moved = true;
	}
	t->clean = moved ? 0 : t->clean + 1;
	if (t->clean < 2 && now - t->began < freeze_time)
		return moved ? soon : 1;
	if (t->kill)
		kill_all(t);
	t->active = false;
	return 0;
}

void
tree_end(nsec most)
{
	struct tree t = { .skip = NULL };
	nsec began = clock_mono(), pause;

	do {
		tree_start(&t, true, clock_mono());
		while ((pause = tree_step(&t, clock_mono())))
			usleep((useconds_t)(pause / 1000));
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	} while (tree_count(&t, NULL, 0) > 0 && clock_mono() - began < most);
	tree_free(&t);
}

void
tree_thaw(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->set.n; i++)
		if (t->set.v[i].state != 'E')
			os_kill(&t->set.v[i], SIGCONT);
	if (t->blind)
		group_only(t, SIGCONT);
	t->blind = false;
	t->set.n = 0;
	t->active = false;
}

static bool
is_meant(const struct tree *t, const struct os_proc *p, enum reach reach)
{
	bool member;

	if (gone(p))
		return false;
	if (reach == REACH_ALL)
		return true;
	member = t->group > 0 && getpgid(p->pid) == t->group;
	return member == (reach == REACH_GROUP);
}

void
tree_signal(struct tree *t, int sig, enum reach reach)
{
	size_t i;

	if (os_descendants(t->skip, t->ctx, &t->list) < 0) {
		if (t->group > 0 && reach != REACH_OTHERS)
			kill(-t->group, sig);
		return;
	}
	for (i = 0; i < t->list.n; i++) {
		if (!is_meant(t, &t->list.v[i], reach))
			continue;
		os_kill(&t->list.v[i], sig);
		os_kill(&t->list.v[i], SIGCONT);
	}
}

int
tree_count(struct tree *t, int32_t *pids, size_t max)
{
	size_t i, n = 0;

	if (os_descendants(t->skip, t->ctx, &t->list) < 0)
		return -1;
	for (i = 0; i < t->list.n; i++) {
		if (gone(&t->list.v[i]))
			continue;
		if (n < max)
			pids[n] = t->list.v[i].pid;
		n++;
	}
	return (int)n;
}

bool
tree_holds(struct tree *t, const struct os_file *files, size_t n)
{
	size_t i;

	if (os_descendants(t->skip, t->ctx, &t->list) < 0)
		return true;
	for (i = 0; i < t->list.n; i++)
		if (!gone(&t->list.v[i]) &&
		    os_holds(t->list.v[i].pid, files, n))
			return true;
	return false;
}

void
tree_free(struct tree *t)
{
	free(t->set.v);
	free(t->list.v);
	memset(&t->set, 0, sizeof(t->set));
	memset(&t->list, 0, sizeof(t->list));
}
