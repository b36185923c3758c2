# What tasks write: whole, in the order that was asked for, nothing lost.

load helper

has_lines()
{
	test "$(wc -l <"$1")" -eq "$2"
}

# The number of files whose names begin with $1.
files()
{
	set -- "$1"*
	test -e "$1" || set --
	echo $#
}

# at_least N NAME: so many files are there whose names begin with NAME.
at_least()
{
	test "$(files "$2")" -ge "$1"
}

# A file of $1 bytes with all values in it, zero bytes too.
make_blob()
{
	head -c "$1" /dev/urandom >blob
}

# Tasks 1..5 of which each ends when the output of the next has ended.
make_reversed()
{
	cat >reversed <<-'END'
	#!/bin/sh
	until test "$1" = 5 || test -e "done.$(($1 + 1))"; do
		sleep 0.01
	done
	echo "line of $1"
	: >"done.$1"
	END
	chmod +x reversed
}

# A program that prints the peak memory of the ppx above it, in KiB.
make_peak()
{
	cat >peak <<-'END'
	#!/bin/sh
	ppx=$(sed -n 's/^PPid:.//p' "/proc/$PPX_WORKER_PID/status")
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$ppx/status"
	END
	chmod +x peak
}

# flag_set FDINFO: is O_NONBLOCK among the flags there?
nonblocking()
{
	test $((0$(sed -n 's/^flags:[^0-9]*//p' "$1") & 04000)) -ne 0
}

# --- order -----------------------------------------------------------------

@test "-k delivers in the order of the input" {
	make_reversed
	same "$(ppx -k -j5 ./reversed ::: 1 2 3 4 5)" \
	    "$(printf 'line of %s\n' 1 2 3 4 5)"
	seq 2000 | ppx -k -j8 "$PPX_TOOLS/tiny" >out
	seq 2000 | cmp - out
}

@test "without -k, in the order in which tasks end" {
	cat >reversed <<-'END'
	#!/bin/sh
	until test "$1" = 5 || grep -q "^$(($1 + 1))" out; do
		sleep 0.01
	done
	echo "$1"
	END
	chmod +x reversed
	ppx -j5 ./reversed ::: 1 2 3 4 5 >out
	same "$(<out)" $'5\n4\n3\n2\n1'
}

@test "-k: the first unfinished task is live, the others are not" {
	gate g
	gate h
	background ppx -k -j3 'echo early {}; echo err {} >&2; test {} = 3 ||
	    cat {}; echo late {}' ::: g h 3 >out 2>err
	wait_until grep -q . out
	wait_until grep -q . err
	same "$(<out)" "early g"
	same "$(<err)" "err g"
	open_gate g
	wait_until has_lines out 3
	same "$(<out)" $'early g\nlate g\nearly h'
	open_gate h
	ends $!
	same "$(<out)" $'early g\nlate g\nearly h\nlate h\nearly 3\nlate 3'
	same "$(<err)" $'err g\nerr h\nerr 3'
}

@test "-k: what is live need not be a whole line" {
	gate g
	background ppx -k 'printf abc; cat {}; echo d' ::: g >out
	wait_until grep -q abc out
	open_gate g
	ends $!
	same "$(<out)" abcd
}

@test "--group: nothing of a task before it ends" {
	gate g
	gate h
	background ppx --group -j3 'echo early {}; test {} = b || cat {}
	    echo late {}; touch done.{}' ::: g b h >out
	wait_until has_lines out 2
	same "$(<out)" $'early b\nlate b'
	open_gate h
	wait_until test -e done.h
	open_gate g
	ends $!
	same "$(<out)" $'early b\nlate b\nearly h\nlate h\nearly g\nlate g'
}

@test "--group: a task beside which none can run is live" {
	gate g
	background ppx 'printf early; echo err >&2; cat {}' ::: g >out 2>err
	wait_until grep -q early out
	wait_until grep -q err err
	open_gate g
	ends $!
	# behind it there are others, but no slot for them
	gate h
	background ppx -j1 'echo {}; test {} != h || cat h' ::: 1 h 3 >out
	wait_until has_lines out 2
	same "$(<out)" $'1\nh'
	open_gate h
	ends $!
	same "$(<out)" $'1\nh\n3'
}

