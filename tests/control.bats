# What steers a run: --delay, --nice, --workdir, --weight, -j FILE, --tty, -p;
# and the names that xargs and GNU parallel have for options.

load helper

# most WORD..: runs six tasks and prints how many ran at once.
most()
{
	ppx --stats=stats "$@" 'sleep 0.03; echo {}' ::: 1 2 3 4 5 6 >out
	same "$(sort out | paste -sd ' ')" "1 2 3 4 5 6"
	sed 's/.*"max_workers_busy_concurrently":\([0-9]*\),.*/\1/' stats
}

# typed TEXT..: types each when the terminal has shown a ? or "ready" since.
typed()
{
	local text n=0

	for text; do
		n=$((n + 1))
		wait_until eval "test \$(grep -o -e '?\.\.\.' -e ready shown |
		    wc -l) -ge $n"
		printf "$text"
	done
	# The terminal is closed only when all is over.
	wait_until test -e over
}

# at_terminal TEXT.. -- CMD..: what the terminal shows goes to the file shown,
# the status to the file over.
at_terminal()
{
	local texts=()

	until [[ $1 == -- ]]; do
		texts+=("$1")
		shift
	done
	shift
	rm -f over
	: >shown
	typed "${texts[@]}" | {
		rc=0
		"$PPX_TOOLS/onpty" -p pid -j stops "$@" >>shown || rc=$?
		echo "$rc" >over
	}
	tr -d '\r' <shown >text
}

# --- --delay ---------------------------------------------------------------

@test "--delay: so much time between two starts, the first at once" {
	local start=$EPOCHREALTIME
	ppx -j4 --delay 150ms true ::: 1 2 3 4
	awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit b - a < 0.45 }'
	start=$EPOCHREALTIME
	ppx --delay 1000 true ::: 1
	awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { exit b - a >= 20 }'
}

@test "--delay: an interrupt does not wait for it" {
	background ppx -q --delay 1000 'echo {} >>ran' ::: 1 2 3
	wait_until test -s ran
	kill -INT $!
	ends $!
	same "$(<ran)" 1
}

@test "--delay: a dry run does not wait" {
	same "$(ppx --dry-run --delay 1000 echo ::: 1 2 3 | wc -l)" 3
}

# --- --nice ----------------------------------------------------------------

@test "--nice: tasks run at that niceness, ppx does not" {
	test "$(nice)" -eq 0 || skip "the tests themselves run at $(nice)"
	same "$(ppx --nice 12 'nice; : {}' ::: 1)" 12
	same "$(ppx --nice +12 'nice; : {}' ::: 1)" 12
	same "$(nice -n 3 "$PPX" --nice 12 'nice; : {}' ::: 1)" 12
	same "$(nice -n 3 "$PPX" 'nice; : {}' ::: 1)" 3
	same "$(ppx --nice 12 'ps -o ni= -p $(ps -o ppid= -p $PPX_WORKER_PID); : {}' \
	    ::: 1 | tr -d ' ')" "$(nice)"
}

@test "--nice: a session's scheduler group gets it, too" {
	test -w /proc/self/autogroup || skip "no autogroup"
	run ppx --nice 11 'cat /proc/self/autogroup; : {}' ::: 1
	[[ $output == *"nice 11" ]] || test "$(id -u)" -ne 0
	run ppx --session=shared --nice 11 'cat /proc/self/autogroup; : {}' ::: 1
	[[ $output != *"nice 11" ]]
}

@test "--nice as GNU parallel" {
	need parallel
	test "$(nice)" -eq 0 || skip "the tests themselves run at $(nice)"
	for n in 0 7 19 30; do
		same "$(ppx --nice $n 'nice; : {}' ::: 1 2>&1)" \
		    "$(parallel --nice $n 'nice; : {}' ::: 1)" || test $n = 30
	done
}

@test "--nice: what is none, or is not allowed" {
	for n in x 20 -21 5x ''; do
		run ppx --nice "$n" touch ran ::: 1
		test "$status" -eq 125
	done
	if test "$(id -u)" -ne 0; then
		run nice -n 5 "$PPX" --nice 1 touch ran ::: 1
		test "$status" -eq 125
		[[ $output == "ppx: --nice 1: "*"ppx itself has 5"* ]]
	fi
	test ! -e ran
}

