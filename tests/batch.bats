# Several items for one task: -n, -N, -L, --xargs, -m, -X, -s, -x.

load helper

# agrees PARALLEL_OPTIONS: the same tasks as GNU parallel, for "items".
agrees()
{
	parallel --will-cite -k -q "$@" printf '<%s>\n' <items >want
	ppx -k "$@" printf '<%s>\n' <items >got
	diff want got
}

# --- how many --------------------------------------------------------------

@test "-n: up to so many items, the last task has fewer" {
	gives $'a b\nc d\ne' -n2 echo ::: a b c d e
	gives $'a b\nc d\ne' --max-args 2 echo ::: a b c d e
	gives $'a b c d e' -n5 echo ::: a b c d e
	gives $'a b c d e' -n 1000000 echo ::: a b c d e
	gives $'a\nb' -n1 echo ::: a b
	same "$(ppx -n2 echo </dev/null)" ''
	same "$(printf '\n\n\n' | ppx -k -n2 printf '[%s]')" '[][][]'
}

@test "-N: the same, with a position for each" {
	gives $'b a\nd c\n e' -N2 echo {2} {1} ::: a b c d e
	gives $'a b\nc' --max-replace-args 2 echo ::: a b c
}

@test "-n0, -N0: a task for each item, which has no value" {
	for o in -n0 -N0; do
		gives $'x\nx' $o echo x ::: a b
		gives $'[ab]\n[ab]' $o printf '[%s]\n' a{}b ::: a b
		gives $'[ab]\n[ab]' $o "printf '[%s]\n' a{}b" ::: a b
		gives $'1\n2' $o echo {} {#} ::: a b
		gives $'0\n0' $o 'echo $#' ::: a b
	done
	printf 'a\nb\n' >items
	need parallel
	agrees -N0
}

@test "a batch starts as soon as it is complete" {
	gate g
	background -i g ppx -n3 touch
	pid=$!
	{
		printf 'a\nb\nc\nd\n'
		wait_until test -e c
		not test -e d
	} >g
	ends "$pid"
	test -e d
}

@test "-L: lines, of which one may go on in the next" {
	printf 'a\n b\nc \n\nd\n\n\ne' >items
	same "$(ppx -kL2 printf '[%s]' {} '|' <items)" '[a][ b][|][c d][e][|]'
	same "$(ppx -kl2 echo {} '|' <items)" $'a  b |\nc d e |'
	same "$(ppx -kl echo <items)" $'a\n b\nc d\ne'
	same "$(ppx -k --max-lines 1 echo <items)" $'a\n b\nc d\ne'
	# Not of other records.
	same "$(printf 'a \0\0b\0' | ppx -0 -kL2 printf '[%s]' {} ,)" \
	    '[a ][][,][b][,]'
	same "$(printf 'a ;b' | ppx -d ';' -kL1 printf '[%s]' {} ,)" \
	    '[a ][,][b][,]'
	run ppx -L0 echo
	test "$status" -eq 125
	need xargs
	printf 'a\nb\n\n\nc \nd\ne\n\n' >items
	for n in 1 2 3 9; do
		xargs -L $n echo <items >want
		ppx -k -L $n echo <items | cmp - want
	done
}

# joins WANT OPTION..: of ./items, what runs, and how many items are bad.
joins()
{
	local want=$1

	shift
	run --separate-stderr timeout $((20 * PPX_TEST_SLOW)) \
	    "$PPX" -k -j1 "$@" <items
	same "$output $(grep -c 'cannot be run' <<<"$stderr")" "$want"
}

# A line of 200,000 bytes that goes on in the next.
long_line()
{
	head -c 200000 /dev/zero | tr '\0' x
	echo ' '
}

@test "-L: a bad line is one item, with all that it goes on in" {
	printf 'a\0 \nrm this\nd\n' >items
	joins 'd 1' -L1 echo
	same "$status" 123
	[[ $stderr == *'item 1 cannot be run: has a NUL byte in it: a\x00 ...'* ]]
	joins 'd 1' -L2 echo
	joins 'd 1' -L1 -X echo
	joins 'd 1' -L1 -s 1000 echo
	joins 'd 1' -L1 sh -c 'echo "$1"' _
	joins 'd 1' -L1 -a items echo
	joins 'd 1' -L1 --max-items 3 echo
	joins ' 1' -L1 --max-items 2 echo
	joins ' 1' -L1 -E 'rm this' echo
	printf 'a\0\t\nrm this \n\n \t\nrm that\nd\n' >items
	joins 'd 1' -L1 echo
	# The second and the last line of one; what it follows is run.
	printf 'x\na \nb\0 \nrm this\nd\n' >items
	joins $'x\nd 1' -L1 echo
	joins $'x\nd 1' -L2 echo
	[[ $stderr == *'item 2 cannot be run: '*': a b\x00 ...'* ]]
	printf 'a \nb \nc\0\nd\n' >items
	joins 'd 1' -L1 echo
	[[ $stderr == *'item 1 cannot be run: '*$': a b c\\x00\n'* ]]
	# Several in a row, and the end in the middle of one.
	printf 'a\0 \nb\0 \nc\nd\0 \ne\nf\n\0 \n' >items
	joins 'f 3' -L1 echo
	printf 'a\nb\0 \nrm ' >items
	joins 'a 1' -L1 echo
	joins 'a 1' -L2 echo
	# Not of other records, and not of trimmed ones.
	printf 'a\n;b\0 ;c' >items
	joins $'a\n\nc 1' -d ';' -L1 echo
	printf 'a\0 \nb\n' >items
	joins 'b 1' --trim r -L1 echo
	joins 'b 1' --words -L1 echo
}

# It has used a tenth of a second.
works()
{
	test "$(cut -d' ' -f14 /proc/"$1"/stat)" -ge 10
}

@test "a signal is heard while the batches of a product are counted" {
	local status=0

	seq 10000 >rows
	mkfifo last
	background ppx -q --plus -n4096 touch {##} :::: rows rows rows last
	echo b >last
	! test -r /proc/self/stat || wait_until works $!
	kill -TERM $!
	wait_until gone $!
	wait $! || status=$?
	same "$status" 143
}

@test "-L: a line that is too long is one item, with all that it goes on in" {
	{ long_line; printf 'rm this\nd\n'; } >items
	joins 'd 1' -L1 echo
	joins 'd 1' -L2 echo
	joins 'd 1' -L1 -X echo
	joins ' 0' -x -L1 echo
	same "$status" 125
	{ long_line; long_line; printf 'a\0 \nrm\nd \n'; long_line; echo rm; echo e; } >items
	joins 'e 2' -L1 echo
	{ echo a; long_line; } >items
	joins 'a 1' -L2 echo
	# Too long together.
	{ yes 'a ' | head -70000; echo b; echo c; } >items
	joins '1 1' -L1 sh -c 'echo ${#1}' _
	[[ $stderr == *'item 1 '*'longer than the system'*': a a a '* ]]
	{ echo a; yes 'a ' | head -150000; } >items
	joins '1 1' -L2 sh -c 'echo ${#1}' _
	joins '1 0' -x -L1 sh -c 'echo ${#1}' _
	same "$status" 125
}

@test "-L: the numbers of what comes behind a bad line" {
	printf 'a\0 \nrm this\nd\n\ne\0\nf\n' >items
	joins $'2 d\n4 f 2' -L1 --joblog log echo '{#}' {}
	same "$(cut -f1 log | tail -n +2 | sort | xargs)" '1 2 3 4'
	[[ $stderr == *'item 5 cannot be run'* ]]
	joins ' 0' -L1 --resume --joblog log echo '{#}' {}
}

@test "-L: of several sources each row is a line" {
	same "$(printf 'a\n\nb \nc\n' | ppx -kL1 printf '[%s]' :::: - ::: x)" \
	    '[a][x][][x][b ][x][c][x]'
	same "$(ppx -kL1 printf '[%s]' ::: a b ::: 'x ')" '[a][x ][b][x ]'
	same "$(ppx -kL2 --link printf '[%s]' ::: a 'b ' c ::: 1 ' ' 3)" \
	    '[a][1][b ][ ][c][3]'
}

@test "-L: empty columns are no blank line" {
	same "$(printf 'a;b\n;;\n\n \nc;d\n' | ppx -kL1 -C ';' echo {#}{1})" \
	    $'1a\n2\n3c'
	same "$(printf 'x,y\n,\n1,2\n' |
	    ppx -kL1 --csv --header : echo '[{x}][{y}]')" $'[][]\n[1][2]'
}

@test "-L: columns of which one is bad" {
	printf 'a,b\0 \nrm,this\nd,e\n' >items
	joins '[d][e] 1' -C , --trim n -L1 printf '[%s]'
	joins '[d][e] 1' --csv -L1 printf '[%s]'
	joins '[rm][this][d][e] 1' -C , -L1 printf '[%s]'	# trims
	# It ends in a separator, not in a blank.
	printf 'a\0\t\nb\tc\n' >items
	joins '[b][c] 1' -C '\t' --trim n -L1 printf '[%s]'
	joins '[b][c] 1' -C '[[:blank:]]+' --trim n -L1 printf '[%s]'
	{ head -c 2200000 /dev/zero | tr '\0' x; printf ',y \nrm,this\nd,e\n'; } >items
	joins '[d][e] 1' -C , --trim n -L1 printf '[%s]'
	joins '[d][e] 1' --csv -L1 printf '[%s]'
	printf 'a\0\nb\n' >items
}

@test "-L: a line without an end takes no memory, and little time" {
	limit='ulimit -v 200000'
	if sanitized; then
		limit=:
	fi
	run --separate-stderr bash -c "$limit
		yes 'a ' | timeout 3 \"$PPX\" -L1 printf '[%s]'"
	same "$output" ''
	same "$(grep -c 'cannot be run' <<<"$stderr")" 1
	{ yes 'a ' | head -64000; echo b; } >items
	SECONDS=0
	for i in 1 2 3 4 5; do
		joins '128001 0' -L1 sh -c 'echo ${#1}' _
	done
	{ yes 'a,b ' | head -25000; echo b; } >items
	joins '25001 0' -C , --trim n -L1 sh -c 'echo $#' _
	test "$SECONDS" -le $((5 * PPX_TEST_SLOW))
}

@test "items of several sources come one behind the other" {
	need parallel
	test "$(ppx echo {2} ::: a ::: b)" = b || skip "needs several sources"
	for o in -n2 -N2 -n1; do
		parallel --will-cite -k -q $o echo {} ::: a b c ::: x y >want
		ppx -k $o echo {} ::: a b c ::: x y >got
		cmp want got
	done
}

# --- as many as fit --------------------------------------------------------

@test "--xargs, -m and -X take what fits, -m and -X spread the end" {
	gives '1 2 3 4 5 6 7 8 9 10' -j4 --xargs echo ::: {1..10}
	for o in -m -X; do
		gives $'1 2 3\n4 5 6\n7 8 9\n10' -j4 $o echo ::: {1..10}
		gives $'1 2\n3 4' -j3 $o echo ::: {1..4}
		gives $'1 2 3 4\n5\n6' -j2 $o -n4 echo ::: {1..6}
	done
	need parallel
	for n in 0 1 4 5 11 100; do
		seq $n >items
		agrees -X -j3
		agrees -m -j4 -s 60
	done
	agrees -X -n7 -j3
	agrees --xargs -s 100 -j2
}

@test "-m with -j0: a task for each item" {
	same "$(seq 20 | ppx -j0 -m echo | sort -n)" "$(seq 20)"
	need parallel
	same "$(seq 20 | parallel --will-cite -j0 -m echo | sort -n)" \
	    "$(seq 20)"
}

@test "--xargs, -m, -X: the last one counts" {
	gives 'a1b a2b' -j1 -m -X echo a{}b ::: 1 2
	gives 'a1 2b' -j1 -X -m echo a{}b ::: 1 2
	gives 'a1 2b' -j1 -X --xargs echo a{}b ::: 1 2
}

@test "as xargs: --words --xargs -j1; but -L counts words" {
	printf "a 'b c'\n\\d\n  e\"f\"\n" >items
	need xargs
	same "$(ppx --words --xargs -j1 printf '<%s>' <items)" \
	    "$(xargs printf '<%s>' <items)"
	same "$(ppx --words -kL2 printf '<%s>' {} , <items)" \
	    '<a><b c><,><d><ef><,>'
}

@test "-s counts the words of the command with their NULs" {
	gives $'1 2 3\n4 5' --xargs -s 11 echo ::: 1 2 3 4 5
	gives $'1 2\n3 4\n5' --xargs -s 10 echo ::: 1 2 3 4 5
	need xargs
	seq 500 >items
	for s in 20 21 22 23 50 100 999; do
		xargs -s $s echo x <items >want
		ppx -k --xargs -s $s echo x <items | cmp - want
		ppx -k -n7 -s $s echo x <items >got
		xargs -n7 -s $s echo x <items | cmp - got
	done
}

@test "an item that fits into no command is bad, and named" {
	run ppx -k -X -j1 -s 10 echo ::: a abcdefgh b
	test "$status" -eq 123
	[[ $output == *'item 2 cannot be run'*'abcdefgh'* ]]
	[[ $output == *a*b* ]]
	run ppx -s 7 echo ::: ab
	test "$status" -eq 123
	head -c 200000 /dev/zero | tr '\0' a >items
	run ppx -X echo <items
	test "$status" -eq 123
	[[ $output == *'item 1 cannot be run'* ]]
	printf '0\0 12\0' >items
	run ppx -d ' ' -k -n5 echo <items
	test "$status" -eq 123
}

@test "-x: a batch that does not fit ends the run" {
	run ppx -x -n3 -s 10 echo ::: a b c
	test "$status" -eq 125
	[[ $output == *'-x: the command for "a" and those with it'* ]]
	run ppx -x -X -s 10 -k -j1 echo ::: a b c abcdefgh d
	test "$status" -eq 125
	[[ $output == *'"abcdefgh"'* && $output == *'a b'* ]]
	[[ $output == *'the input was not read to its end'* ]]
	gives $'a b\nc' -x -X -j1 -s 10 echo ::: a b c
}

@test "-x: an item that no command can hold ends the run, as one beyond -s" {
	{ echo a; head -c 131072 /dev/zero | tr '\0' x; echo; echo b; } >long
	for o in -n1 -X --xargs -L1; do
		run ppx -k -j1 -x $o echo <long
		same "$status" 125
		[[ $output == $'ppx: -x: the command for "xxx'*$'system allows\n'* ]]
		[[ $output == *'the input was not read to its end'* ]]
		same "$(grep -v ppx: <<<"$output")" a
	done
	# Neither are those that were gathered with it.
	run ppx -x -n2 -s 100 echo <long
	same "$status $output" '125 ppx: -x: the command for "a" and those with it does not fit into -s'
	# A column, and what only the command makes too long.
	sed 's/^x/b,x/' long >columns
	run ppx -x -C , -k echo {1} <columns
	same "$status" 125
	sed s/xx// long | sed 's/xx$/y/' >fits
	run ppx -x -k -j1 echo abc{} <fits
	same "$status" 125
	run ppx -x 'echo {}; :' <fits
	same "$status" 125
	# Without a COMMAND, too.
	{ echo 'echo a'; sed 's/^x/: /' long; } >lines
	run ppx -k -x <lines
	same "$status" 125
	need xargs
	run xargs -x -n1 echo <long
	same "$status" 1
}

@test "-x with -n0: an item that is too long ends the run" {
	{ echo a; printf '%0200000d\n' 0; echo b; } >items
	for o in -n0 -N0; do
		run --separate-stderr ppx -k -x $o echo ran <items
		same "$status $output" "125 ran"
		[[ $stderr == *"ppx: -x: the command for "*" does not fit into what the system allows"* ]]
	done
}

@test "-s holds for the lines of command mode" {
	run ppx -q -k -s 20 ::: 'echo a' 'echo abcdefghijklmno' 'echo b'
	same "$status $(grep -v ppx: <<<"$output")" $'123 a\nb'
	run ppx -q -k -x -s 20 ::: 'echo a' 'echo abcdefghijklmno' 'echo b'
	same "$status $(grep -v ppx: <<<"$output")" '125 a'
}

@test "a batch fills what execve takes, and never more" {
	need seq
	count='echo $#'
	# shellcheck disable=SC3045
	for stack in 512 8192; do
		(
		ulimit -Ss $stack 2>/dev/null || exit 0
		export BIG=$(printf '%020000d' 1)
		seq 300000 | ppx -k --xargs sh -c "$count" sh >got
		same "$(paste -sd+ got | tr + '\n' |
		    awk '{ n += $1 } END { print n }')" 300000
		)
	done
	# Nearly all of it: no more tasks than can be helped.
	(
	ulimit -Ss 8192 2>/dev/null || exit 0
	seq 300000 | ppx -k --xargs sh -c "$count" sh >got
	test "$(wc -l <got)" -le 3
	)
	# One string of a shell line holds 128 KiB.
	seq 50000 | ppx -k --xargs 'echo {} | tr " " "\n"' >got
	seq 50000 | cmp - got
	seq 50000 | ppx -k --xargs 'printf "%s\n" "$@"; :' >got
	seq 50000 | cmp - got
	# Many small ones: their addresses count.
	yes '' | head -n 400000 | ppx -k --xargs sh -c "$count" sh >got
	same "$(awk '{ n += $1 } END { print n }' got)" 400000
}

