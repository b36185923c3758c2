/* Two processes on one CPU, and what they were allowed before. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pin.h"
#include "child.h"
#include "tap.h"

#if PIN_CAN
static cpu_set_t all;

static cpu_set_t
mask(pid_t pid)
{
	cpu_set_t m;

	CPU_ZERO(&m);
	sched_getaffinity(pid, sizeof(m), &m);
	return m;
}

static bool
has(pid_t pid, const cpu_set_t *want)
{
	cpu_set_t m = mask(pid);

	return CPU_EQUAL(&m, want);
}

static int
count(pid_t pid)
{
	cpu_set_t m = mask(pid);

	return CPU_COUNT(&m);
}

/* As it was asked for, with CPUs that are not there. */
static const char *
asked(pid_t pid)
{
	static char text[2][4096];
	static int turn;
	char path[64], *line = text[turn ^= 1];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(text[0]), f))
		if (strncmp(line, "Cpus_allowed:", 13) == 0)
			break;
	if (f)
		fclose(f);
	return line;
}

static void
test_pair(void)
{
	struct pin p = { 0 };
	pid_t other = child_new(), made;
	cpu_set_t here;

	ok(pin_set(&p, other), "pinned");
	here = mask(0);
	is_int(count(0), 1, "this one is on one CPU");
	ok(has(other, &here), "... and the other is on the same");
	ok(!pin_set(&p, other), "not a second time");
	made = child_new();
	pin_spare(&p, made);
	ok(has(made, &all), "what is spared may go where it might");
	here = all;
	CPU_CLR((unsigned)p.cpu, &here);
	sched_setaffinity(made, sizeof(here), &here);
	pin_spare(&p, made);
	ok(has(made, &here), "... but not what somebody has moved");
	pin_clear(&p);
	ok(has(0, &all), "not pinned any more");
	is_str(asked(getpid()), asked(getppid()), "... as our parent is not");
	ok(has(other, &all), "... nor is the other");
	is_int(p.other, 0, "... and it is known");
	pin_clear(&p);
	ok(has(0, &all), "cleared once more: nothing");
	child_end(made);
	child_end(other);
}

/* Whoever moves one meanwhile has the last word. */
static void
test_moved(void)
{
	struct pin p = { 0 };
	pid_t other = child_new();
	cpu_set_t two = all;
	int cpu;

	if (pin_set(&p, other)) {
		for (cpu = CPU_SETSIZE - 1; CPU_COUNT(&two) > 2; cpu--)
			CPU_CLR((unsigned)cpu, &two);
		sched_setaffinity(other, sizeof(two), &two);
		pin_clear(&p);
		ok(has(other, &two), "one that was moved stays there");
		ok(has(0, &all), "... and the other comes back");
	}
	child_end(other);
}

/* Our parent and all below it are moved to the very CPU that we are on. */
static int
moved_with_parent(void)
{
	struct pin p = { 0 };
	pid_t other = child_new(), made;
	cpu_set_t here;
	bool good;

	if (!pin_set(&p, other))
		return 1;
	made = child_new();
	here = mask(0);
	sched_setaffinity(getppid(), sizeof(here), &here);
	pin_clear(&p);
	pin_spare(&p, made);
	good = has(0, &here) && has(other, &here) && has(made, &here);
	child_end(made);
	child_end(other);
	return good ? 0 : 2;
}

static void
test_parent(void)
{
	pid_t pid;
	int status = -1;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(moved_with_parent());
	waitpid(pid, &status, 0);
	is_int(status, 0, "moved with its parent, to where it was pinned");
	sched_setaffinity(0, sizeof(all), &all);
}

static int
nth(int n)
{
	int cpu = 0;

	while (!CPU_ISSET((unsigned)cpu, &all) || n-- > 0)
		cpu++;
	return cpu;
}

/* Of those that are pinned already each CPU has one, but one CPU has two. */
static void
test_board(void)
{
	static struct pin_place place[CPU_SETSIZE + 2];
	struct pin p = { .board = { place, CPU_SETSIZE + 2, 1 } };
	pid_t other = child_new();
	int cpu, first = nth(0), second = nth(1);

	for (cpu = first; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((unsigned)cpu, &all))
			place[cpu + 2].cpu = cpu + 1;
	place[second + 2].cpu = 0;
	place[0].cpu = first + 1;
	ok(pin_set(&p, other), "pinned");
	is_int(p.cpu, second, "... where nobody is");
	is_int(place[1].cpu, second + 1, "... which others see");
	ok(!pin_set(&p, other), "it stays there");
	place[second + 2].cpu = second + 1;
	ok(!pin_set(&p, other), "... where it is as good as elsewhere");
	place[0].cpu = place[first + 2].cpu = 0;
	ok(pin_set(&p, other), "moved");
	is_int(p.cpu, first, "... where nobody is any more");
	is_int(count(0) + count(other), 2, "... both");
	sched_setaffinity(0, sizeof(all), &all);
	ok(pin_set(&p, other), "moved by somebody: pinned once more");
	pin_clear(&p);
	is_int(place[1].cpu, 0, "its place is free");
	ok(has(0, &all) && has(other, &all), "... and both may go anywhere");
	child_end(other);
}

static void
test_refused(void)
{
	struct pin p = { 0 };
	pid_t other = child_new();
	cpu_set_t one;
	int cpu = 0;

	ok(!pin_set(&p, 0), "no other");
	while (!CPU_ISSET((unsigned)cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET((unsigned)cpu, &one);
	sched_setaffinity(other, sizeof(one), &one);
	CPU_XOR(&one, &one, &all);
	sched_setaffinity(0, sizeof(one), &one);
	ok(!pin_set(&p, other), "the other may not be where we are");
	ok(has(0, &one), "... we may be where we might");
	sched_setaffinity(0, sizeof(all), &all);
	child_end(other);
	ok(!pin_set(&p, other), "the other has gone");
	ok(has(0, &all), "... and nothing is changed");
}

int
main(void)
{
	all = mask(0);
	if (CPU_COUNT(&all) < 2 || sched_setaffinity(0, sizeof(all), &all) < 0) {
		skip(1, "one CPU, or none to be chosen");
		return done_testing();
	}
	test_pair();
	test_moved();
	test_parent();
	test_board();
	test_refused();
	return done_testing();
}
#else
int
main(void)
{
	struct pin p = { 0 };

	ok(!pin_set(&p, getpid()), "no system to pin on");
	return done_testing();
}
#endif
