# --joblog: a line for each task whose output is delivered.

load helper

# Column N of the log, the heading excepted, a line each.
column()
{
	tail -n +2 "${2-log}" | cut -f "$1"
}

has_lines()
{
	test "$(wc -l <"$1")" -eq "$2"
}

# result_of WORD..: Exitval and Signal of the one task that is run so.
result_of()
{
	ppx -q --joblog log "$@" >/dev/null 2>&1 || true
	has_lines log 2
	echo $(column 7,8)
}

heading=$'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand'

# --- columns ---------------------------------------------------------------

@test "the heading, and a line for each task" {
	ppx -kj1 --joblog log 'echo {}; exit {}' ::: 0 3 0 || test $? -eq 123
	same "$(head -n 1 log)" "$heading"
	same "$(column 1,2,5-9)" "$(printf '%s\t:\t0\t2\t%s\t0\techo %s; exit %s\n' \
	    1 0 0 0 2 3 3 3 3 0 0 0)"
}

@test "start and run time" {
	local before after start ran

	before=$EPOCHREALTIME
	ppx --joblog log sleep ::: 0.2
	after=$EPOCHREALTIME
	start=$(column 3)
	ran=$(column 4)
	[[ $start =~ ^\ *[0-9]+\.[0-9]{3}$ ]]
	[[ $ran =~ ^\ *[0-9]+\.[0-9]{3}$ ]]
	awk -v a="$before" -v b="$after" -v s="$start" -v r="$ran" 'BEGIN {
		exit !(a - 0.002 <= s && s <= b && 0.199 <= r && r <= b - a + 0.002)
	}'
}

@test "the columns are GNU parallel's" {
	local cmd

	need parallel
	for cmd in 'echo {}' 'exit {}' 'printf %s {}; echo err >&2' \
	    'test {} = 0' 'echo {} | tr 1 2' 'test {} = 0 || kill -9 $$' \
	    'test {} != 1 || kill -15 $$'; do
		SHELL=/bin/sh parallel --will-cite -k -j1 --joblog want "$cmd" \
		    ::: 0 1 2 >/dev/null 2>&1 || true
		ppx -q -k -j1 --joblog log "$cmd" ::: 0 1 2 >/dev/null 2>&1 || true
		diff <(head -n 1 want) <(head -n 1 log)
		diff <(column 1,5-9 want) <(column 1,5-9 log)
		# Widths, too: programs read them by position.
		diff <(column 3,4 want | sed 's/[0-9]/9/g') \
		    <(column 3,4 log | sed 's/[0-9]/9/g')
	done
}

@test "Receive counts stdout only, in every mode" {
	for mode in --group -k --lb; do
		ppx $mode --joblog log 'head -c 300000 /dev/zero; echo x >&2; : {}' \
		    ::: a >/dev/null 2>&1
		same "$(column 6)" 300000
	done
	# Without the tags.
	ppx --tag --joblog log echo ::: a >/dev/null
	same "$(column 6)" 2
}

@test "Command is what --dry-run shows" {
	evil=('a b' "it's" '$x' '' '*' 'é')
	for cmd in 'printf %s' 'printf %s {}' 'printf "%s" "$1"' 'printf "%s {}"'; do
		ppx -kj1 --joblog log "$cmd" ::: "${evil[@]}" >/dev/null
		same "$(column 9)" "$(ppx -k --dry-run "$cmd" ::: "${evil[@]}")"
	done
	ppx -kj1 --joblog log printf %s {} x ::: "${evil[@]}" >/dev/null
	same "$(column 9)" \
	    "$(ppx -k --dry-run printf %s {} x ::: "${evil[@]}")"
	ppx -kj1 --joblog log ::: 'echo  a | cat' 'true' >/dev/null
	same "$(column 9)" $'echo  a | cat\ntrue'
	ppx -kj1 --joblog log 'echo {%} {#}' ::: a >/dev/null
	same "$(column 9)" 'echo 1 1'
}