@test "--group: live, stderr into the same file is still behind stdout" {
	gate g
	background ppx -j2 'echo err >&2; echo out; cat {}; echo late' ::: g \
	    >both 2>&1
	wait_until grep -q out both
	same "$(<both)" out
	open_gate g
	ends $!
	same "$(<both)" $'out\nlate\nerr'
}

@test "--group: another that ends meanwhile waits for the live one" {
	gate g
	background ppx -j1 'printf "<{}"; test {} != g || cat g; echo "{}>"
	    touch done.{}' ::: g b >out
	wait_until grep -q "<g" out
	kill -USR1 "$!"			# a slot for b
	wait_until test -e done.b
	same "$(<out)" "<g"
	open_gate g
	ends $!
	same "$(<out)" $'<gg>\n<bb>'
}

@test "--group: a live one that wrote nothing holds up no other" {
	for mode in --group -u; do
		gate g
		rm -f log began
		background ppx $mode -j1 --joblog log \
		    'test {} != g || { : >began; cat g; }; echo {}' \
		    ::: g b c >out
		wait_until test -e began
		kill -USR1 "$!"
		wait_until has_lines log 3	# with the header
		same "$(sort out)" $'b\nc'
		open_gate g
		ends $!
		same "$(sort out)" $'b\nc\ng'
		rm g
	done
}

@test "--group: a slow reader does not hold up a live task for long" {
	mkfifo pipe
	background bash -c '"$PPX" -j1 "head -c 3000000 /dev/zero; : >done.{}" \
	    ::: 1 >pipe'
	exec 5<pipe
	# takes some, again and again, until the task is done
	n=0
	until test -e done.1; do
		n=$((n + $(dd bs=4096 count=1 status=none <&5 | wc -c)))
		test $n -lt 2900000
		sleep 0.01
	done
	same $((n + $(wc -c <&5))) 3000000
	ends $!
	exec 5<&-
}

@test "--group: a reader's pauses are not a task's time" {
	mkfifo pipe
	background bash -c '"$PPX" -j1 --timeout 5 "head -c 3000000 /dev/zero
	    : >done.{}" ::: 1 >pipe; echo $? >rc'
	exec 5<pipe
	wait_until test -e done.1
	same "$(wc -c <&5)" 3000000
	ends $!
	exec 5<&-
	same "$(<rc)" 0
}

@test "--group: 64 tasks of 1 MB are not mixed" {
	seq 64 | ppx -j8 'yes "line of {}" | head -n 80000' >out
	# Each in one piece of the same length.
	uniq -c out | awk '{ print $1 }' | sort | uniq -c |
	    awk '{ print $1, $2 }' >pieces
	same "$(<pieces)" "64 80000"
}

# --- stdout and stderr -----------------------------------------------------

@test "stdout and stderr are kept apart" {
	for mode in --group -k --lb -u; do
		ppx $mode -j4 'echo out {}; echo err {} >&2' \
		    ::: 1 2 3 4 5 >out 2>err
		same "$(sort out)" "$(printf 'out %s\n' 1 2 3 4 5)"
		same "$(sort err)" "$(printf 'err %s\n' 1 2 3 4 5)"
	done
}

@test "into one file: the stdout of a task, then its stderr" {
	ppx -k -j4 'echo err {} >&2; echo out {}' ::: 1 2 3 >both 2>&1
	ppx -k 'true; echo {}' ::: 4 5 >>both 2>&1
	# The live one passes as it writes.
	same "$(sort both)" \
	    $'4\n5\nerr 1\nerr 2\nerr 3\nout 1\nout 2\nout 3'
	for i in 1 2 3; do
		ppx 'echo err {} >&2; echo out {}' ::: $i 2>&1 | cat
	done >both
	same "$(<both)" $'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3'
	ppx -j4 'echo err {} >&2; echo out {}' ::: 1 2 3 >both 2>&1
	same "$(tr '\n' ' ' <both | sed 's/[0-9]/N/g')" \
	    'out N err N out N err N out N err N '
}

@test "an output without a newline at its end gets none" {
	same "$(ppx -k printf %s ::: a b)" ab
	same "$(ppx -j1 printf %s ::: a b)" ab
	same "$(ppx -u -j1 printf %s ::: a b)" ab
	ppx -k 'printf "{}\0"' ::: a b | cmp - <(printf 'a\0b\0')
}

# --- lines -----------------------------------------------------------------

