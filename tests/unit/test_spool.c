#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "output/arena.h"
#include "output/spool.h"
#include "tap.h"

enum { MB = 1 << 20 };

/* The byte at a place of a stream that is easy to check. */
static char
byte_at(uint64_t i, unsigned seed)
{
	return (char)(i * 7 + (i >> 8) * 3 + (i >> 16) + seed);
}

static void
make(char *p, size_t n, uint64_t at, unsigned seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = byte_at(at + i, seed);
}

/* Takes all of s and compares it; true when it was the n bytes from at on. */
static bool
drain(struct store *st, struct spool *s, uint64_t at, uint64_t n,
    unsigned seed)
{
	static char buf[70000];
	bool same = s->len == n;

	while (s->len > 0) {
		ssize_t k = spool_peek(st, s, buf, sizeof(buf)), i;

		if (k <= 0)
			return false;
		for (i = 0; i < k; i++)
			if (buf[i] != byte_at(at + (uint64_t)i, seed))
				same = false;
		spool_take(st, s, (uint64_t)k);
		at += (uint64_t)k;
	}
	return same && s->first == NULL && s->memory == 0;
}

static void
add(struct store *st, struct spool *s, uint64_t at, size_t n, unsigned seed)
{
	char *p = xmalloc(n);

	make(p, n, at, seed);
	spool_add(st, s, p, n);
	free(p);
}

static void
test_arena(void)
{
	enum { SIZE = 64 * ARENA_SLOT };
	struct arena *a = arena_new(SIZE);
	static char *slot[SIZE / 32 + 1];
	size_t n, i, size, round;
	bool apart = true;

	for (round = 0; round < 3; round++) {
		for (n = 0; (slot[n] = arena_get(a, 32, &size)); n++)
			memset(slot[n], (int)n, size);
		is_int(n, SIZE / 32, "small slots fill the arena");
		for (i = 0; i < n; i++)
			apart = apart && slot[i][0] == (char)i &&
			    slot[i][31] == (char)i;
		for (i = 0; i < n; i++)
			arena_put(a, slot[i * 7 % n]);
		ok(arena_has(a, 64), "all blocks are free again");
		for (n = 0; (slot[n] = arena_get(a, 3000, &size)); n++)
			continue;
		is_int(n, 64, "and serve another size");
		while (n > 0)
			arena_put(a, slot[--n]);
	}
	ok(apart, "slots do not overlap");
	slot[0] = arena_get(a, 1, &size);
	is_int(size, 32, "smallest");
	slot[1] = arena_get(a, 215, &size);
	is_int(size, 224, "steps of 32");
	slot[2] = arena_get(a, 257, &size);
	is_int(size, 512, "then doubling");
	slot[3] = arena_get(a, ARENA_SLOT, &size);
	is_int(size, ARENA_SLOT, "largest");
	arena_free(a);
	a = arena_new(100);
	ok(arena_get(a, 1, &size) == NULL, "no room at all");
	arena_free(a);
}

static void
test_memory(void)
{
	struct store *st = store_new(MB, 0, "/nonexistent");
	struct spool s = { 0 };
	size_t i, at = 0;

	add(st, &s, 0, 5, 1);
	is_int(s.len, 5, "tiny");
	is_int(s.memory, 5, "in memory");
	ok(drain(st, &s, 0, 5, 1), "comes back");
	for (i = 0; i < 3000; i++) {
		add(st, &s, at, i % 40, 2);
		at += i % 40;
	}
	ok(drain(st, &s, 0, at, 2), "many small adds");
	add(st, &s, 0, 200000, 3);
	spool_take(st, &s, 1000);
	add(st, &s, 200000, 50000, 3);
	ok(drain(st, &s, 1000, 249000, 3), "taken in the middle");
	add(st, &s, 0, 100, 3);
	spool_clear(st, &s);
	ok(s.len == 0 && s.first == NULL, "cleared");
	is_int(store_error(st), 0, "the file was not asked for");
	store_free(st);
}

