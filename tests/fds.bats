# What a task gets from ppx: descriptors, signals, environment, session; and
# what ppx does when it was started without.

load helper
load trees

needs_proc()
{
	test -d /proc/self/fd || skip "no /proc"
}

# --- descriptors ---------------------------------------------------------------

@test "E11 a task has descriptors 0, 1 and 2 and nothing else" {
	needs_proc
	# With many tasks at once, an input file, a joblog and outputs held.
	seq 40 >items
	for mode in --group -k --lb -u; do
		run start -x "$PPX" -a items --joblog log -j8 $mode sh -c \
		    'exec ls /proc/self/fd'
		same "$status" 0
		# ls has one itself, for the directory.
		same "$(sort -u <<<"$output" | tr '\n' ' ')" "0 1 2 3 "
	done
}

@test "what the user passed down reaches the task, also between ppx's own" {
	needs_proc
	echo secret >file
	echo nine >nine
	run start -x sh -c 'exec "$PPX" -j2 "cat <&\$1; cat <&9" ::: 3 7 \
		3<file 7<file 9<nine'
	same "$(sort <<<"$output")" "nine
secret
secret"
	run start -x sh -c 'exec "$PPX" "exec ls /proc/self/fd; : \$1" ::: 1 \
		3<file 7<file'
	# 4 is of ls, for the directory.
	same "$(tr '\n' ' ' <<<"$output")" "0 1 2 3 4 7 "
}

@test "E15 a task's stdin is /dev/null; it cannot eat the items" {
	run ppx -j1 'cat; echo "$1"' < <(seq 5)
	same "$status $output" "0 1
2
3
4
5"
	run ppx 'readlink /proc/self/fd/0; : "$1"' ::: 1
	same "$output" /dev/null
}

@test "stdout and stderr of a task are two fresh pipes" {
	needs_proc
	run ppx -j1 'readlink /proc/self/fd/1; readlink /proc/self/fd/2; : "$1"' \
	    ::: 1 2
	same "$(sort -u <<<"$output" | wc -l)" 4
	test "$(grep -c '^pipe:' <<<"$output")" -eq 4
}

@test "-u: stdout and stderr of a task are ppx's own" {
	needs_proc
	ppx -u -j1 'readlink /proc/self/fd/1; readlink /proc/self/fd/2 >&2; : "$1"' \
	    ::: 1 >out 2>err
	same "$(<out)" "$WORK/out"
	same "$(<err)" "$WORK/err"
}

@test "E11 the number of ppx's descriptors does not grow with the tasks" {
	needs_proc
	mkfifo items
	exec {w}<>items
	start=(-x)
	launch -i items -j8 tiny {w}>&-
	seq 50 >&$w
	wait_until lines_are 50 out
	few=$(ls "/proc/$pid/fd" | wc -l)
	seq 51 2000 >&$w
	wait_until lines_are 2000 out
	many=$(ls "/proc/$pid/fd" | wc -l)
	for worker in $(workers); do
		test "$(ls "/proc/$worker/fd" | wc -l)" -le 8
	done
	exec {w}>&-
	ended "exit 0"
	# A worker more or less: its channel.
	test "$many" -le $((few + 8))
}

