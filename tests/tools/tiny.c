/*
 * The smallest task: with no argument it exits 0; with one it writes that and
 * a newline in one write(2).  Static where it can be, so that what is measured
 * is the runner and not the loader.
 */
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	static char newline[] = "\n";
	struct iovec v[2];

	if (argc < 2)
		_exit(0);
	v[0].iov_base = argv[1];
	v[0].iov_len = strlen(argv[1]);
	v[1].iov_base = newline;
	v[1].iov_len = 1;
	_exit(writev(1, v, 2) == (ssize_t)(v[0].iov_len + 1) ? 0 : 1);
}
