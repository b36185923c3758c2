# The pool never breaks: whatever dies costs at most its task, and each item
# ends in exactly one record.

load helper
load trees

teardown()
{
	remove_public
	test_teardown
}

# What came of N items: all have a row, those that were ok their output.
all_accounted()
{
	all_logged "$1" log
	sort -n out >got
	column 1,7 log | awk '$2 == 0 { print $1 }' | sort -n >fine
	comm -23 <(sort fine) <(sort got) >missing
	same "$(<missing)" ""
	same "$(uniq -d got)" ""
}

lost_rows()
{
	column 7,8 log | grep -c '^-1	9$' || :
}

# --- workers that die -----------------------------------------------------------

@test "E8 KILL of idle workers costs nothing" {
	mkfifo items
	exec {w}<>items
	launch -i items -j4 --joblog log tiny {w}>&-
	for i in {1..10}; do
		seq $((i * 20 - 19)) $((i * 20)) >&$w
		wait_until lines_are $((i * 20 + 1)) log
		victims=$(workers)
		kill -9 $victims
	done
	exec {w}>&-
	ended "exit 0"
	nothing_left
	all_accounted 200
}

@test "E1 E4 E7 KILL of a worker: its task is lost with all its processes, others go on" {
	needs_trees
	gate gate
	launch -j3 --joblog log 'case $1 in
		2) exec brood -i ready;;
		*) cat gate; echo "$1";;
		esac' ::: 1 2 3 4 5
	wait_until lines_are 1 ready
	wait_until named_are 2 cat
	kill -9 "$(stat_field 4 "$(<ready)")"
	wait_until named_are 0 brood
	# Its slot is taken by the next.
	wait_until named_are 3 cat
	open_gate gate
	ended "exit 123"
	nothing_left
	all_logged 5 log
	same "$(grep -c . out)" 4
	same "$(sort -n log | cut -f 1,7,8 | grep '^2	')" "2	-1	9"
	grep -q '1 of 5 tasks failed: 1 lost with its worker' err
	grep -q 'task 2 .*lost: its worker died' err
}

@test "E6 ... also while large items are sent" {
	big=$(head -c 100000 /dev/zero | tr '\0' x)
	launch -i <(for i in {1..300}; do echo "$i $big"; done) -j4 \
	    --joblog log 'echo "${1%% *}"'
	while kill -0 "$pid" 2>/dev/null; do
		victim=$(workers | shuf -n 1)
		test -z "$victim" || kill -9 "$victim" || :
		sleep 0.03
	done 2>/dev/null
	wait_until test -e how
	nothing_left
	[[ $(<how) == "exit 0" || $(<how) == "exit 123" ]]
	cut -f 1-8 log >short
	all_logged 300 short
	comm -23 <(column 1,7 short | awk '$2 == 0 { print $1 }' | sort) \
	    <(sort out) >missing
	test ! -s missing
}

@test "E1 E3 E7 hundreds of workers killed at random while a thousand tasks run" {
	# As many as it takes, where the machine has other things to do.
	launch -i <(for ((n = 0; n < 1000; )); do
			echo $((++n))
		done
		until test -e enough; do echo $((++n)); done
		echo $n >items) -j8 --joblog log 'echo "$1"; exec sleep 0.01'
	kills=0
	while kill -0 "$pid" 2>/dev/null; do
		for victim in $(workers | shuf -n 4); do
			kill -9 "$victim" && kills=$((kills + 1))
		done
		test $kills -lt 100 || : >enough
	done 2>/dev/null
	wait_until test -e how
	nothing_left
	echo "killed $kills, lost $(lost_rows)"
	test $kills -ge 100
	[[ $(<how) == "exit 0" || $(<how) == "exit 123" ]]
	all_accounted "$(<items)"
	# No state but these two.
	same "$(column 7,8 log | sort -u | grep -vE '^(0	0|-1	9)$')" ""
	lost=$(lost_rows)
	test "$lost" -le $kills
	grep -q "^ppx: $lost of $(<items) tasks failed: $lost lost" err
}

@test "tasks that kill their worker, their group, themselves" {
	launch -j3 --joblog log 'case $1 in
		worker) kill -9 $PPID; sleep 1000;;
		group) kill -9 0;;
		self) kill -SEGV $$;;
		term) kill 0; sleep 1000;;
		255) exit 255;;
		esac; echo "$1"' ::: worker group self term 255 fine
	ended "exit 123"
	nothing_left
	same "$(<out)" fine
	same "$(sort -n log | cut -f 1,7,8 | tail -n 6)" "1	-1	9
