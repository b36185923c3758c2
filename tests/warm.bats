# --warm: a shell that each worker keeps, and that makes the tasks.

load helper
load trees
load warm

setup()
{
	warm_setup
}

teardown()
{
	remove_public
	test_teardown
}

@test "a task sees the functions, variables, directory, umask and files of the init" {
	mkdir d
	echo three >d/three
	one() {
		same "$(warm --init 'f() { echo "f $1 $x"; }; x="a  b"; cd d
		    umask 027; exec 7<three' \
		    'f {}; umask; basename "$PWD"; read y <&7; echo "$y"' \
		    ::: 1 2>&1)" "f 1 a  b
0027
d
three"
	}
	in_each one
}

@test "what a task changes is gone with it" {
	one() {
		same "$(warm -j1 -k --init 'x=0; f() { echo f; }' \
		    'x=$((x + 1)); echo $x; f; f() { echo g; }; cd /
		    umask 0; trap "echo bye" EXIT; : "$1"' ::: a b)" \
		    "$(printf '%s\n' 1 f bye 1 f bye)"
	}
	in_each one
}

@test "parameters, \$0 and variables are those of a shell of its own" {
	one() {
		same "$(warm --init 'set -- x y z' 'echo "$0 $# $1"' ::: 'a b')" \
		    "$shell 1 a b"
		same "$(warm -k 'echo $PPX_SEQ $PPX_ATTEMPT $PARALLEL_SEQ; : {}' \
		    ::: a b)" "1 1 1
2 1 2"
		same "$(warm 'env | grep -c "^PPX_S[EL]"; : {}' ::: a)" 2
	}
	in_each one
}

@test "exit status and signal are told exactly" {
	one() {
		run warm -j1 --joblog log 'case {} in
			1) exit 137 ;;
			2) exec sh -c "kill -9 \$\$" ;;
			3) kill -TERM $(exec sh -c "echo \$PPID") ;;
			4) nosuch ;;
			5) return 3 ;;
			6) false ;;
			7) true
		esac' ::: {1..7}
		same "$status" 123
		same "$(column 7 log | tr '\n' ' ')" "137 0 0 127 $("$shell" -c "return 3" 2>/dev/null || echo $?) 1 0 "
		same "$(column 8 log | tr '\n' ' ')" "0 9 15 0 0 0 0 "
		rm log
	}
	in_each one
}

@test "its process is the worker's child, and has a group of its own" {
	needs_trees
	one() {
		run warm --joblog log 'exec sh -c "ps -o ppid=,pid=,pgid= -p \$\$
		    echo \$PPX_WORKER_PID"; : {}' ::: a
		set -- $output
		same "$1 $2" "$4 $3"
	}
	in_each one
}

@test "a task has no descriptor of ours, and an empty stdin" {
	test -d /proc/self/fd || skip "no /proc"
	one() {
		same "$(ppx 'cat; for f in /proc/$$/fd/*; do echo "${f##*/}"; done
		    : {}' ::: a)" "$(warm 'cat; exec sh -c "for f in /proc/\$\$/fd/*
		    do echo \"\${f##*/}\"; done"; : {}' ::: a)"
	}
	in_each one
}

@test "dispositions of signals are those of ppx" {
	one() {
		for s in INT TERM HUP QUIT PIPE USR1; do
			run warm --joblog log "kill -$s"' $(exec sh -c "echo \$PPID")
			    : {}' ::: a
			same "$(column 8 log)" "$(kill -l $s)"
			rm log
		done
	}
	in_each one
}

@test "ungrouped: the task writes to our own stdout and stderr" {
	one() {
		echo first >out
		warm -u 'echo {}; echo e >&2' ::: a >>out 2>err
		same "$(<out) $(<err)" "first
a e"
		{ echo first; warm -u 'echo {}' ::: a; echo last; } >out
		same "$(<out)" "first
a
last"
	}
	in_each one
}

@test "a task that kills the shell ends as it would; the next have a new one" {
	needs_trees
	one() {
		run warm -j1 -k --init 'echo init >&2' \
		    'test {} = 3 || { kill -9 $$
			while kill -0 $$; do sleep 0.01; done 2>/dev/null; }
		    echo {}' ::: 1 2 3 4
		same "$status" 0
		same "$(printf '%s\n' "$output" | grep -vx init)" \
		    "$(printf '%s\n' 1 2 3 4)"
		same "$(printf '%s\n' "$output" | grep -cx init)" 3
	}
	in_each one
}