@test "--line-buffer: whole lines, from writers of parts of lines" {
	seq 8 | ppx --line-buffer -j8 \
	    'i=0; while [ $((i += 1)) -le 200 ]; do
	    printf "<{}"; printf " "; printf "$i"; printf ">\n"; done' >out
	for i in 1 2 3 4 5 6 7 8; do
		grep "^<$i " out >got
		seq 200 | sed "s/.*/<$i &>/" | cmp - got
	done
	has_lines out 1600
}

@test "--line-buffer: a line is delivered when it is there" {
	gate g
	background ppx --lb -j2 'echo early {}; echo err >&2; printf part
	    test {} != g || cat {}; echo " end"' ::: g b >out 2>err
	wait_until grep -qx 'early g' out
	wait_until has_lines out 3
	same "$(sort out)" $'early b\nearly g\npart end'
	wait_until has_lines err 2
	open_gate g
	ends $!
	same "$(grep -cx 'part end' out)" 2
}

@test "--line-buffer: a last line without a newline gets one" {
	same "$(ppx --lb -j1 printf %s ::: a b)" $'a\nb'
	ppx --lb -j1 'printf "x\n{}"' ::: a b | cmp - <(printf 'x\na\nx\nb\n')
}

@test "--line-buffer: lines longer than any buffer" {
	seq 4 | ppx --lb -j4 'head -c 3000000 /dev/zero | tr "\0" {}; echo' >out
	has_lines out 4
	same "$(sort out | cut -c 1-2)" $'11\n22\n33\n44'
	same "$(awk '{ print length($0) }' out | sort -u)" 3000000
	# No line has the bytes of two tasks.
	same "$(tr -s '1234' <out | sort)" $'1\n2\n3\n4'
}

# --- untouched -------------------------------------------------------------

@test "-k --line-buffer: whole lines of the first, then of the next" {
	gate go
	background ppx -k --lb --tag -j2 'echo "begin $1"; printf "mid "
	    echo err >&2; : >"written.$1"; test "$1" = 2 || cat go
	    printf "end %s" "$1"' ::: 1 2 >out 2>err
	wait_until test -e written.2
	wait_until grep -q . err
	same "$(cat out)" $'1\tbegin 1'
	open_gate go
	wait "$!"
	same "$(cat out)" "$(printf '%s\n' $'1\tbegin 1' $'1\tmid end 1' \
	    $'2\tbegin 2' $'2\tmid end 2')"
	same "$(cat err)" $'1\terr\n2\terr'
}

@test "-k --line-buffer: large outputs, all attempts" {
	ppx -k --lb -j4 --retries 2 'seq 200000; exit 1' ::: {1..4} >got \
	    2>/dev/null || true
	for i in 1 2 3 4 5 6 7 8; do
		seq 200000
	done | cmp - got
}

@test "-v and -t: a line that can be pasted, with the output's tag" {
	run --separate-stderr ppx -k -v -t --tag printf '%s\n' \
	    ::: 'a b' "it's" 'x*'
	same "$(cut -f2- <<<"$output" | grep '^printf')" "$stderr"
	same "$(sh <<<"$stderr")" "$(printf '%s\n' 'a b' "it's" 'x*')"
	same "${lines[0]} ${lines[1]}" $'a b\tprintf \'%s\\n\' \'a b\' a b\ta b'
}

@test "-u: tasks have our stdout and stderr" {
	ppx -u 'readlink /proc/self/fd/1; readlink /proc/self/fd/2 >&2; : {}' \
	    ::: a >out 2>err
	same "$(head -n 1 out)" "$PWD/out"
	same "$(head -n 1 err)" "$PWD/err"
	gate g
	background ppx -u 'printf early; cat {}' ::: g >out
	wait_until grep -q early out
	open_gate g
	ends $!
}

# --- tags ------------------------------------------------------------------

@test "--tag: the item and a tab before each line" {
	for mode in --group -k --lb; do
		ppx $mode --tag -j1 'echo x; echo; echo y >&2; : {}' ::: 'a b' c \
		    >out 2>err
		same "$(<out)" $'a b\tx\na b\t\nc\tx\nc\t'
		same "$(<err)" $'a b\ty\nc\ty'
	done
}