# --- --workdir -------------------------------------------------------------

@test "--workdir: tasks run there, in another for each" {
	mkdir -p a 'b  c/d'
	same "$(ppx --workdir a 'pwd; : {}' ::: 1)" "$PWD/a"
	same "$(ppx -k --wd {} 'pwd; : {}' ::: a 'b  c/d' .)" \
	    "$PWD/a"$'\n'"$PWD/b  c/d"$'\n'"$PWD"
	same "$(ppx -k --wd '{//}' 'pwd; : {}' ::: a/x)" "$PWD/a"
}

@test "--workdir with a replacement string as GNU parallel" {
	need parallel
	mkdir -p x/1 x/2
	same "$(ppx -k --workdir "$PWD/x/{}" 'pwd; : {}' ::: 1 2)" \
	    "$(parallel -k --workdir "$PWD/x/{}" 'pwd; : {}' ::: 1 2)"
}

@test "--workdir: a directory that is not there is a bad item" {
	mkdir a
	rc=0
	ppx -k --wd {} 'pwd; : {}' ::: a none a >out 2>err || rc=$?
	same "$rc $(wc -l <out)" "123 2"
	same "$(head -1 err)" "ppx: item 2 cannot be run: --workdir none: No such file or directory: none"
	grep -q '1 bad item' err
}

@test "--workdir: a fixed one that is not there starts nothing" {
	run ppx --workdir none touch ran ::: a
	same "$status $output" \
	    "125 ppx: --workdir none: No such file or directory"
	run ppx --workdir ... touch ran ::: a
	test "$status" -eq 125
	[[ $output == *"mktemp -d"* ]]
	test ! -e ran
	: >file
	run ppx --workdir file touch ran ::: 1
	same "$status $output" "125 ppx: --workdir file: Not a directory"
}

@test "--workdir: a program with a path is looked for there" {
	mkdir a b
	printf '#!/bin/sh\necho here\n' >a/prog
	chmod +x a/prog
	same "$(ppx --wd a ./prog ::: 1)" here
	rc=0
	ppx -k --wd {} ./prog ::: b a >out 2>err || rc=$?
	same "$rc $(<out)" "123 here"
}

# --- --weight --------------------------------------------------------------

@test "--weight: a task takes several places" {
	same "$(most -j4 --weight 2)" 2
	same "$(most -j4 --weight 4)" 1
	same "$(most -j4 --weight 3)" 1
}

@test "--weight: one that is heavier than -j runs alone" {
	same "$(most -j2 --weight 100)" 1
}

@test "--weight: heavy ones do not starve among light ones" {
	seq 100 | ppx -j3 --weight '{}' 'echo {} >>order' >/dev/null
	same "$(wc -l <order)" 100
	# 3 of the first are light, and so pass nobody
	printf '%s\n' 1 1 3 1 1 1 1 >in
	ppx -j3 --weight '{}' 'echo {#} >>seq; sleep 0.02' <in
	same "$(sed -n 3p seq)" 3
}

@test "--weight: values that are none" {
	for w in 0 -1 x; do
		run ppx --weight "$w" touch ran ::: a
		test "$status" -eq 125
	done
	test ! -e ran
	run ppx --weight {} touch ::: 0
	test "$status" -eq 123
	[[ $output == *"item 1 cannot be run: --weight 0: must be 1 or more"* ]]
}

@test "--weight: with -k and full pipes all go on" {
	ppx -k -j2 --weight {} --retries 2 --tmpdir "$PWD/none" \
	    'head -c 300000 /dev/zero; : {}' ::: 2 1 2 1 2>/dev/null | wc -c >size
	same "$(<size)" 1200000
}

# --- -j FILE ---------------------------------------------------------------

@test "-j FILE is read again as the run goes on" {
	echo 1 >jobs
	gate g
	background ppx -j jobs ': >started.{}; cat g' ::: 1 2 3
	wait_until test -e started.1
	test ! -e started.2
	echo 3 >jobs
	wait_until test -e started.3
	open_gate g
	ends $!
}

