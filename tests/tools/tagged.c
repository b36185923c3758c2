/*
 * Finds and ends processes by a tag: any text of at least 8 bytes in their
 * arguments or in the environment they were started with (/proc/PID/cmdline
 * and environ).  Both read as empty once a process has ended, so zombies are
 * never found.
 *
 *	tagged list TAG [NAME]	their pids, one a line; with NAME only of
 *				processes so named (/proc/PID/comm).  Exit 1
 *				when there are none
 *	tagged show TAG		the same with name and arguments, to be read
 *	tagged kill TAG		KILLs them, and what they start meanwhile
 *	tagged watch PID SECONDS FILE <TAG
 *				a watchdog that ends with PID.  If PID, a bats
 *				test, is still there after SECONDS, all below
 *				PID and all that is tagged is killed, named in
 *				FILE, and PID can go on to report it; if it
 *				does not, it is ended as well
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { most = 4096, tag_min = 8 };

struct pids {
	pid_t v[most];
	int n;
};

typedef bool wanted(pid_t pid, const void *arg);

static struct pids found;

/* Returns the bytes of /proc/PID/FILE, NUL-terminated, in one static buffer. */
static char *
slurp(pid_t pid, const char *file, size_t *len)
{
	static char buf[4 << 20];
	char path[64];
	ssize_t n;
	int fd;

	*len = 0;
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		while (*len < sizeof(buf) - 1 &&
		    (n = read(fd, buf + *len, sizeof(buf) - 1 - *len)) > 0)
			*len += (size_t)n;
		close(fd);
	}
	buf[*len] = '\0';
	return buf;
}

static bool
has(pid_t pid, const char *file, const char *tag)
{
	size_t len;
	char *s = slurp(pid, file, &len);

	return memmem(s, len, tag, strlen(tag)) != NULL;
}

static bool
has_tag(pid_t pid, const void *tag)
{
	return has(pid, "environ", tag) || has(pid, "cmdline", tag);
}

/* Fills found with what is wanted, this process excepted. */
static int
find(wanted *want, const void *arg)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t pid;

	found.n = 0;
	while (d && found.n < most && (e = readdir(d))) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		pid = (pid_t)strtol(e->d_name, NULL, 10);
		if (pid != getpid() && want(pid, arg))
			found.v[found.n++] = pid;
	}
	if (d)
		closedir(d);
	return found.n;
}

/* The name may hold blanks and brackets: the fields start after the last. */
static pid_t
parent(pid_t pid, char *state)
{
	size_t len;
	char *s = slurp(pid, "stat", &len);
	char *p = strrchr(s, ')');
	int up;

	if (!p || sscanf(p + 1, " %c %d", state, &up) != 2)
		return 0;
	return (pid_t)up;
}

static bool
is_below(pid_t pid, const void *top)
{
	char state;
	int depth;

	parent(pid, &state);
	if (state == 'Z')
		return false;
	for (depth = 0; depth < 1000 && pid > 1; depth++) {
		pid = parent(pid, &state);
		if (pid == *(const pid_t *)top)
			return true;
	}
	return false;
}

static void
nap(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static void
show(FILE *f, pid_t pid)
{
	size_t len, i;
	char *s = slurp(pid, "cmdline", &len);

	for (i = 0; i + 1 < len; i++)
		if (s[i] == '\0' || s[i] == '\n')
			s[i] = ' ';
	fprintf(f, "%d %.200s\n", (int)pid, s);
}

/* In rounds, as a process can have forked since it was looked for. */
static void
kill_all(wanted *want, const void *arg, FILE *log)
{
	int round, i;

	for (round = 0; round < 200 && find(want, arg) > 0; round++) {
		for (i = 0; i < found.n; i++) {
			if (log && round == 0)
				show(log, found.v[i]);
			kill(found.v[i], SIGKILL);
		}
		nap(10);
	}
}

/* Whether pid ended within ms. */
static bool
ended(pid_t pid, long ms)
{
	char state = 'Z';

	for (; ms > 0; ms -= 50) {
		if (parent(pid, &state) == 0 || state == 'Z')
			return true;
		nap(50);
	}
	return false;
}

static void
watch(pid_t pid, long seconds, const char *file, const char *tag)
{
	FILE *log;

	if (ended(pid, seconds * 1000))
		return;
	log = fopen(file, "w");
	/* Held still, so that it starts nothing new while it is cleared. */
	kill(pid, SIGSTOP);
	kill_all(is_below, &pid, log);
	kill_all(has_tag, tag, log);
	if (log)
		fclose(log);
	kill(pid, SIGCONT);
	if (ended(pid, 10000))
		return;
	kill(pid, SIGTERM);
	if (!ended(pid, 5000))
		kill(pid, SIGKILL);
}

static int
start_watch(char **argv)
{
	char tag[256] = "";
	int fd;

	if (!fgets(tag, sizeof(tag), stdin))
		return 2;
	tag[strcspn(tag, "\n")] = '\0';
	if (strlen(tag) < tag_min)
		return 2;
	/* Nobody may wait for a descriptor that the watchdog holds. */
	setsid();
	for (fd = 0; fd < 1024; fd++)
		close(fd);
	watch((pid_t)strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10),
	    argv[4], tag);
	return 0;
}

static int
list(const char *tag, const char *name, bool words)
{
	int n = find(has_tag, tag), shown = 0, i;
	size_t len;
	char *comm;

	for (i = 0; i < n; i++) {
		comm = slurp(found.v[i], "comm", &len);
		comm[strcspn(comm, "\n")] = '\0';
		if (name && strcmp(comm, name) != 0)
			continue;
		if (words)
			show(stdout, found.v[i]);
		else
			printf("%d\n", (int)found.v[i]);
		shown++;
	}
	return shown ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (argc == 5 && strcmp(what, "watch") == 0)
		return start_watch(argv);
	if (argc > 2 && strlen(argv[2]) < tag_min)
		what = "";
	if (argc <= 4 && strcmp(what, "list") == 0)
		return list(argv[2], argv[3], false);
	if (argc == 3 && strcmp(what, "show") == 0)
		return list(argv[2], NULL, true);
	if (argc == 3 && strcmp(what, "kill") == 0) {
		kill_all(has_tag, argv[2], NULL);
		return 0;
	}
	fputs("Usage: tagged list|show|kill TAG, see tagged.c\n", stderr);
	return 2;
}
