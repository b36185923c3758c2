# What an init may do to the shell of its worker, and the fini in it.

load helper
load trees
load warm

setup()
{
	warm_setup
}

@test "options that an init sets hold in the tasks, and harm nobody else" {
	one() {
		run warm -j1 -k --init 'set -eu; alias exec=false set=false eval=false
		    IFS=0123456789abcdefghijkmnopqrstuvwxyz' \
		    'echo {}; false; echo no' ::: 1 2
		same "$status" 123
		same "$(printf '%s\n' "$output" | head -n 2)" "1
2"
		run warm --init 'set -u' 'echo "$nothing" {}' ::: a
		same "$status" 123
	}
	in_each one
}

@test "an init that fails, ends the shell or is no script" {
	one() {
		for s in false 'exit 3' 'exit 0' 'if' 'kill -9 $$' 'exec true'; do
			run warm --init "$s" echo ::: a
			same "$status" 125
			[[ $output == *"ppx: --init of slot 1 failed: "* ]]
		done
		[[ $output == *"it ended the shell"* ]]
	}
	in_each one
	run ppx --warm --shell /nosuch echo ::: a
	same "$status" 125
	[[ $output == *"ppx: --warm of slot 1 failed: not executed: No such"* ]]
}

@test "what an init leaves running stays, and counts for no task" {
	needs_trees
	one() {
		run warm -j1 --init 'sleep 1000 & exec 3>&-; echo $! >pid
		    (sleep 1000 &)' 'kill -0 $(cat pid) && echo {}' ::: a b
		same "$status $output" "0 a
b"
	}
	in_each one
}

@test "... nor does what that makes and orphans" {
	needs_trees
	one() {
		run warm -j1 -k --leak fail --init 'while :; do
		    (sleep 0.2; echo >>orphans) & sleep 0.01
		    (sleep 1000 &); done >/dev/null 2>&1 &' \
		    'sleep 0.1; echo {}' ::: {1..5}
		same "$status $output" "0 1
2
3
4
5"
		test -s orphans
		# Nor when a task has killed the shell.
		run warm -j1 -k --leak fail --init '(sleep 1000 & sleep 1000) &' \
		    'kill -9 $$; sleep 0.05; echo {}' ::: {1..5}
		same "$status $output" "0 1
2
3
4
5"
	}
	in_each one
}

@test "--max-tasks-per-child, --fini, --workdir" {
	mkdir "it's"
	one() {
		warm -j1 --max-tasks-per-child 2 --init 'echo >>inits' \
		    --fini 'echo >>finis' true ::: 1 2 3 4 5
		lines_are 3 inits
		lines_are 3 finis
		rm inits finis
		same "$(warm --init 'cd /' --workdir "it's" 'basename "$PWD"; : {}' \
		    ::: a)" "it's"
		run warm --workdir {} pwd ::: nosuch
		same "$status" 123
		[[ $output == *nosuch*"No such file or directory"* ]]
	}
	in_each one
}

@test "an init that makes IFS readonly: one shell for all tasks" {
	one() {
		same "$(warm -j1 -k --init 'echo >>inits; readonly IFS' 'echo {}' \
		    ::: {1..5} 2>&1)" "$(seq 5)"
		lines_are 1 inits
		rm inits
	}
	in_each one
}

@test "set -k of an init is a task's, and does not show the environment" {
	need bash
	shell=bash
	same "$(warm -j1 -k --init 'set -k' --fini 'echo $-' \
	    'echo {} a=b; printenv x x=y; echo "$-"' ::: 1 2 2>&1 |
	    sed s/h.*k.*/k/)" "1
y
k
2
y
k
k"
	same "$(warm --init 'set -k' "$(type -P echo)" a=b ::: c=d)" "a=b c=d"
}

