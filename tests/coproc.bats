# --coproc: programs that stay up, and their replies.

load helper
load trees

# Answers "ITEM PID", after "init" on stderr.
answer='echo up >&2; while IFS= read -r x; do echo "$x $$"; done'

starts()
{
	grep -cx up "$1" || :
}

@test "items are lines of its stdin, its lines are their output" {
	same "$(printf '%s\n' a 'b  c' '' '$(x)' "'" | ppx -k --coproc cat)" \
	    "a
b  c

\$(x)
'"
	same "$(ppx -k -j3 --coproc 'while read x; do echo "<$x>"; done' \
	    ::: 1 2 3 4 5 6 7 | tr -d '\n')" "<1><2><3><4><5><6><7>"
	same "$(printf 'last' | ppx --coproc cat)" last
}

@test "no items, no program" {
	same "$(ppx --coproc 'echo up; cat' </dev/null 2>&1)" ""
}

@test "one program in each slot, for all items" {
	seq 50 | ppx -j2 --coproc "$answer" >out 2>err
	same "$(cut -d ' ' -f 1 out | sort -n | tr '\n' ' ')" \
	    "$(seq -s ' ' 50) "
	test "$(cut -d ' ' -f 2 out | sort -u | wc -l)" -le 2
	test "$(starts err)" -le 2
}

