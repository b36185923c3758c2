#include "config.h"

#include <errno.h>
#include <sys/wait.h>

#include "pool/spawn.h"
#include "pool/verdict.h"

static void
exec_failed(struct result *r, int step, int error)
{
	r->reason = error == E2BIG || step == SPAWN_CHDIR ? REASON_BAD_ITEM :
	    REASON_EXEC;
	r->code = (error == ENOENT || error == ENOTDIR) &&
	    step != SPAWN_CGROUP ? 127 : 126;
	r->started = STARTED_NO;
	r->step = step;
	r->error = error;
}

void
verdict(struct result *r, int status, const struct word *word,
    enum reason why)
{
	if (word->error) {
		exec_failed(r, word->step, word->error);
		return;
	}
	r->started = STARTED_YES;
	if (WIFSIGNALED(status)) {
		r->reason = REASON_SIGNAL;
		r->sig = WTERMSIG(status);
	} else {
		r->reason = REASON_EXIT;
		r->code = WEXITSTATUS(status);
	}
	if (why == REASON_LEAK && (r->reason != REASON_EXIT || r->code))
		return;
	if (why != REASON_NONE)
		r->reason = why;
	if (why == REASON_EXEC) {	/* it ran, but did not get far */
		r->code = 126;
		r->sig = 0;
	}
}

static nsec
of_timeval(const struct timeval *tv)
{
	return (nsec)tv->tv_sec * SEC + (nsec)tv->tv_usec * 1000;
}

void
verdict_account(struct result *r, const struct rusage *ru)
{
	uint64_t rss = (uint64_t)ru->ru_maxrss * 1024;

	r->utime += of_timeval(&ru->ru_utime);
	r->stime += of_timeval(&ru->ru_stime);
	if (rss > r->maxrss)
		r->maxrss = rss;
}