2	0	9
3	0	11
4	0	15
5	255	0
6	0	0"
}

@test "a task that stops its worker for ever is not in anybody's way" {
	launch -j2 'kill -STOP $PPID; echo "$1"' ::: 1 2 3 4
	ended "exit 0"
	nothing_left
	lines_are 4 out
}

@test "a task that kills all processes of its user it can" {
	needs_trees
	needs_nobody
	via=("${nobody[@]}")
	# ppx and its workers together: no promise but this one.
	launch -j2 'test "$1" = 2 || exec sleep 1000
		brood ready & until test -e ready; do :; done; kill -9 -1' ::: 1 2
	ended "signal 9"
	no_leftovers "$tag"
	launch -j2 'test "$1" = 2 || exec sleep 1000
		brood ready & until test -e ready; do :; done; kill -TERM -1
		sleep 1000' ::: 1 2
	ended "signal 15"
	nothing_left
}

@test "E14 a task that kills ppx" {
	needs_trees
	launch -j2 'test "$1" = 2 || exec brood -i ready
		until test -e ready; do :; done
		kill -9 $(sed "s/.*) . \([0-9]*\).*/\1/" /proc/$PPID/stat)
		exec sleep 1000' ::: 1 2
	ended "signal 9"
	no_leftovers "$tag"
}

@test "E14 a task that stops its worker, and kills ppx" {
	needs_trees
	start=(-r)
	launch -j2 'test "$1" = 2 || exec brood -i ready
		until test -e ready; do :; done
		ppx=$(sed "s/.*) . \([0-9]*\).*/\1/" /proc/$PPID/stat)
		kill -STOP $ppx; kill -STOP $PPID; kill -9 $ppx
		exec sleep 1000' ::: 1 2
	wait_until test -s how
	no_leftovers "$tag"
	ended "signal 9"
}

# --- many -------------------------------------------------------------------------

@test "E5 20,000 tasks at -j64, each has its row" {
	need true
	launch -i <(seq 20000) -j64 --joblog log "$(type -P true)"
	PPX_TEST_WAIT=55 wait_until test -e how
	ended "exit 0"
	nothing_left
	same "$(column 7,8 log | sort | uniq -c | tr -s ' ')" " 20000 0	0"
	all_logged 20000 log
	same "$(<out)$(<err)" ""
}

@test "E5 among short tasks each has its own end, also those that cannot be executed" {
	printf 'exit "$1"\n' >plain
	printf '#!/nowhere/sh\n' >bad
	chmod +x plain bad
	touch none
	awk 'BEGIN {
		split("true;./plain 5;./bad;exit 7;kill -9 $$;./none", line, ";")
		split("0 0;5 0;127 0;7 0;0 9;126 0", want, ";")
		srand(7)
		while (n++ < 1500) {
			k = int(rand() * 6) + 1
			print line[k]
			print want[k] >"want"
		}
	}' >lines
	run -123 ppx -j3 -k -q --joblog log <lines
	all_logged 1500 log
	tail -n +2 log | sort -n | cut -f 7,8 | tr '\t' ' ' | cmp - want
}

@test "E5 the signal that ended a task is never lost" {
	ulimit -c 0
	launch -i <(seq 300) -j8 --joblog log 'kill -SEGV $$; : "$1"'
	ended "exit 123"
	same "$(column 7,8 log | sort | uniq -c | tr -s ' ')" " 300 0	11"
	all_logged 300 log
	grep -q '300 of 300 tasks failed: 300 ended by a signal' err
}

@test "E3 a task that writes much and ends at once: all of it arrives" {
	run bash -c '"$PPX" -j4 head -c 300000 ::: /dev/zero /dev/zero /dev/zero \
		/dev/zero /dev/zero /dev/zero /dev/zero /dev/zero | wc -c'
	same "$output" 2400000
}

@test "where no child may run beside its worker, tasks run all the same" {
	! sanitized || skip "the leak sanitizer needs such a child itself"
	forbid -e 22 beside true ||
		skip "this system cannot filter system calls"
	same "$(seq 300 | forbid -e 22 beside "$PPX" -k -j3 tiny)" "$(seq 300)"
	same "$(forbid -e 22 beside "$PPX" -q ./none ::: 1 2>err; echo $?)" 127
	grep -q "none: command not found" err
}

