/* What a warm shell is told: words are quoted, forms are told apart. */
#include "config.h"

#include "pool/snippet.h"
#include "pool/spawn.h"
#include "tap.h"

#define BARE		"\\command exec 2>&0 </dev/null\n"
#define VARIABLES	"PPX_SEQ=12 PPX_ATTEMPT=2 PARALLEL_SEQ=12\n"

static void
task(const struct snippet *s, const char *want, const char *name)
{
	struct buf b = { 0 };

	snippet_task(&b, s);
	is_str(buf_str(&b), want, "%s", name);
	buf_free(&b);
}

static const char *const strange[] = { "a.b=its", NULL };

static void
test_words(void)
{
	struct snippet_shell shell = { .bash = true, .word = WORD_OTHER };
	struct snippet s = { .worker = 7, .shell = &shell, .seq = 12,
	    .attempt = 2, .out = 4, .err = 5 };

	s.env = (char **)(uintptr_t)strange;
	s.env_program = "/bin/env";
	s.args = "echo\0it's\0\0'";
	s.argc = 4;
	task(&s, "\\command exec </dev/null >|/proc/7/fd/4 2>|/proc/7/fd/5\n"
	    VARIABLES "\\command set -- '\\command shift;"
	    "\\command exec -- \"$@\"' 'echo' 'it'\\''s' '' ''\\'''\n",
	    "words, any of which may be empty");
	shell.bash = false;
	s.args = "./x\0a";
	s.argc = 2;
	s.out = s.err = -1;
	strcpy(shell.flags, "hex");
	s.dir = "/a b";
	task(&s, BARE VARIABLES
	    "\\command cd -P '/a b' || \\command exit 126\n"
	    "\\command set -- '{ \\command shift; \\command set -ex; } "
	    "2>/dev/null;\\command exec '\\''/bin/env'\\'' -- '\\''a.b=its'\\'' "
	    "\"$@\"' './x' 'a'\n",
	    "a program, a directory, the init's options, an environment");
	shell.flags[0] = '\0';
	s.dir = NULL;
	s.args = "a=b\0";
	s.argc = 1;
	task(&s, BARE VARIABLES
	    "\\command set -- '\\command shift;\\command exec \"$@\"' 'a=b'\n",
	    "a program that env(1) would take for a variable");
	s.env = NULL;
	s.args = "f\0$x";
	s.argc = 2;
	shell.word = WORD_FUNCTION;
	task(&s, BARE VARIABLES
	    "\\command set -- '\\command shift;\\command exec \"$@\"' 'f' "
	    "'$x'\n", "no function, where the name is an item's");
	s.named = true;
	task(&s, BARE VARIABLES
	    "\\command set -- '\\command shift;\"$@\"' 'f' '$x'\n",
	    "a function");
}

static void
test_lines(void)
{
	struct snippet_shell shell = { .word = WORD_PROGRAM };
	struct snippet s = { .worker = 7, .shell = &shell, .seq = 12,
	    .attempt = 2, .out = -1, .err = -1, .line = true };

	s.args = "/bin/sh\0-c\0echo $1; #\0sh\0$x";
	s.argc = 5;
	task(&s, BARE VARIABLES
	    "\\command set -- '\\command shift;echo $1; #' '$x'\n",
	    "a line and its values");
	s.args = "/bin/sh\0-c\0ls 'a b'\0sh";
	s.argc = 4;
	s.plain = s.named = true;
	task(&s, BARE VARIABLES
	    "\\command set -- '\\command shift;\\command exec ls "
	    "'\\''a b'\\'''\n", "a plain line that is a program");
	shell.word = WORD_OTHER;
	task(&s, BARE VARIABLES
	    "\\command set -- '\\command shift;ls '\\''a b'\\'''\n",
	    "... and one that is none");
}

static void
test_driver(void)
{
	struct snippet_pipes pipes = { .last = { 8, 9 }, .end = 10,
	    .more = { 13, 14 } };
	static const struct spawn_place place = { .worker = 7 };
	static const struct snippet_stdio io = { 11, 12 };
	struct buf b = { 0 };

	snippet_driver(&b, "a'; }", "/x", &place, &pipes, &io, false);
	ok(strstr(buf_str(&b), "command -v 'a'\\''; }')"), "the word is quoted");
	ok(strchr(b.data, '\n') == NULL, "one line, so line numbers hold");
	b.len = 0;
	snippet_driver(&b, NULL, "/x", &place, &pipes, &io, false);
	ok(strstr(buf_str(&b), "declare") == NULL, "nothing is asked for");
	ok(strstr(buf_str(&b), " | (") == NULL, "one at a time");
	b.len = 0;
	pipes.nmore = 2;
	snippet_driver(&b, NULL, "/x", &place, &pipes, &io, false);
	ok(strstr(buf_str(&b), "/fd/13;") && strstr(buf_str(&b), "/fd/14;"),
	    "as many as there are pipes for");
	ok(strstr(buf_str(&b), "exec 240>&- 241>&-"), "an init");
	b.len = 0;
	snippet_driver(&b, NULL, "/x", &place, &pipes, &io, true);
	ok(strstr(buf_str(&b), "240") == NULL, "... and none");
	buf_free(&b);
	ok(snippet_may_ask("ls") && !snippet_may_ask("-x") &&
	    !snippet_may_ask("a/b") && !snippet_may_ask(""),
	    "what can be asked for");
}

static void
test_answer(void)
{
	struct snippet_shell s;

	ok(snippet_parse("bf ehB", 6, &s) && s.bash &&
	    s.word == WORD_FUNCTION, "an answer");
	is_str(s.flags, "ehB", "... and its options");
	ok(snippet_parse("so ", 3, &s) && !s.bash && !*s.flags, "no options");
	ok(!snippet_parse("so", 2, &s) && !snippet_parse("xo ", 3, &s) &&
	    !snippet_parse("bx ", 3, &s) && !snippet_parse("", 0, &s),
	    "what is none");
	ok(snippet_is_variable("a_1=x") && !snippet_is_variable("1a=x") &&
	    !snippet_is_variable("a.b=x") && !snippet_is_variable("=x") &&
	    !snippet_is_variable("BASH_FUNC_f%%=() { :; }"), "names");
}

int
main(void)
{
	test_words();
	test_lines();
	test_driver();
	test_answer();
	return done_testing();
}