static void
test_many_tiny(void)
{
	enum { N = 40000 };
	struct store *st = store_new(4 * MB, 0, "/nonexistent");
	struct spool *s = xcalloc(N, sizeof(*s));
	size_t i;
	bool same = true;

	for (i = 0; i < N; i++)
		add(st, &s[i], i, 40, 0);
	ok(store_error(st) == 0, "%d outputs of 40 bytes fit into 4 MiB", N);
	for (i = 0; i < N; i++)
		same = drain(st, &s[i], i, 40, 0) && same;
	ok(same, "and come back");
	free(s);
	store_free(st);
}

static void
test_file(void)
{
	struct store *st = store_new(MB, 0, "/tmp");
	struct spool s[3] = { { 0 } };
	struct spool_front f;
	size_t i, j;

	for (i = 0; i < 200; i++)
		for (j = 0; j < 3; j++)
			add(st, &s[j], i * 50000, 50000, (unsigned)j);
	for (j = 0; j < 3; j++) {
		ok(s[j].memory <= SPOOL_SMALL, "memory of one is bounded");
		is_int(s[j].len, 10000000, "length");
	}
	spool_take(st, &s[0], SPOOL_SMALL);
	f = spool_front(st, &s[0]);
	ok(f.len > 0 && f.fd >= 0 && f.place == SPOOL_IN_FILE,
	    "the rest is in the file");
	spool_take(st, &s[0], 5000000 - SPOOL_SMALL);
	for (i = 0; (f = spool_front(st, &s[0])).len > 0; i++)
		spool_take(st, &s[0], f.len);
	ok(i <= 7, "5 MB in few extents, long ones (%zu)", i);
	ok(drain(st, &s[2], 0, 10000000, 2), "last");
	ok(drain(st, &s[1], 0, 10000000, 1), "the one between");
	store_free(st);
}

static off_t
blocks(int fd)
{
	struct stat sb;

	return fstat(fd, &sb) < 0 ? -1 : (off_t)sb.st_blocks * 512;
}

static void
test_space_given_back(void)
{
	struct store *st = store_new(0, 0, "/tmp");
	struct spool a = { 0 }, b = { 0 };
	off_t full, most = 0;
	size_t i;
	int fd;

	add(st, &b, 0, 1000, 9);
	for (i = 0; i < 48; i++)
		add(st, &a, i * MB, MB, 1);
	fd = spool_front(st, &a).fd;
	full = blocks(fd);
	ok(full >= 48 * (off_t)MB, "48 MiB in the file");
	for (i = 0; i < 200; i++) {
		spool_take(st, &a, MB);
		add(st, &a, (48 + i) * MB, MB, 1);
		if (blocks(fd) > most)
			most = blocks(fd);
	}
#ifdef PPX_OS_GENERIC
	skip(1, "no holes on this system");
#else
	ok(most <= 2 * full, "a long stream does not grow it (%lld)",
	    (long long)most);
#endif
	ok(drain(st, &a, 200 * (uint64_t)MB, 48 * (uint64_t)MB, 1), "right");
	ok(drain(st, &b, 0, 1000, 9), "the other one too");
	is_int(blocks(fd), 0, "an empty file takes no space");
	add(st, &b, 0, 1000, 8);
	ok(drain(st, &b, 0, 1000, 8), "and is used again");
	store_free(st);
}

/* Feeds n bytes through a pipe and spool_splice(). */
static bool
through_pipe(struct store *st, struct spool *s, size_t n, unsigned seed,
    size_t step)
{
	static char buf[65536];
	int p[2];
	size_t at = 0, in = 0;
	ssize_t k;

	if (fd_pipe(p) < 0)
		return false;
	while (in < n) {
		size_t len = n - in < step ? n - in : step;

		make(buf, len, in, seed);
		in += len;
		if (fd_write(p[1], buf, len) < 0)
			break;
		while ((k = spool_splice(st, s, p[0], MB)) > 0)
			at += (size_t)k;
		if (k == 0 || errno != EAGAIN)
			break;
	}
	close(p[1]);
	k = spool_splice(st, s, p[0], MB);
	close(p[0]);
	return at == n && k == 0;
}

