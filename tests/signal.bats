# Signals to ppx, and its output taken away: what ends, how, and what is said.

load helper
load trees

hang_all()
{
	launch -j2 --joblog log "$@" brood ready ::: 1 2
	wait_until lines_are 2 ready
	named_are 10 brood
}

@test "E12 E14 INT, TERM, HUP end every process of every task; ppx dies by it" {
	needs_trees
	for sig in 2 15 1; do
		hang_all
		kill -$sig "$pid"
		ended "signal $sig"
		nothing_left
		column 1 log >rows
		same "$(<rows)" ""
		rm ready
	done
}

@test "E14 E4 KILL and SEGV of ppx: its workers end every process of every task" {
	needs_trees
	ulimit -c 0
	export ASAN_OPTIONS=handle_segv=0
	for sig in 9 11; do
		hang_all
		kill -$sig "$pid"
		ended "signal $sig"
		no_leftovers "$tag"
		rm ready
	done
}

@test "E14 KILL of ppx ends tasks that ignore all signals, or have stopped" {
	needs_trees
	for flags in -i -s; do
		launch -j2 brood $flags ready ::: 1 2
		wait_until lines_are 2 ready
		kill -9 "$pid"
		ended "signal 9"
		no_leftovers "$tag"
		rm ready
	done
}

@test "KILL of ppx ends the tasks of a worker that is stopped, too" {
	needs_trees
	# Else the kernel continues a group that is orphaned.
	start=(-r)
	launch -j2 brood ready ::: 1 2
	wait_until lines_are 2 ready
	victim=$(workers | head -n 1)
	# It would continue the worker.
	kill -STOP "$pid"
	wait_until states_are T "$pid"
	kill -STOP "$victim"
	wait_until states_are T "$victim"
	kill -9 "$pid"
	no_leftovers "$tag"
	ended "signal 9"
}

@test "KILL of ppx while it ends its tasks" {
	needs_trees
	launch -j2 siglog log.'{}' ::: 1 2
	wait_until has ready log.1
	wait_until has ready log.2
	kill -TERM "$pid"
	wait_until has TERM log.1
	kill -9 "$pid"
	ended "signal 9"
	no_leftovers "$tag"
}

@test "what tasks wrote before a signal ended them is delivered" {
	launch -j2 -k 'echo "out $1"; echo "err $1" >&2; echo >>ready
		exec siglog -x INT "log.$1"' ::: 1 2
	wait_until lines_are 2 ready
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	same "$(<out)" "out 1
out 2"
	has "err 1" err
	has "err 2" err
}

@test "the summary tells what was cancelled and what was not started" {
	mkfifo items
	exec {w}<>items
	launch -i items -j2 'echo >>ready; exec sleep 1000' {w}>&-
	printf '%s\n' 1 2 3 4 >&$w
	wait_until lines_are 2 ready
	kill -TERM "$pid"
	ended "signal 15"
	exec {w}>&-
	nothing_left
	cat err
	grep -q '2 cancelled' err
	grep -q '2 not started' err
	grep -q 'not read to its end' err
}

@test "the first rung is the signal received; each comes once, then KILL" {
	launch -j1 siglog log ::: 1
	wait_until has ready log
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	same "$(<log)" "ready
INT
CONT
TERM
CONT"
}

@test "TERM comes once to a process of the task's group, also when it outlives the main one" {
	launch -j1 'siglog log & until grep -q ready log; do :; done; wait; : "$1"' \
	    ::: 1
	wait_until has ready log
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
	same "$(grep -c TERM log)" 1
}

@test "processes outside the main one's group get TERM when that has ended" {
	needs_trees
	need setsid
	launch -j1 'setsid siglog -x TERM log & exec siglog -x INT mainlog' ::: 1
	wait_until has ready log
	wait_until has ready mainlog
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	same "$(<mainlog)" "ready
INT"
	same "$(grep -v CONT log)" "ready
TERM"
}