@test "-j FILE that is gone, or is none any more, changes nothing" {
	echo 2 >jobs
	gate g
	background ppx -j jobs ': >started.{}; cat g' ::: 1 2
	wait_until test -e started.2
	rm jobs
	mkfifo jobs
	open_gate g
	ends $!
	wait $!
}

@test "-j FILE that says nothing of use any more is told of, once" {
	echo 1 >jobs
	gate g
	background ppx -j jobs ': >started.{}; cat g' ::: 1 2 3 2>err
	wait_until test -e started.1
	echo junk >jobs
	wait_until grep -qs . err
	: >jobs
	echo "3 as long as it is night" >jobs
	wait_until test -e started.3
	open_gate g
	ends $!
	same "$(<err)" "ppx: -j: the first line of jobs is no number of jobs any more: nothing is changed"
}

@test "-j FILE: as many as it says now may wait to be read" {
	cat >t.sh <<-'END'
		: >started.$1
		case $1 in
		1) head -c 20000000 /dev/zero ;;
		*) head -c 65536 /dev/zero ;;
		esac
	END
	echo 1 >jobs
	mkfifo out
	exec 9<>out
	# With so few descriptors no output stays in its pipe.
	background bash -c 'ulimit -n 256
		exec "$PPX" -j jobs --tmpdir "$PWD/none" sh t.sh \
		    ::: 1 2 3 4 5 >out 2>err 9>&-'
	# The first one has filled what there is of memory.
	wait_until grep -qs 'no temporary file' err
	echo 4 >jobs
	wait_until test -e started.5
	wc -c <out >size 9>&- &
	exec 9>&-
	ends $!
	same "$(<size)" 20262144
}

# --- --tty -----------------------------------------------------------------

@test "--tty: a task has the terminal, one at a time, as its foreground" {
	at_terminal 'one\n' 'two\n' -- "$PPX" --tty sh -c '
		test "$(ps -o tpgid= -p $$)" -eq "$(ps -o pgid= -p $$)" || exit
		test -t 1 || exit
		echo ready; read x; echo "$1: $x"' sh ::: a b
	same "$(<over)" 0
	grep -qx 'a: one' text
	grep -qx 'b: two' text
}

@test "a terminal that stands still: TERM ends ppx all the same" {
	mkfifo shown
	exec 9<>shown
	PPX_TEST_TAG=$TAG background "$PPX_TOOLS/onpty" -p pid "$PPX" -t -j1 \
	    true {} "$(printf '%03500d' 0)" ::: {1..1000} >shown 9>&-
	relay=$!
	wait_until test -s pid
	# It is full when nothing more is started.
	wait_until eval 'was=$now; now=$(sed -n "s/^voluntary[^:]*://p" \
	    "/proc/$(<pid)/status"); sleep 0.2; test "$now" = "${was-}"'
	kill -TERM "$(<pid)"
	ends "$(<pid)"
	exec 8<shown 9>&-
	cat <&8 >/dev/null &
	exec 8<&-
	ends "$relay"
	rc=0
	wait "$relay" || rc=$?
	same "$rc" 143
}

@test "--tty: /dev/tty where stdin is the input" {
	printf '%s\n' a b >items
	at_terminal 'one\n' 'two\n' -- sh -c '"$PPX" -o sh -c "
		echo ready; read x; echo \"\$1: \$x\"" sh <items'
	same "$(<over)" 0
	grep -qx 'a: one' text
	grep -qx 'b: two' text
}

@test "--tty: Ctrl-C goes to the task; if it dies of it so does ppx" {
	at_terminal '\003' 'x\n' -- "$PPX" -q --tty sh -c '
		trap "echo caught ready" INT
		echo ready; read x; read x; echo "$1"' sh ::: a
	same "$(<over)" 0
	grep -q caught text
	at_terminal '\003' -- "$PPX" -q --tty sh -c '
		echo ready; read x' sh ::: a b
	same "$(<over)" 130
	same "$(grep -c ready text)" 1
}

