# The proofs that the pools deadpool and billiard have for what they promise,
# in the shape they have there; D and B are their numbers in our notes.

load helper
load trees

rows_with()
{
	column 7,8 log | grep -cxe "$1" || :
}

# All N items have a row, OK of them are ok.
counts()
{
	all_logged "$1" log
	same "$(rows_with '0	0')" "$2"
}

@test "D30 the limit counts from a task's start: five of 0.6 s one after the other" {
	run ppx -j1 --timeout 20 sh -c 'sleep 0.6; echo "$0"' ::: 1 2 3 4 5
	same "$status" 0
	same "$output" "1
2
3
4
5"
}

@test "D32 a tree that doubles by double forks in new sessions is gone soon after its limit" {
	needs_trees
	for most in 100 1500; do
		launch --timeout 0.4 --termseq KILL bomb -d ready $most ::: 1
		seconds 15 ended "exit 123"
		nothing_left
		test -e ready
		rm ready
	done
}

@test "D32 ... also when the kill is asked for politely, and for several at once" {
	needs_trees
	launch -j4 --timeout 0.4 --termseq TERM,20,KILL --joblog log \
	    bomb -d ready 300 ::: 1 2 3
	seconds 15 ended "exit 123"
	nothing_left
	same "$(column 7 log | sort -u)" -1
}

@test "D35 100 tasks and 10 that are killed, shuffled, one worker: 100 and 10" {
	{ seq 100; printf 'kill %d\n' 1 2 3 4 5 6 7 8 9 10; } | shuf >items
	launch -i items -j1 --joblog log \
	    'case $1 in kill*) kill -9 $$;; *) echo "$1";; esac'
	ended "exit 123"
	nothing_left
	counts 110 100
	same "$(rows_with '0	9')" 10
	sort -n out | cmp - <(seq 100)
}

@test "D36 200 tasks that die by SEGV: each row says so" {
	launch -i <(seq 200) -j4 --joblog log 'ulimit -c 0; kill -SEGV $$; : "$1"'
	ended "exit 123"
	counts 200 0
	same "$(rows_with '0	11')" 200
}

@test "D56 B7 exit 255 and 155, and a task that kills its group, are failures like others" {
	launch -j2 --joblog log 'case $1 in
		g) kill -9 0;;
		*) exit "$1";;
		esac' ::: 255 g 155 0 g 0
	ended "exit 123"
	nothing_left
	counts 6 2
	same "$(rows_with '0	9')" 2
	same "$(rows_with '255	0')$(rows_with '155	0')" 11
}

@test "B25 the slots are 1..N still, after many workers have been replaced" {
	launch -i <(seq 400) -j5 --joblog log 'echo "$PPX_SLOT"
		test $(($1 % 4)) -ne 0 || kill -9 $PPX_WORKER_PID; sleep 0.002'
	ended "exit 123"
	nothing_left
	all_logged 400 log
	same "$(rows_with '-1	9')" 100
	same "$(sort -u out | tr '\n' ' ')" "1 2 3 4 5 "
}

@test "B26 10,000 tasks queued: TERM ends it at once" {
	launch -i <(seq 10000) -j4 --backlog 10000 --joblog log sleep 0.1
	wait_until test -s log
	wait_until named sleep
	from=${EPOCHREALTIME/[.,]/}
	kill -TERM "$pid"
	ended "signal 15"
	took=$(((${EPOCHREALTIME/[.,]/} - from) / 1000))
	echo "took $took ms"
	test "$took" -lt $((5000 * PPX_TEST_SLOW))
	nothing_left
	grep -q '[0-9] not started' err
}

@test "B27 TERM at the moment when tasks end: what has a row was delivered whole" {
	for i in {1..25}; do
		launch -j2 --joblog log 'sleep 0.02
			head -c 100000 /dev/zero | tr "\0" "$1"; echo' \
		    ::: a b c d e f g h
		wait_until test -s log
		sleep 0.0$((RANDOM % 9))$((RANDOM % 10))
		kill -TERM "$pid" 2>/dev/null || :
		wait_until test -e how
		nothing_left
		[[ $(<how) == "signal 15" || $(<how) == "exit 0" ]]
		for item in $(column 9 log | grep -o '[a-h].$' | cut -c 1); do
			test "$(grep -ocE "^$item{100}" out)" -eq 1
			grep -xE "$item+" out | head -n 1 | wc -c >size
			same "$(<size)" 100001
		done
	done
}

@test "B68 as many descriptors after 10,000 tasks as after 100" {
	needs_trees
	mkfifo items
	exec {w}<>items
	launch -i items -j4 --joblog log tiny {w}>&-
	seq 100 >&$w
	wait_until lines_are 101 log
	before=$(ls "/proc/$pid/fd" | wc -l)
	seq 101 10000 >&$w
	PPX_TEST_WAIT=60 wait_until lines_are 10001 log
	after=$(ls "/proc/$pid/fd" | wc -l)
	exec {w}>&-
	ended "exit 0"
	nothing_left
	echo "$before, $after"
	test "$after" -le $((before + 2))
}
