#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/adopt.h"

void
adopt_not(const struct spawn_task *t)
{
	if (t->made <= 0)
		return;
	kill(t->made, SIGKILL);
	waitpid(t->made, NULL, 0);
}

static int
enter(const struct spawn_task *t)
{
	char text[16];
	int n;

	if (t->cgroup < 0)
		return 0;
	n = snprintf(text, sizeof(text), "%d", (int)t->made);
	return write(t->cgroup, text, (size_t)n) == n ? 0 : errno;
}

pid_t
adopt(const struct spawn_task *t, struct word *w)
{
	if (t->made < 0)
		return -1;
	w->error = w->outside = 0;
	w->step = SPAWN_NONE;
	if (setpgid(t->made, t->made) < 0) {
		w->step = SPAWN_GROUP;
		w->error = errno;
		adopt_not(t);
		return -1;
	}
	/* with its former group the task before may have stopped it */
	kill(t->made, SIGCONT);
	w->outside = enter(t);
	return t->made;
}
