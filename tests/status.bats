# The exit status, and the summary of failures.

load helper

# exits STATUS WORD..: ppx exits with that.
exits()
{
	local want=$1

	shift
	run -"$want" ppx "$@" </dev/null
}

# --- classes ---------------------------------------------------------------

@test "0 when every task succeeded, 123 when any failed" {
	exits 0 true ::: a b c
	exits 123 false ::: a
	exits 123 'exit {}' ::: 0 0 1 0
	exits 123 'exit {}' ::: 255
	exits 123 'kill -9 $$; : {}' ::: a
	exits 123 --timeout 0.1 sleep ::: 1234
	exits 123 'kill -9 $PPX_WORKER_PID; sleep 1234; : {}' ::: a
}

@test "nothing stops the run: all are tried" {
	seq 50 | ppx -q 'echo {} >>got; exit 255' || test $? -eq 123
	same "$(sort -n got)" "$(seq 50)"
}

@test "127: COMMAND is not there: said once, nothing more is started" {
	seq 3000 >items
	run -127 ppx nosuchcommand <items
	test "$(grep -c 'command not found' <<<"$output")" -eq 1
	same "${lines[0]}" "ppx: nosuchcommand: command not found"
	# At most two at each worker had been sent.
	[[ ${lines[1]} =~ ^"ppx: "([0-9]+)" of " ]]
	test "${BASH_REMATCH[1]}" -le $((2 * $(nproc)))
	exits 127 ./nosuchfile ::: a
	exits 127 -q --exec 'no such' ::: a
	same "$output" "ppx: no such: command not found"
}

@test "126: COMMAND cannot be executed" {
	echo 'echo no' >file
	exits 126 ./file ::: a b
	same "${lines[0]}" "ppx: ./file: Permission denied"
	exits 126 -q / ::: a
	same "$output" "ppx: /: Permission denied"
}

@test "126 in PATH: what cannot be executed hides nothing behind it" {
	mkdir one two
	echo 'echo no' >one/prog
	printf '#!/bin/sh\necho yes\n' >two/prog
	chmod +x two/prog
	PATH=$PWD/one:$PWD/two:$PATH exits 0 prog ::: a
	same "$output" yes
	rm two/prog
	PATH=$PWD/one:$PWD/two:$PATH exits 126 prog ::: a
}

@test "a directory in PATH that must not be searched is no reason" {
	mkdir closed
	chmod 0 closed
	! test -x closed || skip "root may search all directories"
	PATH=$PWD/closed:$PATH exits 127 nosuchcommand ::: a
	same "${lines[0]}" "ppx: nosuchcommand: command not found"
}

@test "a command that differs from item to item: only that task fails" {
	run ppx -k '{}' ::: true nosuchcommand pwd
	same "$status" 123
	grep -qx "$PWD" <<<"$output"
	[[ $output == *"ppx: task 2 cannot be executed: No such file or directory: nosuchcommand"* ]]
	[[ $output == *"1 could not be executed"* ]]
}

@test "a shell that is not there: 127" {
	exits 127 --shell /no/such/sh 'echo {} | cat' ::: a b
	printf 'echo a\necho b | cat\n' >lines
	exits 127 --shell /no/such/sh -a lines
	[[ $output == *"/no/such/sh: command not found"* ]]
	test "$(grep -c 'command not found' <<<"$output")" -eq 1
}

@test "125 outranks 123, 126 and 127" {
	run bash -c '"$PPX" "echo x; false; : {}" ::: a >/dev/full'
	same "$status" 125
	run ppx --joblog /dev/full false ::: a
	same "$status" 125
	run ppx nosuchcommand </proc/self/mem
	same "$status" 125
}

@test "127 outranks 123" {
	printf 'a\0b\nc\n' >items
	run -127 ppx -j1 nosuchcommand <items
}

@test "a signal outranks 125" {
	need perl
	perl -MSocket -e '
		socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die;
		syswrite($b, "x") and syswrite($a, "1234\n");
		open(STDIN, "<&", $b);
		close($b); close($a);
		$^F = 2;
		exec $ENV{PPX}, "sleep";' 2>err 3>&- 4>&- &
	wait_until grep -q 'cannot read stdin' err
	kill -TERM $!
	wait $! || status=$?
	same "$status" 143
}

