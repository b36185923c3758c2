# --pipe: the input in blocks, each of which a task reads.

load helper
load trees

teardown()
{
	test_teardown
}

# blocks BYTES WANT OPTION..: what tasks get of the input (printf), each block
# in brackets.
blocks()
{
	same "$(printf "$1" | ppx -j3 -k --pipe "${@:3}" \
	    'printf "<"; cat; printf ">"')" "$2"
}

# The same input by a pipe that gives a byte at a time.
slowly()
{
	printf "$1" | "$PPX_TOOLS/trickle" | ppx -j3 -k --pipe "${@:3}" \
	    'printf "<"; cat; printf ">"' >slow
	same "$(<slow)" "$2"
}

refuses()
{
	run ppx "${@:2}" </dev/null
	same "$status ${lines[0]}" "125 ppx: $1"
}

# --- what tasks get ----------------------------------------------------------

@test "--pipe: all bytes, in the order of the input" {
	head -c 5000000 /dev/urandom >data
	for block in 1k 100000 1M 3M 10M; do
		cat data | ppx -k --pipe --block $block cat >got
		cmp data got
	done
	ppx -k --spreadstdin --block-size 100k cat <data >got
	cmp data got
	ppx -k --pipe -a data --block 100k cat >got
	cmp data got
}

@test "blocks are of whole records, as many as fit" {
	blocks '1\n22\n333\n4444\n' $'<1\n22\n><333\n><4444\n>' --block 6
	seq 200000 | ppx -k --pipe --block 64k --tagstring '{#}' \
	    'wc -c; tail -c1 | od -c' >out
	seq 200000 | ppx -k --pipe --block 64k 'wc -c' >sizes
	same "$(awk '$1 > 65536 || $1 < 65500' sizes | wc -l)" 1
	same "$(awk '{ n += $1 } END { print n }' sizes)" 1288895
	seq 200000 | ppx --pipe --block 64k 'tail -c 1 | wc -l' >ends
	same "$(sort -u ends)" 1
}

@test "no input, no task" {
	ppx --pipe 'touch ran' </dev/null
	: | ppx --pipe 'touch ran'
	: | ppx --pipe -N1 'touch ran'
	test ! -e ran
}

@test "a last record without its end counts" {
	blocks 'a\nb' $'<a\nb>'
	blocks 'a\nb' $'<a\n><b>' -N1
	blocks 'a' '<a>' -N2
	blocks 'a\nb' $'<a\n><b>' --block 2
}

@test "a record that is longer than a block is one, alone" {
	blocks 'a\nbbbbbbbb\nc\n' $'<a\n><bbbbbbbb\n><c\n>' --block 3
	blocks 'bbbbbbbb' '<bbbbbbbb>' --block 3
}

@test "-N: so many records; -n is the same" {
	blocks '1\n2\n3\n4\n5\n' $'<1\n2\n><3\n4\n><5\n>' -N2
	blocks '1\n2\n3\n4\n5\n' $'<1\n2\n><3\n4\n><5\n>' -n2
	blocks '1\n2\n3\n4\n5\n' $'<1\n2\n3\n4\n5\n>' -N9 --block 2
	blocks '\n\n\n' $'<\n><\n><\n>' -N1
	same "$(seq 100000 | ppx -k --pipe -N1000 wc -l | sort | uniq -c |
	    tr -s ' ')" " 100 1000"
}

@test "-L: a record is so many lines" {
	blocks '1\n2\n3\n4\n5\n' $'<1\n2\n><3\n4\n><5\n>' -L2 --block 5
	blocks '1\n2\n3\n4\n5\n' $'<1\n2\n3\n4\n5\n>' -L2
	blocks '1\n2\n3\n4\n5\n' $'<1\n2\n3\n4\n><5\n>' -L2 -N2
	blocks '1\n2\n3\n4\n5\n' $'<1\n2\n3\n><4\n5\n>' -L3 --block 2
}

@test "--recend, --recstart" {
	blocks 'a,b,c,d' '<a,><b,><c,><d>' --recend , --block 2
	blocks 'a,b,c,d' '<a,b,><c,d>' --recend , -N2
	blocks 'a::b:c::d' '<a::><b:c::><d>' --recend :: -N1
	blocks '>a\nb\n>c\n>d\ne\n' $'<>a\nb\n><>c\n><>d\ne\n>' \
	    --recstart '>' -N1
	blocks '>a\nb\n>c\n>d\ne\n' $'<>a\nb\n>c\n><>d\ne\n>' \
	    --recstart '>' --block 9
	blocks 'a\n>b\n>c>d' $'<a\n><>b\n><>c>d>' --recend '\n' \
	    --recstart '>' -N1
	blocks 'a\0b\0c' '<a><b><c>' --recend '\0' -N1 --rrs
	blocks 'axbxc' '<ax><bx><c>' --recend '\x78' -N1
}