@test "tabs and newlines in a command are escaped, and no two are alike" {
	local items=($'a\tb' $'a\nb' 'a\tb' 'a\nb' 'a\\tb' $'a\\\tb' $'a\\\nb'
	    'a\b' 'a\\b' '\' $'\n' $'\t' $'x\n\ny\t')

	printf '%s\0' "${items[@]}" |
	    ppx -0kj1 --joblog log printf %s >/dev/null
	has_lines log $((${#items[@]} + 1))
	same "$(awk -F'\t' 'NF != 9' log)" ""
	same "$(column 9 | sort -u | wc -l)" ${#items[@]}
	same "$(column 9 | head -n 2)" "printf %s 'a\\tb'
printf %s 'a\\nb'"
}

@test "no control character but tab and newline is changed" {
	ppx --joblog log printf %s ::: $'\e[31m\r\x7f' >/dev/null
	same "$(column 9)" $'printf %s \'\e[31m\r\x7f\''
}

# --- outcomes --------------------------------------------------------------

@test "exit, signal" {
	same "$(result_of true ::: a)" "0 0"
	same "$(result_of 'exit {}' ::: 255)" "255 0"
	same "$(result_of 'exit {}' ::: 137)" "137 0"
	same "$(result_of 'kill -{} $$' ::: 9)" "0 9"
	same "$(result_of 'kill -{} $$' ::: TERM)" "0 15"
}

@test "not executed, not found" {
	same "$(result_of nosuchcommand ::: a)" "127 0"
	same "$(result_of {} ::: nosuchcommand)" "127 0"
	same "$(result_of / ::: a)" "126 0"
}

@test "ended by ppx for its time: -1 and the signal" {
	same "$(result_of --timeout 0.1 sleep ::: 1234)" "-1 15"
	same "$(result_of --timeout 0.1 --termseq KILL sleep ::: 1234)" "-1 9"
	# Even if it then exits.
	result_of --timeout 0.1 \
	    'trap "exit 0" TERM; while :; do sleep 0.01; done; : {}' ::: a
	same "$(column 7)" -1
}

@test "lost with its worker: -1" {
	result_of 'kill -9 $PPX_WORKER_PID; sleep 1234; : {}' ::: a
	same "$(column 7)" -1
}

@test "a bad item: -1" {
	printf 'a\na\0b\nc\n' | ppx -q -kj1 --joblog log echo >/dev/null 2>&1 ||
		test $? -eq 123
	has_lines log 4
	same "$(sort -n log | cut -f 1,7,8 | tail -n 3)" $'1\t0\t0\n2\t-1\t0\n3\t0\t0'
	same "$(grep ^2 log | cut -f 9)" "echo 'a\\0b'"
}

@test "a bad item without a NUL: one ends its command" {
	printf 'a\0b\n' | ppx -q --joblog log true {#} || test $? -eq 123
	same "$(column 9)" 'true 1\0'
	run ppx -q --retry-failed --joblog log
	same "$status" 123
	[[ $output == "ppx: item 1 cannot be run: was a bad item,"* ]]
	has_lines log 3
	same "$(cut -f 9 log | tail -n 1)" 'true 1\0'
}

# Inside $((...)) no quoting keeps a shell from what is in the value.
@test "--retry-failed never runs what is no integer inside \$((...))" {
	local n=0
	made() {
		rm -f log json ran
		ppx -q --joblog log --log-json json "$@" 2>/dev/null &&
			return 1
		same "$?" 123
		[[ $(tail -n 1 log) == *'\0' ]]
		[[ $(tail -n 1 json) == *'\u0000"'* ]]
		run ppx -q --retry-failed --joblog log
		same "$status" 123
		[[ $output == *"was a bad item"* ]]
		same "$(cut -f 9 log | tail -n 1)" \
		    "$(cut -f 9 log | sed -n 2p)"
		run ppx -q --resume --joblog log "$@"
		same "$status" 0
		has_lines log 3
		test ! -e ran
		n=$((n + 1))
	}

	made 'echo $((1+{}))' ::: '$(touch ran)'
	made --shell bash 'echo $((1+{}))' ::: 'a[$(touch ran)]'
	made --warm 'x=$(({})); echo $x' ::: '$(touch ran)0'
	made 'echo $(({})) \' ::: '$(touch ran)'
	made --coproc 'touch ran; cat' ::: $'a\nb'
	same "$n" 5
}

@test "what is no integer inside \$((...)) is marked when it never started, too" {
	run ppx -q -j1 --halt now,fail=1 --log-json json \
	    ': $(({})); false' ::: 1 '$(touch ran)'
	same "$(grep -c '"command":": \$((1)); false"' json)" 1
	same "$(grep -c 'touch ran).*; false\\u0000"' json)" 1
}

@test "--retry-failed runs a bad item whose command is whole" {
	run ppx -q --joblog log --workdir {} 'touch ran; :' ::: nosuch
	same "$status" 123
	gives "" -q --joblog log --retry-failed
	test -e ran
	# A slip of one run spoils nothing for the next.
	rm log
	run ppx -q --joblog log 'test -e file && echo {}' ::: a b
	run ppx -q --joblog log --retry-failed --workdir '/nosuch/{/}'
	touch file
	gives $'a\nb' -q -k --joblog log --retry-failed
}

@test "--resume tells a bad item from a good one by its NUL alone" {
	printf 'echo a\0\n' | ppx -q --joblog log || test $? -eq 123
	same "$(echo 'echo a' | ppx -q --joblog log --resume)" a
	rm log
	printf 'a\n"x' | ppx -qj1 --csv --joblog log echo {1} || test $? -eq 123
	same "$(printf 'a\n"""x"\n' | ppx --csv --joblog log --resume \
	    echo {1} 2>/dev/null)" '"x'
}

@test "--retry-failed: a bad item stays one task, whatever NULs it has" {
	printf 'a\0\0\ntrue\n' | ppx -q --joblog log || test $? -eq 123
	for i in 1 2 3; do
		run ppx --joblog log --retry-failed
		[[ $output == *"1 of 1 task failed: 1 bad item"* ]]
	done
}

@test "a dry run leaves the file alone" {
	for log in log +log; do
		ppx --dry-run --joblog $log echo ::: a b >/dev/null
		test ! -e log
	done
	echo old >log
	for log in log +log; do
		ppx --dry-run --joblog $log echo ::: a b >/dev/null
		same "$(<log)" old
	done
}

@test "no line for what a signal to ppx ended or kept from starting" {
	background ppx -j2 --joblog log 'test {} = 1 && exit; : >started.{}
	    sleep 1234' ::: 1 2 3 4 >/dev/null
	wait_until test -e started.2 -a -e started.3
	wait_until has_lines log 2
	kill -INT $!
	ends $!
	same "$(column 1)" 1
}

@test "no line for what was not started after COMMAND was not found" {
	seq 1000 | ppx -j1 --joblog log ./nosuchcommand 2>/dev/null ||
		test $? -eq 127
	test "$(wc -l <log)" -lt 10
	same "$(column 7 | sort -u)" 127
}

# --- when ------------------------------------------------------------------

@test "a line only after the output is delivered" {
	mkfifo pipe
	background bash -c '"$PPX" --joblog log -j1 \
	    "head -c 3000000 /dev/zero; : >done.{}" ::: 1 2 >pipe'
	exec 5<pipe
	wait_until test -e done.2
	same "$(<log)" "$heading"
	test "$(wc -c <&5)" -eq 6000000
	ends $!
	exec 5<&-
	has_lines log 3
}

@test "a line at once when it is delivered" {
	gate g
	background ppx -j1 --joblog log 'test {} = a || cat {}' ::: a g
	wait_until has_lines log 2
	open_gate g
	wait_until has_lines log 3
	ends $!
}

@test "with -k, in the order of delivery" {
	gate g
	background ppx -k -j3 --joblog log 'test {} != g || cat g; : >done.{}' \
	    ::: g b c
	wait_until test -e done.b -a -e done.c
	same "$(<log)" "$heading"
	open_gate g
	ends $!
	same "$(column 1)" $'1\n2\n3'
}

@test "no line for a task whose output was lost" {
	run bash -c '"$PPX" --joblog log -kj1 "$@" >/dev/full' - echo ::: a b
	test "$status" -eq 125
	same "$(<log)" "$heading"
}

# --- the file --------------------------------------------------------------

@test "the file is emptied; +FILE appends, without a second heading" {
	echo old >log
	ppx --joblog log true ::: a
	same "$(head -n 1 log)" "$heading"
	has_lines log 2
	ppx --joblog +log true ::: b
	has_lines log 3
	same "$(grep -c ^Seq log)" 1
	same "$(column 9)" $'true a\ntrue b'
	ppx --joblog=+new true ::: a
	same "$(head -n 1 new)" "$heading"
	has_lines new 2
	: >empty
	ppx --joblog +empty true ::: a
	same "$(head -n 1 empty)" "$heading"
}

@test "a torn last line is ended before lines are appended" {
	ppx -j1 --joblog log true ::: a b
	printf '3\t:\t17' >>log
	ppx --joblog +log true ::: c
	has_lines log 5
	# with a tab: it is no row then, even if only its command is torn
	same "$(sed -n 4p log; echo x)" $'3\t:\t17\t\nx'
	same "$(sed -n 5p log | cut -f 9)" 'true c'
}

@test "empty input: the heading alone" {
	ppx --joblog log true </dev/null
	same "$(<log)" "$heading"
}

@test "a log that cannot be opened: 125, and nothing is run" {
	run ppx --joblog none/log touch ran ::: a
	same "$status $output" \
	    "125 ppx: cannot open the joblog none/log: No such file or directory"
	run ppx --joblog . touch ran ::: a
	same "$status $output" "125 ppx: cannot open the joblog .: Is a directory"
	test ! -e ran
}

@test "a log on a full disk: 125" {
	run ppx --joblog /dev/full touch ran ::: a
	test "$status" -eq 125
	[[ $output == *joblog*"/dev/full: No space left on device"* ]]
}

@test "a log that gets full on the way: 125, and nothing more is started" {
	cat >task <<-'END'
	#!/bin/sh
	: >"started.$1"
	END
	chmod +x task
	# A block is 1024 bytes.
	run bash -c 'ulimit -f 1; exec "$PPX" -j1 --joblog log "$@"' - \
	    true {} "$(head -c 300 /dev/zero | tr '\0' x)" ::: $(seq 300)
	test "$status" -eq 125
	[[ $output == *"cannot write to the joblog log: File too large"* ]]
	test "$(grep -c 'cannot write' <<<"$output")" -eq 1
	test "$(wc -c <log)" -le 1024
	run bash -c 'ulimit -f 1; exec "$PPX" -k --joblog log -j1 "$@"' - \
	    ./task ::: $(seq 5000)
	test "$status" -eq 125
	test "$(ls | grep -c started)" -lt 1000
}

@test "an O_APPEND log, shared by two at once" {
	: >log
	seq 300 | ppx -j2 --joblog +log true &
	seq 300 | ppx -j2 --joblog +log true
	wait
	same "$(grep -vc ^Seq log)" 600
	same "$(awk -F'\t' 'NF != 9' log)" ""
}

@test "the log of 20,000 tasks has each once" {
	seq 20000 >items
	ppx -j8 --joblog log "$PPX_TOOLS/tiny" <items >/dev/null
	column 1 | sort -n | cmp - items
	same "$(awk -F'\t' 'NR > 1 && (NF != 9 || $7 || $8)' log)" ""
}
