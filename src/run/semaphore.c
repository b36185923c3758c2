/*
 * A lock stays with the open file, so the process that took it can leave it to
 * the one it forks.  Files are removed by who holds the lock; one who gets a
 * lock looks whether the file still has that name, and else tries again.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/signals.h"
#include "base/tty.h"
#include "run/coord.h"
#include "run/policy.h"
#include "run/semaphore.h"
#include "run/terms.h"
#include "run/world.h"

enum {
	NAME_LIMIT = 200,	/* bytes of a file's name, without its place */
	TRIES = 1000		/* to have a directory that others remove */
};

static const nsec shortest_pause = 10 * MSEC, longest_pause = 200 * MSEC;
static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

struct semaphore {
	char *dir, *name;
	struct buf path;	/* of the place that was looked at last */
	int fd;			/* the lock of the place that is held */
	size_t place;
	pid_t owner;		/* the process that is to leave it */
};

static struct semaphore held = { .fd = -1 };

/* --- names ------------------------------------------------------------- */

/*
 * Makes it if need be; false and errno when it cannot be had, or be trusted.
 * The last one that leaves a place may remove it between any two of these.
 */
static bool
own_directory(const char *dir)
{
	struct stat st;
	int i, r = -1;

	for (i = 0; i < TRIES && r < 0; i++) {
		if (mkdir(dir, 0700) < 0 && errno != EEXIST)
			return false;
		r = lstat(dir, &st);
		if (r < 0 && errno != ENOENT)
			return false;
	}
	if (r < 0)
		return false;
	errno = S_ISDIR(st.st_mode) ? EPERM : ENOTDIR;
	return S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	    (st.st_mode & 077) == 0;
}

static void
set_directory(struct semaphore *s)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	struct buf b = { 0 };

	if (base && *base == '/') {
		buf_addf(&b, "%s/ppx", base);
		if (own_directory(buf_str(&b))) {
			s->dir = buf_steal(&b);
			return;
		}
		b.len = 0;
	}
	buf_addf(&b, "/tmp/ppx-%lu", (unsigned long)geteuid());
	s->dir = buf_steal(&b);
	if (!own_directory(s->dir))
		die("--semaphore: %s cannot be used: %s; it must be a "
		    "directory of yours with mode 0700", s->dir,
		    strerror(errno));
}

/*
 * The semaphore of a terminal; where there is none, as under cron, one for all:
 * each run there has another parent.
 */
static void
default_name(struct buf *b)
{
	int fd = tty_open();

	if (fd >= 0 && tcgetsid(fd) > 0)
		buf_addf(b, "session-%ld", (long)tcgetsid(fd));
	else
		buf_adds(b, "no-terminal");
	if (fd >= 0)
		close(fd);
}

/* As a file's name: all but letters, digits, - and _ becomes %XX. */
static void
set_name(struct semaphore *s, const char *id)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-_"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct buf b = { 0 };

	if (id == NULL)
		default_name(&b);
	for (; id && *id; id++)
		if (strchr(plain, *id))
			buf_addc(&b, *id);
		else
			buf_addf(&b, "%%%02X", (unsigned char)*id);
	if (b.len > NAME_LIMIT)
		die("--id: the name is too long");
	s->name = buf_steal(&b);
}

/* --- one place --------------------------------------------------------- */

static void
set_path(struct semaphore *s, size_t place)
{
	s->path.len = 0;
	buf_addf(&s->path, "%s/%s.%zu", s->dir, s->name, place);
	buf_str(&s->path);
}

