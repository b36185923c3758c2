#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "cli/value.h"
#include "run/inlet.h"

struct cut *
inlet_cut(const struct conf *conf)
{
	struct cut_conf cc = {
		.start = conf->recstart.p, .nstart = conf->recstart.n,
		.end = conf->recend.p, .nend = conf->recend.n,
		.regexp = conf->regexp, .lines = conf->max_lines,
		.records = conf->max_replace ? conf->max_replace :
		    conf->max_args,
	};
	struct fault f;
	bool at_start = false;
	struct cut *c = cut_new(&cc, &f, &at_start);

	if (c == NULL)
		value_check(at_start ? "--recstart" : "--recend",
		    at_start ? cc.start : cc.end, f);
	return c;
}

int
inlet_open(const struct conf *conf, bool stdin_closed, const char **name,
    struct stat *st)
{
	const char *path = conf->sources[0].path;
	bool std = strcmp(path, "-") == 0;
	int fd;

	*name = std ? "stdin" : path;
	fd = std ? STDIN_FILENO : fd_open(path, O_RDONLY, 0);
	if (std && stdin_closed)
		errno = EBADF;
	if (fd < 0 || (std && stdin_closed) || fstat(fd, st) < 0)
		die("cannot read %s: %s", *name, strerror(errno));
	if (S_ISDIR(st->st_mode))
		die("cannot read %s: %s", *name, strerror(EISDIR));
	return fd;
}
