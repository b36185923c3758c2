#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/mem.h"
#include "base/os.h"
#include "pool/heirs.h"
#include "pool/tree.h"

static const nsec give_up_after = 10 * SEC;
static const nsec look_again = 5 * MSEC;

struct heirs {
	struct loop *loop;
	const struct heirs_ops *ops;
	void *ctx;
	pid_t *before;			/* children that are not ours */
	size_t nbefore, beforecap;
	pid_t *dead;			/* workers whose heirs are ours */
	size_t ndead, deadcap;
	bool expecting;			/* heirs that are to live may come */
	pid_t *known;			/* found to be heirs */
	size_t nknown, knowncap;
	bool unsure;			/* there may be more of them */
	struct left {
		pid_t worker;
		unsigned slot;
	} *cgroups;
	size_t ncgroups, cgroupcap;
	struct task **held;
	size_t nheld, heldcap;
	struct tree tree;
	struct timer step;
	bool active;
	nsec began;
	struct patience patience;	/* until they cannot be killed */
	size_t unkillable;
};

static bool
has(const pid_t *v, size_t n, pid_t pid)
{
	while (n-- > 0)
		if (v[n] == pid)
			return true;
	return false;
}

static void
push(pid_t **v, size_t *n, size_t *cap, pid_t pid)
{
	mem_grow(v, cap, *n + 1, sizeof(**v));
	(*v)[(*n)++] = pid;
}

static bool
is_zombie(pid_t pid)
{
	siginfo_t si = { 0 };

	return waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    si.si_pid == pid;
}

/* Was this child of ours made by a task, or a script, of a worker that died? */
static bool
left_by_worker(struct heirs *h, pid_t pid)
{
	char text[48];
	int found = 0;
	size_t i;

	if (has(h->known, h->nknown, pid))
		return true;
	for (i = 0; i < h->ndead && found <= 0; i++) {
		snprintf(text, sizeof(text), "PPX_WORKER_PID=%d",
		    (int)h->dead[i]);
		found = getpgid(pid) == h->dead[i] ? 1 :
		    os_environ_has(pid, text);
	}
	if (found < 0 && !is_zombie(pid))
		h->unsure = true;
	return found > 0;
}

static bool
spare(void *ctx, pid_t pid)
{
	struct heirs *h = ctx;

	if (h->ops->is_member(h->ctx, pid) || has(h->before, h->nbefore, pid))
		return true;
	return (h->nbefore || h->expecting) && !left_by_worker(h, pid);
}

static void
note_before(struct heirs *h)
{
	struct os_procs list = { 0 };
	siginfo_t si;
	size_t i;

	if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0)
		return;		/* ECHILD: there are none */
	os_descendants(NULL, NULL, &list);
	for (i = 0; i < list.n; i++)
		if (list.v[i].ppid == getpid())
			push(&h->before, &h->nbefore, &h->beforecap,
			    list.v[i].pid);
	free(list.v);
}

/* --- ending them ------------------------------------------------------- */

/*
 * What was below an heir is one.  It is noted, as it may have no environment
 * when it comes to us: one that is just executing a program.
 */
static void
note_known(struct heirs *h)
{
	size_t i;

	for (i = 0; i < h->tree.list.n; i++)
		if (!has(h->known, h->nknown, h->tree.list.v[i].pid))
			push(&h->known, &h->nknown, &h->knowncap,
			    h->tree.list.v[i].pid);
}

/* Waits for those of our children that are heirs, one by one. */
static void
wait_heirs(struct heirs *h)
{
	size_t i;

	if (os_descendants(spare, h, &h->tree.list) < 0) {
		if (h->tree.group > 0)
			waitpid(h->tree.group, NULL, WNOHANG);
		return;
	}
	for (i = 0; i < h->tree.list.n; i++)
		if (h->tree.list.v[i].ppid == getpid())
			waitpid(h->tree.list.v[i].pid, NULL, WNOHANG);
}

static void
remove_cgroups(struct heirs *h)
{
	for (; h->ncgroups > 0; h->ncgroups--)
		cgroup_remove(h->cgroups[h->ncgroups - 1].worker,
		    h->cgroups[h->ncgroups - 1].slot);
}

static void
give(struct heirs *h, struct task *t, int left, const int32_t *pids)
{
	if (left > 0) {
		t->result.nunkillable = (uint32_t)left;
		memcpy(t->result.pids, pids, sizeof(t->result.pids));
	}
	h->ops->ended(h->ctx, t);
}

