/*
 * Which places of a shell line the lexer refuses; and the property that counts:
 * a line of random pieces is refused, or no byte of the value is run by any
 * shell.  PPX_TEST_SEED and PPX_TEST_ROUNDS as in test_quote.c.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "input/lexer.h"
#include "tap.h"

static const struct lexer_shell bash = { .tests = true };

/* The line is refused at the offset where its mark ^ stands (taken out). */
static void
refused(const char *marked, const char *replace,
    const struct lexer_shell *shell)
{
	const char *mark = strchr(marked, '^');
	struct buf line = { 0 };
	struct vocabulary v = { .replace = replace };
	struct lexed lexed;

	buf_add(&line, marked, (size_t)(mark - marked));
	buf_adds(&line, mark + 1);
	lexer_run(line.data, line.len, &v, shell, &lexed);
	if (!ok(lexed.why != NULL, "refused: %.*s",
	    (int)strcspn(marked, "\n"), marked))
		template_free(lexed.t);
	else if (lexed.offset != (size_t)(mark - marked))
		is_int(lexed.offset, mark - marked, "the offset");
	buf_free(&line);
}

static void
accepted(const char *line, size_t values)
{
	struct lexed lexed;

	lexer_run(line, strlen(line), NULL, &bash, &lexed);
	ok(lexed.why == NULL && lexed.t->values + lexed.t->numbers == values,
	    "accepted: %.*s", (int)strcspn(line, "\n"), line);
	if (lexed.why)
		note("%s at %zu", lexed.why, lexed.offset);
	template_free(lexed.t);
}

