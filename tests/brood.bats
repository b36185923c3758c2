# --warm, where tasks are so short that many are made in one go.

load helper
load trees
load warm

setup()
{
	warm_setup
	needs_trees
	needs_children
}

teardown()
{
	test ! -d "${room-}" || wait_until rmdir "$room"
	remove_public
	test_teardown
}

# Several wait only where the kernel lists children (CONFIG_PROC_CHILDREN).
needs_children()
{
	[[ $("$PPX" --version) == *"children files"* ]] ||
		skip "no children files in /proc"
}

# A task's worker has so many children, by a builtin alone.
children='read -r all </proc/$PPX_WORKER_PID/task/$PPX_WORKER_PID/children
	set -- $all; echo $#; : {}'

@test "many are made in one go, but one at a time where tasks are slow" {
	several()
	{
		warm -j1 "$children" < <(seq 500) >out
		grep -qxE '[0-9]{2}' out
	}
	one() {
		wait_until several	# not where the machine is too slow
		seq 8 | warm -j1 "sleep 0.01; $children" >out
		same "$(sort -u out)" 2
		seq 200 | warm -j1 -u "$children" >out
		same "$(sort -u out)" 2
		seq 300 | warm -j200 "$children" >out
		same "$(sort -u out)" 2
	}
	in_each one
}

# What a process may use, as its file says, behind the word before it.  A shell
# that reads little by little may find no such line: those before become longer
# meanwhile (SigQ).
cpus='cpus() {
	said=
	while test -z "$said"; do
		while read -r key value; do
			case $key in Cpus_allowed_list:) said=$value ;; esac
		done <"$2"
	done
	echo "$1 $said"
}'

# Is there more than one, and may they be chosen?
needs_cpus()
{
	read -r _ all < <(eval "$cpus"; cpus here /proc/self/status)
	n=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
	((n > 1)) || skip "one CPU"
	taskset -pc "$all" $$ >/dev/null 2>&1 || skip "CPUs cannot be chosen"
	# possible ones that are not there are in the list
	[[ $(taskset -p $$) == *": $(sed -n 's/^Cpus_allowed:[0,\t]*//p' \
	    /proc/$$/status | tr -d ,)" ]] || skip "some CPUs are not there"
}

@test "without CPUs to spare worker and shell stay on one, and no task does" {
	needs_cpus
	local line='cpus task /proc/self/status
		cpus worker /proc/$PPX_WORKER_PID/status; : {}'
	pinned()
	{
		seq 500 | warm -j"$n" --init "$cpus" "$line" >out
		grep -qxE 'worker [0-9]+' out
	}
	one() {
		wait_until pinned
		same "$(grep task out | sort -u)" "task $all"
		seq 500 | warm -j$((n - 1)) --init "$cpus" "$line" >out
		same "$(sort -u out)" "$(printf '%s\n' "task $all" "worker $all")"
		# where tasks are slow there is nothing to gain
		seq 240 | warm -j"$n" -k --init "$cpus" \
		    "case \$((\$1 > 200)) in 1) sleep 0.02; esac; $line" >out
		same "$(tail -n $((2 * n)) out | sort -u)" \
		    "$(printf '%s\n' "task $all" "worker $all")"
	}
	in_each one
}

# A cgroup of which the processes have that many CPUs' time.
quota()
{
	local v1=/sys/fs/cgroup/cpu v2=/sys/fs/cgroup
	if test -e "$v1/cpu.cfs_quota_us"; then
		room=$v1/ppx-test.$$
		mkdir "$room" && echo 100000 >"$room/cpu.cfs_period_us" &&
			echo "$1"00000 >"$room/cpu.cfs_quota_us"
	else
		room=$v2/ppx-test.$$
		mkdir "$room" && echo "$1"00000 100000 >"$room/cpu.max"
	fi 2>/dev/null && (echo 0 >"$room/cgroup.procs") 2>/dev/null
}

