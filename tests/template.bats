# How COMMAND and an item become a command line: its forms and the
# replacement strings.

load helper

# shows WANT COMMAND..: what --dry-run prints for these words.
shows()
{
	local want="0 $1"

	shift
	run ppx -k --dry-run "$@" </dev/null
	same "$status $output" "$want"
}

# gives WANT WORD..: what ppx prints, and exits with 0.
gives()
{
	local want="0 $1"

	shift
	run ppx -k "$@" </dev/null
	same "$status $output" "$want"
}

odd_paths=(a a.b a.b.c /a/b.c /a.b/c a/ / // //a a//b . .. ... .bashrc
	a/.bashrc ./a a. a/b. 'a b.c d' /a a/../b.c a.b/ -a.b ' ' ' a. b/ c'
	a/b/c.tar.gz ../x.y ./.a.b a.b/.c ä/ö.ü /a/ //a// a/./b 'a\b.c' "a'b/c.d"
	'$x.y/`z`.w' '*.*' '~/x.y' a/b.c/ a///b///c.d///)

# --- replacement strings ---------------------------------------------------

@test "each replacement string" {
	gives '[d/e.f/b.c][d/e.f/b][b.c][d/e.f][b][1]' \
	    printf '[%s]' {} {.} {/} {//} {/.} {#} ::: d/e.f/b.c
	gives '1 1' -j1 echo {%} $'{#}' ::: a
	gives 'd/b.c d/b b.c d b 1' 'echo {} {.} {/} {//} {/.} {#}' ::: d/b.c
}

@test "they are replaced in every word, as often as they stand there" {
	gives 'xayaz a aa -a' echo 'x{}y{}z' {} {.}{} -{} ::: a
	gives 'xayaz a aa -a' 'echo x{}y{}z {} {.}{} -{}' ::: a
	gives 'xayaz a aa -a' 'echo "x{}y{}z" {} {.}"{}" '\''-{}'\' ::: a
}

@test "the program can be one" {
	gives 'b' {} b ::: echo
	gives 'b' '{} b' ::: echo
	gives '1' '{}' 1 ::: echo
}

@test "what is not known in braces stays" {
	gives '{foo} {.x} {a} {a { }' echo {foo} {.x} {{}} '{a' '{ }' ::: a
	gives '{foo} {.x} {a} {a' 'echo {foo} {.x} "{{}}" {a; :' ::: a
}

@test "odd paths, against what GNU parallel makes of them" {
	need parallel
	printf '%s\0' "${odd_paths[@]}" >items
	for s in '{}' '{.}' '{/}' '{//}' '{/.}'; do
		parallel --will-cite -k -0 -j1 -q printf '%s\n' "x${s}y" \
		    <items >want
		ppx -k -0 printf '%s\n' "x${s}y" <items >got
		diff want got
		ppx -k -0 "printf '%s\n' x${s}y" <items >got
		diff want got
		ppx -k -0 "printf '%s\n' \"x${s}y\"" <items >got
		diff want got
	done
}

@test "odd paths, against dirname(1) and basename(1)" {
	for path in "${odd_paths[@]}"; do
		gives "$(dirname -- "$path")" printf %s {//} ::: "$path"
		case $path in
		*/) ;;
		*)	gives "$(basename -- "$path")" printf %s {/} \
			    ::: "$path" ;;
		esac
	done
}

@test "an empty item" {
	gives '[][][][.][]' printf '[%s]' {} {.} {/} {//} {/.} ::: ''
}

@test "{#} counts the items from 1, bad ones too" {
	same "$(printf 'a\n\0\nb\n' | ppx -k echo {#} 2>/dev/null)" $'1\n3'
	gives $'1 a\n2 b\n3 c' echo {#} {} ::: a b c
}

# --- what is appended ------------------------------------------------------

@test "without a replacement string the item is appended" {
	gives 'x a b' echo x ::: 'a b'
	gives 'x a b' 'echo x' ::: 'a b'
	gives $'x\na  b' 'echo x; echo' ::: 'a  b'
	# A number counts, as with GNU parallel.
	gives '1 1' -j1 echo {#} {%} ::: a
	gives '1 1' -j1 'echo {#} {%}' ::: a
}

@test "several values are not appended where they may be options" {
	for line in 'true; printf' 'true; test' 'x=echo; $x'; do
		run ppx -n2 "$line" ::: a b
		same "$status" 123
		[[ ${lines[0]} == *'several values cannot be appended'* ]]
		run ppx -X -j1 "$line" ::: a b
		same "$status" 123
		gives "$(sh -c "$line a")" -n1 "$line" ::: a
	done
	gives '<a><b>' -n2 'true; printf "<%s>"' ::: a b
}

@test "-I: another string in place of {}, and nothing is appended" {
	gives 'a {}' -I% echo % {} ::: a
	gives 'a {}' -I% 'echo % {}' ::: a
	gives 'x' -I% echo x ::: a
	gives 'x' -I% 'echo  x;' ::: a
	gives 'a-a b' -I ITEM echo ITEM-ITEM b ::: a
	gives 'a' -I{} echo {} ::: a
	gives 'a.b a {}' -I '$1' echo '$1' {.} {} ::: a.b
}

# --- the forms of a command ------------------------------------------------

@test "several words are executed as they are, without a shell" {
	gives '$HOME * "x" ; & | > a b' \
	    echo '$HOME' '*' '"x"' ';' '&' '|' '>' ::: 'a b'
	gives '[a b][]' printf '[%s]' {} '' ::: 'a b'
	gives '$1 a' echo '$1' {} ::: a
	test ! -e a
}

@test "one word with blanks or shell syntax is a shell line" {
	gives 'a  b' 'echo  "$1" | cat' ::: 'a  b'
	gives 'AX' 'echo {}x|tr a-z A-Z' ::: a
	gives 'a>b' 'echo a\>{}' ::: b
	gives '3' 'echo $((1+{}))' ::: 2
}

@test "one plain word is a program" {
	gives a echo ::: a
	mkdir bin
	printf '#!/bin/sh\necho "$1!"\n' >'bin/a.b-c+d'
	chmod +x bin/*
	PATH=$PWD/bin:$PATH gives 'a!' a.b-c+d ::: a
	gives 'a!' ./bin/a.b-c+d ::: a
}

@test "--exec: one word with blanks is a program" {
	printf '#!/bin/sh\necho "$1!"\n' >'my prog;x'
	chmod +x 'my prog;x'
	gives 'a!' --exec './my prog;x' ::: a
	gives 'a > b' --exec echo {} '>' b ::: a
}

@test "--shell-line: words are joined to a shell line" {
	gives 'A' --shell-line echo {} '|' tr a-z A-Z ::: a
	gives 'a a' --shell-line echo '"$1"' {} ::: a
	f() { echo x; }
	gives '' --shell-line : ::: a
}

@test "the item is also \$1" {
	gives 'a.x a a.x a.x 1' 'echo "$1" "${1%.x}" "$@" "$*" "$#"' ::: a.x
	gives 'a b.gz' 'echo "${1%.x}.gz"' ::: 'a b.x'
	gives '[a  b]' 'set -- "[$1]"; echo "$1"' ::: 'a  b'
	# In single quotes it is not.
	gives '$1 a' "echo '\$1'" ::: a
	# Together with a replacement string.
	gives 'a.x a' 'echo "$1" {.}' ::: a.x
	gives '7 1' 'echo "$(( $1 + 6 ))" {}' ::: 1
}

@test "\$0 is the shell" {
	gives 'sh a' 'echo "$0" {}' ::: a
	gives 'bash a' --shell bash 'echo "$0" {}' ::: a
}

@test "--shell runs shell lines, in command mode too" {
	need bash
	gives $'x\ny' --shell bash 'cat < <(echo x); echo {}' ::: y
	gives 'a b' --shell "$(command -v bash)" 'x=({} b); echo "${x[@]}"' ::: a
	gives '2' --shell bash ::: 'x=(a b); echo ${#x[@]}'
}

@test "a shell line of plain words is executed without a shell" {
	cat >who <<-'END'
	#!/bin/sh
	test $PPID = "$PPX_WORKER_PID" && echo direct "$@"
	END
	chmod +x who
	gives 'direct x a' './who x' ::: a
	gives 'direct x a y' './who x {} y' ::: a
	gives 'direct x y' ::: './who x y'
	gives '' './who x; : {}' ::: a
	# One that only a shell can carry out is not.
	run ppx 'exit 3; :' ::: a
	test "$status" -eq 123
	gives '' 'cd /' ::: .
	run ppx ::: 'exit 7'
	test "$status" -eq 123
	gives $'/' 'cd / && pwd; : {}' ::: a
	gives "$PWD" ::: 'exec pwd'
}

@test "a script without #! is run by sh" {
	echo 'echo "script $*"' >script
	chmod +x script
	gives 'script a' ./script ::: a
	PATH=$PWD:$PATH gives 'script a b' script a ::: b
}

@test "exported bash functions" {
	greet() { printf 'hello %s!\n' "$@"; }
	true_() { echo "mine $1"; }
	export -f greet true_
	gives $'hello a b!' greet ::: 'a b'
	gives $'hello x!\nhello a b!' greet x {} ::: 'a b'
	gives $'HELLO A!' 'greet {} | tr a-z A-Z' ::: a
	gives $'hello x!' ::: 'greet x'
	gives $'hello x!' ::: 'test x && greet x'
	# It wins over PATH, as in bash.
	id() { echo "my id${1+ $*}"; }
	export -f id
	gives 'my id a' id ::: a
	gives 'my id -u a' 'id -u' ::: a
	gives 'my id' ::: id
	# In a shell that the user named, it is not looked for.
	run ppx --shell dash 'greet {} 2>/dev/null' ::: a
	test "$status" -eq 123
}

@test "a function whose name only looks like it is none" {
	greet() { echo hello; }
	export -f greet
	gives 'greeting' 'echo greeting; : {}' ::: a
	gives 'sh' 'echo "$0"; : greeting {}' ::: a
}

# --- command mode ----------------------------------------------------------

@test "command mode: each record is a shell line" {
	cat >commands <<-'END'
	echo one
	echo "two  $((1+1))" | tr a-z A-Z

	   
	exit 0
	x='a b'; echo "$x"
	if true; then echo yes; fi
	echo {} {.} {#} '$1'
	printf '%s\n' "$#" "$0"
	# a comment
	echo last # and one
	echo -n; (echo sub)
	END
	same "$(ppx -k <commands)" 'one
TWO  2
a b
yes
{} {.} {#} $1
0
sh
last
sub'
}

@test "command mode: blank lines are no tasks" {
	printf '\n \t \necho {#} $PPX_SEQ\n\r\n\n' >commands
	gives '{#} 1' -a commands
	same "$(printf 'true\0\n\0true\0' | ppx -0 --exit count; echo $?)" 0
}

@test "command mode: a record can have several lines" {
	same "$(printf 'for i in 1 2\ndo echo $i\ndone\0echo 3' | ppx -0k)" \
	    $'1\n2\n3'
}

@test "command mode: a line that begins with a dash or a plus" {
	run ppx ::: '-c "echo no"' '+x echo no' '--help'
	test "$status" -eq 123
	[[ $output != no* && $output != *$'\n'no* && $output != *Usage* ]]
}

@test "command mode: each line has its own status" {
	run ppx --exit count ::: true false 'exit 3' 'kill -9 $$' nosuchcommand \
	    ./nosuchfile 'echo x; false'
	test "$status" -eq 6
}

@test "command mode with --exec: the record is a program" {
	run ppx --exec ::: pwd
	[[ $output == *"--exec needs a COMMAND"* ]]
}

# --- dry run, -t, -v -------------------------------------------------------

@test "--dry-run prints the commands, and runs nothing" {
	shows $'touch a\ntouch \'b c\'' touch ::: a 'b c'
	shows $'touch x a y >b' 'touch x {} y >b' ::: a
	shows $'touch a; ls | wc\n: ; x' ::: 'touch a; ls | wc' ': ; x'
	shows "touch '' '*' '\$x' 'a;b'" touch '' '*' '$x' ::: 'a;b'
	test ! -e a
	run ppx --dryrun touch ::: a
	same "$status $output" "0 touch a"
	test ! -e a
}

@test "--dry-run keeps the order of the input" {
	seq 3000 | sed 's/^/echo /' >want
	seq 3000 | ppx --dry-run -j4 echo >got
	cmp want got
}

@test "--dry-run: only what needs quotes is quoted" {
	shows "ls -l --color=auto a/b.c_d-e+f,g:h@i%j /x" \
	    ls -l --color=auto a/b.c_d-e+f,g:h@i%j ::: /x
	shows "'A=b' if B=c a" A=b if B=c ::: a
	shows "'if' a" if ::: a
	shows 'ls "a b" '\''a b'\''' 'ls "{}" {}' ::: 'a b'
	shows "sh -c 'echo \"\$1\"' sh 'a b'" 'echo "$1"' ::: 'a b'
}

@test "-t prints the commands on stderr as they start" {
	ppx -kt echo ::: a 'b c' >out 2>err
	same "$(<out)" $'a\nb c'
	same "$(sort err)" $'echo \'b c\'\necho a'
	gate g
	background ppx --verbose 'cat {}' ::: g 2>err
	wait_until grep -qx 'cat g' err
	open_gate g
	ends $!
}

@test "-v prints the command on stdout before the output" {
	ppx -kv echo ::: a 'b c' >out 2>err
	same "$(<out)" $'echo a\na\necho \'b c\'\nb c'
	test ! -s err
	same "$(ppx -v -u echo ::: a)" $'echo a\na'
	same "$(ppx -v --lb echo ::: a)" $'echo a\na'
	same "$(ppx -v true ::: a)" 'true a'
	same "$(ppx -kv ::: 'echo x | cat')" $'echo x | cat\nx'
}
