/*
 * The driver is one compound command, so all of it is parsed before the init
 * can make aliases, and no variable that an init could change matters to it.
 *
 * Its options -e, -u, -v and -x are put off while it runs, and a task has them
 * again.  The last command of a subshell is not forked for by some shells:
 * hence what stands behind it.
 */
#include "config.h"

#include <string.h>

#include "pool/snippet.h"

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

/* A task that reads the end of the pipe first is none, and ends by shift. */
static void
add_pair(struct buf *b, pid_t worker, int fd)
{
	buf_addf(b, "( echo " SNIPPET_BETWEEN " >&2; "
	    "( echo " SNIPPET_TASK " >&2; set --; . /proc/%d/fd/%d; "
	    "case $# in 0) exit 122 ;; esac; "
	    "eval \"shift;$1\" ); exit ); "
	    "echo " SNIPPET_GONE " >&2; "
	    "read -r PPX_SEQ <&2 || exit; ", (int)worker, fd);
}

void
snippet_driver(struct buf *b, const char *init, pid_t worker, const int fd[2])
{
	buf_adds(b, "{ eval ");
	add_quoted(b, init);
	buf_adds(b, " >&0 2>&0 </dev/null; case $? in 0) ;; *) exit ;; esac; "
	    "echo \"" SNIPPET_INIT "$-\" >&2; set +euvx; while :; do ");
	add_pair(b, worker, fd[0]);
	add_pair(b, worker, fd[1]);
	buf_adds(b, "done; }");
}

static void
add_stdio(struct buf *b, const struct snippet *s)
{
	if (s->out < 0)
		buf_adds(b, "\\exec 2>&0 </dev/null\n");
	else
		buf_addf(b, "\\exec </dev/null >|/proc/%d/fd/%d "
		    "2>|/proc/%d/fd/%d\n", (int)s->worker, s->out,
		    (int)s->worker, s->err);
}

/* As in the environment of one that is executed. */
static void
add_variables(struct buf *b, const struct snippet *s)
{
	unsigned long long seq = s->seq;

	buf_addf(b, "\\export PPX_SEQ=%llu PPX_ATTEMPT=%u PARALLEL_SEQ=%llu "
	    "PARALLEL_JOBSLOT=%u\n", seq, s->attempt, seq, s->slot);
}

static const char *
next(const char *word)
{
	return word + strlen(word) + 1;
}

/*
 * A function or builtin has no slash in its name.  So the task's process becomes
 * the program, and its end is the program's, by whatever signal.
 */
static bool
is_program(const char *word)
{
	return *word != '-' && strchr(word, '/');
}

/* $1 is the line, and what follows its own $1 and so on. */
static void
add_words(struct buf *b, const struct snippet *s)
{
	const char *p = s->args;
	uint32_t i = 0;

	buf_adds(b, "\\set -- ");
	if (s->line) {
		p = next(next(p));
		add_quoted(b, p);
		p = next(next(p));
		i = 4;
	} else {
		buf_adds(b, is_program(p) ? "'exec \"$@\"'" : "'\"$@\"'");
	}
	for (; i < s->argc; i++, p = next(p)) {
		buf_addc(b, ' ');
		add_quoted(b, p);
	}
	buf_addc(b, '\n');
}

void
snippet_task(struct buf *b, const struct snippet *s)
{
	const char *f;

	add_stdio(b, s);
	add_variables(b, s);
	if (s->dir) {
		buf_adds(b, "\\cd ");
		add_quoted(b, s->dir);
		buf_adds(b, " || \\exit 126\n");
	}
	add_words(b, s);
	for (f = s->flags; *f; f++)
		if (strchr("euvx", *f))
			buf_addf(b, "\\set -%c\n", *f);
}

void
snippet_elsewhere(struct buf *b, pid_t worker, int fd)
{
	buf_addf(b, ". /proc/%d/fd/%d\n", (int)worker, fd);
}
