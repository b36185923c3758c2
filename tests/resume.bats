# --resume, --resume-failed, --retry-failed: what the joblog has already.

load helper

heading=$'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand'

# Column N of the log, the heading excepted.
column()
{
	tail -n +2 "${2-log}" | cut -f "$1"
}

has_lines()
{
	test "$(wc -l <"$1")" -ge "$2"
}

# gives "N OUT" WORD..: ppx WORD.. ends with N and writes OUT.
gives()
{
	local status=0 want=$1

	shift
	"$PPX" "$@" >out 2>err || status=$?
	same "$status $(echo $(<out))" "$want"
}

# --- what is left out ------------------------------------------------------

@test "what is logged is not run again, failed or not" {
	gives "123 0 1 2" -k --joblog log 'echo {}; exit {}' ::: 0 1 2
	gives "0 " -k --joblog log --resume 'echo {}; exit {}' ::: 0 1 2
	same "$(<err)" "ppx: 3 tasks left out, as in the joblog"
	gives "123 3 4" -k --joblog log --resume 'echo {}; exit {}' \
	    ::: 0 1 2 3 4
	same "$(head -n 1 err)" "ppx: 2 of 2 tasks failed: 2 exited \
non-zero; 3 left out, as in the joblog"
	same "$(column 1,7 | tr '\t' :)" "$(printf '%s\n' 1:0 2:1 3:2 4:3 5:4)"
}

@test "--resume-failed runs failed ones again, and then leaves them out" {
	: >no
	gives "123 a b c" -kj1 --joblog log 'echo {}; test ! -e no || test {} = b' \
	    ::: a b c
	rm no
	gives "0 a c d" -k --joblog log --resume-failed \
	    'echo {}; test ! -e no || test {} = b' ::: a b c d
	gives "0 " -k --joblog log --resume-failed \
	    'echo {}; test ! -e no || test {} = b' ::: a b c d
	gives "0 " -k --joblog log --resume --resume-failed \
	    'echo {}; test ! -e no || test {} = b' ::: a b c d
	same "$(column 1 | sort -n | tr '\n' ' ')" "1 1 2 3 3 4 "
}

# without N..: the log without the lines of these tasks, as after a kill.
without()
{
	local n

	for n; do
		sed -i "/^$n\t/d" log
	done
}

@test "of tasks with equal commands those that have no line are run" {
	gives "0 1 2 3 4" -kj1 --joblog log -N0 'echo $PPX_SEQ' ::: a b c d
	without 1 3
	gives "0 1 3" -kj1 --joblog log --resume -N0 'echo $PPX_SEQ' ::: a b c d
	same "$(cat err)" "ppx: 2 tasks left out, as in the joblog"
	rm log
	gives "0 1 2 3 4" -kj1 --joblog log 'echo $PPX_SEQ; : {}' ::: a a b a
	without 1
	gives "0 1" -kj1 --joblog log --resume 'echo $PPX_SEQ; : {}' ::: a a b a
	gives "0 2" -kj1 --joblog log --resume 'echo $PPX_SEQ; : {}' ::: b c a a a
}