static void
test_refused(void)
{
	static const char *const lines[] = {
		"echo `echo ^{}`", "echo \"`echo ^{}`\"", "echo `a` `^{}`",
		"echo `echo 'a'` ^{}", "echo ${x:-^{}}", "echo $^{}",
		"echo \"$^{}\"", "echo $^{.}", "echo $^{%}",
		"echo ${x:-\"}\"} ^{}", "echo ${x:-'}'} ^{}",
		"echo ${x:-\"a} ^{}", "a ${x:-\"^{}\"}", "a ${x/\\^{}}",
		"a ${x:-\"\\\"\"} ^{}", "a ${x:-\"a'\"'} ^{}",
		"a ${x:-\\}} ^{}",
		"a ${x:-\"$(b)\"} ^{}", "a ${x:-\"${b}\"} ^{}",
		"a ${x:-${b:-c}} ^{}", "a ${x:-$^{}} {}", "a ${x:-${!b}} ^{}",
		"a $(($(a[ ) + 1)) ^{} ]=1 )))", "a ${x:-$(a[ )} ^{} ]=1 )}",
		"((z=$(a[ )+1)); a ^{} ]=1 )+1))",
		"a ${x:${y} # }; ^{}", "a ${x${y}& # }; ^{}",
		"a ${#${y}& # }; ^{}", "a ${#x${y}& # }; ^{}",
		"a ${!x:${y}& # }; ^{}", "a ${?${y}& # }; ^{}",
		"a ${@'a'} ^{}", "a ${x'a'} ^{}", "a ${10\"a\"} ^{}",
		"a \"${x:}\" ^{}", "a \"${?:}\" ^{}", "a \"${10:}^{}\"",
		"a $((${x:})) ^{}", "a $((${!:})) ^{}", "a ${#x:} ^{}",
		"{eval,:}>f ^{}", "{test,-v}>f ^{}", "{printf,-v}<>f ^{} x",
		"\"${y-$(x=([)]=1) }\" ^{} \")}\"", "a ${y-$(x=(b))} ^{}",
		"alias e=eval\ne ^{}", "\"al\"ias e=eval; :\ne ^{}",
		"\"$$(a \"^{}\")\"", "\"$${x:-^{}}\"", "\"$$((1+\"^{}\"))\"",
		"x=\"a$$\\\n(\"^{}\")\"", "$(( $(a <<E) )) ^{}", "${x:-$(a <(b))} ^{}",
		"$(( $(a < <(b)) )) ^{}", "${x:-$(a <^{})}",
		"alias e=eval; : $(e ^{})", "alias e=eval; cat <(e \"^{}\")",
		"f() { : \"$(e ^{})\"; }; BASH_ALIASES[e]=eval; f",
		"{1} e=eval\ne ^{2}", "command \"{1}\" e=eval\ne ^{2}",
		"if {1}as e=eval; then :; fi\ne ^{2}",
		"{1} -s expand_aliases; {1} e=eval; : $(e ^{2})",
		"{alia,e=\"eval : \"}s\ne ^{}", "{typese,-i}t y; y=^{}",
		"for i in 1; do x=^{2}; {1}$\"\" -i x; done",
		"for i in 1; do x=^{2}; {1} &>f -i x; done",
		"shopt -s expand_\"aliases\"; for i in 1; do : $(e ^{2}); "
		    "{1} e=eval; done", "{1} -i x; x=^{2}", "x=^{2}; decl{1}re -i x", "{//} -i x; x=^{/}",
		"for n in ^{2}; do {1} -i n; done", "{1} x; declare x=^{2}",
		"alias q=\"a '\"\nq ^{}", "BASH_ALIASES[e]=eval\ne ^{}",
		"BASH_ALIASES=([e]=eval)\ne ^{}",
		"BASH_ALIASES+=([e]=eval)\ne ^{}",
		"a ${x:'a'} ^{}", "a ${#x'a'} ^{}", "a ${-'a'} ^{}",
		"a \"${x:\\\\}\" ^{}",
		"a ${x:-${b\n}} ^{}", "a ${x:-'${b}'} ^{}",
		"a ${x//\"^{}\"/b}",
		"a \"${x:-\"$1^{}\"}\"",
		"for ((i=0;i<^{};i++)); do a; done", "$((a;b)) ^{}",
		"((a); (b;c)) ^{}", "$( ((a <<E; b))\n^{}\nE",
		"$(($(a ^{}) + 1))", "$(($((a)))) ^{}", "$(($(a;(b)))) ^{}",
		"$(($(case x in x) a)) ^{}", "$(($(a <<E))) ^{}",
		"$(($(a 'b'))) ^{}", "$(($(a)) ^{}", "$(($(a #b) + 1)) ^{}",
		"echo \\^{}", "echo \"\\^{}\"",
		"echo \"a\\\\\\^{}\"", "echo a # ^{}", "# it's ^{}",
		"cat <<E\n^{}\nE", "cat <<-E\n^{}\nE", "cat <<^{}",
		"cat << \"^{}\"", "cat <<'E'\nx\nE\necho ^{}",
		"cat <<$(^{})", "cat <<E \"a\n^{}\"",
		"echo $'^{}'", "echo $\"^{}\"",
		"echo $[^{}]", "((x=^{}))", "((a); (b)) ^{}",
		"echo $((echo ^{}) | cat)", "echo $((x=\"^{}\"))",
		"echo $(($x^{}))", "echo $(case a in a) ^{};; esac)",
		"(case a in a) echo;; esac) ^{}", "echo ) ^{}",
		"a[^{}]=1", "a[ ^{} ]=1", "a[\"^{}\"]=1", "a[ # ' ]\n ^{}'",
		"x=([^{}]=1)", "x=([ ^{} ]=1)", "a[(1)+^{}]=1",
		"echo $(a[$(^{})]=1)", "[[ ^{} -eq 1 ]]",
		"[[ ( ^{} -eq 1 ) ]]", "[[ -v ^{} ]]",
		"[[ \"]]\" && ^{} -eq 1 ]]", "[ -v ^{} ]", "test -v ^{}",
		"printf -v ^{} x", "eval ^{}", "eval \"echo ^{}\"",
		"eval 'echo ^{}'", "trap 'rm ^{}' EXIT", "command eval ^{}",
		"command -p eval ^{}", "\\eval ^{}", "\"eval\" ^{}",
		"``eval ^{}", "e`:`val ^{}",
		"x=1 eval ^{}", "x[1]=2 eval ^{}", ">x eval ^{}",
		"time -p eval ^{}", "if eval ^{}; then :; fi",
		"for i do eval ^{}; done", "f() { eval ^{}; }",
		"function f { eval ^{}; }", "case x in (x) eval ^{};; esac",
		"case x in x) eval ^{};; esac", "(eval ^{})",
		"echo $(eval ^{})", "! eval ^{}", "a && eval ^{}",
		"eval echo $(echo ^{})", "unset ^{}", "read ^{}", "let ^{}",
		"export ^{}", "declare -i x=^{}", "declare x=a ^{}",
		"echo >&^{}", "cat <&^{}", "echo x>&\"^{}\"",
		"a\\\nb ^{}", "echo $\\\n(^{}", "(\\\n(echo ^{}",
		"echo $(#'\n^{}')", "${ echo 'x' ; } ^{}", "${|x} ^{}",
		"alias x=^{}", "^\"abc", "^'abc", "a ^(b", "echo ^$(b",
		"echo {} ^'", "echo {} ^\"", "x=(a; ^{})", "x=(a <b ^{})",
		"[[ $1 =~ [[:alpha:]]+ && ^{} -gt 3 ]]",
		"[[ a]] == x || ^{} -eq 1 ]]", "[[ x =~ ( ]] ) || ^{} -eq 1 ]]",
		"[[ ${x:- ]] } == x || ^{} -eq 1 ]]",
		"2>/dev/null eval ^{}", "2>&1 eval ^{}", "2>f trap ^{} EXIT",
		"{fd}>/dev/null eval ^{}", "{a[1]}>f eval ^{}",
		"command 2>f eval ^{}", "eval &>f ^{}",
		"printf ^{} x", "printf \"^{}\" x", "printf -v^{} x",
		"printf \"-v\" ^{} x", "printf $x ^{} x", "printf -^{} x",
		"printf ^{} ${x:-\"a\"}", "printf ^{}$'\\n' x",
		"wait -p ^{} $!", "wait -n -p ^{}", "wait ^{} -n",
		"test ^{//} {/}", "[ ^{//} {/} ]", "[ \"^{//}\" \"{/}\" ]",
		"[ x -a ^{//} {/} ]", "[ ! ^{//} {/} ]", "[ ^{//} \"$x\" ]",
		"[ \"$x\" ^{/} ]", "[ '-v' ^{} ]", "[ -^{//} {/} ]",
		"declare -i x; x=^{}", "typeset -gi x; x+=^{}",
		"local -g -n x; x=\"^{}\"", "declare \"-i\" x; x=^{}",
		"declare -A x; declare y=^{}", "x=(1); declare x=^{}",
		"x[0]=1; local x=^{}", "mapfile x <f; typeset x=^{}",
		"declare -i x; for x in ^{}; do :; done",
		"(declare -i x; x=^{})", "RANDOM=^{}", "OPTIND=^{} true",
		"x=^{}; declare -i x", "f() { x=^{}; }; local $o x",
		"for x in ^{}; do typeset -n r; done", "x=(^{}); integer x",
		"RANDOM=(1 ^{})", "declare x=^{}; read -ra y", "{a,^{}} b",
		"{eval,a} ^{}", "ev{al,} ^{}", "printf \"$f\" ^{} x",
		"[ {-v,^{}} ]", "x=(1)eval ^{}", "declare DIRSTACK=^{}",
		"BASH_ALIASES[x]=^{}", "export PS4=^{}", "for OPTIND in ^{}; do :; done",
		"SECONDS+=\"^{}\"", "IFS='^{}'", "BASH_ENV=a^{} b",
		"$x $y eval ^{}", "$x command eval ^{}",
		"$(a)eval ^{}", "$(a \")\")eval ^{}", "$(a `b )`)eval ^{}",
		"$(a \"$(b \")\")\")eval ^{}", "$(a \"$(b \")\")\") {1} ^{2}",
		"$(a \"$(b '\"')\" \"`c`)\")eval ^{}", "$(a $'x')eval ^{}",
		"$(a ${x:-'\"'} \"${y}\")eval ^{}", "$(a $# \"$\")eval ^{}", "e$(a $(b))val ^{}",
		"$(a) eval ^{}", "{1} ^{2}", "{/} ^{}", "e{1} ^{}", "command {1} ^{2}",
		"\"{1}\" a '^{2}'", "$x{1} ^{2}", "{1} $(a ^{2})",
		"x=1 {.} ^{.}", "$x {1} ^{2}", "! {1} ^{-1}", "a `^{1}`",
		"a $^{-1}", "a ${^{1}}", "a \\^{2}", "a ${x:-^{1}}",
		"[[ x && # ]]\n^{} -eq 1 ]]", "[[ # ]]\n1 -lt ^{} ]]",
		"[[ x||-v ^{} ]]", "[[ (-v ^{}) ]]", "[[ ^{} -eq\\\n3 ]]",
		"a # ^{1}", "s{1} ^{2}", "{1}l ^{2}", "\"ev\"{1} ^{2}",
		"{1}'l' ^{2}", "$1gcc ^{2}", "$1{2}-gcc ^{3}", "e\\v{1} ^{2}",
		"g*{1} ^{2}", "{1}{2} ^{3}", "{1}-{2}l ^{3}", "$1x{1} ^{2}", "$(echo ^{})", "e$(echo ^{1}) x", "$(a $(b ^{}))",
		"$x $(echo '^{}')", "x=1 $(echo \"^{}\")", "$(a) | $(b ^{})",
		"\"$(a {1})\" ^{2}", "\"$(a {})\" \"^{}\"",
		"declare -ri x=^{}", "declare -{r,i} x=^{}", "readonly -a x=^{}",
		"export -a x=^{}", "declare -r$o x=^{}", "x=(1); local -r x=^{}",
		"export $o x=^{}", "declare -r \"-i\" x=^{}",
		"f() { x=^{}; }; declare &>f -i x; f", "x=^{}; read &>f -a x; declare -i y",
		"x=^{}; declare&>f -i x", "x=^{}; declare -g &>f -i x",
		"x=^{}; declare -g&>>f -i x", "declare y=^{}; read -r &>f -a y",
		"jobs -x eval ^{}", "jobs $x eval ^{}", "command \"-p\" eval ^{}",
		"jobs '-x' eval ^{}", "command -$x eval ^{}", "jobs -x {1} ^{2}",
		"[[ ^{} -e\\\nq 3 ]]", "[[ ^{} -\\\neq 3 ]]", "[[ -\\\nv ^{} ]]",
		"x=^{}; eval $'\\ndeclare -i x'", "x=^{}; $'\\144eclare' -i x",
		"x=^{}; $'decl\\x61re' -i x", "x=^{}; $'\\x{00064}eclare' -i x",
		"x=^{}; eval $'\\cJdeclare -\\u0069 x'", "x=^{}; {d..d}eclare -i x",
		"x=^{}; {d..d}{e..e}clar{e..e} -i x", "x=^{}; declare x* -i y",
		"declare y=^{}; read y[0]* -a y", "x=^{}; declare x@(a) -i x",
		"test * ^{}", "[ ?v ^{} ]", "[ -[uv] ^{} ]", "./no*.sh eval ^{}",
		"printf x*.none ^{1} {2} y", "n? {1} ^{2}", "x=1 n* eval ^{}",
		"command -* eval ^{}", "$x n[a] eval ^{}", "n* unset ^{}",
		"\"$1\" ^{2}", "$1 ^{2}", "command \"$1\" ^{2}", "\"${1}\" ^{}",
		"\"$@\" ^{}", "x=1 e$1 a ^{2}", "$x $1 ^{2}", "\"$(a \"$1\")\" ^{2}",
		"\"$1\" x ^{2}", "$1 x ^{2}", "\"$(a {1})\" x ^{2}",
		"\"$1\" command x ^{2}", "{1} /dev/stdin <<<^{2}", "\"$1\" <<< \"^{2}\"",
		"echo [[; $1 ^{2}", "a [[ || {1} ^{2}", "x=1 [[ b || $1 ^{2}",
		">f [[ b || $1 == ^{2}", ">[[ a || $1 == ^{2} ]]",
		"x=1 do [[ b || {1} ^{2}", "command [[ a && $1 ^{2} ]]",
		"[[ \"^{}\" == ' ]] ' || a -eq 3 ]]", "[[ $(echo ^{}) -gt 9 ]]",
		"[[ $(wc -l ^{}) -gt 9 ]]", "[[ $(a 2>&1 <^{}) -gt 9 ]]",
		"exec 2>f; [[ $(a <^{}) -gt 9 ]]", "[[ $(a <^{} |& b) -gt 9 ]]",
		"[[ $(a <^{} &>/dev/nullx) -gt 9 ]]",
		"[[ $(a 2>& 1 <^{}) -lt 9 ]]",
		"[[ (^{} < b) || 3 -eq a ]]",
		"[[ ( ( a -eq 3 ) ) && ^{} ]]", "[[ $( (^{}) <f) -gt 9 ]]",
		"[[ a < $(b ^{}) && $(c) -gt 2 ]]", "[[ ^{} < 3 && b -eq 2 ]]",
		"[[ $([[ ^{} > a ]]) -gt 9 ]]",
		"[[ ^{} == $x || a -e\\\nq b ]]",
		"[[ \"$(a ^{})\" == $'\\'' -eq 3 ]]", "[[ ( ]] ^{} -eq 3 ) ]]",
		"$'\\145val' ^{}", "$'ev\\x61l' ^{}", "$'eval\\0x' ^{}",
		"$'eval\\c@' ^{}", "x=^{}; eval $'a \\c\\\\\\ndeclare -i x'",
		"$'eval\\c `' ^{}", "declare y=^{}; read $'y\\c '[0]",
		"printf $'\\x2dv' ^{} x", "[ $'-\\166' ^{} ]", "a $'\\^{}'",
		"command $'\\x65val' ^{}",
		"a $'\\n^{}'",
		"declare $'\\x2di' x=^{}", "printf $'\\055v' ^{} x",
		"declare y=^{}; printf -v y'[0]' 1",
		"declare y=^{}; let \"${n}[0]=1\"",
		"declare y=^{}; read y\\\n[0]", "declare y=^{}; read \"$*[0]\"",
		"declare y=^{}; b=[; printf -v \"y${b}0]\" 1",
		"local y=^{}; read $n[0]",
		"local y=^{}; read y{[0],}", "declare y=^{}; read $(n)'[0]'",
		"$PY {1} ^{2}", "${CC} {1} ^{2}", "${CC:+a} {1} ^{2}",
		"\"${!x}\" {1} ^{2}", "\"${!x[@]}\" {1} ^{2}",
		"$CC$PY {1} ^{2}", "\"${a[@]}\" {1} ^{2}", "$CC* {1} ^{2}",
		"LOG=f; $SUDO 2>$LOG {1} ^{2}", "$SUDO >$LOG eval ^{}",
		"$PY {/} ^{/}", "$PY {} ^{1.}", "'[[' a || $1 ^{2} ]]", "[[ a ]] || $1 ^{2}",
		"[[ a\n$1 ^{2} ]]",
		"if { a; } then eval ^{}; fi", "if a; then { b; } else eval ^{}; fi",
		"if a; then if b; then c; fi else eval ^{}; fi",
		"if a; then b; elif { c; } then eval ^{}; fi",
		"if for i in a; do b; done then eval ^{}; fi",
		"if case a in a) ;; esac then eval ^{}; fi",
		"if (a) then eval ^{}; fi", "if ((1)) then eval ^{}; fi",
		"while { a; } 2>f do eval ^{}; done", "if [[ a ]] then eval ^{}; fi",
		"if [[ a && (b) ]] then if [[ c ]] then eval ^{}; fi; fi",
		"for i do if [[ a || b ]] then eval ^{}; fi; done",
		"eval @((a)) \";\" ^{}", "[ @((-v)) ^{} ]", "[[ $(: >^{}; a) -gt 9 ]]",
		"[[ $(: <>^{}; a) -gt 9 ]]", "[[ $(: >|^{}; a) -gt 9 ]]",
		"eval [[ a ]] ^{}", "test [[ a ]] ^{}", "$1 [[ a ]] ^{2}",
		"{1} &>f ^{2}", "e{1}l &>>f ^{2}", "command {1} &>f ^{2}",
		"if {1} &>f ^{2}; then :; fi", "{1} x&>f ^{2}", "$1 &>f ^{2}",
		"$x {1} &>f ^{2}", "&>f {1} ^{2}", "{1} &>f {1.} x ^{2}",
		"function f if eval ^{}; then :; fi", "function f if {1} ^{2}; then :; fi",
		"function f until let ^{}; do :; done", "function eval { {1} ^{2}; }",
		"coproc X while ! eval ^{}; do :; done", "coproc X if [ -v ^{} ]; then :; fi",
		"coproc X if printf -v ^{} x; then :; fi", "coproc 'X' { eval ^{}; }",
		"coproc test { eval ^{}; }", "coproc printf if eval ^{}; then :; fi",
		"coproc test for i do eval ^{}; done", "coproc {1} if eval ^{1}; then :; fi",
		"coproc X select i do let ^{}; done",
		"[[ x =~ a|]] || ^{} -eq 1 ]]",
		"[[ x =~ |]] || ^{} -eq 1 ]]", "[[ x =~ (a)|]] || ^{} -eq 1 ]]",
		"[[ x =~ \"a\"|]] || ^{} -eq 1 ]]", "[[ (x =~ a|]]) || ^{} -eq 1 ]]",
		"[[ x =~ ((a))|]] || ^{} -eq 1 ]]", "[[ x =~ (a ((b|c)))|]] || ^{} -eq 1 ]]",
		"coproc [[ x =~ a|]] || ^{} -eq 1 ]]", "{1} do ^{2}", "{1} { ^{2}; }",
		"coproc $x if eval ^{}; then :; fi", "coproc $x { eval ^{}; }",
		"$(a $'\\'')eval ^{}", "$'\\'^{}'", "eval$'\\c@\\c\\'x' ^{}",
		"$(a $'\\c' \")\")eval ^{}", "a `b $'\\'' ` ^{}",
		"a ${x:-$'\\''} ^{}", "printf $'\\c@\\''-v ^{} x",
		"a $((${x:-^{}}+1))", "a $((${x}^{}))", "a $(($#^{}))",
		"a $((${x:-\"1\"})) ^{}", "((${x#^{}}))", "a $((${x:-$y})) ^{}",
		"((a; ${x} # b))^{}", "a ${x:-$(b ^{})}", "a ${x:-$(eval ^{})}",
		"\"${x:-$(case a in a)}x '^{}'; esac)}\"", "a ${x:-$(b # ^{})}",
		"a ${x:-\"$(b)\"} ^{}", "a ${x:-$(b 'c')} ^{}", "a ${x:-$(b}) ^{}",
		"a ${x:-$(b <<E)}\n^{}\nE", "a ${x:-$(b\\)} ^{}", "a ${x:-(b)} ^{}",
		"printf -v ^{} %s", "printf -v x ^{}", "printf -v \"x\" %s ^{}",
		"printf -v x[0] %s ^{}", "printf -v x -v ^{}", "printf -v x -- ^{}",
		"printf -v x \"$f\" ^{}", "printf -v x {-v,y} ^{}", "printf -v x * ^{}",
		"printf -v x \"^{}\" y", "printf -v x$y %s ^{}", "printf -v RANDOM %s ^{}",
		"declare -i x; printf -v x %s ^{}", "printf -v x %s ^{}; local -n x",
		"printf -v x '-v' ^{}", "printf -v {x,y} %s ^{}", "printf -v1 %s ^{}",
		"printf '-v' x %s ^{}", "printf -vx %s ^{}",
		"{1} -v y %s ^{2}", "printf -v x $'-v' ^{}", "printf -v x \\-v ^{}",
		"a ${x:-$((b) | c)} ^{} '))}'", "a \"${x:-$(b $[)]}'^{}')}\"",
		"a ${x:-$(b $((c) | d))} ^{}", "a ${x:-$((1+^{}))}", "a ${x:-$(b ^{}",
		"${x:-$(a)}eval ^{}", "${x:-$(a)} eval ^{}", "${x:-$(a)} {1} ^{2}",
		"$1 do ^{2}", "$x {1} do ^{2}", "{1} do {1} ^{2}",
		"x=$(a=(^{}))", "a \"$(a=(^{}/*); b)\"", "a <(a=(\"^{}\"))",
		"x=$( (a+=('^{}')) )", "f() { x=$(declare a=(b ^{})); }",
		"x=$(a=([0]=^{}))", "x=$(a=($(b)^{}))", "y=(<(a=(^{})))",
		"x=$(a=(\\\"); echo ^{})", "x=$(a=(b\\)); ^{}",
		"a $(b=(c\\d)) ^{}", "x=$(a=($(b)\\ c)) ^{}",
		"x=$(a <<E) ; b ^{}", "a \"$(b <<E)\" ^{}", "a <(b <<E) ^{}",
		"a $( (b <<-E) ) ^{}", "a $(b <<E; $(c)) ^{}",
		"a \"$(b $(c <<'E') ^{})\"", "a $( ((x=1<<2)) ) ^{}",
		"x[y[0]+^{}]=5", "x[[]+^{}]=1", "x['a'[0]+^{}]=1",
		"a=([y[0]+^{}]=1)", "exec {x[y[0]+^{}]}>f",
		"x[y[0] '#'; a ^{}]=1", "x[y[[0]]+^{}]=1", "declare x[y[0]+^{}]=1",
		"x[\\[[0]+^{}]=1", "a=([[]b ^{})", "a *[[]^{}",
		"function f@(){ eval ^{}; }; f@", "function f@() { eval ^{}; }",
		"function a@()if let ^{}; then :; fi", "function f+( ) { eval ^{}; }",
		"function 'f'?(){ a ^{}; }", "function f!(){ a ^{}; }",
		"coproc f*(){ eval ^{}; }", "e@(val) ^{}", "x=1 e+(val) ^{}",
		"printf \"$(a ^{})\" x", "printf \"$(a \"$(b ^{})\")\" x",
		"printf $(a ^{})", "printf -v x $(a ^{})", "printf p$(a $(b) ^{})",
		"[ $(a ^{}) = x ]", "test $(a ^{}) -gt 3", "[ a = $(a ^{}) ]",
		"if ! [ -n x$(a \"^{}\") ]; then b; fi", "[ $(a <{1}) = $(b ^{}) ]",
		"\\declare x=$(a ^{})", "\"declare\" x=$(a ^{})",
		"command declare x=$(a \"^{}\")", "builtin local x=$(a ^{})",
		"$d declare x=$(a ^{})", "command -p export x=$(a ^{})",
		"'readonly' x=a$(b ^{})", "x=1 \\typeset y=$(a \"$(b ^{})\")",
		"printf $(a ^{}) x", "printf -$(a ^{}) x", "printf \"$( (a ^{}) )\" x",
		"test \"$(a ^{})\" \"$x\"", "[ ! \"$(a ^{1})\" {2} ]",
		"printf $v p^{} x", "printf \"$v\" \"p^{}\" x", "printf -$v p^{} x",
		"printf * p^{} x", "printf $v $w p^{} x", "printf $v p$(a ^{}) x",
		"declare -i x; printf $v ^{}", "printf \"$v\" %s ^{}; local -n x",
		"for i in 1 2; do declare a=^{}; a=\\\n(1); done",
		"declare a=^{}; a\\\n[ 0]=1", "x=^{}; decl\\\nare -i x",
		"declare a=^{}; a\\\n=(1)", "declare a=^{}; read -\\\na a",
		"exec $(a ^{})", "exec -a x $(a ^{})", "exec e$(a ^{}) x",
		"exec $x $(a ^{})", "command exec $(a ^{})", "x=1 exec $(a ^{})",
		"eval : &\\\n>o ^{}", "eval a &\\\n\\\n>o ^{}", "{1} &\\\n>>o ^{2}",
		"[ &\\\n>o -v ^{} ]", "f() { let 1 &\\\n>o ^{}; }", "a |\\\n& ^{}",
		"a <f;\\\n; ^{}", "a &\\\n& ^{}", "x=\"$(eval : &\\\n>o ^{})\"",
		"[ ~ ^{} ]", "test ~- ^{} = x", "printf ~ x^{} y", "printf ~ ^{} y",
		"exec -c \"b\"$(a ^{})", "\\exec $(a ^{})", "exec >f $(a ^{})",
	};
	size_t i;

	for (i = 0; i < COUNT(lines); i++)
		refused(lines[i], NULL, &bash);
	refused("echo $^x", "x", &bash);
	refused("echo \\^x", "x", &bash);
	refused("echo ${a^x}", "x", &bash);
	refused("echo $'a^x'", "x", &bash);
	/* Where [[ is a command, so is what stands behind its ||. */
	refused("((a <<E; b))\n^{}\nE", NULL, NULL);
	refused("[[ a || $1 == ^{2} ]]", NULL, NULL);
	refused("[[ a && {1} == ^{2} ]]", NULL, NULL);
	refused("if [[ a ]] then eval ^{}; fi", NULL, NULL);
	refused("if [[ a || test ]] then eval ^{}; fi", NULL, NULL);
	refused("if [[ a || $x ]] then eval b ^{}; fi", NULL, NULL);
	/* A &> may end the command, or not. */
	refused("echo $'\\'' ^{}", NULL, NULL);
	refused("{1} &>f ^{2}", NULL, NULL);
	refused("{1} &>f eval ^{1}", NULL, NULL);
	refused("a &>f eval ^{}", NULL, NULL);
	refused("printf &>f ^{} x", NULL, NULL);
	refused("[[ x =~ a|]] || ^{} -eq 1 ]]", NULL, NULL);
	refused("[[ x =~ (a)|]] || ^{} -eq 1 ]]", NULL, NULL);
	refused("printf ^{} &>f x", NULL, NULL);
	refused("printf \"$(a ^{})\" &>f x", NULL, NULL);
	refused("{1} e=b; a <(e ^{2})", NULL, NULL);
}