@test "--tag: no output, no tag; a last line without a newline has one" {
	same "$(ppx --tag true ::: a)" ""
	same "$(ppx --tag printf 'x\ny' ::: a)" $'a\tx\na\ty'
	same "$(ppx -k --tag printf ::: x y)" $'x\txy\ty'
	same "$(ppx --lb --tag -j1 printf ::: x y)" $'x\tx\ny\ty'
}

@test "--tag: in command mode, the line" {
	same "$(ppx -k --tag ::: 'echo a | cat' 'printf "%s\n" b c')" \
	    $'echo a | cat\ta\nprintf "%s\\n" b c\tb\nprintf "%s\\n" b c\tc'
}

@test "--tagstring: any text, with replacement strings" {
	same "$(ppx -k --tagstring '{#}:{/.}%s' 'echo x; echo y; : {}' \
	    ::: a/b.c d)" $'1:b%s\tx\n1:b%s\ty\n2:d%s\tx\n2:d%s\ty'
	same "$(ppx --tagstring 'no {}' -I% echo ::: a)" $'no {}\t'
	same "$(ppx --tagstring '<%>' -I% echo % ::: a)" $'<a>\ta'
	same "$(ppx --tagstring '' echo ::: a)" $'\ta'
	same "$(ppx --tagstring '{%}' -j1 echo ::: a)" $'1\ta'
}

@test "--tag: large outputs" {
	seq 100000 | sed 's/^/x\t/' >want
	ppx --tag 'seq 100000; : {}' ::: x | cmp - want
	ppx -k --tag 'seq 100000; : {}' ::: x | cmp - want
	ppx --lb --tag 'seq 100000; : {}' ::: x | cmp - want
}

# --- bytes -----------------------------------------------------------------

@test "10 MB with every byte value come out as they went in" {
	make_blob 10000000
	for mode in --group -k -u; do
		ppx $mode cat ::: blob | cmp - blob
		ppx $mode cat ::: blob >out
		cmp out blob
		rm -f out
		ppx $mode 'cat {} >&2' ::: blob 2>out
		cmp out blob
	done
	echo >>blob
	ppx --lb cat ::: blob | cmp - blob
	ppx --lb cat ::: blob >out
	cmp out blob
}

@test "10 MB on both at once" {
	make_blob 10000000
	for mode in --group -k; do
		ppx $mode 'cat {} & cat {} >&2; wait' ::: blob >out 2>err
		cmp out blob
		cmp err blob
	done
}

@test "two of 10 MB at once, in order" {
	make_blob 10000000
	cat blob blob blob >want
	ppx -k -j3 cat ::: blob blob blob | cmp - want
	ppx -j3 cat ::: blob blob blob | cmp - want
}

@test "what a task wrote before it ended is all there" {
	seq 200 | ppx -j4 'head -c 65536 /dev/zero; : {}' | wc -c >n
	test "$(<n)" -eq $((200 * 65536))
	# Killed, too.
	seq 50 | ppx -j4 'head -c 65536 /dev/zero; kill -9 $$; : {}' \
	    2>/dev/null | wc -c >n
	test "$(<n)" -eq $((50 * 65536))
}

@test "appended to a file" {
	make_blob 3000000
	{ cat blob; echo x; cat blob; cat blob; } >want
	for mode in --group -k -u; do
		cp blob out
		echo x >>out
		ppx $mode -j1 cat ::: blob blob >>out
		cmp out want
	done
}

@test "a file that is written further by others afterwards" {
	{ echo a; ppx echo ::: b; echo c; ppx -k echo ::: d; echo e; } >out
	same "$(<out)" $'a\nb\nc\nd\ne'
}

@test "to a socket" {
	need perl
	make_blob 5000000
	for mode in --group -k -u; do
		perl -MSocket -e '
			socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die;
			if (!fork) {
				close($a);
				open(STDOUT, ">&", $b) or die;
				close($b);
				$^F = 2;
				exec $ENV{PPX}, $ARGV[0], "cat", ":::", "blob";
			}
			close($b);
			print while <$a>;' -- $mode >out
		cmp out blob
	done
}

@test "to a terminal" {
	need script
	script -qec "'$PPX' -k echo ::: a b; '$PPX' echo ::: c" /dev/null \
	    </dev/null >out
	same "$(tr -d '\r' <out)" $'a\nb\nc'
}

# --- held back -------------------------------------------------------------