@test "E11 a worker holds nothing of another worker, nor ppx's files" {
	needs_trees
	seq 3 >items
	gate gate
	launch -a items --joblog log -j3 'cat gate; : "$1"'
	wait_until named_are 3 cat
	for worker in $(workers); do
		readlink "/proc/$worker/fd"/* >"fds.$worker"
		test "$(grep -c '^socket:' "fds.$worker")" -eq 1
		same "$(grep "^$WORK" "fds.$worker")" ""
	done
	same "$(cat fds.* | grep '^socket:' | sort | uniq -d)" ""
	open_gate gate
	ended "exit 0"
}

@test "more tasks than descriptors: fewer run at once, none fails" {
	for n in 20 40; do
		run start -x bash -c 'ulimit -n "$1" && seq 200 |
			"$PPX" -j100 tiny | sort -n' bash $n
		same "$status" 0
		same "$output" "$(seq 200)"
	done
}

@test "short tasks do not pause for want of descriptors to queue one more" {
	for n in 20 22 24; do
		same "$(exec 3>&- 4>&-; ulimit -n $n; seq 2000 |
		    timeout 40 "$PPX" -j2 tiny | wc -l)" 2000
	done
}

@test "a task has the limit of descriptors that ppx was started with" {
	run bash -c 'ulimit -Sn 50 && "$PPX" "ulimit -Sn; : \$1" ::: 1'
	same "$output" 50
}

@test "with few descriptors all processes are found and ended as well" {
	needs_trees
	for sig in 9 15; do
		via=(bash -c 'ulimit -n 20 && exec "$@"' bash)
		start=(-x)
		launch -j100 brood ready ::: {1..20}
		wait_until few_waiting
		kill -$sig "$pid"
		ended "signal $sig"
		test $sig = 9 || nothing_left
		no_leftovers "$tag"
		rm ready
	done
}

@test "with few descriptors what a killed worker leaves is ended too" {
	needs_trees
	via=(bash -c 'ulimit -n 20 && exec "$@"' bash)
	start=(-x)
	launch -j100 --joblog log brood -i ready ::: {1..20}
	wait_until test -s ready
	wait_until few_waiting
	lines=$(wc -l <ready)
	victim=$(head -n 1 ready)
	worker=$(stat_field 4 "$victim")
	named brood | sort >before
	kill -9 "$worker"
	wait_until lines_are 2 log
	same "$(column 7 log)" -1
	# Its five are gone, what others have begun since is there.
	named brood | sort >after
	same "$(comm -23 before after | wc -l)" 5
	kill -9 "$pid"
	ended "signal 9"
	no_leftovers "$tag"
}

few_waiting()
{
	test -e ready && test "$(wc -l <ready)" -ge 3
}

@test "stdout's flags are not changed for others" {
	needs_proc
	mkfifo p
	exec {r}<>p
	seq 3 | ppx -j2 tiny >p
	flags=$(sed -n 's/^flags:[[:blank:]]*//p' "/proc/$$/fdinfo/$r")
	test $((flags & 04000)) -eq 0
	exec {r}>&-
}

# --- started without --------------------------------------------------------------

@test "E15 0, 1, 2 closed at start, in all combinations" {
	for closed in 0 1 2 01 02 12 012; do
		start=(-x)
		for fd in 0 1 2; do
			[[ $closed != *$fd* ]] || start+=(-c $fd)
		done
		for mode in --group -k --lb; do
			rm -f file.*
			launch $mode -j2 'readlink /proc/self/fd/0 >"file.$1"
				ls /proc/self/fd >>"file.$1"; cat >>"file.$1"' ::: a b
			ended "exit 0"
			for i in a b; do
				same "$(tr '\n' ' ' <file.$i)" "/dev/null 0 1 2 3 "
			done
			same "$(<out)$(<err)" ""
		done
	done
}

@test "E15 stdout closed and something to write: 125" {
	for mode in --group -k --lb; do
		start=(-c 1)
		launch $mode echo ::: a
		ended "exit 125"
		grep -q 'cannot write to stdout' err
		start=(-c 0 -c 1 -c 2)
		launch $mode echo ::: a
		ended "exit 125"
	done
}

@test "E15 -u with stdout closed: what a task writes does not vanish unseen" {
	start=(-c 1)
	launch -u echo ::: a
	ended "exit 123"
}

@test "stderr closed: messages are lost, tasks and stdout are not" {
	start=(-c 2)
	launch -k echo ::: a b
	ended "exit 0"
	same "$(<out)" "a
b"
	launch -k 'echo "$1"; echo lost >&2' ::: a
	ended "exit 125"
	same "$(<out)" a
}

@test "nor is one by another name, nor are records written nowhere" {
	local how
	for how in '-a /dev/stdin echo' 'echo :::: /dev/fd/0' \
	    '--pipe -a /proc/self/fd/0 cat'; do
		run bash -c '"$PPX" $0 <&-' "$how"
		same "$status" 125
		[[ $output == "ppx: cannot read /"*": Bad file descriptor" ]]
	done
	for how in --joblog= --log-json= --stats=; do
		run bash -c '"$PPX" $0/dev/stdout touch ran ::: a >&-' "$how"
		same "$status" 125
		[[ $output == *" /dev/stdout: Bad file descriptor" ]]
		run bash -c '"$PPX" $0/dev/stderr touch ran ::: a 2>&-' "$how"
		same "$status" 125
	done
	test ! -e ran
	same "$(ppx --joblog /dev/stdout true ::: a | cut -f9)" \
	    "$(printf '%s\n' Command 'true a')"
}

@test "a closed stdin is no empty input: 125" {
	start=(-c 0)
	launch echo
	ended "exit 125"
	grep -q 'stdin' err
}

# --- signals, environment, session --------------------------------------------------

