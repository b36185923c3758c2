# The life of workers: how many there are, when one is replaced, and what it
# costs when they die.

load helper
load trees

workers_are()
{
	test "$(workers | wc -l)" -eq "$1"
}

no_workers()
{
	test -z "$(workers)"
}

# The pids of workers in the file, each task having written its worker's.
pids_in()
{
	sort -u "$1" | wc -l
}

# --- how many ------------------------------------------------------------------

@test "D3 --min-workers: 10 at most, 5 at least, 6 tasks, then the input pauses: 5" {
	needs_trees
	mkfifo items
	exec {w}<>items
	gate gate
	launch -i items -j10 --min-workers 5 --joblog log 'cat gate; : "$1"' {w}>&-
	# Before the first item.
	wait_until workers_are 5
	seq 6 >&$w
	wait_until named_are 6 cat
	workers_are 6
	open_gate gate
	wait_until lines_are 7 log
	wait_until workers_are 5
	exec {w}>&-
	ended "exit 0"
	nothing_left
}

@test "D4 --min-workers 0: all go when they are idle, and come back with work" {
	needs_trees
	mkfifo items
	exec {w}<>items
	launch -i items -j4 --min-workers 0 --joblog log 'cat gate; : "$1"' {w}>&-
	for i in 1 2 3; do
		gate gate
		seq 8 >&$w
		wait_until named_are 4 cat
		workers_are 4
		open_gate gate
		wait_until lines_are $((i * 8 + 1)) log
		wait_until no_workers
		rm gate
	done
	exec {w}>&-
	ended "exit 0"
	nothing_left
}

@test "without --min-workers they are kept" {
	needs_trees
	mkfifo items
	exec {w}<>items
	gate gate
	launch -i items -j4 --joblog log 'cat gate; : "$1"' {w}>&-
	seq 4 >&$w
	wait_until named_are 4 cat
	open_gate gate
	wait_until lines_are 5 log
	# One of them serves what comes now; none has gone meanwhile.
	echo 5 >&$w
	wait_until lines_are 6 log
	workers_are 4
	exec {w}>&-
	ended "exit 0"
}

@test "--min-workers larger than -j means -j" {
	needs_trees
	mkfifo items
	exec {w}<>items
	launch -i items -j2 --min-workers 5 --joblog log true {w}>&-
	wait_until workers_are 2
	seq 4 >&$w
	wait_until lines_are 5 log
	workers_are 2
	exec {w}>&-
	ended "exit 0"
}

@test "a worker that is kept and dies is forked again" {
	needs_trees
	mkfifo items
	exec {w}<>items
	launch -i items -j4 --min-workers 2 true {w}>&-
	wait_until workers_are 2
	kill -9 $(workers | head -n 1)
	wait_until workers_are 2
	exec {w}>&-
	ended "exit 0"
}

@test "--dry-run forks none" {
	run ppx --min-workers 3 --init 'echo >&2 bad' --dry-run echo ::: a b
	same "$status" 0
	same "$output" "echo a
echo b"
}

@test "workers are called ppx:wN, also those that replace others" {
	needs_trees
	gate gate
	launch -j2 --max-tasks-per-child 1 'cat gate; : "$1"' ::: {1..6}
	both_run()
	{
		named_are 2 cat && test "$(for p in $(workers); do
			cat "/proc/$p/comm"; done 2>/dev/null | sort)" = "ppx:w1
ppx:w2"
	}
	for i in 1 2; do
		wait_until both_run
		test $i = 2 && break
		victim=$(workers | head -n 1)
		kill -9 "$victim"
		wait_until gone "$victim"
	done
	open_gate gate
	ended "exit 123"
	nothing_left
}

# --- replaced ------------------------------------------------------------------

@test "--max-tasks-per-child: 100 is one worker for 10 tasks, 1 is ten, 3 is four" {
	for c in 100:1 1:10 3:4; do
		seq 10 | ppx -j1 --max-tasks-per-child "${c%:*}" \
		    'echo "$PPX_WORKER_PID"; : "$1"' >pids
		same "$(pids_in pids)" "${c#*:}"
		test "$(sort pids | uniq -c | sort -rn |
		    awk 'NR == 1 { print $1 }')" -le "${c%:*}"
	done
}

