#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/signals.h"
#include "base/tty.h"
#include "pool/birth.h"
#include "pool/setup.h"
#include "pool/spawn.h"
#include "pool/worker.h"

/*
 * Nothing of the user's may be kept open by a worker: the reader of a pipe
 * that was our stdout must see its end when the coordinator is done.
 */
static void
close_stdio(bool raw, enum input_from input, int tty)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		return;
	if (input != INPUT_OURS)
		dup2(input == INPUT_TERMINAL ? tty : fd, 0);
	if (!raw) {
		dup2(fd, 1);
		dup2(fd, 2);
	}
	if (fd > 2)
		close(fd);
}

static void
be_quiet(void)
{
	static const int sigs[] = {
		SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGUSR1, SIGUSR2,
		SIGQUIT, SIGPIPE, SIGTTIN, SIGTTOU
	};
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < COUNT(sigs); i++)
		sigaddset(&set, sigs[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals_default();
}

/* Our process group is not the coordinator's: its own is that of ppx. */
static void
set_place(struct spawn_place *place, const struct worker_conf *conf)
{
	place->worker = getpid();
	place->dir = conf->dir;
	place->shared = conf->limits.shared_session;
	place->nice = conf->limits.nice;
	place->slot = conf->slot;
	place->slot_var = conf->limits.slot_var;
	place->tty = conf->limits.foreground ? tty_open() : -1;
	place->home = getpgid(getppid());
}

/*
 * By the worker, which removes it when the coordinator has died; and the name
 * is known to the coordinator, which removes it when the worker has.
 */
static void
make_directory(const struct worker_conf *conf)
{
	if (conf->dir == NULL || mkdir(conf->dir, 0700) == 0)
		return;
	conf->word->dir_error = errno;
	_exit(0);
}

int
birth(const struct worker_conf *conf, struct spawn_place *place)
{
	char name[16];
	int out;

	be_quiet();
	os_on_parent_death(SIGCONT);	/* who is stopped hears no end of file */
	if (conf->limits.shared_session)
		setpgid(0, 0);
	else
		setsid();	/* that of its tasks, too */
	fd_close_ours(conf->fd);
	make_directory(conf);
	out = conf->setup ? fd_dup(STDERR_FILENO) : -1;
	set_place(place, conf);
	close_stdio(conf->raw, conf->limits.input, place->tty);
	os_take_me_first();
	snprintf(name, sizeof(name), "ppx:w%u", conf->slot);
	os_set_name(name);
	return out;
}