# --- --exit ----------------------------------------------------------------

@test "--exit count: how many failed, up to 101" {
	exits 0 --exit count true ::: a
	exits 3 --exit count 'exit {}' ::: 0 1 2 3 0
	exits 100 --exit=count false ::: $(seq 100)
	exits 101 --exit=count false ::: $(seq 101)
	exits 101 --exit=count false ::: $(seq 300)
	printf 'a\0b\nc\n' >items
	run ppx --exit count false <items
	same "$status" 2
}

@test "--exit first, max" {
	exits 5 -j1 --exit first 'exit {}' ::: 0 5 3 9 0
	exits 9 -j1 --exit max 'exit {}' ::: 0 5 3 9 0
	exits 0 --exit first true ::: a
	exits 0 --exit max true ::: a
	exits 137 --exit first 'kill -9 $$; : {}' ::: a
	exits 143 --exit max 'test {} = 0 && kill -15 $$; exit {}' ::: 0 3 1
	exits 124 --exit first --timeout 0.1 sleep ::: 1234
	exits 255 --exit max 'exit {}' ::: 255 1
	# One that differs from item to item.
	exits 127 --exit first {} ::: nosuchcommand
}

@test "--exit does not hide 125, 126, 127" {
	run bash -c '"$PPX" --exit count "echo x; false; : {}" ::: a b >/dev/full'
	same "$status" 125
	exits 127 --exit count nosuchcommand ::: a b c
	exits 126 --exit max / ::: a
}

@test "--exit classes is the default" {
	exits 123 --exit classes 'exit {}' ::: 5
}

# --- the summary -----------------------------------------------------------

@test "no failure, no summary" {
	run ppx -k echo ::: a b
	same "$output" $'a\nb'
}

@test "counts by reason, and the first failure" {
	run ppx -j1 --timeout 0.2 ::: true 'exit 3' 'sleep 1234' 'kill -9 $$' \
	    'exit 4' true
	same "$status" 123
	same "$output" 'ppx: 4 of 6 tasks failed: 2 exited non-zero, 1 ended by a signal, 1 timed out
first: task 2 (exit 3): exit status 3'
	run ppx false ::: a
	same "$output" 'ppx: 1 of 1 task failed: 1 exited non-zero
first: task 1 (false a): exit status 1'
}

@test "it is the last thing that is printed, in one piece" {
	run ppx -k 'echo {}; echo err {} >&2; false' ::: a b
	same "${lines[-2]}" 'ppx: 2 of 2 tasks failed: 2 exited non-zero'
	[[ ${lines[-1]} == "first: task "* ]]
	need strace
	ASAN_OPTIONS=detect_leaks=0 run strace -o trace -e trace=write \
	    "$PPX" false ::: a
	same "$(grep -c 'write(2, ' trace)" 1
}

@test "at most three lines, whatever fails" {
	ppx -k --timeout 1 --leak kill ::: 'exit 1' 'kill $$' 'sleep 1234' \
	    'kill -9 $PPX_WORKER_PID; sleep 1234' 'sleep 1234 & exit 2' \
	    2>err || test $? -eq 123
	test "$(wc -l <err)" -le 3
	same "$(head -n 1 err)" 'ppx: 5 of 5 tasks failed: 2 exited non-zero, 1 ended by a signal, 1 timed out, 1 lost with its worker'
}

@test "-q: no summary, but the messages" {
	run ppx -q false ::: a b
	same "$status $output" "123 "
	run ppx --quiet 'exit {}' ::: 1
	same "$status $output" "123 "
	exits 127 -q nosuchcommand ::: a
	same "$output" "ppx: nosuchcommand: command not found"
}

# No control character is in the file $1, be it as one byte, or as UTF-8.
no_controls()
{
	same "$(LC_ALL=C tr -dc '\000-\010\013-\037\177' <"$1")" ""
	LC_ALL=C not grep $'\xc2[\x80-\x9f]' "$1"
}