/* What the line does to variables, or to the names of commands, and where. */
static void
test_evaluated(void)
{
	static const char *const lines[] = {
		/* a ${...} that ends behind another one */
		"${x:-${y}} eval ^{}", "command \"${x:-${y}}\"-p eval ^{}",
		"exec ${x:-${y}} $(a ^{})", "\"${x:-${y}}eval\" ^{}",
		"printf ${x:-${y}}^{} z", "printf \"${x:+${y}}^{}\" z",
		"${x:-${y}} [ ^{1} {2} ]", "${x:-$} eval ^{}",
		"${x:-$(a ${y})} eval ^{}", "${x/a/${y}} eval ^{}",
		/* for goes on in the next line, if it is that */
		"declare -i x; for x\nin ^{}; do :; done",
		"declare -i x; for x # c\nin ^{}; do :; done",
		"for PS4\nin ^{}; do :; done", "command for x\neval ^{}",
		"time -p for x\nin ^{}; do :; done",
		"declare -i x; if [[ a ]] then for x\nin ^{}; do :; done; fi",
		/* aliases, in what is read a second time */
		"{1} e=b; a <(e ^{2})", "f() { {1} e=b; a >(e ^{2}); }",
		"for i in 1 2; do a <(e ^{}); {al,x}ias e=b; done",
		"shopt -s expand_\"al\"iases; {1} e=b; a $(e ^{2})",
		"for i in 1 2; do a $(e ^{}); b $\"\"; {al,x}ias e=c; done",
		"for i in 1 2; do y=^{}; a $\"\"; {typese,-i}t y; done",
		"for i in 1 2; do y=^{}; eval {typese,-i}t y; done",
		/* arguments that are assignments */
		"f() { a $(e ^{2}); }; b $({1} e=c; f)",
		"function f { a <(e ^{2}); }; b $({1} e=c; f)",
		"a; declare -i n=$(b </c) _ y; d ^{}", "a; declare -i x=\"1|2\" _; b ^{}",
		"a; declare -i _>/dev/null y; b ^{}", "a; declare -i _{,}; b ^{}",
		"a; {1} -i _>/dev/null y; b ^{2}", "declare -n r=_; declare -i r; a ^{}",
		"shopt -so \\; keyword; a ENV=^{}", "set >\\; -k; a ENV=^{}",
		"set > -- -k; a ENV=^{}", "set <<< -- -k; a ENV=^{}",
		"a; declare -i \\; _; b ^{}", "a; declare -i >${y:-;} _; b ^{}",
		"a; declare -i x=${y:-1|2} _; b ^{}", "a; declare >f\\; -i _; b ^{}",
		"shopt -so -- keyword; a BASH_ENV=^{}", "set >'a -- b' -k; f PS4=^{}",
		"set -u >\"a;b\" -o keyword; f PS4=^{}", "set >'a)b' -k; f PS4=^{}",
		"{1} $'-k'; f PS4=^{2}", "{1} -o $'keyword'; f PS4=^{2}",
		"{1} \"\"$''-k; f PS4=^{2}", "{1} `:`-k; f PS4=^{2}",
		"eval {set,-o,keyword}; f PS4=^{}", "eval {se,-k}t; f PS4=^{}",
		"set 3<&1 -kx; : PS4=^{}", "set >|f -kx; : PS4=^{}",
		"shopt -so ${x}word; : PS4=^{}", "{1} \"-kx\"; : PS4=^{2}",
		"set -kx; : PS4=^{}", "set -o key\"\"word; : PS4=^{}",
		"{1} -kx; : PS4=^{2}", "{1} -k; {2} -i x; a x=^{3}",
		/* ... or are, all of them */
		": ^{}; declare -i {Z..a}", ": ^{}; declare -i {x,}_",
		"a ^{}; {typese,-i}t _", "{typese{b,},-i}t y; y=^{}",
		": ^{}; declare 2>&1 -i _", ": ^{}; declare >|f -i _",
		": ^{}; declare -i _", ": a; {1} -i _; a ^{2}; b",
		": ^{2}; {1} _", "a ^{2}; {1} BASH_ARGV", "{1} _=1; a \"^{2}\"",
		"x=(a\n $(eval ^{}))", "x=(a\n [^{}]=b)",
	};
	size_t i;

	for (i = 0; i < COUNT(lines); i++)
		refused(lines[i], NULL, &bash);
	accepted("for x\nin {}\ndo [[ -f {} && a == {} ]]; echo {}\ndone", 4);
	accepted("for x in {} # c\n\ndo\n  a {}\ndone", 2);
	accepted("[[ -f {1} &&\n  {1} -nt {2} ||\n -e {} ]] && a", 4);
	accepted("x=(a\n test {1} {2}\n eval {}\n)", 3);
	accepted("x=(test {1} {2}); eval 'a \"${x[@]}\"'", 2);
	accepted("job{#} {}; $(({1})) {2}; x={}", 5);
	accepted("declare -i a_ _b; b a_/_c $_ {}", 1);
	accepted("while read -r a _; do declare -i k=1; b; done <{}", 1);
	accepted("declare -i n=$(({})) m={#}; let k=$(({}))+1", 3);
	accepted("set -e; a k={}; env PS4={} b", 2);
	/* A plain sh knows fewer reserved words. */
	refused("time for x\neval ^{}", NULL, NULL);
	refused("select x\neval ^{}", NULL, NULL);
	refused("function f for x\neval ^{}", NULL, NULL);
	refused("x=$(select y\neval ^{})", NULL, NULL);
	accepted("if [[ -f {} ]] then for x in a\ndo b {}\ndone; fi", 2);
	accepted("d={}; mkdir \"$d\"/{logs,cache,lib} \"$d\"/{locale,data}", 1);
	accepted("f={}; jq '{location,label}' \"$f\"", 1);
	accepted("mkdir {}/{australia,asia}\ncp {} x", 2);
	accepted("{1} --bench | sed 's/_/-/g' >out/{1}_{2}", 3);
	accepted("local -i n=0; while read -r _; do n+=1; done <{}", 1);
	accepted("diff <({1} -x) <({2} -x)", 2);
	accepted("[ \"$({1} -V)\" = \"$({2} -V)\" ]", 2);
	accepted("{} -t >\"$(basename {}).log\" | tee >(gzip >{.}.gz)", 3);
	accepted("{1} --help && make CC={1}; {1} -x; dd if={2}", 4);
	accepted("f() { local -n o=$1; o=x; }; f y; tr _ - <{}", 1);
	accepted("grep keyword {}; declare -i n=3; make CC={}", 2);
	accepted("cp {}{,.bak}; tar cf x{a,b} {}", 2);
}