@test "100 MB behind a slow first task, in bounded memory" {
	gate g
	make_peak
	make_blob 1000000
	printf '%s\n' 'cat g; echo first' >commands
	for ((i = 0; i < 100; i++)); do
		echo "cat blob; : >done.$i"
	done >>commands
	echo 'echo; exec ./peak' >>commands
	background ppx -k -j4 -a commands >out
	wait_until at_least 100 done.
	# The file has no name.
	same "$(ls -A "$TMPDIR")" ""
	open_gate g
	ends $!
	{ echo first; for ((i = 0; i < 100; i++)); do cat blob; done; } >want
	cmp -n $(stat -c %s want) want out
	if ! sanitized; then
		test "$(tail -n 1 out)" -lt 30000
	fi
}

@test "20,000 small outputs behind a slow first task" {
	gate g
	make_peak
	{ echo 'cat g'; seq 20000 | sed "s|^|$PPX_TOOLS/tiny |"
	  echo ': >last; exec ./peak'; } >commands
	background ppx -k -j4 -a commands >out
	wait_until test -e last
	test ! -s out
	open_gate g
	ends $!
	head -n 20000 out | cmp - <(seq 20000)
	sanitized || test "$(tail -n 1 out)" -lt 30000
}

@test "--order-window: nothing new starts beyond it" {
	local n
	for n in 2 3; do
		gate g
		# So short are the first ones that others would wait behind them.
		background ppx -k -j$n --order-window 6 'test {} -lt 200 || {
		    : >started.{}; test {} != 200 || cat g; }; echo {}' \
		    ::: $(seq 220) >out
		wait_until eval 'test "$(files started.)" -ge 7'
		# Time for those that must not begin.
		sleep 0.1
		# The first, five that were held when the last one began, and as
		# many as could begin with that.
		test "$(files started.)" -le $((5 + n))
		open_gate g
		ends $!
		same "$(<out)" "$(seq 220)"
		rm g started.*
	done
}

@test "--order-window holds, too, while nobody reads" {
	mkfifo pipe
	exec {p}<>pipe
	background ppx -j2 --order-window 5 \
	    ': >started.{}; head -c 100000 /dev/zero' ::: $(seq 100) >pipe {p}>&-
	wait_until eval 'test "$(files started.)" -ge 5'
	# Time for those that must not begin.
	sleep 0.5
	test "$(files started.)" -le 12
	head -c 10000000 <&$p | wc -c >read &
	wait_until grep -q 10000000 read
	exec {p}>&-
}

@test "a reader that comes late holds up no task" {
	mkfifo pipe
	background bash -c '"$PPX" -j2 "head -c 100000 /dev/zero; : >done.{}" \
	    ::: $(seq 100) >pipe'
	exec 5<pipe
	wait_until at_least 100 done.
	test "$(wc -c <&5)" -eq 10000000
	ends $!
	exec 5<&-
}

@test "--group: nor one that could pass live" {
	mkfifo pipe
	background bash -c '"$PPX" -j1 "head -c 3000000 /dev/zero; : >done.{}" \
	    ::: 1 2 >pipe'
	exec 5<pipe
	wait_until test -e done.2
	test "$(wc -c <&5)" -eq 6000000
	ends $!
	exec 5<&-
}

# --- no place for a file ---------------------------------------------------

@test "a --tmpdir that is not there: said once, nothing lost" {
	make_blob 1000000
	for ((i = 0; i < 20; i++)); do cat blob; done >want
	for mode in --group -k; do
		ppx $mode -j8 --tmpdir /nonexistent 'cat blob; : {}' \
		    ::: $(seq 20) >out 2>err
		cmp want out
		test "$(grep -c '' err)" -le 1
	done
	gate g
	background ppx -k -j8 --tmpdir /nonexistent 'test {} != 1 || cat g
	    : >started.{}; cat blob' ::: $(seq 20) >out 2>err
	wait_until at_least 7 started.
	wait_until grep -q . err
	open_gate g
	ends $!
	cmp want out
	same "$(<err)" "ppx: no temporary file in /nonexistent: No such file or directory; going on more slowly, with fewer outputs held"
}

@test "TMPDIR that is not there: nothing is said when no file is needed" {
	TMPDIR=/nonexistent ppx -k echo ::: a b >out 2>err
	same "$(<out)" $'a\nb'
	same "$(<err)" ""
}