@test "--recend '': any place will do" {
	blocks 'abcdefg' '<abc><def><g>' --recend '' --block 3
	blocks 'abcdefg' '<ab><cd><ef><g>' --recend '' -N2
}

@test "--regexp" {
	blocks 'a1b22c3d' '<a1><b22><c3><d>' --regexp --recend '[0-9]+' -N1
	blocks 'a1b22c3d' '<a1b22><c3d>' --regexp --recend '[0-9]+' --block 5
	blocks 'x1\ny\nx2\n' $'<x1\ny\n><x2\n>' --regexp \
	    --recstart '^x' -N1
	blocks 'a\n\n\nb\nc' $'<a\n\n\n><b\nc>' --regexp --recend '\n\n+' -N1
	blocks 'a;b;1;c' '<a;b;><1;c>' --regexp --recend ';' \
	    --recstart '[0-9]' -N1
	blocks 'a\0b1\0c2d' '<ab1><c2><d>' --regexp --recend '[0-9]' -N1
}

@test "--remove-rec-sep: tasks get no separators" {
	blocks 'a,b,c,d' '<ab><cd>' --recend , -N2 --rrs
	blocks '1\n2\n3\n' '<12><3>' -N2 --remove-rec-sep
	blocks 'x1\nx2\nx3\n' $'<1\n2\n><3\n>' --recstart x -N2 --rrs
	blocks 'a1b22c3d' '<ab><cd>' --regexp --recend '[0-9]+' -N2 --rrs
}

@test "how the input arrives makes no difference" {
	slowly '1\n22\n333\n4444\n' $'<1\n22\n><333\n><4444\n>' --block 6
	slowly 'a::b:c::d' '<a::><b:c::><d>' --recend :: -N1
	slowly 'a\n>b\n>c>d' $'<a\n><>b\n><>c>d>' --recend '\n' \
	    --recstart '>' -N1
	slowly '1\n2\n3\n4\n5\n' $'<1\n2\n3\n><4\n5\n>' -L3 --block 2
	slowly 'a1b22c3d' '<a1><b22><c3><d>' --regexp --recend '[0-9]+' -N1
}

@test "a block of -N starts when it is there" {
	mkfifo input
	exec {w}<>input
	background -i input "$PPX" --pipe -N1 --line-buffer 'cat >got.{#}'
	ppx=$!
	echo a >&$w
	wait_until test -s got.1
	echo b >&$w
	wait_until test -s got.2
	kill -TERM $ppx
	ends $ppx
	exec {w}>&-
}

# --- files -----------------------------------------------------------------------

# parts BYTES WANT OPTION..: as blocks, of a file, in both ways.
parts()
{
	printf "$1" >part
	same "$(ppx -j3 -k --pipe-part -a part "${@:3}" \
	    'printf "<"; cat; printf ">"')" "$2"
	same "$(ppx -j3 -k --pipe "${@:3}" \
	    'printf "<"; cat; printf ">"' <part)" "$2"
}

@test "--pipe-part, and --pipe of a file: the same blocks" {
	parts '1\n22\n333\n4444\n' $'<1\n22\n><333\n><4444\n>' --block 6
	parts 'a\nbbbbbbbb\nc\n' $'<a\n><bbbbbbbb\n><c\n>' --block 3
	parts 'bbbbbbbb' '<bbbbbbbb>' --block 3
	parts 'a\nb' $'<a\n><b>' --block 2
	parts '' ''
	parts 'a::b:c::d' '<a::><b:c::><d>' --recend :: --block 5
	parts '>a\nb\n>c\n>d\ne\n' $'<>a\nb\n>c\n><>d\ne\n>' \
	    --recstart '>' --block 9
	parts '>aaaaaaaaa>c' $'<>aaaaaaaaa><>c>' --recstart '>' --block 3
	parts 'abcdefg' '<abc><def><g>' --recend '' --block 3
	parts 'a1b22c3d' '<a1b22><c3d>' --regexp --recend '[0-9]+' --block 5
}

