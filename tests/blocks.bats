# --pipe where it could stand still, or cut where it must not: files whose size
# lies, tasks that cannot start, huge blocks, signals in the middle of a record.
# What it does as a rule is in pipe.bats.

load helper
load trees

teardown()
{
	test_teardown
}

# both BYTES WANT OPTION..: blocks of a pipe, and of a file, are these.
both()
{
	printf "$1" >both
	same "$(cat both | ppx -j3 -k --pipe "${@:3}" \
	    'printf "<"; cat; printf ">"')" "$2"
	same "$("$PPX_TOOLS/trickle" <both | ppx -j3 -k --pipe "${@:3}" \
	    'printf "<"; cat; printf ">"')" "$2"
	same "$(ppx -j3 -k --pipe "${@:3}" \
	    'printf "<"; cat; printf ">"' <both)" "$2"
}

# sum FILE: of its lines, which are numbers.
sum()
{
	awk '{ n += $1 } END { print n + 0 }' "$1"
}

# --- files whose size lies ------------------------------------------------------

@test "files with a size of none, or one too large, are read to their end" {
	test -r /proc/cpuinfo || skip "there is no /proc"
	same "$(ppx -k --pipe cat </proc/cpuinfo | sed 1q)" \
	    "$(sed 1q /proc/cpuinfo)"
	grep -v MHz /proc/cpuinfo >want
	ppx -k --pipe-part -a /proc/cpuinfo --block 500 cat |
	    grep -v MHz >got
	cmp want got
	same "$(ppx -k --pipe-part -a /proc/version --block -2 cat)" \
	    "$(</proc/version)"
	for file in /sys/kernel/*; do
		if test -f "$file" -a -r "$file" -a \
		    "$(stat -c %s "$file")" -eq 4096; then
			same "$(ppx --pipe-part -a "$file" cat)" "$(cat "$file")"
			break
		fi
	done
}

@test "standard input behind its end is empty" {
	printf 'a\nb\n' >data
	exec {fd}<data
	truncate -s 1 data
	cat <&$fd >/dev/null
	printf 'a\nb\n' >data
	cat <&$fd >/dev/null
	truncate -s 1 data
	ppx --pipe --header : 'touch ran' <&$fd
	ppx --pipe 'touch ran' <&$fd
	exec {fd}<&-
	test ! -e ran
}

# --- what cannot start keeps nothing from moving ------------------------------------

@test "--round-robin: tasks that cannot run beside the others hold up nobody" {
	seq 1000000 >data
	local how

	printf 4 >four
	for how in '-k --weight 2' '--weight 2 --backlog 1' '-k --weight 9' \
	    '-k --backlog 1' '-k --order-window 1' '-k --memfree 900T' \
	    '--memfree 900T' '--load 0.0001 -k'; do
		for block in 1k 1M; do
			timeout 30 "$PPX" --pipe --round-robin -j4 $how \
			    --block $block wc -l <data >out
			same "$how $(sum out)" "$how 1000000"
		done
	done
	timeout 30 "$PPX" --pipe --round-robin -j4 -k --delay 50ms \
	    --block 10k wc -l <data >out
	same "$(sum out) $(wc -l <out)" "1000000 4"
}

@test "--round-robin: nor where one of them has begun to get a huge record" {
	{ seq 4; head -c 30000000 /dev/zero | tr '\0' x; echo; seq 10; } >data
	for n in 1 2 3; do
		timeout 30 "$PPX" --pipe --round-robin -k -j4 --weight $n \
		    -N1 cat <data | sort >got
		sort data | cmp - got
	done
}

@test "--round-robin: what is left when tasks end early goes to those that can run" {
	seq 1000000 >data
	timeout 30 "$PPX" --pipe --round-robin -k -j3 --weight 3 --block 10k \
	    'test {#} = 1 && exec head -n1; wc -l' <data >out
	same "$(head -n1 out)" 1
	test "$(sum out)" -gt 500000
}

@test "--round-robin: fewer slots while it runs" {
	gate gate
	{ seq 2; cat gate; seq 3 2000; } | "$PPX" --pipe --round-robin -k -j3 \
	    -N1 'read x; echo $x >began.$x; echo $x; cat' >out 3>&- 4>&- &
	ppx=$!
	wait_until test -e began.1 -a -e began.2
	kill -USR2 $ppx
	kill -USR2 $ppx
	open_gate gate
	ends $ppx
	same "$(sort -n out)" "$(seq 2000)"
}

@test "--tee: neither the backlog nor what is held keeps tasks from starting" {
	seq 1000000 >data
	same "$(timeout 30 "$PPX" -j0 --pipe --tee --backlog 1 -k wc {} \
	    ::: -l -c <data)" $'1000000\n6888896'
	same "$(timeout 30 "$PPX" -j9 --pipe --tee --order-window 1 -k \
	    'eval "$1"' ::: 'wc -l' true true true true true 'wc -c' <data)" \
	    $'1000000\n6888896'
}

@test "--tee: more tasks than there is room for is an error" {
	seq 1000000 >data
	run bash -c 'ulimit -n 30; timeout 30 "$PPX" -j0 --pipe --tee \
	    "cat >/dev/null; touch ended.{}" ::: {1..20} <data'
	test "$status" -eq 125
	[[ $output == *"--tee: all tasks run at once, and the system has no room\
 for more than "*" of 20"* ]]
	test "$(echo ended.*)" = 'ended.*'
}

@test "--tee, --round-robin -k: what cannot be held of outputs does not keep input from others" {
	seq 2000000 >data
	for i in 1 2 3; do cat data; done >three
	# With so few descriptors no output stays in its pipe.
	ulimit -n 256
	timeout 40 "$PPX" -j3 -k --pipe --tee --tmpdir "$PWD/none" \
	    'cat; : {}' ::: 1 2 3 <data 2>err | cmp - three
	grep -q 'no temporary file' err
	timeout 40 "$PPX" -j3 -k --pipe --round-robin --tmpdir "$PWD/none" \
	    --block 10k cat <data 2>err >got
	test "$(wc -c <got)" -eq "$(wc -c <data)"
}

# --- where blocks are cut ---------------------------------------------------------

@test "--block -N: a great number of parts" {
	seq 10 >data
	same "$(timeout 20 "$PPX" -k -j4 --pipe-part -a data \
	    --block -1000000000 cat)" "$(seq 10)"
	same "$(timeout 20 "$PPX" -j4 -k --pipe-part -a data --block -3 \
	    --recend '' 'wc -c' | sort -u | tr '\n' ' ')" "1 2 "
	same "$(ppx -j4 -k --pipe-part -a data --block -3 --recend '' cat)" \
	    "$(seq 10)"
}

@test "the same bytes are cut the same way, whatever they come from" {
	both 'a\nb' $'<a\nb>' --block 3
	both 'a\nb' $'<a\n><b>' --block 2
	both 'a\nb\n' $'<a\n><b\n>' --block 3
	both 'a\nb\n' $'<a\nb\n>' --block 4
	both 'abc' '<abc>' --recend '' --block 3
	both 'a1b22c3d' '<a1b22><c3d>' --regexp --recend '[0-9]+' --block 5
	both 'a1b22c3d' '<a1><b22><c3d>' --regexp --recend '[0-9]+' --block 4
	both '1x\n2\n1y\n1z\n' $'<1x\n2\n><1y\n><1z\n>' --regexp \
	    --recstart '^1' --block 5
	seq 300000 >data
	for how in '--block 100000' '--block 77777' '--block 100k --regexp
	    --recstart [0-9]+' '--block 40000 --regexp --recend \n' \
	    '--block 50k --regexp --recstart ^[0-9]*1'; do
		ppx -k -j4 --pipe $how cksum <data >file
		cat data | ppx -k -j4 --pipe $how cksum >pipe
		cmp file pipe
		ppx -k -j4 --pipe $how cat <data | cmp - data
	done
}

@test "--regexp: no border is inside a match" {
	both 'a123b45c6' '<a><123b><45c><6>' --regexp --recstart '[0-9]+' -N1
	both '123b45c6' '<123b><45c><6>' --regexp --recstart '[0-9]+' -N1
	both 'a123b45c6' '<a123b><45c6>' --regexp --recstart '[0-9]+' --block 7
	both 'aaa123456' '<aaa><123456>' --regexp --recstart '[0-9]+' --block 5
	both 'a12345b6' '<a12345><b6>' --regexp --recend '[0-9]+' --block 4
	# The place where the search begins is in the middle of one.
	{ head -c 40000 /dev/zero | tr '\0' x; head -c 70000 /dev/zero |
	    tr '\0' 7; head -c 9000 /dev/zero | tr '\0' x; } >data
	for block in 105000 110010 112000 60000; do
		same "$(ppx -k --pipe --regexp --recstart '[0-9]+' \
		    --block $block wc -c <data | tr '\n' ' ')" "40000 79000 "
		same "$(cat data | ppx -k --pipe --regexp --recstart '[0-9]+' \
		    --block $block wc -c | tr '\n' ' ')" "40000 79000 "
	done
}

@test "--regexp: ^ is where a line begins, not where a search does" {
	# 131072 bytes of one line, the search begins at many of its places.
	{ echo 1; head -c 200000 /dev/zero | tr '\0' 1; echo; echo 12; } >data
	for block in 30000 32770 60000 150000 170000; do
		same "$(ppx -k --pipe --regexp --recstart '^1' \
		    --block $block wc -c <data | tr '\n' ' ')" "2 200001 3 "
		same "$(cat data | ppx -k --pipe --regexp --recstart '^1' \
		    --block $block wc -c | tr '\n' ' ')" "2 200001 3 "
	done
	# A line that begins with 1 ends a record; others have many of them.
	{ echo 1; for i in 1 2 3 4 5; do
	    echo "2$(head -c 50000 /dev/zero | tr '\0' 1)"; done; echo 1
	    echo 3; } >data
	for block in 30000 32770 60000 150000 170000; do
		same "$(ppx -k --pipe --regexp --recend '^1[^\n]*\n' \
		    --block $block wc -c <data | tr '\n' ' ' |
		    head -c 99)" "2 250012 2 "
		same "$(cat data | ppx -k --pipe --regexp \
		    --recend '^1[^\n]*\n' --block $block wc -c |
		    tr '\n' ' ' | head -c 99)" "2 250012 2 "
	done
}

@test "--regexp: what stands before a search is seen" {
	both 'ab cd' '<ab ><cd>' --regexp --recstart '\<[a-z]' -N1
	both 'ab cd' '<ab ><cd>' --regexp --recstart '\<[a-z]' --block 3
	both 'ab cd' '<ab ><cd>' --regexp --recend '[a-z]\b ' --block 3
	both '1111\n1' $'<1><111\n1>' --regexp --recend '^1' -N1
	both '111111\n1x' $'<1><11111\n1><x>' --regexp --recend '^1' --block 4
	both '2111\n1x' $'<2111\n1><2x>' --regexp --recend '^1' -N1 --header '[2]'
}

@test "--regexp: no line ends before a NUL" {
	both 'ax\0bx\nc' $'<axbx><\nc>' --regexp --recend 'x$' -N1
	both 'ax\0bx\nc' $'<axbx><\nc>' --regexp --recend 'x$' --block 6
	both 'ax\0b1x' $'<axb1x>' --regexp --recend 'x$' -N1
	both '1a\0001b\n1c' $'<1a1b\n><1c>' --regexp --recstart '^1' -N1
}

@test "--recstart: a block is as full as it can be" {
	both '>a>b>c' '<>a>b><>c>' --recstart '>' --block 4
	both '>a>b>c' '<>a>b><>c>' --recstart '>' --block 5
	both '>a>b>c' '<>a>b><>c>' --recstart '>' --block 4 -L1
	both '<a><b><c>' '<<a><b>><<c>>' --recstart '<' --recend '>' --block 6
	both '1a2b3c' '<1a2b><3c>' --regexp --recstart '[0-9]' --block 4
	# ... by pipes of which only the end of a block is seen
	printf '>%099999d' {1..30} >data
	same "$(cat data | ppx -k --pipe --recstart '>' --block 300000 wc -c |
	    sort -u)" 300000
	same "$(ppx -k --pipe --recstart '>' --block 300000 wc -c <data |
	    sort -u)" 300000
}

# --- --remove-rec-sep -----------------------------------------------------------------

# Without separators as one block is, however it comes: whole, counted (in one
# block that passes), and by an expression for the same.
without()
{
	cat data | ppx -k --pipe --rrs "$@" cat | cmp - want
	cat data | ppx -k --pipe --rrs "$@" --block 100m cat | cmp - want
	cat data | ppx -k --pipe --rrs "$@" -N 10000000 cat | cmp - want
	cat data | ppx -k --pipe --rrs "$@" -L 10000000 cat | cmp - want
	sanitized ||	# slow
	    cat data | ppx -k --pipe --rrs "$@" --regexp cat | cmp - want
}

@test "--remove-rec-sep: a record that passes in pieces loses nothing within" {
	awk 'BEGIN { srand(1); printf "[a"
	    for (i = 0; i < 7000000; i++)
		printf "%s", substr("[x]y]]z", 1 + int(rand() * 7), 5)
	    printf "b][c][d" }' | sed 's/]\[/]x[/g; s/b]x\[c]x\[d$/b][c][d/' \
	    >data
	(( $(wc -c <data) > 17 << 20 ))
	sed 's/^\[//; s/b]\[c]\[d$/bcd/' data >want
	cat data | ppx -k --pipe --rrs --recstart '[' --recend ']' cat |
	    cmp - want
	cat data | ppx -k --pipe --rrs --recstart '[' --recend ']' -N9 cat |
	    cmp - want
	cat data | ppx -k --pipe --rrs --regexp --recstart '\[' \
	    --recend '\]' cat | cmp - want
}

@test "--remove-rec-sep: no separator is left where pieces meet" {
	seq 3000000 | sed 's/$/\r/' >data
	tr -d '\r\n' <data >want
	(( $(wc -c <data) > 17 << 20 ))
	without --recend '\r\n'
	without --recstart '\r\n'
	without --recend '\r' --recstart '\n'
}

@test "--remove-rec-sep: runs of NUL are passed over" {
	same "$(head -c 60000000 /dev/zero | timeout 60 "$PPX" --pipe --rrs \
	    --regexp --recend x --block 100m wc -c)" 60000000
}

# --- huge blocks --------------------------------------------------------------------

@test "--block 512m of a file with one record: in bounded memory, and signals act" {
	make_reader
	truncate -s 700M data
	ppx --pipe --block 512m ./peak <data >out
	sanitized || test "$(<out)" -lt 30000
	truncate -s 400G data
	background -i data "$PPX" --pipe --block 1G 'touch ran'
	ppx=$!
	wait_until grep -q '^Sig.*' /proc/$ppx/status
	kill -TERM $ppx
	ends $ppx
	test ! -e ran
}

@test "a sparse file of more than 4 GiB: all of its parts" {
	truncate -s 4300000000 data
	printf 'end\n' >>data
	same "$(ppx -k -j2 --pipe --block 1000m --recend '' \
	    'echo {#}; test {#} = 5 && tail -c 4; :' <data | tr '\n' ' ')" \
	    "1 2 3 4 5 end "
}

@test "--cat: a record of more than 1 GiB is an error, from a file, too" {
	truncate -s 1025M data
	run ppx --pipe --cat 'touch ran' <data
	same "$status ${lines[0]}" "125 ppx: cannot read stdin: a record is\
 larger than 1 GiB; without --cat and --fifo it may be"
	test ! -e ran
}

# --- signals in the middle of a record ------------------------------------------------

# It is sent until the second one makes an end.
terminate()
{
	kill -TERM "$1" 2>/dev/null
	gone "$1"
}

@test "TERM while a record passes: its task sees no end" {
	mkfifo input
	exec {w}<>input
	for how in '' '--round-robin -k'; do
		rm -f began
		background -i input "$PPX" --pipe $how -j2 \
		    "trap '' TERM INT; : >began; cat >/dev/null; : >ended"
		ppx=$!
		head -c 20000000 /dev/zero >&$w
		wait_until test -e began
		wait_until terminate $ppx
		test ! -e ended
	done
	exec {w}>&-
}

@test "TERM during --tee: tasks see no end" {
	mkfifo input
	exec {w}<>input
	background -i input "$PPX" -j2 --pipe --tee \
	    "trap '' TERM INT; : >began.{}; cat >/dev/null; : >ended.{}" ::: 1 2
	ppx=$!
	echo a >&$w
	wait_until test -e began.1 -a -e began.2
	wait_until terminate $ppx
	exec {w}>&-
	test "$(echo ended.*)" = 'ended.*'
}

@test "a file that becomes shorter: its task is ended before it sees an end" {
	seq 2000000 >data
	run bash -c '"$PPX" -j1 --pipe-part -a data --block 6M \
	    --termseq TERM,200,KILL "trap \"\" TERM; truncate -s 10000 data
	    cat >/dev/null; touch ended"'
	test "$status" -eq 125
	[[ $output == *"cannot read the input again: it has become shorter"* ]]
	test ! -e ended
}

catches_term()
{
	grep -q '^SigCgt:.*[4567cdef]...$' "/proc/$1/status"
}

@test "--regexp: TERM while a long line is searched in vain" {
	seq 30000 | tr -d '\n' >data
	# this one in one pass, ...
	same "$(ppx --pipe --regexp --recend '[0-9]+;' --block 10k wc -c <data)" \
	    "$(wc -c <data)"
	seq 100000 | tr -d '\n' | cat - data >more
	# ... and that one byte by byte; and where there is one at last;
	tr '0-9' x <more >late
	echo END >>late
	# and what is to be removed at the end
	printf '%064000d\n' 0 >tail
	stopped() {
		background -i $1 "$PPX" --pipe --regexp "${@:2}" 'echo >ran; cat'
		ppx=$!
		wait_until catches_term $ppx
		SECONDS=0
		wait_until terminate $ppx
		((SECONDS < 5 * PPX_TEST_SLOW))
		rc=0
		wait $ppx || rc=$?
		same "$rc" 143
	}
	stopped more --recend '[0-9]{1,};' --block 10k
	stopped more --recend '[0-9]{1,};' --block 10k --pipe-part -a more
	# It is found soon, so the input must not end before TERM has come.
	mkfifo held
	exec {h}<>held
	cat late >&$h 3>&- 4>&- &
	writer=$!
	stopped held --recend 'x*END' -N1
	kill $writer 2>/dev/null || :
	exec {h}>&-
	stopped tail --recend '0+' --recstart Q --rrs
	# A border that was removed is looked for no more.
	same "$(timeout $((5 * PPX_TEST_SLOW)) "$PPX" --pipe --regexp --rrs \
	    --recend '0+' wc -c <tail)" 1
}

# --- fifos -----------------------------------------------------------------------------

@test "--fifo: an empty block has an end" {
	same "$(printf '\n' | timeout 20 "$PPX" --pipe --rrs --fifo \
	    'cat {}; echo done')" done
	same "$(printf '\n\n\n' | timeout 20 "$PPX" -k --pipe --rrs -N1 --fifo \
	    'wc -c <{}' | tr '\n' ' ')" "0 0 0 "
	test -z "$(ls "$TMPDIR")"
}

# --- records of blocks ------------------------------------------------------------------

@test "--results: what a block wrote is named by its number" {
	for how in '' --cat --fifo; do
		rm -rf tree one rows.csv
		run bash -c 'seq 3 | "$PPX" --pipe '"$how"' -N1 --retries 2 \
		    --results tree "cat {}; test \$PPX_ATTEMPT = 2"'
		same "$status $output" "0 "
		same "$(find tree -name stdout | sort | xargs echo)" \
		    "tree/1/1/stdout tree/1/2/stdout tree/1/3/stdout"
		same "$(cat tree/1/*/stdout)" "$(seq 3)"
		seq 3 | ppx --pipe $how -N1 --results 'one/{#}-{}' cat
		same "$(cat one/1-1 one/2-2 one/3-3)" "$(seq 3)"
		seq 3 | ppx -k -j1 --pipe $how -N1 --results rows.csv cat
		same "$(grep -c '^\([123]\),.*,\1,"' rows.csv)" 3
	done
}

