# --init and --fini: the scripts of the workers.

load helper
load trees

teardown()
{
	remove_public
	test_teardown
}

# How often a line stands in a file.
count()
{
	grep -cx -e "$1" "$2" || :
}

directories_are()
{
	test "$(ls -A "$TMPDIR" | wc -l)" -eq "$1"
}

no_directories()
{
	test -z "$(ls -A "$TMPDIR")"
}

@test "init runs once in each worker, before its tasks, and fini after them" {
	gate gate
	launch -i <(seq 20) -j3 --init 'echo "init $PPX_SLOT $PPX_WORKER_PID" >>log' \
	    --fini 'echo "fini $PPX_SLOT $PPX_WORKER_PID" >>log' \
	    'echo "task $PPX_SLOT $PPX_WORKER_PID" >>log; cat gate; : "$1"'
	wait_until named_are 3 cat
	open_gate gate
	ended "exit 0"
	same "$(grep -c task log)" 20
	for pid in $(cut -d ' ' -f 3 log | sort -u); do
		same "$(grep " $pid\$" log | cut -d ' ' -f 1 | uniq |
		    tr '\n' ' ')" "init task fini "
	done
	same "$(grep -c init log)" "$(cut -d ' ' -f 3 log | sort -u | wc -l)"
}

@test "tasks see what the init has set, as with --warm" {
	needs_trees
	mkdir d
	echo 'z=sourced' >env
	same "$(ppx --init 'f() { echo "f $1 $x $y $z"; }; x=1; export y=2; . ./env
	    cd d; umask 027' 'f {}; umask; basename "$PWD"' ::: a)" "f a 1 2 sourced
0027
d"
	same "$(ppx --init 'f() { echo "f $1"; }' f ::: a)" "f a"
	need bash
	same "$(ppx --shell bash --init 'x=(1 2)' 'echo ${x[1]} {}' ::: a)" "2 a"
}

@test "... not with what a warm shell has no tasks for" {
	same "$(ppx --exec --init 'export x=1; exit 0' printenv x ::: a || :)" ""
	same "$(seq 3 | ppx --pipe --init 'cd /; exit 0' 'wc -l; pwd' | tail -n 1)" \
	    "$PWD"
	same "$(seq 2 | ppx -k --coproc --init 'cd /; exit 0' cat)" "1
2"
}

@test "init alone, fini alone" {
	same "$(ppx --init 'echo i' echo ::: a 2>&1)" "i
a"
	same "$(ppx --fini 'echo f' echo ::: a 2>&1)" "a
f"
}

@test "they see the slot, the worker's pid and a directory of mode 0700; no task's number" {
	script='test "$PPX_SLOT" = 1 && test -d "$PPX_WORKER_DIR" &&
		test "${PPX_WORKER_DIR#/}" != "$PPX_WORKER_DIR" &&
		test "${PPX_SEQ-none}${PARALLEL_SEQ-none}" = nonenone &&
		stat -c %a "$PPX_WORKER_DIR" && kill -0 "$PPX_WORKER_PID"'
	PPX_SEQ=7 run ppx --init "$script" --fini "$script" \
	    'test -d "$PPX_WORKER_DIR" && echo "$1"' ::: a
	same "$status" 0
	same "$output" "700
a
700"
	no_directories
	# Only then.
	same "$(PPX_WORKER_DIR=x ppx 'echo "${PPX_WORKER_DIR-none}" "$1"' ::: a)" \
	    "none a"
}

@test "their stdout and stderr are ppx's stderr, stdin is empty" {
	echo a | ppx --init 'cat; echo out; echo err >&2' --fini 'echo bye' \
	    echo >out 2>err
	same "$(<out)" a
	same "$(<err)" "out
err
bye"
}

@test "the directory is the worker's own, and removed with all that is in it" {
	mkdir keep
	echo keep >keep/file
	ppx -j2 --max-tasks-per-child 1 \
	    --init 'test -z "$(ls -A "$PPX_WORKER_DIR")"' '
		cd "$PPX_WORKER_DIR" || exit
		ln -s "$OLDPWD/keep" link
		ln -s "$OLDPWD/keep/file" .hidden
		mkdir -p a/b/c/d/e/f/g/h/i/j/k locked
		touch a/b/c/d/e/f/g/h/x locked/y "-strange
name"
		chmod 0 locked
		: "$1"' ::: {1..6}
	no_directories
	same "$(<keep/file)" keep
}

