# --warm: a shell that each worker keeps, and that makes the tasks.

load helper
load trees

setup()
{
	test_setup
	! generic || skip "this system has no warm shells"
	shells=(sh)
	! command -v bash >/dev/null || shells+=(bash)
}

# In each shell.
warm()
{
	"$PPX" --warm --shell "$shell" "$@"
}

# Not in a condition: there errexit would be off, and what fails be passed over.
in_each()
{
	for shell in "${shells[@]}"; do
		echo "in $shell:"
		"$@"
	done
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

@test "words of a program are words: builtins, functions and programs" {
	one() {
		same "$(warm -k echo '$x;`ls`' ::: '$(date)' "it's" '*' $'a\nb' '')" \
		    '$x;`ls` $(date)
$x;`ls` it'"'"'s
$x;`ls` *
$x;`ls` a
b
$x;`ls` '
		same "$(warm --init 'f() { echo $# "$2"; }' f a ::: 'b c')" \
		    "2 b c"
		same "$(warm --init 'f() { echo $# "$2"; }' 'f x {}' ::: 'b c')" \
		    "2 b c"
		same "$(warm env printf '[%s]' ::: x)" "[x]"
	}
	in_each one
}

@test "no byte of an item is ever syntax" {
	for ((i = 1; i < 256; i++)); do
		printf -v x '\\x%02x' "$i"
		printf "$x-$x'"
		printf '\0'
	done >items
	one() {
		warm -0 -k -j2 printf '%s\0' <items | cmp - items
		warm -0 -k -j2 'printf "%s\0" {}' <items | cmp - items
		warm -0 -k -j2 'printf "%s\0" "$1"' <items | cmp - items
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

@test "a command line of 100 KB, an output of 10 MB" {
	big=$(printf "%0100000d'" 0)
	one() {
		same "$(warm 'printf %s "$1"' ::: "$big" | cksum)" \
		    "$(printf %s "$big" | cksum)"
		same "$(warm 'head -c 10000000 /dev/zero; : {}' ::: 1 2 | wc -c)" \
		    20000000
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

@test "a program with a slash in its name takes the place of the shell" {
	needs_trees
	printf 'kill -9 $$\n' >die
	chmod +x die
	one() {
		run warm --joblog log ./die ::: 1
		same "$(column 7 log) $(column 8 log)" "0 9"
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

@test "a task that kills the shell ends as it would; the next have a new one" {
	needs_trees
	one() {
		run warm -j1 -k --init 'echo init >&2' \
		    'test {} = 3 || kill -9 $$; echo {}' ::: 1 2 3 4
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
		[[ $output == *"timed out after 0.2 s"* ]]
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
		for p in "$pid" "$worker" "$above"; do
			kill -STOP "$p"
			wait_until states_are T "$p"
		done
		kill -STOP "$sup"
		wait_until states_are T "$sup"
		kill -9 "$worker"
		wait_until states_are Z "$worker"
		kill -9 "$pid"
		no_leftovers "$tag"
		ended "signal 9"
		rm -rf "$TMPDIR"/ppx-worker-*
	}
	in_each one
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

@test "TSTP stops the tasks, CONT continues them; nothing starts in between" {
	needs_trees
	launch -i <(yes) --warm -j2 -u 'echo {}; exec sleep 0.01'
	for i in {1..8}; do
		kill -TSTP "$pid"
		wait_until states_are T "$pid"
		before=$(wc -l <out)
		sleep 0.15		# a time that must pass
		same "$(wc -l <out)" "$before"
		kill -CONT "$pid"
		wait_until more_than "$before" out
	done
	kill -INT "$pid"
	ended "signal 2"
	nothing_left
}

more_than()
{
	test "$(wc -l <"$2")" -gt "$1"
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

@test "every byte is data, wherever it stands" {
	for ((i = 1; i < 256; i++)); do
		printf -v x '\\x%02x' "$i"
		for y in "$x" "$x$x" "-$x" "a${x}b" "'$x" "\"$x\"" "\`$x" "\$($x" \
		    "$x\\\\n$x" " $x "; do
			printf -- "$y\\0"
		done
	done >items
	program=$(type -P printf)
	touch a1
	one() {
		# As an argument of a program, and of a function.
		warm -0 -k -j2 -n 300 "$program" '%s\0' <items | cmp - items
		warm -0 -k -j2 -n 300 --init 'f() { printf "%s\0" "$@"; }' f \
		    <items | cmp - items
		# In a line: bare, in quotes, as a parameter.
		warm -0 -k -j2 -n 100 'printf "%s\0" {}' <items | cmp - items
		warm -0 -k -j2 -n 100 'printf "%s\0" "$@"' <items | cmp - items
		split -t '\0' -n r/1/7 items >few
		warm -0 -k -j2 'printf "%s\0" "{}"' <few | cmp - few
		warm -0 -k -j2 "printf '%s\\0' '{}'" <few | cmp - few
		warm -0 -k -j2 "$program" '%s\0' <few | cmp - few
		same "$(echo *)" "a1 few items"
		rm few
	}
	in_each one
}

@test "an item as the directory, or as the program, is data" {
	one() {
		d=$'-P $(touch pwned)\n\'"`'
		mkdir -p -- "$d"
		same "$(warm --workdir {} 'ls ../"$1"; echo ok' ::: "$d")" ok
		run warm {} x ::: '$(touch pwned)' '-c' 'a=b' 'echo;touch pwned' \
		    eval . exec
		same "$status" 123
		test ! -e pwned
		test ! -e "$d/pwned"
	}
	in_each one
}

@test "words are a program's, and never a builtin's" {
	one() {
		for c in 'printf {} x' 'test {} x' 'test -v {}' '[ -v {} ]' \
		    'read {}' 'unset {}' 'eval {}' 'export {}' 'let {}' \
		    'declare {}' 'trap {} EXIT' '. {}'; do
			for x in '-va[$(touch pwned)]' 'a[$(touch pwned)]' \
			    'touch pwned'; do
				warm $c ::: "$x" || :
			done
			test ! -e pwned
		done >/dev/null 2>&1
		same "$(warm echo ::: 'a\tb')" "$(env echo 'a\tb')"
	}
	in_each one
}

@test "a function of the init is found by its name, whatever else has it" {
	one() {
		same "$(warm --init 'echo() { printf "%s\n" "<$1>"; }' echo ::: a)" "<a>"
		same "$(warm --init 'ls() { printf "%s\n" "<$1>"; }' ls ::: a)" "<a>"
		same "$(warm --init 'f() { :; }; unset -f f' echo f ::: a)" "f a"
		# But no item is one's name.
		run warm --init 'f() { echo bad; }' {} x ::: f
		same "$status" 123
		[[ $output != *bad* ]]
	}
	in_each one
	need bash
	shell=bash
	same "$(warm --init 'f() { echo "<$1>"; }; readonly -f f' f ::: a)" "<a>"
}

@test "a program takes the place of the shell, as words and as a plain line" {
	needs_trees
	mkdir bin
	printf '#!/bin/sh\nkill -9 $$\n' >bin/die
	printf '#!/bin/sh\ntrap "exit 0" USR1; while :; do sleep 0.02; done\n' \
	    >bin/caught
	chmod +x bin/*
	PATH=$PWD/bin:$PATH
	one() {
		run warm --joblog log die x ::: 1
		same "$(column 7 log) $(column 8 log)" "0 9"
		run warm --joblog log 'die {}' ::: 1
		same "$(column 7 log) $(column 8 log)" "0 9"
		rm log
		warm --soft-timeout 0.2 --soft-signal USR1 caught x ::: 1
		warm --soft-timeout 0.2 --soft-signal USR1 'caught {}' ::: 1
		run warm --joblog log nosuch x ::: 1
		same "$(column 7 log)" 127
		rm log
	}
	in_each one
}

@test "variables that a shell cannot have reach a program: exported functions" {
	one() {
		same "$(env 'a.b=it'\''s' "$PPX" --warm --shell "$shell" env x=1 \
		    ::: y=2 | grep -e '^a.b' -e '^[xy]=')" "a.b=it's
x=1
y=2"
	}
	in_each one
	need bash
	f() { echo "f $1"; }
	export -f f
	one() {
		same "$(warm bash -c 'f "$1"' bash ::: a)" "f a"
	}
	in_each one
	same "$("$PPX" --warm 'f {}' ::: a)" "f a"
	same "$("$PPX" --warm f x ::: a)" "f x"
}

@test "... whatever PATH the init sets" {
	mkdir bin
	printf '#!/bin/sh\necho bad\n' >bin/env
	chmod +x bin/env
	printenv=$(type -P printenv)
	one() {
		same "$(env a.b=x "$PPX" --warm --shell "$shell" \
		    --init "PATH=$PWD/bin:\$PATH" printenv a.b ::: a.b)" "x
x"
		same "$(env a.b=x "$PPX" --warm --shell "$shell" --init "PATH=/nosuch" \
		    "$printenv" a.b ::: a.b)" "x
x"
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
			[[ $output == *": no tasks can be made, as --init has "* ]]
			[[ $output == *"ppx: --init of slot 1 failed: "* ]]
		done
	}
	in_each one
	need bash
	shell=bash
	same "$(warm --init 'enable -n kill test' 'type -t test; : {}' ::: a)" file
}

@test "break and continue outside of a loop do what they do in a shell" {
	one() {
		for c in break continue 'break 2'; do
			same "$(warm "$c; echo {}" ::: a 2>&1)" \
			    "$(ppx --shell "$shell" "$c; echo {}" ::: a 2>&1)"
		done
		same "$(warm --init 'for i in 1; do :; done' 'for i in 1 2 3
		    do test $i != 2 || break; echo $i; done; echo {}' ::: a)" "1
a"
	}
	in_each one
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
		    "$(test $shell = sh || echo -n +)+ echo a"
		run warm -j1 --init 'set -xv' --fini : 'echo {}' ::: a
		[[ $output != *"ppx "* && $output != *command* &&
		    $output != */proc* ]]
	}
	in_each one
}

@test "a variable of ours that an init makes readonly is an init that fails" {
	one() {
		for v in PPX_SEQ PARALLEL_SEQ; do
			run warm -j1 --init "readonly $v=1" 'echo {}' ::: a
			same "$status" 125
			[[ $output == *$v*"ppx: --init of slot 1 failed: "* ]]
		done
	}
	in_each one
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

@test "without scripts there is no directory for them; a shell that is none" {
	one() {
		same "$(warm 'echo "${PPX_WORKER_DIR-none}" {}' ::: a)" "none a"
	}
	in_each one
	run ppx --warm --shell /nosuch echo ::: a
	same "$status" 125
	[[ $output == "ppx: --warm of slot 1 failed: not executed: No such file"*"; nothing more is started"* ]]
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
		run warm -v -j1 --fini 'echo no' 'kill -9 $$; : {}' ::: 1
		[[ $output == *"ppx: --fini of slot 1 is not run: its shell has been killed"* ]]
		same "$status" 0
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