@test "every item is in exactly one task" {
	seq 1500 >items
	for o in -n7 -N3 -L11 -X -m --xargs "-X -s 500" "-n100 -s 200"; do
		ppx -k $o printf '%s\n' <items | cmp - items
		ppx -k $o "printf '%s\n' {}; :" <items | cmp - items
	done
}

@test "100,000 arguments take little time" {
	seq 100000 >items
	SECONDS=0
	ppx -X -k echo <items | tr ' ' '\n' | cmp - items
	test "$SECONDS" -le $((5 * PPX_TEST_SLOW))
}

# --- what excludes what, and reports ---------------------------------------

@test "-L and --shuf exclude each other" {
	run ppx -L2 --shuf echo < <(printf 'a \nb\nc\n')
	same "$status $output" "125 ppx: -L and --shuf exclude each other: \
a line that goes on in the next would be torn; use -N"
}

@test "options that say how many exclude each other" {
	for o in "-n2 -N2" "-n2 -L2" "-N2 -L2" "-n0 -N2" "-n0 -L2" "-n0 -X"; do
		run ppx $o echo ::: a
		test "$status" -eq 125
		[[ $output == *"exclude each other"* ]]
	done
	for o in -n2 -N3 -L2 -X -m --xargs -n0; do
		run ppx $o ::: true
		test "$status" -eq 125
		[[ $output == *"needs a COMMAND"* ]]
	done
	gives '' -n1 ::: true
}

