#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/wordcut.h"
#include "cli/shebang.h"
#include "cli/store.h"

bool
shebang_wanted(const char *arg)
{
	static const char *const names[] = { "--shebang", "--hashbang" };
	size_t i, n;

	for (i = 0; i < COUNT(names); i++) {
		n = strlen(names[i]);
		if (strncmp(arg, names[i], n) == 0 &&
		    (arg[n] == '\0' || arg[n] == ' ' || arg[n] == '\t'))
			return true;
	}
	return false;
}

/* Has the file a first line for the kernel, with that argument in it? */
static bool
is_line_of(const char *path, const char *arg)
{
	int fd = fd_open(path, O_RDONLY | O_NONBLOCK, 0);
	char line[512];
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return strncmp(line, "#!", 2) == 0 && strstr(line, arg) != NULL;
}

void
shebang_check(const char *arg, const char *script)
{
	const char *s;

	for (s = arg; *arg == '-' && (s = strchr(s, ' ')) != NULL; )
		if (shebang_wanted(++s) && is_line_of(script, arg))
			die("--shebang must be the first option of a script's "
			    "first line");
}

/* Cuts line into words at `to`, which has room for all of it; how many. */
static size_t
cut(const char *line, char *to, char **words)
{
	struct wordcut w = { 0 };
	enum wordcut_got got;
	char shown[72];
	const char *p;
	size_t n = 0;
	bool was;

	for (p = line; *p; p++) {
		was = w.inside;
		got = wordcut_step(&w, *p);
		if (w.inside && !was)
			words[n++] = to;
		if (got == WORDCUT_BYTE || got == WORDCUT_END)
			*to++ = got == WORDCUT_BYTE ? *p : '\0';
	}
	*to = '\0';
	if (w.quote)
		die("a quote is not closed in the script's first line: %s",
		    diag_show(shown, sizeof(shown), line, strlen(line)));
	return n;
}

char **
shebang_words(struct conf *c, int *argc, char **argv)
{
	size_t len = strlen(argv[1]), most = (size_t)*argc + len + 2, n, i;
	char **to = xmalloc(most * sizeof(*to) + len + 1);
	size_t last = (size_t)*argc - 1, script;
	char shown[72];

	if (last < 2)
		die("%s is for the first line of a script: "
		    "\"#!/usr/bin/ppx --shebang ...\"", argv[1]);
	to[0] = argv[0];
	n = 1 + cut(argv[1], (char *)(to + most), to + 1);
	script = n > 2 ? 2 : last;
	if (n == 2 && last > 2 && access(argv[last], F_OK) < 0)
		die("--shebang: %s is taken for the script, which is the last "
		    "word after env -S, or with nothing behind --shebang: it "
		    "cannot have arguments then", diag_show(shown,
		    sizeof(shown), argv[last], strlen(argv[last])));
	for (i = 2; i <= last; i++)
		if (i != script)
			to[n++] = argv[i];
	to[n] = NULL;
	*argc = (int)n;
	store_source(c, (struct conf_source){ .path = argv[script],
	    .by = "--shebang" });
	return to;
}