@test "-0: items end in NUL and may have newlines; replies are lines" {
	same "$(printf 'a\nb\0c\0' | ppx -k -0 --coproc --shell bash \
	    'while IFS= read -r -d "" x; do echo "${#x}"; done')" "3
1"
	printf 'a\nb\0c\0' | ppx -k -0 --coproc --reply nul cat >out
	same "$(od -An -c out | tr -s ' ')" ' a \n b \0 c \0'
	# cat answers in NUL: without --reply nul no reply is ever whole
	printf 'a\0' | { ppx -0 --coproc cat 2>err && false; same "$?" 123; }
	grep -q '2 bytes of a reply are dropped (.*--reply nul.*): a$' err
}

@test "an item with a newline is a bad one without -0, others go on" {
	run ppx -k --coproc cat ::: 'a
b' c
	same "$status" 123
	[[ $output == *"has a newline in it"*"give -0"* ]]
	[[ $output == *$'\n'c$'\n'* ]]
	run ppx -k -d , --coproc cat <<<$'x,y\nz,u'
	same "$status" 123
}

@test "--reply eot=STR: lines up to one that is STR" {
	same "$(ppx -k --reply eot=. --coproc \
	    'while read x; do seq $x; echo .; done' ::: 2 0 3 | tr '\n' ' ')" \
	    "1 2 1 2 3 "
	same "$(ppx -k --reply eot= --coproc \
	    'while read x; do echo "$x."; echo; done' ::: 2 0 3 | tr '\n' ' ')" \
	    "2. 0. 3. "
}

@test "--reply netstring: the bytes, whatever they are" {
	same "$(ppx -k --reply netstring --coproc 'while read x; do
		printf "%s:%s\n,\n," $((${#x} + 3)) "$x"; done' \
	    ::: ab c | tr '\n' ' ')" "ab , c , "
	run ppx -k -j1 --reply netstring --coproc 'while read x; do
		echo "$x"; done' ::: ab c
	same "$status" 125
	[[ $output == *"the co-process of slot 1, has written something that is no netstring: ab"* ]]
}

@test "-L1: lines are joined, however many come at once" {
	yes $'a \n\nb' | head -30000 >items
	ppx --coproc -L1 cat <items >got
	same "$(sort got | uniq -c | xargs)" '10000 a b'
	{ yes c | head -1000; printf 'a\0 \nb\nd\n'; } >items
	run -123 --separate-stderr ppx --coproc -L1 cat <items
	same "$(sort <<<"$output" | uniq -c | xargs)" '1000 c 1 d'
}

@test "the values of an item stand with blanks between" {
	same "$(printf 'a,b\nc,d\n' | ppx -k -C, --coproc cat)" "a b
c d"
	same "$(ppx -k --coproc cat ::: 1 2 ::: a b | tr '\n' ,)" \
	    "1 a,1 b,2 a,2 b,"
}

@test "each reply has its tag, its lines on stderr, and its place" {
	# One at a time: two pipes have no order between them.
	launch -k -j2 --tag --window 1 --coproc 'while read x; do
		echo "err $x" >&2; echo "out $x"; done' ::: a b c d
	ended "exit 0"
	same "$(<out)" "a	out a
b	out b
c	out c
d	out d"
	same "$(sort err)" "a	err a
b	err b
c	err c
d	err d"
}

@test "what it says on stderr when it has no item is printed by itself" {
	launch -j1 --coproc 'while read x; do echo "$x"; done; echo bye >&2' \
	    ::: a
	ended "exit 0"
	same "$(<err)" bye
}

@test "a joblog has a line for each, as it could be typed; --resume" {
	need sh
	run ppx -k -j2 --joblog log --coproc 'while read x; do
		test "$x" != b || exit 3; echo "$x"; done' ::: a b c
	same "$status" 123
	all_logged 3 log
	same "$(column 7 log | tr '\n' ' ')" "0 -1 0 "
	column 9 log | sed 's/\\\\n/\\n/' >typed
	same "$(ppx -k --joblog log2 --coproc cat ::: "it's" | wc -l)" 1
	same "$(sh -c "$(column 9 log2 | sed 's/\\\\/\\/g')")" "it's"
	# a was done, b and c of another log were not
	ppx --joblog log3 --coproc cat ::: a
	same "$(ppx -k --joblog log3 --resume --coproc cat ::: a b c |
	    tr '\n' ' ')" "b c "
}

@test "a program that ends takes the item with it that it was to answer" {
	ulimit -c 0
	for end in 'exit 0' 'exit 3' 'kill -9 $$' 'kill -SEGV $$'; do
		for window in "" "--window 1" "--window 5" "--joblog log"; do
			launch -i <(seq 9) -k -j2 $window --coproc "while read x; do
			    test \$x != 4 || { $end; }; echo \$x; done"
			ended "exit 123"
			same "$(tr '\n' ' ' <out)" "1 2 3 5 6 7 8 9 "
			grep -q '^ppx: task 4: the co-process of slot . .* before it had answered: 4$' err
			grep -q '1 of 9 tasks failed: 1 lost with its co-process' err
			nothing_left
		done
	done
}

@test "a reply that is cut is dropped, and that is said" {
	for window in "" "--window 1" "--window 9"; do
		launch -i <(seq 9) -k -j1 $window --coproc 'while read x; do
		    test $x != 4 || { printf part; exit 1; }; echo $x; done'
		ended "exit 123"
		same "$(tr '\n' ' ' <out)" "1 2 3 5 6 7 8 9 "
		grep -q '4 bytes of a reply are dropped: 4$' err
	done
	# What it said on stderr is not.
	launch -j1 --coproc 'while read x; do echo why >&2; exit 1; done' ::: 1
	ended "exit 123"
	has why err
}

@test "--timeout is of one item: its program is killed, with all of its tree" {
	needs_trees
	for window in 1 4; do
		launch -i <(seq 6) -k -j1 --window $window --timeout 0.5 \
		    --coproc 'while read x; do
			test $x != 3 || { setsid sleep 600 & sleep 600; }
			echo $x; done'
		ended "exit 123"
		nothing_left
		same "$(tr '\n' ' ' <out)" "1 2 4 5 6 "
		grep -q '1 of 6 tasks failed: 1 timed out' err
		grep -q '^first: task 3 .*timed out after 0\.' err
	done
}

@test "... not of the program, which may live longer" {
	gate gate
	launch -i <(seq 4; cat gate; echo 5) -j1 --timeout 1 --coproc "$answer"
	wait_until lines_are 4 out
	sleep 1.2
	open_gate gate
	ended "exit 0"
	same "$(starts err)" 1
}

@test "--idle-timeout is of one item, too" {
	launch -i <(seq 3) -k -j1 --idle-timeout 0.5 --coproc 'while read x; do
	    test $x != 2 || sleep 600; echo $x; done'
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 3 "
	grep -q '^first: task 2 .*it wrote nothing for' err
}

@test "--mem-limit is of the program: the item fails, others go on" {
	needs_trees
	sanitized && skip "a sanitizer needs more memory"
	launch -i <(seq 4) -k -j1 --mem-limit 100M --coproc 'while read x; do
	    test $x != 2 || exec eat 300; echo $x; done'
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 3 4 "
	grep -q '^first: task 2 .*used too much memory' err
}

@test "--retries: an item that was lost is sent again" {
	launch -i <(seq 4) -k -j1 --retries 2 --coproc 'while read x; do
	    if test $x = 2 && mkdir seen; then printf part; exit 1; fi
	    test $x != 3 || exit 1; echo $x; done'
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 2 4 "
	grep -q '^first: task 3 .*, after 2 attempts$' err
}

@test "a program that reads nothing is no fault of an item's" {
	# It ends after two replies, others are in its pipe then.
	launch -i <(seq 40) -k -j2 --window 4 --coproc \
	    'read -r x && echo $x && read -r x && echo $x'
	ended "exit 0"
	same "$(tr '\n' ' ' <out)" "$(seq -s ' ' 40) "
}

@test "a program that never reads: the run is given up" {
	launch -i <(seq 20) -j2 --coproc 'echo no >&2; exit 5'
	ended "exit 125"
	grep -q 'the co-process of slot . ended (exit status 5) before it had read an item, as 10 did before it' err
	same "$(<out)" ""
	launch -i <(seq 20) -j1 --max-restarts 2 --coproc 'echo no >&2; exit 5'
	ended "exit 125"
	same "$(grep -cx no err)" 3
}

@test "with descriptors for no program at all it says how many it needs" {
	run bash -c 'exec 3>&- 4>&-; ulimit -n 12; seq 3 | "$PPX" -j1 --coproc cat'
	same "$status" 125
	[[ $output == *"ppx needs about 16 descriptors for a co-process and 4 for each other one (ulimit -n)"* ]]
	for n in 16 20; do
		same "$(exec 3>&- 4>&-; ulimit -n $n; seq 3 |
		    "$PPX" -k -j$((n / 4 - 3)) --coproc cat)" "$(seq 3)"
	done
}

@test "a command that is not there, or a directory: said once" {
	run ppx --coproc no-such-command ::: a b c
	same "$status" 127
	[[ $output == "ppx: no-such-command: command not found"* ]]
	run ppx --coproc ./no-such-dir/ ::: a b
	same "$status" 127
}

@test "more than one reply for an item is an error that names the program" {
	for window in "" "--window 1" "--window 3"; do
		run ppx -k -j1 $window --coproc \
		    'while read x; do printf "$x\n$x\n"; done' ::: 1 2 3
		same "$status" 125
		[[ $output == *"the co-process of slot 1, has written more than one reply"* ]]
	done
	run ppx -k -j1 --coproc 'cat; echo bye' ::: 1 2 3
	same "$status" 125
	[[ $output == *", has written more than one reply for an item: bye"* ]]
}

@test "one that closes its stdin or stdout is ended; what it owed is lost" {
	launch -i <(seq 3) -k -j1 --window 1 --termseq TERM,300,KILL --coproc \
	    'read x; echo $x; read x; exec >&-; sleep 600'
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 3 "
	grep -q '1 of 3 tasks failed: 1 lost' err
	grep -q '^first: task 2 ' err
	# What it had not read is sent to the next one.
	gate gate
	launch -i <(seq 2; cat gate) -k -j1 --window 1 --termseq TERM,300,KILL \
	    --coproc 'read x; echo $x; exec <&-; sleep 600'
	wait_until lines_are 2 out
	open_gate gate
	ended "exit 0"
}

@test "one that answers without having read all, and does not end, is ended" {
	head -c 1000000 /dev/zero | tr '\0' x >items
	launch -i items -k -j1 --termseq TERM,300,KILL \
	    --coproc 'echo ok; exec sleep 600'
	ended "exit 0"
	same "$(<out)" ok
	grep -q 'has not ended though' err
}

@test "its worker is killed: the item is lost, the others go on" {
	needs_trees
	gate gate
	launch -i <(seq 5) -k -j1 --coproc \
	    'while read x; do test $x != 2 || cat gate; echo $x; done'
	wait_until named_are 1 cat
	kill -9 $(workers)
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 3 4 5 "
	nothing_left
}

@test "at the end its stdin is closed: traps run, and what it says is heard" {
	launch -i <(seq 3) -k -j1 --coproc 'trap "echo trap >&2" EXIT
	    while read x; do echo $x; done'
	ended "exit 0"
	has trap err
}

@test "... one that does not end is sent the signals of --termseq" {
	launch -i <(seq 3) -k -j1 --termseq TERM,300,KILL --coproc '
	    trap "echo term >&2; exit" TERM
	    while read x; do echo $x; done; while :; do sleep 0.1; done'
	ended "exit 0"
	has term err
	grep -q 'slot 1 has not ended though its stdin was closed, and is sent SIGTERM' err
	launch -i <(seq 3) -k -j1 --termseq TERM,300,KILL --coproc '
	    trap "" TERM
	    while read x; do echo $x; done; while :; do sleep 0.1; done'
	ended "exit 0"
	nothing_left
}

@test "... and one that ends badly is told of" {
	launch -i <(seq 3) -k -j1 --coproc \
	    'while read x; do echo $x; done; exit 3'
	ended "exit 0"
	grep -q '^ppx: the co-process of slot 1 ended (exit status 3) after its last reply$' err
}

@test "--max-tasks-per-child counts items; --init and --fini are around it" {
	seq 7 | ppx -k -j1 --max-tasks-per-child 3 --init 'echo init' \
	    --fini 'echo fini' --coproc "$answer" >out 2>err
	same "$(cut -d ' ' -f 1 out | tr '\n' ' ')" "1 2 3 4 5 6 7 "
	same "$(cut -d ' ' -f 2 out | uniq -c | awk '{ print $1 }' |
	    tr '\n' ' ')" "3 3 1 "
	same "$(grep -e init -e fini err | tr '\n' ' ')" \
	    "init fini init fini init fini "
}

