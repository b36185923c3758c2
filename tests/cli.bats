# The command line: options, their errors, --help and --version.

load helper

# refuses MESSAGE WORD..: ppx says exactly that and exits with 125.
refuses()
{
	local want="125 ppx: $1"

	shift
	run ppx "$@" </dev/null
	same "$status $output" "$want"
}

# shows COMMANDS WORD..: what --dry-run prints for these words.
shows()
{
	local want="0 $1"

	shift
	run ppx -k --dry-run "$@" </dev/null
	same "$status $output" "$want"
}

# --- options ---------------------------------------------------------------

@test "options end at the first word that is none" {
	shows "echo -k --help a" echo -k --help ::: a
}

@test "options end at --" {
	shows "-prog -k a" -- -prog -k ::: a
}

@test "one-letter options can be joined and take their value attached" {
	shows "echo a" -rkj4 echo ::: a
	shows "echo a" -rj 4 echo ::: a
}

@test "long options can be abbreviated and take their value either way" {
	shows "echo a" --time 5 --ling=2m echo ::: a
}

@test "options of GNU parallel that mean nothing here are accepted" {
	shows "echo a" --gnu --will-cite --no-notice --quote --env PATH \
	    echo ::: a
}

@test "other separators can stand in place of ::: and ::::" {
	shows $'echo ::: a\necho ::: b' --arg-sep @ echo ::: @ a b
	printf '%s\n' x y >items
	shows $'echo :::: x\necho :::: y' --arg-file-sep @ echo :::: @ items
}

@test "jobs can be a number, a share of the CPUs, or in a file" {
	for n in 1 4096 0 50% +1 -1 -1000; do
		shows "echo a" -j "$n" echo ::: a
	done
	echo ' 3 ' >jobs
	shows "echo a" -P jobs echo ::: a
}

# --- errors ----------------------------------------------------------------

@test "an unknown option: the nearest known one is named" {
	refuses "unknown option --keep-ordr; did you mean --keep-order?" \
	    --keep-ordr true
	refuses "unknown option --jbos; did you mean --jobs?" --jbos=3 true
	refuses "unknown option --frobnicate; ppx --help lists all" \
	    --frobnicate
	refuses "unknown option --ab; ppx --help lists all" --ab
	refuses "unknown option -z; ppx --help lists all" -z
	refuses "unknown option -z; ppx --help lists all" -kz
	refuses 'unknown option --\x1B[31m; ppx --help lists all' $'--\e[31m'
}

@test "an ambiguous abbreviation: the candidates are named" {
	refuses "--jo is ambiguous: --jobs, --joblog" --jo 4 true
	# One name of each.
	refuses "--ret is ambiguous: --retries, --retry-delay, --retry-failed" \
	    --ret 4 true
	refuses "--sem is ambiguous: --semaphore, --semaphore-name" --sem true
}

@test "an abbreviation of one option, and of others that are refused" {
	run ppx --tmp "$TMPDIR" echo ::: a
	same "$status $output" "0 a"
	run ppx "--tmp=$TMPDIR" echo ::: a
	same "$status $output" "0 a"
	refuses "--tmpdir needs an argument: DIR" --tmp
	refuses "--tty takes no argument" --tt=x
	run ppx --templ x true
	[[ $output == "ppx: --templ is not supported: "* ]]
}

@test "a missing argument, and one that is too much" {
	refuses "-j needs an argument: N" -j
	refuses "--timeout needs an argument: D" --timeout
	refuses "--null takes no argument" --null=3
}

@test "a bad value: a caret points to its fault" {
	refuses $'--timeout: not a unit of time (ms s m h d)\n    5x\n     ^' \
	    --timeout 5x true
	refuses $'--timeout: must not be negative\n    -1\n    ^' \
	    --timeout -1 true
	refuses $'-j: not a digit\n    4x\n     ^' -j4x true
	refuses $'--linger: not a unit of time (ms s m h d)\n    1\\t2\n     ^' \
	    --linger $'1\t2' true
	refuses $'--termseq: not a number of milliseconds
    TERM,xx,KILL
         ^' --termseq TERM,xx,KILL true
	refuses $'--termseq: not a signal\n    FOO\n    ^' --termseq FOO true
	refuses $'-d: more than one byte\n    ab\n     ^' -d ab true
	refuses $'-d: not one of \\a \\b \\f \\n \\r \\t \\v \\\\ \\0 \\NNN \\xHH\n    \\q\n    ^' \
	    -d '\q' true
	refuses $'--backlog: must be 1 or more\n    0\n    ^' --backlog 0 true
}