static void
test_accepted(void)
{
	accepted("", 0);
	accepted("a {} {.} {#} {%}", 4);
	accepted("echo ${#} {}", 1);
	accepted("echo ${1%.x} \"${1##*/}\" {}", 1);
	accepted("cat <<E >{}\nx\nE", 1);
	accepted("awk '{print $1}' {}", 1);
	accepted("find {} -exec echo {foo} \\;", 1);
	accepted("printf '%s' `date` {}", 1);
	accepted("[ -f {} ] && [[ {} == *.c ]] && cmd -v {}", 3);
	accepted("export X={} Y=\"{}\"; local z='{}'", 3);
	accepted("read x <{}; eval x >{}", 2);
	accepted("a[1]={}", 1);
	accepted("ls *.{c,h} {}", 1);
	accepted("echo $(( {} + $x )) $((10#{}))", 2);
	accepted("echo \"${x:-${y}}\" ${x%${y}.c} ${x:-${1}} {}", 1);
	accepted("a \"${x}${x:-}${#}${##}${#x}$((${x:-1}))${x:+}\" {}", 1);
	accepted("echo $(( $(wc -l < f) + 1 )) ${x:-$(cat <f)} {}", 1);
	accepted("a >/tmp/x.$$ $$ \"$$\" $$.{} \"$$\\n{}\" $$ {} \"$$ ({})\"", 4);
	accepted("alias a=b; a {}", 1);
	accepted("./{} -i x; x={}; {}\n{}", 4);
	accepted("gcc-{} -i x; x={}\n{}", 3);
	accepted("env {} -i x; x={}", 2);
	accepted("f() { \"$@\"; }; f {}; x={}\nf {}", 3);
	accepted("\"$(which {})\" -i; x={}\necho {}", 3);
	accepted("{}; x={} {} <{}\n{ echo {}; }", 5);
	accepted("a() { b; }\nunalias a\na {}", 1);
	accepted("{fd}>f a {}", 1);
	accepted("echo ${x:-'a b'} ${x-'a'} \"${x%\"a\"}\" ${#x} {}", 1);
	accepted("echo ${x:-$([ -f a ] && b)} $(( $([ -f a ]) + 1)) {}", 1);
	accepted("make -j$(( $(nproc) / 2 )) -C {}", 1);
	accepted("echo $(( $(date +%s) - s + {} )) {}", 2);
	accepted("((x |= 1<<3))\necho {}", 1);
	accepted("((a <<E; b))\n{}\nE", 1);
	accepted("case {} in *.c) a {};; (*.h) b {};; esac", 3);
	accepted("a {} &&\\\n b {}", 2);
	accepted("echo \"$(a \"$(b \"{}\")\" '{}')\"", 2);
	accepted("echo eval {}; grep trap {}", 2);
	accepted("echo $'a b' {}", 1);
	accepted("echo a\\ b{}", 1);
	accepted("[ {} = a ] || [ -n {} ] || [ -f {} -a -r {} ]", 4);
	accepted("test {} -gt 3; [ ! {} ]; [ {} = \"$1\" ] &>f", 3);
	accepted("[[ {} == *.c ]] && [ \"$n\" -gt 3 ] && a {}", 2);
	accepted("printf '%s' {}; printf -- {} x; printf \"{}\\0\"", 3);
	accepted("x={}; cmd \"$x\"; y+={} z=\"{}\" a 2>{} {}", 5);
	accepted("x=(a {}); y={}; for i in {}; do a; done", 3);
	accepted("export -f f; x={}; local -r y=1; local z={}; export \"A=$x\"", 2);
	accepted("local -a a; a=({}); declare -x B; b={}; a[1]={}", 3);
	accepted("declare -i x; x=$(({})) y={#}; x=($(({})))", 3);
	accepted("[ a ] && [[ b ]] && declare x={}", 1);
	accepted("/usr/local/bin/a -i {}; x={}; local() { :; }", 2);
	accepted("printf '[%s] {%s}' {1} {2}; { a {}; }", 3);
	accepted("env RANDOM={}; a 2>f {} &>{}", 3);
	accepted("\"$(command -v a)\" {}; $(a \"b\") {} $((1+1))b {}", 3);
	accepted("a {1} {-1} {2.} {3//} {-2/.} {1/}", 6);
	accepted("a ${1} \"${1}\" '${1}' ${12} ${1%.x} ${1/a/b} ${1//}", 0);
	accepted("a ${#1} ${1:-x} {1..3} {a,b} {0} {01} {1", 0);
	accepted("env {1} {2}; ./{1} {2}; /bin/{1} {2}; {} {}; {1} {1}", 10);
	accepted("\"$(command -v {})\" x; x=$(a {}) b >$(c {}) $(d {})", 4);
	accepted("\"$(dirname {1})\"/x {2}; for i in $(a {}); do b; done", 3);
	accepted("(a {}); x=($(a {})); $(a {#}) b; a <(b $(c {}))", 4);
	accepted("[[ {} == *-vendor* ]] || a {}; [[ {} == *-legacy ]]", 3);
	accepted("[[ {} == *-left.txt && {} == -v* ]] && a -v {}", 3);
	accepted("python{1} -m a {2}; gcc-{1} -c {2}; {1}-gcc {2}", 6);
	accepted("\"gcc-$1\" -c {2}; python$1 {2}; {1}.sh '{2}'", 4);
	accepted("php\"{1}\" {2}; [[ -f a && $1 == {2}* ]]", 3);
	accepted("[[ {1} == a || {2} == b && ( {1} == c || {2} ) ]]", 4);
	accepted("[[ \"{}\" == *.c ]] && grep -v a {}; [[ {#} -gt 9 ]]", 3);
	accepted("[[ $(wc -l <{}) -gt 9 && -n $( (a <\"{}\") ) ]]", 2);
	accepted("[[ $(a <{} 2>/dev/null) -gt 9 ]] || echo {} >&2", 2);
	accepted("IFS=$'\\n'; a {}; cut -d$'\\t' -f1 {}; tr $'\\t' , <{}", 3);
	accepted("printf $'%s\\n' {}; [ $x = $'\\\\' ] && a {} '{}'", 3);
	accepted("for ((i=0; i<3; i++)); do a $i {}; done; ((i = 1)) && a {}", 2);
	accepted("a ${a//\\//_} {} \"${A:-\"b c\"}\" {} \"${x%'.c'}\" '{}'", 3);
	accepted("a \"${x//\\\\/}{}\" ${x:-\"$HOME/y\"}\"{}\"; y=${x%% *} {}", 3);
	accepted("f() { local x={}; [[ $x == [a-z]* ]] && ls *.[ch]; }; f", 1);
	accepted("tr -d '[:space:]'; sed 's/[^a]//;s/\\[b//'; local x={}", 1);
	accepted("\"$CC\" {1} {2}; \"${CC}\" {1} \"{2}\"; a $CC {1} {2}", 6);
	accepted("$PY {} -o {.}.o; \"$PY\" {1} {2}; {1} {1.} {1/}; '' {1} {2}", 9);
	accepted("[[ $(({})) -gt 9 && $(a <{}) -lt 2 ]] && a -v {}", 3);
	accepted("if ! [[ -e {.}.o && {} -nt {.}.o ]]; then a {}; fi", 4);
	accepted("x={1} {2}; {1} <{2} >{3}; {1} | {2}", 7);
	accepted("local -r f={}; declare -r X={}; declare -x +t Y={}", 3);
	accepted("export -n X={}; export -- Y={}; readonly -p Z={}", 3);
	accepted("args=(-a -b); export NAME={}; run \"${args[@]}\"", 1);
	accepted("export T={} && ls [a-z]*; readonly U={}", 2);
	accepted("x={}; export -n Y; declare x=a*b; read -r x y?z <<<1", 1);
	accepted("a &>f {}; export A &>f; x={}; jobs -l; a {}", 3);
	accepted("[[ {} == a ]] &&\\\n a {}", 2);
	accepted("x={}; echo $'\\e[1m' $'a\\tb' {1..3}eclare -i", 1);
	accepted("ls *.c {}; ./*/configure --x={}; e* {}; * {}", 4);
	accepted("case {} in [a-z]*) a {};; *.c|b?) a {};; esac", 3);
	accepted("test -e *.c -a -e {}; [ {} = 'a*' ]; printf '*' {}", 3);
	accepted("printf a* {}; for i in *; do a {} \"$i\"; done", 2);
	accepted("\"$1\" \"$2\"; \"$@\"; a \"$1\" {2}; ./$1 {2}; x=$1 {2}", 3);
	accepted("x=\"$1\"; a {}; {1} <<<{1}; a <<<{}; {1} <<<{#}", 6);
	accepted("printf &>f '%s' {}; [ x ] &>f {}; env {1} &>f {2}; : &>f eval {}", 5);
	accepted("{} &>f {} <{}; {1} &>>f; {2} || a &>f {}", 6);
	accepted("function f if a {}; then b {}; fi; coproc X { a {}; }", 3);
	accepted("function {1} if a {2}; then {} {}; fi; coproc a {} if {}", 6);
	accepted("[[ $x =~ ^a|b$ && {1} == {2} ]] && a {}; [[ x =~ a| ]] || b {}", 4);
	accepted("[[ x =~ ^(a|{1})$|{2} || {1} == {2} ]] && a {}", 5);
	accepted("[[ x =~ ((a)|b)+ && ( x =~ |a || {} ) ]] && a {}", 2);
	accepted("a $'it\\'s' {} $'\\\\' $'\\\\\\''; b '{}' $'\\''\"{}\"", 3);
	accepted("i=$((${i:-0} + 1)) y=$((${x}+{})) a $(($#+1)) {} $((${#a[@]}-$?))", 2);
	accepted("if (($# > 1)); then a {}; fi; ((${#a[@]} && ${1:-2} < 3)) || {}", 2);
	accepted("x=${O:-$(b)}; a {} \"${arr[$((i+1))]}\" {} \"${x%$(b $c; (d | e))}\" {}", 3);
	accepted("printf -v x %s {}; printf -v y '%s-%s' {1} \"{2}\" >f; a $y", 3);
	accepted("for i do {1}; done; for i in a; do {1} do {1}; done", 3);
	accepted("a=({}); x=$(a {} \\'); y=($(b {})) z=(\\'); {}", 4);
	accepted("x=$(a=(1 'b' $(c {})); d {}); cat <<E {}", 3);
	accepted("cat <<E >{} $(a {}) <{}", 3);
	accepted("cat <<E >\"$(a {})\"/{}; b <(c {}) {}\nx\nE", 4);
	accepted("x[y[0]+1]={}; a *[[:alpha:]]{} [!]]{}; (b <<E); {}", 4);
	accepted("function f { {}; }; if !(a {}); then b {}; fi; f?(x)", 3);
	accepted("printf \"$(a {})\\n\"; printf \"%s\\n\" \"$(a {})\" x; printf \"p$(a {})\" x", 3);
	accepted("[ \"$(a {})\" = x ] && [ -n \"$(b {})\" ]; printf \"$(a <{})\" x", 3);
	accepted("test \"$(a {})\" -gt 3 && printf \"$f\" {}; printf -- $f p{} x", 3);
	accepted("printf '%s' $(a {}); printf \"$(a $(b {}))\"; printf $(<{}) x", 3);
	accepted("[ $(wc -l <{}) -gt 9 ] && [ \"$(a {})\" = x ]; [ $(a {#}) ]", 3);
	accepted("local x=$(a {}); y=1 >f declare -r x=$(a {}); if export x=$(a {}); then b; fi", 3);
	accepted("command declare x=\"$(a {})\"; builtin export x={}; command declare x=$(b <{})", 3);
	accepted("exec a $(b {}); exec {1} {2}; exec \"$(a {})\" x; exec >$(a {})", 5);
	accepted("exec python{1} {2}; exec >\"$(a {})\"; b {}", 4);
	accepted("declare a={}; b=x\\\ny; c &&\\\n(d)", 1);
}