@test "E12 a task has the signal mask and dispositions that ppx was started with" {
	test -r /proc/self/status || skip "no /proc"
	for given in '' '-i 1' '-i 2 -i 3' '-i 13' '-i 17' '-i 20 -i 21 -i 22' \
	    '-b 10 -b 15' '-b 17' '-b 2 -b 13 -b 20' '-i 1 -i 17 -b 1 -b 17'; do
		show=(grep -E '^Sig(Blk|Ign)' /proc/self/status)
		start $given "${show[@]}" >want
		for mode in --session=own -u; do
			start $given "$PPX" $mode -j1 --exec "${show[@]}" \
			    ::: /proc/self/status >got
			sed -i 's/^[^:]*status://' got
			sort -u got | cmp - <(sort -u want)
		done
	done
}

@test "SIGCHLD ignored at start does not break ppx" {
	start=(-i 17)
	launch -j4 --joblog log 'exit "$1"' ::: 0 1 2 0
	ended "exit 123"
	same "$(column 7 log | sort -n | tr '\n' ' ')" "0 0 1 2 "
}

@test "SIGCHLD blocked at start does not break ppx" {
	start=(-b 17)
	launch -j4 --joblog log 'exit "$1"' ::: 0 1 2 0
	ended "exit 123"
	all_logged 4 log
}

@test "nohup: tasks and ppx ignore HUP" {
	need nohup
	gate gate
	via=(nohup)
	launch 'kill -HUP $$; cat gate; echo "$1"' ::: alive
	wait_until named cat
	kill -HUP "$pid"
	open_gate gate
	ended "exit 0"
	same "$(<out)" alive
}

@test "SIGPIPE is for tasks what it was for ppx" {
	run ppx 'yes | head -n 1; : "$1"' ::: 1
	same "$status $output" "0 y"
}

@test "PPX_SEQ, PPX_SLOT, PPX_ATTEMPT, PPX_WORKER_PID and GNU parallel's names" {
	run ppx -j1 -k 'echo $PPX_SEQ $PPX_SLOT $PPX_ATTEMPT $PARALLEL_SEQ \
		$PARALLEL_JOBSLOT $((PPX_WORKER_PID == PPID)) "$1"' ::: a b
	same "$output" "1 1 1 1 1 1 a
2 1 1 2 1 1 b"
	PPX_SEQ=x PPX_SLOT=y run ppx 'env | grep -cE "^PPX_(SEQ|SLOT)"; : "$1"' ::: 1
	same "$output" 2
}

@test "slots are 1..N, the lowest free one first" {
	gate gate.1
	gate gate.2
	launch -j3 'echo "$PPX_SLOT" >"slot.$1"
		case $1 in a|c) cat gate.1;; b) cat gate.2;; esac' ::: a b c d e
	for i in a b c; do
		wait_until test -s slot.$i
	done
	same "$(cat slot.a slot.b slot.c | sort | tr '\n' ' ')" "1 2 3 "
	two=$(<slot.b)
	open_gate gate.2
	wait_until test -s slot.e
	same "$(<slot.d) $(<slot.e)" "$two $two"
	open_gate gate.1
	ended "exit 0"
}

@test "own session: a task has its own group in its worker's session, without a terminal" {
	run ppx --exec cat /proc/self/stat ::: /dev/null
	# After the name: state ppid pgrp session tty
	read -r _ worker group session tty _ <<<"${output##*) }"
	same "$group $session $tty" "${output%% *} $worker 0"
	run ppx --init 'exec cat /proc/self/stat >init' --exec cat /proc/self/stat \
	    ::: /dev/null
	read -r _ worker _ <<<"${output##*) }"
	output=$(<init)
	read -r _ _ group session tty _ <<<"${output##*) }"
	same "$group $session $tty" "${output%% *} $worker 0"
	run onpty "$PPX" 'cat </dev/tty || echo "no $1"' ::: terminal
	same "$status" 0
	[[ $output == *"no terminal"*"/dev/tty"* ]]
}

@test "--session=shared: its own group in ppx's session; reading the terminal fails" {
	run ppx --session=shared --exec cat /proc/self/stat ::: /dev/null
	read -r _ _ group session tty _ <<<"${output##*) }"
	same "$group" "${output%% *}"
	same "$session" "$(stat_field 6 $$)"
	PPX_TEST_TAG=$TAG run timeout 20 onpty "$PPX" --session=shared \
	    'read -r x </dev/tty || echo "no $1"; tty -s </dev/tty && echo tty' \
	    ::: input </dev/null
	same "$status" 0
	[[ $output == *"no input"*tty* ]]
}

@test "--session=shared: a signal ends every process all the same" {
	needs_trees
	launch --session=shared -j2 brood ready ::: 1 2
	wait_until lines_are 2 ready
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

@test "cwd and umask are ppx's" {
	umask 027
	mkdir sub
	cd sub
	run ppx 'pwd; umask; : "$1"' ::: 1
	same "$output" "$WORK/sub
0027"
}
