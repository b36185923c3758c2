# The end of a run, whenever it comes: orderly, with the right status, and
# nothing delivered twice.

load helper
load trees

# $1 tasks that have begun wait at the gate; more are queued.
running()
{
	local n=$1

	shift
	rm -f begun
	gate gate
	launch "$@" 'echo {} >>begun; cat gate; echo {}'
	wait_until lines_are "$n" begun
}

@test "2.5 what runs may end, what is queued is dropped: --halt soon" {
	running 3 -i <(seq 20) -j3 --halt soon,done=1
	open_gate gate
	ended "exit 0"
	nothing_left
	same "$(sort begun)" "$(sort out)"
	lines_are 3 out
	grep -q '17 not started' err
}

@test "2.5 all run: the end of the input" {
	running 3 -i <(seq 20) -j3
	open_gate gate
	ended "exit 0"
	cmp <(sort -n out) <(seq 20)
}

@test "2.5 what runs is ended, what is queued is dropped: a signal" {
	for sig in 2 15 1; do
		rm -f gate
		running 3 -i <(seq 20) -j3
		kill -$sig "$pid"
		seconds 10 ended "signal $sig"
		nothing_left
		lines_are 3 begun
		test ! -s out
		grep -q '3 cancelled, 17 not started' err
	done
}

@test "D61 ten signals, 10 ms apart" {
	for sig in INT TERM; do
		rm -f gate
		running 2 -i <(yes) -j2 --joblog log
		for i in {1..10}; do
			kill -$sig "$pid" 2>/dev/null || break
			sleep 0.01
		done
		seconds 10 ended "signal $(kill -l $sig)"
		nothing_left
	done
}

@test "D63 a full backlog and an endless input" {
	for ending in "-TERM" "-INT"; do
		rm -f gate
		running 1 -i <(yes) --backlog 1 -j1
		kill $ending "$pid"
		seconds 10 ended "signal $(kill -l ${ending#-})"
		nothing_left
		grep -q '1 cancelled, 1 not started; the input was not read' err
	done
	run ppx --backlog 1 -j1 --halt now,fail=1 false < <(yes)
	same "$status" 123
	run ppx --backlog 1 -j1 --max-time 0.3 sleep 1000 < <(yes 1000)
	same "$status" 124
}

# More were started (-t) than there are slots.
a_slot_was_free_again()
{
	test "$(grep -c '^sleep ' err)" -gt "$1"
}

@test "B73 a signal while tasks time out" {
	for i in 1 2 3 4 5; do
		launch -i <(yes 1000) -j8 --timeout 0.05 --idle-timeout 0.06 \
		    --retries 3 --retry-delay 0.02 --queue-timeout 5 -t \
		    sleep
		wait_until a_slot_was_free_again 8
		kill -TERM "$pid"
		seconds 10 ended "signal 15"
		nothing_left
		grep -q 'not read to its end' err
	done
}

@test "100 MB of output pending, the reader pauses: all of it, once" {
	mkfifo pipe
	exec {r}<>pipe
	stdout=pipe launch -i <(seq 1 1000) -j2 \
	    'echo {} >>begun; yes {} | head -c 25000000
		test {} -lt 4 || { echo {} >>full; exec sleep 1000; }'
	wait_until lines_are 5 begun
	wait_until lines_are 2 full
	kill -TERM "$pid"
	wait_until named_are 0 sleep
	# The tasks are gone; ppx waits for our reader.
	kill -0 "$pid"
	cat pipe >got {r}>&- &
	cat=$!
	exec {r}>&-
	ended "signal 15"
	wait "$cat"
	nothing_left
	for i in 1 2 3 4 5; do
		same "$i $(grep -c "^$i$" got || :)" \
		    "$i $(yes "$i" | head -c 25000000 | grep -c "^$i$")"
	done
	same "$(wc -c <got)" 125000000
}

@test "... a second signal drops what is pending, and says so" {
	mkfifo pipe
	exec {r}<>pipe
	stdout=pipe launch -k -j2 --joblog log 'yes {} | head -c 25000000
		echo {} >>full; exec sleep 1000' ::: 1 2
	wait_until lines_are 1 full || wait_until lines_are 2 full
	kill -TERM "$pid"
	sleep 0.3		# a time that must pass
	kill -TERM "$pid"
	seconds 10 ended "signal 15"
	exec {r}>&-
	nothing_left
	grep -q 'the output of .* was not written' err
}

@test "B26 10,000 queued tasks of 0.1 s: TERM ends them at once" {
	launch -i <(yes 0.1 | head -n 10000) -j4 --backlog 10000 sleep
	wait_until named_are 4 sleep
	began=${EPOCHREALTIME/[.,]/}
	kill -TERM "$pid"
	ended "signal 15"
	took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
	nothing_left
	echo "$took ms"
	((took < 2000 * PPX_TEST_SLOW))
	n=$(grep -o '[0-9]* not started' err | cut -d ' ' -f 1)
	test "$n" -gt 9000
}

@test "B27 a task that ends in the very moment of the signal is whole" {
	for i in {1..15}; do
		launch -i <(seq 100000) -j4 --joblog log \
		    'echo {}; seq 2000; echo end'
		wait_until test -s out
		kill -TERM "$pid"
		ended "signal 15"
		nothing_left
		# Those that are logged are there, whole and once.
		grep -c '^end$' out >ends || :
		test "$(<ends)" -ge "$(column 1 log | wc -l)"
		same "$(column 1 log | sort | uniq -d)" ""
		column 6 log | sort -u >sizes
		awk '$1 < 8893 + 6 { exit 1 }' sizes
	done
}

@test "a signal in each phase of a short run" {
	for ms in 0 2 4 6 8 10 15 20 30 50; do
		launch -i <(seq 2000) -k -j4 --retries 2 --priority '{}' \
		    --idle-timeout 10 echo
		sleep "0.0$(printf %02d $ms)"
		kill -TERM "$pid" 2>/dev/null || :
		wait_until test -s how
		nothing_left
		# what was delivered stands in order, and once
		cmp out <(sort -nu out)
	done
}
