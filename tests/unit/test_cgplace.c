/* Where cgroups may be made, read from trees of files made for it. */
#include "config.h"

#include "base/cgplace.h"
#include "files.h"
#include "tap.h"

/* We are in /a/b of a hierarchy of this version, seen at /m. */
static void
begin(int version)
{
	files_clear();
	put("proc/self/cgroup", version == 1 ? "4:memory:/a/b\n" :
	    "0::/a/b\n");
	put("proc/self/mountinfo", version == 1 ?
	    "25 20 0:22 / /m rw - cgroup cgroup rw,memory\n" :
	    "25 20 0:22 / /m rw - cgroup2 cgroup2 rw\n");
}

static void
is_place(int version, const char *dir, const char *name)
{
	struct cgplace p;

	cgplace_find(&p, root);
	is_int(p.version, version, "%s: version", name);
	if (version) {
		is_str(p.own, "/m/a/b", "%s: our own", name);
		is_str(p.dir, dir, "%s: the place", name);
	}
	cgplace_free(&p);
}

static void
test_v1(void)
{
	begin(1);
	is_place(1, "/m/a/b", "v1");
	put("m/a/b/memory.max", "1000\n");
	is_place(1, "/m/a/b", "v1, whatever it has");
}

static void
test_v2(void)
{
	begin(2);
	is_place(0, NULL, "v2 that says nothing");
	put("m/a/cgroup.subtree_control", "cpu memory pids\n");
	is_place(2, "/m/a", "v2, beside our own");
	put("m/a/b/memory.max", "max\n");
	put("m/a/b/cpu.max", "max 100000\n");
	put("m/a/b/cpuset.cpus", "\n");
	put("m/a/b/io.max", "");
	put("m/a/b/pids.max", "100\n");
	is_place(2, "/m/a", "no bound but of processes");
	put("m/a/b/cpu.max", "50000 100000\n");
	is_place(0, NULL, "a bound of time");
	put("m/a/b/cgroup.subtree_control", "memory\n");
	is_place(2, "/m/a/b", "v2, below our own");
	put("m/a/b/cgroup.subtree_control", "cpu\n");
	put("m/a/b/cpu.max", "max 100000\n");
	put("m/a/b/memory.high", "1000\n");
	is_place(0, NULL, "a bound of memory");
	put("m/a/b/memory.high", "max\n");
	put("m/a/cgroup.subtree_control", "cpu pids\n");
	is_place(0, NULL, "v2 without memory");
}

int
main(void)
{
	files_begin();
	put("proc/self/cgroup", "");
	is_place(0, NULL, "no hierarchy");
	test_v1();
	test_v2();
	files_end();
	return done_testing();
}