@test "CPUs that a quota leaves idle are to spare" {
	needs_cpus
	quota $((n - 1)) || skip "no quotas of CPU time can be set"
	local line='cpus worker /proc/$PPX_WORKER_PID/status; : {}'
	within_quota() {
		seq 500 | bash -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' \
		    "$room" "$PPX" --warm --shell "$shell" -j"$1" \
		    --init "$cpus" "$line" >out
	}
	pinned() {
		within_quota "$n"
		grep -qxE 'worker [0-9]+' out
	}
	one() {
		wait_until pinned
		within_quota $((n - 1))
		same "$(sort -u out)" "worker $all"
	}
	in_each one
}

@test "CPUs that the init has chosen are those of the tasks" {
	needs_cpus
	local first=${all%%[-,]*}
	one() {
		seq 300 | warm -j"$n" --init "taskset -pc $first \$\$ >&2; $cpus" \
		    'cpus task /proc/self/status; : {}' >out
		same "$(sort -u out)" "task $first"
	}
	in_each one
}

@test "CPUs that somebody gives all processes in the run hold" {
	needs_cpus
	local p first=${all%%[-,]*}
	one() {
		rm -f go out
		gate go
		launch -i <(seq 1000; cat go; seq -f s%g 60) --warm \
		    --shell "$shell" -j"$n" --init "$cpus" \
		    'cpus "$PPX_SEQ" /proc/self/status
		    case {} in s*) sleep 0.02; esac'
		wait_until lines_are 1000 out
		for p in $(tag_pids "$tag"); do
			taskset -pc "$first" "$p" >/dev/null
		done
		open_gate go
		ended "exit 0"
		same "$(tail -n +1001 out | cut -d' ' -f2 | sort -u)" "$first"
	}
	in_each one
}

@test "a filter that kills who chooses CPUs costs each slot one worker" {
	needs_cpus
	forbid -k pin true || skip "this system cannot filter system calls"
	ulimit -c 0
	one() {
		seq 2000 | forbid -k pin "$PPX" --warm --shell "$shell" \
		    -j"$n" 'echo {} $PPX_WORKER_PID' >out
		same "$(cut -d' ' -f1 out | sort -n | md5sum)" \
		    "$(seq 2000 | md5sum)"
		(($(cut -d' ' -f2 out | sort -u | wc -l) <= 2 * n))
	}
	in_each one
}