@test "--header: what begins the input stands before each block" {
	blocks 'h\n1\n2\n' $'<h\n1\n><h\n2\n>' --header : -N1
	blocks '#\n#a\n1\n2\n' $'<#\n#a\n1\n><#\n#a\n2\n>' --header 2 -N1
	blocks '#\n#a\n1\n2\n' $'<#\n#a\n1\n><#\n#a\n2\n>' \
	    --header '(#.*\n)*' -N1
	blocks '1\n#\n' $'<1\n><#\n>' --header '(#.*\n)+' -N1
	slowly '#\n#a\n1\n2\n' $'<#\n#a\n1\n><#\n#a\n2\n>' \
	    --header '(#.*\n)*' -N1
	slowly 'h\n1\n2\n' $'<h\n1\n><h\n2\n>' --header : -N1
	parts 'h\n1\n2\n' $'<h\n1\n><h\n2\n>' --header : --block 2
	parts '#\n#a\n1\n2\n' $'<#\n#a\n1\n><#\n#a\n2\n>' \
	    --header '(#.*\n)*' --block 2
	# One that is all there is, makes no task.
	blocks 'h\n' '' --header :
	parts 'h\n' '' --header :
	{ echo head; seq 500000; } >data
	ppx -k --pipe --header : 'tail -n +2' <data | cmp - <(seq 500000)
	cat data | ppx -k --pipe --header : 'tail -n +2' | cmp - <(seq 500000)
	refuses "--header: not a regular expression" --pipe --header '(' cat
}

@test "without --block the blocks of a long input are larger" {
	head -c 60000000 /dev/zero | tr '\0' '\n' >data
	same "$(cat data | ppx -k --pipe wc -c | uniq -c | tr -s ' ')" \
	    " 8 1048576
 8 2097152
 8 4194304
 1 1279744"
}

@test "without --block those of a file are a tenth of what a slot gets" {
	head -c 60000000 /dev/zero | tr '\0' '\n' >data
	for how in "--pipe-part -a data" "--pipe -a data"; do
		same "$(ppx -k -j2 $how wc -c | uniq -c | tr -s ' ')" \
		    " 16 3046875
 2 4194304
 1 2861392"
		same "$(ppx -k -j1 $how wc -c | uniq -c | tr -s ' ')" \
		    " 9 6093750
 1 5156250"
		# Not more than 32M, and not less than of other input.
		same "$(ppx -k -j100 $how wc -c)" "$(ppx -k --pipe wc -c < <(cat data))"
		# What is logged another run must cut the same, whatever its -j.
		same "$(ppx -k -j2 --joblog log $how wc -c)" \
		    "$(ppx -k --pipe wc -c < <(cat data))"
		rm log
	done
	rm data
	truncate -s 700M data
	same "$(ppx -k -j1 --recend '\0' --pipe-part -a data wc -c | uniq -c |
	    tr -s ' ' | head -n1)" " 21 33554432"
	head -c 5000 /dev/zero | tr '\0' '\n' >data
	same "$(ppx --pipe-part -a data wc -c)" 5000
}

@test "--pipe-part: all bytes, wherever records end" {
	{ seq 100000; head -c 3000000 /dev/zero; echo; seq 300000; } >data
	for block in 10k 1M 2000001 100M; do
		ppx -k --pipe-part -a data --block $block cat | cmp - data
		ppx -k --pipepart --block $block cat <data | cmp - data
		same "$(ppx -k --pipe-part -a data --block $block wc -c)" \
		    "$(cat data | ppx -k --pipe --block $block wc -c)"
	done
}

@test "--pipe-part --block -N: N blocks a slot" {
	seq 100000 >data
	same "$(ppx -j3 -k --pipe-part -a data --block -2 'wc -l' | wc -l)" 6
	ppx -j3 -k --pipe-part -a data --block -2 cat | cmp - data
	same "$(ppx -j1 -k --pipe-part -a data --block -1 wc -l)" 100000
	same "$(printf 'a\nb' | tee two | wc -c)" 3
	same "$(ppx -j4 -k --pipe-part -a two --block -1 cat)" $'a\nb'
}

@test "--pipe of a file begins where it stands, and leaves it at its end" {
	seq 1000 >data
	same "$({ read x; ppx --pipe -k cat; cat; } <data | tail -n +999)" 1000
	same "$({ ppx --pipe cat >/dev/null; wc -c; } <data)" 0
	same "$({ ppx --pipe -N3 cat >/dev/null; wc -c; } <data)" 0
}