@test "no place, and stderr behind stdout in one pipe: nothing hangs" {
	for c in 'head -c 20000000 /dev/zero >&2; : {}' \
	    'test {} = 1 || head -c 20000000 /dev/zero >&2' \
	    'head -c 9000000 /dev/zero & head -c 11000000 /dev/zero >&2; wait; : {}'
	do
		for j in 1 2; do
			n=$(ppx --tmpdir "$PWD/none" -j$j "$c" ::: 1 2 2>&1 |
			    tr -dc '\0' | wc -c)
			test $n -eq 20000000 || test $n -eq 40000000
		done
	done
}

@test "a limit on the size of files: nothing lost" {
	make_blob 1000000
	for ((i = 0; i < 20; i++)); do cat blob; done >want
	for mode in --group -k; do
		for blocks in 0 2000; do
			{ bash -c 'ulimit -f $1; exec "${@:2}"' - $blocks \
			    "$PPX" $mode -j8 'cat blob; : {}' ::: $(seq 20) |
			    cmp - want; } 2>&1 | cat >err
			test "$(grep -c '' err)" -le 1
			grep -v 'no temporary file in .*: File too large' err ||
				continue
			return 1
		done
	done
}

@test "a --tmpdir that is full: nothing lost" {
	unshare -m mount -t tmpfs -o size=1m none /tmp 2>/dev/null ||
		skip "cannot mount a small file system"
	make_blob 1000000
	for ((i = 0; i < 30; i++)); do cat blob; done >want
	mkdir small
	for mode in --group -k; do
		unshare -m bash -c 'mount -t tmpfs -o size=1m none small
			exec "$@"' - "$PPX" $mode -j8 --tmpdir small \
		    'cat blob; : {}' ::: $(seq 30) >out 2>err
		cmp want out
		test "$(grep -c '' err)" -le 1
	done
	grep 'ppx: no temporary file in small: No space left on device' err ||
		test ! -s err
}

# --- what cannot be delivered ----------------------------------------------

@test "stdout full: 125, and said" {
	for mode in --group -k --lb; do
		run bash -c '"$PPX" "$@" >/dev/full' - $mode echo ::: a b c
		test "$status" -eq 125
		[[ $output == *"ppx: cannot write to stdout: No space left on device: the output of the tasks is lost"* ]]
		test "$(grep -c 'cannot write' <<<"$output")" -eq 1
	done
	run bash -c '"$PPX" "$@" 2>/dev/full' - 'echo {} >&2' ::: a
	test "$status" -eq 125
	# Tasks that write nothing lose nothing.
	run bash -c '"$PPX" true ::: a b >/dev/full'
	same "$status $output" "0 "
}

@test "stdout full: what runs is ended, nothing more is started" {
	run bash -c '"$PPX" "$@" >/dev/full' - -j2 --lb \
	    'echo {}; exec sleep 1234' ::: $(seq 100)
	test "$status" -eq 125
	test "$(grep -c sleep <<<"$output")" -le 1
}

@test "-v -u: stdout full, closed, or without a reader, ends the run" {
	code=0
	seq 1000 | ppx -j2 -v -u touch >/dev/full 2>err || code=$?
	same "$code" 125
	same "$(head -n 1 err)" "ppx: cannot write to stdout: No space left on device: the output of the tasks is lost"
	test ! -e 1000
	code=0
	ppx -v -u true ::: a >&- 2>err || code=$?
	same "$code" 125
	mkfifo gone
	{ code=0; ppx -v -u true ::: {1..5000} || code=$?; echo $code >status; } \
	    >gone & head -n 1 <gone
	wait $!
	same "$(<status)" 141
}

@test "stdout full on the way: 125" {
	unshare -m mount -t tmpfs -o size=1m none /tmp 2>/dev/null ||
		skip "cannot mount a small file system"
	mkdir small
	run unshare -m bash -c 'mount -t tmpfs -o size=1m none small
		"$PPX" "$@" >small/out' - 'yes | head -c 300000; : {}' \
	    ::: $(seq 20)
	test "$status" -eq 125
	[[ $output == *"cannot write to stdout: No space left on device"* ]]
}

@test "stdout at a limit on the size of files: 125" {
	run bash -c 'ulimit -f 100; "$PPX" "$@" >out' - \
	    'yes | head -c 300000; : {}' ::: 1 2 3
	test "$status" -eq 125
	[[ $output == *"cannot write to stdout: File too large"* ]]
}

