#include "config.h"

#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cgwalk.h"
#include "base/cpus.h"

/* CPUs that quota out of period is worth, rounded up; 0 = no limit. */
static size_t
worth(long long quota, long long period)
{
	if (quota <= 0 || period <= 0)
		return 0;
	return (size_t)((quota - 1) / period + 1);
}

/* The limit that one cgroup itself sets, 0 = none. */
static size_t
limit(const struct cgstep *s)
{
	struct buf b = { 0 };
	long long quota = 0, period = 0;
	char *end;

	if (s->v2 && cgwalk_read(&b, s->root, s->dir, "cpu.max")) {
		quota = strtoll(b.data, &end, 10);	/* 0 from "max" */
		period = strtoll(end, NULL, 10);
	} else if (!s->v2 &&
	    cgwalk_read(&b, s->root, s->dir, "cpu.cfs_quota_us")) {
		quota = strtoll(b.data, NULL, 10);	/* -1 = none */
		if (cgwalk_read(&b, s->root, s->dir, "cpu.cfs_period_us"))
			period = strtoll(b.data, NULL, 10);
	}
	buf_free(&b);
	return worth(quota, period);
}

/* Lowers the best that is known so far. */
static void
on_cgroup(void *ctx, const struct cgstep *s)
{
	size_t *best = ctx, n = limit(s);

	if (n && n < *best)
		*best = n;
}

size_t
cpus_count_at(const char *root, size_t affinity)
{
	size_t best = affinity;

	cgwalk(root, "cpu", on_cgroup, &best);
	return best ? best : 1;
}

/* CPU_COUNT is where there is sched_getaffinity(2); its mask has to grow. */
size_t
cpus_allowed(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
#if defined(CPU_COUNT_S) && !defined(PPX_OS_GENERIC)
	int cpus, found = 0;

	for (cpus = 1024; cpus <= 1 << 20 && found == 0; cpus *= 4) {
		size_t size = CPU_ALLOC_SIZE(cpus);
		cpu_set_t *set = CPU_ALLOC(cpus);

		if (set == NULL)
			break;
		if (sched_getaffinity(0, size, set) == 0)
			found = CPU_COUNT_S(size, set);
		CPU_FREE(set);
	}
	if (found > 0)
		return (size_t)found;
#endif
	return n > 0 ? (size_t)n : 1;
}

size_t
cpus_count(void)
{
	return cpus_count_at("", cpus_allowed());
}
