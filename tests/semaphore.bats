# --semaphore: one of N places, then COMMAND, behind or in the foreground.

load helper

setup()
{
	test_setup
	mkdir run
	export XDG_RUNTIME_DIR=$PWD/run
}

# No place is taken, and nothing is left of them.
all_free()
{
	same "$(ls -A run)" ""
}

sem()
{
	ppx --semaphore --id "$BATS_TEST_NUMBER" "$@"
}

# waits PID [ID]: it waits for the one place, whose file it has open.
waits()
{
	local fd

	for fd in "/proc/$1/fd"/*; do
		test "$fd" -ef "run/ppx/${2:-$BATS_TEST_NUMBER}.1" && return
	done
	return 1
}

# faulty FAULT ARG..: ppx where a call fails, or where somebody is quicker.
faulty()
{
	PPX_FAULT=$1 "$PPX_TOOLS/faulty" --semaphore --id "$TAG" "${@:2}"
}

@test "COMMAND runs behind, and --wait waits for it" {
	gate g
	sem 'cat g; echo done >out' 3>&- 4>&-
	test ! -e out
	open_gate g
	sem --wait
	same "$(<out)" done
	all_free
}

@test "--fg: COMMAND's status, stdin and output" {
	for n in 0 1 7 123 255; do
		rc=0
		sem --fg sh -c "exit $n" || rc=$?
		same "$rc" "$n"
	done
	rc=0
	sem --fg sh -c 'kill -TERM $$' || rc=$?
	same "$rc" 143
	rc=0
	sem --fg no-such-command 2>err || rc=$?
	same "$rc" 127
	same "$(<err)" "ppx: no-such-command: command not found"
	same "$(echo text | sem --fg cat)" text
	same "$(sem --fg 'echo out; echo err >&2' 2>&1)" $'out\nerr'
	all_free
}

@test "COMMAND is taken as it is, nothing is appended" {
	same "$(sem --fg printf '<%s>' a 'b c')" "<a><b c>"
	same "$(sem --fg printf '<%s>' '{}')" "<>"
}

@test "one at a time, unless -j says more" {
	for i in {1..12}; do
		sem 'mkdir lock || echo two >>clash; rmdir lock' 3>&- 4>&-
	done
	sem --wait
	test ! -e clash
	gate g
	for i in 1 2 3; do
		sem -j3 ": >started.$i; cat g" 3>&- 4>&-
	done
	wait_until eval 'test $(ls | grep -c started) -eq 3'
	background ppx --semaphore --id "$BATS_TEST_NUMBER" -j3 'echo 4 >fourth'
	test ! -e fourth
	open_gate g
	ends $!
	sem --wait
	same "$(<fourth)" 4
	all_free
}

@test "a hundred at once, each of them counted" {
	for i in {1..100}; do
		"$PPX" --fg --id x -j2 'n=$(cat n 2>/dev/null || echo 0)
		    echo $i >>all' </dev/null 3>&- 4>&- &
	done
	wait
	same "$(wc -l <all)" 100
	all_free
}

@test "--fg: what the status of the command does not tell is said" {
	run ppx --semaphore --id a --fg false
	same "$status $output" "1 "
	run ppx --semaphore --id a --fg --timeout 0.1 sleep 10
	[[ "$status $output" == "124 "*": 1 timed out"* ]]
	run ppx -q --semaphore --id a --fg --timeout 0.1 sleep 10
	same "$status $output" "124 "
	run ppx --semaphore --id a --fg --leak=fail sh -c 'sleep 10 >/dev/null 2>&1 &'
	[[ "$status $output" == "123 "*": 1 left processes behind"* ]]
	run ppx --semaphore --id a --fg sh -c 'kill -9 $PPID; sleep 10'
	[[ $output == *": 1 lost"* ]]
}

@test "ids are apart, whatever bytes they have" {
	gate g
	ppx --semaphore --id 'a/../b %.1' 'cat g' 3>&- 4>&-
	ppx --semaphore --id a --fg true
	ppx --semaphore --id 'a/../b %' --fg true
	same "$(ls run/ppx)" 'a%2F%2E%2E%2Fb%20%25%2E1.1'
	open_gate g
	ppx --semaphore --id 'a/../b %.1' --wait
	run ppx --semaphore --id "$(printf '%300s')" true
	same "$status $output" "125 ppx: --id: the name is too long"
	all_free
}

@test "the default id is one for all where there is no terminal, as under cron" {
	gate g
	setsid -w sh -c '"$PPX" --semaphore "cat g" 3>&- 4>&-; ls run/ppx' >out
	setsid -w sh -c 'ls run/ppx' >>out
	same "$(<out)" "no-terminal.1
no-terminal.1"
	open_gate g
	wait_until all_free 2>/dev/null
}

@test "who waits holds up nobody while it is stopped, and ended leaves nothing" {
	gate g
	sem --id w 'cat g' 3>&- 4>&-
	background ppx --semaphore --id w --fg touch ran
	waiter=$!
	wait_until waits "$waiter" w
	kill -STOP "$waiter"
	wait_until grep -q '^State:.T' "/proc/$waiter/status"
	kill -TERM "$waiter"
	open_gate g
	same "$(sem --id w --fg --queue-timeout 20 echo ran)" ran
	sem --id w --wait
	all_free
	kill -CONT "$waiter"
	rc=0
	wait "$waiter" || rc=$?
	same "$rc" 143
	all_free
	test ! -e ran
}

@test "ended as it takes its place, it leaves nothing" {
	run faulty setsid:15:0:1 touch ran
	test "$status" -eq 0
	wait_until all_free 2>/dev/null
	test ! -e ran
}

@test "runs share their records: appended to, below one heading" {
	for i in 1 2 3; do
		ppx --fg --id "r$i" --joblog log --log-json json \
		    "exit $i" 3>&- 4>&- || test $? -eq "$i"
	done
	same "$(cut -f 7,9 log)" $'Exitval\tCommand
1\texit 1
2\texit 2
3\texit 3'
	same "$(grep -o '"command":"[^"]*"' json | paste -sd ' ')" \
	    '"command":"exit 1" "command":"exit 2" "command":"exit 3"'
	# What has a line is not run again.
	sem --fg --joblog log --resume 'exit 2'
	same "$(wc -l <log)" 4
	all_free
}

@test "runs at the same time share their records" {
	long=$(printf '%09000d' 0)
	gate g
	for i in {1..20}; do
		sem -j20 --joblog log ": $long; cat g" 3>&- 4>&-
	done
	open_gate g
	sem --wait
	same "$(grep -c ^Seq log)" 1
	same "$(wc -l <log)" 21
	same "$(awk -F'\t' 'NF != 9' log)" ""
	all_free
}

@test "--timeout applies to COMMAND" {
	rc=0
	sem --fg --timeout 0.1 sleep 1000 || rc=$?
	same "$rc" 124
	all_free
}

@test "--max-time bounds the wait for a place, and what is left of it the run" {
	gate g
	sem 'cat g' 3>&- 4>&-
	for how in "" --fg "--fg --queue-timeout 100"; do
		run sem $how --max-time 0.1 touch ran
		same "$status $output" "124 ppx: the run was ended by --max-time: COMMAND was not started, as no place of the semaphore was free"
	done
	open_gate g
	sem --wait
	run sem --fg --max-time 0.3 sleep 100
	test "$status" -eq 124
	same "$(sem --fg --max-time 20 --queue-timeout 20 echo ran)" ran
	test ! -e ran
}

@test "--queue-timeout bounds the wait for a place" {
	gate g
	sem 'cat g' 3>&- 4>&-
	for how in "" --fg; do
		run sem $how --queue-timeout 0.1 touch ran
		same "$status $output" "123 ppx: --queue-timeout: COMMAND was not started, as no place of the semaphore was free in 0.1 s"
	done
	run sem -q --fg --queue-timeout 1ms touch ran
	same "$status $output" "123 "
	# Also behind one who waits for ever.
	background ppx --semaphore --id "$BATS_TEST_NUMBER" true
	wait_until waits $!
	run sem --fg --queue-timeout 0.1 touch ran
	same "$status" 123
	run sem --fg --queue-timeout x touch ran
	same "$status" 125
	run sem --fg --semaphoretimeout 1 touch ran
	[[ $status -eq 125 && $output == *"use --queue-timeout SECS"* ]]
	open_gate g
	ends $!
	sem --wait
	same "$(sem --fg --queue-timeout 20 echo ran)" ran
	test ! -e ran
	all_free
}

@test "an interrupt while it waits, or runs" {
	gate g
	sem 'cat g' 3>&- 4>&-
	background ppx --semaphore --id "$BATS_TEST_NUMBER" touch ran
	wait_until waits $!
	kill -INT $!
	ends $!
	open_gate g
	sem --wait
	test ! -e ran
	background ppx --fg --id fg 'echo >started; sleep 1000'
	wait_until test -e started
	kill -TERM $!
	rc=0
	wait $! || rc=$?
	same "$rc" 143
	all_free
}

@test "an interrupt that waits already: COMMAND does not run, behind or in front" {
	for fg in "" --fg; do
		run env --block-signal=TERM sh -c 'kill -TERM $$; exec "$@"' . \
		    "$PPX" --semaphore $fg --id waiting touch ran
		same "$status" 143
		sem --wait
		test ! -e ran
	done
	run env --ignore-signal=TERM --block-signal=TERM \
	    sh -c 'kill -TERM $$; exec "$@"' . \
	    "$PPX" --semaphore --id waiting touch ran 3>&- 4>&-
	same "$status" 0
	wait_until test -e ran
	ppx --semaphore --id waiting --wait
	all_free
}

@test "kill -9 of the supervisor frees the place and ends COMMAND" {
	sem 'sleep 1000 & setsid sleep 1001 & echo $PPX_WORKER_PID >pid; wait' 3>&- 4>&-
	wait_until test -s pid
	sup=$(ps -o ppid= -p "$(<pid)" | tr -d ' ')
	kill -9 "$sup"
	sem --fg --timeout 20 true
	no_leftovers
	all_free
}

@test "kill -9 of the worker ends COMMAND, and the place is free" {
	sem 'setsid sleep 1001 & echo $PPX_WORKER_PID >pid; wait' 2>err 3>&- 4>&-
	wait_until test -s pid
	kill -9 "$(<pid)"
	sem --wait
	no_leftovers
	grep -q 'its worker died' err
	all_free
}

@test "a command line that is refused leaves nothing" {
	run ppx --semaphore --id a 'echo `echo {}`'
	same "$status" 125
	all_free
}

@test "the directory must be one's own" {
	mkdir -m 755 run/ppx
	run env "TMPDIR=$TMPDIR" "$PPX" --semaphore --id "$TAG" --fg echo ok
	same "$status $output" "0 ok"
	same "$(ls run/ppx)" ""
	rmdir run/ppx
	ln -s /etc run/ppx
	same "$(sem --fg echo ok)" ok
}

@test "without XDG_RUNTIME_DIR it is in /tmp, not in HOME" {
	mkdir home
	HOME=$PWD/home XDG_RUNTIME_DIR='' ppx --semaphore --id "$TAG" --fg \
	    ls -d "/tmp/ppx-$(id -u)" >out
	same "$(<out)" "/tmp/ppx-$(id -u)"
	same "$(ls -A home)" ""
}

@test "usage" {
	run ppx --semaphore
	same "$status $output" "125 ppx: --semaphore needs a COMMAND"
	run ppx --semaphore echo ::: a
	same "$status $output" \
	    "125 ppx: --semaphore takes no items: COMMAND is run once"
	run ppx --semaphore --fg --wait
	same "$status $output" \
	    "125 ppx: --fg and --wait exclude each other: --wait runs nothing"
	run ppx --wait echo
	same "$status" 125
	run ppx --semaphore --tty echo
	same "$status" 125
	all_free
}

@test "as sem of GNU parallel: counted, waited for, in the foreground" {
	need parallel
	HOME=$PWD
	for how in "parallel --semaphore --id $TAG" "$PPX --semaphore --id $TAG"; do
		for i in 1 2 3; do
			$how -j1 "echo in >>log; echo out >>log" 3>&- 4>&-
		done
		$how --wait
		same "$(paste -sd ' ' log)" "in out in out in out"
		rm log
		rc=0
		$how --fg 'exit 9' </dev/null || rc=$?
		same "$rc" 9
	done
}

@test "COMMAND that had no place in time has its records, and --exit" {
	gate g
	sem 'cat g' 3>&- 4>&-
	for how in "" --fg; do
		run sem $how --queue-timeout 0.1 --exit count --log-json json \
		    --stats=stats --joblog log touch ran
		test "$status" -eq 1
		same "$(grep -o '"state":"[^"]*","[^"]*":"[^"]*"' json)" \
		    '"state":"not-started","reason":"queue-timeout"'
		grep -q '"not_started":1' stats
		rm json stats log
	done
	run sem --fg --max-time 0.1 --log-json json touch ran
	test "$status" -eq 124
	same "$(wc -l <json)" 1
	# What will be refused does not wait.
	run timeout 20 "$PPX" --semaphore --id "$BATS_TEST_NUMBER" --fg \
	    --queue-timeout '{1}' --log-json json touch ran
	test "$status" -eq 123
	same "$(wc -l <json)" 2
	open_gate g
	sem --wait
	test ! -e ran
	all_free
}

@test "--wait: --max-time and --queue-timeout bound it" {
	gate g
	sem 'cat g' 3>&- 4>&-
	run sem --wait --max-time 0.1
	same "$status $output" "124 ppx: the run was ended by --max-time: not all places of the semaphore were free"
	run sem --wait --queue-timeout 0.1
	same "$status $output" "123 ppx: --queue-timeout: not all places of the semaphore were free in 0.1 s"
	run sem --wait --queue-timeout '{1}'
	test "$status" -eq 125
	open_gate g
	sem --wait --max-time 100 --queue-timeout 100
	all_free
}

@test "who waits heeds no signal that is for slots" {
	gate g
	sem 'cat g' 3>&- 4>&-
	background ppx --semaphore --id "$BATS_TEST_NUMBER" --fg 'echo ran >ran'
	wait_until waits $!
	kill -USR1 $!
	kill -USR2 $!
	open_gate g
	wait $!
	same "$(<ran)" ran
	all_free
}

@test "--fg: a closed stdin is closed for COMMAND, too" {
	code=0
	sem --fg cat <&- 2>err || code=$?
	same "$code" 1
	all_free
}

@test "without a place no worker is started, and no --init runs" {
	gate g
	sem 'cat g' 3>&- 4>&-
	for how in "--init 'touch init'" "--min-workers 1"; do
		run eval sem -q --fg --queue-timeout 0.05 --stats=st "$how" true
		test "$status" -eq 123
		grep -q '"worker_processes_created":0' st
		test ! -e init
	done
	open_gate g
	sem --wait
	all_free
}

@test "the directory of the places may go while COMMAND runs" {
	mkdir away
	run env XDG_RUNTIME_DIR="$PWD/away" "$PPX" --semaphore --fg --id a \
	    sh -c 'rm -rf away; exit 0'
	same "$status $output" "0 "
}

@test "the directory of the places may go before it is looked at" {
	for n in 1 2 100; do
		mkdir -pm 700 run/ppx
		same "$(faulty "lstat:2:0:$n" --fg ls run/ppx)" "$TAG.1"
		all_free
	done
}

@test "a place that can never be made is an error" {
	PPX_FAULT=fd_open:2:0:1000000 run timeout 20 "$PPX_TOOLS/faulty" \
	    --semaphore --id "$TAG" --fg true
	same "$status $output" "125 ppx: --semaphore: $PWD/run/ppx/$TAG.1: No such file or directory"
}

@test "a place that another one made in the meantime stays" {
	sem --fg 'rm run/ppx/*; : >"run/ppx/$BATS_TEST_NUMBER.1"; ls run/ppx >out'
	same "$(ls run/ppx)" "$BATS_TEST_NUMBER.1"
	rm -r run/ppx
}

@test "--wait fails where the places cannot be listed" {
	gate g
	ppx --semaphore --id "$TAG" 'cat g' 3>&- 4>&-
	for error in 13 24; do
		run faulty "opendir:$error:0:1" --wait
		test "$status" -eq 125
		[[ $output == "ppx: --semaphore: $PWD/run/ppx: "* ]]
	done
	open_gate g
	ppx --semaphore --id "$TAG" --wait
	faulty opendir:2:0:1 --wait
	all_free
}