@test "billiard's lifetime test: 100 tasks, 10 for each of 3 workers' lives" {
	run ppx -k -j3 --max-tasks-per-child 10 'echo $PPX_WORKER_PID >>pids
	    echo $(({} * {}))' ::: {1..100}
	same "$output" "$(for i in {1..100}; do echo $((i * i)); done)"
	same "$(sort pids | uniq -c | awk '$1 > 10')" ""
	test "$(sort -u pids | wc -l)" -ge 10
}

@test "5,000 tasks, a worker for each: none is lost" {
	local n=5000

	if sanitized; then
		n=500
	fi
	seq $n | ppx -j4 --max-tasks-per-child 1 -k tiny >out
	seq $n | cmp - out
}

@test "D41 --min-workers 1 -j2 --max-tasks-per-child 1: none stays" {
	needs_trees
	mkfifo items
	exec {w}<>items
	launch -i items -j2 --min-workers 1 --max-tasks-per-child 1 \
	    --joblog log 'echo "$PPX_WORKER_PID"; : "$1"' {w}>&-
	for i in {1..10}; do
		seq 10 >&$w
		wait_until lines_are $((i * 10 + 1)) log
		wait_until workers_are 1
	done
	exec {w}>&-
	ended "exit 0"
	same "$(pids_in out)" 100
	nothing_left
}

@test "--max-rss: a worker that is as large is replaced" {
	needs_trees
	seq 5 | ppx -j1 --max-rss 1 'echo "$PPX_WORKER_PID"; : "$1"' >pids
	same "$(pids_in pids)" 5
	seq 5 | ppx -j1 --max-rss 100G 'echo "$PPX_WORKER_PID"; : "$1"' >pids
	same "$(pids_in pids)" 1
}

# --- workers that do not live --------------------------------------------------

@test "the 100th early death is borne, the 101st is not (--max-restarts 100/60)" {
	run ppx -j4 --max-restarts 100/60 --joblog log \
	    --init 'echo >>born; kill -9 "$PPX_WORKER_PID"; sleep 1000' \
	    echo ::: {1..20}
	same "$status" 125
	[[ $output == *"workers die before they begin a task"* ]]
	[[ $output == *"20 of 20 tasks failed: 20 not started"* ]]
	lines_are 1 log
	# Those that were being born when it came to that.
	n=$(wc -l <born)
	echo "$n"
	test "$n" -ge 97 && test "$n" -le 104
}

@test "... and the 100th is followed by a run as ever" {
	echo 0 >n
	run ppx -j1 --max-restarts 100/60 --init '
		read n <n; echo $((n + 1)) >n
		test $n -ge 100 || kill -9 "$PPX_WORKER_PID"' \
	    echo ::: {1..20}
	same "$status" 0
	same "$output" "$(seq 20)"
	same "$(<n)" 101
}

@test "a task that is accepted sets the count back" {
	# Each worker but the first two dies early, five times in a row.
	echo 0 >n
	run ppx -j1 --max-restarts 7/60 --max-tasks-per-child 1 --init '
		read n <n; echo $((n + 1)) >n
		test $((n % 6)) -eq 5 || kill -9 "$PPX_WORKER_PID"' \
	    echo ::: {1..5}
	same "$status" 0
	same "$output" "$(seq 5)"
	same "$(<n)" 30
}

@test "the default: no more forks than ten for a slot, then 125" {
	run ppx -j3 --init 'echo >>born; kill -9 "$PPX_WORKER_PID"' echo ::: {1..9}
	same "$status" 125
	n=$(wc -l <born)
	echo "$n"
	test "$n" -le 34
	[[ $output == *"9 of 9 tasks failed: 9 not started"* ]]
}

