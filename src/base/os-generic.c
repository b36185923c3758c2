/*
 * Any POSIX system: no subreaper, no view of other processes.  A task is
 * ended by its process group.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os.h"

bool
os_subreaper(void)
{
	return false;
}

void
os_subreaper_end(void)
{
}

void
os_on_parent_death(int sig)
{
	(void)sig;
}

bool
os_is_open(void)
{
	return false;
}

void
os_set_name(const char *name)
{
	(void)name;
}

bool
os_nice_session(int n)
{
	(void)n;
	return true;
}

void
os_take_me_first(void)
{
}

void *
os_map(size_t n, bool shared)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE), -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
os_unmap(void *p, size_t n)
{
	munmap(p, n);
}

pid_t
os_spawn(int (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(arg));
	return pid;
}

pid_t
os_start(int (*fn)(void *arg), void *arg)
{
	return os_spawn(fn, arg);
}

int
os_exec(const char *path, char *const argv[], char *const envp[])
{
	execve(path, argv, envp);
	return errno;
}

pid_t
os_fork_aside(void)
{
	return fork();
}

bool
os_wait_aside(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
}

void
os_wake_aside(pid_t pid)
{
	(void)pid;
}

bool
os_watch_children(void)
{
	return false;
}

int
os_children(pid_t parent, pid_t *pids, size_t max)
{
	(void)parent;
	(void)pids;
	(void)max;
	return -1;
}

int
os_descendants(bool (*skip)(void *ctx, pid_t pid), void *ctx,
    struct os_procs *list)
{
	(void)skip, (void)ctx;
	list->n = 0;
	errno = ENOSYS;
	return -1;
}

int
os_proc(pid_t pid, struct os_proc *p)
{
	(void)pid, (void)p;
	return -1;
}

int
os_kill(const struct os_proc *p, int sig)
{
	return kill(p->pid, sig);
}

struct os_file
os_file(int fd)
{
	struct os_file f = { 0, 0 };

	(void)fd;
	return f;
}

bool
os_holds(pid_t pid, const struct os_file *files, size_t n)
{
	(void)pid, (void)files, (void)n;
	return false;
}

int
os_environ_has(pid_t pid, const char *text)
{
	(void)pid, (void)text;
	return 1;
}

int
os_memory_open(pid_t pid)
{
	(void)pid;
	errno = ENOSYS;
	return -1;
}

bool
os_memory_read(int fd, uint64_t *resident, uint64_t *shared)
{
	(void)fd, (void)resident, (void)shared;
	return false;
}

uint64_t
os_oom_kills(void)
{
	return 0;
}

const char *
os_kill_method(void)
{
	return "process group";
}