@test "... also when the worker was killed, or ppx" {
	needs_trees
	launch -j3 --init 'mkdir -p "$PPX_WORKER_DIR/a/b"' \
	    'exec brood -i ready; : "$1"' ::: 1 2 3
	wait_until lines_are 3 ready
	kill -9 $(workers | head -n 1)
	wait_until named_are 10 brood
	# Killed together both would leave it.
	wait_until directories_are 2
	kill -9 "$pid"
	ended "signal 9"
	wait_until no_directories
	no_leftovers "$tag"
}

needs_forbid()
{
	if ! forbid -e 1 mkdir true; then
		skip "this system cannot filter system calls"
	fi
}

@test "... also when ppx is killed as it makes its first worker" {
	needs_forbid
	ulimit -c 0
	via=(forbid -k fork)
	launch --fini true echo ::: 1
	ended "signal $(kill -l SYS)"
	no_directories
}

@test "fini: after each retirement, not after a kill" {
	seq 10 | ppx -j2 --max-tasks-per-child 1 --init 'echo i >>log' \
	    --fini 'echo f >>log' 'test "$1" -gt 3 || kill -9 $PPX_WORKER_PID;
	    exec sleep 0.01' || same $? 123
	same "$(count i log)" 10
	same "$(count f log)" 7
	no_directories
}

@test "fini: of workers that are idle and too many" {
	needs_trees
	mkfifo items
	exec {w}<>items
	gate gate
	launch -i items -j3 --min-workers 0 --init 'echo >>inits' \
	    --fini 'echo >>finis' --joblog log 'cat gate; : "$1"' {w}>&-
	seq 3 >&$w
	wait_until named_are 3 cat
	open_gate gate
	wait_until lines_are 4 log
	wait_until cmp inits finis
	exec {w}>&-
	ended "exit 0"
	cmp inits finis
}

@test "a slot has no new worker before the fini of the old one is over" {
	ppx -j2 --max-tasks-per-child 1 \
	    --init 'mkdir "lock.$PPX_SLOT"' \
	    --fini 'sleep 0.02; rmdir "lock.$PPX_SLOT"' true ::: {1..10}
	test ! -e lock.1 && test ! -e lock.2
}

@test "what the init leaves running serves the tasks and ends with the worker" {
	needs_trees
	gate gate
	launch -j2 --init 'brood -n "$PPX_WORKER_DIR/x" >&- 2>&- & sleep 1000 &
	    echo $! >"$PPX_WORKER_DIR/pid"' \
	    --fini 'kill -0 "$(cat "$PPX_WORKER_DIR/pid")" && echo >>finis' \
	    --leak=fail 'kill -0 "$(cat "$PPX_WORKER_DIR/pid")" && echo "$1"
	    cat gate' ::: {1..50}
	wait_until named_are 2 cat
	open_gate gate
	ended "exit 0"
	nothing_left
	same "$(sort -n out)" "$(seq 50)"
	lines_are 2 finis
}

@test "... also when ppx or the worker is killed" {
	needs_trees
	for victim in ppx worker; do
		rm -f ready
		launch -j1 --init 'setsid sleep 1000 >&- 2>&- &' \
		    'echo >ready; exec sleep 999; : "$1"' ::: 1
		wait_until test -e ready
		if test $victim = ppx; then
			kill -9 "$pid"
			ended "signal 9"
		else
			kill -9 $(workers)
			ended "exit 123"
			nothing_left
		fi
		no_leftovers "$tag"
		wait_until no_directories
	done
}

@test "... also when ppx had children before" {
	needs_trees
	via=(bash -c 'sleep 998 >&- 2>&- & exec "$@"' bash)
	launch -j1 --init 'setsid sleep 1000 >&- 2>&- &' --joblog log \
	    'test "$1" = 2 && kill -9 $PPX_WORKER_PID; sleep 0.1' ::: 1 2 3
	ended "exit 123"
	all_logged 3 log
	# It was there before, and is not ours.
	same "$(named sleep | wc -l)" 1
	kill $(named sleep)
	no_leftovers "$tag"
}

# The kernel ends the main process with the worker; what is below another one
# is known by that, though not by its environment.
@test "below a killed worker all go, what has no environment, too" {
	needs_trees
	need setsid
	via=(bash -c 'sleep 998 >&- 2>&- & exec "$@"' bash)
	launch -j1 --joblog log 'test "$1" != 2 || {
		setsid sh -c "env -i sleep 1000 & echo \$! >child; wait" &
		until test -s child; do sleep 0.01; done
		kill -9 $PPX_WORKER_PID; wait; }' ::: 1 2 3
	ended "exit 123"
	all_logged 3 log
	wait_until gone "$(<child)"
	kill $(named sleep)
	no_leftovers "$tag"
}