@test "an init after which the shell does not do what it is told is refused" {
	one() {
		inits=('command() { :; }' 'command() { cat; }
		    set -- x 0' 'command() { "$@"; }' 'set -- x 0; command() { \eval "$@"; }')
		! test $shell = bash || inits+=('enable -n echo' 'enable -n .'
		    'set -r' 'set -- x 0; enable -n enable echo' 'enable -n read'
		    'unset() { :; }; command() { builtin command "$@"; }'
		    'command() { :; }; readonly -f command' 'enable -n command'
		    'set -x; enable -n exec set'
		    'export -f command 2>/dev/null; command() { :; }')
		for init in "${inits[@]}"; do
			run timeout 30 "$PPX" --warm --shell "$shell" \
			    --init "$init" echo ::: a
			same "$init: $status" "$init: 125"
			[[ $output == *": no tasks can be made, as --init, or a file that the shell reads first, has "* ]]
			[[ $output == *"ppx: --init of slot 1 failed: "* ]]
		done
	}
	in_each one
	need bash
	shell=bash
	same "$(warm --init 'enable -n kill test' 'type -t test; : {}' ::: a)" file
}

@test "an init that closes what bash keeps for itself is refused at once" {
	need bash
	for out in "" "{ sleep 1000 & }; "; do
		run timeout 30 "$PPX" --warm --shell bash --init "$out
		    for ((i = 3; i < 1000; i++)); do
		    eval \"exec \$i>&-\"; done" echo ::: a
		same "$status" 125
		[[ $output == *": no tasks can be made, as --init, or a file that the shell reads first, has closed a "* ]]
		[[ $output == *"ppx: --init of slot 1 failed: "* ]]
		[[ $output != *"ppx e"* ]]
	done
}

@test "descriptors that an init opens are those of the tasks, up to 239" {
	need bash
	shell=bash
	same "$(warm -j1 -k --init 'echo $#
	    for ((i = 3; i < 240; i++)); do eval "exec $i>&-"; done
	    exec 10>>f10 11>>f11 12>>f12 13>>f13 14>>f14 239>>f239' \
	    'x={}; for i in 10 11 12 13 14 239; do echo $x $i >>/proc/self/fd/$i; done
	    ls /proc/self/fd | grep -c "24." || :' ::: 1 2 2>&1)" "0
0
0"
	same "$(cat f10 f11 f12 f13 f14 f239)" "$(for i in 10 11 12 13 14 239; do
	    echo "1 $i"
	    echo "2 $i"
	done)"
	# Where there are too few: as many as there are.
	ulimit -n 100
	same "$(warm -j1 --init 'exec 20>>f20; echo $#' 'echo {} >&20' ::: a \
	    2>&1)" 0
	same "$(<f20)" a
}

@test "what an init calls its functions and aliases does not reach the driver" {
	names="cd echo read test printf kill wait true false umask hash type pwd
	    getopts"
	one() {
		special=
		! test $shell = bash || special="exec eval set export unset shift
		    return exit trap : declare"
		init=
		for n in $names $special; do
			init+="$n() { /usr/bin/printf 'bad %s\\n' $n; }
"
		done
		same "$(warm -j1 -k --init "$init" --workdir / \
		    'env printf "%s\n" "$1"' ::: a b 2>&1)" "a
b"
		init='shopt -s expand_aliases 2>/dev/null
'
		for n in $names exec eval set export unset shift return exit trap \
		    command case while until if alias; do
			init+="\\alias $n='nosuch $n'
"
		done
		same "$(warm -j1 -k --init "$init :" --fini '\true' --workdir / \
		    '\env printf "%s\n" "$1"' ::: a b 2>&1)" "a
b"
	}
	in_each one
}

@test "traps of an init act in no task, and write nothing to stdout" {
	one() {
		traps='trap "echo bad" CHLD; trap "echo bad" USR1'
		! test $shell = bash ||
			traps+='; set -ET; trap "echo bad" DEBUG ERR RETURN'
		same "$(warm -u -j1 --init "$traps" 'echo {}' ::: a b 2>/dev/null)" \
		    "a
b"
		same "$(warm -u -j1 --init 'trap "echo bye" EXIT' --fini 'echo fini' \
		    'echo {}' ::: a 2>err)" a
		same "$(<err)" "fini
bye"
	}
	in_each one
}

