# --stats: the counters of deadpool by the same names, and more.

load helper

# stat NAME..: the values of these in the file stats.
stat()
{
	local name

	for name; do
		jq ".$name" stats
	done | paste -sd ' '
}

# counted WORD..: runs ppx with statistics in the file stats.
counted()
{
	ppx -q --stats=stats "$@" >/dev/null 2>&1 || true
}

@test "deadpool's statistics: 50 good tasks and 50 that fail" {
	need jq
	counted -j10 --min-workers 5 'sleep 0.02; exit {}' \
	    ::: $(printf '0 1 %.0s' {1..50})
	same "$(stat tasks_received tasks_launched tasks_failed)" "100 100 50"
	same "$(stat max_workers_busy_concurrently worker_processes_busy)" "10 0"
	test "$(stat worker_processes_created)" -ge 10
	same "$(stat worker_processes_still_alive worker_processes_idle)" "5 5"
}

@test "without --min-workers the workers stay" {
	need jq
	counted -j3 'sleep 0.02; : {}' ::: {1..9}
	same "$(stat worker_processes_created max_workers_busy_concurrently \
	    worker_processes_still_alive worker_processes_idle \
	    worker_processes_busy)" "3 3 3 3 0"
}

@test "a worker that died was created, and is not alive" {
	need jq
	counted -j1 'test {} != 2 || { kill -9 $PPX_WORKER_PID; sleep 1234; }' \
	    ::: 1 2 3
	same "$(stat worker_processes_created worker_processes_still_alive \
	    lost tasks_failed)" "2 1 1 1"
}

@test "one increment for each task: four timeouts are four failures" {
	need jq
	counted -j2 --timeout 0.1 sleep ::: 1234 1235 1236 1237
	same "$(stat tasks_received tasks_launched tasks_failed timeout ok \
	    cancelled)" "4 4 4 4 0 0"
}

@test "counts by state" {
	need jq
	counted -j2 --timeout 1 ::: true false 'kill -9 $$' 'sleep 1234' \
	    'exit 3' true
	same "$(stat ok fail signal timeout memory lost cancelled not_started)" \
	    "2 2 1 1 0 0 0 0"
	same "$(stat retried flaky leaked unkillable)" "0 0 0 0"
}

@test "a bad item was received, not launched, and has failed" {
	need jq
	printf 'a\0b\nc\n' | counted echo
	same "$(stat tasks_received tasks_launched tasks_failed ok fail)" \
	    "2 1 1 1 1"
}

@test "processes left over are counted" {
	need jq
	generic && skip "needs a view of other processes"
	counted --leak kill 'sleep 1234 & sleep 1234 & : {}' ::: a
	same "$(stat leaked ok)" "2 1"
}

@test "retries, and tasks that succeed in one" {
	need jq
	counted -j1 --retries 3 'test {} = a || echo >>tries
	    test {} = a || test $PPX_ATTEMPT -ge {}' ::: a 2 9
	same "$(stat tasks_received tasks_launched tasks_failed ok fail retried \
	    flaky)" "3 3 1 2 1 3 1"
}

@test "times: the whole run, the sum of the tasks, CPU" {
	need jq
	counted -j4 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done
	    sleep 0.3; : {}' ::: 1 2 3 4
	jq -e '.wall >= 0.299 and .runtime >= 1.199 and .wall < .runtime * 10 and
	    .user + .system > 0.001 and .user + .system < 100' stats
}

@test "nothing to do: all is 0" {
	need jq
	counted true </dev/null
	same "$(jq '[.[] | numbers] | length' stats)" 25
	same "$(jq '[to_entries[] | select(.value != 0 and .key != "wall")] |
	    length' stats)" 0
}

@test "without a file: one line on stderr, before the summary" {
	need jq
	ppx -j1 --stats 'echo out; exit {}' ::: 0 1 >out 2>err ||
		test $? -eq 123
	same "$(<out)" $'out\nout'
	same "$(head -n 1 err | jq .tasks_failed)" 1
	[[ $(sed -n 2p err) == "ppx: 1 of 2 tasks failed"* ]]
	# What quiet silences is the summary.
	ppx -q --stats true ::: a 2>err
	same "$(wc -l <err) $(jq .ok err)" "1 1"
}

@test "after a signal, and when the reader has gone" {
	need jq
	background ppx -q -j1 --stats=stats ': >started; sleep {}' ::: 1234 1 2
	wait_until test -e started
	kill -TERM $!
	wait $! || test $? -eq 143
	same "$(stat tasks_received tasks_launched tasks_failed cancelled \
	    not_started)" "3 1 0 1 2"
	yes | ppx -j2 --stats=stats echo 2>/dev/null | head -n 1 >/dev/null
	test "$(stat tasks_received)" -ge 1
	same "$(jq '.tasks_received == .ok + .fail + .signal + .timeout +
	    .memory + .lost + .cancelled + .not_started' stats)" true
}

@test "a dry run has no statistics" {
	echo old >stats
	run ppx --dry-run --stats=stats true ::: a
	same "$output" "true a"
	same "$(<stats)" old
}

@test "a file that cannot be opened: 125, and nothing is run" {
	run ppx --stats=none/stats touch ran ::: a
	same "$status $output" "125 ppx: cannot open the statistics none/stats: No\
 such file or directory"
	test ! -e ran
	run ppx --stats= touch ran ::: a
	same "$status $output" "125 ppx: --stats: the name of a file is missing"
	run ppx --stats=/dev/full true ::: a
	same "$status $output" "125 ppx: cannot write the statistics to /dev/full:\
 No space left on device"
}

@test "a file behind --stats without =: said when that is no command" {
	run ppx -q --stats out.json true ::: a
	same "$status ${lines[0]}" "127 ppx: out.json: command not found (a file\
 for --stats needs =: --stats=out.json)"
	for form in '--stats -q' '--stats --' --stats=/dev/stderr; do
		run ppx -q $form out.json true ::: a
		same "$status ${lines[0]}" "127 ppx: out.json: command not found"
	done
}

@test "nowhere to write them: 125" {
	code=0
	ppx --stats touch ::: ran 2>&- || code=$?
	same "$code" 125
	test ! -e ran
}
