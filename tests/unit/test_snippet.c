/* What a warm shell is told: words are quoted, forms are told apart. */
#include "config.h"

#include "pool/snippet.h"
#include "tap.h"

static void
task(const struct snippet *s, const char *want, const char *name)
{
	struct buf b = { 0 };

	snippet_task(&b, s);
	is_str(buf_str(&b), want, "%s", name);
	buf_free(&b);
}

static void
test_tasks(void)
{
	struct snippet s = { .worker = 7, .flags = "", .seq = 12, .slot = 3,
	    .attempt = 2, .out = 4, .err = 5 };

	s.args = "echo\0it's\0\0'";
	s.argc = 4;
	task(&s, "\\exec </dev/null >|/proc/7/fd/4 2>|/proc/7/fd/5\n"
	    "\\export PPX_SEQ=12 PPX_ATTEMPT=2 PARALLEL_SEQ=12 "
	    "PARALLEL_JOBSLOT=3\n"
	    "\\set -- '\"$@\"' 'echo' 'it'\\''s' '' ''\\'''\n",
	    "words, any of which may be empty");
	s.args = "./x\0a";
	s.argc = 2;
	s.out = s.err = -1;
	s.flags = "hex";
	s.dir = "/a b";
	task(&s, "\\exec 2>&0 </dev/null\n"
	    "\\export PPX_SEQ=12 PPX_ATTEMPT=2 PARALLEL_SEQ=12 "
	    "PARALLEL_JOBSLOT=3\n"
	    "\\cd '/a b' || \\exit 126\n"
	    "\\set -- 'exec \"$@\"' './x' 'a'\n"
	    "\\set -e\n\\set -x\n",
	    "a program, ungrouped, a directory, the init's options");
	s.args = "/bin/sh\0-c\0echo $1; #\0sh\0$x";
	s.argc = 5;
	s.line = true;
	s.flags = "";
	s.dir = NULL;
	task(&s, "\\exec 2>&0 </dev/null\n"
	    "\\export PPX_SEQ=12 PPX_ATTEMPT=2 PARALLEL_SEQ=12 "
	    "PARALLEL_JOBSLOT=3\n"
	    "\\set -- 'echo $1; #' '$x'\n", "a line and its values");
}

/* The init stands between quotes, as one word, whatever is in it. */
static void
test_driver(void)
{
	static const int fd[2] = { 8, 9 };
	static const char begin[] = "{ eval 'a'\\''; }' >&0 ";
	struct buf b = { 0 };

	snippet_driver(&b, "a'; }", 7, fd);
	ok(strncmp(buf_str(&b), begin, strlen(begin)) == 0, "the init is a word");
	ok(strstr(b.data, ". /proc/7/fd/8; ") < strstr(b.data,
	    ". /proc/7/fd/9; "), "two pipes take turns");
	ok(strchr(b.data, '\n') == NULL, "one line, so line numbers hold");
	buf_free(&b);
}

int
main(void)
{
	test_tasks();
	test_driver();
	return done_testing();
}
