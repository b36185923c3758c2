/*
 * PATH is searched here, in the parent, and what was found is kept for the
 * next task: so the child makes one execve(2) and nothing else that could
 * need memory (execvp(3) of glibc copies argv to the stack for a script
 * without #!).
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/signals.h"
#include "base/tty.h"
#include "pool/spawn.h"
#include "task/limits.h"

enum {
	VAR_SEQ,
	VAR_ATTEMPT,
	VAR_PSEQ,
	VAR_PSLOT,
	NTASKVARS,		/* those above are of tasks alone */
	VAR_SLOT = NTASKVARS,
	VAR_WORKER,
	VAR_DIR,
	NVARS,
	VAR_SIZE = 48,
	DIGITS = 20
};

static const char *const vars[NVARS] = {
	"PPX_SEQ=", "PPX_ATTEMPT=", "PARALLEL_SEQ=", "PARALLEL_JOBSLOT=",
	"PPX_SLOT=", "PPX_WORKER_PID=", "PPX_WORKER_DIR=",
};

struct spawner {
	struct word *word;
	struct spawn_place place;
	pid_t self;
	char **env;
	char var[NVARS][VAR_SIZE];
	uint64_t value[NVARS];	/* of those that are numbers; 0: not set */
	struct buf dir, slot_var;
	char *name;		/* argv[0] that path was found for */
	struct buf path;
	char **argv;		/* argv[-1] is a place for /bin/sh */
	char **block;
	size_t cap;
	struct spawn_task task;
	bool niced;		/* the session, as far as it can be */
};

static bool
is_ours(const struct spawner *s, const char *var)
{
	size_t i, n = s->place.slot_var ? strlen(s->place.slot_var) : 0;

	if (n && strncmp(var, s->place.slot_var, n) == 0 && var[n] == '=')
		return true;

	for (i = 0; i < NVARS; i++)
		if (strncmp(var, vars[i], strlen(vars[i])) == 0)
			return true;
	return false;
}

size_t
spawn_environment(void)
{
	size_t i, bytes = NVARS * (VAR_SIZE + sizeof(char *));

	for (i = 0; environ[i]; i++)
		bytes += strlen(environ[i]) + 1 + sizeof(char *);
	return bytes;
}

/* What stands before the inherited environment; how many they are. */
static size_t
own_vars(struct spawner *s)
{
	const struct spawn_place *place = &s->place;
	size_t i, n = 0;

	for (i = 0; i < VAR_DIR; i++) {
		memcpy(s->var[i], vars[i], strlen(vars[i]));
		s->env[n++] = s->var[i];
	}
	if (place->dir) {
		buf_addf(&s->dir, "%s%s", vars[VAR_DIR], place->dir);
		s->env[n++] = buf_str(&s->dir);
	}
	if (place->slot_var) {
		buf_addf(&s->slot_var, "%s=%u", place->slot_var,
		    place->slot - 1);
		s->env[n++] = buf_str(&s->slot_var);
	}
	return n;
}

struct spawner *
spawner_new(struct word *word, const struct spawn_place *place)
{
	struct spawner *s = xcalloc(1, sizeof(*s));
	size_t i, n;

	s->word = word;
	s->place = *place;
	s->self = getpid();
	for (i = 0; environ[i]; i++)
		;
	s->env = xcalloc(i + NVARS + 2, sizeof(s->env[0]));
	n = own_vars(s);
	for (i = 0; environ[i]; i++)
		if (!is_ours(s, environ[i]))
			s->env[n++] = environ[i];
	snprintf(s->var[VAR_WORKER], VAR_SIZE, "%s%d", vars[VAR_WORKER],
	    (int)place->worker);
	return s;
}

/* --- which file is it? ------------------------------------------------- */

/* 0 when it can be executed, else an errno. */
static int
try_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) < 0 ? errno : 0;
}

/*
 * As execvp(3): the first executable file of that name in PATH; EACCES is
 * kept in mind while the search goes on.  But as shells have it, a directory
 * that must not be searched is passed over: it says nothing of the file.
 */
int
spawn_search(struct buf *out, const char *name)
{
	const char *dir = getenv("PATH"), *end;
	int error = ENOENT, e;
	struct stat st;

	if (dir == NULL)
		dir = "/usr/local/bin:/bin:/usr/bin";
	for (;; dir = end + 1) {
		end = dir + strcspn(dir, ":");
		out->len = 0;
		buf_add(out, dir, (size_t)(end - dir));
		if (out->len)
			buf_addc(out, '/');
		buf_adds(out, name);
		e = try_file(buf_str(out));
		if (e == 0)
			return 0;
		if (e == EACCES ? stat(buf_str(out), &st) == 0 :
		    e != ENOENT && e != ENOTDIR)
			error = e;
		if (*end == '\0')
			return error;
	}
}

static void
forget_path(struct spawner *s)
{
	free(s->name);
	s->name = NULL;
}

static int
find(struct spawner *s, const char *name)
{
	int error;

	if (strchr(name, '/')) {
		forget_path(s);
		s->path.len = 0;
		buf_adds(&s->path, name);
		buf_str(&s->path);
		return 0;
	}
	if (s->name && strcmp(s->name, name) == 0 &&
	    access(s->path.data, X_OK) == 0)
		return 0;
	forget_path(s);
	if (*name == '\0')
		return ENOENT;
	error = spawn_search(&s->path, name);
	if (error == 0)
		s->name = xstrdup(name);
	return error;
}

