/* Whole trees are frozen and killed; those to be spared are not touched. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os.h"
#include "pool/tree.h"

#include "child.h"
#include "tap.h"

static pid_t spared;

/* A child with a child of its own in another session. */
static pid_t
family(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (fork() == 0)
			setsid();
		for (;;)
			pause();
	}
	return pid;
}

static void
turn(struct tree *t, bool kill_them)
{
	nsec now = clock_mono();

	tree_start(t, kill_them, now);
	while (tree_step(t, clock_mono()) && clock_mono() - now < 20 * SEC)
		usleep(200);
}

static void
wait_count(struct tree *t, int want)
{
	int i;

	for (i = 0; i < 5000 && tree_count(t, NULL, 0) != want; i++)
		usleep(1000);
}

/* Reaps everybody but the spared one; the number that died by sig. */
static int
reap_all(int sig)
{
	int status, n = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, 0)) > 0) {
		if (WIFSIGNALED(status) && WTERMSIG(status) == sig)
			n++;
		if (n == 2)
			break;
	}
	return n;
}

/* With so many descriptors left: are they counted, or is it said? */
static void
test_short(struct tree *t, int left)
{
	struct rlimit rl, saved;
	int fd = dup(0), n;

	close(fd);
	getrlimit(RLIMIT_NOFILE, &saved);
	rl = saved;
	rl.rlim_cur = (rlim_t)(fd + left);
	setrlimit(RLIMIT_NOFILE, &rl);
	n = tree_count(t, NULL, 0);
	setrlimit(RLIMIT_NOFILE, &saved);
	ok(n == (left < 3 ? -1 : 2), "%d descriptors: %d processes", left, n);
}

int
main(void)
{
	struct tree t;
	struct os_proc p;
	int left;

	memset(&t, 0, sizeof(t));
	if (tree_count(&t, NULL, 0) < 0) {
		skip(1, "processes cannot be seen on this system");
		return done_testing();
	}
	os_subreaper();
	spared = child_new();
	t.skip = child_is;
	t.ctx = &spared;
	is_int(tree_count(&t, NULL, 0), 0, "a spared child does not count");
	family();
	wait_count(&t, 2);
	is_int(tree_count(&t, NULL, 0), 2, "a child and its child do");
	for (left = 0; left < 5; left++)
		test_short(&t, left);
	turn(&t, false);
	is_int((long long)t.set.n, 2, "both were stopped");
	ok(os_proc(t.set.v[0].pid, &p) == 0 && p.state == 'T', "and are");
	tree_thaw(&t);
	wait_count(&t, 2);
	turn(&t, true);
	is_int(reap_all(SIGKILL), 2, "both are killed and come to us");
	ok(kill(spared, 0) == 0 && os_proc(spared, &p) == 0 &&
	    p.state != 'T', "the spared one lives and runs");
	kill(spared, SIGKILL);
	ok(waitpid(spared, NULL, 0) == spared, "it was ours to wait for");
	ok(waitpid(-1, NULL, 0) < 0 && errno == ECHILD, "nobody is left");
	tree_free(&t);
	return done_testing();
}
