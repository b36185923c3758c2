# --mem-limit: the memory of a task's whole tree, by a cgroup and by looking;
# and tasks that the kernel kills for want of memory.

load helper
load trees

setup()
{
	test_setup
	room=
}

teardown()
{
	remove_public
	if test -n "$room"; then
		find "$room" -depth -type d -exec rmdir {} +
	fi
	test_teardown
}

method()
{
	"$PPX" --version | sed -n 's/limits of memory: //p'
}

needs_cgroup()
{
	needs_trees
	[[ $(method) == cgroup* ]] || skip "needs a cgroup that can be made"
}

needs_v2()
{
	needs_trees
	[[ $(method) == "cgroup v2" ]] || skip "needs memory in cgroup v2"
}

# Sets room to a new cgroup v2, limited to $1, where others can be made.
room_v2()
{
	local own

	own=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	grep -qsw memory "$own/cgroup.subtree_control" || own=${own%/*}
	grep -qsw memory "$own/cgroup.subtree_control" ||
	    skip "needs memory in cgroup v2, or in v1"
	mkdir "$own/ppx-test.$$" 2>/dev/null || skip "needs a cgroup"
	room=$own/ppx-test.$$
	echo "$1" >"$room/memory.max"
	echo 0 >"$room/memory.swap.max"
	within "$room"
}

within()
{
	via=(sh -c 'echo 0 >"$1" && shift && exec "$@"' sh "$1/cgroup.procs")
}

# As a user who may not make one.
by_looking()
{
	needs_trees
	case $(method) in
	sampling) ;;
	cgroup*)
		needs_nobody
		via=("${nobody[@]}")
		;;
	*) skip "this system does not show the memory of processes" ;;
	esac
}

# Cgroups of the worker with this pid.
cgroups()
{
	find /sys/fs/cgroup -type d -name "ppx.$1.*" 2>/dev/null
}

no_cgroups()
{
	local w

	for w; do
		test -z "$(cgroups "$w")" || return 1
	done
}

# Only row N of the joblog has failed, by the limit.
only_failed()
{
	same "$(column 1,7,8 log | sort -n | grep -v '	0	0$')" \
	    "$1	-1	9"
	grep -q "1 of $2 tasks\? failed: 1 used too much memory" err
}

whole_tree()
{
	launch --mem-limit 60M --joblog log eat -c 4 -h -r full ::: 25
	ended "exit 123"
	nothing_left
	only_failed 1 1
	rm -f full
	launch --mem-limit 60M --joblog log eat -c 4 -d -h -r full ::: 25
	ended "exit 123"
	nothing_left
	# each of them alone has room
	launch --mem-limit 60M --joblog log -j3 eat -r full ::: 25 25 25
	ended "exit 0"
}

@test "cgroup: processes that only together are too big, and daemons" {
	needs_cgroup
	whole_tree
}

@test "looking: processes that only together are too big, and daemons" {
	by_looking
	whole_tree
}

neighbours()
{
	launch -j4 --mem-limit 60M --joblog log 'test "$1" = 20 || hold=-h
		eat -p 1 $hold "$1"; s=$?; sleep 0.2; exit $s' ::: 20 20 100 20 20
	ended "exit 123"
	nothing_left
	only_failed 3 5
}

@test "cgroup: a task that is too big does not hurt the others" {
	needs_cgroup
	neighbours
}

@test "looking: a task that is too big does not hurt the others" {
	by_looking
	neighbours
}

# What the summary says it had used, in MiB.
said()
{
	sed -n 's/.*too much memory (\([0-9]*\) MiB, --mem-limit .*)$/\1/p' err
}

@test "cgroup: the fastest does not get beyond its limit" {
	needs_cgroup
	launch --mem-limit 60M eat ::: 1000
	ended "exit 123"
	nothing_left
	test "$(said)" -ge 55 -a "$(said)" -le 70
	grep -q '^first: .* MiB, --mem-limit 60 MiB)$' err
}

@test "looking: the fastest is ended, if late" {
	by_looking
	launch --mem-limit 60M eat ::: 1000
	ended "exit 123"
	nothing_left
	test "$(said)" -ge 60 -a "$(said)" -lt 1000
}

@test "looking: one that grows slowly is ended near its limit" {
	by_looking
	launch --mem-limit 60M eat -p 5 ::: 1000
	ended "exit 123"
	nothing_left
	test "$(said)" -ge 60 -a "$(said)" -le 80
}

@test "looking: memory that a family shares counts once" {
	by_looking
	launch --mem-limit 60M eat -s -c 5 ::: 30
	ended "exit 0"
}

@test "looking: with few descriptors many processes are seen and ended as well" {
	by_looking
	for n in 20 24 32 40; do
		via=("${nobody[@]}" bash -c 'ulimit -n "$1" && shift &&
			exec "$@"' bash $n)
		launch --mem-limit 60M --joblog log eat -c 40 -h ::: 4
		seconds 8 ended "exit 123"
		nothing_left
		only_failed 1 1
	done
}

alternating()
{
	local i

	for i in {1..25}; do
		printf '30M\n0\n'
	done >items
	chmod a+r items
	launch -a items -j2 --mem-limit {} --joblog log 'eat 60; : "$1"'
	ended "exit 123"
	all_logged 50 log
	# every other task has no limit
	column 1,7 log | awk '$1 % 2 != ($2 != 0) { print; bad = 1 }
		END { exit bad }'
	grep -q '25 of 50 tasks failed' err
}

@test "cgroup: a limit holds for its own task and no other" {
	needs_cgroup
	alternating
}

@test "looking: a limit holds for its own task and no other" {
	by_looking
	# A task that is over before it was looked at may have been too big:
	# those with a limit wait to be ended.
	for i in {1..10}; do
		printf '30M\n0\n'
	done >items
	chmod a+r items
	launch -a items -j2 --mem-limit {} --joblog log \
	    'test "$1" = 0 || hold=-h; eat -p 1 $hold 60'
	ended "exit 123"
	column 1,7 log | awk '$1 % 2 != ($2 != 0) { print; bad = 1 }
		END { exit bad }'
	grep -q '10 of 20 tasks failed' err
}

@test "cgroup: files in memory that a task left do not count for the next" {
	needs_cgroup
	test -w /dev/shm || skip "needs /dev/shm"
	shm=$(mktemp -d /dev/shm/ppx-test.XXXXXX)
	run ppx -j1 --mem-limit 60M 'head -c 40M /dev/zero >'"$shm"'/{#}
		: "$1"' ::: 1 2 3
	rm -rf "$shm"
	same "$status $output" "0 "
}

@test "deadpool's: 100 tasks pass and 10 that are too big fail" {
	needs_trees
	[[ $(method) != none ]] || skip "needs the memory of processes"
	{
		for i in {1..100}; do echo 1; done
		for i in {1..10}; do echo 300; done
	} | shuf --random-source=<(yes) >items
	run ppx -a items -j1 --mem-limit 50M --joblog log --exit count \
	    'test "$1" = 1 || hold=-h; eat -p 1 $hold "$1"'
	same "$status" 10
	all_logged 110 log
	same "$(column 7 log | grep -c '^0$')" 100
	[[ $output == *"10 of 110 tasks failed: 10 used too much memory"* ]]
}

@test "cgroup: nothing of it is left at the end" {
	needs_cgroup
	run ppx -j3 --mem-limit 60M 'echo $PPX_WORKER_PID; : "$1"' ::: {1..20}
	same "$status" 0
	no_cgroups $(sort -u <<<"$output")
}

@test "cgroup: nor after a signal, nor of daemons that were kept" {
	needs_cgroup
	launch -j2 --mem-limit 60M sh -c 'setsid sleep 1000 >&2 & echo >>ready
		exec sleep 1000' ::: 1 2
	wait_until lines_are 2 ready
	all=$(workers)
	test -n "$(cgroups "${all%%$'\n'*}")"
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	no_cgroups $all
	rm -f ready
	launch -j1 --mem-limit 60M 'setsid sleep 1000 >/dev/null 2>&1 &
		echo $PPX_WORKER_PID : "$1"' ::: 1 2
	ended "exit 0"
	nothing_left
	no_cgroups $(cut -d ' ' -f 1 out)
}

@test "cgroup: nor after a worker was killed while it ran, or idle" {
	needs_cgroup
	launch -j2 --mem-limit 60M 'echo $PPID; setsid sleep 1000 & kill -9 $PPID
		sleep 1000; : "$1"' ::: 1 2
	ended "exit 123"
	nothing_left
	# what was said before may be lost with the worker, its number is not
	no_cgroups $(grep -h '^[0-9]*$' out)
	gate go
	launch -j2 --joblog log --mem-limit 60M 'echo $PPID >w.{}; test {} = 1 || cat go' \
	    ::: 1 2
	wait_until test -s w.1
	wait_until test -s w.2
	idle=$(<w.1)
	wait_until lines_are 2 log
	kill -9 "$idle"
	wait_until no_cgroups "$idle"
	open_gate go
	ended "exit 0"
	no_cgroups "$(<w.1)" "$(<w.2)"
}

@test "cgroup: nor after ppx was killed" {
	needs_cgroup
	launch -j2 --mem-limit 60M sh -c 'setsid sleep 1000 & echo >>ready
		exec sleep 1000' ::: 1 2
	wait_until lines_are 2 ready
	all=$(workers)
	kill -9 "$pid"
	ended "signal 9"
	wait_until untagged "$tag"
	wait_until no_cgroups $all
}

# Prints the directory of the cgroup that limits this process's memory.
own_dir='d=$(sed -n "s/^[0-9]*:memory:/memory/p" /proc/self/cgroup)
	test -n "$d" || d=$(sed -n "s/^0:://p" /proc/self/cgroup)
	d=/sys/fs/cgroup/$d'

@test "cgroup: nor of those that a task made in it" {
	needs_cgroup
	launch -j1 --mem-limit 60M "$own_dir"'
		mkdir -p $d/a/b $d/c; : "$1"; echo $PPX_WORKER_PID' ::: 1 2
	ended "exit 0"
	nothing_left
	no_cgroups $(sort -u out)
	launch -j1 --mem-limit 60M "$own_dir"'
		echo $PPX_WORKER_PID; mkdir -p $d/a && {
			setsid sleep 1000 >/dev/null 2>&1 &
			echo $! >$d/a/cgroup.procs; }
		: "$1"' ::: 1
	ended "exit 0"
	nothing_left
	no_cgroups "$(<out)"
}

@test "cgroup v2: a limit above it is not taken for the task's own" {
	needs_v2
	room_v2 60M
	echo +memory >"$room/cgroup.subtree_control"
	mkdir "$room/run"
	within "$room/run"
	scratch=$(mktemp -d /var/tmp/ppx-test.XXXXXX)
	# files on a disk are dropped in time: that uses up no limit
	launch -j2 --mem-limit 40M --joblog log 'head -c 60M /dev/zero \
		>'"$scratch"'/{}; eat -l 5000 35' ::: 1 2
	how=$(wait_until test -s how && cat how)
	case $(stat -f -c %T "$scratch") in
	tmpfs|ramfs|overlayfs) unsuited=1 ;;
	esac
	rm -rf "$scratch"
	test -z "${unsuited-}" || skip "needs /var/tmp on a disk"
	same "$how" "exit 123"
	nothing_left
	same "$(column 7,8 log | sort)" "0	0
0	9"
	grep -q 'killed by the system for want of' err
}

@test "cgroup v2: one that the kernel may not kill is ended" {
	needs_v2
	(echo -1000 >/proc/self/oom_score_adj) 2>/dev/null || skip "needs root"
	launch --mem-limit 30M 'echo -1000 >/proc/self/oom_score_adj
		eat 100; : "$1"' ::: 1
	ended "exit 123"
	nothing_left
	test "$(said)" -ge 28 -a "$(said)" -le 35
}

@test "cgroup v2: other limits of our own are not escaped" {
	needs_v2
	room_v2 max
	echo +memory >"$room/cgroup.subtree_control"
	mkdir "$room/run"
	within "$room/run"
	same "$("${via[@]}" "$PPX" --version | grep 'of memory')" \
	    "limits of memory: cgroup v2"
	echo 500M >"$room/run/memory.high"
	same "$("${via[@]}" "$PPX" --version | grep 'of memory')" \
	    "limits of memory: sampling"
	echo max >"$room/run/memory.high"
	if echo +cpu >"$room/cgroup.subtree_control"; then
		echo 90000 100000 >"$room/run/cpu.max"
		same "$("${via[@]}" "$PPX" --version | grep 'of memory')" \
		    "limits of memory: sampling"
		echo max >"$room/run/cpu.max"
	fi
	echo +pids >"$room/cgroup.subtree_control" || return 0
	echo 77 >"$room/run/pids.max"
	launch --mem-limit 60M "$own_dir"'; cat $d/pids.max; : "$1"' ::: 1
	ended "exit 0"
	same "$(<out)" 77
}

@test "cgroup: processes that --leak=ignore spares live on outside of it" {
	needs_cgroup
	launch --leak ignore --mem-limit 60M 'echo $PPX_WORKER_PID
		setsid sleep 1000 >/dev/null 2>&1 & : "$1"' ::: 1
	ended "exit 0"
	no_cgroups "$(<out)"
	named_are 1 sleep
	"$PPX_TOOLS/tagged" kill "$tag"
}

@test "strict: refused where no cgroup can be made, before anything" {
	by_looking
	launch --mem-limit 60M,strict touch ::: file
	ended "exit 125"
	test ! -e file
	grep -q -- '--mem-limit 60M,strict: no cgroup' err
}

@test "strict: as without it where one can be made" {
	needs_cgroup
	run ppx -k --mem-limit 60M,strict --joblog log 'eat {}; echo {}' \
	    ::: 1 100 2
	same "$status" 123
	same "$(column 1,7 log | sort)" "1	0
2	-1
3	0"
}

@test "what is no size is refused" {
	for limit in x 10Q ,strict 10M,lax; do
		run ppx --mem-limit "$limit" touch file ::: 1
		same "$status" 125
	done
	test ! -e file
	run ppx --mem-limit {} true ::: 1Y
	same "$status" 123
}

@test "address space is not limited" {
	run ppx --mem-limit 60M 'ulimit -v; ulimit -d; ulimit -m; : "$1"' ::: 1
	same "$output" "$(ulimit -v; ulimit -d; ulimit -m)"
}

@test "the kernel takes a task before it takes ppx" {
	needs_trees
	test -r /proc/self/oom_score_adj || skip "needs /proc"
	ours=$(</proc/self/oom_score_adj)
	((ours <= 700)) || skip "we are at $ours"
	run ppx 'cat /proc/self/oom_score_adj; : "$1"' ::: 1
	same "$output" "$((ours + 300))"
	launch 'cat /proc/"$1"/oom_score_adj; cat /proc/$PPID/oom_score_adj' \
	    ::: self
	ended "exit 0"
	gate go
	launch cat ::: go
	wait_until named cat >worker
	same "$(<"/proc/$pid/oom_score_adj")" "$ours"
	open_gate go
	ended "exit 0"
}

# A cgroup with little memory, in which ppx itself is.
small_room()
{
	local own

	needs_trees
	own=$(sed -n 's/^[0-9]*:\(.*,\)*memory\(,.*\)*:/\/sys\/fs\/cgroup\/memory/p' \
	    /proc/self/cgroup)
	if test -z "$own"; then
		room_v2 "$1"
		return
	fi
	mkdir "$own/ppx-test.$$" 2>/dev/null || skip "needs a cgroup"
	room=$own/ppx-test.$$
	echo "$1" >"$room/memory.limit_in_bytes"
	via=(sh -c 'echo 0 >"$1" && shift && exec "$@"' sh "$room/cgroup.procs")
}

@test "a task that the system killed for want of memory is told apart" {
	small_room 100M
	launch -j2 --joblog log 'test {} = 0 || exec eat {}' ::: 0 1000 0
	ended "exit 123"
	nothing_left
	same "$(column 1,7,8 log | sort)" "1	0	0
2	0	9
3	0	0"
	grep -q 'ended by signal 9 (KILL), killed by the system for want of' err
	launch -j2 'kill -9 $$; : "$1"' ::: 1
	ended "exit 123"
	grep -q 'ended by signal 9 (KILL), not by ppx$' err
}

@test "a run goes on while task after task is killed so" {
	small_room 100M
	{
		for i in {1..40}; do echo 1; done
		for i in {1..10}; do echo 1000; done
	} | shuf --random-source=<(yes) >items
	launch -a items -j1 --joblog log --exit count eat
	ended "exit 10"
	all_logged 50 log
	same "$(column 8 log | grep -c '^9$')" 10
}
