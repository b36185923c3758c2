/*
 * Quoting, and the property behind it: whatever bytes an item has, they come
 * out of the shell as they went in, in every place of a line that the lexer
 * accepts.  The seed is printed; PPX_TEST_SEED sets it, PPX_TEST_ROUNDS how
 * many batches of values are tried.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/lexer.h"
#include "input/quote.h"
#include "tap.h"

enum { BATCH = 40, VALUE_MAX = 40 };

static uint64_t state;

/* xorshift64* */
static unsigned
any(unsigned below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * 2685821657736338717ULL) >> 33) % below;
}

/* Mostly what shells care about; v has room for VALUE_MAX and a NUL. */
static size_t
any_value(char *v)
{
	static const char special[] =
	    "'\"\\`$(){}[]<>|&;!#~*?=%^,:-+ \t\n\r/.aA1\001\177\201\202\203"
	    "\204\205\206\207\210\377\200";
	static const char *const attacks[] = {
		"$(echo X)", "`echo X`", "';echo X;'", "\";echo X;\"", "\\",
		"\n)echo X", "'\"'\"'", "${x}", "\\'", "$'x'", "a b", "-n",
		"#", "~", "x;;esac", "*", "[a-z]", "\xc3\xa9", "\xf0\x9f",
	};
	size_t n = any(8) ? any(VALUE_MAX) : 0, i;

	if (any(6) == 0) {
		strncpy(v, attacks[any(COUNT(attacks))], VALUE_MAX);
		return strlen(v);
	}
	for (i = 0; i < n; i++)
		v[i] = any(3) ? special[any(sizeof(special) - 1)] :
		    (char)(1 + any(255));
	v[n] = '\0';
	return n;
}