@test "... also where each takes its time to die in its init" {
	run timeout 60 "$PPX" -j2 --init 'echo >>born; sleep 0.15
		kill -9 "$PPX_WORKER_PID"' echo ::: {1..9}
	same "$status" 125
	test "$(wc -l <born)" -le 23
	[[ $output == *"workers die before they begin a task"* ]]
}

@test "tasks that kill their worker each time slow their own slots only" {
	needs_trees
	for i in {1..100}; do
		printf 'kill\ngood\n'
	done >items
	run ppx -j4 --joblog log -a items \
	    'case $1 in kill) kill -9 $PPID; sleep 1000;; esac; echo "$1"'
	same "$status" 123
	same "$(column 7,8 log | sort | uniq -c | tr -s ' ')" " 100 -1	9
 100 0	0"
	same "$(grep -cx good <<<"$output")" 100
}

@test "one slot rests for longer and longer, the other goes on" {
	needs_trees
	# Slot 1 kills its worker whenever it gets a task.
	run ppx -j2 --joblog log -a <(seq 300) '
		if test "$PPX_SLOT" = 1; then
			kill -9 $PPID; exec sleep 1000
		fi
		sleep 0.01; : "$1"'
	same "$status" 123
	all_logged 300 log
	lost=$(column 7 log | grep -c '^-1$')
	echo "lost $lost"
	# 3 s and more of the other: 10, 20, 40, .. 1000 ms, 1 s, 1 s.
	test "$lost" -ge 2 && test "$lost" -le $((20 * PPX_TEST_SLOW))
}

# --- lost work -----------------------------------------------------------------

@test "what was said before the worker's death counts: each item has one record" {
	needs_trees
	seq 200 >items
	launch -a items -j16 --leak=kill --joblog log '
		(exec >&- 2>&-; kill -9 $PPX_WORKER_PID) &
		echo "$1"'
	wait_until test -e how
	[[ $(<how) == "exit 0" || $(<how) == "exit 123" ]]
	nothing_left
	all_logged 200 log
	# No state but ok and lost; who is ok has been heard.
	same "$(column 7,8 log | sort -u | grep -vE '^(0	0|-1	9)$')" ""
	comm -23 <(column 1,7 log | awk '$2 == 0 { print $1 }' | sort) \
	    <(sort -u out) >missing
	same "$(<missing)" ""
	same "$(sort out | uniq -d)" ""
}

@test "... and what was yet to be said with the end of the task that killed it" {
	local i

	for ((i = 1; i <= 400; i++)); do
		if ((i % 40 == 20)); then
			echo 'kill -9 $PPX_WORKER_PID; : never'
		else
			echo "echo $i >>runs"
		fi
	done >commands
	run ppx -j2 --joblog log -a commands
	same "$(sort runs | uniq -d)" ""
	lines_are 390 runs
	same "$(column 1 log | sort -n)" "$(seq 400)"
	same "$(column 7 log | sort | uniq -c | tr -s ' \n' ' ')" " 10 -1 390 0 "
}

@test "a worker killed while tasks are on their way: they run elsewhere" {
	needs_trees
	mkfifo items
	exec {w}<>items
	launch -i items -j2 --joblog log tiny {w}>&-
	for i in {1..30}; do
		kill -9 $(workers) || :
		seq $((i * 10 - 9)) $((i * 10)) >&$w
		wait_until lines_are $((i * 10 + 1)) log
	done 2>/dev/null
	exec {w}>&-
	ended "exit 0"
	sort -n out | cmp - <(seq 300)
}

@test "values that are none" {
	for o in --min-workers=-1 --min-workers=x --max-tasks-per-child=-1 \
	    --max-tasks-per-child=1.5 --max-rss=x --max-restarts=x \
	    --max-restarts=1/x --max-restarts=1/-1 --init-timeout=-1 \
	    --init-fail=no; do
		run ppx "$o" echo ::: a
		same "$status" 125
		[[ $output == "ppx: "*"${o%%=*}"* ]] || bad="${bad-} $o"
	done
	same "${bad-}" ""
}