static void
test_splice(void)
{
	struct store *st = store_new(MB, 0, "/tmp");
	struct spool a = { 0 }, b = { 0 };

	ok(through_pipe(st, &a, 100, 1, 10), "small from a pipe");
	is_int(a.memory, 100, "in memory");
	ok(through_pipe(st, &b, 5 * MB + 17, 2, 65536), "large from a pipe");
	ok(b.memory <= SPOOL_SMALL, "in the file");
	ok(drain(st, &a, 0, 100, 1), "small is right");
	ok(drain(st, &b, 0, 5 * MB + 17, 2), "large is right");
	store_free(st);
	st = store_new(0, 0, access("/dev/shm", W_OK) < 0 ? "/tmp" : "/dev/shm");
	ok(through_pipe(st, &b, MB + 1, 3, 4097), "on tmpfs, odd sizes");
	ok(drain(st, &b, 0, MB + 1, 3), "right");
	store_free(st);
}

static void
test_no_file(void)
{
	struct store *st = store_new(MB, 0, "/nonexistent");
	struct spool s = { 0 };
	static char buf[65536];
	int p[2];
	ssize_t k;
	uint64_t at = 0;

	if (!ok(fd_pipe(p) == 0, "pipe"))
		return;
	for (;;) {
		make(buf, sizeof(buf), at, 5);
		fd_write(p[1], buf, sizeof(buf));
		k = spool_splice(st, &s, p[0], MB);
		if (k < 0)
			break;
		at += (uint64_t)k;
		while ((k = spool_splice(st, &s, p[0], MB)) > 0)
			at += (uint64_t)k;
	}
	is_int(errno, ENOSPC, "no room");
	is_int(store_error(st), ENOENT, "and why");
	ok(!store_room(st), "known");
	ok(at > MB / 2 && at <= MB, "memory was used");
	is_int(read(p[0], buf, sizeof(buf)), sizeof(buf), "nothing was read");
	add(st, &s, at, 50000, 5);
	ok(drain(st, &s, 0, at + 50000, 5), "what had to be kept is there");
	ok(store_room(st), "room again");
	close(p[0]);
	close(p[1]);
	store_free(st);
}

/* Fills it from a pipe as far as it goes. */
static uint64_t
fill_up(struct store *st, struct spool *s, int p[2])
{
	static char buf[65536];
	uint64_t at = 0;
	ssize_t k;

	do {
		make(buf, sizeof(buf), at, 6);
		fd_write(p[1], buf, sizeof(buf));
		while ((k = spool_splice(st, s, p[0], MB)) > 0)
			at += (uint64_t)k;
	} while (errno != ENOSPC);
	while (read(p[0], buf, sizeof(buf)) > 0)
		;		/* the rest */
	return at;
}

static void
test_beyond(void)
{
	struct store *st = store_new(MB, 0, "/nonexistent");
	struct spool s = { 0 }, other = { 0 };
	uint64_t n;
	int p[2];

	if (!ok(fd_pipe(p) == 0, "pipe"))
		return;
	s.beyond = true;
	n = fill_up(st, &s, p);
	ok(n > SPOOL_BEYOND && n <= SPOOL_BEYOND + 2 * MB,
	    "one that may goes beyond the cap, and not for ever");
	ok(store_exceeded(st) && !store_room(st), "that is known");
	is_int((long long)fill_up(st, &other, p), 0, "others may not");
	ok(drain(st, &s, 0, n, 6), "all of it is there");
	ok(!store_exceeded(st), "and it can be done again");
	close(p[0]);
	close(p[1]);
	store_free(st);
}

