/*
 * What COMMAND is: which form, compiled into which templates.  Private to
 * command.c and form.c.
 */
#ifndef INPUT_FORM_H
#define INPUT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "input/command.h"
#include "input/template.h"

enum kind {
	KIND_ARGV,		/* words: program and arguments */
	KIND_FUNCTION,		/* the same, but words[0] is a bash function */
	KIND_LINE,		/* line, run by shell */
	KIND_RECORD		/* command mode */
};

/* Not part of what a command is, so it may change while one is expanded. */
struct scratch {
	struct buf text;
	struct buf joined;
	struct words words;
	struct buf ends;
	struct buf found;	/* the last program that was in PATH */
};

struct command {
	enum kind kind;
	struct command_conf conf;
	struct template **words;
	size_t n;
	struct template *line;
	const char *shell;
	bool positional;	/* the line has $1 in it */
	bool append;		/* the values follow the last word */
	bool many;		/* ... as words of their own */
	char *plain;		/* the first word of a line of plain words that
				   is for a shell all the same; or NULL */
	struct scratch *scratch;
};

/* Compiles c->conf; a fault may leave c half made, command_free() frees it. */
void form_compile(struct command *c, struct command_fault *fault);

/* The shell that runs this line: --shell, or what the line asks for. */
const char *form_shell(const struct command *c, const char *line, size_t n);

/* May lines of plain words go without a shell?  Only without the user's. */
bool form_may_skip_shell(const struct command *c);

/* Can a line that begins with this word be run without a shell? */
bool form_runs_directly(const struct command *c, const char *name);

#endif
