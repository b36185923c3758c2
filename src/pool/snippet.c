/*
 * The driver is one compound command, so all of it is parsed before the init
 * can make aliases.  A word behind a backslash is no alias in what is parsed
 * later; and what `command' stands before is no function.  No variable of the
 * init's matters to the driver.  Where that does not hold any more the init has
 * failed: add_refusal(), add_builtins().
 *
 * Traps that act in the shell itself are taken back when the init is over, as
 * in any subshell; its options -e, -k, -m, -u, -v and -x are put off, and a
 * task has them again.
 *
 * In a function, and in a subshell of it, some shells know of no loop outside
 * (dash); others do so in any subshell (bash), and need none.  The last command
 * of a subshell is not forked for by some shells: hence what stands behind it.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "pool/snippet.h"
#include "pool/spawn.h"

#define FUNCTION	"ppx_turn_"
#define OPTIONS		"ekmuvx"	/* those that are put off */
#define VARIABLES	"PPX_SEQ PPX_ATTEMPT PARALLEL_SEQ PARALLEL_JOBSLOT"
#define WORKERS		" PPX_SLOT PPX_WORKER_PID PPX_WORKER_DIR"

enum { WORD_MAX = 4096 };	/* longer ones are not asked for */

static const char letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char digits[] = "0123456789";

static void
add_quoted(struct buf *b, const char *s)
{
	size_t n;

	buf_addc(b, '\'');
	for (; *s; s += n) {
		n = strcspn(s, "'");
		buf_add(b, s, n);
		if (s[n] == '\'') {
			buf_adds(b, "'\\''");
			n++;
		}
	}
	buf_addc(b, '\'');
}

bool
snippet_is_variable(const char *var)
{
	size_t n = strspn(var, letters);

	if (n == 0)
		return false;
	while (var[n] && (strchr(letters, var[n]) || strchr(digits, var[n])))
		n++;
	return var[n] == '=';
}

/* --- the driver -------------------------------------------------------- */

bool
snippet_may_ask(const char *word)
{
	return *word && *word != '-' && !strchr(word, '/') &&
	    strlen(word) <= WORD_MAX;
}

bool
snippet_is_builtin(const char *word)
{
	static const char *const builtins[] = { ":", "cd", "type", "umask" };
	size_t i;

	for (i = 0; i < COUNT(builtins); i++)
		if (strcmp(word, builtins[i]) == 0)
			return true;
	return false;
}

/* Into $2, a letter for the shell, and $3, one of enum snippet_word. */
static void
add_question(struct buf *b, const char *word, const char *path)
{
	struct buf q = { 0 };
	const char *w;

	buf_adds(b, "case ${BASH_VERSION-} in '') \\command set -- \"$1\" s o "
	    ";; *) \\command set -- \"$1\" b o ;; esac; ");
	if (word == NULL || !snippet_may_ask(word))
		return;
	add_quoted(&q, word);
	w = buf_str(&q);
	buf_adds(b, "case ${PATH-} in ");
	add_quoted(b, path);
	buf_addf(b, ") ;; *) \\command set -- \"$1\" \"$2\" u ;; esac; "
	    "case $(\\command -v %s) in "
	    "'') \\command set -- \"$1\" \"$2\" o ;; alias\\ *) ;; "
	    "*/*) \\command set -- \"$1\" \"$2\" p ;; esac; ", w);
	buf_addf(b, "case $2 in b) if \\command declare -F -- %s; then "
	    "\\command set -- \"$1\" b f; fi ;; "
	    "*) case $(\\command -V %s 2>&1) in "
	    "\"$(\\command unset -f %s; \\command -V %s 2>&1)\") ;; "
	    "*) \\command set -- \"$1\" s f ;; esac ;; esac; ", w, w, w, w);
	buf_free(&q);
}

/* What not all shells have: a function called command might end them. */
#define CALM	"\\command set +k; \\command trap - CHLD; " \
		"\\command trap - DEBUG; \\command trap - ERR; " \
		"\\command trap - RETURN"

/* A parameter that is not set ends a shell, whatever is disabled. */
#define REFUSE(why)	": \"${ppx_init_?no tasks can be made, as --init, or " \
			"a file that the shell reads first, has " why "}\""

