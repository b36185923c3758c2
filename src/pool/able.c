#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/sender.h"
#include "pool/snippet.h"
#include "pool/spawn.h"
#include "pool/warm.h"

/* A worker's, with a task and one behind it, and some to look at /proc with;
   beyond MANY_FILES there is room. */
enum { WARM_FILES = 17, MANY_FILES = 256 };

/* That ppx can be read is not proven to be needed everywhere: some kernels let the
   /proc of one that cannot be opened all the same. */
bool
warm_possible(const char **why)
{
	int fd[2];
	bool told;

	*why = "this system does not tell who has written to a socket";
	if (fd_pair(fd) < 0) {
		*why = strerror(errno);
		return false;
	}
	told = sender_ask(fd[0]);
	close(fd[0]);
	close(fd[1]);
	if (!told)
		return false;
	*why = "there is no /proc here, by which a shell opens descriptors";
	if (access("/proc/self/fd", X_OK) < 0)
		return false;
	*why = "the program ppx must be readable by who runs it, or no shell "
	    "can open its descriptors by /proc";
	return os_is_open();
}

/* Those that ppx was started with are in each worker; ours are CLOEXEC. */
unsigned
warm_lacks_files(void)
{
	unsigned need = WARM_FILES;
	struct rlimit limit;
	int fd;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > MANY_FILES)
		return 0;
	for (fd = 3; fd < (int)limit.rlim_cur; fd++)
		need += fcntl(fd, F_GETFD) == 0;
	return need > limit.rlim_cur ? need - (unsigned)limit.rlim_cur : 0;
}

bool
warm_has_files(int most)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur >= (rlim_t)most;
}

static int
seek_at(const char *path, const char *dir)
{
	int fd = fd_open(dir, O_RDONLY | O_DIRECTORY, 0), error;

	if (fd < 0)
		return 0;	/* that of a shell that has died */
	error = faccessat(fd, path, X_OK, 0) < 0 ? errno : 0;
	close(fd);
	return error;
}

int
warm_seek(const char *word, const char *dir)
{
	struct buf path = { 0 };
	int error;

	if (strchr(word, '/'))
		return seek_at(word, dir);
	error = spawn_search(&path, word);
	buf_free(&path);
	return error;
}

/* env(1), as we find it: an init may change PATH. */
static void
find_env(struct buf *path)
{
	struct buf found = { 0 };
	char here[PATH_MAX];

	if (spawn_search(&found, "env") != 0) {
		buf_adds(path, "env");	/* the shell says that there is none */
	} else {
		if (*buf_str(&found) != '/' &&
		    getcwd(here, sizeof(here)) != NULL)
			buf_addf(path, "%s/", here);
		buf_adds(path, buf_str(&found));
	}
	buf_free(&found);
}

char **
warm_strange(struct buf *env)
{
	char **v;
	size_t i, n = 0;

	for (i = 0; environ[i]; i++)
		n += !snippet_is_variable(environ[i]);
	if (n == 0)
		return NULL;
	find_env(env);
	v = xcalloc(n + 1, sizeof(v[0]));
	for (n = i = 0; environ[i]; i++)
		if (!snippet_is_variable(environ[i]) && *environ[i] != '=')
			v[n++] = environ[i];
	return v;
}
