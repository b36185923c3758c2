/* Memory that is left, read from trees of files made for the purpose. */
#include "config.h"

#include "base/spare.h"
#include "files.h"
#include "tap.h"

#define V2 "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n"
#define V1 "32 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
#define GIB "1073741824\n"

static void
want(long long kib, const char *what)
{
	uint64_t bytes = 0;

	if (spare_memory_at(root, &bytes))
		is_int(bytes / 1024, kib, "%s", what);
	else
		is_int(-1, kib, "%s", what);
}

static void
begin(const char *cgroup, const char *mountinfo)
{
	files_clear();
	put("proc/meminfo", "MemTotal:  9000000 kB\nMemFree:  1000000 kB\n"
	    "MemAvailable:    4000000 kB\nBuffers: 5 kB\n");
	put("proc/self/cgroup", cgroup);
	put("proc/self/mountinfo", mountinfo);
}

static void
test_machine(void)
{
	files_clear();
	want(-1, "no /proc: unknown");
	put("proc/meminfo", "MemTotal:  9000000 kB\n");
	want(-1, "an old kernel's meminfo: unknown");
	begin("0::/\n", "nonsense\n");
	want(4000000, "MemAvailable");
	begin("0::/a\n", V2);
	want(4000000, "no memory controller");
}

static void
test_v2(void)
{
	begin("0::/a/b\n", V2);
	put("sys/fs/cgroup/a/b/memory.max", "max\n");
	put("sys/fs/cgroup/a/b/memory.high", "max\n");
	put("sys/fs/cgroup/a/b/memory.current", GIB);
	want(4000000, "no limit");
	put("sys/fs/cgroup/a/b/memory.max", "2147483648\n");
	want(1048576, "a limit");
	put("sys/fs/cgroup/a/b/memory.stat",
	    "anon 5\nactive_file 7\ninactive_file 536870912\nfile 9\n");
	want(1048576 + 524288, "cache that can go counts as free");
	put("sys/fs/cgroup/a/b/memory.high", GIB);
	want(524288, "a lower memory.high");
	put("sys/fs/cgroup/a/memory.max", GIB);
	put("sys/fs/cgroup/a/memory.current", "1073737728\n");
	want(4, "an ancestor has less left");
	put("sys/fs/cgroup/a/memory.current", "9073737728\n");
	want(0, "more used than allowed");
	put("sys/fs/cgroup/a/memory.max", "90073741824\n");
	want(524288, "an ancestor has more left");
	put("proc/meminfo", "MemAvailable: 7 kB\n");
	want(7, "the machine has less");
	put("proc/meminfo", "none\n");
	want(524288, "the cgroup alone is known");
}

static void
test_v1(void)
{
	begin("3:cpu:/x\n2:memory:/a\n0::/\n", V1);
	put("sys/fs/cgroup/memory/a/memory.limit_in_bytes",
	    "9223372036854771712\n");
	put("sys/fs/cgroup/memory/a/memory.usage_in_bytes", GIB);
	want(4000000, "v1, no limit");
	put("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "2147483648\n");
	want(1048576, "v1, a limit");
	put("sys/fs/cgroup/memory/a/memory.stat",
	    "inactive_file 1\ntotal_inactive_file 1048576\n");
	want(1048576 + 1024, "v1, cache");
	put("sys/fs/cgroup/memory/memory.limit_in_bytes", GIB);
	put("sys/fs/cgroup/memory/memory.usage_in_bytes", "1024\n");
	want(1048575, "v1, the mount's root has less");
}

int
main(void)
{
	uint64_t bytes;
	double load;

	files_begin();
	test_machine();
	test_v2();
	test_v1();
	ok(!spare_memory(&bytes) || bytes > 0, "this system has some left");
	ok(!spare_load(&load) || load >= 0, "and a load");
	files_end();
	return done_testing();
}
