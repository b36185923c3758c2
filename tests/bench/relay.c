/*
 * What paexec does, in few lines: relay N COMMAND...: N of it, each is given a
 * line of stdin and the next one when it has answered by a line.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	int i, n = argc > 2 ? atoi(argv[1]) : 0, busy = 0, in[64], p[2], q[2];
	struct pollfd out[64];
	static char line[65536];

	for (i = 0; i < n && i < 64; i++) {
		if (pipe(p) < 0 || pipe(q) < 0)
			return 1;
		if (fork() == 0) {
			dup2(p[0], 0);
			dup2(q[1], 1);
			for (p[0] = 3; p[0] < 256; p[0]++)
				close(p[0]);
			execvp(argv[2], argv + 2);
			_exit(127);
		}
		close(p[0]);
		close(q[1]);
		in[i] = p[1];
		out[i] = (struct pollfd){ q[0], POLLIN, 0 };
	}
	for (i = 0; i < n && fgets(line, sizeof(line), stdin); i++, busy++)
		dprintf(in[i], "%s", line);
	while (busy && poll(out, (nfds_t)n, -1) > 0)
		for (i = 0; i < n; i++) {
			ssize_t len = out[i].revents ? read(out[i].fd, line,
			    sizeof(line)) : 0;

			if (len <= 0)
				continue;
			fwrite(line, 1, (size_t)len, stdout);
			if (line[len - 1] != '\n')
				continue;
			busy--;
			if (fgets(line, sizeof(line), stdin) == NULL)
				continue;
			busy++;
			dprintf(in[i], "%s", line);
		}
	return 0;
}