@test "a file: retries, early ends, one huge record" {
	seq 300000 >data
	ppx -k --pipe-part -a data --block 300k --retries 2 \
	    'test $PPX_ATTEMPT = 2 && exec cat; head -c 10 >/dev/null
	    exit 1' | cmp - data
	ppx -k --pipe-part -a data 'head -n1' >out
	same "$(head -n1 out)" 1
	make_reader
	truncate -s 1G huge
	ppx --pipe-part -a huge ./peak >out
	sanitized || test "$(<out)" -lt 20000
}

@test "--pipe-part needs a file, and does not read it" {
	mkfifo fifo
	run bash -c ': | "$PPX" --pipe-part cat'
	same "$status $output" \
	    "125 ppx: --pipe-part: stdin is no file; give one by -a, or use --pipe"
	refuses "--pipe-part and -N exclude each other: it does not read what\
 is in a block; --pipe does" --pipe-part -N3 cat
	refuses "--pipe-part and -L exclude each other: it does not read what\
 is in a block; --pipe does" --pipe-part -L3 cat
	refuses "--pipe-part and -0 exclude each other: records of blocks end\
 in --recend '\\0'" --pipe-part -0 cat
	refuses "--block -3 needs --pipe-part: how much there is, is known of a\
 file alone" --pipe --block -3 cat
}

@test "a file that becomes shorter is an error" {
	gate gate
	seq 1000000 >data
	run bash -c '"$PPX" -j1 --pipe-part -a data --block 3M \
	    "truncate -s 3000000 data; cat | wc -c"'
	test "$status" -eq 125
	[[ $output == *"cannot read the input again: it has become shorter"* ]]
}

@test "so it is where the file is read through: no record is cut, nobody is told all" {
	local how
	for how in '-N 40000 --block 400K' '-L 2 -N 20000 --block 400K' \
	    '--rrs --recend \n --block 300K' \
	    '--round-robin --block 300K' '--pipe-part --block 300K --cat' \
	    '--tee'; do
		seq 1000000 >data
		cp data was
		case $how in
		*part*) from=(-a data) task='truncate -s 3000000 data; cat {}' ;;
		*) from=() task='truncate -s 3000000 data; cat' ;;
		esac
		case $how in
		--tee) task="truncate -s 3000000 data; sed n; : {}" to=':::' ;;
		*) to= ;;
		esac
		# what it has of a pipe is not all that it can have
		run bash -c '"$PPX" -j1 -k --pipe "$@" <data >out' - $how \
		    "${from[@]}" "$task" $to ${to:+1}
		echo "$how: $status $output"
		test "$status" -eq 125
		[[ $output == *"it has become shorter"* ]]
		test "$(grep -c shorter <<<"$output")" -eq 1
		case $how in
		*rrs*) tr -d '\n' <was >flat; cmp -n "$(wc -c <out)" out flat ;;
		--tee) ;;
		*)
			cmp -n "$(wc -c <out)" out was
			test ! -s out -o -z "$(tail -c1 out)"
			;;
		esac
	done
}

# --- in turn ----------------------------------------------------------------------

@test "--round-robin -k: one task a slot, blocks strictly in turn" {
	same "$(seq 12 | ppx -k -j3 --pipe --round-robin -N2 'tr "\n" " "')" \
	    "1 2 7 8 3 4 9 10 5 6 11 12 "
	same "$(seq 3 | ppx -k -j5 --pipe --roundrobin -N2 'tr "\n" " "')" \
	    "1 2 3 "
	same "$(printf 'h\n1\n2\n3\n' | ppx -k -j2 --pipe --round-robin -N1 \
	    --header : 'tr "\n" " "')" "h 1 3 h 2 "
	: | ppx --pipe --round-robin 'touch ran'
	test ! -e ran
	seq 1000000 >data
	cat data | ppx -j3 --pipe --round-robin --block 10k cat |
	    sort -n | cmp - data
	ppx -j3 --pipe --round-robin --block 10k cat <data |
	    sort -n | cmp - data
	test "$(ppx -j3 --pipe --round-robin --block 10k wc -l <data |
	    wc -l)" -eq 3
}

@test "--round-robin: one that does not read holds up nobody, one that ends gets no more" {
	mkfifo gate
	seq 300000 | timeout 50 "$PPX" -j2 --pipe --round-robin --block 10k \
	    'if mkdir first 2>/dev/null; then cat gate; cat >/dev/null; else
	    wc -l >rest; : >gate; fi'
	test "$(<rest)" -gt 100000
	yes | ppx -j3 --pipe --round-robin --block 10k 'head -n1' >out
	same "$(<out)" $'y\ny\ny'
	yes | head -n 1000000 | ppx -k -j2 --pipe --round-robin --block 10k \
	    'if test {#} = 1; then head -n1; else wc -l; fi' >out
	same "$(head -n1 out)" y
}