two_signals()
{
	rm -f ready log.*
	launch -j2 'brood -i ready & exec siglog log.{}' ::: 1 2
	wait_until lines_are 2 ready
	wait_until has ready log.1
	wait_until has ready log.2
	kill -INT "$pid"
	wait_until has INT log.1
	wait_until has INT log.2
	sleep 0.3		# a time that must pass
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

@test "a second signal after 0.2 s kills now" {
	needs_trees
	# The ladder comes by TERM, after 2 s; so may we, on a busy machine.
	for i in 1 2 3 4 5; do
		two_signals
		has TERM log.1 || has TERM log.2 || return 0
	done
	echo "the second signal did nothing"
	return 1
}

@test "a second signal sooner than that is the same one" {
	gate gate
	launch -j1 'trap "cat gate; echo cleaned; exit" INT; echo >ready
		while :; do sleep 0.01; done; : "$1"' ::: 1
	wait_until test -e ready
	kill -INT "$pid"
	kill -INT "$pid"
	# Once the gate has a reader, the trap is in progress.
	open_gate gate
	ended "signal 2"
	nothing_left
	same "$(<out)" cleaned
}

@test "E10 ten signals with a full backlog and busy slots: one orderly end" {
	mkfifo items
	exec {w}<>items
	launch -i items -j2 --backlog 1 'echo >>ready; exec siglog -x TERM log' {w}>&-
	exec {v}>items {w}>&-
	PPX_TEST_TAG=$tag background yes >&$v
	exec {v}>&-
	wait_until lines_are 2 ready
	wait_until lines_are 2 log
	for i in 1 2 3 4 5 6 7 8 9 10; do
		kill -TERM "$pid" 2>/dev/null || :
		sleep 0.01
	done
	ended "signal 15"
	wait
	nothing_left
	lines_are 2 ready
}

@test "items that come after the signal are not run" {
	mkfifo items
	exec {w}<>items
	launch -i items -j4 'echo >>ready; exec siglog -x USR1 log' {w}>&-
	echo 1 >&$w
	wait_until has ready log
	kill -TERM "$pid"
	wait_until has TERM log
	printf '%s\n' 2 3 4 >&$w
	kill -USR1 $(named siglog)
	ended "signal 15"
	exec {w}>&-
	lines_are 1 ready
	nothing_left
}

@test "a signal that waits already: no worker is made, no item is run" {
	for warm in "" --warm; do
		run env --block-signal=TERM sh -c 'kill -TERM $$; exec "$@"' . \
		    "$PPX" $warm --min-workers 2 --stats=stats touch {} ::: a b
		test "$status" -eq 143
		grep -q '"worker_processes_created":0' stats
		test ! -e a
		test ! -e b
	done
}

@test "HUP, INT, TERM ignored at start stay ignored" {
	start=(-i 1 -i 2 -i 15)
	gate gate
	launch -j1 'echo >ready; cat gate; : "$1"' ::: 1
	wait_until test -e ready
	kill -HUP "$pid"
	kill -INT "$pid"
	kill -TERM "$pid"
	open_gate gate
	ended "exit 0"
}

@test "TSTP stops every process but the workers, CONT continues them" {
	needs_trees
	launch -j2 brood ready ::: 1 2
	wait_until lines_are 2 ready
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	states_are T $(named brood)
	states_are S $(workers)
	kill -CONT "$pid"
	wait_until states_are S $(named brood)
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
}

@test "without /proc too, CONT continues what TSTP stopped" {
	unshare -m mount -t tmpfs none /proc 2>/dev/null ||
		skip "this user cannot hide /proc"
	! sanitized || skip "the sanitizers need /proc"
	via=(unshare -m bash -c 'mount -t tmpfs none /proc && exec "$@"' bash)
	launch -j2 'echo >"ready.$PPX_SEQ"
		until test -e go; do sleep 0.01; done; echo {}' ::: 1 1
	wait_until test -e ready.1
	wait_until test -e ready.2
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	kill -CONT "$pid"
	touch go
	ended "exit 0"
	same "$(<out)" $'1\n1'
	same "$(<err)" ""
}

@test "CONT does not wake a task that had stopped itself; it is named once" {
	needs_trees
	launch -j2 'echo $$ >"pid.$1"; test "$1" = 2 || kill -STOP $$
		exec sleep 1000' ::: 1 2
	wait_until test -s pid.1
	wait_until test -s pid.2
	wait_until states_are T "$(<pid.1)"
	wait_until grep -q 'task 1 was stopped' err
	kill -TSTP "$pid"
	wait_until states_are T "$pid" "$(<pid.2)"
	kill -CONT "$pid"
	wait_until states_are S "$(<pid.2)"
	states_are T "$(<pid.1)"
	# A stopped task hears its end.
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
	same "$(grep -c stopped err)" 1
}

@test "a task that stops itself by any signal is named, and its limits end it" {
	for sig in STOP TSTP TTIN TTOU; do
		run ppx --timeout 0.3 'kill -$1 $$; echo on' ::: $sig
		test "$status" -eq 123
		[[ $output == "ppx: task 1 was stopped by SIG$sig and"*"timed out"* ]]
	done
}

@test "nothing starts between TSTP and the stop" {
	needs_trees
	launch -i <(exec awk 'BEGIN { while (1) print rand() / 16 }') -j8 -u \
	    'sleep "$1"; echo'
	stop_and_go 12
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

@test "... also where tasks are over before their worker listens" {
	needs_trees
	launch -i <(exec awk 'BEGIN { while (1) print ++n }') -j3 -u \
	    "$PPX_TOOLS/tiny"
	wait_until test -s out
	stop_and_go 8
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	same "$(sort out | uniq -d)" ""
}

@test "... and all go on, also those that were idle, or told of their task's end" {
	local i
	needs_trees
	for i in 1 2 3; do
		launch -i <(seq 3000) -j64 -u "$PPX_TOOLS/tiny"
		wait_until test -s out
		while kill -TSTP "$pid" 2>/dev/null && ! test -e how; do
			states_are T "$pid" || continue
			kill -CONT "$pid" 2>/dev/null || :
			test "$(wc -l <out)" -lt 2000 || break
		done
		kill -CONT "$pid" 2>/dev/null || :
		ended "exit 0"
		nothing_left
		sort -n out | cmp - <(seq 3000)
	done
}

@test "time limits stand still while ppx is stopped" {
	needs_trees
	launch --timeout 2 --termseq KILL --joblog log \
	    'echo >ready; exec sleep 1000' ::: 1
	wait_until test -e ready
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	sleep 2.5		# a time that must pass
	kill -CONT "$pid"
	ended "exit 123"
	nothing_left
	same "$(column 7,8 log)" "-1	9"
	awk -v t="$(column 4 log)" 'BEGIN { exit !(t > 4) }'
}

@test "so does --linger: what is left of a task goes on where it was" {
	needs_trees
	gate gate
	launch --linger 1.5 '{ echo >ready; cat gate; echo late; } & : "$1"' ::: 1
	wait_until named cat
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	sleep 2			# a time that must pass
	open_gate gate
	kill -CONT "$pid"
	ended "exit 0"
	nothing_left
	same "$(<out)$(<err)" late
}

# A limit of 2 s stands for those that do not answer.
@test "TSTP does not wait for workers that are killed meanwhile" {
	needs_trees
	seconds 8 five_stops
}

five_stops()
{
	for i in 1 2 3 4 5; do
		launch -j2 'echo >>ready; exec sleep 1000' ::: 1 2
		wait_until lines_are 2 ready
		victim=$(workers | head -n 1)
		kill -STOP "$victim"
		kill -TSTP "$pid"
		kill -9 "$victim"
		wait_until states_are T "$pid"
		kill -CONT "$pid"
		kill -TERM "$pid"
		ended "signal 15"
		nothing_left
		rm ready
	done
}

@test "E14 KILL of ppx while it is stopped" {
	needs_trees
	launch -j2 brood ready ::: 1 2
	wait_until lines_are 2 ready
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	kill -9 "$pid"
	ended "signal 9"
	no_leftovers "$tag"
}

@test "TSTP with nothing to stop, and CONT alone, do no harm" {
	mkfifo items
	exec {w}<>items
	launch -i items -j2 echo {w}>&-
	kill -CONT "$pid"
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	kill -CONT "$pid"
	echo one >&$w
	wait_until has one out
	exec {w}>&-
	ended "exit 0"
}

@test "USR1 adds a slot, USR2 takes one away; no task is ended for it" {
	for i in 1 2 3 4; do
		gate gate.$i
	done
	launch -t -j1 'echo >"started.$1"; cat "gate.$1"; echo "done $1"' ::: 1 2 3 4
	wait_until test -e started.1
	kill -USR1 "$pid"
	wait_until test -e started.2
	kill -USR1 "$pid"
	wait_until test -e started.3
	kill -USR2 "$pid"
	kill -0 "$pid"
	wait_until states_are S "$pid"
	kill -USR2 "$pid"
	wait_until states_are S "$pid"
	open_gate gate.1
	wait_until has "done 1" out
	open_gate gate.2
	wait_until has "done 2" out
	# 3 runs in the one slot that is left.
	test "$(grep -c started err)" -eq 3
	open_gate gate.3
	wait_until test -e started.4
	# Never below one.
	kill -USR2 "$pid"
	open_gate gate.4
	ended "exit 0"
	lines_are 4 out
}

@test "signals without end during the run cost no task (E5)" {
	# A sanitizer's leak check stops the process by ptrace at its end, and
	# never gets there under signals without end.
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	launch -i <(seq 1000) -j4 --joblog log tiny
	wait_until test -s out		# so signals are caught
	while kill -USR1 "$pid" && kill -USR2 "$pid" && kill -WINCH "$pid" &&
	    kill -CHLD "$pid" && kill -CONT "$pid"; do
		:
	done 2>/dev/null
	ended "exit 0"
	sort -n out | cmp - <(seq 1000)
	all_logged 1000 log
}

@test "TERM at any moment of a start leaves nothing" {
	for i in {1..20}; do
		launch -j4 sleep 1000 ::: 1 2 3 4
		for ((j = 0; j < i * 40; j++)); do
			:
		done
		kill -TERM "$pid" || :
		ended "signal 15"
		nothing_left
	done
}

@test "E20 INT at any moment: logged means delivered, and nothing twice" {
	for i in {1..8}; do
		rm -f log
		launch -i <(seq 800) -j4 --joblog log tiny
		wait_until test -s log
		for ((j = 0; j < i * 300; j++)); do
			:
		done
		kill -INT "$pid" 2>/dev/null || :
		wait_until test -e how
		nothing_left
		sort -n out >got
		test -z "$(uniq -d got)"
		# Every row has its output; output without a row was cancelled.
		column 1 log | sort -n >rows
		test -z "$(uniq -d rows)"
		sort -n out | sort >a
		sort rows | comm -23 - a >missing
		test ! -s missing
	done
}

@test "stdout closed by its reader: ppx dies by SIGPIPE without a message" {
	run bash -c 'yes x | head -100000 | start -s how "$PPX" -k echo 2>err |
		head -1'
	same "$output" x
	wait_until test -e how
	same "$(<how)" "signal 13"
	same "$(<err)" ""
}

@test "stdout closed by its reader: running tasks are ended" {
	needs_trees
	mkfifo p
	exec {r}<>p
	gate gate
	stdout=p launch --lb -j2 'brood ready & cat gate; echo "$1"; wait' \
	    ::: 1 2 {r}>&-
	wait_until lines_are 2 ready
	exec {r}>&-
	# That the pipe is closed is found when there is something to write.
	open_gate gate
	ended "signal 13"
	nothing_left
	same "$(<err)" ""
}

@test "stdout closed by its reader, SIGPIPE ignored at start: 125 and a message" {
	for mode in --group -k --lb; do
		run bash -c 'seq 100000 | start -i 13 -s how "$PPX" '$mode' echo 2>err |
			head -1'
		wait_until test -e how
		same "$(<how)" "exit 125"
		grep -q 'cannot write to stdout' err
		rm how
	done
}

@test "stdout full: 125 and a message" {
	test -c /dev/full || skip "no /dev/full"
	for mode in --group -k --lb --tag; do
		run sh -c '"$PPX" "$@" 2>&1 >/dev/full' sh $mode -j2 echo ::: a b
		same "$status" 125
		[[ $output == *"cannot write to stdout"* ]]
	done
}

@test "stdout a reader that has paused: a signal ends the tasks, then all is delivered" {
	needs_trees
	mkfifo p
	exec {r}<>p
	stdout=p launch -j3 'head -c 300000 /dev/zero | tr "\0" "$1"; echo
		echo >>ready; exec brood ready' ::: a b c {r}>&-
	wait_until lines_are 6 ready
	kill -TERM "$pid"
	wait_until named_are 0 brood
	kill -0 "$pid"
	PPX_TEST_TAG=$tag background -i p cat {r}>&- >got
	exec {r}>&-
	ended "signal 15"
	wait
	nothing_left
	for c in a b c; do
		test "$(tr -dc $c <got | wc -c)" -eq 300000
	done
}

@test "stdout a reader that has paused: a second signal drops output, and says so" {
	mkfifo p
	exec {r}<>p
	stdout=p launch -j3 'head -c 300000 /dev/zero; : "$1"; echo >>ready
		exec sleep 1000' \
	    ::: a b c {r}>&-
	wait_until lines_are 3 ready
	kill -INT "$pid"
	wait_until named_are 0 sleep
	kill -0 "$pid"
	sleep 0.3		# a time that must pass
	kill -INT "$pid"
	ended "signal 2"
	exec {r}>&-
	nothing_left
	cat err
	grep -q 'output of 3 tasks' err
}

@test "Ctrl-C at a terminal: ppx dies by INT, tasks get it once" {
	mkfifo keys
	new_part
	PPX_TEST_TAG=$tag background -i keys onpty -p pid "$PPX" -j2 \
	    siglog -x TERM log.'{}' ::: 1 2 >screen
	pty=$!
	exec {w}>keys
	wait_until has ready log.1
	wait_until has ready log.2
	printf '\003' >&$w
	wait_until has INT log.1
	wait_until has INT log.2
	wait_until has TERM log.1
	wait $pty && how=0 || how=$?
	exec {w}>&-
	same "$how" 130
	nothing_left
	same "$(grep -c INT log.1)" 1
}

@test "Ctrl-Z at a terminal stops ppx and its tasks" {
	needs_trees
	mkfifo keys
	new_part
	PPX_TEST_TAG=$tag background -i keys onpty -p pid -j stops "$PPX" -j2 \
	    brood ready ::: 1 2 >screen
	exec {w}>keys
	wait_until lines_are 2 ready
	printf '\032' >&$w
	wait_until has "stopped 20" stops
	states_are T $(named brood)
	kill -CONT "$(<pid)"
	wait_until states_are S $(named brood)
	kill -TERM "$(<pid)"
	exec {w}>&-
	no_leftovers "$tag"
}

@test "ppx in ppx in ppx: INT ends all three, by INT" {
	needs_trees
	launch --arg-sep ,,, "$PPX" --arg-sep ,, -j2 "$PPX" -j2 brood ready ::: 1 2 \
	    ,, x ,,, y
	wait_until lines_are 4 ready
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

@test "ppx in ppx in ppx: KILL of the outer one" {
	needs_trees
	launch --arg-sep ,,, "$PPX" --arg-sep ,, -j2 "$PPX" -j2 brood -i ready ::: 1 2 \
	    ,, x ,,, y
	wait_until lines_are 4 ready
	kill -9 "$pid"
	ended "signal 9"
	no_leftovers "$tag"
}

@test "a signal that comes while a message waits for its reader is not lost" {
	mkfifo messages items
	exec {m}<>messages {i}<>items
	# The pipe is full, and the input stays silent.
	head -c 65536 /dev/zero >&$m
	background -i items ppx echo 2>messages {m}>&- {i}>&-
	pid=$!
	printf 'a\0b\n' >&$i
	wait_until eval 'grep -q "^SigCgt:.*[4567cdef]...$" /proc/$pid/status'
	kill -TERM $pid
	# The summary waits for the reader, too; and no second signal is needed.
	cat <&$m >said &
	ends $pid
	kill $!
	exec {m}>&- {i}>&-
}

# TERM is let in and CHLD is not: no wait of the loop's.
waits_for_reader()
{
	local blocked

	blocked=$((16#$(sed -n 's/^SigBlk:[[:blank:]]*//p' "/proc/$1/status")))
	((blocked >> 16 & 1 && !(blocked >> 14 & 1)))
}

@test "... nor while a log waits for its reader, and it is said that it is not complete" {
	for option in --joblog --log-json; do
		mkfifo log
		exec {r}<>log
		# Sixteen pages; the heading still finds room.
		head -c 61440 /dev/zero >&$r
		launch -i <(yes) -j1 $option log echo {r}>&-
		wait_until waits_for_reader "$pid"
		kill -TERM "$pid"
		ended "signal 15"
		exec {r}>&-
		nothing_left
		grep -q '^ppx: cannot write to the .*log: its reader had not read' err
		rm log
	done
}

@test "input that never waits: a signal ends it all the same" {
	test -c /dev/zero || skip "no /dev/zero"
	for how in --dry-run -r --; do
		launch -0 -a /dev/zero $how $(test $how = -- || echo echo)
		wait_until eval 'grep -q "^SigCgt:.*[4567cdef]...$" /proc/$pid/status'
		kill -TERM "$pid"
		ended "signal 15"
		rm -f out
	done
}

@test "the first process of a namespace, which no signal ends, exits with 128 + N" {
	unshare -p -f --mount-proc true 2>/dev/null ||
		skip "needs a namespace of processes"
	launch_first() {
		exec unshare -p -f --mount-proc "$PPX" "$@"
	}
	launch_first 'echo >>runs; sleep 60; : {}' ::: 1 2 &
	first=$!
	wait_until test -s runs
	kill -TERM $(ps -o pid= --ppid $first)
	wait $first || status=$?
	same "$status" 143
}