@test "set -x and set -v of an init show the task, and nothing of ours" {
	one() {
		same "$(warm -j1 --init 'set -x' 'echo {}' ::: a)" a
		same "$(warm -j1 --init 'set -x' 'echo {}' ::: a 2>&1 >/dev/null)" \
		    "$("$shell" -c 'set -x; eval "echo a"' 2>&1 >/dev/null |
		    tail -n 1)"
		run warm -j1 --init 'set -xv' --fini : 'echo {}' ::: a
		[[ $output != *"ppx "* && $output != *command* &&
		    $output != */proc* ]]
	}
	in_each one
}

@test "a variable of ours that an init makes readonly is an init that fails" {
	one() {
		for v in PPX_SEQ PARALLEL_SEQ PPX_SLOT PPX_WORKER_DIR; do
			run warm -j1 --init "readonly $v=1" 'echo {}' ::: a
			same "$status" 125
			[[ $output == *$v*"ppx: --init of slot 1 failed: "* ]]
		done
	}
	in_each one
}

@test "one that it makes an array or a nameref is in the environment all the same" {
	need bash
	shell=bash
	for init in 'declare -a PPX_SEQ=(7) PPX_ATTEMPT' 'unset PARALLEL_SEQ
	    declare -A PARALLEL_SEQ' 'declare -n PPX_SEQ=x PPX_ATTEMPT=HOME'; do
		same "$(warm -j1 -k --init "$init; HOME=h" 'printenv PPX_SEQ \
		    PPX_ATTEMPT PARALLEL_SEQ PARALLEL_JOBSLOT HOME; : {}' \
		    ::: a b 2>&1)" "1
1
1
1
h
2
1
2
1
h"
	done
	for init in 'PPX_SLOT=(7) v=(8)' 'unset PPX_SLOT; readonly x=8
	    declare -n PPX_SLOT=HOME v=x' 'declare -A PPX_SLOT; v=8'; do
		same "$(warm -j1 --process-slot-var v --init "$init" \
		    'printenv PPX_SLOT v; : {}' ::: a 2>&1)" "1
8"
	done
	same "$(warm -j1 --process-slot-var SHELLOPTS 'echo {}' ::: a)" a
	# And what makes nothing of it but another value.
	init='PPX_WORKER_DIR=x PPX_WORKER_PID=y PPX_SLOT=z'
	one() {
		same "$(warm -j1 --init "$init" 'echo "$PPX_SLOT"
		    test -d "$PPX_WORKER_DIR" && kill -0 "$PPX_WORKER_PID"
		    : {}' ::: a 2>&1)" 1
	}
	in_each one
	run warm -j1 --init 'declare -nr PPX_SEQ=x' 'echo {}' ::: a
	same "$status" 125
	[[ $output == *PPX_SEQ*"ppx: --init of slot 1 failed: "* ]]
}

@test "an init of 100 KB of quotes; and one that sets TMOUT" {
	quotes=$(printf "%0100000d" 0 | tr 0 "'")
	one() {
		same "$(warm --init "x=1; : $quotes" 'echo $x {}' ::: a)" "1 a"
		same "$(warm -j1 -k --init 'TMOUT=1; readonly TMOUT' \
		    'test {} = 2 || sleep 1.5; echo {}' ::: 1 2 3 2>&1)" "1
2
3"
		mkfifo items
		exec {w}<>items
		launch -i items --warm --shell "$shell" -j1 --init 'TMOUT=1
		    echo >>inits' 'echo {}' {w}>&-
		echo 1 >&$w
		wait_until test -s out
		sleep 1.3		# a time that must pass
		echo 2 >&$w
		exec {w}>&-
		ended "exit 0"
		same "$(<out)" "1
2"
		lines_are 1 inits
		rm inits items
	}
	in_each one
}