/* Does the file that fd has open still stand there? */
static bool
stands(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/*
 * What ends ppx comes in only while it waits, when nothing is held: the file of
 * a lock that was waited for is of one who was killed, or has no name any more.
 */
static void
admit(bool in)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < COUNT(ends); i++)
		sigaddset(&set, ends[i]);
	sigprocmask(in ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

static int
lock(int fd, bool wait)
{
	int r = flock(fd, LOCK_EX | LOCK_NB);

	if (r == 0 || errno != EWOULDBLOCK || !wait)
		return r;
	admit(true);
	do {
		r = flock(fd, LOCK_EX);
	} while (r < 0 && errno == EINTR);
	admit(false);
	return r;
}

/* The lock of the place, or -1: errno is EWOULDBLOCK when it is taken, if that
   is not waited for. */
static int
try(struct semaphore *s, size_t place, bool wait)
{
	int fd, err, gone = 0;

	set_path(s, place);
	for (;;) {
		fd = fd_open(s->path.data, O_RDWR | O_CREAT | O_NOFOLLOW,
		    0600);
		if (fd < 0 && errno == ENOENT && gone++ < TRIES &&
		    own_directory(s->dir))
			continue;	/* it went as the last one left */
		if (fd < 0)
			return -1;
		if (lock(fd, wait) < 0) {
			err = errno;
			close(fd);
			errno = err;
			return -1;
		}
		if (stands(fd, s->path.data))
			return fd;
		close(fd);
	}
}

/* Likewise, but -1 only when it is taken; anything else ends ppx. */
static int
take(struct semaphore *s, size_t place, bool wait)
{
	int fd = try(s, place, wait);

	if (fd < 0 && errno != EWOULDBLOCK)
		die("--semaphore: %s: %s", s->path.data, strerror(errno));
	return fd;
}

/* path must be of what fd has locked; a file that came in its place since then
   is another's. */
static void
leave(struct semaphore *s, int fd)
{
	if (stands(fd, s->path.data))
		unlink(s->path.data);
	close(fd);
}

/* --- all of them ------------------------------------------------------- */

/* Until the next look, a part of what it has waited: many wait for long. */
static void
pause_after(nsec waited, nsec most)
{
	nsec t = waited / 16;

	if (t < shortest_pause)
		t = shortest_pause;
	if (t > longest_pause)
		t = longest_pause;
	if (t > most)
		t = most;
	admit(true);
	usleep((useconds_t)(t / 1000 + 1));
	admit(false);
}

/*
 * The lock of a place from first to last, waited for until then (monotonic; 0 =
 * for ever); or -1 when that has passed.  No lock can be waited for until a
 * moment, and no two at once.
 */
static int
take_one_of(struct semaphore *s, size_t first, size_t last, nsec until)
{
	bool wait = first == last && until == 0;
	nsec began = clock_mono(), now;
	int fd;

	for (;;) {
		for (s->place = first; s->place <= last; s->place++)
			if ((fd = take(s, s->place, wait)) >= 0)
				return fd;
		now = clock_mono();
		if (until && now >= until)
			return -1;
		pause_after(now - began, until ? until - now : NEVER);
	}
}

/* The place that the file name is of; 0 = none of ours. */
static size_t
place_of(const struct semaphore *s, const char *name)
{
	size_t n = strlen(s->name);

	if (strncmp(name, s->name, n) != 0 || name[n] != '.' ||
	    name[n + 1] == '\0' ||
	    name[n + 1 + strspn(name + n + 1, "0123456789")])
		return 0;
	return (size_t)strtoul(name + n + 1, NULL, 10);	/* 0: none of ours */
}

/* Waits for those in a place; false when there were none.  Sets *late, and
   does no more, when it was not over by then. */
static bool
wait_once(struct semaphore *s, nsec until, bool *late)
{
	DIR *d = opendir(s->dir);
	struct dirent *e;
	bool any = false;
	size_t place;
	int fd;

	if (d == NULL && errno != ENOENT)
		die("--semaphore: %s: %s", s->dir, strerror(errno));
	while (d && !*late && (e = readdir(d))) {
		place = place_of(s, e->d_name);
		if (place == 0)
			continue;
		any = true;
		fd = take_one_of(s, place, place, until);
		*late = fd < 0;
		if (fd >= 0)
			leave(s, fd);
	}
	if (d)
		closedir(d);
	return any && !*late;
}

/* --- COMMAND ----------------------------------------------------------- */

/* The supervisor is on its own; true in it. */
static bool
go_behind(struct semaphore *s)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		die("--semaphore: cannot fork: %s", strerror(errno));
	s->owner = pid > 0 ? pid : getpid();
	if (pid > 0)
		return false;
	setsid();
	fd = fd_open("/dev/null", O_RDWR, 0);
	if (fd >= 0) {
		dup2(fd, STDIN_FILENO);
		close(fd);
	}
	return true;
}

/* Also when COMMAND is refused, which ends ppx at once; not in its workers. */
static void
leave_place(void)
{
	struct semaphore *s = &held;

	if (s->owner != getpid())
		return;
	s->owner = 0;
	set_path(s, s->place);
	leave(s, s->fd);	/* nothing is made any more: --wait sees it */
	rmdir(s->dir);		/* by the last one; else it is not empty */
}

/* What waits to end ppx: one that is ignored does not. */
static bool
end_waits(void)
{
	struct sigaction sa;
	sigset_t set;
	size_t i;

	sigpending(&set);
	for (i = 0; i < COUNT(ends); i++)
		if (sigismember(&set, ends[i]) &&
		    sigaction(ends[i], NULL, &sa) == 0 &&
		    sa.sa_handler != SIG_IGN)
			return true;
	return false;
}

