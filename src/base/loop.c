/*
 * The set of descriptors is an array of struct pollfd beside an array of
 * struct io.  When it grows beyond POLL_MAX an epoll instance has it as well,
 * and is asked instead: poll(2) needs no call to watch or leave a descriptor,
 * which is what short tasks do most; epoll(7) does not slow down with
 * thousands.  When epoll refuses one (ENOMEM, ENOSPC) it is poll again for
 * good: slower, and no descriptor goes unheard.
 *
 * A closed descriptor that a vfork'ed child still holds goes on reporting
 * events to epoll: hence loop_io(.., 0) before each close, which removes it.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_SYS_EPOLL_H
#include <sys/epoll.h>
#endif

#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"

enum {
	POLL_MAX = 48,
	EVENTS = 64,
	NSIGNALS = 65
};

struct watch {
	void (*cb)(void *ctx, int sig);
	void *ctx;
};

struct loop {
	struct pollfd *fds;
	struct io **ios;
	size_t n, fdcap, iocap;
	int epoll;			/* -1 while poll(2) is used */
	bool refused;			/* ... and no more tried otherwise */
#ifdef HAVE_SYS_EPOLL_H
	struct epoll_event events[EVENTS];
	int nevents;			/* not all dispatched yet */
#endif
	struct heap timers;
	struct watch watch[NSIGNALS];
	int sigs[NSIGNALS], nsigs;	/* those with a watch */
	sigset_t watched;
	sigset_t open;			/* the mask while waiting */
	bool stale;			/* open must be made anew */
	nsec now;
};

/* Set by the handler, which runs only while the loop waits. */
static volatile sig_atomic_t got[NSIGNALS];
static volatile sig_atomic_t got_any;

static void
on_signal(int sig)
{
	got[sig] = 1;
	got_any = 1;
}

static bool
earlier(const struct heap_node *a, const struct heap_node *b)
{
	const struct timer *ta = (const struct timer *)(const void *)a;
	const struct timer *tb = (const struct timer *)(const void *)b;

	return ta->at < tb->at;
}

struct loop *
loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof(*l));
	int sig;

	l->epoll = -1;
	heap_init(&l->timers, earlier);
	sigemptyset(&l->watched);
	l->stale = true;
	l->now = clock_mono();
	for (sig = 0; sig < NSIGNALS; sig++)
		got[sig] = 0;
	return l;
}

void
loop_free(struct loop *l)
{
	if (l->epoll >= 0)
		close(l->epoll);
	heap_free(&l->timers);
	free(l->fds);
	free(l->ios);
	free(l);
}

nsec
loop_now(struct loop *l)
{
	return l->now;
}

/* --- descriptors: poll ------------------------------------------------- */

static short
to_poll(int want)
{
	return (short)((want & IO_READ ? POLLIN : 0) |
	    (want & IO_WRITE ? POLLOUT : 0));
}

static void
poll_put(struct loop *l, size_t i, struct io *io, int want)
{
	l->fds[i].fd = io->fd;
	l->fds[i].events = to_poll(want);
	l->ios[i] = io;
	io->at = i;
}

static void
poll_set(struct loop *l, struct io *io, int want)
{
	size_t last;

	if (want == 0) {
		last = --l->n;
		if (io->at != last) {
			l->fds[io->at] = l->fds[last];
			l->ios[io->at] = l->ios[last];
			l->ios[io->at]->at = io->at;
		}
		return;
	}
	if (io->want == 0) {
		mem_grow(&l->fds, &l->fdcap, l->n + 1, sizeof(l->fds[0]));
		mem_grow(&l->ios, &l->iocap, l->n + 1, sizeof(l->ios[0]));
		l->fds[l->n].revents = 0;
		poll_put(l, l->n++, io, want);
	} else {
		l->fds[io->at].events = to_poll(want);
	}
}

/*
 * From the end, and forgetting what was handled: a callback may remove any
 * descriptor (the last one moves into its place) and add new ones.
 */
