# --queue-timeout, --idle-timeout, --timeout N%, --max-time: the coordinator's
# clocks.  The worker's are in timeout.bats.

load helper
load trees

# --- --queue-timeout

@test "D15 a task that waits too long is never started" {
	launch -j1 --queue-timeout 0.3 --joblog log \
	    'echo >>begun; exec sleep {}' ::: 1 1000 1000
	ended "exit 123"
	nothing_left
	lines_are 1 begun
	grep -q '2 of 3 tasks failed: 2 waited too long to be started' err
	grep -q 'first: task 2 .*not started, it waited too long' err
	# Not-started ones have no row.
	same "$(column 1 log)" 1
}

@test "it is told when it is so, not when a slot is free" {
	launch -j1 --queue-timeout 0.3 --halt now,fail=1 \
	    'exec sleep {}' ::: 1000 1
	seconds 10 ended "exit 123"
	nothing_left
	grep -q '1 waited too long' err
}

@test "each has a limit of its own; what waits before the backlog does not wait" {
	launch -j1 --queue-timeout '{/}' 'echo {//}; exec sleep 0.5' \
	    ::: a/0 b/0.1 c/100 d/0.2 e/0
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "a c e "
	run ppx -j1 --backlog 1 --queue-timeout 2 'sleep 0.5; echo {}' \
	    ::: 1 2 3 4 5 6 7 8
	same "$status" 0
}

@test "an attempt waits anew" {
	# 0.3 s are over long before the third attempt.
	run ppx -j1 --queue-timeout 2 --retries 3 --retry-delay 0.2 \
	    'sleep 0.8; : {}; test $PPX_ATTEMPT = 3' ::: 1
	same "$status" 0
}

@test "a limit that is none, of one task, is a bad item" {
	for option in queue-timeout idle-timeout timeout; do
		run ppx -k --$option '{}' 'echo' ::: 5 -1 x
		same "$status" 123
		[[ $output == *"2 of 3 tasks failed: 2 bad items"* ]]
		run ppx --$option -1 'echo' ::: 5
		same "$status" 125
	done
}

# --- --idle-timeout

@test "a task that is silent too long is ended" {
	needs_trees
	launch -j2 --idle-timeout 0.4 --joblog log 'echo {}; exec brood ready' ::: 1 2
	ended "exit 123"
	nothing_left
	grep -q '2 of 2 tasks failed: 2 were silent too long' err
	grep -q 'wrote nothing for 0.4 s (--idle-timeout)$' err
	same "$(sort out | tr '\n' ' ')" "1 2 "
	same "$(column 7 log | sort -u)" -1
}

@test "one that speaks in time is not, on either stream" {
	run ppx -j2 --idle-timeout 2 'for i in 1 2 3 4 5 6 7; do
		if test {} = 1; then printf .; else printf . >&2; fi
		sleep 0.5; done' ::: 1 2
	same "$status" 0
	same "$output" ..............
}

@test "the silence counts from the last byte" {
	launch -j1 --idle-timeout 0.8 --joblog log 'for i in 1 2 3 4; do
		echo {}; sleep 0.4; done; exec sleep 1000' ::: x
	ended "exit 123"
	same "$(wc -l <out)" 4
	column 4 log >took
	awk '$1 < 1.9 { exit 1 }' took
}

@test "while our own reader blocks, a task is not silent" {
	mkfifo pipe
	stdout=/dev/null launch -j2 --idle-timeout 0.5 --joblog log \
	    -a <(echo 1) true
	ended "exit 0"
	# It writes more than pipe and ppx take, and waits for us in between.
	exec {r}<>pipe
	stdout=pipe launch -k -j1 --idle-timeout 0.5 'head -c 3000000 /dev/zero
		: >wrote; echo {}' ::: end
	wait_until named_are 1 head
	h=$(named head)
	wait_until states_are S "$h"
	# Longer than the limit.
	sleep 1.2		# a time that must pass
	cat <&$r >got &
	cat=$!
	ended "exit 0"
	wait_until grep -qa end got
	kill "$cat"
	exec {r}>&-
}

@test "nor while ppx is stopped" {
	needs_trees
	gate gate
	launch -j1 --idle-timeout 1 'echo a; echo >ready; cat gate; echo {}' ::: b
	wait_until test -s ready
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	sleep 1.5		# a time that must pass
	kill -CONT "$pid"
	wait_until states_are S "$pid"
	open_gate gate
	ended "exit 0"
	same "$(tr '\n' ' ' <out)" "a b "
}

@test "G15 a slow dribble does not extend --timeout" {
	launch --timeout 1 --idle-timeout 0.5 --joblog log 'while :; do echo
		sleep 0.05; done; : {}' ::: 1
	ended "exit 123"
	nothing_left
	grep -q '1 timed out' err
}

@test "--idle-timeout sees nothing of ungrouped output" {
	run ppx -u --idle-timeout 1 true ::: 1
	same "$status" 125
}

# --- --timeout N%

@test "--timeout N% of the median: later tasks, and those that run already" {
	launch -j2 --timeout 400% --joblog log 'exec sleep {}' \
	    ::: 1000 0.5 0.5 0.5 1.3 1000 0.5
	ended "exit 123"
	nothing_left
	grep -q '2 of 7 tasks failed: 2 timed out' err
	same "$(column 1,7 log | grep -e '-1' | sort -n | tr '\t\n' '  ')" \
	    "1 -1 6 -1 "
}

