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

in_each()
{
	for shell in "${shells[@]}"; do
		"$@" || { echo "in $shell"; return 1; }
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
		same "$(column 7 log | tr '\n' ' ')" "137 0 0 127 3 1 0 "
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
		wait_until lines_are 1 log
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
		    --fini 'echo >>finis' : ::: 1 2 3 4 5
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
