#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/sender.h"
#include "pool/pool.h"
#include "pool/snippet.h"
#include "pool/warm.h"

enum {
	STRIKES_MOST = 10,		/* until there is a brood */
	PIN_REST = 4,			/* times POOL_SILENCE; longer than it
					   takes to make a brood */
	FILES_MORE = 64			/* that a worker may need besides */
};

/* A brood of which the last one was killed never says that it is there. */
static const nsec strike_every = SEC;

/* --- what a task reads ------------------------------------------------- */

static void
shut_stdio(struct warm *w)
{
	brood_shut(&w->stdio.err);
	brood_shut(&w->stdio.socket);
}

/* The text goes into a file, fd, which is ours then. */
static int
fill(struct warm *w, int fd)
{
	int error;

	if (fd < 0)
		return -1;
	if (fd_write(fd, w->text.data, w->text.len) < 0) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	w->file = fd;
	return 0;
}

/* A pipe takes this much at once, whatever its size: no write of ours waits. */
static int
store(struct warm *w)
{
	if (w->text.len <= PIPE_BUF)
		return 0;
	if (fill(w, fd_memory()) < 0 && fill(w, fd_temp(w->conf->tmpdir)) < 0)
		return -1;
	w->text.len = 0;
	snippet_elsewhere(&w->text, getpid(), w->file);
	return 0;
}

/* --- the brood --------------------------------------------------------- */

static void
unpin(struct warm *w)
{
	pin_clear(&w->pin);
	loop_timer_off(w->loop, &w->rest);
}

/* It is there: what stands between us is to go. */
static void
free_brood(struct warm *w)
{
	w->at = WARM_FREEING;
	kill(w->between, SIGKILL);
}

/* Nobody gains by being moved where the next CPU has as much to do. */
static void
pin(struct warm *w)
{
	if (w->brood.size == 1) {
		unpin(w);
	} else if (w->pinning) {
		*w->pinning = 1;
		pin_set(&w->pin, w->twin);
		*w->pinning = 0;
	}
	w->pinned = w->pin.other != 0;
}

/* A task takes long, or none comes: we must not wait for our turn on this CPU
   when there is something to do. */
static void
on_rest(struct timer *t)
{
	unpin(container_of(t, struct warm, rest));
}

/* Nothing more comes of it. */
static void
stop(struct warm *w, enum warm_at at)
{
	unpin(w);
	w->half |= w->at == WARM_MAKING && w->brood.size > 1;
	w->at = at;
	loop_timer_off(w->loop, &w->late);
}

static void
harm(struct warm *w)
{
	w->starved = w->at == WARM_MAKING;
	stop(w, WARM_HARMED);
	w->ops->harmed(w);
}

/* There is no room for as many, it seems. */
static void
crowd(struct warm *w)
{
	w->crowded = w->brood.size > 1;
	harm(w);
}

/* Time that passes while all stands still is one strike. */
static void
on_late(struct timer *t)
{
	struct warm *w = container_of(t, struct warm, late);

	if (++w->strikes == STRIKES_MOST)
		crowd(w);
	else
		loop_timer(w->loop, t, loop_now(w->loop) + strike_every);
}

/* The last one has said that it is there. */
static void
brood_is_there(struct warm *w)
{
	if (w->at != WARM_MAKING || w->between == 0 || !brood_said(&w->brood))
		return;
	if (!brood_whole(&w->brood, w->between)) {
		crowd(w);
		return;
	}
	w->at = WARM_WAITING;
	loop_timer_off(w->loop, &w->late);
	if (w->asked)
		free_brood(w);
	else
		w->ops->able(w);
}

/* The twin may make the next brood, which reads other pipes. */
static void
make(struct warm *w)
{
	const char *answer;

	w->at = WARM_MAKING;
	brood_begin(&w->brood);
	pin(w);
	answer = w->brood.size > 1 ? SNIPPET_MANY : SNIPPET_NEXT;
	fd_write(w->io.fd, answer, strlen(answer));
	w->strikes = 0;
	if (w->brood.size > 1)
		loop_timer(w->loop, &w->late,
		    loop_now(w->loop) + strike_every);
}