@test "... one that kills its group or the worker, or stops the shell" {
	needs_trees
	one() {
		run warm -j1 --joblog log 'kill 0; : {}' ::: 1 2
		same "$(column 8 log | tr '\n' ' ')" "15 15 "
		rm log
		run warm -j1 --joblog log 'test {} = 2 || kill -9 $PPX_WORKER_PID' \
		    ::: 1 2
		same "$(column 7 log | tr '\n' ' ')" "-1 0 "
		rm log
		same "$(seconds 20 "$PPX" --warm --shell "$shell" -j1 -k \
		    'kill -STOP -$$; echo {}' ::: 1 2 3)" "$(seq 3)"
	}
	in_each one
}

@test "... again and again: what the STOP reaches late goes on as well" {
	needs_trees
	stopped() {
		test "$("$PPX" --warm --shell "$shell" -j1 -k \
		    'kill -STOP -$$; echo {}' ::: 1 2 3)" = "$(seq 3)"
	}
	export -f stopped
	one() {
		export shell
		same "$(seconds 60 "$PPX" --shell bash -j4 -q \
		    --timeout $((20 * PPX_TEST_SLOW)) 'stopped {}' \
		    ::: $(seq 60); echo $?)" 0
	}
	in_each one
}

@test "a shell that is killed while it is idle is replaced" {
	needs_trees
	one() {
		mkfifo items
		exec {w}<>items
		launch -i items --warm --shell "$shell" -j1 --joblog log \
		    --init 'echo $$ >>inits' 'echo {}' {w}>&-
		echo 1 >&$w
		wait_until lines_are 2 log
		kill -9 $(tail -n 1 inits)
		wait_until gone $(tail -n 1 inits)
		echo 2 >&$w
		exec {w}>&-
		ended "exit 0"
		lines_are 2 inits
		same "$(<out)" "1
2"
		rm inits log items
	}
	in_each one
}

@test "time limit, memory limit, what outlives a task" {
	needs_trees
	one() {
		run warm --timeout 0.2 --termseq KILL --joblog log \
		    'sleep 1000; : {}' ::: a
		same "$(column 7 log)" -1
		[[ $output == *"1 timed out"* ]]
		rm log
		run warm --mem-limit 30M 'x=$(head -c 90000000 /dev/zero | tr "\0" x)
		    sleep 1000; : {}' ::: a
		same "$status" 123
		[[ $output == *"used too much memory"* ]]
		run warm --leak kill 'sleep 1000 & : {}' ::: a
		same "$status" 0
		[[ $output == *"1 process outlived its task and was ended"* ]]
		run warm -j1 'sleep 1000 >/dev/null 2>&1 & echo {}' ::: a b
		same "$status" 0
		[[ $output == *"2 processes outlived their tasks"* ]]
		same "$(warm '(sleep 0.1; echo late) & echo {}' ::: a)" "a
late"
	}
	in_each one
}

@test "all stopped, then the worker and ppx killed: nothing stays" {
	needs_trees
	start=(-r)
	one() {
		rm -f ready sup
		launch --warm --shell "$shell" -j1 --init 'echo $PPID >sup
		    sleep 1000 >&- 2>&- &' \
		    'echo $PPX_WORKER_PID >ready; exec sleep 1000; : "$1"' ::: 1
		wait_until test -s ready
		read -r worker <ready
		read -r sup <sup
		above=$(stat_field 4 "$sup")
		end_frozen "$worker" "$above" "$sup"
	}
	in_each one
}