@test "--max-rss: a program that has grown is replaced" {
	generic && skip "this system does not show what a process uses"
	seq 1000 | ppx -k -j1 --window 1 --max-rss 1 --coproc "$answer" >out \
	    2>/dev/null
	# It may answer some before its worker has told its number.
	test "$(cut -d ' ' -f 2 out | sort -u | wc -l)" -gt 1
}

@test "items of 10 MB both ways, larger than all pipes" {
	head -c 7500000 /dev/zero | tr '\0' x >x
	{ cat x; echo; cat x; echo a; echo b; cat x; echo; } >items
	ppx -k -j2 --coproc cat <items | cmp - items
	ppx -k -j1 --window 9 --coproc cat <items | cmp - items
	ppx -j1 --joblog log --coproc cat <items | cmp - items
}

@test "one that block-buffers its output is told of, and never waits for ever" {
	need awk
	launch -i <(seq 2000; sleep 4; echo last) -k -j1 --coproc \
	    "awk '{ print }'"
	ended "exit 0"
	same "$(<out)" "$(seq 2000; echo last)"
	# Only if it does hold back.
	if ! grep -q flush err; then
		same "$(<err)" ""
	fi
	launch -i <(seq 20) -k -j1 --coproc 'x=$(cat); echo "$x"'
	ended "exit 0"
	same "$(<out)" "$(seq 20)"
}