static void
hand_over(struct warm *w)
{
	bool last;
	pid_t pid;

	if (w->at != WARM_READY || !w->asked || w->held)
		return;
	w->asked = false;
	pid = brood_take(&w->brood, &last);
	if (pid == 0) {
		harm(w);
		return;
	}
	if (w->pinned)
		pin_spare(&w->pin, pid);
	if (last)
		make(w);
	if (w->pin.other)
		loop_timer(w->loop, &w->rest, loop_now(w->loop) +
		    PIN_REST * POOL_SILENCE);
	w->ops->made(w, pid);
}

/*
 * They are ours now; but not where others have killed what stood between: what
 * comes next would read the pipe of a task that has just begun.
 */
static void
gone(struct warm *w)
{
	if (w->at >= WARM_HARMED)
		return;
	if (w->at == WARM_MAKING) {
		crowd(w);
		return;
	}
	if (w->at != WARM_FREEING || !brood_ours(&w->brood)) {
		harm(w);
		return;
	}
	w->between = 0;
	w->at = WARM_READY;
	hand_over(w);
}

static void
begun(struct warm *w, const char *what, size_t n)
{
	if (w->at != WARM_LOOKING || !snippet_parse(what, n, &w->shell))
		return;
	w->at = WARM_PARTING;
	if (brood_renew(&w->end) < 0)
		harm(w);
}

static void
parted(struct warm *w)
{
	if (w->at != WARM_PARTING)
		return;
	if (w->twin == 0) {	/* others have killed who was to make it */
		harm(w);
		return;
	}
	w->at = WARM_MAKING;
	brood_shut(&w->end.fd);
	w->ops->parted(w, w->twin);
	brood_is_there(w);
}

static bool
is(const char *line, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(line, word, n) == 0;
}

/* Other lines are what the shell says of processes that were killed; or of one
   that it could not make, by what stands between. */
static void
hear_line(struct warm *w, const char *line, size_t n)
{
	size_t head = strlen(SNIPPET_INIT);

	if (is(line, n, SNIPPET_OVER)) {
		if (w->at == WARM_INIT)
			w->at = WARM_LOOKING;
		shut_stdio(w);
	} else if (is(line, n, SNIPPET_FINI)) {
		w->leaves = true;
	} else if (is(line, n, SNIPPET_APART)) {
		w->apart = w->from;
	} else if (is(line, n, SNIPPET_TWIN)) {
		w->twin = w->from;
		w->group = getpgid(w->twin);
		if (w->at == WARM_PARTING)
			w->ops->begun(w, w->apart);
	} else if (is(line, n, SNIPPET_PARTED)) {
		parted(w);
	} else if (is(line, n, SNIPPET_BETWEEN)) {
		w->between = w->from;
		brood_is_there(w);
	} else if (is(line, n, SNIPPET_TASK)) {
		brood_say(&w->brood, w->from);
		brood_is_there(w);
	} else if (is(line, n, SNIPPET_GONE)) {
		gone(w);
	} else if (n >= head && memcmp(line, SNIPPET_INIT, head) == 0) {
		begun(w, line + head, n - head);
	} else if (w->from == w->between && w->at == WARM_MAKING &&
	    w->brood.size > 1) {
		crowd(w);
	}
}

/* What one has not ended is no line of another's. */
static void
hear(struct warm *w, const char *p, size_t n, pid_t from)
{
	size_t len;

	if (from != w->from)
		w->len = 0;
	w->from = from;
	for (; n && w->io.fd >= 0; p++, n--) {
		if (*p != '\n') {
			if (w->len < sizeof(w->line))
				w->line[w->len++] = *p;
			continue;
		}
		len = w->len;
		w->len = 0;
		if (len < sizeof(w->line))
			hear_line(w, w->line, len);
	}
}

static void
read_all(struct warm *w)
{
	char text[4096];
	pid_t pid;
	ssize_t n = 0;

	while (w->io.fd >= 0 &&
	    (n = sender_read(w->io.fd, text, sizeof(text), &pid)) > 0)
		hear(w, text, (size_t)n, pid);
	if (w->io.fd >= 0 && (n == 0 || errno != EAGAIN))
		loop_io(w->loop, &w->io, 0);
}

