# --log-json: a JSON object for each attempt, valid for any bytes.

load helper

# of FILTER: what jq makes of the log, a line each.
of()
{
	jq -r "$1" "${2-log}"
}

has_lines()
{
	test "$(wc -l <"$1")" -eq "$2"
}

# one WORD..: the log of the one task that is run so has one record.
one()
{
	ppx -q --log-json log "$@" >/dev/null 2>&1 || true
	has_lines log 1
}

# end_of WORD..: how the record of the one task says that it ended.
end_of()
{
	one "$@"
	of '"\(.exit) \(.signal) \(.state) \(.reason) \(.started)"'
}

# Each of the n items that were read has one final record.
complete()
{
	local n=$1

	same "$(of 'select(.final).seq' | sort -n | paste -sd ' ')" \
	    "$(seq "$n" | paste -sd ' ')"
}

# --- members ---------------------------------------------------------------

@test "the members of a record" {
	need jq
	one 'echo hello; exit 3; : {}' ::: 'a b'
	same "$(of 'keys_unsorted | join(" ")')" "seq slot worker attempt priority\
 start runtime exit signal state reason started peak_memory user system leaked\
 unkillable oom soft received final delivered command"
	same "$(of '[.seq, .slot, .attempt, .priority, .exit, .signal, .state,
	    .reason, .started, .leaked, .unkillable, .oom, .soft, .received,
	    .final, .delivered, .command] | map(tostring) | join(",")')" \
	    "1,1,1,0,3,null,fail,exit,yes,0,0,false,false,6,true,true,echo hello;\
 exit 3; : 'a b'"
}

@test "how a task ended" {
	need jq
	same "$(end_of true ::: a)" "0 null ok exit yes"
	same "$(end_of 'exit {}' ::: 255)" "255 null fail exit yes"
	same "$(end_of 'kill -9 $$; : {}' ::: a)" "null 9 signal signal yes"
	same "$(end_of nosuchcommand ::: a)" "127 null fail exec no"
	same "$(end_of / ::: a)" "126 null fail exec no"
	same "$(end_of --timeout 0.1 sleep ::: 1234)" \
	    "null 15 timeout timeout yes"
	same "$(end_of --timeout 0.1 'trap "exit 7" TERM
	    while :; do sleep 0.01; done; : {}' ::: a)" \
	    "7 null timeout timeout yes"
	[[ $(end_of 'kill -9 $PPX_WORKER_PID; sleep 1234; : {}' ::: a) == \
	    "null 9 lost lost "@(maybe|yes) ]]
}

@test "a task that was never started: attempt 0, and null" {
	need jq
	printf 'a\0b\n' | ppx -q --log-json log echo 2>/dev/null || true
	same "$(of '[.seq, .attempt, .slot, .worker, .start, .exit, .signal,
	    .state, .reason, .started, .peak_memory, .final] |
	    map(tostring) | join(" ")')" \
	    "1 0 null null null null null fail bad-item no null true"
	jq -e '.runtime == 0' log
}

