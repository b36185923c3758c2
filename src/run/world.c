#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "run/world.h"

/* A longer line is not shown when it is refused. */
enum { CARET_MAX = 200 };

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0;
}

/* The last answer is kept: in command mode it is asked for every record. */
bool
world_has_program(const char *name)
{
	static struct buf last;
	static bool answer;
	const char *dir = getenv("PATH");
	struct buf b = { 0 };
	bool found = false;
	size_t n;

	if (strchr(name, '/'))
		return is_program(name);
	if (last.len == strlen(name) && last.len &&
	    memcmp(last.data, name, last.len) == 0)
		return answer;
	for (; dir && !found; dir = dir[n] ? dir + n + 1 : NULL) {
		n = strcspn(dir, ":");
		b.len = 0;
		buf_add(&b, n ? dir : ".", n ? n : 1);
		buf_addc(&b, '/');
		buf_adds(&b, name);
		found = is_program(buf_str(&b));
	}
	buf_free(&b);
	last.len = 0;
	buf_adds(&last, name);
	return answer = found;
}

/* bash exports a function f as the variable BASH_FUNC_f%% (since 4.3). */
static bool
is_function(const char *name)
{
	static int any = -1;
	size_t i, n = strlen(name);

	if (any < 0) {
		any = 0;
		for (i = 0; environ[i]; i++)
			any |= strncmp(environ[i], "BASH_FUNC_", 10) == 0;
	}
	if (!any)
		return false;
	for (i = 0; environ[i]; i++)
		if (strncmp(environ[i], "BASH_FUNC_", 10) == 0 &&
		    strncmp(environ[i] + 10, name, n) == 0 &&
		    strncmp(environ[i] + 10 + n, "%%=", 3) == 0)
			return true;
	return false;
}

static enum command_form
form_of(const struct conf *conf)
{
	switch (conf->choice) {
	case COMMAND_EXEC:
		return FORM_EXEC;
	case COMMAND_SHELL:
		return FORM_SHELL;
	case COMMAND_AUTO:
		break;
	}
	return FORM_AUTO;
}

static void
refuse(const struct conf *conf, const struct command_fault *f)
{
	const char *word = conf->command[f->word];
	const char *lead = f->place && f->advice ? "no value can stand " : "";

	if (strlen(word) < CARET_MAX && strchr(word, '\n') == NULL)
		diag("%s%s\n  %s\n  %*s^%s%s", lead, f->why, word,
		    diag_columns(word, f->offset), "", f->advice ? "\n  " : "",
		    f->advice ? f->advice : "");
	else
		diag("%s%s, at byte %zu of the command%s%s", lead, f->why,
		    f->offset + 1, f->advice ? "; " : "",
		    f->advice ? f->advice : "");
	exit(EXIT_PPX);
}

struct command *
world_command(const struct conf *conf, const struct vocabulary *v, bool warm)
{
	struct command_conf cc = {
		.words = conf->command, .vocabulary = v,
		.shell = conf->shell, .form = form_of(conf),
		.context = conf->batch == BATCH_CONTEXT,
		.no_args = conf->no_args || conf->semaphore || conf->coproc ||
		    (conf->pipe && !conf->cat && !conf->fifo && !conf->tee),
		.warm = warm,
		.fed = conf->coproc, .end = conf->delimited &&
		    conf->delimiter == '\0' ? '\0' : '\n',
		.world = { world_has_program, is_function },
	};
	struct command_fault fault = { 0 };
	struct command *c = command_new(&cc, &fault);

	if (c == NULL)
		refuse(conf, &fault);
	return c;
}