@test "--tty: Ctrl-Z stops the task and ppx; both go on" {
	rm -f stops pid
	: >shown
	rm -f over
	{
		wait_until grep -q ready shown
		printf '\032'
		wait_until test -s stops
		kill -CONT "$(<pid)"
		printf 'x\n'
		wait_until test -e over
	} | {
		rc=0
		"$PPX_TOOLS/onpty" -p pid -j stops "$PPX" --tty sh -c '
			echo ready; read x; echo "got $x"' sh ::: a \
			>>shown || rc=$?
		echo "$rc" >over
	}
	same "$(<over) $(<stops)" "0 stopped 20"
	grep -q 'got x' shown
}

@test "--tty: a killed worker leaves the terminal to ppx" {
	at_terminal 'x\n' -- "$PPX" -q --tty sh -c '
		if [ "$1" = a ]; then kill -9 $PPX_WORKER_PID; sleep 20; fi
		echo ready; read x; echo "$1: $x"' sh ::: a b
	same "$(<over)" 123
	grep -qx 'b: x' text
}

@test "--tty: no terminal, or several tasks" {
	run setsid -w "$PPX" --tty touch ran <<<a
	same "$status" 125
	[[ $output == "ppx: --tty: there is no terminal (/dev/tty)"* ]]
	run ppx --tty -j2 touch ran ::: a
	same "$status $output" \
	    "125 ppx: --tty and -j 2 exclude each other: one task at a time has the terminal"
	run ppx --tty -j0 touch ran ::: a
	same "$status $output" \
	    "125 ppx: --tty and -j 0 exclude each other: one task at a time has the terminal"
	test ! -e ran
}

@test "--tty: without a terminal and with items elsewhere stdin is the task's" {
	same "$(echo text | setsid -w "$PPX" --tty 'cat; : {}' ::: a)" text
}

# --- -p --------------------------------------------------------------------

@test "-p asks for each task; only y or Y runs it" {
	at_terminal 'y\n' 'n\n' '\n' 'Yes\n' ' y\n' -- "$PPX" -p -k echo got \
	    ::: a b c d e
	same "$(<over)" 0
	grep -q 'echo got a ?\.\.\.' text
	same "$(grep -o 'got [a-e]$' text | paste -sd ' ')" "got a got d"
	grep -q '5 tasks: 3 not started' text
}

@test "-p as xargs" {
	need xargs
	printf '%s\n' a b c >items
	at_terminal 'y\n' 'n\n' 'y\n' -- sh -c 'xargs -n1 -p echo got <items'
	# which has no blank there
	grep -o 'echo got [a-c]?\.\.\.' text | sed 's/?/ ?/' >want
	at_terminal 'y\n' 'n\n' 'y\n' -- sh -c \
	    '"$PPX" -q -j1 --interactive echo got <items'
	grep -o 'echo got [a-c] ?\.\.\.' text >is
	diff want is
}

@test "-p: the end of the terminal's input is a no" {
	at_terminal '\004' '\004' -- "$PPX" -q -p echo got ::: a b
	same "$(<over)" 0
	run grep -cx 'got [ab]' text
	same "$output" 0
}

@test "-p: the answer is for the task that was asked for" {
	at_terminal '' 'y\n' 'n\n' -- sh -c '
		{ echo 5; until grep -q "RAN 5 ?" shown; do sleep 0.02; done
		echo 1; sleep 0.2; echo ready >/dev/tty; } |
		"$PPX" -q -j1 -p --priority {} "echo RAN {}"'
	same "$(grep -o 'RAN [15]$' text)" "RAN 5"
}

@test "-p: no terminal" {
	run setsid -w "$PPX" -p touch ran ::: a
	same "$status" 125
	[[ $output == "ppx: -p: there is no terminal (/dev/tty) to ask on"* ]]
	test ! -e ran
}

@test "-p: what runs is looked after while nobody answers" {
	at_terminal 'y\n' 'n\n' -- "$PPX" -q -j2 -p --timeout 0.1 \
	    'sleep {}' ::: 1000 1001
	same "$(<over)" 123
}