/* Can a word be appended?  Are there parameters? */
static void
test_ends(void)
{
	static const struct {
		const char *line;
		bool tail, positional;
	} rows[] = {
		{ "gzip -9", false, false }, { "a | b", false, false },
		{ "a 'x y' >z", false, false }, { "x=1 a", false, false },
		{ "a; b -c ", false, false }, { "a\nb", false, false },
		{ "a # x\nb", false, false }, { "f() { a; }; f", false, false },
		{ "for i in 1; do a; done; b", false, false },
		{ "a $(b) \"$(c)\"", false, false },
		{ "echo done", false, false },
		{ "if a; then b", false, false },
		{ "eval ''", true, false }, { "test -v", true, false },
		{ "x=-v; test $x", true, false },
		{ "test \"$(echo -v)\"", true, false },
		{ "test *", true, false }, { "test a -nt", false, false },
		{ "if x=1; then f() { test $y; }; fi; y=-v; test $y", true, false },
		{ "printf $v", false, false }, { "exec", false, false },
		{ "exec -a x", false, false }, { "exec a", false, false },
		{ "local -i x; printf $v %s", true, false },
		{ "printf -v", true, false }, { "printf -v x %s", true, false },
		{ "", true, false }, { "  ", true, false },
		{ "x=1", true, false }, { "a;", true, false },
		{ "a &", true, false }, { "a |", true, false },
		{ "a &&", true, false }, { "a\n", true, false },
		{ "a # x", true, false }, { "a >", true, false },
		{ "a \\", true, false }, { "(a)", true, false },
		{ "a; done", true, false }, { "{ a; }", true, false },
		{ "for i in 1; do a; done >x", true, false },
		{ "if a; then b; fi", true, false }, { "a <<E", true, false },
		{ "a <<E\nb\nE", true, false }, { "f()", true, false },
		{ "[[ a ]]", true, false }, { "((1))", true, false },
		{ "a ${x:-\"y}\"}", true, false },
		{ "a $1", false, true }, { "a \"${1%.x}\"", false, true },
		{ "a \"$@\"", false, true }, { "a $*", false, true },
		{ "a $#", false, true }, { "a ${#}", false, true },
		{ "a ${@}", false, true }, { "a ${#1}", false, true },
		{ "a $((1 + $2))", false, true }, { "a `b $1`", false, true },
		{ "a \"`b \"$1\"`\"", true, true },
		{ "a <<E\n$1\nE", true, true }, { "a '$1'", false, false },
		{ "a \\$1", false, false }, { "a \"\\$1\"", false, false },
		{ "a $0", false, false }, { "a ${#x} $x1", false, false },
		{ "awk '{print $1}'", false, false }, { "a # $1", true, false },
		{ "a \"$(b $9)\"", false, true },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct lexed lexed;

		lexer_run(rows[i].line, strlen(rows[i].line), NULL, NULL, &lexed);
		ok(!lexed.why && (lexed.tail != NULL) == rows[i].tail &&
		    lexed.positional == rows[i].positional,
		    "the end of: %.*s", (int)strcspn(rows[i].line, "\n"),
		    rows[i].line);
		if (lexed.why || lexed.tail)
			note("%s", lexed.why ? lexed.why : lexed.tail);
		template_free(lexed.t);
	}
}

