# Replacement strings: positions, names, --plus, and several values in one {}.

load helper

# shows WANT WORD..: what --dry-run prints.
shows()
{
	gives "$1" --dry-run "${@:2}"
}

odd_paths=(a a.b a.b.c /a/b.c /a.b/c a/ / // //a a//b . .. ... .bashrc
	a/.bashrc ./a a. a/b. 'a b.c d' /a a/../b.c a.b/ -a.b ' ' ' a. b/ c'
	a/b/c.tar.gz ../x.y ./.a.b a.b/.c ä/ö.ü /a/ a/./b 'a\b.c' "a'b/c.d"
	'$x.y/`z`.w' '*.*' a.b.c.d.e x..y x...y .a.b.c)

# --- positions -------------------------------------------------------------

@test "a position is one of several values" {
	gives '[a][b.c][b][a][][]' -N3 printf '[%s]' {1} {2} {2.} {-2} {3} {-3} \
	    ::: a b.c
	gives 'b a c a b c' -N3 echo {2} {1} {-1} {} ::: a b c
	gives 'b a c a b c' -N3 'echo {2} {1} {-1} {}' ::: a b c
	gives "b a c" -N3 "echo \"{2}\" '{1} {3}'" ::: a b c
	gives '5' -N2 'echo $(({1}+{2}))' ::: 2 3
	gives 'x y.z d d/x y' -N2 echo {1/} {2/} {1//} {1} {2/.} ::: d/x y.z
}

@test "a position without a value is empty" {
	gives '[a][][][]' printf '[%s]' {1} {2} {3//} {-2.} ::: a
	gives '[a][][x]' "printf '[%s]' {1} {2} x{3}" ::: a
}

@test "what is no position stays" {
	gives '{0} {01} {1..3} {a,b} {--1} {1 a' \
	    echo {0} {01} '{1..3}' '{a,b}' {--1} '{1' {} ::: a
	gives '{0} {01} {--1} {1 a' 'echo {0} {01} "{--1} {1" {}' ::: a
	need bash
	gives '1 2 3 a b x' --shell bash 'echo {1..3} {a,b} {}' ::: x
}

@test "the shell's own \${1} and \${name} stay" {
	gives 'a a b a 1 a' -N2 'echo ${1} "${1}" ${2} ${1%.x} ${#1} {1}' ::: a b
	gives 'b' -N2 sh -c 'echo ${2}' sh {1} {2} ::: a b
	gives '${1}a' "echo '\${1}'{}" ::: a
}

@test "{1} where no value can be safe is refused" {
	for line in 'echo `{1}`' 'echo ${x:-{1}}' 'eval {1}' 'echo $(({1' \
	    'echo "${x-{1}}"' $'cat <<E\n{1}\nE' 'echo \{1}' '# {1}'; do
		run ppx -N2 "$line" ::: a b
		test "$status" -eq 125
	done
}

@test "a command that is a value gets no others, unless by env" {
	for line in '{1} {2}' '{/} {}' 'e{1} {2}' '! {1} {2}' 'x=1 {1} "{2}"'
	do
		run ppx -N2 "$line" ::: eval 'touch pwned'
		test "$status" -eq 125
		[[ $output == *'env {1} {2}'* ]]
	done
	test ! -e pwned
	gives 'a' -N2 'env {1} {2} | cat' ::: echo a
	gives 'a' -N2 '/bin/{1} {2} | cat' ::: echo a
	gives 'a' -N2 {1} {2} ::: echo a
	# Nor do several values become a command and its arguments.
	run ppx -N2 '{} ; true' ::: eval 'touch pwned'
	test ! -e pwned
}

@test "several values are also \$1, \$2" {
	gives 'b a 2' -n2 'echo "$2" "$1" $#' ::: a b
	gives $'a b\nc' -n2 'echo "$@" | cat' ::: a b c
}

# --- {} of several values --------------------------------------------------

@test "{} alone is one word for each value" {
	gives '[a b][c][x]' -n2 printf '[%s]' {} x ::: 'a b' c
	gives '[a b][c][x]' -n2 "printf '[%s]' {} x; :" ::: 'a b' c
	gives '[a b][c]' -n2 printf '[%s]' ::: 'a b' c
	gives '[a b][c]' -n2 ": ; printf '[%s]'" ::: 'a b' c
}

@test "in a word, text is glued to the first and the last" {
	gives '[xa b][cy][z]' -n2 printf '[%s]' x{}y z ::: 'a b' c
	gives '[xa b][cy][z]' -n2 "printf '[%s]' x{}y z; :" ::: 'a b' c
	gives '[a][b-a][b]' -n2 printf '[%s]' {.}-{.} ::: a.x b.x
}

@test "-X: the whole word is repeated" {
	gives '[xa by][xcy][z]' -n2 -X printf '[%s]' x{}y z ::: 'a b' c
	gives '[xa by][xcy][z]' -n2 -X "printf '[%s]' x{}y z; :" ::: 'a b' c
	gives '[a-a.x][b-b.x]' -n2 -X printf '[%s]' {.}-{} ::: a.x b.x
	gives '[ax b cx b]' -n2 -X "printf '[%s]' \"\$(echo {}'x b')\"" \
	    ::: a c
	shows 'echo a"x1y"b a"x2y"b z; x="1 2" a; b <"1 2"' -X -n2 \
	    'echo a"x{}y"b z; x="{}" a; b <"{}"' ::: 1 2
}

@test "in quotes, assignments, redirections and tests they are one" {
	gives '[a b]' -n2 "printf '[%s]' \"{}\"" ::: a b
	gives '[a b]' -n2 "printf '[%s]' '{}'" ::: a b
	gives '[a b]' -n2 "x={}; printf '[%s]' \"\$x\"" ::: a b
	gives 'yes' -n2 'test {} = "a b" && echo yes' ::: a b
	gives '' -n2 'echo hi >{}' ::: a b
	same "$(cat 'a b')" hi
	gives 'yes' -n2 'case {} in "a b") echo yes;; esac' ::: a b
	gives $'a\nb' -n2 'for i in {}; do echo "$i"; done' ::: a b
	run ppx -n2 'echo $(({}))' ::: 1 2
	test "$status" -eq 123
}

@test "several values cannot make a test evaluate" {
	need bash
	run ppx --shell bash -n5 '[ {} ]; test {}; printf {} 2>&-; true' \
	    ::: x -o -v 'a[$(touch pwned)]' y
	run ppx --shell bash -n5 'true && test' \
	    ::: x -o -v 'a[$(touch pwned)]' y
	run ppx --shell bash -n4 'true && printf' ::: -v 'a[$(touch pwned)]' %s
	test ! -e pwned
}

@test "odd values stay data in every place, alone and in batches" {
	need bash
	for b in {1..255}; do
		printf "\\x$(printf %x "$b")\0-\\x$(printf %x "$b")a b\0"
	done >items
	printf '%s\0' '$(touch pwned)' '`touch pwned`' ';touch pwned' \
	    $'\ntouch pwned\n' "'" '"' "';touch pwned;'" '";touch pwned;"' \
	    '-n' '--' '' ' ' '*' '~' ä '日本' $'\xff' >>items
	for line in "printf '%s\\0' {}" "printf '%s\\0' x{}" \
	    "printf '%s\\0' \"\$@\"" ": ; printf '%s\\0'"; do
		ppx -0kn7 "$line" <items >got
		ppx -0kn7 --shell bash "$line" <items >got2
		cmp got got2
	done
	ppx -0kn7 "printf '%s\\0' {}" <items | cmp - items
	ppx -0kn7 --shell bash ": ; printf '%s\\0'" <items | cmp - items
	ppx -0k -X "printf '%s\\0' {}" <items | cmp - items
	ppx -0k -X -j1 printf '%s\0' a{} <items >got
	ppx -0k -X -j1 "printf '%s\\0' a{}; :" <items | cmp - got
	ppx -0kN2 "printf '%s\\0' {1} {2}; :" <items >got
	ppx -0kN2 printf '%s\0' {1} {2} <items | cmp - got
	test ! -e pwned
}

@test "tags, --dry-run, -v, -t and the joblog show all values" {
	gives $'a b\ta b\nc\tc' -n2 --tag echo ::: a b c
	gives $'b.a\ta b\n.c\tc' -N2 --tagstring '{2}.{1}' echo {} ::: a b c
	shows $'echo a \'b c\'\necho d' -n2 echo ::: a 'b c' d
	gives $'echo a b\na b' -v -n2 echo ::: a b
	ppx -n2 -t --joblog log echo ::: a b >out 2>err
	same "$(<err)" 'echo a b'
	same "$(tail -n1 log | cut -f9)" 'echo a b'
}

@test "what --dry-run prints of batches does the same" {
	for w in 'a b' "it's" '$x' '' '*' -n; do printf '%s\0' "$w"; done >items
	for line in "printf '[%s]' x{}y {}; x={}; printf '<%s>' \"\$x\" \"{}\"" \
	    "printf '[%s]' \"\$2\" \"\$@\"" ": ; printf '[%s]'"; do
		for how in -n4 "-X -n4"; do
			ppx -0k $how "$line" <items >want
			ppx -0k $how --dry-run "$line" <items >lines
			sh ./lines >got
			cmp got want
		done
	done
}

# --- --plus ----------------------------------------------------------------

@test "--plus: paths and extensions" {
	gives 'd/a d/a.b d gz b.gz a d/a.b.gz' --plus echo {..} {.} {+/} {+.} \
	    {+..} {/..} {...} ::: d/a.b.gz
	gives 'a b.gz' --plus echo {%.b.gz} {#a.} ::: a.b.gz
	gives 'b.gz b D' --plus -N2 echo {1:2} {1:2:1} {2:-D} ::: a.b.gz
	gives 'a b.c' --plus -N2 'echo {2..} {1#x}' ::: xb.c a.b.c
	# Without it they are not known.
	gives '{..} {+/} {:1} {##} {%x} {:-D} a' echo {..} {+/} {:1} {##} {%x} \
	    {:-D} {} ::: a
}

@test "--plus: the shell's own stay" {
	gives '1 a d' --plus 'echo ${#1} ${1} ${x:-d}' ::: a
	gives '3 a' --plus -N2 'echo "${#2}" {1}' ::: a bcd
}

@test "--plus against GNU parallel" {
	need parallel
	printf '%s\0' "${odd_paths[@]}" >items
	# All in one command: parallel takes its time for each.
	s=
	for op in {..} {...} {+/} {+..} {+...} {/..} {/...} {:1} {:1:2} \
	    {:-D} {%.gz} {%c} {1..} {1+/} {1:1} {1/..}; do
		s+="x${op}y|"
	done
	parallel --will-cite --plus -k -0 -j1 -q printf '%s\n' "$s" \
	    <items >want
	ppx --plus -k -0 printf '%s\n' "$s" <items >got
	diff want got
}

@test "positions and batches against GNU parallel" {
	need parallel
	# Of fewer values, it takes {-2} for another one.
	printf '%s\0' "${odd_paths[@]::39}" >items
	s='{1}|{2}|{-1}|{-2}|{1.}|{2/}|{1//}|{2/.}|{3}|{4}|'
	parallel --will-cite -N3 -k -0 -j1 -q printf '%s\n' "$s" <items >want
	ppx -N3 -k -0 printf '%s\n' "$s" <items >got
	diff want got
	for o in -n3 -m -X "-X -n4" --xargs; do
		parallel --will-cite $o -k -0 -j3 -q printf '[%s]\n' \
		    {} a{} {.} {/}z {}-{.} <items >want
		ppx $o -k -0 -j3 printf '[%s]\n' {} a{} {.} {/}z {}-{.} \
		    <items >got
		diff want got
	done
}

@test "{##} is the number of all tasks" {
	gives $'1/3 a\n2/3 b\n3/3 c' --plus echo {#}/{##} {} ::: a b c
	same "$(seq 7 | ppx --plus -n2 -j1 echo {#}/{##} {})" \
	    $'1/4 1 2\n2/4 3 4\n3/4 5 6\n4/4 7'
	gives $'1/2\ta\n2/2\tb' --plus --tagstring '{#}/{##}' echo ::: a b
	same "$(seq 5000 | ppx --plus -k echo {##} {} | tail -n1)" '5000 5000'
	same "$(ppx --plus echo {##} {} </dev/null)" ''
	# Nothing starts before it is known.
	gate g
	background -i g ppx --plus touch 'ran.{##}'
	pid=$!
	{
		echo a
		wait_until test -e "/proc/$pid"
		not test -e ran.1
	} >g
	ends "$pid"
	test -e ran.1
}

# --- -I --------------------------------------------------------------------

@test "-I: {1} and its like stay, as with xargs and GNU parallel" {
	gives 'a {1} {} {2.}' -I% echo % {1} {} {2.} ::: a
	gives 'a a' -I{} echo {} {1} ::: a
	gives 'a b' -i echo {} ::: 'a b'
	need xargs
	printf '%s\n' a 'b c' d:e >items
	for s in % x%y %% '{}' '{1}'; do
		xargs -d '\n' -I% printf '%s\n' "$s" <items >want
		ppx -k -I% printf '%s\n' "$s" <items | cmp - want
	done
}

@test "-I is one record a task" {
	for o in -n2 -N2 -L2 -X -m --xargs -n0; do
		run ppx -I% $o echo % ::: a b
		test "$status" -eq 125
		[[ $output == *"-I and"*"exclude each other"* ]]
	done
	gives $'a\nb' -I% -n1 echo % ::: a b
}

@test "strings in Perl are refused" {
	for word in '{= $_++ =}' 'x{2= s/a/b/ =}' '{-1=uc=}.log'; do
		run ppx mv {} "$word" ::: a </dev/null
		same "$status" 125
		[[ $output == *"is Perl, which is not supported: write a shell"* ]]
	done
	# No shell can change it in an option.
	run ppx --tagstring '{= 1 =}' echo ::: a </dev/null
	same "$status" 125
	same "$output" "ppx: --tagstring: {= 1 =} is not supported: have the text made before, as a value of its own, and write {2}"
	same "$(ppx echo '{=' '=}' '{a=}' ::: x)" "{= =} {a=} x"
	# Without quotes they are several words.
	for words in '{= s/a/b/ =}' '{=s/a/b/ =}' '{= s/a/b/=}' '{2= uc; =}'; do
		run ppx echo x $words ::: a </dev/null
		same "$status" 125
		[[ $output == "ppx: {"*" .. =} is Perl, which is not supported"* ]]
	done
	same "$(ppx echo 'a={' '{x' '=}' ::: x)" "a={ {x =} x"
}

@test "{##} when the input ends before its end" {
	mkfifo p
	(seq 5000; echo STOP; exec sleep 1000 >/dev/null) >p &
	writer=$!
	same "$(ppx -j2 -E STOP --plus echo {##} <p | sort -u)" 5000
	kill "$writer"
}

@test "--plus: what GNU parallel has more is refused with advice" {
	for s in {choose_k} {uniq} {slot} {host} {sshlogin} {hgrp} {agrp} {0#} \
	    {0%} {##x} {%%x} {/a/b} {/#a/b} {/%a/b} {//a/b} {/a/} {^a} {^^a} \
	    '{,a}' '{,,a}' '{,[A-F]}' {2/a/b} {-1^^a} {2%%.x} '{1,,x}' \
	    {1uniq} {2choose_k} {-1uniq} {1slot}; do
		run ppx --plus touch "ran$s" ::: a
		same "$status" 125
		[[ $output == "ppx: $s is not supported: "* ]]
		run ppx --plus --tagstring "$s" touch ran ::: a
		[[ "$status $output" == "125 ppx: --tagstring: $s is not"* ]]
		# Without --plus it is text, as with GNU parallel.
		run ppx -n0 echo "$s" ::: a
		same "$status $output" "0 $s"
	done
	same "$(echo ran*)" 'ran*'
	# What a shell has, and a column of that name.
	for s in '${1^^a}' '${1%%x}' '{,a,b}' '{/usr,/bin}' '{,}' '{^}' '{a/b}' \
	    '{/a/p}' '{/a/d}' '{,.bak}' '{,~}' 'a{1,2}' 'a{1,3}b'; do
		run ppx --plus -n0 echo "$s" ::: a
		same "$status $output" "0 $s"
	done
	same "$(ppx --plus 'echo {} | sed "{/a/d}"' ::: a b)" b
	same "$(ppx --plus sed -n {/a/p} {} ::: <(echo a) 2>/dev/null)" a
	run ppx --plus --header : echo {slot} {host} ::: slot a ::: host b
	same "$output" "a b"
	# What stands in the advice.
	same "$(ppx -k --shell bash '[[ $1 < $2 ]] || exit 0; echo {}' \
	    ::: a b ::: a b)" "a b"
	same "$(ppx -k '[ {1} = {2} ] || echo {}' ::: a b ::: a b)" $'a b\nb a'
	same "$(ppx 'echo $(printf %04d {#}) {}' ::: a)" "0001 a"
	same "$(ppx --shell bash 'echo "${1/b/x}" "${1^^}"' ::: abc)" "axc ABC"
}