@test "few processes: fewer workers are set up, no task fails" {
	needs_trees
	few_processes 12
	export TMPDIR=$PWD
	launch -j200 --init 'true; true' --joblog log tiny ::: {1..60}
	ended "exit 0"
	all_logged 60 log
	same "$(ls -d ppx-worker* 2>/dev/null)" ""
}

@test "too few processes for a task: few inits for nothing, and an end in time" {
	needs_trees
	need dash
	few_processes 7
	export TMPDIR=$PWD
	for fault in none:0:0:0 os_subreaper:0:0:1:4; do
		PPX_FAULT=$fault seconds 8 run "${via[@]}" faulty -j1 \
		    --shell dash --max-time 1 --init 'echo >>inits' echo ::: 1
		same "$status" 124
		more_than 0 inits
		not more_than 5 inits
		rm inits
	done
}

@test "no directory can be made for the first init: 125" {
	launch --init : --tmpdir "$PWD/none" echo ::: 1 2
	ended "exit 125"
	grep -q '2 not started' err
}

@test "no directory can be made: 125" {
	run ppx -j50 --tmpdir "$WORK/none" --fini true echo ::: {1..100}
	same "$status" 125
	[[ $output == *"cannot make a directory for a worker in $WORK/none (--tmpdir): No such file"* ]]
	[[ $output == *"100 of 100 tasks failed: 100 not started for want of"* ]]
	TMPDIR=$WORK/none run ppx --init true echo ::: 1
	[[ $output == *"in $WORK/none (TMPDIR): No such file"* ]]
}

@test "few descriptors, even none for a worker: no directory stays" {
	needs_trees
	export TMPDIR=$PWD/dirs
	mkdir dirs
	for n in 6 7 8 9 12 20; do
		via=(bash -c "ulimit -n $n"' && exec "$@"' bash)
		launch -q -j100 --init 'true; true' tiny ::: {1..40}
		PPX_TEST_WAIT=40 wait_until test -s how
		[[ $(<how) == "exit 0" || $(<how) == "exit 125" ]]
		nothing_left
		same "$n $(ls dirs)" "$n "
	done
}

@test "... nor by the worker: the same is said, once" {
	needs_forbid
	via=(forbid -e 13 mkdir)		# EACCES
	for script in --init --fini; do
		launch -j20 $script : echo ::: {1..50}
		ended "exit 125"
		same "$(head -n 2 err)" "ppx: cannot make a directory for a \
worker in $TMPDIR (TMPDIR): Permission denied
ppx: 50 of 50 tasks failed: 50 not started for want of workers"
	done
}