/* The output of shell -c script. */
static int
capture(const char *shell, const char *script, struct buf *out)
{
	int p[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(p) < 0 || (pid = fork()) < 0)
		return -1;
	if (pid == 0) {
		dup2(p[1], 1);
		close(p[0]);
		close(p[1]);
		execlp(shell, shell, "-c", script, "sh", (char *)NULL);
		_exit(127);
	}
	close(p[1]);
	while ((n = read(p[0], buf_reserve(out, 65536), 65536)) > 0)
		out->len += (size_t)n;
	close(p[0]);
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

/* The line with the value v in place, as command.c does it. */
static bool
expand(const char *line, const char *v, size_t n, struct buf *b)
{
	struct lexed lexed;
	bool fits = true;
	size_t i;

	lexer_run(line, strlen(line), NULL, NULL, &lexed);
	if (lexed.why) {
		note("refused: %s", lexed.why);
		return false;
	}
	for (i = 0; i < lexed.t->n; i++) {
		const struct segment *seg = &lexed.t->seg[i];
		size_t from = b->len;

		if (seg->ref.op == VALUE_NONE)
			buf_add(b, line + seg->at, seg->len);
		else
			fits &= quote_value(b, seg->place, v, n);
		if (seg->braced)
			quote_commas(b, from);
	}
	template_free(lexed.t);
	return fits;
}

/* A line; what it prints, with @ for the value and | for a NUL behind. */
struct context {
	enum {
		ANY,
		BASH,		/* only bash understands it */
		FILE_NAME	/* the value is part of one: no slash */
	} needs;
	const char *line, *want;
};

#define P "printf '%s\\0' "
static const struct context contexts[] = {
	{ ANY, P "{}", "@|" },
	{ ANY, P "a{}b x{}", "a@b|x@|" },
	{ ANY, P "{}{}", "@@|" },
	{ ANY, P "\"{}\" \"a {} b\"", "@|a @ b|" },
	{ ANY, P "'{}' 'a {} b'", "@|a @ b|" },
	{ ANY, P "\"a\"{}'b'\"{}\"'{}'", "a@b@@|" },
	{ ANY, P "\"$(printf %s. {})\"", "@.|" },
	{ ANY, P "\"$(printf %s. \"{}\")\"", "@.|" },
	{ ANY, P "\"$(printf %s. '{}')\"", "@.|" },
	{ ANY, P "\"x$(printf %s. a\"$(printf %s- \"b{}\")\"c)y\"",
	    "xab@-c.y|" },
	{ ANY, P "\"$(printf %s. \"$(printf %s- \"$(printf %s+ '{}')\")\")\"",
	    "@+-.|" },
	{ ANY, P "\"$( (printf %s. {}) )\"", "@.|" },
	{ ANY, "x=$(printf %s. {}); " P "\"$x\"", "@.|" },
	{ ANY, "( " P "{}; ( " P "\"{}\" ) )", "@|@|" },
	{ ANY, "{ " P "{}; }", "@|" },
	{ ANY, "if :; then " P "{}; fi", "@|" },
	{ ANY, "x={}; " P "\"$x\"", "@|" },
	{ ANY, "x=a:{}; " P "\"$x\"", "a:@|" },
	{ ANY, "x=\"a {}\"; " P "\"$x\"", "a @|" },
	{ ANY, "x='{}'y; " P "\"$x\"", "@y|" },
	{ ANY, "x=~{}; " P "\"$x\" ~{}", "~@|~@|" },
	{ ANY, "export X={}; " P "\"$X\"", "@|" },
	{ ANY, "x=q; " P "\"$x{}\" $x{} \"${x}{}\"", "q@|q@|q@|" },
	{ ANY, "f() { " P "\"$1\" {}; }; f {}", "@|@|" },
	{ ANY, "for i in {} \"{}\"; do " P "\"$i\"; done", "@|@|" },
	{ ANY, "set -- {}; " P "\"$@\"", "@|" },
	{ ANY, "case {} in {}) " P "y;; *) " P "n;; esac", "y|" },
	{ ANY, "case \"{}\" in '{}') " P "y;; *) " P "n;; esac", "y|" },
	{ ANY, "case x{}y in x\"{}\"*) " P "{};; esac", "@|" },
	{ ANY, "case a in (a) " P "\"$(printf %s. {})\";; esac", "@.|" },
	{ ANY, P "a#{} # comment", "a#@|" },
	{ ANY, P "`echo a` {} \"`echo b`\" \"{}\"", "a|@|b|@|" },
	{ ANY, P "${x:-d} {} \"${x#*.}\" \"{}\" $((1+1)) {}",
	    "d|@||@|2|@|" },
	{ ANY, P "\"\\\\{}\" \\\\{} \"\\$\"{} \\'{}", "\\@|\\@|$@|'@|" },
	{ ANY, P "{} \\\n  {} && \\\n " P "\"a\n{}\"", "@|@|a\n@|" },
	{ ANY, P "{} | tr -d '' | cat", "@|" },
	{ ANY, "[ {} = \"{}\" ] && " P "'{}'", "@|" },
	{ ANY, "# it's {a} comment\n" P "{}", "@|" },
	{ FILE_NAME, ": >x{}; " P "x*; rm -f x*", "x@|" },
	{ FILE_NAME, P "ok >\"x{}\"; <x{} cat; cat <'x{}'; rm -f x*",
	    "ok|ok|" },
	{ FILE_NAME, ">>x\"{}\" 2>&1; " P "x*; rm -f x*", "x@|" },
	{ BASH, "cat <<<{}; " P "<<<x {}", "@\n@|" },
	{ BASH, "cat <(" P "{}) <(" P "\"{}\")", "@|@|" },
	{ BASH, "[[ {} == {} && {} != \"x{}\" ]] && " P "{}", "@|" },
	{ BASH, "x=(a {} \"{}\"); " P "\"${x[@]}\"", "a|@|@|" },
	{ BASH, P "{a,b}{} x{{},y{}}", "a@|b@|x@|xy@|" },
	{ BASH, P "{{}..3} {x\"{}\"}y {'{}'} {\"$(printf %sx {})\"}",
	    "{@..3}|{x@}y|{@}|{@x}|" },
	{ BASH, P "$'a\\tb'", "a\tb|" },
	{ ANY, "x=; " P "\"${x:-\"b c\"}\" {} \"{}\" ${x:-'d'}\"{}\"",
	    "b c|@|@|d@|" },
	{ ANY, "x='a b'; " P "\"${x%% \\*}\" {} ${x#\"a \"}\"{}\"",
	    "a b|@|b@|" },
	{ BASH, "x=a/b; " P "${x//\\//_} {} \"${x//\\//$y}{}\"", "a_b|@|ab@|" },
	{ BASH, "for ((i=0;i<2;i++)); do " P "$i {}; done", "0|@|1|@|" },
	{ BASH, "IFS=$'\\n'; " P "{} $'\\x41\\n'", "@|A\n|" },
	{ ANY, "x=$'\\t\\\\'; " P "{} '{}' \"{}\"", "@|@|@|" },
	{ BASH, "local() { :; }; declare x={}; " P "\"$x\"", "@|" },
	{ BASH, "x+={}; x+={}; " P "\"$x\"", "@@|" },
	{ BASH, "function f { " P "\"$@\"; }; f {} |& cat", "@|" },
	{ BASH, "((1 > 2)) || " P "{}", "@|" },
};

static void
add_want(struct buf *b, const char *want, const char *v, size_t n)
{
	for (; *want; want++) {
		if (*want == '@')
			buf_add(b, v, n);
		else
			buf_addc(b, *want == '|' ? '\0' : *want);
	}
}

/* BATCH values in one context through one shell; all must come back. */
static bool
round_trip(const char *shell, const struct context *c)
{
	struct buf script = { 0 }, want = { 0 }, got = { 0 };
	char v[VALUE_MAX + 1], *slash;
	bool same;
	size_t i, n;

	for (i = 0; i < BATCH; i++) {
		n = any_value(v);
		while (c->needs == FILE_NAME &&
		    (slash = strchr(v, '/')) != NULL)
			*slash = '_';
		same = expand(c->line, v, n, &script);
		buf_adds(&script, "\nunset x X\n");
		add_want(&want, c->want, v, n);
	}
	same = same && capture(shell, buf_str(&script), &got) == 0 &&
	    got.len == want.len && memcmp(got.data, want.data, got.len) == 0;
	if (!same)
		is_mem(got.data, got.len, want.data, want.len, "%s",
		    shell);
	buf_free(&script);
	buf_free(&want);
	buf_free(&got);
	return same;
}

static bool
has_shell(const char *shell)
{
	struct buf out = { 0 };
	bool has = capture(shell, "echo", &out) == 0;

	buf_free(&out);
	return has;
}

/* The line as one, for the name of a test. */
static void
show(const char *line, char *dst, size_t size)
{
	size_t i;

	for (i = 0; line[i] && i + 1 < size; i++)
		dst[i] = line[i] == '\n' ? ' ' : line[i];
	dst[i] = '\0';
}

static void
test_shell(const char *shell, bool bash, int rounds)
{
	char name[100];
	size_t i;
	int k;

	if (!has_shell(shell)) {
		skip(1, "no %s", shell);
		return;
	}
	for (i = 0; i < COUNT(contexts); i++) {
		const struct context *c = &contexts[i];

		if (c->needs == BASH && !bash)
			continue;
		show(c->line, name, sizeof(name));
		for (k = 0; k < rounds && round_trip(shell, c); k++)
			;
		ok(k == rounds, "%s, %d values: %s", shell, rounds * BATCH,
		    name);
	}
}

static void
integer(const char *v, const char *want)
{
	struct buf b = { 0 };
	bool is = quote_value(&b, PLACE_ARITH, v, strlen(v));

	is_str(is ? buf_str(&b) : NULL, want, "arithmetic: \"%.*s\"",
	    (int)strcspn(v, "\n"), v);
	buf_free(&b);
}

static void
test_integers(void)
{
	integer("0", "0");
	integer("42", "42");
	integer("+7", "7");
	integer("-3", "(-3)");
	integer("008", "8");
	integer("-00", "(-0)");
	integer("000", "0");
	integer("9223372036854775807", "9223372036854775807");
	integer("9223372036854775808", NULL);
	integer("00000000000000000000000001", "1");
	integer("", NULL);
	integer("-", NULL);
	integer("+", NULL);
	integer("0x10", NULL);
	integer("1 ", NULL);
	integer("1+1", NULL);
	integer("a[$(id)]", NULL);
	integer("1\n", NULL);
}

static void
test_arithmetic(const char *shell)
{
	struct buf script = { 0 }, got = { 0 };

	expand("echo $((3-{})) $(( ({}+1)*2 )) \"$((1{}))\" $(( $1 + {} ))",
	    "5", 1, &script);
	buf_adds(&script, "\n");
	expand("echo $((3-{})) $((-{})) $(({}*{}))", "-5", 2, &script);
	capture(shell, buf_str(&script), &got);
	is_str(buf_str(&got), "-2 12 15 5\n8 5 25\n", "$(( )) in %s", shell);
	buf_free(&script);
	buf_free(&got);
}

static void
word(const char *s, bool command, const char *want)
{
	struct buf b = { 0 };

	quote_word(&b, s, strlen(s), command);
	is_str(buf_str(&b), want, "%s: %.*s", command ? "command" : "word",
	    (int)strcspn(s, "\n"), s);
	buf_free(&b);
}

static void
test_words(void)
{
	word("abc", false, "abc");
	word("a-b_c.d/e:f,g@h%i+j=k", false, "a-b_c.d/e:f,g@h%i+j=k");
	word("", false, "''");
	word("a b", false, "'a b'");
	word("it's", false, "'it'\\''s'");
	word("~", false, "'~'");
	word("=ls", false, "'=ls'");
	word("a\nb", false, "'a\nb'");
	word("\xc3\xa9", false, "'\xc3\xa9'");
	word("A=b", false, "A=b");
	word("A=b", true, "'A=b'");
	word("if", true, "'if'");
	word("if", false, "if");
	word("a*", false, "'a*'");
}

int
main(void)
{
	char dir[] = "/tmp/test_quote.XXXXXX";
	const char *seed = getenv("PPX_TEST_SEED");
	const char *rounds = getenv("PPX_TEST_ROUNDS");
	int n = rounds ? (int)strtol(rounds, NULL, 10) : 1;

	state = seed ? strtoull(seed, NULL, 10) : (uint64_t)getpid() + 1;
	note("PPX_TEST_SEED=%llu", (unsigned long long)state);
	test_integers();
	test_words();
	if (!ok(mkdtemp(dir) && chdir(dir) == 0, "a folder for files"))
		return done_testing();
	test_arithmetic("sh");
	test_shell("sh", false, n);
	if (has_shell("bash")) {
		test_arithmetic("bash");
		setenv("LC_ALL", "C.UTF-8", 1);
		test_shell("bash", true, n);
		setenv("LC_ALL", "C", 1);
		test_shell("bash", true, n);
	}
	ok(rmdir(dir) == 0, "nothing is left in it");
	return done_testing();
}
