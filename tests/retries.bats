# --retries, --retry-delay: more than one attempt.

load helper
load trees

@test "a task is run until it succeeds, or has had its attempts" {
	launch -k -j2 --retries 3 --joblog log \
	    'echo "$1 $PPX_ATTEMPT" | tee -a all; test "$PPX_ATTEMPT" = "$1"' \
	    ::: 1 2 3 4
	ended "exit 123"
	same "$(sort all | tr '\n' ,)" "1 1,2 1,2 2,3 1,3 2,3 3,4 1,4 2,4 3,"
	# Only the last attempt is delivered, logged and counted.
	same "$(tr '\n' , <out)" "1 1,2 2,3 3,4 3,"
	all_logged 4 log
	same "$(column 7 log | sort | tr -d '\n')" 0001
	grep -q '1 of 4 tasks failed' err
	grep -q '^first: task 4 .*: exit status 1, after 3 attempts$' err
}

@test "without --retries, and with 1, there is one attempt" {
	for option in "" "--retries 1"; do
		rm -f all
		run ppx $option 'echo >>all; exit 1' ::: x
		same "$status" 123
		lines_are 1 all
	done
}

@test "0 and what is no number are errors, or bad items" {
	for n in 0 -1 x ''; do
		run ppx --retries "$n" true ::: 1
		same "$status" 125
	done
	run ppx --retries '{}' true ::: 0 1
	same "$status" 123
	[[ $output == *"1 of 2 tasks failed: 1 bad item"* ]]
}

@test "each task has a number of its own" {
	run ppx -k --retries '{}' 'echo $PPX_ATTEMPT; exit 1' ::: 3 1 2
	same "$(head -n 3 <<<"$output" | tr '\n' ' ')" "3 1 2 "
}

@test "a signal, a timeout, silence and a lost worker are tried again" {
	ulimit -c 0
	for what in 'kill -SEGV $$' 'sleep 1000' 'kill -9 $PPID; sleep 1000'; do
		launch --timeout 0.3 --retries 2 --joblog log \
		    "test \$PPX_ATTEMPT = 2 || { $what; }; echo {}" ::: ok
		ended "exit 0"
		nothing_left
		same "$(<out)" ok
		same "$(column 7,8 log)" "0	0"
	done
	launch --idle-timeout 0.3 --retries 2 \
	    'test $PPX_ATTEMPT = 2 || exec sleep 1000; echo {}' ::: ok
	ended "exit 0"
	same "$(<out)" ok
}

@test "so is a leak with --leak=fail" {
	needs_trees
	launch --leak fail --retries 2 'test $PPX_ATTEMPT = 2 || sleep 1000 &
		wait 2>/dev/null & echo {}' ::: ok
	ended "exit 0"
	nothing_left
}

@test "what cannot be executed, and a bad item, are not" {
	: >noexec
	for command in ./noexec ./none; do
		launch --retries 5 -t "$command" ::: 1
		wait_until test -s how
		same "$(grep -c '^\./' err)" 1
	done
	run ppx --retries 5 -0 'echo >>all' < <(head -c 200000 /dev/zero | tr '\0' x)
	same "$status" 123
	test ! -e all
}

@test "nothing of an earlier attempt is delivered, however much it wrote" {
	launch -j2 --retries 2 'test $PPX_ATTEMPT = 2 ||
		{ head -c 9000000 /dev/zero; exit 1; }; echo {}' ::: a b c
	ended "exit 0"
	same "$(sort out | tr '\n' ' ')" "a b c "
	# -v shows the command of that attempt too.
	run ppx -k -v --retries 2 'echo $PPX_ATTEMPT; : {}; test $PPX_ATTEMPT = 2' ::: 1
	same "$(wc -l <<<"$output")" 2
}

@test "--line-buffer and -u show every attempt" {
	for option in --line-buffer -u; do
		run ppx $option --retries 3 \
		    'printf "$PPX_ATTEMPT"; test $PPX_ATTEMPT = {}' ::: 2
		same "$status" 0
		same "$(tr -d '\n' <<<"$output")" 12
	done
	run ppx --line-buffer --retries 2 'printf $PPX_ATTEMPT; : {}; false' ::: 1
	same "$(head -n 2 <<<"$output" | tr '\n' ' ')" "1 2 "
	[[ $output == *"ppx: 1 of 1 task failed"* ]]
}

@test "where an output could not be held it has passed, and is not run again" {
	launch --tmpdir "$WORK/none" -j2 --retries 2 --joblog log \
	    'echo >>all.{}; head -c 9000000 /dev/zero; exit 1' ::: 1 2 3
	ended "exit 123"
	# Nothing is delivered twice.
	awk -F '\t' 'NR > 1 { n += $6 } END { exit n != 27000000 }' log
	same "$(wc -c <out)" 27000000
}

@test "-k goes on in order while one waits for its next attempt" {
	launch -k -j2 --retries 2 --retry-delay 0.4 \
	    'test {} != 1 || test $PPX_ATTEMPT = 2 || exit 1
		echo >>"done"; echo {}' ::: 1 2 3 4 5
	wait_until lines_are 4 "done"
	test ! -s out
	ended "exit 0"
	same "$(tr '\n' ' ' <out)" "1 2 3 4 5 "
}

@test "the delay doubles, and takes no slot" {
	launch -j1 --retries 4 --retry-delay 0.2 \
	    'date +%s%N >>"t.{}"; test {} = 2' ::: 1 2 2 2 2 2 2 2
	ended "exit 123"
	# another ran before the second attempt of the first
	test "$(sed -n 2p t.1)" -gt "$(head -n 1 t.2)"
	mapfile -t t <t.1
	same "${#t[@]}" 4
	for i in 1 2 3; do
		ms=$(((t[i] - t[i - 1]) / 1000000))
		echo "$ms"
		((ms >= 100 * (1 << i)))
	done
}

@test "waiting ones are backlog: nothing more is read than there is room for" {
	launch -i <(yes) -j2 --backlog 5 --retries 2 --retry-delay 1000 \
	    'echo >>all; exit 1'
	# 5 wait, and 2 were running when they did.
	wait_until test -e all
	before=0
	until test "$before" -ge 5; do before=$(wc -l <all); done
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
	test "$(wc -l <all)" -le 7
	grep -q 'cancelled' err
}

@test "INT while attempts wait: they are cancelled, none runs" {
	launch -j2 --retries 2 --retry-delay 1000 --joblog log \
	    'echo attempt; echo >>all; exit 1' ::: 1 2 3
	wait_until lines_are 3 all
	wait_until named_are 0 sh
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	same "$(wc -l <all)" 3
	grep -q '3 cancelled' err
	same "$(column 1 log)" ""
}

@test "an attempt that fails while the run is being ended is the last one" {
	launch --retries 100000000 true ::: 1
	ended "exit 125"
	launch --retries 1000 'echo >>all; trap "exit 1" INT; echo >ready
		while :; do sleep 0.01; done; : {}' ::: 1
	wait_until test -e ready
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	same "$(wc -l <all)" 1
}

@test "a retry waits in its old place, and by its priority" {
	run ppx -k -j1 --retries 2 'echo {} $PPX_ATTEMPT >>all
		test $PPX_ATTEMPT = 2' ::: a b
	same "$status $(tr '\n' , <all)" "0 a 1,a 2,b 1,b 2,"
}

@test "many retries at once" {
	launch -i <(seq 500) -k -j4 --retries 3 --joblog log \
	    'test $(({} % 3 + 1)) -le "$PPX_ATTEMPT" && echo {}'
	ended "exit 0"
	nothing_left
	cmp out <(seq 500)
	all_logged 500 log
}
