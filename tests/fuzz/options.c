/*
 * Any command line, and any PPX_OPTIONS: a conf that makes sense, or exit
 * with 125 (0 for --help), never a crash.  exit(3) comes back here, by the
 * linker's --wrap; what was allocated then is lost, so a fuzzer needs
 * -detect_leaks=0.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/conf.h"
#include "fuzz.h"

enum { WORDS = 16 };

static jmp_buf out;
static bool within;
static int status;

void __real_exit(int code) __attribute__((noreturn));
void __wrap_exit(int code) __attribute__((noreturn));

void
__wrap_exit(int code)
{
	if (!within)
		__real_exit(code);
	status = code;
	longjmp(out, 1);
}

/* Messages are not looked at; neither stdin nor a file is to be read. */
static int
silence(void)
{
	int null = fd_open("/dev/null", O_RDWR, 0), kept = fd_dup(2);

	dup2(null, 0);
	dup2(null, 2);
	close(null);
	return kept;
}

static void
check(const struct conf *c)
{
	CHECK(c->nsources >= 1 && c->sources && c->command);
	CHECK(c->jobs >= 1 && c->jobs <= JOBS_MAX);
	CHECK(c->ladder.n >= 1 && c->linger > 0 && c->delay >= 0);
	CHECK(c->resume == RESUME_NONE || c->joblog.path);
}

/* What die() leaves behind is not lost in ppx, which ends there. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf c;
	static char *words[WORDS + 2], *env;
	static const bool closed[3] = { false, true, false };
	struct fuzz f = { (const char *)data, size };
	static int kept;
	static size_t n, i;
	char name[] = "ppx", *argv[WORDS + 2] = { name };
	size_t len;

	env = fuzz_word(&f, '\0', &len);
	setenv("PPX_OPTIONS", env, 1);
	for (n = 1; f.n > 0 && n <= WORDS; n++)
		argv[n] = words[n] = fuzz_word(&f, '\0', &len);
	kept = silence();
	memset(&c, 0, sizeof(c));
	within = true;
	if (setjmp(out) == 0) {
		conf_parse(&c, (int)n, argv, closed);
		check(&c);
	} else {
		CHECK(status == 125);
	}
	within = false;
	dup2(kept, 2);
	close(kept);
	conf_free(&c);
	for (i = 1; i < n; i++)
		free(words[i]);
	free(env);
	return 0;
}