static void
settle(struct heirs *h, int left, const int32_t *pids)
{
	h->active = false;
	h->nknown = 0;
	h->tree.group = 0;	/* the number may come again */
	loop_timer_off(h->loop, &h->step);
	remove_cgroups(h);
	if (h->nheld == 0)
		h->unkillable += (size_t)left;
	while (h->nheld > 0)
		give(h, h->held[--h->nheld], left, pids);
}

static void
on_step(struct timer *timer)
{
	struct heirs *h = container_of(timer, struct heirs, step);
	nsec now = clock_mono(), delay;
	int32_t pids[RESULT_PIDS] = { 0 };
	bool over = patience_over(&h->patience, now), unsure;
	int left;

	if (h->tree.active) {
		delay = tree_step(&h->tree, now);
		note_known(h);
		if (delay != 0) {
			loop_timer(h->loop, &h->step, now + delay);
			return;
		}
	}
	h->unsure = false;
	wait_heirs(h);
	left = tree_count(&h->tree, pids, RESULT_PIDS);
	unsure = (h->unsure && now - h->began < SEC) ||
	    (left < 0 && os_is_short());
	if ((left <= 0 && !unsure) || over) {
		settle(h, left > 0 ? left : 0, pids);
		return;
	}
	if (left != 0 && now - h->began > 100 * MSEC)
		tree_start(&h->tree, true, now);
	loop_timer(h->loop, &h->step, now + look_again);
}

void
heirs_claim(struct heirs *h, pid_t worker)
{
	nsec now = clock_mono();

	if (h->nbefore || h->expecting)
		push(&h->dead, &h->ndead, &h->deadcap, worker);
	h->active = true;
	h->began = now;
	patience_start(&h->patience, give_up_after, now);
	tree_start(&h->tree, true, now);
	loop_timer(h->loop, &h->step, 0);
}

void
heirs_group(struct heirs *h, pid_t group)
{
	h->tree.group = group;
}

void
heirs_cgroup(struct heirs *h, pid_t worker, unsigned slot)
{
	struct left *l;

	mem_grow(&h->cgroups, &h->cgroupcap, h->ncgroups + 1,
	    sizeof(h->cgroups[0]));
	l = &h->cgroups[h->ncgroups++];
	l->worker = worker;
	l->slot = slot;
	if (!h->active)
		remove_cgroups(h);
}

void
heirs_expect(struct heirs *h)
{
	h->expecting = true;
}

void
heirs_hold(struct heirs *h, struct task *t)
{
	mem_grow(&h->held, &h->heldcap, h->nheld + 1, sizeof(h->held[0]));
	h->held[h->nheld++] = t;
}

/*
 * Orphans of those that are not ours come to us as well, and of workers that
 * nobody has killed; none but us can wait for them.
 */
static void
wait_strangers(struct heirs *h)
{
	siginfo_t si;

	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    si.si_pid == 0 || h->ops->is_member(h->ctx, si.si_pid) ||
		    h->ops->is_named(h->ctx, si.si_pid) ||
		    has(h->before, h->nbefore, si.si_pid))
			return;
		waitpid(si.si_pid, NULL, WNOHANG);
	}
}

void
heirs_reap(struct heirs *h)
{
	if (!h->active)
		wait_strangers(h);
	if (h->active && !h->tree.active)
		loop_timer(h->loop, &h->step, 0);
}

size_t
heirs_held(const struct heirs *h)
{
	return h->nheld;
}

bool
heirs_active(const struct heirs *h)
{
	return h->active;
}

size_t
heirs_unkillable(const struct heirs *h)
{
	return h->unkillable;
}

struct heirs *
heirs_new(struct loop *loop, const struct heirs_ops *ops, void *ctx)
{
	struct heirs *h = xcalloc(1, sizeof(*h));

	h->loop = loop;
	h->ops = ops;
	h->ctx = ctx;
	h->step.cb = on_step;
	h->tree.skip = spare;
	h->tree.ctx = h;
	note_before(h);
	return h;
}

void
heirs_free(struct heirs *h)
{
	loop_timer_off(h->loop, &h->step);
	tree_free(&h->tree);
	remove_cgroups(h);
	free(h->cgroups);
	free(h->before);
	free(h->dead);
	free(h->known);
	free(h->held);
	free(h);
}
