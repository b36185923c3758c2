/*
 * What a warm shell is told, as text: the driver that it runs from its birth
 * on, and what a task reads before it begins.  Pure.
 *
 * Whatever is not ours (a word, a line) stands in single quotes, between which
 * no byte means anything to a shell (POSIX.1-2008, XCU 2.2.2).
 */
#ifndef POOL_SNIPPET_H
#define POOL_SNIPPET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

/* What the shell writes to its socket, in lines: */
#define SNIPPET_OVER	"ppx e"		/* the init has succeeded, */
#define SNIPPET_INIT	"ppx i "	/* this is the shell; then as below */
#define SNIPPET_APART	"ppx a"		/* by what stands between it and */
#define SNIPPET_TWIN	"ppx w"		/* its twin, which makes the tasks, */
#define SNIPPET_PARTED	"ppx p"		/* the shell: that has gone, the end open */
#define SNIPPET_BETWEEN	"ppx o"		/* by the process between, */
#define SNIPPET_TASK	"ppx t"		/* the last of the tasks that wait, */
#define SNIPPET_GONE	"ppx g"		/* the twin: what stood between has gone */
#define SNIPPET_FINI	"ppx f"		/* the shell: it begins with its fini */

/* ... and what it is answered each time: make one more, or many. */
#define SNIPPET_NEXT	"\n"
#define SNIPPET_MANY	"0123456789\n"	/* no IFS is all of this */

enum { SNIPPET_BROOD = 16 };	/* never more */

/* What the first word of COMMAND is to the shell. */
enum snippet_word {
	WORD_OTHER = 'o',	/* a builtin, keyword, alias; or not found */
	WORD_UNSURE = 'u',	/* one of the first three, and the init has
				   changed PATH: a program may be there, too */
	WORD_FUNCTION = 'f',
	WORD_PROGRAM = 'p'	/* a file that was found by PATH */
};

/* Behind SNIPPET_INIT: one letter, one of the above, a blank, and $-. */
struct snippet_shell {
	bool bash;
	enum snippet_word word;
	char flags[32];
};

struct snippet {
	pid_t worker;		/* whose descriptors are meant */
	const struct snippet_shell *shell;
	bool line;		/* words are SHELL -c LINE NAME VALUE... */
	bool plain;		/* the line is plain words, the first of them
				   that which the driver was asked for */
	bool named;		/* the first word is that one */
	const char *args;	/* argc words, each ended by a NUL */
	uint32_t argc;
	uint64_t seq;
	unsigned attempt;
	const char *dir;	/* where it runs, from /; or NULL */
	int out, err;		/* descriptors of the worker; -1 = as ours */
	char **env;		/* what a program is to have, too, and such a
				   shell does not pass on; or NULL */
	const char *env_program;	/* env(1), for that */
};

/* Descriptors of the worker, while the init runs: what the shell begins with. */
struct snippet_stdio {
	int err;		/* ppx's stderr */
	int socket;		/* the shell's end of it */
};

/* Descriptors of the worker that are read to their end. */
struct snippet_pipes {
	int last[2];		/* by the last of those made in one go, in turn */
	int more[SNIPPET_BROOD - 1];	/* by those before, */
	unsigned nmore;			/* ... if more than one may be made */
	int end;		/* by the shell itself */
};

struct spawn_place;

/*
 * The shell's $1 is the init, its stdin ppx's stderr, its stdout that of
 * ungrouped tasks, its stderr the socket.  word:
 * the first of COMMAND, if all tasks have the same; or NULL.  path: the PATH
 * that the shell begins with.  place: the worker's, by which it sets PPX_SLOT
 * and the like once more after the init.  bare: there is none, so none that
 * could close the descriptors in which bash keeps others meanwhile.
 */
void snippet_driver(struct buf *b, const char *word, const char *path,
    const struct spawn_place *place, const struct snippet_pipes *pipes,
    const struct snippet_stdio *io, bool bare);

/* Can the shell be asked what this is? */
bool snippet_may_ask(const char *word);

/* A builtin that makes no more of its arguments than data, in any shell, and
   that no program stands for. */
bool snippet_is_builtin(const char *word);

/* What the shell said behind SNIPPET_INIT, n bytes; false: nothing of ours. */
bool snippet_parse(const char *s, size_t n, struct snippet_shell *shell);

void snippet_task(struct buf *b, const struct snippet *s);

/* The fini, in the shell itself, which exits with its status. */
void snippet_fini(struct buf *b, const char *fini,
    const struct snippet_shell *shell);

/* What is too long for a pipe: the text is in that descriptor. */
void snippet_elsewhere(struct buf *b, pid_t worker, int fd);

/* Is it NAME=VALUE with a NAME that a shell takes for one? */
bool snippet_is_variable(const char *var);

#endif
