/*
 * stamp -e N MS	writes N lines, one every MS milliseconds, each the
 *			moment of its writing
 * stamp MOMENT		writes the microseconds since then
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int
main(int argc, char **argv)
{
	int i;

	if (argc == 4 && strcmp(argv[1], "-e") == 0) {
		for (i = 0; i < atoi(argv[2]); i++) {
			usleep((useconds_t)atoi(argv[3]) * 1000);
			printf("%lld\n", now());
			fflush(stdout);
		}
		return 0;
	}
	if (argc != 2)
		return 2;
	printf("%lld\n", (now() - atoll(argv[1])) / 1000);
	return 0;
}