@test "--round-robin: a huge record goes to one" {
	{ head -c 30000000 /dev/zero; printf '\na\nb\n'; } |
	    ppx -k -j2 --pipe --round-robin -N1 wc -c >out
	same "$(<out)" $'30000003\n2'
}

@test "--round-robin: what cannot be" {
	refuses "--round-robin and --retries exclude each other: what a task\
 has read is not kept" --pipe --round-robin --retries 3 cat
	refuses "--round-robin has no meaning without --pipe" --round-robin cat
	run bash -c 'seq 100000 | "$PPX" -j2 --pipe --round-robin \
	    --block 1k "read x; exit 3"'
	test "$status" -eq 123
}

# --- a name for the block -------------------------------------------------------------

@test "--cat, --fifo: {} is the name of what has the block" {
	seq 400000 >data
	for how in --cat --fifo; do
		same "$(seq 6 | ppx -k -j2 --pipe $how -N2 'cat {} |
		    tr "\n" " "')" "1 2 3 4 5 6 "
		seq 6 | ppx -k -j2 --pipe $how -N2 wc -l >out
		same "$(cut -d ' ' -f 1 out | tr '\n' ' ')" "2 2 2 "
		ppx -k -j2 --pipe $how --block 300k cat <data | cmp - data
		cat data | ppx -k -j2 --pipe $how --block 300k cat | cmp - data
		ppx -k -j2 --pipe-part -a data $how --block 300k cat {} |
		    cmp - data
		same "$(ls "$TMPDIR")" ""
	done
	same "$(seq 3 | ppx --pipe --cat 'test -f {} && wc -l <{}; test -z
	    "$(cat)"')" 3
	same "$(seq 3 | ppx --pipe --fifo 'test -p {} && wc -l <{}')" 3
}

@test "--cat, --fifo: who does not read, or late, or is tried again" {
	seq 100000 >data
	for how in --cat --fifo; do
		ppx --pipe $how --block 100k ': {}' <data
		ppx -k --pipe $how --block 100k 'head -n1 {}' <data >out
		same "$(head -n1 out)" 1
		ppx -k -j2 --pipe $how --block 100k --retries 2 \
		    'cat {}; test $PPX_ATTEMPT = 2' <data | cmp - data
		ppx -k -j2 --pipe $how -N30000 --retries 2 \
		    'test $PPX_ATTEMPT = 2 && cat {}' <data | cmp - data
	done
}

@test "--cat, --fifo: kill -9 of ppx, or of a worker, leaves no file" {
	for how in --cat --fifo; do
		rm -f ready
		mkfifo input.$how
		exec {w}<>input.$how
		background -i input.$how "$PPX" -j2 --pipe $how -N1 \
		    ': {}; brood -i ready'
		ppx=$!
		printf '1\n2\n' >&$w
		wait_until lines_are 2 ready
		test -n "$(ls "$TMPDIR")"
		kill -9 $ppx
		ends $ppx
		exec {w}>&-
		no_leftovers
		wait_until test -z "$(ls "$TMPDIR")"
		run bash -c 'seq 6 | "$PPX" -k -j2 --pipe '$how' -N2 \
		    "read x <{}; test \$x = 3 && {
		    kill -9 \$PPX_WORKER_PID; exec sleep 60; }; echo \$x"'
		same "$status ${lines[0]} ${lines[1]}" "123 1 5"
		same "$(ls "$TMPDIR")" ""
	done
}