static uint64_t state;

static unsigned
any(unsigned below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * 2685821657736338717ULL) >> 33) % below;
}

static void
any_line(struct buf *b)
{
	static const char *const pieces[] = {
		"'", "'", "\"", "\"", "\\", "`", "$(", "$(", ")", "(", "((",
		"))", "$((", "{}", "{}", "{}", "{}", "{.}", "{1}", "{2}",
		"{-1}", "{2//}", "{name}", "{:1}", "{%;}", "${1}", "${name}",
		"{}", "{1}", "{2}", "{} {}", "{1} {2}", "${2#", "${x", "${", "}",
		"{ ", "; }", " ", " ", " ", "\n", "\t", "#", " #", "<<E",
		"<<-E", "<<<", "E\n", "\nE\n", "case a in a)", ";; esac", "[",
		"]", "a[", "]=", "x=", "x=(", "$'", "$\"", "$", "$[", "echo ",
		"echo ", ": ", ";", "&", "&&", "|", "||", ">f", "<f", ">&",
		"\\\n", "if ", "then ", "fi", "[[ ", " ]]", " -eq ", "! ",
		"~", "*", "?", "${x:-", "${x%", "${#", "$x", "$1", "a", "f()",
		"1", "+", ",", "{", "for i in ", "; do ", "; done", "eval ",
		"trap ", "let ", "declare ", "unset ", "-v ", "test ", "%",
		"declare -i x;", "declare -n x;", "f() { ", "; }; f", "x=({})",
		"PS4=", "set -x;", "x[0]=1;", "declare x=", "{eval,", "-i ",
		"f=-v;", "printf ", "\"$f\" ", "for i in 1 2; do ", "x={}",
		"jobs -x ", "command ", "&>f ", "export ", "readonly ", "-r ",
		"export y={};", "eval $'\\n", "shopt -s nullglob;", "x* ", "<<<",
		"x=(1);", "-e\\\n", "q 1 ", "{d..d}eclare ",
		"== ", "$'\\n'", "for ((", ";", "\"a b\"", "\\/", "=$'", "$x ",
		"[[ a ", " || ", "\"$x\" ", "${x:-\"", "local x={}",
		"$(a <{}) ",
		"$'\\x65val' ", "[0-9]", " =~ ", "coproc X ", "function f ",
		"${x:-$(", "$((${x}+", "$(($#", "$'\\''", " do ", "=~ (a)|",
	};
	unsigned n = 2 + any(14);

	while (n--)
		buf_adds(b, pieces[any(COUNT(pieces))]);
}