/* The file grows to a limit (EFBIG): nothing is lost or added. */
static int
child_limit(bool nosplice)
{
	struct rlimit rl = { 2 * MB, 2 * MB };
	struct store *st = store_new(0, 0, "/tmp");
	struct spool s = { 0 };
	static char buf[65536];
	uint64_t at = 0, in = 0;
	ssize_t k;
	int p[2];

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &rl);
	if (fd_pipe(p) < 0)
		return 1;
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	for (;;) {
		make(buf, 60000, in, 4);
		k = write(p[1], buf, 60000);
		if (k > 0)
			in += (uint64_t)k;
		if (nosplice) {
			if (!store_room(st))
				break;
			k = read(p[0], buf, sizeof(buf));
			if (k > 0)
				spool_add(st, &s, buf, (size_t)k);
		} else {
			k = spool_splice(st, &s, p[0], MB);
		}
		if (k < 0 && errno != EAGAIN)
			break;
		if (k > 0)
			at += (uint64_t)k;
	}
	if (at < MB || at > 2 * MB + 65536 || store_error(st) != EFBIG)
		return 2;
	if (!drain(st, &s, 0, at, 4) || !store_room(st))
		return 3;
	close(p[1]);
	while ((k = spool_splice(st, &s, p[0], MB)) > 0)
		continue;
	if (!drain(st, &s, at, in - at, 4))
		return 4;
	store_free(st);
	close(p[0]);
	return 0;
}

static void
test_limit(void)
{
	int i, status;

	for (i = 0; i < 2; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(child_limit(i == 1));
		waitpid(pid, &status, 0);
		is_int(status, 0, "a file that cannot grow, %s",
		    i ? "copied" : "spliced");
	}
}

/* As much as comes, from a pipe that is kept full of bytes from *at on. */
static uint64_t
splice_much(struct store *st, struct spool *s, const int p[2], uint64_t *at,
    uint64_t n, unsigned seed)
{
	static char buf[65536];
	uint64_t done = 0;

	while (done < n) {
		ssize_t k;

		make(buf, sizeof(buf), *at, seed);
		k = write(p[1], buf, sizeof(buf));
		if (k > 0)
			*at += (uint64_t)k;
		while ((k = spool_splice(st, s, p[0], MB)) > 0)
			done += (uint64_t)k;
		if (k < 0 && errno != EAGAIN)
			break;
	}
	return done;
}

/* Takes n bytes of a raw spool in front, by turns in each way. */
static bool
take_raw(struct store *st, struct spool *s, uint64_t at, uint64_t n,
    unsigned seed)
{
	static char buf[50000];
	unsigned step;
	bool same = true;

	for (step = 0; n > 0 && s->len > 0; step++) {
		struct spool_front f = spool_front(st, s);
		size_t most = n < sizeof(buf) ? (size_t)n : sizeof(buf), i;
		ssize_t k;

		if (f.len < most)
			most = f.len;
		if (step % 3 == 2) {
			spool_take(st, s, most);
			at += most;
			n -= most;
			continue;
		}
		if (f.place == SPOOL_IN_PIPE && step % 3 == 1) {
			k = read(f.fd, buf, most);
			if (k > 0)
				spool_gone(st, s, (size_t)k);
		} else if (f.place == SPOOL_IN_PIPE) {
			k = spool_draw(st, s, buf, most);
		} else {
			k = spool_peek(st, s, buf, most);
			if (k > 0)
				spool_take(st, s, (uint64_t)k);
		}
		if (k <= 0)
			return false;
		for (i = 0; i < (size_t)k; i++)
			same = same && buf[i] == byte_at(at + i, seed);
		at += (uint64_t)k;
		n -= (uint64_t)k;
	}
	return same && n == 0;
}