/* --- the child --------------------------------------------------------- */

/* Returns the status to end with: not by _exit(2), which the address sanitizer
   takes for the end of a stack that it does not know. */
static int
fail(struct spawner *s, enum spawn_step step, int error)
{
	s->word->step = step;
	s->word->error = error ? error : EIO;
	return 127;
}

static int
child_stdio(const struct spawn_task *t)
{
	if (t->in >= 0 && dup2(t->in, STDIN_FILENO) < 0)
		return -1;
	if (t->out >= 0 && dup2(t->out, STDOUT_FILENO) < 0)
		return -1;
	return t->err >= 0 && dup2(t->err, STDERR_FILENO) < 0 ? -1 : 0;
}

static int
child_cgroup(struct spawner *s)
{
	if (s->task.cgroup < 0 || write(s->task.cgroup, "0", 1) == 1)
		return 0;
	s->word->outside = errno;
	return s->task.strict ? -1 : 0;
}

/* TTIN and TTOU are blocked here, but are to act on one that has a terminal. */
static void
child_terminal(const struct spawner *s)
{
	if (s->place.tty >= 0)
		tty_pass(s->place.tty, s->place.home, getpid());
}

/*
 * May the worker go on beside the child?  Not where a call may fail there, and
 * not where the worker asks how it went, or how much memory it takes: the
 * worker's, until it has executed.
 */
static bool
goes_alone(const struct spawner *s)
{
	const struct spawn_task *t = &s->task;

	return t->seq && !t->watched && t->dir == NULL &&
	    s->place.nice == NICE_AS_IS && s->place.tty < 0;
}

/*
 * Only what is async-signal-safe; and before what goes_alone() knows of, only
 * what does not fail: see os_start().
 */
static int
child(void *arg)
{
	struct spawner *s = arg;
	const struct spawn_task *t = &s->task;
	char **env = s->env + (t->seq ? 0 : NTASKVARS);
	int error;

	os_on_parent_death(SIGKILL);
	if (getppid() != s->self)
		return 127;
	if (setpgid(0, 0) < 0)
		return fail(s, SPAWN_GROUP, errno);
	s->word->pid = (int32_t)getpid();	/* it may end its worker */
	if (child_stdio(t) < 0)
		return fail(s, SPAWN_STDIO, errno);
	if (child_cgroup(s) < 0)
		return fail(s, SPAWN_CGROUP, errno);
	if (s->place.nice != NICE_AS_IS &&
	    setpriority(PRIO_PROCESS, 0, s->place.nice) < 0)
		return fail(s, SPAWN_NICE, errno);
	if (t->dir && chdir(t->dir) < 0)
		return fail(s, SPAWN_CHDIR, errno);
	child_terminal(s);
	fd_restore_limit();
	signals_restore(s->place.shared && s->place.tty < 0);
	error = os_exec(s->path.data, s->argv, env);
	if (error == ENOEXEC) {
		s->argv[0] = s->path.data;
		s->argv[-1] = (char *)(uintptr_t)"/bin/sh";
		error = os_exec("/bin/sh", s->argv - 1, env);
	}
	return fail(s, SPAWN_EXEC, error);
}

/* --- the parent -------------------------------------------------------- */

static void
set_words(struct spawner *s, const struct spawn_task *t)
{
	const char *p = t->args;
	uint32_t i;

	mem_grow(&s->block, &s->cap, t->argc + 2, sizeof(s->block[0]));
	s->argv = s->block + 1;
	for (i = 0; i < t->argc; i++) {
		s->argv[i] = (char *)(uintptr_t)p;
		p += strlen(p) + 1;
	}
	s->argv[i] = NULL;
}

static void
set_var(struct spawner *s, int var, uint64_t value)
{
	if (s->value[var] == value)
		return;
	s->value[var] = value;
	snprintf(s->var[var] + strlen(vars[var]), DIGITS + 1, "%llu",
	    (unsigned long long)value);
}

/* The digits of from, which is set. */
static void
copy_var(struct spawner *s, int var, int from)
{
	memcpy(s->var[var] + strlen(vars[var]),
	    s->var[from] + strlen(vars[from]), DIGITS + 1);
}

/* That of a process counts only among those of its session. */
static void
nice_session(struct spawner *s)
{
	if (!s->niced)
		s->niced = s->place.shared || s->place.nice == NICE_AS_IS ||
		    os_nice_session(s->place.nice);
}

pid_t
spawn(struct spawner *s, const struct spawn_task *t)
{
	pid_t pid;

	if (s->word->error)		/* the last one's */
		forget_path(s);
	s->task = *t;
	s->word->error = s->word->outside = 0;
	set_words(s, t);
	set_var(s, VAR_SEQ, t->seq);
	set_var(s, VAR_SLOT, t->slot);
	set_var(s, VAR_ATTEMPT, t->attempt);
	copy_var(s, VAR_PSEQ, VAR_SEQ);
	set_var(s, VAR_PSLOT, t->slot);
	s->word->step = SPAWN_FIND;
	s->word->error = find(s, s->argv[0]);
	if (s->word->error)
		return -1;
	s->word->step = SPAWN_NONE;
	nice_session(s);
	pid = goes_alone(s) ? os_start(child, s) : os_spawn(child, s);
	if (pid < 0) {
		s->word->step = SPAWN_FORK;
		s->word->error = errno;
	}
	return pid;
}