static void
poll_dispatch(struct loop *l)
{
	size_t i;

	for (i = l->n; i-- > 0;) {
		short r;

		if (i >= l->n)
			continue;
		r = l->fds[i].revents;
		l->fds[i].revents = 0;
		if (r)
			l->ios[i]->cb(l->ios[i],
			    (r & POLLIN ? IO_READ : 0) |
			    (r & POLLOUT ? IO_WRITE : 0) |
			    (r & (POLLHUP | POLLERR | POLLNVAL) ? IO_HUP : 0));
	}
}

/* --- descriptors: epoll ------------------------------------------------ */

#ifdef HAVE_SYS_EPOLL_H
static int
epoll_set(struct loop *l, struct io *io, int want, int was)
{
	struct epoll_event ev;
	int op = want == 0 ? EPOLL_CTL_DEL : was ? EPOLL_CTL_MOD :
	    EPOLL_CTL_ADD;

	memset(&ev, 0, sizeof(ev));
	ev.events = (want & IO_READ ? EPOLLIN : 0U) |
	    (want & IO_WRITE ? EPOLLOUT : 0U);
	ev.data.ptr = io;
	return epoll_ctl(l->epoll, op, io->fd, &ev);
}

/* What has not been dispatched yet of io's events. */
static void
epoll_forget(struct loop *l, const struct io *io)
{
	int i;

	for (i = 0; i < l->nevents; i++)
		if (l->events[i].data.ptr == io)
			l->events[i].data.ptr = NULL;
}

static void
epoll_dispatch(struct loop *l, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		uint32_t r = l->events[i].events;
		struct io *io = l->events[i].data.ptr;

		if (io)
			io->cb(io, (r & EPOLLIN ? IO_READ : 0) |
			    (r & EPOLLOUT ? IO_WRITE : 0) |
			    (r & (EPOLLHUP | EPOLLERR) ? IO_HUP : 0));
	}
	l->nevents = 0;
}

static void
downgrade(struct loop *l)
{
	if (l->epoll >= 0)
		close(l->epoll);
	l->epoll = -1;
	l->refused = true;
}

/* Shows all to epoll; stays with poll when there is none to be had. */
static void
upgrade(struct loop *l)
{
	size_t i;
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd >= 0) {
		l->epoll = fd_dup(fd);	/* so that base/fd.c knows of it */
		close(fd);
	}
	for (i = 0; l->epoll >= 0 && i < l->n; i++)
		if (epoll_set(l, l->ios[i], l->ios[i]->want, 0) < 0)
			downgrade(l);
	l->refused = l->epoll < 0;
}
#else
static int
epoll_set(struct loop *l, struct io *io, int want, int was)
{
	(void)l, (void)io, (void)want, (void)was;
	return -1;
}

static void
epoll_forget(struct loop *l, const struct io *io)
{
	(void)l, (void)io;
}

static void
epoll_dispatch(struct loop *l, int n)
{
	(void)l, (void)n;
}

static void
downgrade(struct loop *l)
{
	(void)l;
}

static void
upgrade(struct loop *l)
{
	l->refused = true;
}
#endif

void
loop_io(struct loop *l, struct io *io, int want)
{
	int was = io->want;

	if (was == want)
		return;
	poll_set(l, io, want);
	io->want = want;
	if (want == 0)
		epoll_forget(l, io);
	if (l->epoll < 0 && l->n > POLL_MAX && !l->refused)
		upgrade(l);
	else if (l->epoll >= 0 && epoll_set(l, io, want, was) < 0 && want)
		downgrade(l);
}

/* --- timers ------------------------------------------------------------ */

void
loop_timer(struct loop *l, struct timer *t, nsec at)
{
	heap_remove(&l->timers, &t->node);
	t->at = at;
	heap_push(&l->timers, &t->node);
}

void
loop_timer_off(struct loop *l, struct timer *t)
{
	heap_remove(&l->timers, &t->node);
}

void
loop_shift(struct loop *l, nsec by)
{
	size_t i;

	for (i = 0; i < l->timers.n; i++) {
		struct timer *t = container_of(l->timers.v[i], struct timer,
		    node);

		t->at = by > 0 ? clock_add(t->at, by) : t->at + by;
	}
}

static struct timer *
first_timer(struct loop *l)
{
	struct heap_node *n = heap_top(&l->timers);

	return n ? container_of(n, struct timer, node) : NULL;
}