/* Each would make a file of the line's number, were it run. */
static const char *const attacks[] = {
	";>@;", "$(>@)", "`>@`", "\n>@\n", "'\n>@\n'", "\"\n>@\n\"",
	"';>@;'", "\";>@;\"", "\"$(>@)\"", "'$(>@)'", ")\n>@\n(",
	"a[$(>@)]", "x[$(>@)]=1", "\\", "'", "\"", "\\';>@;\\'",
	"}\n>@\n{", "E\n>@\n", "\nE\n>@\n", "))\n>@\n", ";;esac\n>@\n",
	"1+a[$(>@)]", "]]\n>@\n", "`", "$(", "#", "'\\''\n>@\n",
	"\nfi\n>@\n", "|>@|", "&>@&", ">@",
};

/* An attack with the file's name in place of its @. */
static void
any_value(struct buf *b, int number)
{
	const char *s = attacks[any(COUNT(attacks))];

	for (; *s; s++) {
		if (*s == '@')
			buf_addf(b, "PWN%d", number);
		else
			buf_addc(b, *s);
	}
}

/* With the values, one to three; as -X would, or not. */
static bool
expand(const char *line, const struct item *it, bool context,
    const char *shell, struct buf *b)
{
	static char name[] = "name", *names[] = { NULL, name };
	static const struct vocabulary v = { .names = names, .nnames = 2,
	    .plus = true };
	char *argv[] = { (char *)(uintptr_t)line, NULL };
	struct command_conf conf = { .words = argv, .vocabulary = &v,
	    .shell = shell, .form = FORM_SHELL, .context = context };
	struct command_fault fault;
	struct command *c = command_new(&conf, &fault);
	struct command_task t = { it, 1, 1, 1, false };
	struct words w = { .n = 0 };
	const char *p;
	bool fits = false;

	if (c && command_expand(c, &t, &w) == NULL) {
		p = w.bytes.data;
		p += strlen(p) + 1;
		p += strlen(p) + 1;
		buf_adds(b, p);
		fits = strcmp(p, line) != 0;
	}
	buf_free(&w.bytes);
	command_free(c);
	return fits;
}