@test "too large: the maximum is named; a fraction where there is none" {
	refuses $'--backlog: too large: at most 1000000000\n    9999999999\n             ^' \
	    --backlog 9999999999 true
	refuses $'--timeout: too large: at most 36525d\n    99999d\n    ^' \
	    --timeout 99999d true
	refuses $'--memfree: too large: at most 4096P\n    4097P\n    ^' \
	    --memfree 4097P true
	refuses $'-j: too large: at most 4096\n    99999999999999999\n    ^' \
	    -j 99999999999999999 true
	refuses $'--backlog: not a whole number\n    1.5\n     ^' \
	    --backlog 1.5 true
	refuses $'-j: not a whole number\n    1.5\n     ^' -j 1.5 true
	refuses $'--halt: not a whole number\n    now,fail=1.5\n              ^' \
	    --halt now,fail=1.5 true
}

@test "faults that have a likely reason" {
	refuses $'--max-time: must not be negative; has the time of day passed that it was made from?
    -60
    ^' --max-time -60 true
	refuses $'--mem-limit: only ,strict may follow\n    50M,foo\n       ^' \
	    --mem-limit 50M,foo true
	refuses $'--load: must be more than 0: every load is 0 or more\n    0\n    ^' \
	    --load 0 true
	refuses "--timeout {}%: N% cannot come from a replacement string" \
	    --timeout '{}%' true
	run ppx -k --timeout '{/}' true ::: a/
	same "${lines[0]}" "ppx: item 1 cannot be run: --timeout '': not a number, the item gives nothing: a/"
	run ppx -k --retries '{}' true ::: 10001
	[[ ${lines[0]} == *"--retries 10001: too large: at most 10000: 10001" ]]
}

@test "0 tasks for each worker is no limit" {
	run ppx --max-tasks-per-child 0 echo ::: a
	same "$status $output" "0 a"
}

@test "what means nothing alone" {
	refuses "--retry-delay has no meaning without --retries" \
	    --retry-delay 1 true
	refuses "--soft-signal has no meaning without --soft-timeout" \
	    --soft-signal HUP true
	refuses "--init-fail has no meaning without --init" \
	    --fini : --init-fail retry true
	refuses "--init-timeout has no meaning without --init or --fini" \
	    --init-timeout 1 true
}

@test "a caret stands under the right column of UTF-8" {
	refuses $'-d: more than one byte\n    \\x1Bä\n        ^' -d $'\eä'
}

@test "a bad number of jobs" {
	refuses "-j: 5000 is too many: at most 4096 tasks can run at once" \
	    -j 5000 true
	refuses $'-j: neither a number nor a file that can be read
    nofile
    ^' -j nofile true
	refuses "-j: the argument is empty" -j '' true
	echo many >jobs
	refuses "-j: the first line of jobs is no number of jobs" -j jobs true
}

@test "a bad word for an option that takes one of several" {
	refuses '--leak: must be one of auto|kill|wait|ignore|fail, not "foo"' \
	    --leak foo true
	refuses '--exit: must be one of classes|count|first|max, not ""' \
	    --exit= true
	refuses '--session: must be one of own|shared, not "own "' \
	    --session 'own ' true
}

@test "options that exclude each other are both named" {
	refuses "-k and -u exclude each other: what is not held back has no order" \
	    -ku true
	refuses "--tag and --ungroup exclude each other: ungrouped output is not touched" \
	    --tag --ungroup true
	refuses "--exec and --shell-line exclude each other: COMMAND is a program, or a shell line" \
	    --exec --shell-line true
	refuses "-0 and -d exclude each other: records have one delimiter" \
	    -0 -d , true
	run ppx --tag --tagstring x true </dev/null
	test "$status" -eq 125
	run ppx --group -u true </dev/null
	test "$status" -eq 125
	run ppx --exec --shell bash true </dev/null
	test "$status" -eq 125
}

