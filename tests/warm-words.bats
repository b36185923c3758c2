# --warm: items are data; what the words of a command are.

load helper
load trees
load warm

setup()
{
	warm_setup
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

@test "builtins that take data are run; what is not found is said as ever" {
	touch noexec
	mkdir d
	: >d/prog
	chmod +x d/prog
	one() {
		warm : {} ::: x
		run warm cd {} ::: / /nosuch
		same "$status" 123
		[[ $output == *"1 of 2 tasks"* ]]
		same "$(warm --init 'cd() { echo "<$1>"; }' cd ::: a)" "<a>"
		warm --init 'cd d' ./prog ::: x
		warm --workdir d ./prog ::: x
		for c in nosuch 'export a' ./nosuch ./noexec /nosuch; do
			cold=0
			"$PPX" -j1 $c ::: x y >cold 2>&1 || cold=$?
			run warm -j1 $c ::: x y
			same "$status $output" "$cold $(<cold)"
		done
	}
	in_each one
}

@test "a program that only the PATH of the init has, whatever else has its name" {
	mkdir none bin
	printf '#!/bin/sh\necho "mine $*"\n' >bin/mytool
	cp bin/mytool bin/times
	chmod +x bin/*
	one() {
		same "$(path=$PATH shell=$(command -v "$shell") PATH=$PWD/none
		    warm --init "PATH=$path" printf '<%s>' ::: a)" "<a>"
		same "$(warm --init 'PATH=$PWD/bin:$PATH
		    alias mytool="mytool -v"' mytool ::: a)" "mine a"
		same "$(warm --init 'PATH=$PWD/bin:$PATH' times ::: a)" "mine a"
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