@test "a program that is silent for long is told of, with advice" {
	gate gate
	launch -i <(seq 3) -k -j1 --coproc \
	    'while read x; do cat gate; echo $x; done'
	wait_until grep -q 'has been silent for 2 s and owes .* stdbuf -oL' err ||
	    wait_until grep -q 'stdbuf -oL' err
	open_gate gate
	ended "exit 0"
	same "$(grep -c silent err)" 1
	same "$(<out)" "$(seq 3)"
}

@test "one that closes its stdout with much unread is ended, too" {
	head -c 3000000 /dev/zero | tr '\0' a >items
	launch -i items -j1 --max-restarts 1 --termseq TERM,300,KILL \
	    --coproc 'exec >&-; exec sleep 600'
	ended "exit 125"
	grep -q 'has not ended though its stdin was closed' err
	nothing_left
}

@test "--idle-timeout: what is not read for want of place is no silence" {
	cat >prog <<-'END'
	#!/bin/sh
	while read x; do head -c 100000000 /dev/zero | tr '\0' "$x"; echo; done
	END
	chmod +x prog
	same "$(seq 2 | ppx -k -j1 --tmpdir none --idle-timeout 1 \
	    --coproc ./prog 2>err | { sleep 3; wc -c; })" 200000002
	not grep failed err
}

@test "--timeout: what is not read for want of place was in time" {
	cat >prog <<-'END'
	#!/bin/sh
	while read x; do
		echo "$x" >>begun
		head -c 100000000 /dev/zero | tr '\0' "$x"
		echo
	done
	END
	chmod +x prog
	same "$(seq 2 | ppx -k -j1 --tmpdir none --window 2 --timeout 5 \
	    --coproc ./prog 2>err | { sleep 7; wc -c; })" 200000002
	same "$(<begun)" "$(seq 2)"
	not grep failed err
}

@test "programs that others kill before they read are not given up soon" {
	needs_trees
	ulimit -c 0
	launch -i <(seq 3) -k -j1 --coproc 'n=$(cat n 2>/dev/null || echo 0)
	    echo $((n + 1)) >n; test $n -ge 15 || kill -9 $$; exec cat'
	ended "exit 0"
	same "$(tr '\n' ' ' <out)" "1 2 3 "
	rm n
	# An item that comes back more than 20 times is lost, too.
	launch -i <(seq 9) -k -j1 --coproc 'kill -9 $$'
	ended "exit 125"
}

@test "a line on stderr that is begun between two items stays whole" {
	gate gate
	cat >prog <<-'END'
	#!/bin/sh
	while read x; do
		echo "of $x" >&2
		echo "$x"
		printf 'after %s, ' "$x" >&2
	done
	END
	chmod +x prog
	launch -i <(echo 1; cat gate; echo 2) -k -j1 --coproc ./prog
	wait_until lines_are 1 out
	open_gate gate
	ended "exit 0"
	same "$(<err)" "of 1
after 1, of 2
after 2, "
}

@test "what ppx says of one is never in a line of a task on stderr" {
	local reader

	launch -i <(seq 3) -k -j1 --window 1 --coproc 'while read x; do
	    test $x != 2 || { printf begun >&2; exit 1; }; echo $x; done'
	ended "exit 123"
	has begun err
	grep -q '^ppx: task 2: the co-process' err
	# Its reader is slow.
	gate gate
	mkfifo pipe
	{ cat gate; cat >err; } <pipe &
	reader=$!
	cat >prog <<-'END'
	#!/bin/sh
	while read x; do
		test $x != 1 || { head -c 300000 /dev/zero | tr '\0' e; echo; } >&2
		test $x != 2 || { : >dead; exit 1; }
		echo $x
	done
	END
	chmod +x prog
	seq 3 >items
	background -i items ppx -k -j1 --window 1 --coproc ./prog >out 2>pipe
	wait_until test -e dead
	open_gate gate
	wait $reader
	same "$(head -n 1 err | tr -d '\n' | wc -c)" 300000
	grep -q '^ppx: task 2: the co-process' err
	same "$(tr '\n' ' ' <out)" "1 3 "
}

@test "a long line on stderr without an item has one tag" {
	launch -i <(seq 1) -j1 --tag --coproc \
	    'cat; until test -s out; do sleep 0.01; done
	    { head -c 3000000 /dev/zero | tr "\0" e; echo; } >&2'
	ended "exit 0"
	same "$(wc -c <err)" 3000008
	same "$(grep -o slot err)" slot
}

