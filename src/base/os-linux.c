/*
 * Linux: this process, a new one, and any one whose number is known.  Those
 * below this one are found in os-linux-descendants.c.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/os.h"

/* --- this process ------------------------------------------------------ */

bool
os_subreaper(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

void
os_subreaper_end(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

void
os_on_parent_death(int sig)
{
	prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0);
}

bool
os_is_open(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
}

void
os_set_name(const char *name)
{
	prctl(PR_SET_NAME, name, 0, 0, 0);
}

bool
os_nice_session(int n)
{
	int fd = fd_open("/proc/self/autogroup", O_WRONLY, 0);
	char text[8];
	bool again;

	if (fd < 0)
		return true;
	snprintf(text, sizeof(text), "%d", n);
	again = write(fd, text, strlen(text)) < 0 && errno == EAGAIN;
	close(fd);
	return !again;
}

/*
 * A fixed distance above what we have: the worker goes up with its tasks, but
 * it is small, and the coordinator stays where it was.
 */
void
os_take_me_first(void)
{
	char text[16];
	ssize_t n;
	int fd = fd_open("/proc/self/oom_score_adj", O_RDWR, 0), adj;

	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	if (n > 0) {
		text[n] = '\0';
		adj = (int)strtol(text, NULL, 10) + 300;
		n = snprintf(text, sizeof(text), "%d",
		    adj > 1000 ? 1000 : adj);
		if (pwrite(fd, text, (size_t)n, 0) < 0)
			errno = 0;	/* not allowed: no harm */
	}
	close(fd);
}

void *
os_map(size_t n, bool shared)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE), -1, 0);

	if (p == MAP_FAILED)
		return NULL;
#ifndef INHERIT_ALL	/* memcheck would fault on each word, a second a worker */
	if (!shared)
		madvise(p, n, MADV_DONTFORK);
#endif
	return p;
}

void
os_unmap(void *p, size_t n)
{
	munmap(p, n);
}

/* --- a new process ----------------------------------------------------- */

enum { STACK = 64 * 1024 };

/* One child at a time is on it: os_start(). */
static pid_t
borrow(int (*fn)(void *arg), void *arg, int flags)
{
	static char *stack;

	if (stack == NULL) {
		void *p = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
		    MAP_ANONYMOUS | MAP_PRIVATE | MAP_STACK, -1, 0);

		if (p == MAP_FAILED)
			return -1;
		stack = p;
	}
	return clone(fn, stack + STACK, flags | CLONE_VM | SIGCHLD, arg);
}

pid_t
os_spawn(int (*fn)(void *arg), void *arg)
{
	return borrow(fn, arg, CLONE_VFORK);
}

/*
 * The C library has no execve(2) that leaves errno alone, so this needs to know
 * the processor.  memcheck follows no child of this kind (INHERIT_ALL), and the
 * address sanitizer knows one stack.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(INHERIT_ALL)
#define ALONE
#elif defined(__has_feature)		/* clang says it so */
#if __has_feature(address_sanitizer)
#define ALONE
#endif
#endif

#if defined(__x86_64__) && defined(__LP64__) && !defined(ALONE)
int
os_exec(const char *path, char *const argv[], char *const envp[])
{
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "0"((long)SYS_execve),
	    "D"(path), "S"(argv), "d"(envp) : "rcx", "r11", "memory");
	return (int)-r;
}

/* Not all that pass for Linux have it (EINVAL): then as ever. */
pid_t
os_start(int (*fn)(void *arg), void *arg)
{
	static bool refused;
	pid_t pid = refused ? -1 : borrow(fn, arg, 0);

	if (refused || (pid < 0 && errno == EINVAL)) {
		refused = true;
		pid = os_spawn(fn, arg);
	}
	return pid;
}
#else
int
os_exec(const char *path, char *const argv[], char *const envp[])
{
	execve(path, argv, envp);
	return errno;
}

pid_t
os_start(int (*fn)(void *arg), void *arg)
{
	return os_spawn(fn, arg);
}
#endif

pid_t
os_fork_aside(void)
{
	return (pid_t)syscall(SYS_clone, 0UL, NULL, NULL, NULL, NULL);
}

bool
os_wait_aside(pid_t pid)
{
	int status;

	return waitpid(pid, &status, __WALL) == pid && WIFSIGNALED(status);
}