@test "stdout closed: 125, and said" {
	for mode in --group -k --lb; do
		run bash -c '"$PPX" "$@" >&-' - $mode echo ::: a b
		test "$status" -eq 125
		[[ $output == *"ppx: cannot write to stdout: Bad file descriptor"* ]]
	done
	run bash -c '"$PPX" "$@" >&-' - true ::: a
	same "$status $output" "0 "
}

@test "stderr closed: 125 when something is lost" {
	run bash -c '"$PPX" "$@" 2>&-' - 'echo {} >&2' ::: a
	test "$status" -eq 125
	run bash -c '"$PPX" "$@" 2>&-' - echo ::: a
	same "$status $output" "0 a"
}

# --- descriptors -----------------------------------------------------------

@test "the flags of our stdout and stderr stay as they are" {
	make_blob 1000000
	{ ppx -k 'cat blob; cat /proc/$(sed -n "s/^PPid:.//p" \
	    /proc/$PPX_WORKER_PID/status)/fdinfo/1 >during; : {}' ::: a
	  cat /proc/self/fdinfo/1 >after; } | cat >/dev/null
	not nonblocking during
	not nonblocking after
	{ ppx 'cat blob >&2; : {}' ::: a
	  cat /proc/self/fdinfo/2 >after; } 2>&1 >/dev/null | cat >/dev/null
	not nonblocking after
}

@test "the pipes of tasks wait, as programs expect" {
	ppx 'cat /proc/self/fdinfo/1 >one; cat /proc/self/fdinfo/2 >two; : {}' \
	    ::: a
	not nonblocking one
	not nonblocking two
}

@test "no file is left, no descriptor is handed down" {
	make_blob 1000000
	exec 7</dev/null
	sh -c 'ls /proc/self/fd >fds' </dev/null
	ppx -j4 'cat blob; ls /proc/self/fd >fds.{}' ::: 1 2 3 4 >/dev/null
	for i in 1 2 3 4; do
		cmp fds fds.$i
	done
	exec 7<&-
	same "$(ls -A "$TMPDIR")" ""
}

@test "-v -u: a reader that pauses does not hold up --max-time" {
	mkfifo f
	exec 5<>f
	seq 20000 >items
	run sh -c 'timeout -s KILL 20 "$PPX" -q --max-time 1 -v -u -j2 true \
	    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx <items >f'
	exec 5>&-
	same "$status" 124
	# With a reader none is missing.
	ppx -v -u -j2 true <items | sort -k 2n | cmp - <(sed 's/^/true /' items)
}

@test "-v -u: the command of a task that waited too long is whole" {
	head -c 100000 /dev/zero | tr '\0' x >x
	mkfifo f
	exec 5<>f
	"$PPX" -v -u -j1 --queue-timeout 0.1 --log-json json true :::: x \
	    >f 2>err 3>&- 4>&- 5>&- &
	wait_until grep -q queue-timeout json
	exec 6<f 5>&-
	same "$(cat <&6 | wc -c)" 100006
	exec 6<&-
}

@test "-v -u: nor with commands longer than a pipe" {
	mkfifo f
	exec 5<>f
	head -c 100000 /dev/zero | tr '\0' x >x
	run sh -c 'timeout -s KILL 20 "$PPX" -q --max-time 1 -v -u -j2 true \
	    {} :::: x ::: 1 2 3 >f'
	exec 5>&-
	same "$status" 124
	# and each is whole, before what its task writes; the slot is the one shown
	for i in 1 2 3 4 5; do
		cat x
		echo
	done >items
	ppx -v -u -j1 -0 'echo {%} {#}; : {}' :::: <(tr '\n' '\0' <items) |
	    (sleep 0.2; cat) >out	# time that must pass
	for i in 1 2 3 4 5; do
		printf 'echo 1 %d; : %s\n1 %d\n' $i "$(<x)" $i
	done | cmp - out
	tr '\n' '\0' <items | ppx -v -u -j3 -0 'echo {%} {#}; : {}' |
	    (sleep 0.2; cat) >out
	# beside others a long one may be cut by what they write
	same "$(wc -c <out)" $((5 * (100000 + 13 + 4)))
	same "$(grep -o 'echo [0-9] [0-9]' out | cut -d' ' -f3 | sort)" \
	    "$(seq 5)"
}