@test "a reply to an item that it was not sent is told of at once" {
	{ head -c 100000 /dev/zero | tr '\0' a; printf '\nb\n'; } >items
	launch -i items -k -j1 --window 2 --coproc \
	    'sleep 1; printf "1\n2\n"; exec sleep 600'
	ended "exit 125"
	grep -q 'has written more than one reply for an item: 2' err
}

@test "one that holds back until a buffer is full gets more at once" {
	need cut head
	yes "$(head -c 1000 /dev/zero | tr '\0' b)" | head -n 5000 >items
	for option in "" "--joblog log"; do
		launch -i items -k -j1 $option --coproc cut -c1
		ended "exit 0"
		same "$(uniq -c out | tr -s ' ')" " 5000 b"
	done
}

@test "one that holds back gets more although --order-window is full" {
	# One of the two holds back fifty replies; others wait for its first.
	gate gate
	cat >prog <<-'END'
	#!/bin/sh
	n=0
	most=0
	mkdir first 2>/dev/null && most=49
	while read x; do
		echo "$x" >>held$$
		n=$((n + 1))
		test $n -gt $most || continue
		cat held$$
		rm held$$
		n=0
		echo "$x" >>answered
	done
	test $n -eq 0 || cat held$$
	END
	chmod +x prog
	launch -i <(seq 20; cat gate; seq 21 400) -k -j2 --window 100 \
	    --order-window 5 --joblog log --coproc ./prog
	wait_until lines_are 10 answered
	open_gate gate
	ended "exit 0"
	same "$(<out)" "$(seq 400)"
	not grep closed err
}

@test "one that holds back and reads a large item slowly gets more" {
	cat >prog <<-'END'
	#!/bin/sh
	read x
	for part in 1 2 3 4 5; do
		head -c 60000
		sleep 0.1
	done >large
	read rest
	echo "$x"
	head -c 200000 large
	read y
	tail -c 100000 large
	echo "$rest"
	echo "$y"
	exec cat
	END
	chmod +x prog
	{ echo a; head -c 300000 /dev/zero | tr '\0' b; echo; seq 3; } >items
	launch -i items -k -j1 --coproc ./prog
	ended "exit 0"
	cmp out items
	not grep closed err
}

@test "one that answers at the end of its input only is brought to it" {
	need tac
	launch -i <(seq 9) -k -j1 --window 3 --coproc tac
	ended "exit 0"
	same "$(tr '\n' ' ' <out)" "3 2 1 6 5 4 9 8 7 "
	grep -q 'answers nothing of it: its stdin is closed' err
	# Another attempt may be due as long as it owes one.
	launch -i <(seq 3) -k -j1 --retries 2 --coproc tac
	ended "exit 0"
	same "$(tr '\n' ' ' <out)" "3 2 1 "
}

@test "one item of many seconds is no reason to start it again for others" {
	launch -i <(seq 9) -k -j1 --coproc 'echo up >&2
	    while read x; do
		case $x in 1) ;; 2) sleep 12.5;; *) sleep 0.3;; esac
		echo $x
	    done'
	ended "exit 0"
	same "$(<out)" "$(seq 9)"
	same "$(starts err)" 1
	not grep closed err
}

@test "one that is at work is not sent more" {
	# What lies in its stdin when it has worked for 3 seconds.
	cat >prog <<-'END'
	#!/bin/sh
	read x
	sleep 3
	# opened anew, as the cat below must not find it non-blocking
	dd if=/dev/stdin iflag=nonblock bs=65536 count=1 of=ahead 2>/dev/null
	echo "$x"
	cat ahead
	exec cat
	END
	chmod +x prog
	launch -i <(seq 40) -k -j1 --coproc ./prog
	ended "exit 0"
	same "$(<out)" "$(seq 40)"
	test "$(wc -l <ahead)" -le 1
}

@test "items that are not started are counted one by one" {
	launch -i <(seq 300000) -k -j1 --max-restarts 2 --stats=stats --coproc \
	    'mkdir seen && exec head -n 200000'
	ended "exit 125"
	same "$(grep -oE '"tasks_failed":[0-9]+' stats | cut -d : -f 2)" \
	    "$(sed -n 's/^ppx: \([0-9]*\) of [0-9]* tasks failed.*/\1/p' err)"
}

@test "a stdout that is slow holds it up, a closed one ends the run" {
	seq 300000 | ppx -k -j2 --coproc cat | { sleep 1; cat; } |
	    cmp - <(seq 300000)
	run bash -c 'seq 300000 | "$PPX" -k -j2 --coproc cat | head -n 1; echo ${PIPESTATUS[1]}'
	same "$output" "1
141"
}

@test "a signal ends it all, and what was answered is there" {
	needs_trees
	gate gate
	launch -i <(seq 5) -k -j2 --coproc \
	    'while read x; do test $x -lt 3 || cat gate; echo $x; done'
	wait_until named_are 2 cat
	kill -TERM "$pid"
	ended "signal 15"
	nothing_left
	same "$(tr '\n' ' ' <out)" "1 2 "
}