#define MARK		"ppx_told_"

/*
 * Does the shell do what it is told?  Not where command is a function, which
 * has other parameters.  No process is made for this, or want of one would look
 * like a failed init.
 */
static void
add_refusal(struct buf *b)
{
	buf_adds(b, "case $- in *r*) " REFUSE("restricted the shell")
	    " ;; esac; case ${3-} in " MARK ") ;; *) "
	    REFUSE("left a shell that does not do as it is told: is there a "
	    "function of the name command?") " ;; esac; ");
}

/*
 * The same of the builtins of bash.  None of these does anything, and 1 and 127
 * are of none that is enabled (2 is, where there is no such option).  Of exit
 * nothing is known: without it the status of a fini is lost.
 */
static void
add_builtins(struct buf *b, const char *word)
{
	static const char *const needed[] = {
		"declare -F", ". /dev/null", ":", "cd --help", "command :",
		"echo", "eval", "exec", "export -p", "read --help", "shift 0",
		"trap", "unset"
	};
	size_t i = word == NULL;	/* who is asked for needs the first */

	buf_adds(b, "case ${BASH_VERSION-} in '') ;; *) { ");
	for (; i < COUNT(needed); i++)
		buf_addf(b, "\\command builtin %s; case $? in 1 | 127) "
		    "\\command set -- \"$1\" \"$2\" ;; esac; ", needed[i]);
	buf_adds(b, "} >/dev/null 2>&1; case ${3-} in " MARK ") ;; *) "
	    REFUSE("disabled a builtin that is needed") " ;; esac ;; esac; ");
}

/*
 * Bash has what stands for 0, 1 and 2 at numbers that an init can close: are
 * these ours again?  Where 0 is not, ppx's stderr is opened anew.
 */
static void
add_check(struct buf *b, pid_t worker, const struct snippet_stdio *io)
{
	const int fd[] = { io->err, STDOUT_FILENO, io->socket };
	int i;

	buf_adds(b, "case ${BASH_VERSION-} in '') ;; *) "
	    "\\command set -- \"$1\" \"$2\"; ");
	for (i = 2; i >= 0; i--)
		buf_addf(b, "\\command test /proc/self/fd/%d -ef "
		    "/proc/%d/fd/%d; case $? in 1) \\command set -- \"$1\" "
		    "\"$2\" %d ;; esac; ", i, (int)worker, fd[i], i);
	buf_addf(b, "case ${3-} in '') ;; *) case $3 in 0) "
	    "\\command exec 2>>/proc/%d/fd/%d ;; *) \\command exec 2>&0 ;; "
	    "esac; " REFUSE("closed a descriptor in which bash keeps stdin, "
	    "stdout or stderr") " ;; esac ;; esac; ", (int)worker, io->err);
}

/* Of these the init sees nothing but that they are taken, or closed. */
#define KEPT_ERR	"240"
#define KEPT_NULL	"241"
#define KEPT_LAST	"249"

/*
 * What stands for 0, 1 and 2 meanwhile: bash saves a descriptor above the one
 * that takes its place, if that is 10 or more.
 */
static const struct place {
	const char *begin, *init, *over;
} low = { "", ">&1 2>&1", ">&0 2>&0 </dev/null" }, high = {
	"\\command exec " KEPT_ERR ">&- " KEPT_NULL ">&-; \\command shift; ",
	">&" KEPT_ERR " 2>&" KEPT_ERR,
	">&" KEPT_ERR " 2>&" KEPT_ERR " <&" KEPT_NULL
};

/* What it has the init may change. */
static const char *
slot_var(const struct spawn_place *place)
{
	struct buf b = { 0 };
	bool can;

	if (place->slot_var == NULL)
		return NULL;
	buf_addf(&b, "%s=", place->slot_var);
	can = snippet_is_variable(buf_str(&b));
	buf_free(&b);
	return can ? place->slot_var : NULL;
}

/* No array or nameref of bash is in an environment.  The user's own variable is
   left as it is where it is readonly, as some always are. */
