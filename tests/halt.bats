# --halt and --fail-fast: the run is ended early by what its tasks do.

load helper
load trees

# 1 fails when 2 and 3 run; nothing else may begin.
fail_among()
{
	gate gate
	gate other
	launch -i <(seq 1000) -j3 --joblog log "$@" 'echo >>begun
		case {} in
		1) cat gate; exit 7 ;;
		2) : >two; trap "" TERM; until test -e go; do sleep 0.02; done ;;
		*) exec cat other ;;
		esac'
	wait_until lines_are 3 begun
	wait_until test -e two
	wait_until named_are 2 cat
	open_gate gate
}

@test "soon,fail=1: nothing more begins, what runs may end" {
	fail_among --halt soon,fail=1
	# 2 is not ended, nor is 3 (until we do it)
	wait_until named_are 1 cat
	kill -0 "$(named cat)"
	: >go
	open_gate other
	ended "exit 123"
	nothing_left
	lines_are 3 begun
	grep -q 'halted: 1 task failed' err
	grep -q 'first: task 1 .*exit status 7' err
	grep -q 'not started' err
	same "$(column 1 log | sort -n | tr '\n' ' ')" "1 2 3 "
}

@test "now,fail=1, --fail-fast, 2: what runs is ended by --termseq" {
	for option in "--halt now,fail=1" --fail-fast "--halt 2"; do
		rm -f gate other begun two
		fail_among $option --termseq TERM,200,KILL
		ended "exit 123"
		nothing_left
		lines_are 3 begun
		grep -q 'halted: 1 task failed' err
		grep -q '2 cancelled.*halted: .*(--halt now,fail=1)$' err
		same "$(column 1,7 log)" "1	7"
	done
}