@test "--show-limits says what a command can have, and runs" {
	ppx --show-limits -X echo ::: a b >out 2>err
	same "$(sort out)" $'a\nb'
	grep -q 'words of a command can have [0-9]* bytes' err
	grep -q 'environment takes [0-9]* bytes' err
}

@test "a batch that fails counts as one task" {
	run ppx --exit count -n2 false ::: a b c
	test "$status" -eq 2
	ppx -n2 --joblog log echo ::: a b c >out
	same "$(cut -f1,9 log | tail -n +2 | sort)" $'1\techo a b\n2\techo c'
	ppx -n2 --priority {1} echo ::: 1 2 3 >out
	run ppx -n2 --priority {2} -k echo ::: 1 x 3 4
	test "$status" -eq 123
}

@test "an interrupt while a batch is being gathered leaves nothing" {
	gate g
	background -i g ppx -n3 touch
	pid=$!
	{
		printf 'a\nb\nc\nd\n'
		wait_until test -e c
		kill -INT "$pid"
		ends "$pid"
	} >g
	test ! -e d
}

@test "--header has no meaning in a batch" {
	run ppx --header : -n2 echo {a} ::: a 1 2 </dev/null
	same "$status $output" "125 ppx: --header and -n exclude each other: a batch has no {name}; --skip-first-line passes over the names"
}
