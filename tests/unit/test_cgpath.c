/* Our own cgroup, as the texts of /proc say it. */
#include "config.h"

#include <string.h>

#include "base/cgpath.h"

#include "tap.h"

static void
is_own(const char *self, const char *mounts, int version, const char *want,
    const char *name)
{
	char dir[64] = "";
	int got = cgpath_own(self, mounts, dir, sizeof(dir));

	ok(got == version, "%s: version %d", name, got);
	if (version)
		is_str(dir, want, "%s: directory", name);
}

#define V1(root, at) "25 20 0:22 " root " " at \
    " rw,relatime shared:7 - cgroup cgroup rw,memory\n"
#define CPU "24 20 0:21 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
#define V2(root, at) "30 20 0:26 " root " " at \
    " rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

int
main(void)
{
	is_own("4:memory:/a/b\n0::/\n", CPU V1("/", "/m") V2("/", "/u"), 1,
	    "/m/a/b", "v1 beside v2");
	is_own("4:memory:/\n", V1("/", "/m"), 1, "/m", "the root of v1");
	is_own("4:cpu,memory:/a\n", V1("/", "/m"), 1, "/m/a",
	    "v1, one of several");
	is_own("4:memory:/a/b\n", V1("/a", "/m"), 1, "/m/b",
	    "a mount of a part");
	is_own("4:memory:/a\n", V1("/a", "/m"), 1, "/m", "... all of it");
	is_own("4:memory:/ab\n", V1("/a", "/m"), 0, "", "... not of ours");
	is_own("4:xmemory:/a\n0::/c\n", V1("/", "/m") V2("/", "/u"), 2, "/u/c",
	    "v2, the last line");
	is_own("0::/c/d", V2("/", "/u"), 2, "/u/c/d", "v2, no newline");
	is_own("0::/../x\n", V2("/", "/u"), 0, "", "outside the namespace");
	is_own("0::/c\n", CPU, 0, "", "not mounted");
	is_own("4:memory:/a\n", V2("/", "/u"), 0, "", "v1, not mounted");
	is_own("", "", 0, "", "nothing");
	is_own("0::/c\n", "x\n - \n - cgroup\n", 0, "", "nonsense");
	is_own("0::/c\n", V2("/", "/a\\040b"), 0, "", "a name with blanks");
	is_own("0::/1234567890123456789012345678901234567890123456789012345"
	    "678901234567890\n", V2("/", "/u"), 0, "", "too long");
	ok(cgpath_lists("cpu memory\n", 11, "memory", " \n"), "in a list");
	ok(!cgpath_lists("cpu memory_x\n", 13, "memory", " \n"), "not in it");
	ok(!cgpath_lists("cpu memory", 9, "memory", " "), "cut off");
	return done_testing();
}
