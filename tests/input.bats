# Where items come from, and how bytes become records.

load helper

# ppx "${show[@]}" shows the items in order, each in brackets.
show=(-k printf '<%s>\n')

# fails_with MESSAGE: what "run" ran said that, and exited with 125.
fails_with()
{
	same "$status $output" "125 ppx: $1"
}

# A program for tasks that prints the peak memory of ppx, in KiB.
make_peak()
{
	cat >peak <<-'END'
	#!/bin/sh
	ppx=$(sed -n 's/^PPid:.//p' "/proc/$PPX_WORKER_PID/status")
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$ppx/status"
	END
	chmod +x peak
}

# --- records ---------------------------------------------------------------

@test "each line is an item, a last one without a newline, too" {
	same "$(printf 'a b\nc' | ppx "${show[@]}")" $'<a b>\n<c>'
	same "$(printf 'a\nb\n' | ppx "${show[@]}")" $'<a>\n<b>'
	same "$(printf a | ppx "${show[@]}")" '<a>'
}

@test "a carriage return and blanks are data" {
	same "$(printf ' a\t\r\n\v\n' | ppx "${show[@]}")" $'< a\t\r>\n<\v>'
}

@test "quotes and backslashes are data" {
	same "$(printf '%s\n' \"a 'b c' 'd\e' | ppx "${show[@]}")" \
	    $'<"a>\n<b c>\n<d\\e>'
}

@test "an empty record is an empty argument" {
	same "$(printf '\na\n\n' | ppx "${show[@]}")" $'<>\n<a>\n<>'
	same "$(ppx "${show[@]}" ::: '' a '')" $'<>\n<a>\n<>'
}

@test "-r passes over empty records" {
	same "$(printf '\na\n\n \n' | ppx -r "${show[@]}")" $'<a>\n< >'
	same "$(printf '\0a\0\0' | ppx -r0 "${show[@]}")" '<a>'
	same "$(printf ',a,,' | ppx -rd, "${show[@]}")" '<a>'
	same "$(ppx -r "${show[@]}" ::: '' a '')" '<a>'
	printf '\n\n' | ppx -r touch ran
	test ! -e ran
}

@test "-0: records end in a NUL, newlines are data" {
	same "$(printf 'a\nb\0\n\0c' | ppx -0 "${show[@]}")" \
	    $'<a\nb>\n<\n>\n<c>'
	same "$(printf 'a\0' | ppx --null "${show[@]}")" '<a>'
}

@test "-d: any byte, as it is or escaped" {
	local d sep

	while read -r d sep; do
		same "$(printf "a${sep}b${sep}c" | ppx -d "$d" "${show[@]}")" \
		    $'<a>\n<b>\n<c>'
	done <<-'END'
	, ,
	\n \n
	\t \t
	\r \r
	\\ \\
	\0 \0
	\a \a
	\b \b
	\f \f
	\v \v
	\054 ,
	\377 \377
	\x2c ,
	\x2C ,
	\xfF \377
	\x01 \001
	END
	same "$(printf 'a\nb c\n' | ppx -d ' ' "${show[@]}")" $'<a\nb>\n<c\n>'
	same "$(printf 'a\\nb' | ppx --delimiter='\\' "${show[@]}")" \
	    $'<a>\n<nb>'
}

@test "records that are cut by reads are put together" {
	seq 200000 | sed 's/$/ some more words/' >want
	ppx --dry-run -k --shell-line echo {} <want | sed "s/^echo '//; s/'\$//" >got
	cmp got want
	# One byte at a time.
	seq 300 >want
	dd if=want bs=1 status=none | ppx -k "$PPX_TOOLS/tiny" >got
	cmp got want
}

# --- bytes -----------------------------------------------------------------

all_bytes()
{
	local i

	for ((i = 1; i < 256; i++)); do
		printf "\\x$(printf %x $i)$1"
	done
}