@test "each has its own end, output, stdin, group and descriptors" {
	one() {
		seq 300 | warm -j2 -k --joblog log 'wait; cat; echo {} "$PPX_SEQ"
		    case $(({} % 4)) in
			1) exit 7 ;;
			2) kill -INT $(exec sh -c "echo \$PPID") ;;
			3) exit 137
		    esac' >out 2>err || true
		same "$(<out)" "$(seq 300 | sed 's/.*/& &/')"
		same "$(column 7 log | sort | uniq -c | tr -s ' \n' ' ')" \
		    " 150 0 75 137 75 7 "
		same "$(column 8 log | sort | uniq -c | tr -s ' \n' ' ')" \
		    " 225 0 75 2 "
		rm log
		seq 60 | warm -j1 -k 'exec sh -c "ps -o pid=,pgid= -p \$\$"' >out
		same "$(awk '{ print $1 == $2 }' out | sort | uniq -c)" \
		    "$(printf '%7d 1' 60)"
		seq 60 | warm -j1 -k 'exec sh -c "echo /proc/self/fd/*"; : {}' >out
		same "$(sort -u out)" \
		    "$("$PPX" 'exec sh -c "echo /proc/self/fd/*"; : {}' ::: a)"
	}
	in_each one
}

@test "what a task of many leaves is its own" {
	one() {
		seq 100 | warm -j1 -k --leak fail --joblog log \
		    'test {} != 50 || sleep 1000 & echo {}' >out 2>err || true
		same "$(<out)" "$(seq 100)"
		same "$(awk -F '\t' 'NR > 1 && ($7 || $8)' log | cut -f1)" 50
		rm log
		seq 100 | warm -j1 -k --leak wait 'test {} != 50 ||
		    { (setsid sh -c "sleep 0.3; echo late >file" &) }
		    test {} != 51 || cat file; echo {}' >out
		same "$(grep -n late out)" "51:late"
		rm file
		nothing_left
	}
	in_each one
}

@test "one that waits may be killed or stopped: each item runs once" {
	one() {
		for s in KILL STOP TERM; do
			seq 120 | seconds 30 "$PPX" --warm --shell "$shell" \
			    -j1 -k --init 'echo >>inits' \
			    "test {} != 50 || for p in \$(exec ps -o pid=,comm= \
				--ppid \$PPX_WORKER_PID | grep -v ppx |
				awk '{ print \$1 }'); do
				test \$p = \$(exec sh -c 'echo \$PPID') ||
				    kill -$s \$p
			    done; echo {}" >out
			same "$(<out)" "$(seq 120)"
			rm inits
		done
	}
	in_each one
}

@test "time limit and memory limit are of one task" {
	one() {
		seq 80 | warm -j1 -k --timeout 1 --joblog log \
		    'test {} != 50 || sleep 100; echo {}' >out 2>err || true
		same "$(<out)" "$(seq 80 | grep -vx 50)"
		same "$(awk -F '\t' 'NR > 1 && ($7 || $8)' log | cut -f1)" 50
		rm log
	}
	in_each one
}

@test "caps, init and fini count tasks as ever" {
	one() {
		seq 100 | warm -j1 -k --max-tasks-per-child 25 \
		    --init 'echo >>inits' --fini 'echo >>finis' 'echo {}' >out
		same "$(<out)" "$(seq 100)"
		lines_are 4 inits
		lines_are 4 finis
		rm inits finis
	}
	in_each one
}

@test "ppx ended at any moment leaves nothing" {
	one() {
		for s in TERM KILL INT HUP; do
			launch -i <(yes) --warm --shell "$shell" -j2 'echo {}'
			wait_until test -s out
			kill -"$s" "$pid"
			wait "$pid" || true
			wait_until nothing_left
		done
		for n in 30 41 50 57; do
			seq $n | warm -j2 'echo {}' >out
			lines_are $n out
			nothing_left
		done
	}
	in_each one
}

@test "a worker that is killed loses one task" {
	one() {
		run warm -j1 --joblog log 'test {} != 50 ||
		    kill -9 $PPX_WORKER_PID; : {}' ::: {1..100}
		same "$status" 123
		same "$(column 7 log | sort | uniq -c | tr -s ' \n' ' ')" \
		    " 1 -1 99 0 "
		rm log
	}
	in_each one
}

@test "few processes: none wait that the tasks could need" {
	few_processes 30
	export TMPDIR=$PWD
	one() {
		launch -i <(seq 100) -j1 -k --warm --shell "$shell" \
		    'echo {}; env true'
		ended "exit 0"
		same "$(<out)" "$(seq 100)"
		nothing_left
	}
	in_each one
}

@test "few descriptors: the shell stays" {
	inherit() {
		local n
		ulimit -n 256
		for ((n = 20; n < 230; n++)); do
			eval "exec $n</dev/null"
		done
		"$@"
	}
	one() {
		seq 100 | (inherit warm -j1 -k --init 'echo >>inits' \
		    --fini 'echo >>finis' 'echo {}') >out
		same "$(<out)" "$(seq 100)"
		lines_are 1 inits
		lines_are 1 finis
		rm inits finis
	}
	in_each one
}

@test "no IFS of the init reaches what ppx says to the shell" {
	one() {
		for ifs in m n 0 9 0123456789 ' ' ''; do
			seq 60 | warm -j1 -k --init "echo >>inits; IFS='$ifs'" \
			    --fini 'echo >>finis' 'echo {}; exit 3' >out || true
			same "$(wc -l <out)" 60
			lines_are 1 inits
			lines_are 1 finis
			rm inits finis
		done
	}
	in_each one
}

@test "who stands above the shell is killed: a worker that is killed" {
	one() {
		for leak in wait kill ignore; do
			run timeout 60 "$PPX" --warm --shell "$shell" -j1 \
			    --leak $leak --joblog log --init 'echo $PPID >sup' \
			    'test {} != 2 ||
			    kill -9 $(ps -o ppid= -p $(cat sup)); : {}' ::: 1 2 3
			test "$status" -ne 124
			# The one that runs when that is noticed is lost.
			same "$(awk -F '\t' '$7 == 0' log | wc -l)" 2 ||
			    same "$(column 7 log | sort | tr '\n' ' ')" "0 0 0 "
			nothing_left
			rm log
		done
	}
	in_each one
}
