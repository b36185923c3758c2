/* CPU quotas of cgroups, read from trees of files made for the purpose. */
#include "config.h"

#include "base/cpus.h"
#include "base/room.h"
#include "files.h"
#include "tap.h"

#define V2 "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n"
#define V1 \
	"31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n" \
	"33 31 0:30 / /sys/fs/cgroup/cpuacct rw - cgroup cgroup rw,cpuacct\n" \
	"32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuset\n"
#define HYBRID V1 \
	"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

/* A new tree with these two files. */
static void
begin(const char *cgroup, const char *mountinfo)
{
	files_clear();
	put("proc/self/cgroup", cgroup);
	put("proc/self/mountinfo",
	    "23 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n");
	if (mountinfo)
		put("proc/self/mountinfo", mountinfo);
}

static void
want(size_t n, const char *what)
{
	is_int(cpus_count_at(root, 8), n, "%s", what);
}

static void
test_nothing(void)
{
	files_clear();
	want(8, "no /proc: the affinity alone");
	begin("0::/\n", NULL);
	want(8, "no cgroup mount");
	begin("", V2);
	want(8, "an empty /proc/self/cgroup");
	begin("nonsense\n0:\n::::\n", "nonsense\n\n1 2 3 4 5 - \n" V2);
	want(8, "lines that make no sense");
	is_int(cpus_count_at(root, 0), 1, "never less than 1");
	ok(cpus_count() >= 1, "this system: %zu", cpus_count());
}

static void
test_v2(void)
{
	begin("0::/a/b\n", V2);
	want(8, "v2 without cpu.max");
	put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
	want(8, "v2 without a limit");
	put("sys/fs/cgroup/a/b/cpu.max", "300000 100000\n");
	want(3, "v2 with 3 CPUs");
	put("sys/fs/cgroup/a/b/cpu.max", "210000 100000\n");
	want(3, "a fraction is rounded up");
	put("sys/fs/cgroup/a/cpu.max", "150000 100000\n");
	want(2, "an ancestor has less");
	put("sys/fs/cgroup/cpu.max", "50000 100000\n");
	want(1, "the mount's root has half a CPU");
	put("sys/fs/cgroup/cpu.max", "9900000 100000\n");
	want(2, "an ancestor with more changes nothing");
	put("sys/fs/cgroup/a/cpu.max", "0 0\n");
	put("sys/fs/cgroup/a/b/cpu.max", "oops");
	want(8, "nonsense limits nothing");
	begin("0::/\n", V2);
	put("sys/fs/cgroup/cpu.max", "400000 100000\n");
	want(4, "the root cgroup of a namespace");
	is_int(cpus_count_at(root, 2), 2, "the affinity is lower");
}

static void
test_v1(void)
{
	static const char cgroup[] = "4:memory:/a\n3:cpuset,cpu:/a/b\n"
	    "2:cpuacct:/z\n0::/\n";

	begin(cgroup, V1);
	put("sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "-1\n");
	put("sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n");
	want(8, "v1 without a limit");
	put("sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "250000\n");
	want(3, "v1 with 2.5 CPUs");
	put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "20000\n");
	put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "10000\n");
	want(2, "v1, the mount's root has less");
	put("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "1\n");
	want(2, "a quota without its period is none");
	put("sys/fs/cgroup/cpuacct/z/cpu.cfs_quota_us", "10000\n");
	put("sys/fs/cgroup/cpuacct/z/cpu.cfs_period_us", "10000\n");
	want(2, "cpuacct is not cpu");
}

static void
test_hybrid(void)
{
	begin("3:cpu,cpuacct:/a\n0::/b\n", HYBRID);
	put("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "400000\n");
	put("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
	want(4, "hybrid: the limit is in v1");
	put("sys/fs/cgroup/unified/b/cpu.max", "200000 100000\n");
	want(2, "hybrid: the limit is in v2");
	put("sys/fs/cgroup/unified/b/cpu.max", "600000 100000\n");
	want(4, "hybrid: the lower one counts");
}

static void
test_container(void)
{
	begin("0::/docker/x\n",
	    "9 1 0:5 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
	put("sys/fs/cgroup/cpu.max", "300000 100000\n");
	want(3, "the mount's root is our own cgroup");
	begin("0::/docker/x/y\n",
	    "9 1 0:5 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
	put("sys/fs/cgroup/y/cpu.max", "300000 100000\n");
	want(3, "below the mount's root");
	begin("0::/docker/xy\n",
	    "9 1 0:5 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
	put("sys/fs/cgroup/cpu.max", "300000 100000\n");
	put("sys/fs/cgroup/y/cpu.max", "100000 100000\n");
	want(3, "a path that only begins alike: the mount's root");
	begin("0::/\n",
	    "9 1 0:5 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup rw\n");
	put("sys/fs/cgroup/cpu.max", "300000 100000\n");
	want(3, "a path above the mount: the mount's root");
	begin("0::/../../other\n", V2);
	put("sys/fs/cgroup/cpu.max", "300000 100000\n");
	want(3, "a path outside of the namespace: the mount's root");
	begin("0::/docker/x\n", V2);
	put("sys/fs/cgroup/cpu.max", "300000 100000\n");
	want(3, "a path that is not to be seen: the mount's root");
	begin("0::/a\n",
	    "9 1 0:5 / /odd\\040place rw a b c - cgroup2 cgroup rw\n");
	put("odd place/a/cpu.max", "300000 100000\n");
	want(3, "a blank in the mount point, several tags");
}

static void
test_room(void)
{
	files_clear();
	is_int(room_for_processes_at(root, 700), 700, "the user's limit");
	begin("0::/a/b\n", V2);
	put("sys/fs/cgroup/a/b/pids.max", "max\n");
	is_int(room_for_processes_at(root, 700), 700, "no cgroup has one");
	put("sys/fs/cgroup/a/pids.max", "100\n");
	is_int(room_for_processes_at(root, 700), 100, "one above has");
	is_int(room_for_processes_at(root, 70), 70, "... more");
	begin("5:pids:/x\n0::/\n", "33 31 0:30 / /sys/fs/cgroup/pids rw - "
	    "cgroup cgroup rw,pids\n");
	put("sys/fs/cgroup/pids/x/pids.max", "33\n");
	is_int(room_for_processes_at(root, 70), 33, "cgroup v1");
	ok(room_for_processes() > 0, "this system");
}

int
main(void)
{
	files_begin();
	test_room();
	test_nothing();
	test_v2();
	test_v1();
	test_hybrid();
	test_container();
	files_end();
	return done_testing();
}