@test "--cat, --fifo: beside --init, and what cannot be" {
	same "$(seq 4 | ppx -k -j2 --init ': >$PPX_WORKER_DIR/x' --fini : \
	    --pipe --cat -N2 'cat {}; test -f "${1%/*}/x"')" "$(seq 4)"
	refuses "--cat and --fifo exclude each other: {} is a file, or a fifo" \
	    --pipe --cat --fifo wc
	refuses "--cat has no meaning without --pipe or --pipe-part" --cat wc
	run bash -c 'seq 3 | "$PPX" --tmpdir /nowhere --pipe --cat wc'
	test "$status" -eq 125
	[[ $output == *"cannot make a directory for a worker in /nowhere"* ]]
	test "$(grep -c nowhere <<<"$output")" -eq 1
}

# --- all for each ------------------------------------------------------------------

@test "--tee: each task, of an item, reads all" {
	seq 1000000 >data
	same "$(cat data | ppx -k -j3 --pipe --tee wc {} ::: -l -c -w)" \
	    $'1000000\n6888896\n1000000'
	same "$(ppx -k -j0 --pipe --tee wc ::: -l -c <data)" \
	    $'1000000\n6888896'
	for i in 1 2; do
		ppx -j2 --pipe --tee 'cmp - data && echo {}' ::: a b <data |
		    sort >out
		same "$(<out)" $'a\nb'
	done
	same "$(: | ppx -k -j2 --pipe --tee 'cat; echo {}' ::: a b)" $'a\nb'
	printf '%s\n' -l -c >items
	same "$(seq 3 | ppx -k -j2 --pipe --tee wc :::: items)" $'3\n6'
}

@test "--tee: one that reads no more holds up nobody" {
	yes | head -n 3000000 | ppx -k -j3 --pipe --tee 'eval "$1"' \
	    ::: 'head -n1' 'wc -l' true >out
	same "$(<out)" $'y\n3000000'
	yes | ppx -k -j2 --pipe --tee 'head -n {}' ::: 1 2 >out
	same "$(<out)" $'y\ny\ny'
	run bash -c 'seq 1000000 | "$PPX" -j2 --pipe --tee "cat >/dev/null
	    exit {}" ::: 0 3'
	test "$status" -eq 123
}

@test "--tee: all tasks run at once, or none" {
	run bash -c 'seq 3 | "$PPX" -j2 --pipe --tee "touch ran; wc" ::: a b c'
	same "$status ${lines[0]}" "125 ppx: --tee: all tasks run at once, and\
 there are more items than the 2 slots of -j; use -j0"
	test ! -e ran
	# Without -j there is a slot for each.
	n=$(($(nproc) + 70))
	same "$(seq 1000 | ppx --pipe --tee -k 'wc -l; : {}' ::: $(seq $n) |
	    sort | uniq -c | xargs)" "$n 1000"
	same "$(seq 1000 | ppx --pipe --tee -k wc {} ::: -w -l -c | xargs)" \
	    "1000 1000 3893"
	run bash -c 'seq 3 | "$PPX" -j1 --pipe --tee wc ::: a b'
	same "$status" 125
	refuses "--tee needs items, each of which makes a task that reads all:\
 ::: a b" --pipe --tee wc
	refuses "--tee: standard input is what tasks read, and cannot have\
 items" --pipe --tee wc :::: -
	refuses "--tee and --retries exclude each other: what a task has read\
 is not kept" --pipe --tee --retries 2 wc ::: a
	run bash -c '"$PPX" --pipe --tee -j2 cat ::: a <&-'
	same "$status $output" "125 ppx: cannot read stdin: Bad file descriptor"
}

@test "--tee: kill -9 of ppx leaves nothing, the end by a signal neither" {
	mkfifo input
	exec {w}<>input
	background -i input "$PPX" -j2 --pipe --tee 'brood -i ready; : {}' ::: a b
	ppx=$!
	wait_until lines_are 2 ready
	kill -9 $ppx
	ends $ppx
	no_leftovers
	rm ready
	background -i input "$PPX" -j2 --pipe --tee 'brood -i ready; : {}' ::: a b
	ppx=$!
	wait_until lines_are 2 ready
	kill -TERM $ppx
	ends $ppx
	exec {w}>&-
}

# --- limits of memory ----------------------------------------------------------

@test "one huge record passes to one task, in bounded memory" {
	make_reader
	head -c 300000000 /dev/zero | ppx --pipe wc -c >out
	same "$(<out)" 300000000
	head -c 300000000 /dev/zero | ppx --pipe ./peak >out
	sanitized || test "$(<out)" -lt 80000
}

@test "what follows a huge record is found" {
	{ head -c 30000000 /dev/zero; printf '\na\n'; head -c 20000000 /dev/zero
	    printf '\nb\n'; } >data
	cat data | ppx -k --pipe -j2 cat | cmp - data
	same "$(cat data | ppx -k --pipe -j2 wc -c)" \
	    $'30000001\n2\n20000001\n2'
	same "$(cat data | ppx -k --pipe -j2 -N2 wc -c)" \
	    $'30000003\n20000003'
	same "$(cat data | ppx -k --pipe -j2 -N1 --rrs wc -c)" \
	    $'30000000\n1\n20000000\n1'
}

@test "who does not read holds up the producer, in bounded memory" {
	make_reader
	gate gate
	{ head -c 200000000 /dev/zero | tr '\0' '\n'; : >written; } |
	    "$PPX" -j2 --pipe --block 1M ': >began.$PPX_SEQ; cat gate
	    exec ./peak' >out &
	ppx=$!
	wait_until test -e began.1 -a -e began.2
	test ! -e written
	open_gate gate
	wait $ppx
	test -e written
	sanitized || test "$(sort -n out | tail -n1)" -lt 30000
}

@test "bytes that pass through pipes unseen: all of them, in blocks as of a file" {
	{ seq 300000; head -c 9000000 /dev/zero; echo; seq 2000000; } >data
	for block in 100k 1M 2000001 5M; do
		cat data | ppx -j4 -k --pipe --block $block cat | cmp - data
		same "$(cat data | ppx -j4 -k --pipe --block $block wc -c)" \
		    "$(ppx -j4 -k --pipe --block $block wc -c <data)"
	done
	# Many small writes take many pages of a pipe.
	{ for i in {1..3000}; do echo $i; done; cat data; } >more
	{ for i in {1..3000}; do echo $i; done; cat data; } |
	    ppx -j4 -k --pipe --block 1M cat | cmp - more
	# Without descriptors for pipes that hold them it is the same.
	cat data | (ulimit -n 60; exec "$PPX" -j2 -k --pipe cat) | cmp - data
	cat data | ppx -k -j2 --pipe 'head -n1' >out
	same "$(head -n1 out)" 1
}

# --- tasks that do not read all ------------------------------------------------

@test "a task that reads no more is no error" {
	yes | head -c 20000000 | ppx --pipe --joblog log 'head -n1' >out
	same "$(sort -u out)" y
	same "$(cut -f7 log | sort -u)" $'0\nExitval'
	yes | head -c 20000000 | ppx --pipe true
	yes | head -c 20000000 | ppx --pipe 'exec <&-; echo a' | sort -u >out
	same "$(<out)" a
	head -c 100000000 /dev/zero | ppx --pipe true
}

@test "a task that fails, fails" {
	run bash -c 'seq 10 | "$PPX" --pipe -N2 --joblog log \
	    "grep -q 3 && exit 4; cat >/dev/null"'
	test "$status" -eq 123
	same "$(awk '$7 == 4 { print $1 }' log)" 2
}

# --- as any other task -----------------------------------------------------------

@test "-k, --tag, {#}, -u, --line-buffer, --dry-run" {
	same "$(seq 6 | ppx -k -j3 --pipe -N2 --tagstring '{#}' cat)" \
	    $'1\t1\n1\t2\n2\t3\n2\t4\n3\t5\n3\t6'
	same "$(seq 6 | ppx -u -j1 --pipe -N2 cat)" "$(seq 6)"
	same "$(seq 6 | ppx --lb -j2 --pipe -N2 cat | sort)" "$(seq 6)"
	same "$(seq 6 | ppx -k --dry-run --pipe -N2 wc -l)" \
	    $'wc -l\nwc -l\nwc -l'
	same "$(seq 6 | ppx -k -j3 --pipe -N3 'echo $PPX_SEQ {#}; cat' |
	    tr '\n' ' ')" "1 1 1 2 3 2 2 4 5 6 "
}

@test "--retries: the block is read again from its beginning" {
	seq 300000 | ppx -k --pipe --block 300k --retries 3 \
	    'test $PPX_ATTEMPT = 3 && exec cat; head -c 10 >/dev/null
	    exit 1' | cmp - <(seq 300000)
	seq 30 | ppx -k --pipe -N1 --retries 2 -j3 \
	    'cat; test $PPX_ATTEMPT = 2' | cmp - <(seq 30)
}

@test "--retries: not where a record passed through" {
	run bash -c 'head -c 40000000 /dev/zero | "$PPX" --pipe --retries 3 \
	    --log-json log "wc -c; exit 1"'
	same "$status ${lines[0]}" "123 40000000"
	same "$(grep -c attempt log)" 1
}

@test "--timeout, --halt" {
	run bash -c 'seq 10 | "$PPX" --pipe -N1 -j2 --timeout 0.2 \
	    "read x; test \$x = 3 && sleep 60; :"'
	test "$status" -eq 123
	[[ $output == *"1 timed out"* ]]
	run bash -c 'seq 100000 | "$PPX" --pipe -N1 -j2 --halt now,fail=1 \
	    "read x; test \$x != 3"'
	test "$status" -eq 123
}

@test "--halt soon: what runs gets all of its record" {
	run bash -c '{ echo a; head -c 60000000 /dev/zero; } | "$PPX" -j2 \
	    --pipe --halt soon,fail=1 -N1 "x=\$(dd bs=1 count=1 2>&1)
	    test \"\${x%%[!a]*}\" = a && {
	    until test -e began; do :; done; exit 1; }
	    : >began; cat | wc -c"'
	same "$status ${lines[0]}" "123 59999999"
}

@test "--resume goes by the numbers of blocks" {
	run bash -c 'seq 6 | "$PPX" -k --pipe -N2 --joblog log \
	    "read x; test \$x != 3 || exit 1; echo \$x"'
	same "$status ${lines[0]} ${lines[1]}" "123 1 5"
	same "$(seq 6 | ppx -k --pipe -N2 --joblog log --resume-failed cat)" \
	    $'3\n4'
	same "$(seq 8 | ppx -k --pipe -N2 --joblog log --resume cat)" \
	    $'7\n8'
}

# --- what dies ---------------------------------------------------------------------

@test "kill -9 of a worker costs the task that it ran" {
	run bash -c 'seq 9 | "$PPX" -k --pipe -N1 -j3 \
	    "read x; test \$x = 4 && { kill -9 \$PPX_WORKER_PID
	    exec sleep 60; }; echo \$x"'
	test "$status" -eq 123
	same "$(grep -x '[0-9]' <<<"$output" | tr '\n' ' ')" "1 2 3 5 6 7 8 9 "
}

@test "kill -9 of ppx leaves nothing" {
	mkfifo input
	exec {w}<>input
	background -i input "$PPX" -j2 --pipe -N1 'read x; brood -i ready'
	ppx=$!
	printf '1\n2\n' >&$w
	wait_until lines_are 2 ready
	kill -9 $ppx
	ends $ppx
	exec {w}>&-
	no_leftovers
}

@test "input that cannot be read" {
	run bash -c '"$PPX" --pipe cat <&-'
	same "$status $output" "125 ppx: cannot read stdin: Bad file descriptor"
	run ppx --pipe cat <.
	same "$status $output" "125 ppx: cannot read stdin: Is a directory"
	run ppx --pipe -a nothing cat
	same "$status $output" \
	    "125 ppx: cannot read nothing: No such file or directory"
}

# --- what makes no sense -------------------------------------------------------------

@test "options that --pipe has no use for" {
	local items="with --pipe there are no items, but blocks that tasks read"

	refuses "--pipe needs a COMMAND, which reads the blocks" --pipe
	refuses "::: a b has no meaning: $items; to give each of the items\
 to a command that reads all of the input, add --tee" --pipe cat ::: a
	refuses "-X has no meaning: $items; -N says how many records one has" \
	    --pipe -X cat
	refuses "-N0 has no meaning: $items; -N says how many records one has" \
	    --pipe -N0 cat
	refuses "-I has no meaning: $items; a ppx in COMMAND that has a {} of\
 its own is given another -I: ppx --pipe ppx -I ,, touch ,,.x" --pipe -I% cat
	seq 2 | ppx --pipe "$PPX" -I ,, touch ,,.x
	same "$(echo *.x)" "1.x 2.x"
	refuses "--tee and --pipe-part exclude each other: each task reads all;\
 leave out --pipe-part, and give the file as standard input" \
	    --tee --pipe-part -a data wc {} ::: -l
	refuses "--pipe and -0 exclude each other: records of blocks end in\
 --recend '\\0'" --pipe -0 cat
	refuses "--pipe and --shuf exclude each other: blocks are in the order\
 of the input" --pipe --shuf cat
	refuses "--block has no meaning without --pipe or --pipe-part" --block 1M cat
	refuses "--recend has no meaning without --pipe or --pipe-part" --recend x cat
	for option in --words --csv '--colsep ,' '--trim l' '-E x' --link \
	    --tty --semaphore '--max-items 3' --retry-failed; do
		run ppx --pipe $option cat </dev/null
		test "$status" -eq 125
		[[ $output == *"exclude each other"* ]]
	done
}

@test "values of its options" {
	refuses "--block: must be 1 or more" --pipe --block 0 cat
	refuses "--block: not a number" --pipe --block x cat
	refuses "--recend: not a regular expression" --pipe --regexp \
	    --recend '(' cat
	refuses "--recend: back-references (\\1) are not supported" --pipe \
	    --regexp --recend '(a)\1' cat
	refuses "--recstart: it matches the empty text" --pipe --regexp \
	    --recstart 'x*' cat
	refuses "--recend: not one of \\a \\b \\f \\n \\r \\t \\v \\\\ \\0\
 \\NNN \\xHH" --pipe --recend '\q' cat
}