# --- --process-slot-var ----------------------------------------------------

@test "--process-slot-var as xargs and GNU parallel" {
	same "$(S=9 ppx -j1 --process-slot-var S 'echo $S; : {}' ::: a b)" $'0\n0'
	gate g
	background ppx -j3 --process-slot-var=S ': >slot.$S; cat g' ::: a b c
	wait_until eval 'test $(ls -d slot.[012] | wc -l) -eq 3'
	open_gate g
	ends $!
	need xargs
	same "$(ppx -j1 --process-slot-var S sh -c 'echo "$S$1"' sh <<<a)" \
	    "$(xargs -P1 --process-slot-var=S sh -c 'echo "$S$1"' sh <<<a)"
	for name in A=B PPX_SEQ ''; do
		run ppx --process-slot-var "$name" true ::: a
		same "$status" 125
	done
}

# --- names -----------------------------------------------------------------

# alias OPTION[=VALUE].. -- NAME[=VALUE].. : both do the same with three items.
alike()
{
	local a b

	a=$(printf '%s\n' '1 a' '' '2 b' | ppx -k --dry-run "$1" echo 2>&1 ||
		echo "status $?")
	b=$(printf '%s\n' '1 a' '' '2 b' | ppx -k --dry-run "$2" echo 2>&1 ||
		echo "status $?")
	same "$(sed 's/^ppx: -[^:]*:/OPTION:/' <<<"$b")" \
	    "$(sed 's/^ppx: -[^:]*:/OPTION:/' <<<"$a")" ||
		{ echo "$1 $2"; bad=1; }
}

@test "names of xargs and GNU parallel mean the same" {
	while read -r ours theirs; do
		for other in $theirs; do
			alike "$ours" "$other"
		done
	done <<-'END'
		--arg-file=none -anone --argfile=none
		--no-run-if-empty -r --norunifempty
		--delimiter=x -dx
		--null -0
		--eof=2 -E2 -e2
		--colsep=_ -C_ --col-sep=_
		--skip-first-line --skipfirstline
		--arg-sep=x --argsep=x
		--arg-file-sep=x --argfilesep=x
		--max-args=1 -n1 --maxargs=1
		--max-replace-args=1 -N1 --maxreplaceargs=1
		--max-lines=1 -L1 --maxlines=1 -l1 -l
		--max-chars=100 -s100 --maxchars=100
		-Ix -ix --replace=x
		-I{} -i --replace
		--link --xapply --linkinputsource
		--dry-run --dryrun --dr
		--jobs=3 -j3 -P3 --max-procs=3 --maxprocs=3
		--jobs=3x -j3x -P3x --max-procs=3x
		--termseq=TERM,200,KILL --term-seq=TERM,200,KILL
		--halt=now,fail=1 --halt-on-error=now,fail=1
		--halt=x --halt-on-error=x --haltonerror=x
		--load=100% --max-load=100%
		--mem-limit=1G --memory-limit=1G
		--workdir=. --wd=. --work-dir=.
		--tty -o --open-tty
		--keep-order -k --keeporder
		--line-buffer --lb --linebuffer --line-buffered
		--ungroup -u
		--tagstring=x --tag-string=x
		--tmpdir=/tmp --tempdir=/tmp
		--color-failed --cf --colour-failed
		--joblog=+ --jl=+
		--verbose -t
		--interactive -p
		--gnu --plain --silent --will-cite --no-notice --quote
	END
	test -z "${bad-}"
}

@test "-h and -V" {
	same "$(ppx -h)" "$(ppx --help)"
	same "$(ppx -V | head -1)" "$(ppx --version | head -1)"
}

@test "-i, -l and -e take a value only when it is attached" {
	same "$(ppx -i echo '<{}>' ::: a)" "<a>"
	same "$(ppx -i% echo '<%>' '{}' ::: a)" "<a> {}"
	same "$(ppx --replace=% echo '<%>' ::: a)" "<a>"
	run ppx -l0 echo ::: a
	same "$status" 125
	run ppx -lx echo ::: a
	same "$status" 125
}