@test "orphans that end while the task runs leave no zombies" {
	needs_trees
	gate gate
	launch -j1 'for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.01 &) ; done
		cat gate; : "$1"' ::: 1
	wait_until named cat
	wait_until named_are 0 sleep
	worker=$(workers)
	wait_until one_child "$worker"
	open_gate gate
	ended "exit 0"
}

one_child()
{
	local p n=0

	for p in /proc/[0-9]*; do
		if test "$(stat_field 4 "${p#/proc/}")" = "$1"; then
			n=$((n + 1))
		fi
	done
	test $n -eq 1
}

@test "E9 a command that cannot be executed is tried once, not for ever" {
	launch -i <(seq 1000) -j4 ./none
	ended "exit 127"
	nothing_left
	cat err
	same "$(grep -c '^ppx: ./none: ' err)" 1
	test "$(wc -l <err)" -le 4
	echo '#!/nowhere/sh' >bad
	chmod +x bad
	launch -i <(seq 1000) -j4 ./bad
	wait_until test -e how
	[[ $(<how) == "exit 127" || $(<how) == "exit 126" ]]
	test "$(wc -l <err)" -le 4
}

@test "E16 tasks start in the order of the input" {
	seq 500 | ppx -j1 echo | cmp - <(seq 500)
}

@test "-t and -v show each task once, also one that a worker gave back" {
	for i in 1 2 3; do
		launch -i <(seq 500) -j8 -t -v tiny
		ended "exit 0"
		sort -k 2n err | cmp - <(seq -f "tiny %g" 500)
		grep tiny out | sort -k 2n | cmp - <(seq -f "tiny %g" 500)
	done
}

@test "E18 no item, one item, an item without a newline" {
	run ppx -j64 echo </dev/null
	same "$status $output" "0 "
	run ppx -j64 echo < <(printf one)
	same "$status $output" "0 one"
}

# --- little room --------------------------------------------------------------------

@test "few processes: fewer tasks run at once, none fails" {
	for limit in 3 6 20; do
		few_processes $limit
		launch -i <(seq 200) -j50 --joblog log tiny
		ended "exit 0"
		nothing_left
		all_accounted 200
	done
}

@test "few processes, and tasks that need some themselves" {
	few_processes 12
	launch -i <(seq 60) -j50 --joblog log 'sleep 0.01; echo "$1"'
	wait_until test -e how
	nothing_left
	all_logged 60 log
}

@test "not one process to be had: 125, and every item is accounted for" {
	few_processes 1
	launch -j50 tiny ::: 1 2 3
	ended "exit 125"
	nothing_left
	cat err
	grep -q 'not started' err
}

@test "little memory: fewer at once, or 125; nothing is left" {
	sanitized && skip "sanitizers need much memory"
	via=(bash -c 'ulimit -v 20000 && exec "$@"' bash)
	launch -i <(seq 100) -j50 --joblog log tiny
	wait_until test -e how
	nothing_left
	same "$(<how)" "exit 0"
	all_accounted 100
}

# --- ppx below ppx --------------------------------------------------------------------

@test "ppx in ppx in ppx: output and status come through" {
	launch -k --arg-sep ,,, "$PPX" -k --arg-sep ,, "$PPX" -k --exit max \
	    sh -c 'echo $0 $PPX_SEQ; exit 7' ::: a b ,, c ,,, d
	ended "exit 123"
	nothing_left
	same "$(<out)" "a 1
b 2
c 3
a 1
b 2
d 3"
}

@test "KILL of a worker of an inner ppx" {
	needs_trees
	launch --arg-sep ,, -j1 --exit max "$PPX" -j2 --joblog log \
	    'case $1 in
		1) echo $PPX_WORKER_PID >worker; exec brood -i ready;;
		*) until test -e killed; do sleep 0.01; done; echo "$1";;
		esac' ::: 1 ,, 2
	wait_until test -s ready
	kill -9 "$(<worker)"
	wait_until named_are 0 brood
	: >killed
	ended "exit 123"
	nothing_left
	same "$(<out)" 2
	same "$(sort -n log | cut -f 1,7,8 | tail -n 2)" "1	-1	9
2	0	0"
}