static void
add_unset(struct buf *b, const char *var)
{
	buf_adds(b, "case ${BASH_VERSION-} in '') ;; *) "
	    "{ \\command unset -n " VARIABLES WORKERS "; } "
	    "2>/dev/null; case $? in 1) \\command unset -n " VARIABLES WORKERS
	    "; \\command exit 125 ;; esac; \\command unset -v " VARIABLES
	    WORKERS "; ");
	if (var)
		buf_addf(b, "\\command set -- \"$1\" \"$2\" \"${%s+s}\" "
		    "\"${%s-}\"; { \\command unset -n %s && "
		    "\\command unset -v %s && case $3 in s) "
		    "\\command export %s=\"$4\" ;; esac; } 2>/dev/null; ",
		    var, var, var, var, var);
	buf_adds(b, ";; esac; ");
}

/* A variable that the init has made readonly is said by the shell. */
static void
add_export(struct buf *b, const struct spawn_place *place)
{
	add_unset(b, slot_var(place));
	buf_addf(b, "\\command export PPX_SEQ= PPX_ATTEMPT= PARALLEL_SEQ= "
	    "PARALLEL_JOBSLOT=%u PPX_SLOT=%u PPX_WORKER_PID=%d", place->slot,
	    place->slot, (int)place->worker);
	if (place->dir) {
		buf_adds(b, " PPX_WORKER_DIR=");
		add_quoted(b, place->dir);
	}
	buf_adds(b, "; case $? in 0) ;; *) \\command exit 125 ;; esac; ");
}

/* From here on nothing is read from the init but what it has made. */
static void
add_script(struct buf *b, const char *word, const struct spawn_place *place,
    const struct place *at)
{
	buf_addf(b, "{ \\eval \"%s\\command shift;$1\" %s; "
	    "{ \\command set -- \"$-\" \"$?\" " MARK "; "
	    "\\command set +emuvx; "
	    "case ${BASH_VERSION-} in '') ;; *) " CALM " ;; esac; } "
	    ">/dev/null 2>&1; ", at->begin, at->init);
	add_refusal(b);
	add_builtins(b, word);
	buf_adds(b, "{ " CALM "; } >/dev/null 2>&1; "
	    "case $2 in 0) ;; *) \\command exit \"$2\" ;; esac; ");
	add_export(b, place);
	buf_addf(b, "} %s; ", at->over);
}

/* Where there are too few descriptors, bash takes the first from 10 on. */
static void
add_init(struct buf *b, const char *word, const struct spawn_place *place)
{
	buf_adds(b, "case ${BASH_VERSION+b} in '') ;; *) \\command exec "
	    KEPT_LAST ">&0 && \\command exec " KEPT_LAST ">&- " KEPT_ERR ">&0 "
	    KEPT_NULL "</dev/null && \\command set -- \"$1\" " KEPT_ERR
	    " ;; esac; case ${2-} in '') ");
	add_script(b, word, place, &low);
	buf_adds(b, ";; *) ");
	add_script(b, word, place, &high);
	buf_adds(b, "\\command exec " KEPT_ERR ">&- " KEPT_NULL ">&- ;; esac; ");
}

static void
add_begin(struct buf *b, const char *word, const char *path)
{
	buf_adds(b, "\\command echo " SNIPPET_OVER " >&2; "
	    "case $? in 0) ;; *) \\command exit 125 ;; esac; { ");
	add_question(b, word, path);
	buf_adds(b, "} </dev/null >/dev/null 2>&1; "
	    "\\command echo \"" SNIPPET_INIT "$2$3 $1\" >&2; ");
}

/* What $1 is until a task has its own: one that reads the end of the pipe first
   is none. */
#define NO_TASK		"'\\command exit 122'"

/* A task, which reads a descriptor of the worker. */
static void
add_task(struct buf *b, pid_t worker, const char *fd, bool tells)
{
	buf_adds(b, "( ");
	if (tells)
		buf_adds(b, "\\command echo " SNIPPET_TASK " >&2; ");
	buf_addf(b, "\\command . /proc/%d/fd/%s; \\command eval \"$1\" )",
	    (int)worker, fd);
}

/*
 * Many at once are made as a pipeline, whose commands the shell forks one by
 * one, from the left, and leaves as they are; those of a list with & ignore
 * INT.  When the last one speaks, all are there.
 */