@test "SIGTSTP stops its programs, too" {
	needs_trees
	mkfifo more
	launch -i <(echo 1; cat more) -k -j1 --coproc tee
	wait_until lines_are 1 out
	kill -TSTP "$pid"
	wait_until states_are T $(named tee)
	wait_until states_are T "$pid"
	kill -CONT "$pid"
	echo 2 >more
	ended "exit 0"
	same "$(tr '\n' ' ' <out)" "1 2 "
}

@test "ppx is killed: nothing is left" {
	needs_trees
	gate gate
	launch -i <(seq 5) -k -j2 --coproc \
	    'while read x; do cat gate; echo $x; done'
	wait_until named_are 2 cat
	kill -9 "$pid"
	ended "signal 9"
	no_leftovers "$tag"
}

@test "--halt, --max-items, --priority, --queue-timeout, --progress" {
	run ppx -k -j1 --halt now,fail=1 --coproc 'while read x; do
	    test $x != 2 || exit 1; echo $x; done' ::: 1 2 3
	same "$status" 123
	[[ $output == 1$'\n'* && $output != *$'\n'3* ]]
	same "$(seq 9 | ppx --max-items 2 -k --coproc cat | tr '\n' ' ')" "1 2 "
	same "$(ppx -j1 --window 1 --priority {} --coproc cat ::: 3 1 2 |
	    tr '\n' ' ')" "1 2 3 "
	same "$(seq 3 | ppx -k --progress --coproc cat 2>/dev/null |
	    tr '\n' ' ')" "1 2 3 "
}

@test "--results, --files and --dry-run" {
	ppx -k --results dir --coproc cat ::: a b >/dev/null
	same "$(cat dir/1/a/stdout dir/1/b/stdout)" "a
b"
	same "$(ppx --dry-run --coproc tr a b ::: "x y")" \
	    "printf '%s\n' 'x y' | tr a b"
}

@test "what makes no sense with it is refused with advice" {
	for option in -u --tty -p '-n 2' '-N 2' -X -m '-L 2' '-s 100' \
	    '-I %' '--soft-timeout 3' --semaphore '--timeout 200%' \
	    '--mem-limit {}' '--workdir {}'; do
		run ppx $option --coproc cat ::: a
		same "$status" 125
		[[ $output == *coproc* || $output == *co-process* ]]
	done
	run ppx --coproc ::: a
	same "$status $output" "125 ppx: --coproc needs a COMMAND, which has the items on its stdin"
	run ppx --coproc echo {} ::: a
	same "$status" 125
	[[ $output == *"no replacement string has a value in it"* ]]
	run ppx --window 3 cat ::: a
	same "$status $output" "125 ppx: --window has no meaning without --coproc"
	run ppx --coproc --window 0 cat ::: a
	same "$status" 125
	run ppx --coproc --reply lines cat ::: a
	same "$status" 125
	[[ $output == *"not one of line, nul, eot=STR, netstring"* ]]
}

@test "many fast items are sent in one piece, and come back in order" {
	seq 1000000 >items
	ppx -k -j2 --coproc cat <items | cmp - items
	ppx -k -j2 --window 100 --coproc cat <items | cmp - items
	ppx -j2 --coproc cat <items | sort -n | cmp - items
	tr '\n' '\0' <items >nuls
	ppx -k -j2 -0 --reply nul --coproc cat <nuls | cmp - nuls
	same "$(ppx --stats --coproc cat <items 2>&1 >/dev/null |
	    grep -oE '"(received|ok|launched)":[0-9]+' | cut -d : -f 2 |
	    sort -u)" 1000000
}

@test "... one of them that kills its program is lost, and no other" {
	seq 20000 >items
	cat >prog <<-'END'
	#!/bin/sh
	while read -r x; do
		case $x in 77|5077|10077|15077) exit 3;; esac
		echo "$x"
	done
	END
	chmod +x prog
	for option in -k "-k --window 64" -j1 "-j1 -k --joblog log"; do
		launch -i items $option --coproc ./prog
		ended "exit 123"
		grep -q '4 of 20000 tasks failed: 4 lost' err
		sort -n out | cmp - <(awk '$1 % 5000 != 77' items)
		if [[ $option == *-k* ]]; then
			sort -n out | cmp - out
		fi
		same "$(grep -oE '^ppx: task [0-9]+' err | cut -d ' ' -f 3 |
		    sort -n | tr '\n' ' ')" "77 5077 10077 15077 "
	done
}

@test "... replies that are long are not kept in memory" {
	need awk
	seq 300 >items
	cat >prog <<-'END'
	#!/bin/sh
	exec awk 'BEGIN { s = "x"; while (length(s) < 300000) s = s s }
		{ if ($1 < 200 || $1 % 10) print $1; else print $1 s; fflush() }'
	END
	chmod +x prog
	./prog <items >want
	ppx -k -j2 --coproc ./prog <items | cmp - want
}

