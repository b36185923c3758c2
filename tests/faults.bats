# A system that fails for a moment, by tests/tools/faulty.

load helper
load trees

# faults CALL:ERRNO:SKIP:FAIL[:EVERY] ARG..: launch, with that.
faults()
{
	local ppx=$PPX

	PPX=$PPX_TOOLS/faulty
	via=(env PPX_FAULT="$1")
	launch "${@:2}"
	PPX=$ppx
}

errno()
{
	case $1 in
	ENOENT) echo 2 ;;
	EIO) echo 5 ;;
	EAGAIN) echo 11 ;;
	EMFILE) echo 24 ;;
	ENOTEMPTY) echo 39 ;;
	ENOMEM) echo 12 ;;
	ENOBUFS) echo 105 ;;
	esac
}

once_each()
{
	ended "exit 0"
	nothing_left
	same "$(sort -n out)" "$(seq "$1")"
	same "$(sort -n runs)" "$(seq "$1")"
	rm runs
}

@test "what cannot be sent for a moment is sent later: no task runs twice" {
	for error in EAGAIN ENOBUFS ENOMEM; do
		faults sendmsg:$(errno $error):0:2:3 -j3 -a <(seq 40) \
		    'echo {} >>runs; echo {}'
		once_each 40
		# the last of all: its worker goes by itself
		faults sendmsg:$(errno $error):1:5 -j1 'echo {} >>runs; echo {}' \
		    ::: 1
		once_each 1
	done
}

@test "what cannot be received for a moment is received later" {
	for error in ENOMEM ENOBUFS; do
		faults recvmsg:$(errno $error):0:1:3 -j3 -a <(seq 40) \
		    'echo {} >>runs; echo {}'
		once_each 40
	done
}

needs_cgroup()
{
	needs_trees
	[[ $("$PPX" --version) == *"limits of memory: cgroup"* ]] ||
		skip "needs a cgroup that can be made"
}

@test "strict: a cgroup that is of no use any more is made anew" {
	needs_cgroup
	faults cgroup_ready:$(errno EIO):1:1 -k -j1 --mem-limit 60M,strict echo \
	    ::: 1 2 3
	ended "exit 0"
	same "$(<out)" "1
2
3"
	same "$(<err)" ""
}

@test "strict: a task that gets no cgroup fails alone, and it is said why" {
	needs_cgroup
	for fault in cgroup_ready:$(errno EIO):1:2 \
	    cgroup_ready:$(errno ENOENT):1:2 cgroup_limit:$(errno EIO):1:1; do
		faults $fault -k -j1 --joblog log --mem-limit 60M,strict \
		    'test {} != 2 || sleep 0.2; echo {}' ::: 1 2 3
		ended "exit 123"
		nothing_left
		same "$(<out)" "1
3"
		same "$(column 1,7 log | sort)" "1	0
2	126
3	0"
		grep -q 'task 2 has no cgroup for its limit of memory: ' err
		not grep -q 'not found' err
		rm log
	done
}

@test "not strict: a task that gets no cgroup is looked at" {
	needs_cgroup
	for call in cgroup_ready:$(errno EIO):0:4 cgroup_limit:$(errno EIO):0:1; do
		faults $call -j1 --mem-limit 60M --joblog log eat -p 1 ::: 1 1000
		ended "exit 123"
		nothing_left
		same "$(column 1,7 log)" "1	0
2	-1"
		rm log
	done
}

@test "a worker that has no room for the pipes of a task: it is run later" {
	faults channel_take:$(errno EMFILE):0:12 -j1 --joblog log \
	    'echo {} >>runs; echo {}' ::: 1 2
	once_each 2
	all_logged 2 log
}

@test "fini: tried again when the system is short of processes" {
	faults os_fork_aside:$(errno EAGAIN):0:3 -j1 --fini 'echo f >>finis' \
	    echo ::: 1
	ended "exit 0"
	same "$(<finis)" f
	same "$(<err)" ""
}

@test "fini: 125 when it cannot be run; not tried any more after two signals" {
	faults os_fork_aside:$(errno EAGAIN):0:10000 -j1 --fini 'echo f >>finis' \
	    echo ::: 1
	ended "exit 125"
	grep -q -e '--fini of slot 1 failed: not executed: Resource temp' err
	faults os_fork_aside:$(errno EAGAIN):0:10000 -j1 --fini 'echo f >>finis' \
	    echo ::: 1
	wait_until test -s out
	kill -INT "$pid"
	sleep 0.3		# a time that must pass
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
	same "$(<err)" "ppx: interrupted by SIGINT"
	test ! -e finis
}

@test "a worker does not stay for a directory that others fill without end" {
	faults rmdir:$(errno ENOTEMPTY):0:4000000000 -j1 --init : \
	    'echo $PPX_WORKER_PID "$1"' ::: 1
	wait_until test -s out
	read -r worker _ <out
	wait_until gone "$worker"
	# ppx itself may try longer.
	kill -9 "$pid" 2>/dev/null || :
	wait_until test -s how
	rm -rf "$TMPDIR"/ppx-worker-*
}

@test "what a dead worker left is ended although no process can be seen for a moment" {
	needs_trees
	mkfifo up
	faults os_descendants:$(errno EMFILE):0:40 -j1 \
	    'setsid sh -c "echo up >up; exec sleep 1000" & read x <up
	    kill -9 $PPX_WORKER_PID; exec sleep 1000; : {}' ::: 1 2
	ended "exit 123"
	nothing_left
}

@test "who cannot be seen for a moment is stopped, and goes on" {
	needs_trees
	faults os_descendants:$(errno EMFILE):0:20 -j1 \
	    'echo >ready; sleep 0.5; echo {}' ::: 1 2
	wait_until test -e ready
	kill -TSTP "$pid"
	wait_until states_are T "$pid"
	kill -CONT "$pid"
	ended "exit 0"
	same "$(<out)" $'1\n2'
	same "$(<err)" ""
}

@test "what a stranger reads from a task's pipe is not waited for" {
	needs_trees
	# More is said to be in it than there is, and its other end is held.
	faults ioctl:0:0:1000000 -j2 --leak=ignore 'sleep 30 & echo $! {} >>runs
	    echo {}' ::: {1..5}
	ended "exit 0"
	same "$(sort -n out)" "$(seq 5)"
	kill $(cut -d ' ' -f 1 runs)
}