static void
add_tasks(struct buf *b, pid_t worker, const struct snippet_pipes *pipes)
{
	static const char last[] = "\"$2\"";
	char fd[16];
	unsigned i;

	if (pipes->nmore == 0) {
		add_task(b, worker, last, true);
		return;
	}
	buf_adds(b, "case $PPX_SEQ in ?*) ");
	for (i = 0; i < pipes->nmore; i++) {
		snprintf(fd, sizeof(fd), "%d", pipes->more[i]);
		add_task(b, worker, fd, false);
		buf_adds(b, " | ");
	}
	add_task(b, worker, last, true);
	buf_adds(b, " ;; *) ");
	add_task(b, worker, last, true);
	buf_adds(b, " ;; esac");
}

/* TMOUT of bash may end read (142 = 128 + SIGALRM). */
static void
add_brood(struct buf *b, pid_t worker, const struct snippet_pipes *pipes)
{
	buf_adds(b, "( \\command unset -f " FUNCTION "; "
	    "\\command echo " SNIPPET_BETWEEN " >&2; ");
	add_tasks(b, worker, pipes);
	buf_adds(b, "; \\command exit ); \\command echo " SNIPPET_GONE " >&2; "
	    "until \\command read -r PPX_SEQ <&2; do "
	    "case $? in 142) ;; *) \\command exec >&0 2>&0; \\command exit ;; "
	    "esac; done; ");
}

static void
add_twin(struct buf *b, pid_t worker, const struct snippet_pipes *pipes)
{
	buf_adds(b, "\\command echo " SNIPPET_TWIN " >&2; "
	    "case $2 in s) " FUNCTION "() { ");
	add_brood(b, worker, pipes);
	buf_addf(b, "}; while \\command :; do " FUNCTION " " NO_TASK " %d; "
	    FUNCTION " " NO_TASK " %d; done ;; "
	    "*) \\command set -- " NO_TASK " %d %d; "
	    "while \\command :; do ", pipes->last[0], pipes->last[1],
	    pipes->last[0], pipes->last[1]);
	add_brood(b, worker, pipes);
	buf_adds(b, "\\command set -- \"$1\" \"$3\" \"$2\"; done ;; esac; ");
}

/*
 * The shell and its twin are one state at first.  What the init has left
 * running is of the shell, which only waits for its end, with its stdout for
 * that; the tasks are of the twin.  What stands between them is killed (137 in
 * most shells, 265 in some), or there was no process for the twin.
 */
void
snippet_driver(struct buf *b, const char *word, const char *path,
    const struct spawn_place *place, const struct snippet_pipes *pipes,
    const struct snippet_stdio *io, bool bare)
{
	pid_t worker = place->worker;

	buf_adds(b, "{ ");
	if (bare)
		add_script(b, word, place, &low);
	else
		add_init(b, word, place);
	add_check(b, worker, io);
	add_begin(b, word, path);
	buf_adds(b, "( \\command echo " SNIPPET_APART " >&2; ( ");
	add_twin(b, worker, pipes);
	buf_addf(b, "); \\command exit ); case $? in 137 | 265) ;; "
	    "*) \\command exit 125 ;; esac; \\command exec 1</proc/%d/fd/%d; "
	    "\\command echo " SNIPPET_PARTED " >&2; "
	    "\\command . /proc/self/fd/1; \\command exit; }", (int)worker,
	    pipes->end);
}

bool
snippet_parse(const char *s, size_t n, struct snippet_shell *shell)
{
	if (n < 3 || s[2] != ' ' || !strchr("bs", s[0]) ||
	    !strchr("oufp", s[1]))
		return false;
	shell->bash = s[0] == 'b';
	shell->word = (enum snippet_word)s[1];
	s += 3;
	n -= 3;
	if (n >= sizeof(shell->flags))
		n = sizeof(shell->flags) - 1;
	memcpy(shell->flags, s, n);
	shell->flags[n] = '\0';
	return true;
}

/* --- a task ------------------------------------------------------------ */

static void
add_stdio(struct buf *b, const struct snippet *s)
{
	if (s->out < 0)
		buf_adds(b, "\\command exec 2>&0 </dev/null\n");
	else
		buf_addf(b, "\\command exec </dev/null >|/proc/%d/fd/%d "
		    "2>|/proc/%d/fd/%d\n", (int)s->worker, s->out,
		    (int)s->worker, s->err);
}