@test "where the command does not tell all, by number as well" {
	mkdir 1 2 3
	echo 'pwd -P >>../done; test ! -e ../no' >job
	for how in '-I{} --wd {} sh ../job' '--wd {//} sh ../{/}' \
	    '--wd {1} sh ../job {2}'; do
		rm -f done
		set -- 1 2 3
		test "$how" = "${how#*//}" || set -- 1/job 2/job 3/job
		test "$how" = "${how#*2}" || set -- "$@" ::: x
		ppx -kj1 --joblog log $how ::: "$@"
		without 1
		rm done
		gives "0 " -kj1 --joblog log --resume $how ::: "$@"
		same "$(<done)" "$(pwd -P)/1"
		same "$(head -n 1 err)" "ppx: --resume goes by the numbers of \
tasks, so the input must have the same order: --workdir has something of the \
items that is not in the command"
		gives "0 " -kj1 --joblog log --resume $how ::: "$@"
		rm log
	done
	for how in '--results {1}.r' '--results r' '--results r.csv' --tag \
	    '--tagstring {}'; do
		ppx -kj1 --joblog log $how echo {2} ::: 1 2 ::: x
		without 1
		ppx -kj1 --joblog log --resume $how echo {2} ::: 1 2 ::: x 2>err
		[[ $(<err) == *"${how%% *} has something of the items"* ]]
		same "$(column 1)" $'2\n1'
		rm -rf log r r.csv 1.r 2.r
	done
	# The command has all.
	ppx -kj1 --joblog log --wd {//} --results {}.r echo {} ::: 1/b 1/a
	ppx --joblog log --resume --wd {//} --results {}.r echo {} ::: 1/a 1/b 2>err
	same "$(<err)" "ppx: 2 tasks left out, as in the joblog"
}

@test "... or the command has a position that there is not" {
	for ref in {-2} {2} {-3} {3.}; do
		ppx -kj1 --joblog log --resume --wd {} "pwd -P; : $ref" ::: / /
		ppx -kj1 --joblog log --resume --wd {} "pwd -P; : $ref" \
		    ::: / / /tmp 2>err >out
		same "$(<out)" "$(cd /tmp && pwd -P)"
		[[ $(<err) == *"--workdir has something of the items"* ]]
		rm log
	done
}

@test 'the text of a line with "$1" says all' {
	for how in "" --tag '--tagstring {1}'; do
		ppx -kj1 --joblog log $how 'echo "$1"; :' ::: a b c
		ppx -kj1 --joblog log --resume $how 'echo "$1"; :' \
		    ::: c d b a 2>err >out
		[[ $(<out) == *d ]]
		same "$(<err)" "ppx: 3 tasks left out, as in the joblog"
		rm log
	done
}

@test "a changed order of the input skips no wrong task" {
	gives "0 a b c" -k --joblog log echo ::: a b c
	gives "0 z x" -k --joblog log --resume echo ::: z c x a b
	gives "0 " -k --joblog log --resume echo ::: b x c a z
	gives "0 n" -k --joblog log --resume echo ::: a n
}

# No row has the number 2, but all tasks have one.
@test "... nor runs one again, whatever numbers the lines have" {
	gives "0 a" -k --joblog log --resume echo ::: a
	gives "0 b c" -k --joblog log --resume echo ::: b a c
	gives "0 " -k --joblog log --resume echo ::: a c
	gives "0 " -k --joblog log --resume echo ::: c b a
	# Those that have none are what is run, though the order is another.
	rm log
	gives "0 a b x y c" -kj1 --joblog log echo ::: a b x y c
	without 3 4
	gives "0 x y" -kj1 --joblog log --resume echo ::: b a x c y
}

@test "the same command counts as often as it was logged" {
	gives "0 a a" -k --joblog log echo ::: a a
	gives "0 b a" -k --joblog log --resume echo ::: a b a a
	gives "0 a" -k --joblog log --resume echo ::: a a a a b
	gives "0 " -k --joblog log --resume echo ::: b a a a a
}

@test "a failed one that is run again counts once, in any order" {
	gives "123 " --joblog log 'test -e ok || exit 3; echo' ::: a
	: >ok
	gives "0 x a" -k --joblog log --resume-failed \
	    'test -e ok || exit 3; echo' ::: x a
	gives "0 a" -k --joblog log --resume 'test -e ok || exit 3; echo' \
	    ::: x a a
}

@test "in command mode the line is the key" {
	printf '%s\n' 'echo 1' 'echo "2  2"; exit 3' >lines
	gives "123 1 2 2" -k --joblog log -a lines
	echo 'echo 3' >>lines
	gives "0 3" -k --joblog log --resume -a lines
	same "$(sort lines)" "$(column 9 | sort)"
}

@test "items of every byte, tabs and newlines" {
	local items=($'a\tb' $'a\nb' 'a\tb' 'a\\tb' $'a\\\nb' '\' $'\n' '' ' '
	    $'\e\x01\xff' "it's" '$(x)')

	printf '%s\0' "${items[@]}" | ppx -0kj1 --joblog log printf %s >/dev/null
	for i in "${!items[@]}"; do
		printf '%s\0' "${items[@]:$i}" "${items[@]:0:$i}" |
		    ppx -0k --joblog log --resume printf %s >out 2>err
		same "$(<out)" ""
		same "$(<err)" "ppx: ${#items[@]} tasks left out, as in the joblog"
	done
	bytes=$(for i in {1..255}; do printf '\\x%02x' $i; done)
	printf "$bytes\0" | ppx -0 --joblog log2 printf %s >/dev/null
	printf "$bytes\0" | ppx -0 --joblog log2 --resume printf %s >out 2>err
	same "$(<err)" "ppx: 1 task left out, as in the joblog"
}

@test "numbers are those of the input" {
	gives "0 1:a 2:b" -k --joblog log 'echo {#}:{}' ::: a b
	gives "0 3:c" -k --joblog log --resume 'echo {#}:{}' ::: a b c
}

@test "-k: what is left out has no place in the order" {
	seq 100 >items
	ppx -k --joblog log 'test $(({} % 3)) = 0; echo {}' <items >/dev/null 2>&1 ||
		test $? -eq 123
	seq 200 >items
	ppx -k --joblog log --resume --order-window 5 -j3 \
	    'test $(({} % 3)) = 0; echo {}' <items >out 2>err || test $? -eq 123
	seq 101 200 | cmp - out
}

@test "--halt counts the tasks of this run" {
	gives "0 1 2 3 4" -k --joblog log 'echo {}; test {} -lt 5' ::: 1 2 3 4
	# half of two
	gives "123 5" -kj1 --joblog log --resume --halt soon,fail=50% \
	    'echo {}; test {} -lt 5' ::: 1 2 3 4 5 6
	same "$(tail -n +2 log | wc -l)" 5
}

@test "--retries: the last attempt is logged, and resumed from" {
	gives "123 1 2" -kj1 --retries 2 --joblog log 'echo {}; false' ::: 1 2
	gives "0 " -k --retries 2 --joblog log --resume 'echo {}; false' ::: 1 2
	gives "123 1 2" -kj1 --retries 3 --joblog log --resume-failed \
	    'echo {}; false' ::: 1 2
}

@test "statistics and JSON tell of the tasks of this run" {
	need jq
	gives "0 1 2" -k --joblog log echo ::: 1 2
	gives "0 3" -k --joblog log --resume --stats=stats --log-json json \
	    echo ::: 1 2 3
	same "$(jq -c '[.tasks_received, .ok, .left_out]' stats)" "[1,1,2]"
	same "$(jq .seq json)" 3
}

@test "a dry run prints what would be run, and adds nothing to the log" {
	gives "0 1" --joblog log echo ::: 1
	cp log before
	gives "0 echo 2" --dry-run --joblog log --resume echo ::: 1 2
	cmp log before
}

# --- by number -------------------------------------------------------------

@test "a log of another command goes by number, which is said" {
	gives "0 a b" -k --joblog log echo ::: a b
	gives "0 c" -k --joblog log --resume printf '%s\n' ::: x y c
	same "$(head -n 1 err)" "ppx: --resume goes by the numbers of tasks: \
no line of log can be of this command"
	rm log
	gives "0 a b" -k --joblog log echo -n '{}  ' ::: a b
	gives "0 c" -k --joblog log --resume echo ::: x y c
	[[ $(<err) == *"goes by the numbers"* ]]
}

@test "{%} in the command goes by number, which is said" {
	gives "0 a b" -kj1 --joblog log 'echo {}; : {%}' ::: a b
	gives "0 c" -kj1 --joblog log --resume 'echo {}; : {%}' ::: x y c
	same "$(head -n 1 err)" "ppx: --resume goes by the numbers of tasks: \
{%} is in the command, so its text tells nothing"
}

@test "a log that others wrote to as well goes by text" {
	gives "0 1" --joblog log 'echo {}; true' ::: 1
	gives "0 1 2" -k --joblog +log echo ::: 1 2
	gives "0 3" -k --joblog log --resume echo ::: 3 2 1
	not grep -q numbers err
}

# --- --retry-failed --------------------------------------------------------

@test "--retry-failed runs the failed ones of the log, without the input" {
	: >no
	gives "123 0 1 2" -kj1 --joblog log \
	    'echo {}; test {} = 1 || test ! -e no' ::: 0 1 2
	rm no
	gives "0 0 2" -k --joblog log --retry-failed
	same "$(column 1 | tr '\n' ' ')" "1 2 3 1 3 "
	same "$(column 9 | sort -u | wc -l)" 3
	gives "0 " -k --joblog log --retry-failed
	same "$(<err)" ""
}

@test "--retry-failed does not look at COMMAND and items" {
	gives "123 a" --joblog log 'echo {}; false' ::: a
	gives "123 a" --joblog log --retry-failed -I @ echo @ ::: x y </dev/null
	gives "123 a" --joblog log --retry-failed - <&-
}

@test "--retry-failed: numbers, quotes, functions" {
	f() { echo "<$*>"; false; }
	export -f f
	gives "123 <a b> <it's> <>" -kj1 --joblog log f ::: "a b" "it's" ''
	gives "123 <a b> <it's> <>" -kj1 --joblog log --retry-failed
	same "$(column 1 | tr '\n' ' ')" "1 2 3 1 2 3 "
	rm log
	ppx -q -kj1 --joblog log 'exit $(({} % 2))' ::: 10 11 12 13 || true
	ppx -q -kj1 --joblog log --retry-failed 2>err || test $? -eq 123
	same "$(column 1 | tr '\n' ' ')" "1 2 3 4 2 4 "
}

@test "--retry-failed never runs the start of a command" {
	{ printf 'touch ran\0x\n'; printf 'touch ran #'; head -c 200000 /dev/zero |
	    tr '\0' x; echo; } >lines
	ppx -q --joblog log -a lines 2>err || test $? -eq 123
	ppx -q --joblog log --retry-failed 2>err || test $? -eq 123
	test ! -e ran
	same "$(grep -c 'cannot be run' err)" 2
}

# --- the file --------------------------------------------------------------

@test "without --joblog: 125, with advice" {
	for option in --resume --resume-failed --retry-failed; do
		run ppx $option touch ran ::: a
		same "$status $output" "125 ppx: $option needs --joblog FILE: \
it reads there what was run before"
	done
	run ppx --retry-failed --resume --joblog log touch ran ::: a
	test "$status" -eq 125
	test ! -e ran -a ! -e log
}

@test "a missing log is empty, an empty one gets its heading" {
	gives "0 a" --joblog log --resume echo ::: a
	same "$(head -n 1 log)" "$heading"
	: >log2
	gives "0 a" --joblog log2 --resume-failed echo ::: a
	same "$(head -n 1 log2)" "$heading"
	gives "0 " --joblog log3 --retry-failed
	same "$(<log3)" "$heading"
}

@test "what is no regular file, or no joblog, is refused and left alone" {
	mkfifo fifo
	echo precious >text
	printf 'no newline' >text2
	for file in fifo /dev/null . text text2; do
		run ppx --resume --joblog $file touch ran ::: a
		test "$status" -eq 125
		[[ $output == "ppx: cannot resume from the joblog $file: "* ]]
	done
	test ! -e ran
	same "$(<text)$(<text2)" "preciousno newline"
}

@test "a torn last line does not count, in this run and in later ones" {
	gives "0 a bc" -k --joblog log echo ::: a bc
	# "echo b" was never run
	truncate -s -2 log
	same "$(tail -n 1 log | cut -f 9)" "echo b"
	gives "0 x" -k --joblog +log echo ::: x
	gives "0 b bc" -k --joblog log --resume echo ::: b a bc x
	gives "0 " -k --joblog log --resume echo ::: b a bc x
}

@test "a log that is cut anywhere resumes" {
	local n size

	gives "123 1 2 3" -kj1 --joblog whole 'echo {}; exit {}' ::: 1 2 3
	size=$(wc -c <whole)
	for ((n = 0; n <= size; n += 7)); do
		head -c $n whole >log
		ppx -q -kj1 --joblog log --resume 'echo {}; exit {}' \
		    ::: 3 2 1 >out 2>err || test $? -eq 123
		# those whose line is whole are not run, all others are
		rows=$(head -c $n whole | tail -n +2 | wc -l)
		same "$(wc -l <out)" $((3 - (rows > 0 ? rows : 0)))
		same "$(ppx -q -kj1 --joblog log --resume 'echo {}; exit {}' \
		    ::: 1 2 3)" ""
	done
}

@test "a log of GNU parallel is read" {
	need parallel
	SHELL=/bin/sh parallel --will-cite -k -j1 --joblog log 'echo {}; exit {}' \
	    ::: 0 1 2 >/dev/null 2>&1 || true
	gives "123 3" -k --joblog log --resume 'echo {}; exit {}' ::: 2 1 0 3
	gives "123 1 2 3" -kj1 --joblog log --resume-failed \
	    'echo {}; exit {}' ::: 0 1 2 3
	# and it reads ours
	SHELL=/bin/sh parallel --will-cite -k -j1 --joblog log --resume \
	    'echo {}; exit {}' ::: 0 1 2 3 9 >out 2>/dev/null || true
	same "$(<out)" 9
}

# same_as_parallel OPTION WORD..: both leave the same out.
same_as_parallel()
{
	local mine theirs

	cp start log.ppx
	cp start log.gnu
	mine=$(ppx -q -kj1 --joblog log.ppx "$@" 2>/dev/null) || :
	theirs=$(SHELL=/bin/sh parallel --will-cite -kj1 --joblog log.gnu "$@" \
	    2>/dev/null) || :
	same "$mine" "$theirs"
	diff <(column 1,6-9 log.ppx) <(column 1,6-9 log.gnu)
}

@test "the same is left out as by GNU parallel" {
	need parallel
	local cmd='echo {}; exit {}'

	ppx -q -kj1 --joblog start "$cmd" ::: 0 1 2 0 >/dev/null || true
	same_as_parallel --resume "$cmd" ::: 0 1 2 0 4
	same_as_parallel --resume-failed "$cmd" ::: 0 1 2 0 4
	same_as_parallel --retry-failed
	same_as_parallel --resume "$cmd" ::: 0 1 2 0
	ppx -q -kj1 --joblog start 'kill -{} $$' ::: 9 15 >/dev/null || true
	same_as_parallel --resume-failed 'kill -{} $$' ::: 9 15
}

# --- crashes ---------------------------------------------------------------

# Runs until all is done, and kills ppx at a random moment each time but in
# the last; then every output must have been delivered, and be logged.
survives()
{
	local kills=0 rows pid n

	: >out
	while :; do
		rows=$(wc -l <log)
		background -i items ppx "$@" --joblog log --resume \
		    "$PPX_TOOLS/tiny" >>out 2>err
		pid=$!
		if ((kills++ == 6)); then
			wait $pid
			break
		fi
		n=$((rows + 1 + RANDOM % 400))
		wait_until eval 'gone $pid || has_lines log $n'
		kill -9 $pid 2>/dev/null || :
		ends $pid
		# none logged but missing
		column 9 | awk '$1 ~ /tiny/ { print $2 }' | sort -u >logged
		sort -u out >delivered
		same "$(comm -23 logged delivered)" ""
	done
	sort -u items | diff - <(sort -u out)
	same "$(awk -F'\t' 'NR > 1 && $7 != 0' log)" ""
	sort items | diff - <(column 9 | sed -n 's/.*tiny //p' | sort -u)
}

@test "kill -9 of ppx at any moment, again and again: all is delivered" {
	seq 3000 >items
	printf '%s\n' "$heading" >log
	survives -j4
}

@test "the same with -k, and with --retries" {
	seq 1500 >items
	printf '%s\n' "$heading" >log
	survives -k -j4
	printf '%s\n' "$heading" >log
	survives -k -j3 --retries 2
}

@test "kill -9 of ppx among 10,000 tasks, then --resume" {
	seq 10000 >items
	background -i items ppx -j4 --joblog log echo >out
	wait_until has_lines log 3000
	kill -9 $!
	ends $!
	ppx -j4 --joblog log --resume echo <items >>out 2>err
	sort -u items | diff - <(sort -u out)
	# what was delivered, but not logged, is run again: a turn's worth
	test "$(wc -l <out)" -lt 12000
	ppx -j4 --joblog log --resume echo <items 2>err
	same "$(<err)" "ppx: 10000 tasks left out, as in the joblog"
}

@test "what an interrupt ended is run again" {
	background ppx -j2 --joblog log 'test {} = 1 && exit; : >s.{}; sleep 1234' \
	    ::: 1 2 3
	wait_until test -e s.2 -a -e s.3
	kill -INT $!
	ends $!
	ppx --dry-run --joblog log --resume \
	    'test {} = 1 && exit; : >s.{}; sleep 1234' ::: 1 2 3 >out 2>err
	same "$(wc -l <out)" 2
}

@test "what --halt ended is run again" {
	gives "123 1 2" -kj1 --halt now,fail=1 --joblog log \
	    'echo {}; test {} != 2' ::: 1 2 3 4
	gives "0 3 4" -kj1 --joblog log --resume 'echo {}; test {} != 2' \
	    ::: 1 2 3 4
}

# --- size ------------------------------------------------------------------

@test "a log of a million lines, in any order" {
	{
		printf '%s\n' "$heading"
		seq 1000000 | awk '{ printf "%d\t:\t1.0\t 1.0\t0\t0\t0\t0\techo %d\n",
		    $1, $1 }'
	} >log
	seq 1000002 | awk '{ print 1000003 - $1 }' |
	    ppx -k --joblog log --resume echo >out 2>err
	same "$(<out)" $'1000002\n1000001'
	seq 3 | ppx -k --joblog log --resume 'echo  {}' >out 2>err
	same "$(<out)" ""
}
