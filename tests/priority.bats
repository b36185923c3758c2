# --priority: who is started first.

load helper
load trees

teardown()
{
	remove_public
	test_teardown
}

@test "D10 urgent first, then in the order of the input" {
	gate gate
	mkfifo items
	exec {w}<>items
	launch -i items -j1 --priority '{}' 'echo {} {#}
		test {#} != 1 || { : >ready; cat gate; }' {w}>&-
	echo 0 >&$w
	wait_until test -e ready
	printf '%s\n' 2 2 2 0 >items
	exec {w}>&-
	open_gate gate
	ended "exit 0"
	same "$(tr '\n' ',' <out)" "0 1,0 5,2 2,2 3,2 4,"
}

@test "D11 500 equal ones run in order" {
	run -0 ppx -j1 --priority 7 echo < <(seq 500)
	same "$output" "$(seq 500)"
}

@test "D11 so do the equals among others" {
	seq 300 >items
	gate gate
	launch -j1 --priority '{/}' -a <(echo a/0; sed 's|.*|&/1|' items
		sed 's|.*|&/0|' items) 'test {#} != 1 || cat gate; echo {//}'
	wait_until named_are 1 cat
	open_gate gate
	ended "exit 0"
	cmp <(tail -n +2 out) <(cat items items)
	# a/0 was first as it came first
	same "$(head -n 1 out)" a
}

# The first item waits; an urgent one comes as the last of 20.
late()
{
	rm -f gate ready
	gate gate
	launch --backlog "$1" -j1 --priority '{//}' \
	    -a <(echo 0/first; printf '5/%s\n' {1..18}; echo 0/urgent) \
	    'test {#} != 1 || cat gate; echo {/}'
	# The first runs: the backlog is as full as it gets.
	wait_until named_are 1 cat
	open_gate gate
	ended "exit 0"
}

@test "D13 a priority acts within the backlog: 1 makes an urgent item late" {
	late 1
	same "$(sed -n '$=' out)" 20
	same "$(grep -n urgent out)" 19:urgent || same "$(grep -n urgent out)" 20:urgent
	late 100
	same "$(grep -n urgent out)" 2:urgent
}

@test "a priority that is no number of 0 or more is a bad item" {
	launch -k --priority '{}' echo ::: 1 -1 x 1.5 '' 4294967296 3
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 3 "
	grep -q '5 of 7 tasks failed: 5 bad items' err
}

@test "a priority that is wrong for all is an error before anything runs" {
	run ppx --priority -1 touch x ::: 1
	same "$status" 125
	test ! -e x
	run ppx --priority '{%}' touch x ::: 1
	same "$status" 125
	test ! -e x
}

@test "-k with priorities: never a deadlock, and still in order" {
	for j in 1 2 4; do
		for window in 1 2 100; do
			seconds 20 ppx -k -j$j --order-window $window \
			    --priority '{}' echo < <(seq 60 -1 1) >out
			cmp out <(seq 60 -1 1)
		done
	done
}

@test "... nor when there is no place to hold what later ones wrote" {
	launch --tmpdir "$WORK/none" -k -j2 --priority '{}' \
	    'head -c 9000000 /dev/zero; : {}' ::: 4 3 2 1
	wait_until test -s how
	ended "exit 0"
	same "$(wc -c <out)" 36000000
}

# The first of the order is the last to be started.
backwards()
{
	launch "$@" -k --tmpdir "$WORK/none" --priority '{}' \
	    env ITEM={} head -c $size /dev/zero ::: 9 8 7 6 5 4 3 2 1
}

@test "... nor when there is no descriptor for the one that all wait for" {
	size=1000000
	for n in 23 26 29 32; do
		via=(bash -c 'ulimit -n "$1" && shift && exec "$@"' bash $n)
		backwards -j8
		seconds 10 ended "exit 0"
		nothing_left
		same "$(wc -c <out)" 9000000
		same "$(wc -l <err)" 1
	done
}

@test "... nor when there is no process for it" {
	needs_trees
	size=1000000
	for n in 8 11 14; do
		few_processes $n
		backwards -j12
		seconds 10 ended "exit 0"
		nothing_left
		same "$(wc -c <out)" 9000000
	done
}

@test "... and when that would take too much memory: 125, and nothing is lost" {
	size=100000000
	via=(bash -c 'ulimit -n 26 && exec "$@"' bash)
	backwards -j8
	wait_until test -s how
	ended "exit 125"
	nothing_left
	grep -q 'no room for the task that all others wait for' err
	started=$(sed -n 's/.*: \([0-9]*\) not started.*/\1/p' err)
	same "$(wc -c <out)" "$(((9 - started) * size))"
}
