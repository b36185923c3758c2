# How many tasks run at once, in which slots, in which order they start.

load helper

# The number of CPUs that ppx counts.
cpus()
{
	ppx --version | sed -n 's/^[^0-9]*CPUs[^0-9]*\([0-9]*\).*/\1/p'
}

# A task that ends when COUNT slots have been seen in use at once.  Fails when
# its slot is already taken.
make_meet()
{
	cat >meet <<-'END'
	#!/bin/sh
	mkdir "slot.$PPX_SLOT.busy" || exit 1
	: >"slot.$PPX_SLOT"
	until test -e "slot.$COUNT"; do
		sleep 0.02
	done
	rmdir "slot.$PPX_SLOT.busy"
	END
	chmod +x meet
}

# runs_at_once COUNT OPTION..: so many tasks run at once, and not more.
runs_at_once()
{
	export COUNT=$1
	local i want

	shift
	rm -f slot.*
	want=$(for ((i = 1; i <= COUNT; i++)); do echo slot.$i; done | sort)
	seq $((COUNT * 3)) | ppx "$@" ./meet
	same "$(ls -d slot.* | sort)" "$want"
}

has_lines()
{
	test "$(wc -l <"$1")" -eq "$2"
}

# --- how many --------------------------------------------------------------

@test "-j N runs N at once, and never more" {
	make_meet
	for n in 1 2 7 40; do
		runs_at_once $n -j $n
	done
	runs_at_once 3 --jobs=3
	runs_at_once 3 -P3
	runs_at_once 3 --max-procs 3
}

@test "no slot is used by two tasks at once" {
	cat >task <<-'END'
	#!/bin/sh
	mkdir "busy.$PPX_SLOT" || exit 1
	echo "$PPX_SLOT"
	rmdir "busy.$PPX_SLOT"
	END
	chmod +x task
	seq 500 | ppx -j5 ./task >out
	test "$(wc -l <out)" -eq 500
	same "$(sort -u out | tr -d '1-5\n')" ""
}

@test "the default is the number of CPUs" {
	make_meet
	runs_at_once "$(cpus)"
}

@test "-j N%, +N, -N count from the number of CPUs" {
	local n

	make_meet
	n=$(cpus)
	test "$n" -ge 1
	runs_at_once $((n * 3)) -j 300%
	runs_at_once $((n + 3)) -j +3
	runs_at_once 1 -j -$n
	runs_at_once 1 -j -1000
	runs_at_once $((n > 1 ? n - 1 : 1)) -j -1
	runs_at_once 1 -j 1%
}

@test "-j FILE" {
	make_meet
	echo 5 >procs
	runs_at_once 5 -j procs
	echo +2 >procs
	runs_at_once $(($(cpus) + 2)) -j ./procs
}

@test "-j 0: as many as are ready" {
	make_meet
	rm -f slot.*
	export COUNT=60
	seq 60 | ppx -j0 ./meet
	same "$(ls -d slot.* | wc -l)" 60
}

@test "the CPUs of the affinity mask count" {
	need taskset
	local cpu

	cpu=$(taskset -pc $$ | sed 's/.*: *\([0-9]*\).*/\1/')
	same "$(taskset -c "$cpu" "$PPX" --version |
	    sed -n 's/^[^0-9]*CPUs[^0-9]*\([0-9]*\).*/\1/p')" 1
	make_meet
	export COUNT=1
	seq 5 | taskset -c "$cpu" "$PPX" ./meet
	same "$(ls -d slot.*)" slot.1
}

@test "fewer items than jobs" {
	same "$(ppx -j100 echo ::: a)" a
	same "$(ppx -j100 echo ::: a b | sort)" $'a\nb'
}

# --- slots -----------------------------------------------------------------

# Starts ppx -j3 with items from the descriptor 5; a task writes its slot to
# the file slot.ITEM and waits at the gate gate.ITEM.
start_held()
{
	local i

	mkfifo items
	for i in 1 2 3 4 5 6; do
		gate gate.$i
	done
	background -i items ppx -j3 \
	    'echo $PPX_SLOT {%} >new.{}; mv new.{} slot.{}; cat gate.{}; echo {}' >out
	held=$!
	exec 5>items
}

@test "the lowest free slot is used first" {
	start_held
	printf '1\n2\n3\n' >&5
	wait_until test -e slot.1 -a -e slot.2 -a -e slot.3
	same "$(cat slot.1 slot.2 slot.3)" $'1 1\n2 2\n3 3'
	open_gate gate.3
	wait_until grep -qx 3 out
	open_gate gate.1
	wait_until grep -qx 1 out
	echo 4 >&5
	wait_until test -e slot.4
	same "$(<slot.4)" '1 1'
	open_gate gate.2
	wait_until grep -qx 2 out
	echo 5 >&5
	wait_until test -e slot.5
	same "$(<slot.5)" '2 2'
	echo 6 >&5
	wait_until test -e slot.6
	same "$(<slot.6)" '3 3'
	exec 5>&-
	for i in 4 5 6; do
		open_gate gate.$i
	done
	ends $held
}

@test "one after the other, all use slot 1" {
	same "$(seq 50 | ppx -j1 'echo {%}' | sort -u)" 1
}

@test "what tasks see of themselves" {
	same "$(ppx -kj1 'echo {} $PPX_SEQ $PARALLEL_SEQ $PPX_SLOT \
	    $PARALLEL_JOBSLOT $PPX_ATTEMPT' ::: a b)" $'a 1 1 1 1 1\nb 2 2 1 1 1'
	same "$(ppx 'test $PPX_WORKER_PID = $PPID && echo {}' ::: a)" a
	# Not what an outer ppx told its tasks.
	same "$(ppx -k ::: true "$PPX -k ::: true true 'echo \$PPX_SEQ'")" 3
}

# --- order -----------------------------------------------------------------

@test "tasks start in the order of the input" {
	seq 500 >want
	ppx -j1 'echo {} >>got' <want
	cmp got want
}

@test "a slow task holds up nobody but itself" {
	gate g
	background ppx -j2 'test {} != 1 || cat g; echo {}' \
	    ::: $(seq 100) >out
	wait_until has_lines out 99
	same "$(sort -n out)" "$(seq 2 100)"
	open_gate g
	ends $!
	same "$(tail -n 1 out)" 1
}