@test "ppx ends while a pair is half made, for want of processes" {
	needs_trees
	need bash
	few_processes 7
	export TMPDIR=$PWD
	launch -j2 --shell bash --init 'sleep 0.2' --max-time 5 'echo {}' \
	    ::: 1 2 3
	ended "exit 124"
	nothing_left
}

@test "what stands behind the shell may be stopped or killed" {
	needs_trees
	one() {
		same "$(seconds 20 "$PPX" --warm --shell "$shell" -j1 -k \
		    --init 'echo $PPID $$' 'test {} != 2 || {
			set -- $(cat inits)
			set -- $1 $(ps -o ppid= -p $1)
			above=$2
			for p in $(ps -o pid= --ppid $1,$above); do
				kill -STOP $p
			done
			kill -STOP $above
		    }; echo {}' ::: 1 2 3 2>inits)" "1
2
3"
		lines_are 1 inits
		# The twin, whose parent is that of the supervisor.
		run warm -j1 -k --leak fail --init 'echo $PPID >sup; echo >>inits' \
		    'test {} != 2 || {
			set -- $(ps -o ppid= -p $(cat sup))
			above=$1
			kill -9 $(ps -o pid= --ppid $above | grep -vwf sup)
		    }; sleep 0.1; echo {}' ::: 1 2 3 4
		same "$status $output" "0 1
2
3
4"
		# One more task may have waited for its order.
		test "$(wc -l <inits)" -ge 3
	}
	in_each one
}

@test "ppx killed at any moment leaves nothing" {
	needs_trees
	one() {
		launch -i <(seq 100000) --warm --shell "$shell" -j3 -u \
		    'echo {}; sleep 0.001'
		wait_until test -s out
		kill -9 "$pid"
		ended "signal 9"
		wait_until nothing_left
		launch --warm --shell "$shell" -j2 'brood ready; : {}' ::: 1 2
		wait_until lines_are 2 ready
		kill -TERM "$pid"
		ended "signal 15"
		nothing_left
		rm ready
	}
	in_each one
}

@test "ppx and a supervisor of its scripts killed at once leave nothing" {
	needs_trees
	one() {
		launch --warm --shell "$shell" -j1 --init 'echo $PPID >sup' \
		    'setsid sleep 100 & echo $PPX_WORKER_PID >worker
		    sleep 100; : {}' ::: 1
		wait_until lines_are 1 worker
		sup=$(cat sup)
		kill -STOP "$(cat worker)"
		kill -9 "$pid"
		kill -9 "$sup"
		kill -CONT "$(cat worker)"
		ended "signal 9"
		wait_until nothing_left
		rm worker sup
	}
	in_each one
}

@test "the same without a task, and while the init runs" {
	needs_trees
	one() {
		for o in "--warm --shell $shell" --exec; do
			for script in "$many" "$many; sleep 100"; do
				launch $o -j1 --init "$script" sleep ::: 100
				wait_until lines_are 1 sup
				sup=$(cat sup)
				# Its parent is the worker, or ends with it.
				kill -STOP "$pid"
				kill -9 "$sup"
				wait_until has_ended "$sup"
				kill -9 "$pid"
				ended "signal 9"
				wait_until nothing_left
				rm sup
			done
		done
	}
	has_ended() {
		case $(state "$1") in '' | Z) ;; *) false ;; esac
	}
	many='for i in 1 2 3 4 5 6; do sleep 100 & done; echo $PPID >sup'
	in_each one
}

@test "a shell of which others kill what makes its tasks is replaced" {
	needs_trees
	one() {
		launch --warm --shell "$shell" -j1 --init 'test -e go || {
		    echo $$ >sh; until test -e go; do :; done; }' 'echo {}; :' \
		    ::: 1 2
		wait_until lines_are 1 sh
		kill_first_child "$(cat sh)" &
		touch go
		ended "exit 0"
		same "$(<out)" "1
2"
		wait
		rm sh go
	}
	kill_first_child() {
		local c=()
		until test "${c[0]-}"; do
			mapfile -t c <"/proc/$1/task/$1/children" || return 0
		done 2>/dev/null
		kill -9 ${c[0]} || :
	}
	in_each one
}

