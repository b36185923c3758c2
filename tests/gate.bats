# --memfree and --load: what holds back new starts.

load helper

# most WORD..: runs six tasks with -j4 and prints how many ran at once.
most()
{
	ppx -j4 --stats=stats "$@" 'sleep 0.03; echo {}' ::: 1 2 3 4 5 6 >out
	same "$(sort out | paste -sd ' ')" "1 2 3 4 5 6"
	busiest
}

busiest()
{
	sed 's/.*"max_workers_busy_concurrently":\([0-9]*\),.*/\1/' stats
}

# all_four WORD..: four tasks that go on only when all of them have started.
all_four()
{
	gate g
	background ppx -j4 "$@" ': >started.{}; cat g' ::: 1 2 3 4
	wait_until eval 'test $(ls | grep -c started) -eq 4'
	open_gate g
	ends $!
	rm -f g started.*
}

knows_load()
{
	run ppx --load 1 true ::: a
	[[ $output != *"cannot be found out"* ]] || skip "no load average here"
}

knows_memory()
{
	run ppx --memfree 1 true ::: a
	[[ $output != *"cannot be found out"* ]] || skip "no free memory here"
}

@test "more memory than there is: one at a time, and all of them" {
	knows_memory
	same "$(most --memfree 900T)" 1
	same "$(most -k --order-window 1 --memfree 900T)" 1
	same "$(most --line-buffer --memfree 900T)" 1
}

@test "little memory wanted: all at once" {
	all_four --memfree 1
	all_four --memfree 1k --load 100000
}

@test "a load that is always reached: one at a time, and all of them" {
	knows_load
	same "$(most --load 0.0001)" 1
	same "$(most --max-load 0.01%)" 1
}

@test "a load that is never reached: all at once" {
	all_four --load 100000
	all_four --load 100000%
}

@test "starts count at once, before the load average shows them" {
	knows_load
	# As long as they sleep nobody knows better.
	ppx -j64 --load 4 --stats=stats sleep ::: $(printf '0.2%03d ' {1..20})
	test "$(busiest)" -le 5
}

@test "the next one starts as soon as one ends, not at the next look" {
	local start=$EPOCHREALTIME

	knows_memory
	seq 200 | ppx -j4 --memfree 900T "$PPX_TOOLS/tiny"
	# 200 looks would take 20 s.
	awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit b - a >= 15 }'
}

@test "held back, it ends by a signal like any other" {
	knows_memory
	background ppx -q -j4 --memfree 900T ': >started; sleep {}' \
	    ::: 1234 1234 1234
	wait_until test -e started
	kill -INT $!
	ends $!
}

@test "a dry run does not wait" {
	same "$(seq 1000 | ppx --dry-run --memfree 900T echo | wc -l)" 1000
}

@test "values that are none" {
	for arg in --memfree=x --memfree=-1 --memfree=5X --load=x --load=-1 \
	    --load=0 --load= --load=5x; do
		run ppx "$arg" touch ran ::: a
		test "$status" -eq 125 || { echo "$arg: $status"; bad=1; }
	done
	test -z "${bad-}" -a ! -e ran
}

@test "the gate holds back nothing that all the others wait for" {
	knows_load
	cat >t.sh <<-'END'
		case $1 in
		1) [ ! -e failed ] || { echo first; exit 0; }; >failed; exit 1 ;;
		2) sleep 0.1; head -c 20000000 /dev/zero ;;
		esac
	END
	ppx -k -j2 --load 0.001 --retries 2 --retry-delay 0.5 \
	    --tmpdir "$PWD/none" sh t.sh ::: 1 2 2>/dev/null | wc -c >size
	same "$(<size)" 20000006
}

@test "no worker is set up for tasks that are held back" {
	knows_memory
	gate g
	background ppx -j6 --memfree 900T --init 'echo >>inits' \
	    ': >started.{}; cat g' ::: 1 2 3 4 5 6
	wait_until eval 'ls | grep -q started'
	open_gate g
	ends $!
	# one that runs, and one for the next
	test "$(wc -l <inits)" -le 3
}