@test "... but not before three have succeeded; failures do not count" {
	run ppx -j2 --timeout 200% 'sleep {//}; exit {/}' \
	    ::: 0.1/0 0.1/0 0.1/1 0.1/1 0.1/1 1.5/0
	same "$status" 123
	[[ $output == *"3 of 6 tasks failed: 3 exited non-zero"* ]]
}

@test "... nor below a second, however short the others are" {
	launch -j2 --timeout 100% --joblog log 'exec sleep {}' \
	    ::: 1000 0 0 0 0.5 1000 0
	ended "exit 123"
	nothing_left
	grep -q '2 of 7 tasks failed: 2 timed out' err
	same "$(column 1,7 log | grep -e '-1' | sort -n | tr '\t\n' '  ')" \
	    "1 -1 6 -1 "
	column 4,7 log | awk '$2 == -1 && $1 < 0.99 { exit 1 }'
}

@test "--timeout N%: what is no share" {
	for n in 0% -5% % 5%% 1000000000%; do
		run ppx --timeout "$n" true ::: 1
		same "$status" 125 || { echo "$n"; return 1; }
	done
}

# --- --max-time

@test "--max-time ends the whole run: 124" {
	needs_trees
	launch -i <(yes) -j2 --max-time 0.5 --joblog log brood ready
	ended "exit 124"
	nothing_left
	lines_are 2 ready
	grep -q '2 cancelled.*not started.*not read to its end.*--max-time' err
	same "$(column 1 log)" ""
}

@test "... an input that does not come, too, and with failures" {
	mkfifo items
	exec {w}<>items
	launch -i items --max-time 0.6 'exit 1' {w}>&-
	echo x >&$w
	seconds 10 ended "exit 124"
	exec {w}>&-
	grep -q '1 of 1 task failed.*--max-time' err
}

@test "... by --termseq; what they wrote is delivered" {
	launch -j1 --max-time 0.5 --termseq INT,200,TERM,200,KILL \
	    'echo before; exec siglog log.task' ::: 1 2
	ended "exit 124"
	nothing_left
	same "$(<out)" before
	same "$(tr '\n' ' ' <log.task)" "ready INT CONT TERM CONT "
}

@test "a run that is over in time does not notice; 0 is none" {
	run ppx --max-time 100 echo ::: 1
	same "$status $output" "0 1"
	run ppx --max-time 0 echo ::: 1
	same "$status $output" "0 1"
}

@test "an attempt that waits does not outlive the run's time" {
	launch --max-time 0.5 --retries 2 --retry-delay 1000 'exit 1' ::: 1
	seconds 10 ended "exit 124"
	grep -q '1 cancelled' err
}

@test "a signal comes before --max-time" {
	launch -j1 --max-time 0.7 siglog log ::: 1
	wait_until has ready log
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
}

# --- all

@test "stop and continue shifts all of them" {
	needs_trees
	gate gate
	launch -j1 --max-time 4 --queue-timeout 3 --idle-timeout 3 \
	    'test {} = 2 || { echo >ready; cat gate; }' ::: 1 2
	wait_until test -s ready
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	sleep 4.2		# a time that must pass
	kill -CONT "$pid"
	wait_until states_are S "$pid"
	open_gate gate
	ended "exit 0"
}

@test "D45 a stale timer never hits the next task" {
	# One that ends just at its limit, then one that has none, and so on.
	rounds=1000
	if ((PPX_TEST_SLOW > 1)); then rounds=200; fi
	launch -i <(for ((i = 0; i < rounds; i++)); do
		echo 0.0505/0.05; echo 0/0; done) \
	    -j4 --timeout '{//}' --joblog log \
	    'test {/} = 0 || exec sleep {/}'
	PPX_TEST_WAIT=50 wait_until test -s how
	nothing_left
	all_logged $((2 * rounds)) log
	# Even rows have no limit.
	same "$(column 1,7,8 log | awk '$1 % 2 == 0 && ($2 || $3)')" ""
}

@test "... nor one of --timeout N% or --idle-timeout" {
	launch -i <(for i in {1..300}; do echo 0.03/0.03; echo 0/0.001; done) \
	    -j4 --idle-timeout '{//}' --joblog log 'sleep {/}'
	PPX_TEST_WAIT=50 wait_until test -s how
	nothing_left
	all_logged 600 log
	same "$(column 1,7,8 log | awk '$1 % 2 == 0 && ($2 || $3)')" ""
}

@test "... nor one that was set while the last bytes were read" {
	cat >t.sh <<-'END'
		[ $1 = 0 ] || { echo; exit 1; }
		for i in 1 2 3 4 5; do echo; sleep 0.2; done
	END
	(echo 9; sleep 0.02; echo 0; sleep 1.5) |
	    ppx -j1 --backlog 5 --priority {} --idle-timeout 0.6 \
	    --retries 200 --stats=stats sh t.sh >/dev/null 2>err || :
	grep -q "waited too long" err && false
	grep -q '"not_started":0' stats
}