@test "every byte from 1 to 255 can be in an item" {
	all_bytes >want
	ppx -0 printf %s <want >got
	cmp got want
	ppx -0 'printf %s {}' <want >got
	cmp got want
	all_bytes '\0' >want
	ppx -0k printf '%s\0' <want >got
	cmp got want
	all_bytes '\n' | sed 11d >want
	ppx -k printf '%s\n' <want >got
	cmp got want
}

@test "a NUL in a line: that item fails alone" {
	run ppx "${show[@]}" < <(printf 'a\nb\0c\nd\n\0\ne\n')
	test "$status" -eq 123
	[[ $output == *'<a>'*'<d>'*'<e>'* ]]
	[[ $output != *'<b'* ]]
	[[ $output == *"ppx: item 2 cannot be run: has a NUL byte in it: b"* ]]
	[[ $output == *"ppx: item 4 cannot be run: "* ]]
	run ppx -k -d, printf '<%s>\n' < <(printf 'a,b\0,c')
	test "$status" -eq 123
	[[ $output == *'<a>'*'<c>'* ]]
	# In command mode, too.
	run ppx -k < <(printf 'echo a\necho b\0c\necho d\n')
	test "$status" -eq 123
	same "$(grep -v ^ppx: <<<"$output" | head -n 2)" $'a\nd'
}

@test "a forgotten -0: a hint" {
	local hint='ppx: do the records end in a NUL? then give -0'

	run ppx echo < <(printf 'a\0b\0c\0')
	same "$status" 123
	[[ ${lines[-1]} == "${hint#ppx: }" || ${lines[-1]} == "$hint" ]]
	run ppx echo < <(for i in {1..3000}; do printf '%s\0' $i; done)
	[[ ${lines[-1]} == *"${hint#ppx: }" ]]
	run ppx -d, echo < <(printf 'a\0,b')
	[[ $output == *"has a NUL byte in it"* && $output != *"give -0"* ]]
}

@test "a bad item is named by its number in the input, and shown whole" {
	run ppx -q -n3 echo < <(printf '%s\n' 1 2 3 4; printf 'a\0b\n6\n')
	[[ $output == *"ppx: item 5 cannot be run: has a NUL byte in it: a"* ]]
	run ppx -q --words -C , -n2 --timeout {2} true ::: 1,2 3,4 e,x
	same "$status ${lines[0]%%: *}" "123 ppx"
	[[ $output == "ppx: item 3 cannot be run: --timeout x: "*": e x" ]]
	run ppx -q --timeout {2} true ::: a b ::: 1 c
	[[ ${lines[1]} == "ppx: item 4 cannot be run: --timeout c: "*": b c" ]]
	# Not by the place that chance gave it.
	run ppx -q --shuf=7 -j1 true < <(seq 9; printf '\0\n')
	same "$output" "ppx: item 10 cannot be run: has a NUL byte in it: \x00"
	run ppx -q -n0 --timeout x{} true ::: a
	[[ $output == "ppx: item 1 cannot be run: --timeout x: "* ]]
	run ppx -q --semaphore --fg --timeout x{} true
	[[ $output == "ppx: item 1 cannot be run: --timeout x: "* ]]
}

@test "an item of 10 MB fails alone, and is not stored" {
	make_peak
	{ echo a; head -c 10000000 /dev/zero | tr '\0' x; echo; echo b
	  head -c 10000000 /dev/zero | tr '\0' y; } >items
	ppx "${show[@]}" <items >out 2>err || status=$?
	test "$status" -eq 123
	same "$(<out)" $'<a>\n<b>'
	grep 'item 2 cannot be run: longer than the system takes .*: x*\.\.\.$' err
	grep 'item 4 cannot be run: ' err
	test "$(wc -c <err)" -lt 2000
	if ! sanitized; then
		printf '\n./peak\n' >>items
		ppx -j1 sh -c 'test ! -x "$1" || "$1"' sh <items >out 2>/dev/null ||
			test $? -eq 123
		test "$(<out)" -lt 16000
	fi
}

