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
#include "pool/snippet.h"
#include "pool/warm.h"

/* --- pipes ------------------------------------------------------------- */

/* A new pipe in place of number i, whose reading end keeps its number. */
static int
renew(struct warm *w, int i)
{
	int p[2];

	if (w->writer[i] >= 0)
		return 0;
	if (fd_pipe(p) < 0)
		return -1;
	w->writer[i] = p[1];
	if (w->fd[i] < 0) {
		w->fd[i] = p[0];
		return 0;
	}
	dup2(p[0], w->fd[i]);
	fcntl(w->fd[i], F_SETFD, FD_CLOEXEC);
	close(p[0]);
	return 0;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
shut_stdio(struct warm *w)
{
	shut(&w->stdio.err);
	shut(&w->stdio.socket);
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

/* --- the pair ---------------------------------------------------------- */

static void
free_task(struct warm *w)
{
	w->at = WARM_FREEING;
	kill(w->between, SIGKILL);
}

static void
pair_is_there(struct warm *w)
{
	if (w->at != WARM_MAKING || w->between == 0 || w->task == 0)
		return;
	w->at = WARM_WAITING;
	if (w->asked)
		free_task(w);
	else
		w->ops->able(w);
}

/* A child of ours, dead or alive. */
static bool
is_ours(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info,
	    WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void
harm(struct warm *w)
{
	w->starved = w->at == WARM_MAKING;
	w->at = WARM_HARMED;
	w->ops->harmed(w);
}

/* Not where it was killed before what stood between us. */
static void
hand_over(struct warm *w)
{
	pid_t task = w->made;

	if (w->held || task == 0)
		return;
	w->made = 0;
	if (!is_ours(task)) {
		harm(w);
		return;
	}
	w->ops->made(w, task);
}

/*
 * The twin may make the next pair, which reads the other pipe; but not where
 * others have killed what stood between: that pair would read the pipe of a
 * task that has just begun.
 */
static void
gone(struct warm *w)
{
	if (w->at != WARM_FREEING) {
		if (w->at < WARM_HARMED)
			harm(w);
		return;
	}
	w->at = WARM_MAKING;
	fd_write(w->io.fd, SNIPPET_NEXT, strlen(SNIPPET_NEXT));
	w->made = w->task;
	w->between = w->task = 0;
	w->turn = !w->turn;
	w->asked = false;
	hand_over(w);
}

static void
begun(struct warm *w, const char *what, size_t n)
{
	if (w->at != WARM_LOOKING || !snippet_parse(what, n, &w->shell))
		return;
	w->at = WARM_PARTING;
	if (renew(w, 2) < 0)
		harm(w);
}

static void
parted(struct warm *w)
{
	if (w->at != WARM_PARTING || w->twin == 0)
		return;
	w->at = WARM_MAKING;
	shut(&w->fd[2]);
	w->ops->parted(w, w->twin);
	pair_is_there(w);
}

static bool
is(const char *line, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(line, word, n) == 0;
}

/* Other lines are what the shell says of processes that were killed. */
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
		if (w->at == WARM_PARTING)
			w->ops->begun(w, w->apart);
	} else if (is(line, n, SNIPPET_PARTED)) {
		parted(w);
	} else if (is(line, n, SNIPPET_BETWEEN)) {
		w->between = w->from;
	} else if (is(line, n, SNIPPET_TASK)) {
		w->task = w->from;
		pair_is_there(w);
	} else if (is(line, n, SNIPPET_GONE)) {
		gone(w);
	} else if (n >= head && memcmp(line, SNIPPET_INIT, head) == 0) {
		begun(w, line + head, n - head);
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
    const struct warm_ops *ops, int err)
{
	int pair[2], i;

	w->loop = loop;
	w->conf = conf;
	w->env = warm_strange(&w->env_program);
	w->ops = ops;
	w->io.fd = w->file = w->stdio.socket = -1;
	w->stdio.err = err;
	for (i = 0; i < 3; i++)
		w->fd[i] = w->writer[i] = -1;
	/* the third has a number now, and is made when more are free */
	w->fd[2] = fd_dup(STDIN_FILENO);
	if (w->fd[2] < 0 || renew(w, 0) < 0 || renew(w, 1) < 0 ||
	    fd_pair(pair) < 0)
		return -1;
	/* the shell waits for us at its end; we for nobody at ours */
	fcntl(pair[1], F_SETFL, fcntl(pair[1], F_GETFL) & ~O_NONBLOCK);
	sender_ask(pair[0]);
	w->io.fd = pair[0];
	w->io.cb = on_socket;
	loop_io(loop, &w->io, IO_READ);
	w->stdio.socket = pair[1];
	return pair[1];
}

void
warm_driver(const struct warm *w, const struct spawn_place *place,
    struct buf *b)
{
	const char *path = getenv("PATH");

	snippet_driver(b, w->conf->word, path ? path : "", place, w->fd,
	    &w->stdio);
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
	return w->at == WARM_WAITING;
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
	shut(&w->io.fd);
	shut(&w->writer[0]);
	shut(&w->writer[1]);
	shut(&w->writer[2]);
	shut_stdio(w);
	w->lost = w->made;
	w->at = WARM_ENDED;
	w->asked = false;
	w->made = 0;
}

static void
reap(pid_t pid)
{
	if (pid == 0 || !is_ours(pid))
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
reap_pair(struct warm *w)
{
	reap(w->between);
	reap(w->task);
	w->between = w->task = 0;
}

void
warm_reap(struct warm *w)
{
	if (w->at == WARM_FREEING || w->at == WARM_HARMED ||
	    w->between == 0 || !is_ours(w->between))
		return;
	reap_pair(w);
	if (w->at != WARM_ENDED)
		w->at = WARM_HARMED;	/* the supervisor tells of the shell */
}

/* Each of them is our child when the one before has gone; the twin, which the
   foster parent has killed, may just be ending. */
void
warm_bury(struct warm *w)
{
	warm_end(w);
	reap(w->lost);
	reap(w->twin);
	reap_pair(w);
	w->lost = w->twin = 0;
}

/* --- tasks ------------------------------------------------------------- */

/* The shell, as which its twin is known to the tasks, has its pipe open. */
static bool
lives(const struct warm *w)
{
	struct pollfd p = { .fd = w->writer[2] };

	return poll(&p, 1, 0) <= 0;
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
		.slot = t->slot, .attempt = t->attempt,
		.out = t->out, .err = t->err,
	};
	int r = 0;

	shut(&w->file);		/* of the task before */
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
		r = store(w) < 0 || renew(w, !w->turn) < 0 ? -1 : 0;
	}
	buf_free(&dir);
	if (r < 0)
		return -1;
	read_all(w);		/* is the pair that was there still so? */
	if (w->at <= WARM_FREEING && !lives(w))
		harm(w);
	w->asked = true;	/* not before, or what is read could be two */
	if (w->at == WARM_WAITING)
		free_task(w);
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
	int i = !w->turn;

	if (w->writer[i] >= 0)
		fd_write(w->writer[i], w->text.data, w->text.len);
	shut(&w->writer[i]);
}

bool
warm_fini(struct warm *w)
{
	shut(&w->file);
	w->text.len = 0;
	snippet_fini(&w->text, w->conf->fini, &w->shell);
	if (store(w) < 0)
		return false;
	errno = EPIPE;
	if (w->writer[2] < 0)
		return false;
	if (fd_write(w->writer[2], w->text.data, w->text.len) < 0)
		return false;
	shut(&w->writer[2]);
	return true;
}

bool
warm_missed(struct warm *w)
{
	read_all(w);
	return !w->leaves;
}