static void
test_pipes(void)
{
	struct store *st = store_new(MB, 3, "/tmp");
	struct spool s[3] = { { .raw = true }, { .raw = true }, { 0 } };
	uint64_t at[3] = { 0 };
	int p[2], fill[3], i;

	if (!ok(fd_pipe(p) == 0, "pipe"))
		return;
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	for (i = 0; i < 3; i++) {
		fcntl(p[1], F_SETFL, O_NONBLOCK);
		fill[i] = (int)splice_much(st, &s[i], p, &at[i], 5 * MB,
		    (unsigned)i);
		is_int(s[i].len, fill[i], "spool %d has all", i);
	}
	spool_take(st, &s[0], SPOOL_SMALL);
#ifdef PPX_OS_GENERIC
	skip(1, "no pipes hold bytes on this system");
#else
	is_int(spool_front(st, &s[0]).place, SPOOL_IN_PIPE,
	    "behind the memory, a pipe");
#endif
	spool_take(st, &s[2], SPOOL_SMALL);
	is_int(spool_front(st, &s[2]).place, SPOOL_IN_FILE,
	    "what is to be looked at is in the file");
	ok(take_raw(st, &s[0], SPOOL_SMALL, (uint64_t)fill[0] - SPOOL_SMALL,
	    0), "from pipes and the file, in order");
	is_int(s[0].len, 0, "all of it");
	/* pipes are free again: more for the second, behind its file */
	fill[1] += (int)splice_much(st, &s[1], p, &at[1], 5 * MB, 1);
	ok(take_raw(st, &s[1], 0, 7 * MB, 1), "file, pipes, file");
	spool_clear(st, &s[1]);
	is_int(s[1].len, 0, "dropped while in pipes");
	ok(drain(st, &s[2], SPOOL_SMALL, (uint64_t)fill[2] - SPOOL_SMALL, 2),
	    "not raw");
	at[0] = 0;
	fill[0] = (int)splice_much(st, &s[0], p, &at[0], 2 * MB, 7);
	ok(take_raw(st, &s[0], 0, (uint64_t)fill[0], 7), "and once more");
	close(p[0]);
	close(p[1]);
	store_free(st);
}

static unsigned
draw(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 8;
}

/* Walks over s in steps of n; true when it is all there, and still is. */
static bool
walk(struct store *st, const struct spool *s, uint64_t from, size_t n,
    unsigned which)
{
	struct spool_mark m = { 0 };
	static char buf[300000];
	uint64_t len = s->len, at = 0;
	bool same = true;
	ssize_t k;

	while (same && (k = spool_walk(st, s, &m, buf, n)) > 0) {
		ssize_t j;

		same = k == (ssize_t)n || at + (uint64_t)k == len;
		for (j = 0; same && j < k; j++)
			same = buf[j] == byte_at(from + at + (uint64_t)j,
			    which);
		at += (uint64_t)k;
	}
	return same && at == len && s->len == len;
}

static void
test_random(void)
{
	enum { N = 20 };
	struct store *st = store_new(MB, 0, "/tmp");
	struct spool s[N] = { { 0 } };
	uint64_t in[N] = { 0 }, out[N] = { 0 };
	static char buf[300000];
	unsigned seed = 1, i, j, step;
	bool same = true;

	for (step = 0; step < 20000 && same; step++) {
		i = draw(&seed) % N;
		if (draw(&seed) % 2) {
			size_t n = draw(&seed) % (draw(&seed) % 10 ? 500 :
			    100000);

			make(buf, n, in[i], i);
			spool_add(st, &s[i], buf, n);
			in[i] += n;
		} else {
			ssize_t k = spool_peek(st, &s[i], buf,
			    draw(&seed) % sizeof(buf));

			for (j = 0; k > 0 && j < (unsigned)k; j++)
				same = same && buf[j] == byte_at(out[i] + j, i);
			spool_take(st, &s[i], (uint64_t)k);
			out[i] += (uint64_t)k;
		}
		same = same && s[i].len == in[i] - out[i];
	}
	ok(same, "random adds and takes of %d spools", N);
	for (i = 0; i < N; i++)
		same = same && walk(st, &s[i], out[i], 1 + draw(&seed) %
		    sizeof(buf), i);
	ok(same, "looked at without being taken");
	for (i = 0; i < N; i++)
		same = drain(st, &s[i], out[i], in[i] - out[i], i) && same;
	ok(same, "and the rest");
	store_free(st);
}

int
main(void)
{
	test_arena();
	test_memory();
	test_many_tiny();
	test_file();
	test_space_given_back();
	test_splice();
	test_no_file();
	test_beyond();
	test_limit();
	test_pipes();
	test_random();
	return done_testing();
}