static void
on_socket(struct io *io, int got)
{
	(void)got;
	read_all(container_of(io, struct warm, io));
}

/* --- its life ---------------------------------------------------------- */

int
warm_open(struct warm *w, struct loop *loop, const struct setup_conf *conf,
    const struct warm_ops *ops, const struct brood_conf *many, int err)
{
	unsigned most = many->most;
	int pair[2];

	w->loop = loop;
	w->conf = conf;
	w->env = warm_strange(&w->env_program);
	w->ops = ops;
	w->pinning = many->pinning;
	w->pin.board = many->board;
	w->io.fd = w->file = w->stdio.socket = -1;
	w->stdio.err = err;
	w->end.writer = -1;
	/* it has a number now, and is made when more are free */
	w->end.fd = fd_dup(STDIN_FILENO);
	/* all numbers below are taken; two more for each of a brood */
	if (!warm_has_files(w->end.fd + 2 * (int)most + FILES_MORE))
		most = 1;
	if (w->end.fd < 0 || brood_open(&w->brood, most) < 0 ||
	    fd_pair(pair) < 0)
		return -1;
	/* the shell waits for us at its end; we for nobody at ours */
	fcntl(pair[1], F_SETFL, fcntl(pair[1], F_GETFL) & ~O_NONBLOCK);
	sender_ask(pair[0]);
	w->io.fd = pair[0];
	w->io.cb = on_socket;
	w->late.cb = on_late;
	w->rest.cb = on_rest;
	loop_io(loop, &w->io, IO_READ);
	w->stdio.socket = pair[1];
	return pair[1];
}

void
warm_driver(const struct warm *w, const struct spawn_place *place,
    struct buf *b)
{
	const char *path = getenv("PATH");
	struct snippet_pipes p = { .end = w->end.fd };

	brood_pipes(&w->brood, &p);
	snippet_driver(b, w->conf->word, path ? path : "", place, &p,
	    &w->stdio, *w->conf->init == '\0');
}

bool
warm_begun(struct warm *w)
{
	read_all(w);
	return w->at > WARM_INIT && w->at < WARM_HARMED;
}

bool
warm_able(const struct warm *w)
{
	return w->at == WARM_WAITING || w->at == WARM_READY;
}

bool
warm_ready(const struct warm *w)
{
	return w->at == WARM_READY;
}

/* Most shells only say that they cannot fork, in their own words, and exit. */
bool
warm_starved(struct warm *w)
{
	read_all(w);
	return w->starved || w->at == WARM_LOOKING ||
	    w->at == WARM_PARTING || w->at == WARM_MAKING;
}

void
warm_end(struct warm *w)
{
	if (w->io.fd < 0)
		return;
	loop_io(w->loop, &w->io, 0);
	brood_shut(&w->io.fd);
	brood_close(&w->brood);
	brood_shut(&w->end.writer);
	shut_stdio(w);
	stop(w, WARM_ENDED);
	w->asked = false;
}

static void
reap_brood(struct warm *w)
{
	brood_kill(w->between);
	w->between = 0;
	brood_reap(&w->brood);
}

/* Of those that were half made some may not be known: they are in the shell's
   group, in which no task is. */
bool
warm_owns(const struct warm *w, pid_t pid)
{
	if (w->at >= WARM_FREEING && brood_has(&w->brood, pid))
		return true;
	return w->half && w->group > 0 && getpgid(pid) == w->group;
}

void
warm_lost(struct warm *w, pid_t pid)
{
	brood_forget(&w->brood, pid);
	if (w->at < WARM_HARMED)
		harm(w);
}

void
warm_reap(struct warm *w)
{
	if (w->at == WARM_FREEING || w->at == WARM_HARMED ||
	    w->between == 0 || !brood_is_child(w->between))
		return;
	if (w->at != WARM_ENDED)
		stop(w, WARM_HARMED);	/* the supervisor tells of the shell */
	reap_brood(w);
}

/* Each of them is our child when the one before has gone; the twin, which the
   foster parent has killed, may just be ending. */
void
warm_bury(struct warm *w)
{
	warm_end(w);
	brood_kill(w->twin);
	w->twin = 0;
	reap_brood(w);
	if (w->half && w->group > 0)
		brood_kill_group(w->group);
}

