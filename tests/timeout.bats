# --timeout, --termseq, and the worker's clock.

load helper
load trees

teardown()
{
	remove_public
	test_teardown
}

# N milliseconds for a task that has to have done something by then: more where
# all is slow.
within()
{
	echo "$(($1 * PPX_TEST_SLOW))ms"
}

# The row of a task that ppx ended by signal N.
ended_by()
{
	same "$(column 7,8 log | sort -u)" "-1	$1"
}

@test "E4 a task over its limit ends with all its processes" {
	needs_trees
	launch -j2 --timeout $(within 300) --joblog log brood ready ::: 1 2
	ended "exit 123"
	nothing_left
	lines_are 2 ready
	ended_by 15
	grep -q '2 of 2 tasks failed: 2 timed out' err
}

@test "E4 so do those that ignore all signals, and those that have stopped" {
	needs_trees
	for flag in -i -s; do
		launch --timeout 0.3 --termseq TERM,100,KILL --joblog log \
		    brood $flag ready ::: 1
		ended "exit 123"
		nothing_left
	done
}

@test "the limit is told where the end came later, and no limit is 0.0 s" {
	needs_trees
	launch --timeout 0.3 --termseq TERM,600,KILL brood -i ready ::: 1
	ended "exit 123"
	nothing_left
	grep -qE 'timed out: --timeout 0.3 s, gone after [0-9.]+ s$' err
	launch --timeout 0.01 --termseq KILL sleep ::: 1000
	ended "exit 123"
	grep -qE 'timed out(: --timeout| after) [1-9][0-9]* ms' err
}

@test "E4 so does what is left when the main process has ended in time" {
	needs_trees
	launch --timeout $(within 500) --linger 100 --joblog log \
	    brood -e ready ::: 1
	ended "exit 123"
	nothing_left
	lines_are 1 ready
}

@test "processes that fork faster than they can be killed one by one" {
	needs_trees
	for wait in 0 1 10 30; do
		launch --timeout $(within 300) --termseq TERM,$wait,KILL \
		    sh -c 'exec bomb ready' ::: 1
		ended "exit 123"
		nothing_left
		test -e ready
	done
}

@test "... and without end, up to the limit of processes of a user" {
	needs_trees
	few_processes 100
	launch --timeout $(within 500) --termseq TERM,50,KILL sh -c \
	    'exec bomb ready 20 100000000' ::: 1
	ended "exit 123"
	nothing_left
	test -e ready
}

@test "each rung of --termseq is seen, with CONT behind it, once" {
	launch --timeout $(within 300) \
	    --termseq INT,200,USR1,200,TERM,200,KILL --joblog log \
	    siglog log.task ::: 1
	ended "exit 123"
	nothing_left
	same "$(tr '\n' ' ' <log.task)" "ready INT CONT USR1 CONT TERM CONT "
	ended_by 9
}

@test "a task that ends at a rung is left alone by the later ones" {
	launch --timeout $(within 300) --termseq USR1,100000,KILL \
	    --joblog log -j1 siglog -x USR1 log.task ::: 1 2
	ended "exit 123"
	nothing_left
	same "$(tr '\n' ' ' <log.task)" "ready USR1 ready USR1 "
}

@test "a task that exits 0 when it is asked to go has timed out all the same" {
	launch --timeout $(within 300) --joblog log siglog -x TERM log.task \
	    ::: 1
	ended "exit 123"
	same "$(column 7 log)" -1
}

@test "TERM comes once to each process of the task's group" {
	launch --timeout $(within 500) --termseq TERM,400,KILL 'siglog log &
		until grep -q ready log; do :; done; wait; : "$1"' ::: 1
	ended "exit 123"
	nothing_left
	same "$(grep -c TERM log)" 1
}

@test "without a limit, or with 0, nothing is ended" {
	run ppx --timeout 0 -j2 'sleep 0.2; echo "$1"' ::: a
	same "$status $output" "0 a"
}

@test "the limit counts from the task's start, not from its place in the queue" {
	run ppx --timeout 3 -j1 sleep ::: 0.7 0.7 0.7 0.7 0.7
	same "$status $output" "0 "
}

@test "a task that goes on writing is over its limit as well" {
	launch --timeout $(within 400) --joblog log \
	    'while :; do echo; sleep 0.02; done; : "$1"' ::: 1
	ended "exit 123"
	nothing_left
	test -s out
	ended_by 15
}

@test "what a task wrote before it was ended is delivered" {
	launch --timeout $(within 300) --joblog log \
	    'echo before; exec sleep "$1"' ::: 1000
	ended "exit 123"
	same "$(<out)" before
	same "$(column 6 log)" 7
}

@test "E2 a task that ends just at its limit does not hurt the next one" {
	# Nothing but what ran for as long as the limit may have timed out.
	launch -i <(for i in {1..120}; do echo 0.1; echo 0; echo 0; done) \
	    --timeout 0.1 --joblog log -j3 sleep
	wait_until test -e how
	nothing_left
	all_logged 360 log
	column 4,7,8 log >rows
	cut -f 2 rows | sort | uniq -c
	awk '$2 == -1 && $1 < 0.0995 { print; bad = 1 } END { exit bad }' rows
	# No signal but ppx's own has ended any of them.
	awk '$2 == 0 && $3 != 0 { print; bad = 1 } END { exit bad }' rows
}

@test "E13 a task that timed out is counted once" {
	run ppx -j4 --timeout 0.2 --exit count sleep ::: 100 100 100 100 0 0
	same "$status" 4
	[[ $output == *"4 of 6 tasks failed: 4 timed out"* ]]
}

@test "after many timeouts the pool is as good as new" {
	launch -i <(for i in {1..40}; do echo 1000; done
		for i in {1..40}; do echo 0; done) \
	    -j8 --timeout $(within 150) --termseq KILL --joblog log \
	    --exit count sleep
	wait_until test -e how
	nothing_left
	all_logged 80 log
	# The machine may be too slow for a sleep of 0.
	column 7,8,9 log | sort | uniq -c
	same "$(column 8,9 log | grep -c '9	sleep 1000')" 40
	test "$(column 7,9 log | grep -c '^0	sleep 0$')" -ge 30
}

@test "a task that stopped its worker is ended at its limit" {
	launch --timeout 0.5 --joblog log 'kill -STOP $PPID; exec sleep "$1"' \
	    ::: 1000
	ended "exit 123"
	nothing_left
}

@test "a limit beside tasks of other lengths hits only the long ones" {
	run ppx -j4 -k --timeout 1.5 --termseq KILL 'sleep "$1" && echo "$1"' \
	    ::: 0 100 0.01 100 0.1
	same "$status" 123
	[[ $output == "0
0.01
0.1
ppx: 2 of 5 tasks failed: 2 timed out"* ]]
}