/* One to three attacks, or words that make one together. */
static struct item *
any_item(int number)
{
	static const char *const words[] = {
		"eval", "-v", "-o", "x", "test", "printf", "=", "unset", "]",
	};
	unsigned n = any(4), i;
	struct buf b[3] = { { 0 } };
	struct value v[3];
	struct item *it;

	n += n == 0;
	for (i = 0; i < n; i++) {
		if (n > 1 && any(3) == 0)
			buf_adds(&b[i], words[any(COUNT(words))]);
		else
			any_value(&b[i], number);
		v[i] = (struct value){ b[i].data, b[i].len };
	}
	it = item_of(v, n, NULL);
	for (i = 0; i < n; i++)
		buf_free(&b[i]);
	return it;
}

/* Removes what lines made besides: a name that is an attack would reach later
   ones by way of *, and eval and its like evaluate that. */
static void
tidy(void)
{
	DIR *d = opendir(".");
	struct dirent *e;

	while (d && (e = readdir(d)) != NULL)
		if (strncmp(e->d_name, "PWN", 3) != 0)
			unlink(e->d_name);
	if (d)
		closedir(d);
}

/* Runs it in silence, for so many seconds at most.  Not with the values as
   parameters: what a line does with $1 is its own affair. */
static void
run(const char *shell, const char *script, unsigned seconds)
{
	int null, status;
	pid_t pid = fork();

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		alarm(seconds);
		execlp(shell, shell, "-c", script, "sh", (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
}

/* The files that attacks made; some come late, from the background. */
static int
count_broken(char *const *scripts, int n)
{
	char name[20];
	int i, broken = 0;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "PWN%d", i);
		if (unlink(name) < 0)
			continue;
		is_str(scripts[i], "", "%s runs this", i % 2 ? "bash" : "sh");
		broken++;
	}
	return broken;
}

static void
test_fuzz(int rounds)
{
	char **scripts = xcalloc((size_t)rounds, sizeof(*scripts));
	int tried = 0, lines = 0;

	while (tried < rounds) {
		struct buf line = { 0 }, script = { 0 };
		const char *shell = tried % 2 ? "bash" : "sh";
		struct item *it = any_item(tried);

		any_line(&line);
		lines++;
		if (expand(buf_str(&line), it, any(2), shell, &script)) {
			tidy();
			run(shell, buf_str(&script), 1);
			scripts[tried++] = buf_steal(&script);
		}
		buf_free(&line);
		buf_free(&script);
		free(it);
	}
	is_int(count_broken(scripts, tried), 0,
	    "%d of %d random lines, no value is run", tried, lines);
	while (tried > 0)
		free(scripts[--tried]);
	free(scripts);
}

int
main(void)
{
	char dir[] = "/tmp/test_lexer.XXXXXX";
	const char *seed = getenv("PPX_TEST_SEED");
	const char *rounds = getenv("PPX_TEST_ROUNDS");

	test_refused();
	test_evaluated();
	test_accepted();
	test_ends();
	state = seed ? strtoull(seed, NULL, 10) : (uint64_t)getpid() + 1;
	note("PPX_TEST_SEED=%llu", (unsigned long long)state);
	if (ok(mkdtemp(dir) && chdir(dir) == 0, "a folder for what is run")) {
		test_fuzz(rounds ? (int)strtol(rounds, NULL, 10) : 300);
		run("sh", "cd / && rm -rf -- \"$OLDPWD\"", 60);
	}
	return done_testing();
}