@test "start, run time, CPU time, memory and the worker" {
	local before after

	need jq
	before=$EPOCHREALTIME
	one 'echo $PPX_WORKER_PID >pid; sleep 0.2; i=0
	    while [ $i -lt 20000 ]; do i=$((i+1)); done
	    x=$(head -c 30000000 /dev/zero | tr "\0" x); : {}' ::: a
	after=$EPOCHREALTIME
	same "$(of .worker)" "$(<pid)"
	[[ $(<log) =~ \"start\":[0-9]+\.[0-9]{3}, ]]
	jq -e --argjson a "$before" --argjson b "$after" '
	    $a - 0.002 <= .start and .start <= $b and
	    .runtime >= 0.199 and .runtime <= $b - $a + 0.002 and
	    .user + .system > 0.001 and .user + .system < 100 and
	    .peak_memory > 30000000 and .peak_memory < 2000000000' log
}

@test "the priority" {
	need jq
	ppx -j1 --priority {} --log-json log true ::: 3 0 7
	same "$(of '"\(.seq) \(.priority)"' | sort)" $'1 3\n2 0\n3 7'
}

@test "processes that were left" {
	need jq
	generic && skip "needs a view of other processes"
	one --leak kill 'sleep 1234 & exit 0; : {}' ::: a
	same "$(of .leaked)" 1
}

@test "each attempt has a record, the last one is final" {
	need jq
	ppx -q --retries 3 --log-json log 'echo out; exit {}' ::: 5 >/dev/null ||
		true
	has_lines log 3
	same "$(of '"\(.attempt) \(.exit) \(.final) \(.delivered)"')" \
	    $'1 5 false false\n2 5 false false\n3 5 true true'
}

@test "ended while it waits for another attempt: a record of that, too" {
	need jq
	background ppx -q --retries 3 --retry-delay 1000 --log-json log \
	    --stats=stats 'exit {}' ::: 5
	wait_until has_lines log 1
	jq -e 'select(.final == false)' log
	kill -INT $!
	ends $!
	same "$(of '[.attempt, .slot, .exit, .state, .final] | map(tostring) |
	    join(" ")')" $'1 1 5 fail false\n1 null null cancelled true'
	jq -e '.tasks_launched == 1 and .tasks_failed == 0 and .cancelled == 1
	    and .retried == 0 and .runtime < 20' stats
	jq -es '.[1].start == null and .[1].runtime == 0' log
}

# --- any bytes -------------------------------------------------------------

@test "every byte in a command: valid JSON, and nothing of it lost" {
	need python3
	python3 - >items <<-'END'
	import os, sys
	w = sys.stdout.buffer
	for i in range(1, 256):
	    w.write(bytes([i]) + b"\0" + b"x" + bytes([i]) * 2 + b"\xc3\0")
	w.write(b"a\nb\n\0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\0\xed\xa0\x80\0")
	w.write(bytes(range(1, 256)) + b"\0")
	END
	ppx -0 -j2 --log-json log "$(type -P printf)" %s <items >/dev/null
	python3 - <<-'END'
	import base64, json, subprocess
	items = open("items", "rb").read().split(b"\0")[:-1]
	lines = open("log", "rb").read().decode("utf-8", "strict").split("\n")
	assert lines.pop() == ""
	assert len(lines) == len(items) == 514
	for line in lines:
	    r = json.loads(line)
	    c = r["command"].encode("utf-8", "strict")
	    if "command_base64" in r:
	        b = base64.b64decode(r["command_base64"], validate=True)
	        assert b.decode("utf-8", "replace") != r["command"] or b != c
	        c = b
	    got = subprocess.run([b"bash", b"-c", c], stdout=-1).stdout
	    assert got == items[r["seq"] - 1], (r, got)
	END
}

@test "jq reads it, too" {
	need jq
	printf '\xff\xfe\n"\\\n\x01\x7f\n\xed\xa0\x80\nend\n' |
		ppx -j1 --log-json log true
	same "$(of .seq | paste -sd ' ')" "1 2 3 4 5"
	same "$(of .command | tail -n 1)" "true end"
	same "$(of 'select(.command_base64) | .seq' | paste -sd ' ')" "1 4"
}

# --- as many records as items ----------------------------------------------

@test "records == items, with failures, timeouts, lost workers and bad items" {
	need jq
	for i in {1..60}; do
		echo "exit 0"
		echo "exit $i"
		printf 'bad\0item\n'
		echo 'kill -$((RANDOM % 2 ? 9 : 15)) $$'
	done >items
	for i in {1..4}; do
		echo "sleep 1234"
		echo 'kill -9 $PPX_WORKER_PID; sleep 1234'
	done >>items
	ppx -q -j4 --timeout 0.4 --log-json log --stats=stats <items \
	    >/dev/null 2>&1 || test $? -eq 123
	complete 248
	has_lines log 248
	same "$(of .state | sort | uniq -c | awk '{ print $2, $1 }' |
	    paste -sd ' ')" "fail 120 lost 4 ok 60 signal 60 timeout 4"
	same "$(of '[.ok, .fail, .signal, .timeout, .lost, .tasks_failed] |
	    map(tostring) | join(" ")' stats)" "60 120 60 4 4 188"
}

@test "records == items after INT: cancelled and not started" {
	need jq
	background ppx -q -j2 --log-json log --stats=stats \
	    'test {} = 1 && exit; : >started.{}; sleep 1234' ::: {1..50}
	wait_until test -e started.2 -a -e started.3
	wait_until has_lines log 1
	kill -INT $!
	ends $!
	complete 50
	same "$(of .state | sort | uniq -c | awk '{ print $2, $1 }' |
	    paste -sd ' ')" "cancelled 2 not-started 47 ok 1"
	same "$(of 'select(.state == "not-started") | "\(.attempt) \(.started)"' |
	    sort -u)" "0 no"
	same "$(of '"\(.tasks_received) \(.tasks_launched) \(.tasks_failed)"' \
	    stats)" "50 3 0"
}

