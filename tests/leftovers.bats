# Processes that outlive a task's main process, or that are not ppx's.

load helper
load trees

teardown()
{
	remove_public
	test_teardown
}

# --- --leak=auto: holders of the output ------------------------------------

@test "auto: a task whose output is still held ends when that is over" {
	gate gate
	launch --joblog log '{ cat gate; echo late; } & echo early; : "$1"' ::: 1
	wait_until named cat
	kill -0 "$pid"
	lines_are 1 log
	open_gate gate
	ended "exit 0"
	nothing_left
	same "$(<out)" "early
late"
	same "$(column 6,7 log)" "11	0"
}

@test "auto: also when it is only stderr, and with -k, --lb, -u" {
	for mode in -k --lb -u; do
		gate gate
		launch $mode '{ cat gate; echo late >&2; } >/dev/null & : "$1"' ::: 1
		wait_until named cat
		kill -0 "$pid"
		open_gate gate
		ended "exit 0"
		nothing_left
		has late err
		rm gate
	done
}

@test "auto: cmd > >(filter >file) is whole" {
	need bash
	launch --shell "$(command -v bash)" -j3 \
	    'seq 20000 > >(sleep 0.3; cat >"file.$1")' ::: 1 2 3
	ended "exit 0"
	nothing_left
	for i in 1 2 3; do
		seq 20000 | cmp - file.$i
	done
	same "$(<err)" ""
}

@test "auto: after --linger they are killed, counted and named" {
	needs_trees
	launch --linger 0.3 --joblog log brood -e -i ready ::: 1
	ended "exit 0"
	nothing_left
	grep -q '^ppx: 4 processes outlived their task' err
	grep -q 'task 1 (.*brood.*), pid [0-9]' err
	same "$(column 7 log)" 0
}

@test "auto: a short-lived leftover costs the task nothing" {
	run ppx -j2 '(sleep 0.05; echo "$1") &' ::: a a a a
	same "$status $output" "0 a
a
a
a"
}

# --- --leak=auto: daemons ---------------------------------------------------

@test "auto: daemons are kept beside the run; the slot gets a new worker" {
	needs_trees
	gate gate
	launch -j1 'case $1 in
		1) brood -d -e ready;;
		2) cat gate;;
		esac; echo $PPX_WORKER_PID' ::: 1 2
	wait_until named cat
	lines_are 1 out
	named_are 4 brood
	same "$(workers | wc -l)" 2
	open_gate gate
	ended "exit 0"
	nothing_left
	same "$(sort -u out | wc -l)" 2
}

@test "auto: when ppx ends daemons get TERM, those that ignore it KILL" {
	needs_trees
	need setsid
	launch -j1 --joblog log 'setsid siglog log.$1 >/dev/null 2>&1 </dev/null &
		until grep -q ready log.$1; do :; done' ::: 1 2
	ended "exit 0"
	nothing_left
	for i in 1 2; do
		same "$(tr '\n' ' ' <log.$i)" "ready TERM CONT "
	done
	same "$(column 7 log)" "0
0"
}

@test "auto: a daemon that ends by itself takes its keeper with it" {
	needs_trees
	need setsid
	gate gate
	gate end
	launch -j1 'test $1 = 2 || setsid sh -c "cat gate" >/dev/null 2>&1 </dev/null &
		test $1 = 1 || cat end' ::: 1 2
	wait_until named_are 2 cat
	same "$(workers | wc -l)" 2
	open_gate gate
	wait_until one_worker
	open_gate end
	ended "exit 0"
	nothing_left
}

one_worker()
{
	test "$(workers | wc -l)" -eq 1
}

@test "auto: with more than 64 keepers the oldest is ended" {
	needs_trees
	gate gate
	launch -i <(seq 71) -j1 --joblog log 'case $1 in
		71) cat gate;;
		*) sleep 1000 >/dev/null 2>&1 </dev/null & echo $! >"pid.$1";;
		esac'
	wait_until named cat
	wait_until named_are 64 sleep
	for i in 1 2 3 4 5 6; do
		gone "$(<pid.$i)"
	done
	kill -0 "$(<pid.7)"
	open_gate gate
	ended "exit 0"
	nothing_left
	all_logged 71 log
}

@test "auto: where keepers have taken all descriptors the oldest is ended" {
	needs_trees
	run bash -c 'ulimit -n 24; seq 30 | "$PPX" -q -j1 --joblog log \
	    "sleep 1000 >/dev/null 2>&1 </dev/null & echo {}"'
	same "$status $output" "0 $(seq 30)"
	nothing_left
	all_logged 30 log
}