@test "no room for all their directories: fewer workers, no task fails" {
	unshare -rm mount -t tmpfs none /tmp 2>/dev/null ||
		skip "this user cannot mount"
	mkdir td
	via=(unshare -rm bash -c 'mount -t tmpfs -o nr_inodes=3 none td &&
		exec "$@"' bash)
	for script in --init --fini; do
		launch -j4 --tmpdir td $script : --joblog log \
		    'sleep 0.01; : {}' ::: {1..30}
		ended "exit 0"
		all_logged 30 log
	done
}

@test "a task's leftovers are still its own, beside those of the init" {
	needs_trees
	run ppx -j1 --leak=fail --init 'setsid sleep 1000 >&- 2>&- &' \
	    'test "$1" = 2 && { setsid sleep 1000 & }; echo "$1"' ::: 1 2 3
	same "$status" 123
	[[ $output == *"1 of 3 tasks failed"* ]]
}

@test "an init that fails ends the run: 125, the slot is named" {
	run ppx -j2 --init 'exit 3' --fini 'echo no' --joblog log echo ::: {1..5}
	same "$status" 125
	[[ $output == *"--init of slot "[12]" failed: exit status 3; nothing more is started"* ]]
	[[ $output == *"5 of 5 tasks failed: 5 not started, as --init failed
first: task "[1-5]" ("*"): not started, as --init failed" ]]
	[[ $output != *no$'\n'* ]]
	lines_are 1 log
	run ppx --init 'kill -TERM $$' echo ::: a
	same "$status" 125
	[[ $output == *"slot 1 failed: ended by SIGTERM"* ]]
	run ppx --shell /nowhere/sh --init true echo ::: a
	same "$status" 125
	[[ $output == *"not executed: No such file"* ]]
}

@test "--init-fail=retry: again, and what was waiting runs then" {
	run ppx -j1 --init-fail=retry --init 'echo >>n
	    test "$(wc -l <n)" -ge 4' echo ::: a b c
	same "$status" 0
	same "$output" "ppx: --init of slot 1 failed: exit status 1; trying again
a
b
c"
	rm n
	run ppx -j1 --init-fail=retry --max-restarts 5/60 --init 'echo >>n; false' \
	    echo ::: a b c
	same "$status" 125
	lines_are 6 n
	[[ $output == *"--init of slot 1 failed: exit status 1; after 6 failures nothing more is started (see --max-restarts)"* ]]
	[[ $output == *"3 of 3 tasks failed: 3 not started"* ]]
}

@test "--init-fail=retry: ten slow failures in a row for each worker are the end" {
	# So many in a second are what --max-restarts bears.
	slow='echo >>n; sleep 0.15; exit 3'
	run ppx -j1 --init-fail=retry --init "$slow" echo ::: a b c
	same "$status" 125
	lines_are 10 n
	[[ $output == *"--init of slot 1 failed: exit status 3; after 10 failures nothing more is started (see --max-restarts)"* ]]
	rm n
	run ppx -j2 --init-fail=retry --init "$slow" echo ::: a b c
	same "$status" 125
	test "$(wc -l <n)" -ge 20 -a "$(wc -l <n)" -le 22
	# One that succeeds: all begins anew.
	rm n
	run ppx -j1 --max-tasks-per-child 1 --init-fail=retry \
	    --init 'echo >>n; sleep 0.15; test $(($(wc -l <n) % 8)) = 0' \
	    echo ::: a b c
	same "$status" 0
	lines_are 24 n
}

@test "--init-fail=retry: a slot whose init always fails is not the others' end" {
	for task in ': {}' 'sleep 0.05; : {}' 'sleep 1; : {}'; do
		run ppx -j2 --init-fail=retry --joblog log \
		    --init 'test $PPX_SLOT = 1 || { echo >>n; false; }' "$task" \
		    ::: $(seq 3)
		same "$status" 0
		lines_are 4 log
		# It rests for longer and longer.
		test "$(wc -l <n)" -le $((12 * PPX_TEST_SLOW))
		rm log n
	done
}

@test "--init-timeout bounds both, with all their processes" {
	needs_trees
	launch -j1 --init-timeout 0.3 --init 'sleep 1000 & sleep 1000' echo ::: a
	ended "exit 125"
	nothing_left
	grep -qxF 'ppx: --init of slot 1 failed: took longer than 0.3 s (--init-timeout); nothing more is started' err
	launch -j1 --init-timeout 0.3 --fini 'sleep 1000 & sleep 1000' echo ::: a
	ended "exit 0"
	nothing_left
	grep -qxF 'ppx: --fini of slot 1 failed: took longer than 0.3 s (--init-timeout)' err
	same "$(<out)" a
}

@test "INT ends an init, and a fini, by the ladder; a second one kills" {
	needs_trees
	launch -j1 --init 'echo >ready; sleep 1000' --fini 'echo no' echo ::: a
	wait_until test -e ready
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	grep -qx no err && false
	rm ready
	# It has the time of the first rung, although no task is left.
	launch -j1 --init 'exec siglog -x TERM log' echo ::: a
	wait_until has ready log
	kill -INT "$pid"
	wait_until has INT log
	sleep 0.3		# a time that must pass
	not has TERM log
	ended "signal 2"
	launch -j1 --fini 'trap "" INT TERM; echo >ready; while :; do sleep 0.1; done' \
	    echo ::: a
	wait_until test -e ready
	kill -INT "$pid"
	sleep 0.3		# a time that must pass
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

@test "INT while tasks run: the fini runs all the same" {
	needs_trees
	launch -j2 --init 'echo >>inits' --fini 'echo >>finis' \
	    'echo >>ready; exec sleep 1000; : "$1"' ::: 1 2
	wait_until lines_are 2 ready
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	cmp inits finis
}

@test "TSTP stops what the init left, CONT continues it" {
	needs_trees
	gate gate
	launch -j1 --init 'sleep 1000 >&- 2>&- & echo $! >server' \
	    'echo >ready; cat gate; : "$1"' ::: 1
	wait_until test -e ready
	read -r server <server
	kill -TSTP "$pid"
	wait_until states_are T "$pid" "$server"
	kill -CONT "$pid"
	wait_until states_are S "$server"
	open_gate gate
	wait_until test -e how
	nothing_left
}

@test "a keeper runs its fini when what it keeps has ended" {
	needs_trees
	launch -j1 --init 'echo >>inits' --fini 'echo >>finis' \
	    'setsid sleep 1000 >&- 2>&- & echo "$1"' ::: 1 2 3
	ended "exit 0"
	nothing_left
	lines_are 3 inits
	cmp inits finis
}

@test "random workers are killed, with init and fini: nothing stays" {
	needs_trees
	launch -i <(seq 300) -j4 --joblog log --max-tasks-per-child 5 \
	    --init 'setsid sleep 1000 >&- 2>&- & echo >"$PPX_WORKER_DIR/x"' \
	    --fini 'cat "$PPX_WORKER_DIR/x"' 'echo "$1"; exec sleep 0.01'
	while kill -0 "$pid" 2>/dev/null; do
		for victim in $(workers | shuf -n 1); do
			kill -9 "$victim" || :
		done
		sleep 0.02
	done 2>/dev/null
	wait_until test -e how
	[[ $(<how) == "exit 0" || $(<how) == "exit 123" ]]
	nothing_left
	all_logged 300 log
	no_directories
}

@test "a supervisor that is stopped is continued" {
	needs_trees
	launch -j1 --init-timeout 0 --init 'kill -STOP $PPID' echo ::: 1
	ended "exit 0"
	nothing_left
	same "$(<out)" 1
}

@test "... also when the worker, and then ppx, cannot do it any more" {
	needs_trees
	start=(-r)
	launch -j1 --init 'echo $PPID >sup; sleep 1000 >&- 2>&- &' \
	    'echo $PPX_WORKER_PID >ready; exec sleep 1000; : "$1"' ::: 1
	wait_until test -s ready
	read -r worker <ready
	read -r sup <sup
	above=$(stat_field 4 "$sup")	# is the worker, or continues it
	end_frozen "$worker" "$above" "$sup"
}

@test "a supervisor that is killed takes its daemons with it, and the worker" {
	needs_trees
	launch -j1 --leak wait --init 'sleep 1000 >&- 2>&- & echo $PPID >sup' \
	    sh -c 'kill -9 $(cat sup); exec sleep 1000' ::: 1
	ended "exit 123"
	nothing_left
	grep -q 'lost with its worker' err
}

@test "--max-time and --halt end an init that goes on; that is no failure of it" {
	needs_trees
	slow='trap "sleep 0.3; exit" TERM; sleep 1000 & wait'
	launch -j2 --max-time 0.5 --init '[ $PPX_SLOT = 1 ] || sleep 1000' \
	    sh -c "$slow" sh ::: 1 2
	ended "exit 124"
	nothing_left
	launch -j2 --halt now,done=1 --init '[ $PPX_SLOT = 1 ] || sleep 1000' \
	    sh -c 'exit 3' sh ::: 1 2
	ended "exit 123"
	nothing_left
	grep init err && false
	true
}

@test "an init that goes on when no task needs it is ended by TERM, then KILL; no fini" {
	needs_trees
	for option in "-x TERM" ""; do
		rm -f log finis gate
		gate gate
		launch -j2 --init-timeout 0 --init "test \$PPX_SLOT = 1 ||
		    exec siglog $option log" --fini 'echo $PPX_SLOT >>finis' \
		    'cat gate; : "$1"' ::: 1 2
		wait_until has ready log
		open_gate gate
		ended "exit 0"
		nothing_left
		has TERM log
		same "$(<finis)" 1
		same "$(<err)" ""
	done
}

@test "what cannot be removed is said once: 125, and no worker spins" {
	needs_trees
	needs_nobody
	mkdir -m 777 td
	mkfifo -m 666 gate
	exec 7<>gate
	# root's files in a directory of root's
	via=("${nobody[@]}")
	launch --tmpdir "$PWD/td" -j1 --init true \
	    'echo >"$PPX_WORKER_DIR/ready"; read x <gate; : {}' ::: 1
	wait_until eval 'test -e td/ppx-worker*/ready'
	dir=$(echo td/ppx-worker*)
	mkdir "$dir/mine"
	touch "$dir/mine/"{1..1200}
	echo >&7
	exec 7>&-
	ended "exit 125"
	grep -q '^ppx: cannot remove ' err
}

@test "without /proc what an init leaves running holds nothing up" {
	unshare -m mount -t tmpfs none /proc 2>/dev/null ||
		skip "this user cannot hide /proc"
	! sanitized || skip "the sanitizers need /proc"
	run timeout 50 unshare -m bash -c 'mount -t tmpfs none /proc
	    exec "$PPX" "$@"' - -k --init 'sleep 1000 >/dev/null 2>&1 &' \
	    echo ::: a b
	same "$status $output" $'0 a\nb'
	run timeout 50 unshare -m bash -c 'mount -t tmpfs none /proc
	    exec "$PPX" "$@"' - -k --leak=ignore \
	    'sleep 0.5 >/dev/null 2>&1 & echo {}' ::: a b
	same "$status $output" $'0 a\nb'
}