@test "... and bad ones among them are told of" {
	{ seq 5000; printf 'a\0b\n'; seq 5000; } >items
	run ppx -k --coproc cat <items
	same "$status" 123
	same "$(grep -v '[^0-9]' <<<"$output")" "$(seq 5000; seq 5000)"
	[[ $output == *"item 5001 cannot be run: has a NUL byte in it"* ]]
}

@test "programs are killed at random: each item is answered or lost, once" {
	needs_trees
	ulimit -c 0
	n=150000
	sanitized && n=15000
	seq $n >items
	# slow enough to be hit, and known by its name
	cat >tagcat <<-'END'
	#!/bin/sh
	while read -r x; do echo "$x"; done
	END
	chmod +x tagcat
	for option in "" "--window 7" "--joblog log"; do
		launch -i items -k -j3 $option --coproc ./tagcat
		while kill -0 "$pid" 2>/dev/null; do
			{ named tagcat; workers; } | shuf -n 1 |
			    xargs -r kill -9 2>/dev/null || :
			sleep 0.01
		done
		ended "exit 123" || ended "exit 0"
		grep -oE '^ppx: task [0-9]+' err | cut -d ' ' -f 3 >lost || :
		sort -n out | cmp - out
		sort -n out lost | cmp - items
	done
}