@test "auto: INT while there are keepers" {
	needs_trees
	launch -j2 'case $1 in
		1) brood -d -e ready;;
		2) until test -e ready; do :; done; exec brood ready;;
		esac' ::: 1 2
	wait_until named_are 9 brood
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

@test "E14 auto: KILL of ppx while there are keepers" {
	needs_trees
	launch -j2 'case $1 in
		1) brood -i -d -e ready;;
		2) until test -e ready; do :; done; exec brood -i ready;;
		esac' ::: 1 2
	wait_until named_are 9 brood
	kill -9 "$pid"
	ended "signal 9"
	no_leftovers "$tag"
}

@test "auto: KILL of a keeper ends what it kept, and costs no task" {
	needs_trees
	gate gate
	launch -j1 --joblog log 'case $1 in
		1) brood -i -d -e ready; echo $PPX_WORKER_PID >keeper;;
		2) cat gate;;
		esac' ::: 1 2
	wait_until named cat
	kill -9 "$(<keeper)"
	wait_until named_are 0 brood
	open_gate gate
	ended "exit 0"
	nothing_left
	all_logged 2 log
	same "$(column 7 log)" "0
0"
}

@test "auto: KILL of a keeper that is ending what it kept" {
	needs_trees
	need setsid
	# At the end of the run it sends TERM and waits for 2 s.
	launch -j1 'setsid siglog log >/dev/null 2>&1 </dev/null &
		until grep -q ready log; do :; done
		echo $PPX_WORKER_PID >keeper; : "$1"' ::: 1
	wait_until has TERM log
	kill -9 "$(<keeper)"
	ended "exit 0"
	nothing_left
}

# --- the other ways -----------------------------------------------------------

@test "kill: what is left is killed, the task is ok" {
	needs_trees
	for flags in '' -d; do
		launch --leak kill --joblog log brood -e -i $flags ready ::: 1
		ended "exit 0"
		nothing_left
		same "$(column 7 log)" 0
		grep -q '4 processes outlived' err
	done
}

@test "kill: what ends by itself within a moment is not counted" {
	run ppx --leak kill '(echo "$1") &' ::: a
	same "$status $output" "0 a"
}

@test "wait: the task ends when all have ended" {
	needs_trees
	gate gate
	launch --leak wait --linger 0 --joblog log \
	    'cat gate >/dev/null 2>&1 & echo "$1"' ::: 1
	wait_until named cat
	wait_until test -z "$(named sh)"
	kill -0 "$pid"
	lines_are 1 log
	open_gate gate
	ended "exit 0"
	nothing_left
	same "$(<out)" 1
}

@test "ignore: they survive ppx, which does not wait for them" {
	needs_trees
	launch --leak ignore -j2 'brood -e ready; echo "$1"' ::: 1 2
	ended "exit 0"
	same "$(sort out)" "1
2"
	named_are 8 brood
	untagged_but brood
	tagged kill "$tag"
}

untagged_but()
{
	same "$(tag_pids "$tag" | sort)" "$(named "$1" | sort)"
}

@test "ignore: but not a signal to ppx while the task runs" {
	needs_trees
	launch --leak ignore -j2 brood ready ::: 1 2
	wait_until lines_are 2 ready
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
}

@test "ignore: what each attempt has left is counted" {
	needs_trees
	launch --leak ignore --retries 3 \
	    'sleep 1000 >/dev/null 2>&1 & exit "$1"' ::: 7
	ended "exit 123"
	named_are 3 sleep
	grep '^3 processes outlived their tasks and were left alone: first task 1 ' err
	tagged kill "$tag"
}

@test "fail: they are killed and the task has failed" {
	needs_trees
	launch --leak fail --joblog log 'test "$1" = 1 || exec true
		exec brood -e ready' ::: 1 2
	ended "exit 123"
	nothing_left
	grep -q '1 of 2 tasks failed: 1 left processes behind' err
	same "$(sort -n log | cut -f 1,7 | tail -n 2)" "1	-1
2	0"
}

@test "fail: a task that has failed by itself keeps its status" {
	needs_trees
	launch --leak fail --joblog log 'sleep 1000 & exit "$1"' ::: 7
	ended "exit 123"
	nothing_left
	same "$(column 7 log)" 7
}

# --- a file handed over ---------------------------------------------------------