@test "records == items when the run is halted" {
	need jq
	seq 3000 | ppx -q -j1 --log-json log --stats=stats ./nosuchcommand \
	    2>/dev/null || test $? -eq 127
	complete "$(of .tasks_received stats)"
	test "$(of .tasks_launched stats)" -lt 10
	seq 3000 | ppx -q -j3 --fail-fast --log-json log --stats=stats \
	    'test {} != 20' 2>/dev/null || test $? -eq 123
	complete "$(of .tasks_received stats)"
}

@test "the log of 20,000 tasks has each once" {
	seq 20000 >items
	ppx -j8 --log-json log "$PPX_TOOLS/tiny" <items >/dev/null
	sed 's/^{"seq":\([0-9]*\),.*"final":true,"delivered":true,.*}$/\1/' log |
		sort -n | cmp - items
}

# --- when ------------------------------------------------------------------

@test "the last record only after the output is delivered" {
	mkfifo pipe
	background bash -c '"$PPX" --log-json log -j1 \
	    "head -c 3000000 /dev/zero; : >done.{}" ::: 1 2 >pipe'
	exec 5<pipe
	wait_until test -e done.2
	has_lines log 0
	test "$(wc -c <&5)" -eq 6000000
	ends $!
	exec 5<&-
	has_lines log 2
}

@test "a record at once when its task is delivered" {
	gate g
	background ppx -j1 --log-json log 'test {} = a || cat {}' ::: a g
	wait_until has_lines log 1
	open_gate g
	ends $!
	has_lines log 2
}

@test "output that was dropped is not delivered" {
	need jq
	run bash -c '"$PPX" -q --log-json log -kj1 "$@" >/dev/full' - \
	    echo ::: a b
	test "$status" -eq 125
	same "$(of 'select(.seq == 1) | .delivered')" false
}

# --- the file --------------------------------------------------------------

@test "the file is emptied; a dry run leaves it alone" {
	echo old >log
	ppx --dry-run --log-json log true ::: a >/dev/null
	same "$(<log)" old
	ppx --log-json log true ::: a
	has_lines log 1
	ppx --log-json log true </dev/null
	test ! -s log
}

@test "+FILE appends" {
	echo '{"old":1}' >log
	ppx --log-json +log true ::: a
	has_lines log 2
	same "$(head -n 1 log)" '{"old":1}'
	printf '{"torn":' >>log
	ppx --log-json=+log true ::: a
	has_lines log 4
	ppx --log-json +new true ::: a
	has_lines new 1
}

@test "- is no file: it says what to write" {
	for option in --joblog=- --joblog=+- --log-json=- --stats=-; do
		run ppx $option touch ran ::: a
		same "$status $output" "125 ppx: ${option%%=*}: - is no file here;\
 write /dev/stdout or /dev/stderr"
	done
	test ! -e ran
	need jq
	ppx -q --log-json /dev/stdout true ::: a | jq -e '.state == "ok"'
	ppx -q --joblog /dev/stdout true ::: a | grep -q '^Seq'
}