@test "TSTP stops the tasks, CONT continues them; nothing starts in between" {
	needs_trees
	launch -i <(yes) --warm -j2 -u 'echo {}; exec sleep 0.01'
	stop_and_go 8
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

@test "few descriptors" {
	one() {
		same "$(ulimit -n 20; seq 50 | warm -j4 -k 'echo {}')" "$(seq 50)"
	}
	in_each one
}

@test "many tasks, each with its own output" {
	one() {
		same "$(seq 500 | warm -j4 -k 'echo {}; echo e{} >&2' 2>err)" \
		    "$(seq 500)"
		same "$(sort err)" "$(seq 500 | sed s/^/e/ | sort)"
	}
	in_each one
}

@test "no task is made twice" {
	one() {
		seq 3000 | warm -j2 -k "$(type -P printf)" '%s\n' | cmp - want
	}
	seq 3000 >want
	in_each one
}

@test "without /proc it is refused" {
	unshare -m mount -t tmpfs none /proc 2>/dev/null ||
		skip "this user cannot hide /proc"
	! sanitized || skip "the sanitizers need /proc"
	run timeout 50 unshare -m bash -c 'mount -t tmpfs none /proc
	    exec "$PPX" --warm echo ::: a'
	same "$status $output" \
	    "125 ppx: --warm: there is no /proc here, by which a shell opens descriptors"
}

@test "what has no sense with it is refused; --dry-run shows the command" {
	for o in --exec --tty --semaphore; do
		run ppx --warm $o echo ::: a
		same "$status" 125
		[[ $output == *" exclude each other: "* ]]
	done
	same "$(ppx --warm --dry-run 'echo {} | cat' ::: a)" "echo a | cat"
}

@test "a spent worker takes no other task" {
	one() {
		same "$(seq 20 | seconds 25 "$PPX" --warm --shell "$shell" -j1 -k \
		    'kill $$; echo {}' 2>err)" "$(seq 20)"
		same "$(seq 20 | seconds 25 "$PPX" --warm --shell "$shell" -j3 \
		    --init 'sleep 0.05 && kill $$ &' \
		    'echo {}; sleep 0.01' 2>err | sort -n)" "$(seq 20)"
	}
	in_each one
}

@test "no task begins after ppx was killed" {
	needs_trees
	one() {
		for i in {1..12}; do
			launch -i <(seq 100000) --warm --shell "$shell" -j3 -u \
			    'test -e dead && exec sleep 1000; echo {}'
			wait_until test -s out
			touch dead
			kill -9 "$pid"
			ended "signal 9"
			wait_until nothing_left
			rm dead out
		done
	}
	in_each one
}

@test "the directory of --workdir is where it is, as without" {
	mkdir real
	ln -s real link
	one() {
		same "$(warm --workdir link 'pwd; echo "$PWD"; : {}' ::: a)" \
		    "$(ppx --shell "$shell" --workdir link 'pwd; echo "$PWD"
		    : {}' ::: a)"
	}
	in_each one
}

@test "few descriptors, all of them ours" {
	one() {
		for n in {18..20}; do
			same "$n $(for fd in {3..9}; do exec {fd}>&-; done
			    ulimit -n $n; warm -j4 -k 'echo {}' ::: {1..9})" \
			    "$n $(seq 9)"
		done
	}
	in_each one
}

@test "too few descriptors: how many it lacks is said at once" {
	for o in '--warm' '--init :'; do
		run seconds 5 bash -c 'for fd in {3..30}; do exec {fd}>&-; done
		    exec 4</dev/null 5</dev/null; ulimit -n 16
		    exec "$PPX" '"$o"' echo ::: a'
		same "$status" 1
		[[ $output == *"${o%% *}: a shell for each worker needs 3 descriptors more (ulimit -n)" ]]
	done
}

@test "a ppx that may be executed but not read is refused, if that matters" {
	needs_nobody
	cp "$PPX" mine
	chmod 711 mine
	run "${nobody[@]}" ./mine --warm echo ::: a
	[[ $output == "ppx: --warm: the program ppx must be readable"* ]] ||
		same "$status $output" "0 a"
}

