/*
 * A task that becomes another user, as sudo does: where this program is
 * setuid, the user who started it cannot end it.
 *
 *	asroot FILE	writes its pid to FILE, waits for ever
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	uid_t uid = geteuid();
	FILE *f;

	if (argc < 2 || uid == getuid() || setresuid(uid, uid, uid) < 0)
		return 1;
	f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%d\n", (int)getpid()) < 0 || fclose(f) != 0)
		return 1;
	for (;;)
		pause();
}
