/*
 * What differs between systems: processes seen from outside, and how one is
 * made.  os-linux.c and os-linux-descendants.c have all of it; os-generic.c
 * says no where POSIX has no answer, and its callers then do with the process
 * group.
 */
#ifndef BASE_OS_H
#define BASE_OS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"

/* --- this process ------------------------------------------------------ */

/*
 * Orphans among the descendants come to this process from now on
 * (PR_SET_CHILD_SUBREAPER).  False where there is no such thing.
 */
bool os_subreaper(void);

/* ... to one above it again. */
void os_subreaper_end(void);

/* This process gets sig when the thread that made it dies; or not. */
void os_on_parent_death(int sig);

/* May others of the same user look at it in /proc? */
bool os_is_open(void);

/* The name shown by ps -o comm; 15 bytes count. */
void os_set_name(const char *name);

/*
 * Niceness n for the scheduler group that this process' session has (sched(7),
 * autogroup), in which alone that of a process counts.  False when it is to be
 * asked again: the system hears only ten a second, but for root.
 */
bool os_nice_session(int n);

/* Makes the kernel take this process and its children first when memory is
   out (proc(5), oom_score_adj); as far as it is allowed. */
void os_take_me_first(void);

/*
 * Memory for n bytes that a forked child does not get (MADV_DONTFORK) or, if
 * shared is true, shares.  Zeroed; NULL and errno when there is none.
 */
void *os_map(size_t n, bool shared);
void os_unmap(void *p, size_t n);

/* --- a new process ----------------------------------------------------- */

/*
 * Runs fn(arg) in a child that ends in exec or _exit.  Where the system can,
 * the child borrows our memory and this call returns when it has done so
 * (CLONE_VFORK | CLONE_VM on a stack of its own): no page table is copied, so
 * it costs the same from a process of any size.  fn must do only what is
 * async-signal-safe, and may report through memory from os_map(.., true),
 * which works with a plain fork as well.  Signals must be blocked.
 * Returns the pid, or -1 and errno.
 */
pid_t os_spawn(int (*fn)(void *arg), void *arg);

/*
 * As os_spawn(), but need not wait: where the system can, child and caller run
 * side by side in the same memory until the child has executed (CLONE_VM
 * alone), which saves two switches of context for each.  So what fn reads must
 * stay as it is until the child has ended; there may be one such child at a
 * time, and no os_spawn() beside it.  They have one errno: fn must make no call
 * that may fail but os_exec(), and write what it has to say into memory of its
 * own.  For others use os_spawn().
 */
pid_t os_start(int (*fn)(void *arg), void *arg);

/* As execve(2), but returns an errno, and leaves errno alone. */
int os_exec(const char *path, char *const argv[], char *const envp[]);

/*
 * As fork(2), but the parent's waitpid(-1) does not see the child (exit signal
 * 0, __WCLONE): ECHILD says that no other is left, and no SIGCHLD comes when
 * it ends.  Where there is no such thing it is a mere fork.
 */
pid_t os_fork_aside(void);

/* Waits until that child has ended; true when a signal killed it. */
bool os_wait_aside(pid_t pid);

/* Continues it if it was stopped. */
void os_wake_aside(pid_t pid);

/* --- other processes --------------------------------------------------- */

struct os_proc {
	pid_t pid, ppid;
	char state;		/* R S D T t Z X as in proc(5) */
	unsigned long long start;	/* with pid, names one process */
};

struct os_procs {
	struct os_proc *v;
	size_t n, cap;
};

/*
 * All descendants of this process, except those for whom skip(ctx, pid) holds
 * and what is below them; skip is asked about direct children only and may be
 * NULL.  Replaces what list held.  Returns 0, or -1 when the system does not
 * show them (no /proc), or not all of them now: we are short of descriptors or
 * memory (os_is_short()), and list has those that were found.
 */
int os_descendants(bool (*skip)(void *ctx, pid_t pid), void *ctx,
    struct os_procs *list);

/*
 * The children of a process of one thread, in the order in which they became
 * so: the first max into pids.  Returns their number; or -1 where they cannot
 * be seen.  Who is ours goes from the list only when we wait for it, so of our
 * own none is missed.
 */
int os_children(pid_t parent, pid_t *pids, size_t max);

/* Keeps a descriptor by which our own can always be seen; false: they cannot. */
bool os_watch_children(void);

/* Did the call before fail for want of something that may come again? */
static inline bool
os_is_short(void)
{
	return errno == EMFILE || errno == ENFILE || errno == ENOMEM;
}

/*
 * 0 and *p for one process; -1 when there is none or it is not shown, or when
 * we are short of what it takes to look (errno: EMFILE, ENFILE, ENOMEM).
 */
int os_proc(pid_t pid, struct os_proc *p);

/*
 * As kill(2), but only if pid is still the process that was seen as *p; a
 * process that took over its number is not hit (pidfd_open(2)).
 */
int os_kill(const struct os_proc *p, int sig);

/* The identity of an open file. */
struct os_file {
	dev_t dev;
	ino_t ino;
};

/* What fd is; a zeroed struct when it is /dev/null or unknown. */
struct os_file os_file(int fd);

/* Does the process hold one of the n files open (/proc/PID/fd)? */
bool os_holds(pid_t pid, const struct os_file *files, size_t n);

/*
 * Does the environment of the process, as it was at exec, contain text?
 * Returns 1 or 0; -1 when none can be read: it is empty, or the process has
 * ended, or is just executing a program.
 */
int os_environ_has(pid_t pid, const char *text);

/*
 * Memory of a process, in bytes: what is resident, and how much of that it may
 * share with others (statm of proc(5)).  The descriptor stays with that very
 * process; -1 when there is none or it is not shown.  False when it has gone.
 */
int os_memory_open(pid_t pid);
bool os_memory_read(int fd, uint64_t *resident, uint64_t *shared);

/* How often the kernel has killed for want of memory since it was started
   (oom_kill of /proc/vmstat, Linux 4.13); 0 where it does not say. */
uint64_t os_oom_kills(void);

/* For --version: "PR_SET_CHILD_SUBREAPER, pidfd, /proc/PID/.../children" */
const char *os_kill_method(void);

#endif