@test "what cannot be started empties no records" {
	echo old >a
	echo old >b
	echo old >c
	for bad in --log-json=none/x --stats=none/x --joblog=none/x '-a none' '-a .' \
	    '--mem-limit 5X' '--fini true --mem-limit x'; do
		for good in --joblog=a --log-json=b --stats=c --joblog=+a; do
			test "${bad%%[= ]*}" != "${good%%=*}" || continue
			run ppx $good $bad touch ::: ran
			[[ $bad != -a* ]] || run ppx $good $bad touch
			same "$status $(cat a b c)" $'125 old\nold\nold'
		done
	done
	test ! -e ran
	run bash -c '"$PPX" --joblog=a echo <&-'
	same "$status $(<a)" "125 old"
}

@test "records into the input are refused, and the input stays" {
	printf '%s\n' 1 2 3 >in
	ln in hard
	ln -s in soft
	for to in in ./in hard soft; do
		for o in --joblog= --joblog=+ --log-json= --log-json=+ --stats=; do
			run bash -c '"$PPX" "$@" touch <in' - $o$to
			same "$status $output" "125 ppx: $to is the input as\
 well: give the records a file of their own"
			run ppx -a in $o$to touch
			same "$status ${output#*is }" "125 the input as well: give\
 the records a file of their own"
			run ppx $o$to touch :::: soft
			same "$status" 125
			run bash -c '"$PPX" "$@" -a - touch <in' - $o$to
			same "$status" 125
		done
	done
	same "$(cat in)" $'1\n2\n3'
	test ! -e 1
	# which is not read here
	ppx --joblog in true ::: a <in
	has_lines in 2
}

@test "a log that cannot be opened: 125, and nothing is run" {
	run ppx --log-json none/log touch ran ::: a
	same "$status $output" \
	    "125 ppx: cannot open the log none/log: No such file or directory"
	run ppx --log-json . touch ran ::: a
	same "$status $output" "125 ppx: cannot open the log .: Is a directory"
	test ! -e ran
}

@test "a log that gets full on the way: 125, and nothing more is started" {
	run ppx --log-json /dev/full true ::: a
	same "$status $output" "125 ppx: cannot write to the log /dev/full: No\
 space left on device"
	cat >task <<-'END'
	#!/bin/sh
	: >"started.$1"
	END
	chmod +x task
	run bash -c 'ulimit -f 1; exec "$PPX" -k --log-json log -j1 "$@"' - \
	    ./task ::: $(seq 5000)
	test "$status" -eq 125
	test "$(grep -c 'cannot write' <<<"$output")" -eq 1
	test "$(ls | grep -c started)" -lt 1000
}

@test "both logs at once; one that fails stops the other's run" {
	need jq
	ppx -j2 --joblog log.tsv --log-json log true ::: a b c
	has_lines log 3
	has_lines log.tsv 4
	run ppx --joblog log.tsv --log-json /dev/full true ::: {1..20}
	test "$status" -eq 125
	test "$(wc -l <log.tsv)" -ge 2
}

@test "records into ppx's own output, or two kinds into one file, are refused" {
	for o in --stats=o --joblog=o --joblog=+o --log-json=o; do
		code=0
		ppx $o touch ::: ran >o 2>err || code=$?
		same "$code" 125
		grep -q '^ppx: o is ppx.s stdout as well' err
		code=0
		ppx $o touch ::: ran 2>o || code=$?
		same "$code" 125
		grep -q '^ppx: o is ppx.s stderr as well' o
	done
	for o in '--stats=f --log-json f' '--joblog f --log-json f'; do
		run ppx $o touch ::: ran
		same "$status" 125
		[[ $output == "ppx: f is to be two kinds of records"* ]]
	done
	# by another name, also where none of them is there yet
	ln -s there here
	for o in '--stats=./f --log-json f' '--joblog new --log-json ././new' \
	    "--joblog g --log-json $PWD/g" '--joblog there --stats=here' \
	    '--results t.csv --log-json ./t.csv'; do
		run ppx $o touch ::: ran
		same "$status" 125
		[[ $output == *" is to be two kinds of records"* ]]
	done
	test ! -e ran
	# what is no file has room for all
	ppx --stats=/dev/stdout echo ::: 1 | grep -q '"ok":1'
}