@test "--tag and {} in a tag are the number of a block" {
	for how in '' --cat --fifo; do
		same "$(seq 4 6 | ppx -k --pipe $how -N1 --tag 'cat {}' |
		    tr '\t\n' '= ')" "1=4 2=5 3=6 "
		same "$(seq 4 6 | ppx -k --pipe $how -N1 --tagstring '<{}>' \
		    'cat {}' | tr '\t\n' '= ')" "<1>=4 <2>=5 <3>=6 "
	done
}

@test "--cat, --fifo: what is said of a task before it starts has its file" {
	for how in --cat --fifo; do
		for say in '-v -u' -v -t; do
			seq 3 | ppx -j1 --pipe $how $say cat {} >out 2>err
			same "$(cat out err | grep -c "^cat /.*/1\$")" 1
			same "$(cat out err | grep -c '{}')" 0
		done
	done
}

@test "--cat, --fifo: a task that removes its worker's directory" {
	# -v -u: what was shown for one worker must not wait for that one
	for how in '-j1 --cat' '-j1 --fifo' '-j2 --fifo' '-j2 --cat -v -u' \
	    '-j2 --cat -v -u' '-j2 --cat -v -u' '-j2 --cat -v -u'; do
		same "$(seq 6 | ppx --pipe $how -N1 --retries 2 \
		    'cat {}; rm -r "${PPX_WORKER_DIR:?}"' |
		    grep -v / | sort | tr '\n' ' ')" "1 2 3 4 5 6 "
	done
}