/* --- tasks ------------------------------------------------------------- */

/* Is what was there still so, and has the shell, as which its twin is known to
   the tasks, its pipe open? */
static void
look(struct warm *w)
{
	struct pollfd p[2] = {
		{ .fd = w->io.fd, .events = POLLIN },
		{ .fd = w->end.writer }
	};

	if (poll(p, 2, 0) <= 0)
		return;
	if (p[0].revents)
		read_all(w);
	if (p[1].revents && w->at < WARM_HARMED)
		harm(w);
}

/*
 * As the task will find it, but for what its init may have changed; and its
 * name from /, as the shell may be elsewhere by now.  We stay where we are.
 */
static int
try_dir(const char *dir, struct buf *path)
{
	char here[PATH_MAX];
	int back, error = 0;

	if (*dir != '/') {
		if (getcwd(here, sizeof(here)) == NULL)
			return -1;
		buf_addf(path, "%s/", here);
	}
	buf_adds(path, dir);
	back = fd_open(".", O_RDONLY | O_DIRECTORY, 0);
	if (back < 0)
		return -1;
	if (chdir(dir) < 0)
		error = errno;
	else if (fchdir(back) < 0)
		error = errno;
	close(back);
	errno = error;
	return error ? -1 : 0;
}

/* The shell's own search, when its init was over, comes first.  WORD_UNSURE
   is for the exec in the shell. */
static int
find_program(const struct warm *w, const char *word, const char *dir)
{
	char cwd[32];

	if (w->shell.word != WORD_OTHER || snippet_is_builtin(word))
		return 0;
	snprintf(cwd, sizeof(cwd), "/proc/%d/cwd", (int)w->twin);
	errno = warm_seek(word, dir ? dir : cwd);
	return errno ? -1 : 0;
}

int
warm_ask(struct warm *w, const struct spawn_task *t, bool line,
    enum spawn_step *step)
{
	struct buf dir = { 0 };
	struct snippet s = {
		.worker = getpid(), .shell = &w->shell, .line = line,
		.named = w->conf->word && w->conf->word_line == line,
		.plain = w->conf->word_line, .env = w->env,
		.env_program = buf_str(&w->env_program),
		.args = t->args, .argc = t->argc, .seq = t->seq,
		.attempt = t->attempt,
		.out = t->out, .err = t->err,
	};
	int r = 0;

	brood_shut(&w->file);		/* of the task before */
	w->text.len = 0;
	*step = SPAWN_CHDIR;
	if (t->dir && (r = try_dir(t->dir, &dir)) == 0)
		s.dir = buf_str(&dir);
	if (r == 0 && s.named && !line) {
		*step = SPAWN_FIND;
		r = find_program(w, t->args, s.dir);
	}
	if (r == 0) {
		snippet_task(&w->text, &s);
		*step = SPAWN_STDIO;
		/* the commands of a pipeline have not our own stdout */
		r = store(w) < 0 ||
		    brood_prepare(&w->brood, t->out >= 0) < 0 ? -1 : 0;
	}
	buf_free(&dir);
	if (r < 0)
		return -1;
	look(w);
	w->asked = true;	/* not before, or what is read could be two */
	if (w->at == WARM_WAITING)
		free_brood(w);
	hand_over(w);
	return 0;
}

void
warm_hold(struct warm *w, bool hold)
{
	w->held = hold;
	hand_over(w);
}

void
warm_go(struct warm *w)
{
	brood_tell(&w->brood, w->text.data, w->text.len);
}

bool
warm_fini(struct warm *w)
{
	unpin(w);
	brood_shut(&w->file);
	w->text.len = 0;
	snippet_fini(&w->text, w->conf->fini, &w->shell);
	if (store(w) < 0)
		return false;
	errno = EPIPE;
	if (w->end.writer < 0)
		return false;
	if (fd_write(w->end.writer, w->text.data, w->text.len) < 0)
		return false;
	brood_shut(&w->end.writer);
	return true;
}

bool
warm_missed(struct warm *w)
{
	read_all(w);
	return !w->leaves;
}