@test "control characters of items are not printed" {
	ppx -k sh -c 'exit 1' ::: $'a\e[31m\nb\r\x7f' 2>err || true
	no_controls err
	grep -q 'x1B\[31m' err
	printf 'a\e[31m\0b\n' | ppx echo 2>err || true
	no_controls err
	ppx {} ::: $'no\e[31m' 2>err || true
	no_controls err
	ppx --exec $'no\e[31m\r' ::: x 2>err || true
	no_controls err
}

@test "nor are those of the second set, alone or in UTF-8" {
	ppx false ::: $'a\xc2\x9b31mé' 2>err || true
	no_controls err
	grep -q é err
	# In an 8-bit terminal one byte is enough.
	ppx false ::: $'a\x9b31m' 2>err || true
	LC_ALL=C not grep $'\x9b' err
}

@test "a long command is cut" {
	ppx false ::: "$(printf '%9000s' x)" 2>err || true
	test "$(wc -c <err)" -lt 1000
}

# What was passed as it is: WORD, then what ppx prints and exits with, and its
# arguments.
hints()
{
	local want=$1 out=$2 bash=

	shift 2
	run --separate-stderr ppx "$@"
	same "$status $output" "$out"
	[[ $want != '&>'* && $want != '|&'* ]] || bash=' and give --shell bash'
	same "$stderr" "ppx: $want is passed to the command as an argument; if a shell is to see it, quote the whole command$bash"
}

# The same with nothing on stderr.
mute()
{
	local out=$1

	shift
	run --separate-stderr ppx "$@"
	same "$status $output" "$out"
	same "$stderr" ""
}

# Programs that may not be here: they print their arguments.
stand_in()
{
	local name

	mkdir -p bin
	for name; do
		printf '#!/bin/sh\necho "$@"\n' >"bin/$name"
		chmod +x "bin/$name"
	done
	PATH=$PWD/bin:$PATH
}

# What failed, and is not told of operators.
dumb()
{
	run ppx "$@"
	same "$status" 123
	[[ $output != *"passed to"* ]] || { echo "$*: $output"; return 1; }
}

@test "a lone > | && among the words of a failed run: a hint" {
	local is was bash

	is='is passed to the command as an argument; if a shell is to see it, quote the whole command'
	was=${is/is/was}
	for word in '>' '>>' '<' '2>' '1>' '1>>' '&>' '&>>' '|' '|&' '||' '&' \
	    '&&' ';' '2>&1'; do
		bash=
		case $word in '&>'*|'|&') bash=' and give --shell bash' ;; esac
		run ppx ls -d {} "$word" /none ::: /
		same "$status" 123
		[[ ${lines[-1]} == "$word $was$bash" ||
		    ${lines[0]} == "ppx: $word $is$bash" ]]
		# Once is enough.
		same "$(grep -c 'quote the whole command' <<<"$output")" 1
	done
	run ppx ls -d {} '|' /none ::: /
	same "${lines[-1]}" "| $was"
	run ppx ls -d {} '|' ls /none ::: /
	same "${lines[0]}" "ppx: | $is"
	[[ $output != *"was passed"* ]]
	run ppx --shell bash ls -d {} '&>' x /none ::: /
	same "${lines[-1]}" "&> $was"
	# One that is data, and one behind it that is none.
	run ppx grep '<' {} '|' /none ::: /none
	same "${lines[-1]}" "| $was"
	# Not in a shell line.
	run ppx 'ls /none > /dev/null 2>&1; exit {}' ::: 1
	same "$status" 123
	[[ $output != *"passed"* ]]
	run ppx -q ls '|' ::: /none
	[[ $output != *"passed"* ]]
	# Nor where words are meant.
	run ppx --exec ls '|' ::: /none
	same "$status" 123
	[[ $output != *"passed"* ]]
	# A word that only begins as one.
	run ppx ls '>f' ::: /none
	[[ $output != *"passed"* ]]
}