@test "the longest item that the system takes" {
	head -c 131071 /dev/zero | tr '\0' x >items
	test "$(ppx 'printf %s "$1" | wc -c' <items)" -eq 131071
	test "$(ppx printf %s <items | wc -c)" -eq 131071
	echo x >>items
	run ppx true <items
	test "$status" -eq 123
	[[ $output == *"longer than the system takes in one argument"* ]]
}

@test "an item that fits, in a command line that does not" {
	head -c 131071 /dev/zero | tr '\0' x >items
	echo >>items
	echo y >>items
	run ppx printf 'a%s\n' a{} <items
	test "$status" -eq 123
	[[ $output == *aay* ]]
	[[ $output == *"item 1 cannot be run: command line too long"* ]]
	run ppx 'echo {} | tr y z' <items
	test "$status" -eq 123
	grep -qx z <<<"$output"
}

# --- sources ---------------------------------------------------------------

@test "-a FILE, -a -, :::, :::: FILE, :::: -" {
	printf 'x\ny' >items
	for from in "-a items" "--arg-file=items" "-a -" ""; do
		same "$(ppx $from "${show[@]}" <items)" $'<x>\n<y>'
	done
	same "$(ppx "${show[@]}" :::: items)" $'<x>\n<y>'
	same "$(ppx "${show[@]}" :::: - <items)" $'<x>\n<y>'
	same "$(ppx "${show[@]}" ::: x y)" $'<x>\n<y>'
	same "$(ppx -k ::: 'echo x' 'echo y')" $'x\ny'
	echo 'echo z' >commands
	same "$(ppx :::: commands)" z
}

@test "a fifo and a process substitution can be read" {
	same "$(ppx "${show[@]}" :::: <(seq 2))" $'<1>\n<2>'
	mkfifo items
	seq 3 >items &
	same "$(ppx -a items "${show[@]}")" $'<1>\n<2>\n<3>'
	wait
}

@test "only the source that is named is read" {
	seq 3 | { ppx "${show[@]}" ::: a; cat; } >out
	same "$(<out)" $'<a>\n1\n2\n3'
	# Even if it is closed.
	same "$(ppx "${show[@]}" ::: a <&-)" '<a>'
	echo a >items
	same "$(ppx -a items "${show[@]}" <&- 2>&1)" '<a>'
}

@test "tasks do not read our input" {
	same "$(seq 3 | ppx -k 'cat; echo {}')" $'1\n2\n3'
	same "$(ppx 'readlink /proc/self/fd/0' ::: a | head -n 1)" /dev/null
	same "$(printf '%s\n' cat 'echo b' | ppx -k)" b
}

@test "the flags of our stdin are left as they are" {
	mkfifo f
	(exec 3>&- 4>&-; seq 3 >f) &
	{ ppx true; cat /proc/self/fdinfo/0 >info; } <f
	wait
	test $((0$(sed -n 's/^flags:[^0-9]*//p' info) & 04000)) -eq 0
}

# --- empty and unreadable --------------------------------------------------

@test "empty input: nothing is run, and all is well" {
	: >empty
	for from in "" "-r" "-0" "-a empty"; do
		run ppx $from touch ran </dev/null
		same "$status $output" "0 "
	done
	run ppx touch ran :::
	same "$status $output" "0 "
	run ppx touch ran :::: empty
	same "$status $output" "0 "
	run ppx </dev/null
	same "$status $output" "0 "
	test ! -e ran
}

@test "a closed stdin is unreadable" {
	run bash -c '"$PPX" touch ran <&-'
	fails_with "cannot read stdin: Bad file descriptor"
	test ! -e ran
	run bash -c '"$PPX" <&-'
	test "$status" -eq 125
}

@test "a directory is unreadable" {
	run ppx true <.
	fails_with "cannot read stdin: Is a directory"
	run ppx true :::: .
	fails_with "cannot read .: Is a directory"
	run ppx -a . true
	fails_with "cannot read .: Is a directory"
}

@test "a file that is not there" {
	run ppx true :::: none
	fails_with "cannot read none: No such file or directory"
	run ppx -a $'no\e[1m' true
	fails_with 'cannot read no\x1B[1m: No such file or directory'
}