@test "without scripts there is no directory for them; a shell that is none" {
	one() {
		same "$(warm 'echo "${PPX_WORKER_DIR-none}" {}' ::: a)" "none a"
	}
	in_each one
	run ppx --warm --shell /nosuch echo ::: a
	same "$status" 125
	[[ $output == "ppx: --warm of slot 1 failed: not executed: No such file"*"; nothing more is started"* ]]
}

@test "--fini runs in the shell, after all tasks; its failures are said" {
	one() {
		same "$(warm -j1 --init 'x=1; f() { echo "f $1 $x $#"; }' \
		    --fini 'f bye; echo "${PPX_SEQ-none} $#"; cat' \
		    'x=2; echo {}' ::: a 2>&1)" "a
f bye 1 1
none 0"
		run warm -j1 --fini 'exit 3' 'echo {}' ::: a
		same "$status $output" "0 a
ppx: --fini of slot 1 failed: exit status 3"
		run warm -j1 --init-timeout 0.3 --fini 'sleep 1000 & sleep 1000' \
		    'echo {}' ::: a
		same "$status $output" "0 a
ppx: --fini of slot 1 failed: took longer than 0.3 s (--init-timeout)"
		run warm -j1 --fini 'kill -9 $$' 'echo {}' ::: a
		same "$status $output" "0 a
ppx: --fini of slot 1 failed: ended by SIGKILL"
		# None after a kill.
		same "$(warm -j1 --fini 'echo fini' 'kill -9 $$; echo {}' ::: 1 2 \
		    2>err)" "1
2"
		not has fini err
		long=$(printf '%05000d' 0)
		same "$(warm -j1 --fini "echo $long" 'echo {}' ::: a 2>&1)" "a
$long"
	}
	in_each one
}

@test "a --fini that is not run, as a task has killed the shell, is said with -v" {
	one() {
		for i in {1..10}; do
			run warm -v -j1 --fini 'echo no' 'kill -9 $$; : {}' ::: 1
			[[ $output == *"ppx: --fini of slot 1 is not run: its shell has been killed"* ]]
			same "$status" 0
		done
		run warm -j1 --fini 'echo no' 'kill -9 $$; : {}' ::: 1
		same "$status $output" "0 "
	}
	in_each one
}

@test "no room in TMPDIR for long scripts: they need none; else it is said" {
	unshare -rm mount -t tmpfs none /tmp 2>/dev/null ||
		skip "this user cannot mount"
	mkdir td
	via=(unshare -rm bash -c 'mount -t tmpfs -o nr_inodes=3 none td &&
	    : >td/full && exec "$@"' bash)
	long=$(printf '%05000d' 0)
	one() {
		same "$("${via[@]}" "$PPX" --warm --shell "$shell" --tmpdir td -j1 \
		    --fini "echo ${long}1" "echo $long{}" ::: 1 2 2>&1)" \
		    "${long}1
${long}2
${long}1"
		forbid -e 38 memfd true || return 0
		run "${via[@]}" forbid -e 38 memfd "$PPX" --warm \
		    --shell "$shell" --tmpdir td -j1 --fini "echo $long" \
		    'echo {}' ::: a
		same "$status $output" "125 a
ppx: --fini of slot 1 failed: not executed: No space left on device"
	}
	in_each one
}

@test "an init may set IFS to anything" {
	one() {
		same "$(warm -j1 -k --init 'IFS=0123456789/-$abcdeghijklmnopqr' \
		    --fini '(exit 37)' 'echo {}' ::: a b 2>&1)" "a
b
ppx: --fini of slot 1 failed: exit status 37"
		run warm -j1 --init 'IFS=0123456789; (exit 3)' 'echo {}' ::: a
		[[ $output == *"failed: exit status 3;"* ]]
	}
	in_each one
}