@test "operators that a failed run was surely to have: no hint" {
	echo a >file
	# the first operand
	for word in '>' '|' ';' '&' '2>&1'; do
		dumb grep "$word" {} ::: file
	done
	# of an option
	dumb cut -d '|' -f2 {} ::: none
	dumb awk -F ';' '{exit 1}' {} ::: file
	dumb sort -t '|' {} ::: none
	dumb grep -c -e '>' {} ::: file
	dumb grep -c -e {} -e '>' file ::: x
	dumb grep --regexp '>' {} ::: file
	# but not behind the name of stdin
	run ppx ls {} - '>' none 2 ::: none
	[[ ${lines[-1]} == '> was passed to'* ]]
	# a comparison
	stand_in dpkg
	printf '#!/bin/sh\nexit 1\n' >bin/dpkg
	dumb test {} '>' b ::: a
	dumb [ {} '>' b ] ::: a
	dumb expr {} '>' b ::: a
	dumb expr {} '&' 0 ::: 0
	dumb timeout 5 expr {} '>' b ::: a
	dumb nice /usr/bin/expr {} '|' 0 ::: 0
	dumb dpkg --compare-versions {} '>>' 2.0 ::: 1.0
	dumb dpkg --compare-versions {1} '>>' {2} ::: 1.0 ::: 2.0
	# the end of -exec
	dumb find {} -exec false {} ';' ::: none
	dumb find {} -exec false {} ';' -print ::: none
	dumb find {} '(' -exec false {} ';' ')' ::: none
	dumb find {} -exec false {} + ::: file
	# a shell that gets it
	printf '#!/bin/sh\nexit 3\n' >bin/ssh
	chmod +x bin/ssh
	dumb ssh {} ls '|' /none ::: h
	dumb sh -c 'exit 1' sh {} '>' x ::: a
}

@test "syntax of bash in a line that /bin/sh did not understand: a hint" {
	local line

	for line in '[[ {} == x ]]' 'cat <<< {}' 'cat <(echo {})' 'x=(a {})' \
	    'echo ${1^^}' 'for ((i = 0; i < 1; i++)); do echo {}; done' \
	    'source /dev/null; echo {}'; do
		sh -c "${line//'{}'/a}" sh a >/dev/null 2>&1 && continue
		run ppx "$line" ::: a
		same "$status" 123
		[[ ${lines[-1]} == *"\" is syntax of bash, and /bin/sh ran the line; give --shell bash" ]]
		run ppx --shell bash "$line" ::: a
		[[ $output != *"is syntax of"* ]]
	done
	for line in 'exit 2; : [[' 'echo $(({} + 1)); exit 1'; do
		run ppx --shell bash "$line" ::: 1
		[[ $output != *"is syntax of"* ]]
	done
	for line in 'grep "[[:digit:]]" {}' 'tr -d "[[:space:]]" <{}' \
	    'case {} in [[:digit:]]*) :;; *) exit 2;; esac' \
	    'awk '\''$1>($2) { x=($1+1) }'\'' {}' 'ls "source {}"' \
	    'grep -r "function {}" none.js' "ls 'a^^}' {}"; do
		run ppx "$line" ::: none
		same "$status" 123
		[[ $output != *"is syntax of"* ]]
	done
	run ppx 'echo $(({} + )); exit 2' ::: 1
	[[ $output != *"is syntax of"* ]]
	run ppx sh -c 'exit 2; [[' ::: 1
	[[ $output != *"is syntax of"* ]]
}

@test "an operator with a command behind it: a hint before the start" {
	hints '|' "0 a | wc -l" echo {} '|' wc -l ::: a
	hints '|' "0 a ls | wc -l" env echo {} ls '|' wc -l ::: a
	hints '&&' "0 a && echo b" echo {} '&&' echo b ::: a
	hints '||' "0 a || exit" echo {} '||' exit ::: a
	hints ';' "0 a ; cd /" echo {} ';' cd / ::: a
	hints '&&' "0 x && cat x.y a" echo x '&&' 'cat x.y' ::: a
	hints '{};' "0 a; echo b" echo {}\; echo b ::: a
	hints 'x;' "0 a x; echo" echo {} x\; echo ::: a
	hints '{};true' "0 a;true" echo '{};true' ::: a
	hints 'JOB{#};cat;echo' "0 JOB1;cat;echo a" \
	    echo 'JOB{#};cat;echo' {} ::: a
	hints '|&' "0 a |& wc" echo {} '|&' wc ::: a
	hints '&' "0 a & echo done" echo {} '&' echo done ::: a
	same "$(seq 2 | ppx -q --pipe echo 'JOB{#};cat;echo END' 2>&1)" \
	    'JOB1;cat;echo END'
	for o in -q --exec; do
		mute "0 a | wc -l" $o echo {} '|' wc -l ::: a
	done
	mute "0 a | wc" --shell-line 'echo "$1" \|' wc ::: a
}