@test "a program that is always behind costs no memory" {
	need python3
	cat >slow.py <<'END'
import os, time
while True:
    d = os.read(0, 8192)
    if not d:
        break
    n = d.count(b'\n')
    if n:
        os.write(1, b'.\n' * n)
    end = time.perf_counter() + 60e-6
    while time.perf_counter() < end:
        pass
END
	yes "$(head -c 999 /dev/zero | tr '\0' a)" | head -c 300000000 >in
	run python3 - "$PPX" --coproc -j1 --window 1000 python3 slow.py <<'END'
import resource, subprocess, sys
rc = subprocess.call(sys.argv[1:], stdin=open("in"), stdout=open("out", "wb"))
print(rc, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
	same "${output% *}" 0
	same "$(wc -l <out)" 300000
	sanitized || test "${output#* }" -lt 60000
}

@test "a large item that waits is looked through once, not at each turn" {
	for i in 1 2 3; do head -c 60000000 /dev/zero | tr '\0' a; echo; done >in
	TIMEFORMAT=%U
	{ time ppx --coproc -j1 -k cat <in >out; } 2>user
	cmp out in
	# Once for each item is some 0.1 s; at each turn it was 5 s and more.
	sanitized || awk '{ exit $1 > 3 }' user
}

@test "--retries: what an attempt that failed wrote to stderr is not printed" {
	launch -i <(seq 2) -k -j2 --retries 2 --coproc 'while read x; do
	    echo "of $x" >&2
	    test $x != 2 || { mkdir seen && exit 1; } 2>/dev/null
	    echo $x; done'
	ended "exit 0"
	same "$(grep -v ^ppx err | sort)" "of 1
of 2"
}

@test "--timeout: what was said while ppx was stopped was in time" {
	launch -i <(seq 2) -k -j1 --timeout 2 --coproc 'while read x; do
	    : >at; sleep 0.5; echo $x; : >said; done'
	wait_until test -e at
	kill -STOP "$pid"
	wait_until test -e said
	sleep 2
	kill -CONT "$pid"
	ended "exit 0"
	same "$(<out)" "$(seq 2)"
}

@test "items that may be sent again take no more than 64 MiB" {
	need python3
	cat >late.py <<'END'
import os, select
n = 0
while True:
    if n and not select.select([0], [], [], 0.5)[0]:
        os.write(1, b'.\n' * n)
        n = 0
    d = os.read(0, 1 << 20)
    if not d:
        break
    n += d.count(b'\n')
os.write(1, b'.\n' * n)
END
	cat >peak.py <<'END'
import resource, subprocess, sys
rc = subprocess.call(sys.argv[1:], stdout=open("out", "wb"))
print(rc, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
	yes "$(head -c 9999 /dev/zero | tr '\0' a)" | head -c 200000000 |
	    python3 peak.py "$PPX" --coproc -j1 --window 100000 \
	    python3 late.py >peak
	echo "$(<peak) kB"
	same "$(cut -d ' ' -f 1 peak)" 0
	same "$(wc -l <out)" 20000
	sanitized || test "$(cut -d ' ' -f 2 peak)" -lt 130000
}

@test "fewer slots: a program too many is brought to its end" {
	gate one
	gate two
	launch -i <(seq 2; cat two; echo 3) -j2 --window 1 --coproc \
	    'while read x; do
		: >began.$x
		test $x = 3 || cat one
		echo $x
	    done; echo >>over'
	wait_until test -e began.1 -a -e began.2
	open_gate one
	wait_until lines_are 2 out
	kill -USR2 "$pid"
	wait_until lines_are 1 over
	open_gate two
	ended "exit 0"
	same "$(sort out)" "$(seq 3)"
	lines_are 2 over
}

@test "--min-workers: programs that are not needed are brought to their end" {
	gate one
	gate two
	launch -i <(seq 3; cat two; echo 4) -j3 --window 1 --min-workers 1 \
	    --coproc 'while read x; do
		: >began.$x
		test $x = 4 || cat one
		echo $x
	    done; echo >>over'
	wait_until test -e began.1 -a -e began.2 -a -e began.3
	open_gate one
	wait_until lines_are 2 over
	open_gate two
	ended "exit 0"
	same "$(sort out)" "$(seq 4)"
}

@test "what a program leaves behind is ended and told of" {
	needs_trees
	launch -i <(seq 2) -k -j1 --coproc \
	    'sleep 1000 >/dev/null 2>&1 & exec cat'
	ended "exit 0"
	same "$(<out)" "$(seq 2)"
	nothing_left
	cat err
	grep -q '1 process outlived' err
}

@test "one that reads no more has time as long as it answers" {
	launch -i <(seq 4) -k -j1 --window 3 --termseq TERM,3000,KILL --coproc '
	    read a; read b; read c
	    exec <&-
	    for x in $a $b $c; do sleep 2; echo $x; done'
	ended "exit 0"
	same "$(<out)" "$(seq 4)"
	not grep "has not ended" err
}

@test "a part of a reply is dropped where its time is over, too" {
	launch -i <(seq 3) -k -j1 --window 1 --timeout 2 --coproc 'while read x; do
	    test $x != 2 || { printf part; sleep 600; }; echo $x; done'
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 3 "
	grep -q '^ppx: task 2: .*; 4 bytes of a reply are dropped: 2$' err
}

@test "what is answered after an item's time is over is thrown away" {
	launch -i <(seq 3) -k -j1 --window 1 --timeout 2 --coproc '
	    trap "echo late; echo later; exit" TERM
	    while read x; do
		if test $x = 2; then
			while :; do sleep 0.1; done
		fi
		echo $x
	    done'
	ended "exit 123"
	same "$(tr '\n' ' ' <out)" "1 3 "
	grep -q '1 of 3 tasks failed: 1 timed out' err
	not grep 'more than one reply' err
}

@test "a part of a reply that is printed already: that is said" {
	cat >prog <<-'END'
	#!/bin/sh
	while read x; do
		test $x != 2 || {
			head -c 100000000 /dev/zero | tr '\0' x
			exit 1
		}
		echo $x
	done
	END
	chmod +x prog
	launch -i <(seq 3) -k -j1 --window 1 --tmpdir none --coproc ./prog
	ended "exit 123"
	grep -q '^ppx: task 2: .*; a part of its reply was printed already: 2$' err
}

@test "one that is stopped is told of" {
	gate gate
	launch -i <(seq 2) -k -j1 --coproc \
	    'while read x; do test $x != 1 || kill -STOP $$; echo $x; done; : $PPX_SLOT'
	wait_until grep -q '^ppx: the co-process of slot 1 was stopped by SIGSTOP and waits for SIGCONT$' err
	kill -TERM "$pid"
	ended "signal 15"
}

@test "what it says last on stderr is printed, with a newline or without" {
	launch -j1 --tag --coproc 'while read x; do echo "$x"; done
	    until test -s out; do sleep 0.01; done
	    printf "no end" >&2' ::: a
	ended "exit 0"
	same "$(<err)" "slot 1	no end"
}

@test "a program that gives some item no reply is said, and never a success" {
	few='has read all, ended well, and owes 1 reply: .* none'
	launch -i <(seq 1000) -k -j1 --coproc sed -u 1d
	ended "exit 123"
	grep -q "$few" err
	launch -i <(seq 1000) -k -j1 --retries 3 --coproc 'test -e once || {
	    : >once; read x; }; exec cat'
	ended "exit 123"
	grep -q "$few" err
	rm once
	# With one item at a time it is known which one has none.
	launch -i <(seq 8) -k -j1 --window 1 --timeout 1 --coproc sed -u 5d
	ended "exit 123"
	same "$(<out)" "$(seq 8 | sed 5d)"
	not grep "$few" err
	# One that ends by itself, or badly, may have died of its item.
	launch -i <(seq 8) -k -j1 --retries 2 --coproc 'while read x; do
	    test $x = 8 && ! test -e once && { echo >once; exit 1; }
	    echo $x; done'
	ended "exit 0"
	same "$(<out)" "$(seq 8)"
	not grep "$few" err
	launch -i <(seq 8) -k -j1 --coproc head -n 2
	ended "exit 0"
	not grep "$few" err
}

@test "what a reply lacks is said" {
	launch -i <(seq 2) -k -j1 --coproc --reply eot=END cat
	ended "exit 123"
	grep -q '4 bytes of a reply are dropped, as no line of them is END: 1$' err
	launch -i <(seq 1) --coproc tr -d '\n'
	ended "exit 123"
	grep -q '1 bytes .* dropped, as there is no newline behind them: 1$' err
	launch -i <(echo 1; wait_until grep -q 'been silent' err) -j1 \
	    --coproc --reply eot=END sed -u p
	ended "exit 123"
	grep -q 'for 2 s: 4 bytes have come, but no line of them is END, so' err
}