@test "as many failures as are asked for" {
	run ppx -j1 --halt soon,fail=3 'echo {}; exit {}' ::: 1 0 1 0 1 0 1
	same "$status" 123
	[[ $output == "1
0
1
0
1
ppx: 3 of 7 tasks failed: 3 exited non-zero; 2 not started; halted: 3 tasks failed"* ]]
	run ppx -j1 --halt soon,fail=4 'exit {}' ::: 1 0 1 0 1 0
	same "$status" 123
	[[ $output != *halted* ]]
}

@test "success: the goal is reached, and that is 0 though some failed" {
	for when in soon now; do
		run ppx -j1 --halt $when,success=2 'exit {}' ::: 1 0 1 0 1 1
		same "$status" 0
		[[ $output == *"2 not started; halted: 2 tasks succeeded"* ]]
	done
	run ppx -j1 --exit max --halt now,success=1 'exit {}' ::: 9 0 1
	same "$status" 0
}

@test "success not reached is a failure as usual" {
	run ppx -j1 --halt soon,success=3 'exit {}' ::: 1 0 1 0
	same "$status" 123
	[[ $output != *halted* ]]
	run ppx -j1 --halt soon,success=3 'exit {}' ::: 0 0
	same "$status" 0
}

@test "now,success=1 ends the slower ones" {
	launch -j3 --halt now,success=1 'test {} = 2 || exec sleep 1000
		echo {}' ::: 1 2 3
	ended "exit 0"
	nothing_left
	same "$(<out)" 2
	grep -q '2 cancelled' err
}

@test "done counts both" {
	run ppx -j1 --halt soon,done=2 'echo {}; exit {}' ::: 1 0 1 1
	same "$status" 123
	[[ $output == "1
0
ppx: 1 of 4 tasks failed: 1 exited non-zero; 2 not started; halted: 2 tasks ended"* ]]
	run ppx -j1 --halt soon,done=2 'exit {}' ::: 0 0 1
	same "$status" 0
}

@test "a share is of all, so it is known when the input has been read" {
	mkfifo items
	exec {w}<>items
	launch -i items -j1 --halt soon,fail=50% 'echo {} >>begun; exit 1' {w}>&-
	printf '%s\n' 1 2 3 >&$w
	wait_until lines_are 3 begun
	# All have failed, but there may be more.
	printf '%s\n' 4 >items
	wait_until lines_are 4 begun
	exec {w}>&-
	ended "exit 123"
	grep -q 'halted: 4 tasks failed' err
	run ppx -j1 --halt soon,fail=50% 'exit {}' ::: 1 1 0 0 0
	same "$status" 123
	[[ $output != *halted* ]]
	run ppx -j1 --halt soon,fail=40% 'exit {}' ::: 1 1 0 0 0
	[[ $output == *"3 not started; halted: 2 tasks failed"* ]]
}

@test "bad items, timeouts and lost ones are failures" {
	run ppx -j1 --halt soon,fail=1 --timeout '{}' true ::: 0 x 0
	same "$status" 123
	[[ $output == *"halted: 1 task failed"* ]]
	run ppx -j1 --halt soon,fail=1 --timeout 0.2 sleep ::: 100 100
	[[ $output == *"1 of 2 tasks failed: 1 timed out; 1 not started; halted"* ]]
	run ppx -j1 --halt soon,fail=1 'kill -9 $PPID; sleep {}' ::: 100 100
	[[ $output == *"lost with"*"halted: 1 task failed"* ]]
}

@test "only the last attempt's failure counts" {
	run ppx -j1 -k --retries 2 --halt soon,fail=1 \
	    'echo {}; test $PPX_ATTEMPT = 2' ::: 1 2 3
	same "$status" 0
	same "$output" "1
2
3"
}

@test "never, and an input of nothing" {
	run ppx --halt never 'exit 1' ::: 1 2 3
	same "$status" 123
	[[ $output == *"3 of 3 tasks failed"* && $output != *halted* ]]
	run ppx --halt soon,fail=1% true </dev/null
	same "$status $output" "0 "
}

@test "an endless input is not read on" {
	launch -i <(yes) -j2 --halt now,done=10 true
	ended "exit 0"
	nothing_left
	grep -q 'not read to its end; halted' err
}

@test "an interrupt while halted ones end" {
	launch -j2 --halt soon,fail=1 'test {} = 2 || exit 1; : >ready
		exec sleep 1000' ::: 1 2 3
	wait_until test -e ready
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
	grep -q '; interrupted by SIGTERM$' err
}

@test "forms that are none" {
	for form in '' x now soon now, now,fail now,fail= now,fail=0 now,fail=x \
	    now,fail=101% now,bad=1 later,fail=1 never,fail=1 3; do
		run ppx --halt "$form" true ::: 1
		same "$status" 125 || { echo "$form"; return 1; }
	done
	for form in never soon,fail=2; do
		run ppx --halt $form --fail-fast true ::: 1
		same "$status $output" "125 ppx: --halt and --fail-fast exclude\
 each other: --fail-fast stands for --halt now,fail=1"
	done
}

@test "as GNU parallel: what runs, and how it ends" {
	need parallel
	export HOME=$WORK PARALLEL_SHELL=/bin/sh
	for halt in soon,fail=1 soon,fail=2 soon,success=1 soon,success=2 \
	    soon,done=3 now,fail=1; do
		parallel --will-cite -j1 --halt $halt 'echo {}; exit {}' \
		    ::: 0 1 0 1 0 1 >theirs 2>/dev/null </dev/null && a=0 || a=1
		ppx -q -j1 --halt $halt 'echo {}; exit {}' \
		    ::: 0 1 0 1 0 1 >ours 2>/dev/null && b=0 || b=1
		cmp theirs ours || { echo "$halt"; return 1; }
		same "$halt $b" "$halt $a"
	done
	# parallel keeps its lock files and caches there
	rm -rf "$TMPDIR"/*
}

@test "--halt -1, -2, N%: as GNU parallel had them" {
	for one in -1 -2; do
		run ppx -kj1 --halt $one 'echo {}; exit {}' ::: 1 0 2
		same "$status ${lines[0]} ${lines[1]}" "0 1 0"
		[[ $output == *"halted: 1 task succeeded"* ]]
	done
	run ppx -j1 --halt 50% 'exit {}' ::: 1 0 2 3 4 5
	[[ $output == *"2 not started; halted: 3 tasks failed"* ]]
	for bad in 3 -3 0% 101% 5%x %; do
		run ppx --halt $bad true ::: a
		test "$status" -eq 125
	done
}
