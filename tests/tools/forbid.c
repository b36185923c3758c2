/*
 * Starts a command to which something happens at a system call, by a seccomp
 * filter: so it acts in static programs, too, and in all that comes of them,
 * from the first call on.  What shall fail a few times only, or in ppx alone,
 * is for faulty.c.
 *
 *	forbid -k CALL CMD..	who makes CALL is killed on the spot (SIGSYS)
 *	forbid -e ERRNO CALL CMD..
 *				CALL fails with this errno, a number
 *
 * CALL is "fork", "mkdir", "memfd" or "pin" (the choice of CPUs), in all their
 * forms, or "beside": a child that runs beside its parent in one memory.  Exit 77 where the system has no
 * such filters.
 */
#define _GNU_SOURCE
enum { NONE = 77 };

#ifdef __has_include
#if __has_include(<linux/seccomp.h>)
#define HAVE_SECCOMP 1
#endif
#endif

#ifdef HAVE_SECCOMP
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned number;
	unsigned mask, flags;	/* what is in the first argument */
} calls[] = {
#ifdef SYS_fork
	{ "fork", SYS_fork, 0, 0 },
	{ "fork", SYS_vfork, 0, 0 },
#endif
	{ "fork", SYS_clone, 0, 0 },
#ifdef SYS_clone3
	{ "fork", SYS_clone3, 0, 0 },
#endif
	{ "beside", SYS_clone, CLONE_VM | CLONE_VFORK | CLONE_THREAD,
	    CLONE_VM },
#ifdef SYS_mkdir
	{ "mkdir", SYS_mkdir, 0, 0 },
#endif
	{ "mkdir", SYS_mkdirat, 0, 0 },
#ifdef SYS_memfd_create
	{ "memfd", SYS_memfd_create, 0, 0 },
#endif
	{ "pin", SYS_sched_setaffinity, 0, 0 },
};

enum {
	CALLS = sizeof(calls) / sizeof(calls[0]),
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	LOW_WORD = 4
#else
	LOW_WORD = 0
#endif
};

/* The number is looked at alone: what we run is of our own kind. */
static int
install(const char *call, unsigned action)
{
	struct sock_filter f[6 * CALLS + 1];
	struct sock_fprog prog = { .filter = f };
	unsigned short n = 0;
	int i;

	for (i = 0; i < CALLS; i++) {
		if (strcmp(calls[i].name, call) != 0)
			continue;
		f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr));
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		    calls[i].number, 0, 4);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, args[0]) + LOW_WORD);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND |
		    BPF_K, calls[i].mask);
		f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		    calls[i].flags, 0, 1);
		f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	}
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ALLOW);
	prog.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

int
main(int argc, char **argv)
{
	unsigned action = SECCOMP_RET_ALLOW;
	int c;

	while ((c = getopt(argc, argv, "+e:k")) != -1)
		action = c == 'k' ? SECCOMP_RET_KILL : SECCOMP_RET_ERRNO |
		    ((unsigned)atoi(optarg) & SECCOMP_RET_DATA);
	if (argc - optind < 2)
		return 125;
	if (install(argv[optind], action) < 0)
		return NONE;
	execvp(argv[optind + 1], argv + optind + 1);
	return 127;
}
#else
int
main(void)
{
	return NONE;
}
#endif
