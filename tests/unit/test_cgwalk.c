/* Our own cgroup and those above, read from trees of files made for it. */
#include "config.h"

#include "base/cgwalk.h"
#include "files.h"
#include "tap.h"

#define V1(root, at) "25 20 0:22 " root " " at \
    " rw,relatime shared:7 - cgroup cgroup rw,memory\n"
#define CPU "24 20 0:21 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
#define V2(root, at) "30 20 0:26 " root " " at \
    " rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

static void
begin(const char *cgroup, const char *mountinfo)
{
	files_clear();
	put("proc/self/cgroup", cgroup);
	put("proc/self/mountinfo", mountinfo);
}

static void
is_own(const char *cgroup, const char *mountinfo, int version,
    const char *want, const char *name)
{
	struct buf dir = { 0 };

	begin(cgroup, mountinfo);
	is_int(cgwalk_own(root, "memory", &dir), version, "%s: version",
	    name);
	is_str(dir.data, want, "%s: directory", name);
	buf_free(&dir);
}

/* "VERSION DIR", and "*" where that is our own. */
static void
add_step(void *ctx, const struct cgstep *s)
{
	buf_addf(ctx, "%d %s%s\n", s->v2 ? 2 : 1, s->dir, s->own ? " *" : "");
}

static void
are_steps(const char *cgroup, const char *mountinfo, const char *want,
    const char *name)
{
	struct buf steps = { 0 };

	begin(cgroup, mountinfo);
	cgwalk(root, "memory", add_step, &steps);
	is_str(buf_str(&steps), want, "%s", name);
	buf_free(&steps);
}

static void
test_own(void)
{
	is_own("4:memory:/a/b\n0::/\n", CPU V1("/", "/m") V2("/", "/u"), 1,
	    "/m/a/b", "v1 beside v2");
	is_own("4:memory:/a/b\n0::/\n", V2("/", "/u") V1("/", "/m"), 1,
	    "/m/a/b", "v1 behind v2");
	is_own("4:memory:/\n", V1("/", "/m"), 1, "/m", "the root of v1");
	is_own("4:cpu,memory:/a\n", V1("/", "/m"), 1, "/m/a",
	    "v1, one of several");
	is_own("4:xmemory:/a\n0::/c\n", V1("/", "/m") V2("/", "/u"), 2, "/u/c",
	    "v2, the last line");
	is_own("0::/c/d", V2("/", "/u"), 2, "/u/c/d", "v2, no newline");
	is_own("0::/c\n", V2("/", "/u") V2("/", "/w"), 2, "/u/c",
	    "mounted twice");
	is_own("0::/c\n", V2("/x", "/u") V2("/", "/w"), 2, "/w/c",
	    "mounted twice, once a part without ours");
	is_own("4:memory:/a\n0::/c\n", V1("/x", "/m") V2("/", "/u"), 2, "/u/c",
	    "v2 where v1 shows a part without ours");
	is_own("0::/c d\n", V2("/", "/a\\040b"), 2, "/a b/c d",
	    "names with blanks");
	is_own("0::/..c\n", V2("/", "/u"), 2, "/u/..c", "a name with dots");
}

static void
test_parts(void)
{
	is_own("4:memory:/a/b\n", V1("/a", "/m"), 1, "/m/b",
	    "a mount of a part");
	is_own("4:memory:/a\n", V1("/a", "/m"), 1, "/m", "... all of it");
	is_own("4:memory:/ab\n", V1("/a", "/m"), 0, "", "... not of ours");
}

static void
test_none(void)
{
	struct buf dir = { 0 };

	is_own("0::/../x\n", V2("/", "/u"), 0, "", "outside the namespace");
	is_own("0::/..\n", V2("/", "/u"), 0, "", "the one above it");
	is_own("0::/../x\n", V2("/..", "/u"), 0, "",
	    "outside the namespace, in sight");
	is_own("0::/\n", V2("/..", "/u"), 0, "", "a mount from outside");
	is_own("0::/c\n", CPU, 0, "", "not mounted");
	is_own("4:memory:/a\n", V2("/", "/u"), 0, "", "v1, not mounted");
	is_own("", "", 0, "", "nothing");
	is_own("0::/c\n", "x\n - \n - cgroup\n", 0, "", "nonsense");
	files_clear();
	buf_adds(&dir, "old");
	is_int(cgwalk_own(root, "memory", &dir), 0, "no /proc: version");
	is_str(dir.data, "", "no /proc: directory");
	buf_free(&dir);
}

/* Nearly PATH_MAX, which is as long as the kernel shows them. */
static void
test_long(void)
{
	struct buf cgroup = { 0 }, want = { 0 };
	int i;

	buf_adds(&cgroup, "0::");
	buf_adds(&want, "/u");
	for (i = 0; i < 300; i++) {
		buf_adds(&cgroup, "/a-long-name");
		buf_adds(&want, "/a-long-name");
	}
	is_own(buf_str(&cgroup), V2("/", "/u"), 2, buf_str(&want), "long");
	buf_free(&cgroup);
	buf_free(&want);
}

static void
test_steps(void)
{
	are_steps("4:memory:/a/b\n0::/c\n", V1("/", "/m") V2("/", "/u"),
	    "1 /m/a/b *\n1 /m/a\n1 /m\n2 /u/c *\n2 /u\n", "all up to the top");
	are_steps("0::/a/b\n", V2("/a", "/u"), "2 /u/b *\n2 /u\n",
	    "up to the mount's root");
	are_steps("0::/a\n", V2("/b", "/u"), "2 /u\n",
	    "the mount's root for one that is not in it");
	are_steps("0::/../x\n", V2("/", "/u"), "2 /u\n",
	    "... for one outside of the namespace");
	are_steps("0::/../x\n", V2("/..", "/u"), "2 /u/x\n2 /u\n",
	    "outside of the namespace, in sight");
	are_steps("0::/../../y\n", V2("/..", "/u"), "2 /u\n",
	    "outside of the mount as well");
}

static void
test_lists(void)
{
	ok(cgwalk_lists("cpu memory\n", 11, "memory", " \n"), "in a list");
	ok(cgwalk_lists("memory,cpu", 10, "memory", ","), "the first");
	ok(!cgwalk_lists("cpu memory_x\n", 13, "memory", " \n"), "not in it");
	ok(!cgwalk_lists("cpu memory", 9, "memory", " "), "cut off");
	ok(!cgwalk_lists("", 0, "memory", " "), "an empty one");
}

int
main(void)
{
	files_begin();
	test_own();
	test_parts();
	test_none();
	test_long();
	test_steps();
	test_lists();
	files_end();
	return done_testing();
}
