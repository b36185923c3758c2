/*
 * Children of a test that do nothing, and the one that is to be spared.
 */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* New; it waits for a signal. */
static inline pid_t
child_new(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

/* Killed and waited for. */
static inline void
child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* For tree->skip: ctx is where its pid is. */
static inline bool
child_is(void *ctx, pid_t pid)
{
	return pid == *(const pid_t *)ctx;
}

#endif