@test "E3 a descriptor handed to a stranger holds nothing up and disturbs no other task" {
	background passfd hold "$WORK/sock" gate >holder
	holder=$!
	gate gate
	wait_until test -S sock
	gate go
	launch -j1 -k 'test "$1" = 1 || { : >began; cat go; echo "two"; exit; }
		echo one; passfd send sock' ::: 1 2
	wait_until test -e began
	has one out
	open_gate gate
	ends $holder
	same "$(<holder)" "nobody reads"
	open_gate go
	ended "exit 0"
	nothing_left
	same "$(<out)" "one
two"
}

# --- what is not ppx's ------------------------------------------------------------

@test "children that ppx was started with are neither ended nor waited for" {
	mkdir own
	background bash -c '
		sleep 1000 & echo $! >own/pid
		exec "$PPX" -j2 echo ::: a b' >out
	ppx=$!
	ends $ppx
	wait $ppx
	same "$(sort out)" "a
b"
	kill -0 "$(<own/pid)"
	kill "$(<own/pid)"
}

@test "... nor when a worker is killed, or ppx gets a signal" {
	needs_trees
	new_part
	PPX_TEST_TAG=$tag background bash -c '
		sleep 1000 & echo $! >own
		(sleep 1001 & echo $! >orphan)
		exec "$PPX" -j2 brood -i ready ::: 1 2' >out 2>err
	pid=$!
	wait_until lines_are 2 ready
	own=$(<own) orphan=$(<orphan)
	worker=$(workers | grep -vx "$own" | head -1)
	kill -9 "$worker"
	wait_until named_are 5 brood
	kill -0 "$own"
	kill -TERM "$pid"
	wait $pid && how=0 || how=$?
	same "$how" 143
	named_are 0 brood
	kill -0 "$own"
	kill -0 "$orphan"
	kill "$own" "$orphan"
	no_leftovers "$tag"
}

@test "output to > >(cat) is complete and the reader is left alone" {
	need bash
	new_part
	PPX_TEST_TAG=$tag background bash -c '
		exec "$PPX" -k -j4 seq ::: 1000 2000 3000 > >(cat >got; echo >over)'
	ends $!
	wait_until test -e over
	cmp got <(seq 1000; seq 2000; seq 3000)
	no_leftovers "$tag"
}

# ppx will be another user's, and its tasks can become root by asroot.
root_helper()
{
	needs_trees
	needs_nobody
	need findmnt
	if findmnt -no OPTIONS -T "$public" | grep -qw nosuid; then
		skip "no setuid programs below /tmp"
	fi
	chmod u+s "$public/asroot"
	via=("${nobody[@]}")
}

# --- not to be killed -------------------------------------------------------------

@test "a process of another user is named; ppx does not wait for it, 125" {
	root_helper
	began=$SECONDS
	launch -j2 --joblog log 'test "$1" = 2 || exec asroot pid.root
		echo fine' ::: 1 2
	wait_until test -s pid.root
	wait_until has fine out
	kill -INT "$pid"
	PPX_TEST_WAIT=40 wait_until test -s how
	took=$((SECONDS - began))
	root=$(<pid.root)
	same "$(<how)" "signal 2"
	cat err
	grep -q "1 process cannot be killed.* $root" err
	state "$root"
	kill -9 "$root"
	# 5 s until KILL, 10 s to see that it is of no use.
	test $took -lt $((20 * PPX_TEST_SLOW))
	has fine out
	no_leftovers "$tag"
}

@test "a process of another user over its limit: the others go on, 125" {
	root_helper
	began=$SECONDS
	launch -j1 --timeout 0.2 --termseq KILL 'test "$1" = 2 || exec asroot pid.root
		echo fine' ::: 1 2
	PPX_TEST_WAIT=40 wait_until test -s how
	took=$((SECONDS - began))
	same "$(<how)" "exit 125"
	root=$(<pid.root)
	grep -q "1 process cannot be killed.* $root" err
	kill -9 "$root"
	test $took -lt $((18 * PPX_TEST_SLOW))
	has fine out
	no_leftovers "$tag"
}

@test "KILL of a worker, then of ppx, which waits for a process: no directory is left" {
	root_helper
	mkdir -m 1777 td
	launch -j1 --tmpdir "$PWD/td" --fini true 'echo >"$PPX_WORKER_DIR/file"
		echo $PPX_WORKER_PID >worker; exec asroot pid.root; : "$1"' ::: 1
	wait_until test -s pid.root
	kill -9 "$(<worker)"
	# It tries to kill the other for 10 s.
	PPX_TEST_WAIT=5 wait_until eval 'test -z "$(ls -A td)"'
	kill -0 "$pid"
	kill -9 "$pid" "$(<pid.root)"
	ended "signal 9"
	no_leftovers "$tag"
}