@test "what a shell begins with, from the environment, it has read once" {
	echo 'echo read >>starts; f() { echo "f $1"; }' >env.sh
	need bash
	shell=bash
	same "$(BASH_ENV=$PWD/env.sh warm -j1 -k 'f {}' ::: a b)" "f a
f b"
	same "$(cat starts)" read
}

@test "options that come by the environment are a task's, and disturb nobody" {
	need bash
	shell=bash
	same "$(env SHELLOPTS=errexit:nounset:keyword bash -c 'exec "$@"' bash \
	    "$PPX" --warm --shell bash -j1 -k 'case $- in *e*k*u*) echo e{};; esac
	    false; echo no' ::: a b 2>/dev/null)" "ea
eb"
	same "$(env SHELLOPTS=xtrace:verbose bash -c 'exec "$@"' bash \
	    "$PPX" --warm --shell bash -j1 -k 'echo {}' ::: {1..40} 2>/dev/null)" \
	    "$(seq 40)"
}

@test "functions that come by the environment are a task's" {
	need bash
	shell=bash
	exec() { echo mine "$1"; }
	bash() { echo "bash $1"; }
	export -f exec bash
	same "$(warm -j1 -k 'exec {}; bash {}' ::: a b)" "mine a
bash a
mine b
bash b"
}

@test "a task's shell is as deep as that of one without --warm" {
	local level
	one() {
		for level in 1 7 998 999 -3; do
			same "$(SHLVL=$level warm 'echo $SHLVL; : {}' ::: a)" \
			    "$(SHLVL=$level ppx --shell "$shell" \
			    'echo $SHLVL; : {}' ::: a 2>/dev/null)"
		done
		same "$(unset SHLVL; warm 'echo $SHLVL; : {}' ::: a)" \
		    "$(unset SHLVL; ppx --shell "$shell" 'echo $SHLVL; : {}' \
		    ::: a)"
	}
	in_each one
}

@test "a task's \$PPID is none that has gone" {
	one() {
		same "$(seq 40 | warm -j2 'read -r pid _ </proc/$PPID/stat
		    test "$pid" = "$PPID" && echo ok; : {}' | sort | uniq -c |
		    tr -d ' ')" 40ok
	}
	in_each one
}

@test "what a task does to \$\$ is not seen in the next one" {
	need prlimit
	one() {
		same "$(seq 300 | warm -j1 'case {} in
			50) prlimit --pid $$ --nofile=77:77; renice -n 7 $$ ;;
		    esac >/dev/null 2>&1; ulimit -n; nice' | sort | uniq -c |
		    wc -l)" 2
	}
	in_each one
}

@test "a shell's file is needed once, and is waited for by a wrapper" {
	one() {
		printf '#!/bin/sh\nrm "$0"; cd ..\n%s "$@"\n' "$shell" >once
		chmod +x once
		same "$(shell=./once warm -j1 'echo {}' < <(seq 200) |
		    sort -n | cmp - <(seq 200) && echo all)" all
	}
	in_each one
}

@test "a shell that is a script of its own" {
	one() {
		printf '#!/bin/sh\nset -- "$@"; : ${PPX_TEST_ENV=set}
export PPX_TEST_ENV\nexec %s "$@"\n' "$shell" >"it's a sh"
		chmod +x "it's a sh"
		same "$(shell="./it's a sh" warm -j2 -k 'echo $PPX_TEST_ENV {}' \
		    ::: 1 2 3)" "$(printf 'set %s\n' 1 2 3)"
	}
	in_each one
}

@test "--retries: a task knows which attempt it is" {
	one() {
		same "$(warm --retries 3 'echo "{} $PPX_ATTEMPT $PPX_SEQ"
		    test "$PPX_ATTEMPT" = 3' ::: a)" "a 3 1"
	}
	in_each one
}

@test "ungrouped: a task has an empty stdin, too" {
	one() {
		echo no >err
		same "$(warm -u 'cat; echo {}' ::: a 2<>err)" a
	}
	in_each one
}