# --- what tasks leave behind --------------------------------------------------------------

all_left()
{
	cat left.* | cmp -s - data
}

@test "--leak ignore: who reads on behind its task gets all of the block" {
	seq 3000000 | tr '\n' ' ' >data
	# of a file, in memory, as it comes, in turn
	for how in '' '-L1 --block 32m' '-N1' '--round-robin -j1' '--retries 2'
	do
		rm -f gate log left
		mkfifo gate
		background -i data "$PPX" --pipe $how --leak=ignore \
		    --joblog log 'exec 3<&0 >/dev/null 2>&1
		    { : <gate; cat <&3 >>left; } &'
		ppx=$!
		wait_until lines_are 2 log
		: >gate
		wait $ppx
		# what the pipe took is read behind the end of ppx
		wait_until cmp -s left data
	done
}

@test "--leak ignore: as many as there are slots hold up the input" {
	seq 3000000 >data
	for how in '' '-N 600000'; do
		rm -f gate.* log left.*
		for i in {1..5}; do
			mkfifo gate.$i
		done
		background -i data "$PPX" --pipe $how --block 5m -j2 \
		    --leak=ignore --joblog log 'exec 3<&0 >/dev/null 2>&1
		    { : <gate.{#}; cat <&3 >left.{#}; } &'
		ppx=$!
		wait_until lines_are 3 log
		# nothing starts for as long as this takes
		same "$("$PPX" -j1 --pipe --block 2m wc -l <data |
		    awk '{ n += $1 } END { print n }')" 3000000
		lines_are 3 log
		: >gate.1
		wait_until lines_are 4 log
		for i in {2..5}; do
			: >gate.$i
		done
		wait $ppx
		wait_until all_left
	done
}

@test "--leak ignore: who gets a part only, as the run is ended, is told of" {
	seq 3000000 >data
	mkfifo gate
	for how in '' '-N 3000000 --block 100m'; do
		rm -f log
		background -i data bash -c 'exec "$@" 2>err' - "$PPX" --pipe \
		    $how --block 5m -j1 --leak=ignore --joblog log \
		    'exec 3<&0 >/dev/null 2>&1
		    { : <gate; cat <&3 >left; } &'
		ppx=$!
		wait_until lines_are 2 log
		kill -TERM $ppx
		rc=0
		wait $ppx || rc=$?
		same $rc 143
		grep -q 'what 1 task left behind did not get all of its' err
		: >gate
	done
}

@test "--leak ignore: who reads no more does not keep ppx" {
	seq 3000000 >data
	ppx --pipe --leak=ignore --block 1m -j2 'head -n1 >/dev/null' <data
	ppx -k --pipe --leak=ignore --round-robin -j2 'head -n1 >/dev/null' \
	    <data
	ppx --pipe --tee --leak=ignore -j0 'head -n1 >/dev/null; :' ::: a b <data
}

# --- files of blocks ------------------------------------------------------------------------

@test "--cat: a block that has no room waits for others" {
	unshare -m mount -t tmpfs -o size=1m none /tmp 2>/dev/null ||
		skip "cannot mount a small file system"
	mkdir small
	seq 3000000 >data
	unshare -m bash -c 'mount -t tmpfs -o size=6m none small
	    exec "$@"' - "$PPX" -k --pipe --cat --block 4m -j4 \
	    --tmpdir small 'sleep 0.1; cat {}' <data | cmp - data
	# nobody else will make room
	run unshare -m bash -c 'mount -t tmpfs -o size=2m none small
	    exec "$@"' - "$PPX" --pipe --cat --block 4m --tmpdir small wc <data
	same "$status" 125
	[[ $output == *"No space left on device"* ]]
}

@test "--cat: a file of many steps" {
	head -c 100000000 /dev/zero | tr '\0' x >data
	for how in '' '-v -u'; do
		same "$(ppx --pipe $how --cat --block 200m -j2 'cksum <{}' \
		    <data | tail -n1)" "$(cksum <data)"
		same "$(cat data data | ppx --pipe $how --cat --block 200m \
		    -j2 --recend '' --retries 2 --init : \
		    'cksum <{}; test $PPX_ATTEMPT = 2' | tail -n1)" \
		    "$(cat data data | cksum)"
	done
}

@test "--round-robin -k: who reads late gets its blocks all the same" {
	same "$(seq 1000000 | ppx -k -j2 --pipe --round-robin -N1000 \
	    'test $PPX_SEQ != 1 || sleep 1; wc -l')" $'500000\n500000'
}

@test "a huge record: who reads it late holds up the producer, in bounded memory" {
	make_reader
	gate gate
	{ head -c 400000000 /dev/zero; : >written; } |
	    "$PPX" -j1 --pipe ': >began; cat gate; exec ./peak' >out 3>&- 4>&- &
	ppx=$!
	wait_until test -e began
	sleep 2
	test ! -e written
	open_gate gate
	wait $ppx
	test -e written
	echo "$(<out) kB"
	sanitized || test "$(<out)" -lt 60000
}

@test "a file that becomes shorter within a huge record: its task sees no end" {
	head -c 200000000 /dev/zero >data
	run bash -c 'timeout 60 "$PPX" -j1 --pipe -N1 --termseq KILL \
	    "truncate -s 30000000 data; sleep 1; cat >/dev/null; : >seen" <data'
	test "$status" -eq 125
	[[ $output == *"it has become shorter"* ]]
	test ! -e seen
}

@test "what comes by a pipe is not copied by ppx" {
	test -r /proc/self/io || skip "no /proc/PID/io"
	cat >copied <<-'END'
	#!/bin/sh
	cat >/dev/null
	ppx=$(sed -n 's/^PPid:.//p' "/proc/$PPX_WORKER_PID/status")
	sed -n 's/^rchar: //p' "/proc/$ppx/io"
	END
	chmod +x copied
	yes | head -c 100000000 >data
	cat data | ppx -k -j1 --pipe ./copied >out
	echo "pipe: $(tail -n1 out)"
	test "$(tail -n1 out)" -lt 80000000
}

@test "a header that does not end is an error that says so" {
	head -c 17000000 /dev/zero | tr '\0' h >data
	for how in --pipe --pipe-part; do
		run ppx $how -a data --header : 'touch ran'
		same "$status" 125
		[[ ${lines[0]} == *": the header has no end within 16 MiB"* ]]
		test ! -e ran
	done
	head -c 15000000 data >less
	printf '\n1\n' >>less
	same "$(ppx --pipe --header : 'wc -c' <less)" 15000003
}

@test "--header stands before each part in a file or a fifo, too" {
	printf 'h\n1\n2\n' >part
	for how in --cat --fifo; do
		same "$(ppx -j1 -k --pipe-part -a part --header : --block 2 \
		    $how 'cat {}')" $'h\n1\nh\n2'
	done
}
