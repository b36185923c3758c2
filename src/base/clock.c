#include "config.h"

#include <time.h>

#include "base/clock.h"

static nsec
get(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (nsec)ts.tv_sec * SEC + ts.tv_nsec;
}

nsec
clock_mono(void)
{
	return get(CLOCK_MONOTONIC);
}

nsec
clock_wall(void)
{
	return get(CLOCK_REALTIME);
}

nsec
clock_add(nsec a, nsec b)
{
	return a > NEVER - b ? NEVER : a + b;
}

void
patience_start(struct patience *p, nsec span, nsec now)
{
	p->left = span;
	p->looked = now;
}

bool
patience_over(struct patience *p, nsec now)
{
	nsec passed = now - p->looked;

	p->left -= passed > SEC ? SEC : passed;
	p->looked = now;
	return p->left <= 0;
}