@test "words that part the sources" {
	refuses ":::: needs the name of a file" echo ::::
	refuses "--arg-sep and --arg-file-sep are the same: ::::" \
	    --arg-sep :::: echo
}

@test "options that need a COMMAND" {
	refuses "-I needs a COMMAND that % stands in" -I%
	refuses "--exec needs a COMMAND" --exec
}

@test "what will never come is refused with advice" {
	for option in --compress --rpl --tmux --sqlmaster -S --sshlogin \
	    --onall --nonall --memsuspend --noswap --limit --citation \
	    --number-of-cpus --number-of-cores \
	    --number-of-threads --bibtex; do
		run ppx "$option" x true </dev/null
		test "$status" -eq 125
		[[ $output == "ppx: "*" is not supported: "* ]]
	done
}

@test "empty arguments where there must be something" {
	refuses "--tmpdir: the argument is empty" --tmpdir= true
	refuses "-I: the argument is empty" -I '' true
	refuses "--joblog: the name of a file is missing" --joblog + true
	refuses "--timeout: the argument is empty" --timeout= true
}

# --- PPX_OPTIONS -----------------------------------------------------------

@test "PPX_OPTIONS may hold display options" {
	PPX_OPTIONS=" --tmpdir  $TMPDIR " shows "echo a" echo ::: a
	PPX_OPTIONS="" shows "echo a" echo ::: a
}

@test "PPX_OPTIONS may hold nothing else" {
	local only="only display options may stand there (--bar,"
	only+=" --color-failed, --eta, --progress, --tmpdir)"

	PPX_OPTIONS="-j4" refuses "PPX_OPTIONS: -j: $only" true
	PPX_OPTIONS="--joblog=x" refuses "PPX_OPTIONS: --joblog: $only" true
	PPX_OPTIONS="--help" refuses "PPX_OPTIONS: --help: $only" true
	PPX_OPTIONS="rm" refuses "PPX_OPTIONS: rm: $only" true
	PPX_OPTIONS="-- rm" refuses "PPX_OPTIONS: rm: $only" true
	PPX_OPTIONS="--zzz" refuses \
	    "PPX_OPTIONS: unknown option --zzz; ppx --help lists all" true
	PPX_OPTIONS="--tmpdir" refuses \
	    "PPX_OPTIONS: --tmpdir needs an argument: DIR" true
}

# --- --help and --version --------------------------------------------------

@test "--help begins with Usage: and fits 80 columns" {
	run ppx --help
	test "$status" -eq 0
	[[ ${lines[0]} == "Usage: ppx "* ]]
	same "$(awk 'length($0) > 80' <<<"$output")" ""
	same "$(grep -c $'\t' <<<"$output")" 0
}

@test "--help goes to stdout and wins over what follows it" {
	ppx --help --frobnicate >out 2>err
	test -s out
	test ! -s err
}

@test "--version begins with the name and the number" {
	run ppx --version
	test "$status" -eq 0
	[[ ${lines[0]} =~ ^ppx\ [0-9]+\.[0-9]+$ ]]
	[[ $output == *"ending of tasks: "* ]]
}

@test "--help and --version fail where they cannot be written" {
	for option in --help --version; do
		run bash -c '"$PPX" '"$option"' >/dev/full'
		same "$status $output" "125 ppx: stdout: No space left on device"
		run bash -c '"$PPX" '"$option"' 2>&1 >&-'
		same "$status $output" "125 ppx: stdout: Bad file descriptor"
	done
}

@test "each message is one line with ppx: first and one write" {
	need strace
	# A leak sanitizer cannot work under strace, and says so.
	ASAN_OPTIONS=detect_leaks=0 run strace -e trace=write \
	    "$PPX" --timeout 5x true
	test "$(grep -c 'write(2, "ppx: ' <<<"$output")" -eq 1
	test "$(grep -c 'write(2, ' <<<"$output")" -eq 1
}