@test "a file that must not be read" {
	echo a >items
	chmod 0 items
	test ! -r items || skip "root may read all files"
	run ppx true :::: items
	fails_with "cannot read items: Permission denied"
}

@test "a read error is an error" {
	run ppx true </proc/self/mem
	fails_with "cannot read stdin: Input/output error"
}

@test "a read error after some items: these are run" {
	need perl
	# A socket whose peer resets it: with unread data, AF_UNIX says so.
	run perl -MSocket -e '
		socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die;
		syswrite($b, "x") and syswrite($a, "one\n");
		open(STDIN, "<&", $b);
		close($b); close($a);
		$^F = 2;
		exec $ENV{PPX}, "echo";'
	test "$status" -eq 125
	[[ $output == *"ppx: cannot read stdin: Connection reset by peer"* ]]
	grep -x one <<<"$output"
}

# --- only as far as needed -------------------------------------------------

@test "the first item of a slow pipe starts at once" {
	mkfifo items
	background -i items ppx touch
	exec 5>items
	printf 'one\ntw' >&5
	wait_until test -e one
	printf 'o\nthree' >&5
	wait_until test -e two
	test ! -e tw
	test ! -e three
	exec 5>&-
	wait_until test -e three
	ends $!
}

@test "the same from a named fifo" {
	mkfifo items
	background ppx -a items touch
	exec 5>items
	echo one >&5
	wait_until test -e one
	exec 5>&-
	ends $!
}

@test "endless input ends with its reader" {
	yes | { status=0; ppx -k echo {#} 2>err || status=$?
		echo $status >status; } | head -n 3 >out
	same "$(<out)" $'1\n2\n3'
	test "$(<status)" -eq 141
	same "$(<err)" ""
	yes 'echo a' | { ppx -j4 2>err || echo $? >status; } | head -n 1 >out
	same "$(<out)" a
	test "$(<status)" -eq 141
}

@test "a list that becomes shorter as it is read is an error, and no item is cut" {
	local how
	# so long that a read ends within an item, after some 650
	seq -f '%0100.0f' 2000 >all
	echo 1 >none
	for how in '-a list' '-a -' '-a list -n3' '-a list -a none' '--words'; do
		cp all list
		run bash -c '"$PPX" -k -j1 --backlog 10 $0 \
		    "truncate -s 10000 list; echo {}" <list >out' "$how"
		echo "$how: $status $output"
		test "$status" -eq 125
		[[ $output == *"cannot read "*": it has become shorter"* ]]
		tr ' ' '\n' <out | grep -vx 1 >items
		cmp -n 60000 items all
		same "$(grep -vcxE '[0-9]{100}' items)" 0
	done
	# one that has become longer is none, nor one of an unknown size
	seq 100 >list
	ppx -k -j1 -a list 'test {} != 1 || seq 101 200 >>list; echo {}' >out
	head -n 100 out | cmp - <(seq 100)
	ppx -a /proc/self/status true
}

@test "input is read only as far as the backlog" {
	# Each record fills a read; task N says how many have been written.
	cat >produce <<-'END'
	line=$(head -c 60000 /dev/zero | tr '\0' x)
	for i in $(seq 60); do
		echo $i >written.new
		mv written.new written
		echo $line
	done
	END
	bash produce | ppx --backlog 2 -j1 'cat written; : "$1"' >out
	test "$(wc -l <out)" -eq 60
	while read -r written; do
		test $((written - ++n)) -le 8
	done <out
}

@test "100,000 items at flat memory" {
	local n=100000

	! sanitized || n=5000
	make_peak
	# Not among the numbers: it need not be the last to end.
	{ seq $n | sed "s|^|$PPX_TOOLS/tiny |"; echo './peak >peak.kb'; } \
	    >commands
	ppx -j4 <commands >out
	sort -n out | cmp - <(seq $n)
	if ! sanitized; then
		test "$(<peak.kb)" -lt 16000
	fi
}