@test "a redirection behind an item: a hint before the start" {
	for word in '>' '>>' '<' '2>' '2>>' '1>' '1>>' '&>' '&>>'; do
		hints "$word" "0 a $word file" echo {} "$word" file ::: a
	done
	for word in '>x' '>>x' '2>x' '2>&1' '&>x' '&>>x' '1>x' '1>>x' '1>&2' \
	    '>&2' '2>/dev/null'; do
		hints "$word" "0 a $word" echo {} "$word" ::: a
	done
	hints '>{.}' '0 a.b >a' echo {} '>{.}' ::: a.b
	hints '>{#}' '0 a >1' echo {} '>{#}' ::: a
	hints '2>&1' '0 a 2>&1 b' echo {} '2>&1' b ::: a
	not test -e file
	# bash is given
	run --separate-stderr ppx --shell bash echo {} '&>' file ::: a
	same "$stderr" "ppx: &> is passed to the command as an argument; if a shell is to see it, quote the whole command"
	for word in test [ expr /bin/expr; do
		run ppx -k "$word" {} '>' 5 ::: 1
		[[ $output != *"is passed"* ]]
	done
}

@test "a variable of a task in a word that no shell reads: a hint" {
	for word in '$PARALLEL_SEQ' 'x$PPX_SLOT.' '${PPX_SEQ}' \
	    'x${PARALLEL_SEQ}' '$$PPX_SEQ$PPX_SEQ' '${PPX_SLOT:-1}'; do
		run --separate-stderr ppx echo {} "$word" ::: a
		same "$status $output" "0 a $word"
		same "$stderr" "ppx: $word is not expanded, as no shell runs the command; quote the whole command"
	done
	mute "0 1" sh -c 'echo "${PPX_SEQ}"' ::: a
	mute "0 1" sh -ec 'echo${IFS}$PPX_SEQ' ::: a
	printf '#!/bin/sh\nsh -c "$*"\n' >watch
	chmod +x watch
	mute '0 1 a' ./watch echo '$PPX_SEQ' ::: a
	# make's
	for word in 'x=$$PPX_SEQ' '$${PPX_SEQ}' '$$PARALLEL_SEQ'; do
		mute "0 a $word" echo {} "$word" ::: a
	done
	mute '0 $PPX_SEQ $HOME $PPXX a' echo '$PPX_SEQ $HOME' '$PPXX' ::: a
}

@test "operators that are meant as arguments: no hint" {
	mute "0 > a" printf '%s %s\n' '>' {} ::: a
	mute "0 & true a" bash -c 'echo "$@"' sh '&' true {} ::: a
	mute "0 a | wc" bash -c 'echo "$@"' sh {} '|' wc ::: a
	mute "0 2>&1 a" echo '2>&1' ::: a
	printf 'a|b\na&&b;\n>c\n' >file
	mute "0 1" grep -c '&&' {} ::: file
	mute "0 1" grep -c ';' ::: file
	for word in '|' '&&' ';'; do
		mute "0 $word file a" echo "$word" file ::: a
		mute "0 -d $word file a" echo -d "$word" file ::: a
	done
	mute "0 1" grep -c '>c' {} ::: file
	mute $'0 a\na&&b;\n>c' cut -d '|' -f1 {} ::: file
	mute "0 3" expr {} '|' 0 ::: 3
	mute "0 file" find {} -exec echo {} ';' ::: file
	mute $'0 file\nfile' find {} -exec echo {} ';' -exec echo {} ';' \
	    ::: file
}

@test "what an option is given: no hint" {
	stand_in sqlite3 gh curl
	printf '>a\n' >file
	mute "0 1" grep -c -e {} -e '>' file ::: x
	mute "0 q -separator | cat" sqlite3 {} -separator '|' cat ::: q
	mute "0 repos q --stars >100" gh repos {} --stars '>100' ::: q
	mute "0 q -w >.." curl {} -w '>..' ::: q
	mute "0 >a|>a" paste {} -d '|' file ::: file
	for word in '&&' '||' '|' '|&' '&' ';' '{};' '{};true' 'x;' '2>&1' \
	    '>' '&>'; do
		mute "0 a -o ${word/'{}'/a} true" echo {} -o "$word" true ::: a
		mute "0 a -- ${word/'{}'/a} true" echo {} -- "$word" true ::: a
	done
	# stdin is none
	hints '|' "0 a - | cat" echo {} - '|' cat ::: a
}

@test "a comparison with a number: no hint" {
	stand_in dpkg
	mute "0 --compare-versions 3.0 >> 2.0" dpkg --compare-versions {} \
	    '>>' 2.0 ::: 3.0
	mute "0 --compare-versions 3 >> 2" dpkg --compare-versions {1} \
	    '>>' {2} ::: 3 ::: 2
	mute "0 1" timeout 5 expr {} '>' 3 ::: 4
	mute "0 1" timeout 5 expr {} '>' a ::: b
	mute "0 a < 2.0" echo {} '<' 2.0 ::: a
	mute "0 a >5" echo {} '>5' ::: a
	mute "0 a >>5" echo {} '>>5' ::: a
}

@test "text with < > ; in it, and lines for another shell: no hint" {
	for word in '<br>' 's/a/b/;p' '{print;next}' a\;b '>=5' 'x;' '->' '>>>' \
	    'http://h/?a={};id=3' '(a;exit)' 'a={};export' ';' '{};'; do
		run --separate-stderr ppx -k echo {} "$word" ::: q
		same "$stderr" ""
	done
	echo a >a
	mute $'0 b\nb' sed 's/a/b/;p' {} ::: a
	mute "0 1" awk -v x={} 'BEGIN {print x;exit}' ::: 1
	mute "0 a" sh -c 'echo {}; true' ::: a
	mute "0 a" env -i sh -ec 'echo {};true' ::: a
	mute "0 a cd /x; make" echo {} 'cd /x; make' ::: a
	mute "0 a x; true" echo {} 'x; true' ::: a
	mute "0 JOB1;cat;echo END a" echo 'JOB{#};cat;echo END' {} ::: a
	mute "0 q delete from t; command .." echo {} 'delete from t;' \
	    'command ..' ::: q
	mute "0 q -c begin;command x" echo {} -c 'begin;command x' ::: q
	mute "0 q vacuum;exec 1" echo {} 'vacuum;exec 1' ::: q
	mute "0 vacuum x;exit" echo 'vacuum {};exit' ::: x
	mute "0 set x; exit" echo 'set {};' exit ::: x
	stand_in ssh tmux screen pdsh pssh parallel-ssh clush git repo
	for word in tmux screen pdsh pssh parallel-ssh clush; do
		mute "0 h df | wc -l" $word {} df '|' wc -l ::: h
		mute "0 h df >x" "$PWD/bin/$word" {} df '>x' ::: h
	done
	mute "0 submodule foreach a && ls" git submodule foreach {} '&&' ls ::: a
	mute "0 forall a -c b | wc" repo forall {} -c b '|' wc ::: a
	mute "0 h df | wc -l" "$PWD/bin/ssh" {} df '|' wc -l ::: h
	mute "0 h uptime;free >/dev/null" "$PWD/bin/ssh" {} 'uptime;free' \
	    '>/dev/null' ::: h
}

@test "a line that was to be a program: a hint" {
	run bash -c 'printf "%s\n" "echo a" "echo b" | "$PPX" -k {}'
	same "$status ${lines[-1]}" "123 to run each record as a shell line leave the {} out"
	run bash -c 'printf "%s\n" nosuch | "$PPX" -k {}'
	[[ $status -eq 123 && $output != *"leave the {}"* ]]
}

@test "words behind a shell line: a hint" {
	run ppx 'echo {}' -j4 ::: a
	same "$status ${lines[0]}" '123 ppx: "echo {}" is taken for the name of a program, as -j4 stands behind it; options of ppx stand before the command'
	run -127 ppx 'echo a' b ::: c
	same "${lines[0]}" 'ppx: "echo a" is taken for the name of a program, as b stands behind it; quote the whole of a shell line'
	run -127 ppx 'echo a' '' ::: c
	[[ ${lines[0]} == *", as '' stands behind it;"* ]]
	run -123 ppx 'a={}; name=${a##*/};' 'echo x' ::: c
	same "${lines[0]}" 'ppx: "a={}; name=${a##*/};" is taken for the name of a program, as echo x stands behind it; quote the whole of a shell line'
	run -127 ppx 'cd /none &&' ls ::: c
	[[ ${lines[0]} == *'"cd /none &&" is taken for'*", as ls stands behind it"* ]]
	printf '#!%s --shebang "echo {}"\nx\n' "$PPX" >script
	chmod +x script
	run ./script more
	same "$status ${lines[0]}" '123 ppx: "echo {}" is taken for the name of a program, as more stands behind it; with a shell line a script of --shebang can have no arguments but ::: and what follows it'
	run -127 ppx './a=1 b' c ::: d
	[[ ${lines[0]} == *": command not found" ]]
	for o in --exec -q; do
		run ppx $o 'echo {}' -j4 ::: a
		[[ $output != *"is taken"* ]]
	done
	# One that is there.
	printf '#!/bin/sh\necho ran\n' >'cat it'
	chmod +x 'cat it'
	run env PATH="$PATH:." "$PPX" 'cat it' -j4 ::: a
	same "$status $output" "0 ran"
	run ppx --shell-line 'echo {}' -j4 ::: a
	same "$status $output" "0 a -j4"
}

@test "a regular expression with {4}, which no item has: a hint" {
	local hint='ppx: {4} is empty, as no item has so many values; in a regular expression write {4,4}'

	echo abc123 >f
	run ppx 'grep -cE "[0-9]{4}" {}' ::: f
	same "$status ${lines[0]}" "0 $hint"
	run ppx grep -cE '(ab){4}' ::: f
	same "${lines[0]}" "$hint"
	run ppx 'sed -E "s/.{4}/x/" {}' ::: f
	same "${lines[0]}" "$hint"
	run ppx 'printf "%s\n" "\d{4}"; : {}' ::: f
	same "${lines[0]}" "$hint"
	run -123 ppx 'grep -cE "[0-9]{4,4}" {}' ::: f
	same "${lines[0]}" 0
	run ppx echo 'a{2} [b]{1} {2}' ::: x
	same "$output" "a [b]x "
	for o in "-C ," "--csv" -n4 -N4 "-L 1" -m; do
		run ppx $o echo '[b]{4}' ::: x
		[[ $output != *"{4}"* ]]
	done
	run ppx echo '[b]{2}' ::: x ::: y
	same "$output" "[b]y"
	run ppx echo '[b]{2}' ::: x :::+ y
	same "$output" "[b]y"
}

@test "input that was not read to its end is told" {
	run -127 ppx -j1 nosuchcommand < <(seq 100000)
	[[ $output == *"the input was not read to its end"* ]]
}

@test "lost output is counted" {
	run bash -c '"$PPX" -j1 echo ::: a b c >/dev/full'
	same "$status" 125
	[[ $output == *"was not written"* ]]
}

@test "-q: no summary, after a signal neither" {
	load trees
	launch -q -j1 'test {} = 1 || { : >began; exec sleep 1000; }; exit {}' \
	    ::: 1 2 3
	wait_until test -e began
	kill -TERM "$pid"
	ended "signal 15"
	same "$(<err)" ""
}

@test "127: a builtin of the shell is no program" {
	run ppx exit ::: 1 </dev/null
	same "$status" 127
	[[ $output == *"exit: a builtin of the shell, not a program: write all of the command as one word, 'exit ...'"* ]]
}

@test "127: eval, assignments and names with = in them" {
	run -127 ppx eval {} ::: 'echo a'
	same "${lines[0]}" "ppx: eval: a builtin of the shell, not a program: leave it out and write all of the command as one word, which the shell evaluates"
	run -127 ppx X=1 env ::: a
	same "${lines[0]}" "ppx: X=1: an assignment, not a program: write all of the command as one word, or use env"
	for name in ./x=1 out/a=b/prog 1=2 =; do
		run -127 ppx "$name" ::: a
		same "${lines[0]}" "ppx: $name: command not found"
	done
}
