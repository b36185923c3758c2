#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cgroup.h"
#include "base/cpus.h"
#include "base/fd.h"
#include "base/os.h"
#include "cli/help.h"
#include "cli/options.h"

/* Where the text about an option begins: OPTION_HELP_MAX before column 80. */
enum { TEXT_COLUMN = 80 - OPTION_HELP_MAX };

static const char head[] =
"Usage: ppx [OPTION]... COMMAND [ARG]... [::: ITEM...]... [:::: FILE...]...\n"
"       ppx [OPTION]...                  (each record is a shell line)\n"
"\n"
"Runs COMMAND once for each item, as many at once as there are CPUs.\n"
"Several words are a program and its arguments; one word with blanks or\n"
"shell syntax is a line for the shell.  Options end at the first word.\n"
"\n"
"In COMMAND {} is the item, {.} without its suffix, {/} its last part,\n"
"{//} its directory, {/.} both of {/} and {.}, {#} the task's number,\n"
"{%} its slot; {1} {2} {-1} {1.} are its values (of several sources, of\n"
"columns), {name} those with a --header; in a shell line they are also\n"
"\"$1\" \"$2\".  Without any of these the item is added as last argument.\n";

static const char tail[] =
"\n"
"Exit status: 0 all went well, 123 a task failed, 125 ppx itself failed,\n"
"126 or 127 COMMAND cannot be run; ended by a signal: dies by it.\n"
"All of it: man ppx\n";

/* "-j, -P, --jobs, --max-procs N" */
static void
add_names(struct buf *b, const struct option_row *row)
{
	const char *const *name;
	const char *l;

	buf_adds(b, *row->letters ? "  " : "      ");
	for (l = row->letters; *l; l++)
		buf_addf(b, "-%c%s", *l, l[1] || *row->names ? ", " : "");
	for (name = row->names; *name && **name; name++)
		buf_addf(b, "--%s%s", *name, name[1] && *name[1] ? ", " : "");
	if (row->arg)
		buf_addf(b, "%s%s", *row->arg == '[' ? "" : " ", row->arg);
}

static void
add_row(struct buf *b, const struct option_row *row)
{
	size_t start = b->len;

	add_names(b, row);
	if (b->len - start >= TEXT_COLUMN - 1) {
		buf_addc(b, '\n');
		start = b->len;
	}
	while (b->len - start < TEXT_COLUMN)
		buf_addc(b, ' ');
	buf_addf(b, "%s\n", row->help);
}

/* Writes b to stdout and frees it. */
static int
print(struct buf *b)
{
	int result = fd_write(STDOUT_FILENO, b->data, b->len);

	buf_free(b);
	return result;
}

int
help_usage(void)
{
	enum option_group group = GROUP_NONE;
	const struct option_row *row;
	struct buf b = { 0 };
	size_t i;

	buf_adds(&b, head);
	for (i = 0; (row = option_row(i)) != NULL; i++) {
		if (row->group == GROUP_NONE)
			continue;
		if (row->group != group)
			buf_addf(&b, "\n%s:\n", option_group_title(row->group));
		group = row->group;
		add_row(&b, row);
	}
	buf_adds(&b, tail);
	return print(&b);
}

/* Is there a program of that name in PATH? */
static bool
in_path(const char *name)
{
	const char *p = getenv("PATH"), *end;
	bool found = false;

	for (; p && !found; p = *end ? end + 1 : NULL) {
		struct buf b = { 0 };

		end = p + strcspn(p, ":");
		buf_addf(&b, "%.*s/%s", (int)(end - p), p, name);
		found = end > p && access(buf_str(&b), X_OK) == 0;
		buf_free(&b);
	}
	return found;
}

static const char *
memory_method(void)
{
	const char *mode = cgroup_mode();
	int fd;

	if (mode)
		return mode;
	fd = os_memory_open(getpid());
	if (fd < 0)
		return "none";
	close(fd);
	return "sampling";
}

int
help_version(void)
{
	struct buf b = { 0 };

	buf_adds(&b, "ppx " PACKAGE_VERSION "\n");
	buf_addf(&b, "ending of tasks: %s\n", os_kill_method());
	buf_addf(&b, "limits of memory: %s\n", memory_method());
	buf_addf(&b, "CPUs this process may use: %zu\n", cpus_count());
#if defined(HAVE_SYS_EPOLL_H) && !defined(PPX_OS_GENERIC)
	buf_adds(&b, "event loop: poll, epoll\n");
#else
	buf_adds(&b, "event loop: poll\n");
#endif
	buf_addf(&b, "bash, for exported functions: %s\n",
	    in_path("bash") ? "found" : "not found");
	return print(&b);
}