/* Behind, nobody would hear it: it does not go along to a new process. */
static void
heed_end(void)
{
	if (!end_waits())
		return;
	leave_place();
	admit(true);
}

static int
run(const struct conf *conf, const bool closed[3], int *sig)
{
	static char *none[] = { NULL };
	struct conf_source nothing = { .words = none };
	struct conf c = *conf;

	c.sources = &nothing;
	c.nsources = 1;
	c.jobs = 1;
	c.jobs_all = false;
	c.jobs_file = NULL;
	if (c.semaphore_fg && c.exit_mode == EXIT_CLASSES)
		c.exit_mode = EXIT_FIRST;
	if (c.semaphore_fg && !c.tty)
		c.input = INPUT_OURS;
	return coord_run(&c, closed, sig);
}

/* --- all --------------------------------------------------------------- */

/* How long may it wait? */
struct bound {
	nsec began;
	nsec until;		/* monotonic; 0 = for ever */
	bool over;		/* that is by --max-time */
	bool bad;		/* the run will refuse COMMAND in any case */
};

/* What ends ppx with a message does so before it waits, or goes behind. */
static struct bound
bound_of(const struct conf *conf)
{
	struct vocabulary v = { .replace = conf->replace, .plus = conf->plus };
	struct command_task view = { .seq = 1, .slot = 1 };
	struct bound b = { .began = clock_mono() };
	struct task t = { 0 };
	struct terms *tm;
	const char *why;
	nsec end;

	if (!conf->semaphore_wait)
		command_free(world_command(conf, &v, false));
	tm = terms_new(conf, &v);
	t.item = item_of(NULL, 0, NULL);
	view.item = t.item;
	why = terms_set(tm, &view, b.began, &t);
	if (why && conf->semaphore_wait)
		die("%s", why);
	b.bad = why != NULL;
	b.until = t.expires;
	end = clock_add(b.began, conf->max_time);
	if (conf->max_time && (b.until == 0 || end < b.until)) {
		b.until = end;
		b.over = true;
	}
	free(t.item);
	terms_free(tm);
	return b;
}

static void
say_late(const struct conf *conf, const struct bound *b, const char *what)
{
	struct buf span = { 0 };

	num_show_duration(&span, b->until - b->began);
	if (b->over)
		diag("the run was ended by --max-time: %s", what);
	else if (!conf->quiet)
		diag("--queue-timeout: %s in %s", what, buf_str(&span));
	buf_free(&span);
}

static int
wait_for_all(struct semaphore *s, const struct conf *conf,
    const struct bound *b)
{
	bool late = false;

	while (wait_once(s, b->until, &late))
		;
	rmdir(s->dir);
	if (!late)
		return 0;
	say_late(conf, b, "not all places of the semaphore were free");
	return b->over ? STATUS_MAX_TIME : STATUS_FAILED;
}

/* The wait has no slots; what comes meanwhile is for the run. */
static void
block_signals(void)
{
	signals_block(SIGUSR1);
	signals_block(SIGUSR2);
	admit(false);
}

/* One that comes too late ends as any run whose time is over. */
static int
in_a_place(struct semaphore *s, const struct conf *conf,
    const struct bound *b, const bool closed[3], int *sig)
{
	struct conf rest = *conf;
	int status = 0;

	s->fd = take_one_of(s, 1, conf->jobs, b->until);
	rest.barred = s->fd < 0;
	rest.waited = clock_mono() - b->began;
	if (rest.barred) {
		rmdir(s->dir);
		say_late(conf, b, "COMMAND was not started, as no place of "
		    "the semaphore was free");
		rest.quiet = true;
		return run(&rest, closed, sig);
	}
	s->owner = getpid();
	atexit(leave_place);
	if (!conf->semaphore_fg)
		heed_end();
	if (conf->semaphore_fg || go_behind(s)) {
		status = run(&rest, closed, sig);
		leave_place();
	}
	return status;
}

int
semaphore_run(const struct conf *conf, const bool closed[3], int *sig)
{
	struct semaphore *s = &held;
	struct bound b;
	int status;

	if (conf->dry_run)
		return run(conf, closed, sig);
	b = bound_of(conf);
	if (b.bad)
		return run(conf, closed, sig);
	set_name(s, conf->semaphore_id);
	set_directory(s);
	block_signals();
	status = conf->semaphore_wait ? wait_for_all(s, conf, &b) :
	    in_a_place(s, conf, &b, closed, sig);
	free(s->dir);
	free(s->name);
	buf_free(&s->path);
	return status;
}