/* Only those that are due now: one that a callback sets anew waits a turn. */
static void
run_timers(struct loop *l)
{
	struct timer *t;
	size_t most = l->timers.n;

	while (most-- > 0 && (t = first_timer(l)) && t->at <= l->now) {
		heap_remove(&l->timers, &t->node);
		t->cb(t);
	}
}

/* --- signals ----------------------------------------------------------- */

void
loop_signal(struct loop *l, int sig, void (*cb)(void *ctx, int sig),
    void *ctx)
{
	struct sigaction sa;
	sigset_t one;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigfillset(&sa.sa_mask);
	sigemptyset(&one);
	sigaddset(&one, sig);
	sigprocmask(SIG_BLOCK, &one, NULL);
	sigaction(sig, &sa, NULL);
	if (l->watch[sig].cb == NULL)
		l->sigs[l->nsigs++] = sig;
	l->watch[sig].cb = cb;
	l->watch[sig].ctx = ctx;
	sigaddset(&l->watched, sig);
	l->stale = true;
}

/* Lets pending signals in that a wait with ready descriptors left outside:
   before these are heard, or one more task may begin behind a TERM. */
static void
admit_signals(struct loop *l)
{
	sigset_t pending, saved;
	int i;

	if (sigpending(&pending) < 0)
		return;
	for (i = 0; i < l->nsigs; i++)
		if (sigismember(&pending, l->sigs[i]) == 1)
			break;
	if (i == l->nsigs)
		return;
	sigprocmask(SIG_UNBLOCK, &l->watched, &saved);
	sigprocmask(SIG_SETMASK, &saved, NULL);
}

static void
run_signals(struct loop *l)
{
	int i, sig;

	got_any = 0;
	for (i = 0; i < l->nsigs; i++) {
		sig = l->sigs[i];
		if (!got[sig])
			continue;
		got[sig] = 0;
		l->watch[sig].cb(l->watch[sig].ctx, sig);
	}
}

void
loop_signals(struct loop *l)
{
	admit_signals(l);
	if (got_any)
		run_signals(l);
}

/* --- one turn ---------------------------------------------------------- */

/* The mask while waiting: all that is blocked now, but not the watched. */
static void
waiting_mask(struct loop *l, sigset_t *mask)
{
	int i;

	sigprocmask(SIG_BLOCK, NULL, mask);
	for (i = 0; i < l->nsigs; i++)
		sigdelset(mask, l->sigs[i]);
}

static int
wait_for(struct loop *l, nsec span)
{
	struct timespec ts, *tp = NULL;

	if (l->stale) {
		waiting_mask(l, &l->open);
		l->stale = false;
	}
#ifdef HAVE_SYS_EPOLL_H
	if (l->epoll >= 0) {
		/* rounded up: never a turn too early, and no busy waiting */
		int ms = span == NEVER || span / MSEC > 3600000 ? 3600000 :
		    (int)((span + MSEC - 1) / MSEC);

		/* known at once: a timer may close what has an event */
		l->nevents = epoll_pwait(l->epoll, l->events, EVENTS, ms,
		    &l->open);
		return l->nevents;
	}
#endif
	if (span != NEVER) {
		ts.tv_sec = span / SEC;
		ts.tv_nsec = span % SEC;
		tp = &ts;
	}
	return ppoll(l->fds, l->n, tp, &l->open);
}

void
loop_turn(struct loop *l, nsec until)
{
	struct timer *t = first_timer(l);
	bool by_epoll = l->epoll >= 0;	/* a callback may change that */
	nsec at = t && t->at < until ? t->at : until, span = NEVER;
	int n;

	if (got_any)		/* let in by fd_write_wait() */
		at = 0;
	if (at != NEVER) {
		span = at == 0 ? 0 : at - clock_mono();
		if (span < 0)
			span = 0;
	}
	n = wait_for(l, span);
	l->now = clock_mono();
	loop_signals(l);
	run_timers(l);
	if (n <= 0)
		return;
	if (by_epoll)
		epoll_dispatch(l, n);
	else
		poll_dispatch(l);
}