void
os_wake_aside(pid_t pid)
{
	siginfo_t si = { 0 };

	if (waitid(P_PID, (id_t)pid, &si, WSTOPPED | WNOHANG | __WALL) == 0 &&
	    si.si_pid == pid)
		kill(pid, SIGCONT);
}

/* --- one other process ------------------------------------------------- */

/* The file's first size-1 bytes, NUL-terminated; their number or -1. */
static ssize_t
slurp(const char *path, char *text, size_t size)
{
	int fd = fd_open(path, O_RDONLY, 0);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, text, size - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n;
}

/* Fields 3 (state), 4 (ppid) and 22 (start time), behind the last ')'. */
int
os_proc(pid_t pid, struct os_proc *p)
{
	char path[40], text[1024], *s;
	int ppid, i;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	errno = 0;
	if (slurp(path, text, sizeof(text)) <= 0)
		return -1;
	s = strrchr(text, ')');
	if (s == NULL || sscanf(s + 1, " %c %d", &p->state, &ppid) != 2)
		return -1;
	p->pid = pid;
	p->ppid = ppid;
	p->start = 0;
	for (i = 2; s && i < 22; i++)
		s = strchr(s + 1, ' ');
	if (s)
		p->start = strtoull(s, NULL, 10);
	return 0;
}

int
os_kill(const struct os_proc *p, int sig)
{
	struct os_proc now;
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_send_signal)
	int saved, r, fd = (int)syscall(SYS_pidfd_open, p->pid, 0);

	if (fd >= 0) {
		if (os_proc(p->pid, &now) < 0 || now.start != p->start) {
			close(fd);
			errno = ESRCH;
			return -1;
		}
		r = (int)syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
		saved = errno;
		close(fd);
		errno = saved;
		return r;
	}
	if (errno == ESRCH)
		return -1;
#endif
	/* as good as it gets without, or with no descriptor left */
	if (os_proc(p->pid, &now) == 0 && now.start != p->start) {
		errno = ESRCH;
		return -1;
	}
	return kill(p->pid, sig);
}

struct os_file
os_file(int fd)
{
	struct os_file f = { 0, 0 };
	struct stat st;

	if (fstat(fd, &st) < 0 ||
	    (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)))
		return f;
	f.dev = st.st_dev;
	f.ino = st.st_ino;
	return f;
}

bool
os_holds(pid_t pid, const struct os_file *files, size_t n)
{
	char path[80];
	struct dirent *e;
	struct stat st;
	bool holds = false;
	DIR *d;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	if ((d = opendir(path)) == NULL)
		return false;
	while (!holds && (e = readdir(d))) {
		if (fstatat(dirfd(d), e->d_name, &st, 0) < 0)
			continue;
		for (i = 0; i < n; i++)
			holds |= files[i].ino && st.st_ino == files[i].ino &&
			    st.st_dev == files[i].dev;
	}
	closedir(d);
	return holds;
}

int
os_environ_has(pid_t pid, const char *text)
{
	char path[40], block[65536];
	size_t len = strlen(text), i;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	n = slurp(path, block, sizeof(block));
	for (i = 0; n > 0 && i + len <= (size_t)n; i++)
		if ((i == 0 || block[i - 1] == '\0') &&
		    block[i + len] == '\0' &&
		    memcmp(block + i, text, len) == 0)
			return 1;
	return n > 0 ? 0 : -1;
}

/* --- memory ------------------------------------------------------------ */

int
os_memory_open(pid_t pid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	return fd_open(path, O_RDONLY, 0);
}

/* Pages: "size resident shared ..."; all 0 of a zombie. */
bool
os_memory_read(int fd, uint64_t *resident, uint64_t *shared)
{
	static uint64_t page;
	char text[128], *s;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	if (page == 0)
		page = (uint64_t)sysconf(_SC_PAGESIZE);
	text[n] = '\0';
	strtoull(text, &s, 10);
	*resident = strtoull(s, &s, 10) * page;
	*shared = strtoull(s, NULL, 10) * page;
	return true;
}

uint64_t
os_oom_kills(void)
{
	static const char key[] = "\noom_kill ";
	char text[16384], *s;

	if (slurp("/proc/vmstat", text, sizeof(text)) <= 0)
		return 0;
	s = strstr(text, key);
	return s ? strtoull(s + strlen(key), NULL, 10) : 0;
}
