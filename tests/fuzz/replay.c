/* The main of a target where no fuzzer is. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "fuzz.h"

static struct buf
content(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = { 0 };
	size_t n;

	if (f == NULL) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		exit(1);
	}
	while ((n = fread(buf_reserve(&b, 4096), 1, 4096, f)) > 0)
		b.len += n;
	fclose(f);
	return b;
}

/* A copy of exactly that size: a sanitizer sees who reads behind its end. */
static void
replay(const char *path, int number)
{
	struct buf b = content(path);
	void *exact = malloc(b.len ? b.len : 1);

	if (b.len)
		memcpy(exact, b.data, b.len);
	LLVMFuzzerTestOneInput(exact, b.len);
	free(exact);
	buf_free(&b);
	printf("ok %d - %s\n", number, path);
	fflush(stdout);
}

static int
replay_all(const char *dir)
{
	struct buf path = { 0 };
	struct dirent *e;
	DIR *d = opendir(dir);
	int n = 0;

	while (d && (e = readdir(d)) != NULL) {
		if (*e->d_name == '.')
			continue;
		path.len = 0;
		buf_addf(&path, "%s/%s", dir, e->d_name);
		replay(buf_str(&path), ++n);
	}
	if (d)
		closedir(d);
	buf_free(&path);
	return n;
}

int
main(int argc, char **argv)
{
	const char *src = getenv("PPX_SRC"), *name = strrchr(argv[0], '/');
	struct buf dir = { 0 };
	int n;

	for (n = 1; n < argc; n++)
		replay(argv[n], n);
	if (argc > 1)
		return 0;
	buf_addf(&dir, "%s/tests/fuzz/corpus/%s", src ? src : ".",
	    name ? name + 1 : argv[0]);
	n = replay_all(buf_str(&dir));
	buf_free(&dir);
	printf("1..%d\n", n);
	return n ? 0 : 1;
}