@test "-i as xargs" {
	need xargs
	printf '%s\n' 'a b' c >items
	for words in '-i echo <{}>' '-iX echo X,X' '--replace=X echo X' \
	    '-I X echo X'; do
		same "$(ppx -k $words <items)" "$(xargs $words <items)"
	done
}

# Every option in the two manuals has been decided: it is known or refused by
# name.  These lists are of GNU parallel 20221122 and GNU findutils 4.9.0.
@test "each option of GNU parallel and xargs is known, or is told what to do" {
	for name in null arg-file arg-file-sep arg-sep bar basefile bf \
	    basenamereplace bnr basenameextensionreplace bner bin bg block \
	    block-size block-timeout bt cat cleanup color color-failed cf \
	    colsep compress compress-program decompress-program csv ctag \
	    ctagstring delay delimiter dirnamereplace dnr dry-run eof embed \
	    env eta fg fifo filter filter-hosts gnu group group-by help \
	    halt-on-error halt header hostgroups hgrp replace joblog jl jobs \
	    max-procs keep-order max-lines limit latest-line ll line-buffer \
	    lb link xapply load controlmaster memfree memsuspend minversion \
	    max-args max-replace-args nonall onall open-tty output-as-files \
	    outputasfiles files pipe spreadstdin pipe-part plain plus \
	    process-slot-var progress max-line-length-allowed number-of-cpus \
	    number-of-cores number-of-sockets number-of-threads no-keep-order \
	    nice interactive parens profile quote no-run-if-empty noswap \
	    record-env recstart recend regexp remove-rec-sep removerecsep rrs \
	    results res resume resume-failed retry-failed retries return \
	    round-robin round rpl rsync-opts max-chars show-limits semaphore \
	    semaphore-name id semaphore-timeout st seqreplace session shard \
	    shebang hashbang shebang-wrap shell-completion shell-quote shuf \
	    skip-first-line sql sql-master sql-and-worker sql-worker ssh \
	    ssh-delay sshlogin sshloginfile slf slotreplace silent template \
	    tmpl tty tag tagstring tee term-seq total-jobs total tmpdir tmux \
	    tmuxpane timeout verbose transfer transferfile tf trc trim \
	    ungroup extensionreplace er use-sockets-instead-of-threads \
	    use-cores-instead-of-threads use-cpus-instead-of-cores version \
	    workdir wd wait exit xargs; do
		run ppx "--$name" </dev/null
		[[ $output != *"unknown option"* ]] || bad="${bad-} $name"
		[[ $output != *"is ambiguous"* ]] || bad="${bad-} $name"
	done
	same "${bad-}" ""
}

# --- errors ----------------------------------------------------------------

@test "input that cannot be read starts nothing" {
	mkdir dir
	for words in '-a dir' '-a none' '-a items -a none'; do
		echo a >items
		run ppx $words touch ran
		same "$status" 125
		[[ $output == "ppx: cannot read "*": "* ]]
	done
	run ppx touch ran :::: items dir
	same "$status $output" "125 ppx: cannot read dir: Is a directory"
	test ! -e ran
}

@test "what stands in the advice for options of GNU parallel works" {
	run -125 ppx --shellquote
	[[ $output == *"use ppx -k --shell bash 'printf \"%q\\n\" {}'"* ]]
	same "$(printf '%s\n' 'a b' "c'd" '*' |
	    ppx -k --shell bash 'printf "%q\n" {}')" $'a\\ b\nc\\\'d\n\\*'
	run -125 ppx --filter '{1} < {2}' echo
	[[ $output == *"'[ .. ] || exit 0; ..'"* ]]
	gives $'2\n3' '[ {} -gt 1 ] || exit 0; echo {}' ::: 1 2 3
}

@test "what is refused is named as it was written" {
	run ppx --slf hosts true
	same "$status" 125
	[[ $output == "ppx: --slf is not supported: "* ]]
	run ppx -S host true
	[[ $output == "ppx: -S is not supported: "* ]]
	run ppx -J prof true
	[[ $output == "ppx: -J is not supported: "* ]]
}