/* As in the environment of one that is executed: they are exported already. */
static void
add_variables(struct buf *b, const struct snippet *s)
{
	unsigned long long seq = s->seq;

	buf_addf(b, "PPX_SEQ=%llu PPX_ATTEMPT=%u PARALLEL_SEQ=%llu\n", seq,
	    s->attempt, seq);
}

static const char *
next(const char *word)
{
	return word + strlen(word) + 1;
}

/* A name that begins with - is an option to the exec of bash. */
static void
add_exec(struct buf *b, const struct snippet *s, const char *word)
{
	char **v = strchr(word, '=') ? NULL : s->env;

	buf_adds(b, "\\command exec ");
	if (s->shell->bash) {
		buf_adds(b, "-- ");
	} else if (v && *v) {
		add_quoted(b, s->env_program);
		buf_adds(b, " -- ");
		for (; *v; v++) {
			add_quoted(b, *v);
			buf_addc(b, ' ');
		}
	}
	buf_adds(b, "\"$@\"");
}

/* What a line begins with: options that it is to have, in one line with it. */
static void
add_options(struct buf *b, const char *flags, bool shift)
{
	struct buf set = { 0 };
	const char *what = shift ? "\\command shift;" : "";

	for (; *flags; flags++)
		if (strchr(OPTIONS, *flags))
			buf_addc(&set, *flags);
	if (set.len)
		buf_addf(b, "{ %s \\command set -%s; } 2>/dev/null;", what,
		    buf_str(&set));
	else
		buf_adds(b, what);
	buf_free(&set);
}

/*
 * What is evaluated: a function of the init's, or such a builtin; or a program,
 * whose process the task's becomes, so that its end is the program's, by
 * whatever signal; or the line.
 */
static void
add_line(struct buf *b, const struct snippet *s)
{
	enum snippet_word word = s->named ? s->shell->word : WORD_OTHER;

	add_options(b, s->shell->flags, true);
	if (s->line) {
		if (s->plain && word == WORD_PROGRAM)
			buf_adds(b, "\\command exec ");
		buf_adds(b, next(next(s->args)));
	} else if (word == WORD_FUNCTION ||
	    (s->named && snippet_is_builtin(s->args))) {
		buf_adds(b, "\"$@\"");
	} else {
		add_exec(b, s, s->args);
	}
}

/* $1 is what is evaluated, and what follows its own $1 and so on. */
static void
add_words(struct buf *b, const struct snippet *s)
{
	struct buf line = { 0 };
	const char *p = s->args;
	uint32_t i = 0;

	add_line(&line, s);
	buf_adds(b, "\\command set -- ");
	add_quoted(b, buf_str(&line));
	buf_free(&line);
	if (s->line)
		for (; i < 4; i++)
			p = next(p);
	for (; i < s->argc; i++, p = next(p)) {
		buf_addc(b, ' ');
		add_quoted(b, p);
	}
	buf_addc(b, '\n');
}

void
snippet_task(struct buf *b, const struct snippet *s)
{
	add_stdio(b, s);
	add_variables(b, s);
	if (s->dir) {
		buf_adds(b, "\\command cd -P ");
		add_quoted(b, s->dir);
		buf_adds(b, " || \\command exit 126\n");
	}
	add_words(b, s);
}

void
snippet_fini(struct buf *b, const char *fini,
    const struct snippet_shell *shell)
{
	struct buf line = { 0 };

	add_options(&line, shell->flags, false);
	buf_adds(&line, fini);
	buf_adds(b, "\\command unset " VARIABLES "\n\\command set --\n"
	    "\\command echo " SNIPPET_FINI " >&2\n"
	    "\\command exec >&0 2>&0 </dev/null\n\\command eval ");
	add_quoted(b, buf_str(&line));
	buf_adds(b, "; { \\command set -- \"$?\"; \\command set +vx; } "
	    "2>/dev/null; \\command exit \"$1\"\n");
	buf_free(&line);
}

void
snippet_elsewhere(struct buf *b, pid_t worker, int fd)
{
	buf_addf(b, "\\command . /proc/%d/fd/%d\n", (int)worker, fd);
}
