/*
 * The process between a worker and the supervisor of its warm shell, and the
 * parent of that shell's twin, which makes the tasks.
 *
 * Who is an orphan goes to the nearest subreaper above it.  The supervisor is
 * one for what the init has left running; the twin must not be below it, or the
 * tasks would go there, too.  So it is parted from the shell: while the
 * supervisor is no subreaper, what stands between the two is killed, and the
 * twin comes to the foster parent.  That is none from then on, so the tasks,
 * orphans of what the twin makes, come to the worker.
 *
 * It ends with the supervisor, as that did.
 */
#ifndef POOL_FOSTER_H
#define POOL_FOSTER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Splits this process, which has no child yet: the parent becomes the foster
 * parent and does not return, the child is to be the supervisor.  Returns a
 * socket, whose end of file says that the twin, or the foster parent, has gone;
 * or -1 and errno, and nothing was split.  used is of the supervisor alone.
 */
int foster_split(int used);

/* The twin has come to it: once this has returned tasks go to the worker. */
void foster_take(int fd, pid_t twin);

#endif
