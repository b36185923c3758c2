/*
 * One task's command becomes a process.
 *
 * The child is made vfork-like (os_start) and speaks to nobody: what went
 * wrong comes back as {step, errno} in the worker's word, and the parent
 * words it (git's run-command.h, tini).
 */
#ifndef POOL_SPAWN_H
#define POOL_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "pool/word.h"

enum spawn_step {
	SPAWN_NONE,
	SPAWN_FIND,		/* not in PATH, or not executable */
	SPAWN_FORK,
	SPAWN_GROUP,
	SPAWN_NICE,		/* to --nice */
	SPAWN_CHDIR,		/* into --workdir */
	SPAWN_STDIO,
	SPAWN_CGROUP,		/* a limit of memory that is strict */
	SPAWN_EXEC
};

/* What the task sees of its place in the run, besides its command. */
struct spawn_task {
	const char *args;	/* argc strings, each ended by a NUL */
	uint32_t argc;
	uint64_t seq;		/* 0: no task, but a script of the worker */
	unsigned slot, attempt;
	const char *dir;	/* where it runs; NULL = as we do */
	int in, out, err;	/* its stdin, stdout, stderr; -1: as ours */
	int cgroup;		/* the door of its cgroup; -1 = none */
	bool strict;		/* in there, or not at all */
	bool watched;		/* what it uses is looked at: spawn() returns
				   when it has executed */
	pid_t made;		/* is that process already; -1: could not be,
				   as the word says; 0 = is to be spawned */
};

struct spawner;

/* Where tasks run. */
struct spawn_place {
	pid_t worker;
	const char *dir;	/* PPX_WORKER_DIR; or NULL */
	bool shared;		/* in ppx's session, not one of the worker's */
	int nice;		/* or NICE_AS_IS */
	unsigned slot;
	const char *slot_var;	/* becomes slot - 1; or NULL */
	int tty;		/* tasks are its foreground; -1 = none */
	pid_t home;		/* ... if this group was so until then */
};

/*
 * Returns new; once per process.  Notes the environment.  word is borrowed.
 */
struct spawner *spawner_new(struct word *word, const struct spawn_place *place);

/*
 * The program of that name, not empty and without a slash, in PATH: 0 and its
 * path in out, which may begin where we are; or an errno.
 */
int spawn_search(struct buf *out, const char *name);

/*
 * Bytes of the environment that tasks get, as execve(2) counts them: strings
 * and pointers.  At most so many, less the length of the directory's name.
 */
size_t spawn_environment(void);

/*
 * Starts it.  Returns the pid (which may be a child that failed: word->error
 * tells once it has ended), or -1 with word->step and word->error set.
 * word->outside tells whether it went into its cgroup.  The strings of t must
 * stay as they are until the child has ended, and only then may the next one be
 * spawned: it may not have executed yet when this returns, unless it is watched.
 */
pid_t spawn(struct spawner *s, const struct spawn_task *t);

#endif
