# The tests of the tests: what fails must be seen to fail.

load helper

# A test program that prints the lines given as arguments and exits with the
# first.
program()
{
	local name=tests/$1 status=$2
	shift 2

	mkdir -p tests
	{
		echo '#!/bin/sh'
		printf 'echo "%s"\n' "$@"
		echo "exit $status"
	} >"$name"
	chmod +x "$name"
}

runs()
{
	run env -u ASAN_OPTIONS sh "$PPX_SRC/tests/run" "$@"
	echo "$output"
}

last_line()
{
	same "${lines[-1]}" "$1"
}

# Runs the bats file on stdin (% for @), with a time limit of 1 second.
nested()
{
	sed "s/^%/@/" >nested.bats
	# In a test, bats stands before the rest of PATH with its inner parts.
	run env -i PATH="${PATH##*bats-core:}" PPX="$PPX" PPX_TOOLS="$PPX_TOOLS" \
	    PPX_SRC="$PPX_SRC" TEST_LIMIT=1 bats --tap nested.bats
	echo "$output"
}

@test "what passed, failed and was skipped is counted" {
	program a 1 'ok 1 - x' 'not ok 2 - y' '# why' 'ok 3 # skip z' 1..3
	program b 0 1..1 'ok 1'
	runs tests/a tests/b
	test "$status" -eq 1
	last_line "2 passed, 1 failed, 1 skipped"
	[[ $output == *"
not ok 2 - y
# why
"* ]]
}

@test "all passed is exit 0" {
	program a 0 1..1 'ok 1'
	runs tests/a
	test "$status" -eq 0
	last_line "1 passed, 0 failed"
}

@test "a planned test that did not run is a failure" {
	program a 0 1..3 'ok 1'
	runs tests/a
	test "$status" -eq 1
	last_line "1 passed, 2 failed"
}

@test "a program without a plan, or without tests, is a failure" {
	program a 0 'ok 1'
	program b 0 1..0
	runs tests/a tests/b
	test "$status" -eq 1
	last_line "1 passed, 2 failed"
}

@test "a bad end after good tests is a failure, shown with its output" {
	program a 3 'ok 1' 1..1 'some words'
	runs tests/a
	test "$status" -eq 1
	last_line "1 passed, 1 failed"
	[[ $output == *"#   some words"* ]]
}

@test "a file that is not there is a failure" {
	program a 0 1..1 'ok 1'
	runs tests/a tests/none tests/none.bats
	test "$status" -eq 1
	last_line "1 passed, 2 failed"
}

@test "a sanitizer's report is a failure" {
	program a 0 1..1 'ok 1'
	echo 'echo heap >${ASAN_OPTIONS#*=}.1' >>tests/a
	sed -i '/^exit/d' tests/a
	runs tests/a
	test "$status" -eq 1
	last_line "1 passed, 1 failed"
	[[ $output == *heap* ]]
}

@test "... but not that of a process killed while it looked for leaks" {
	program a 0 1..1 'ok 1'
	echo 'echo "==2==Unable to get registers from thread 1." \
	    >${ASAN_OPTIONS#*=}.1' >>tests/a
	sed -i '/^exit/d' tests/a
	runs tests/a
	test "$status" -eq 0
	last_line "1 passed, 0 failed"
}

@test "tests do not see make's variables or ignored signals" {
	program a 0
	cat >>tests/a <<-'END'
	echo "$MAKEFLAGS" >seen
	sed -n 's/^SigIgn:.//p' /proc/self/status >>seen
	END
	sed -i '/^exit/d' tests/a
	trap '' INT PIPE
	MAKEFLAGS=j4 runs tests/a
	trap - INT PIPE
	{ read -r flags; read -r ignored; } <seen
	same "$flags" ""
	# A make that uses posix_spawn leaves glibc's own signals 32, 33 ignored.
	test $((16#$ignored & 0x7fffffff)) -eq 0
}

@test "a process that a test leaves behind fails it" {
	nested <<-'END'
	load "$PPX_SRC/tests/helper"
	%test one { background sleep 4321; }
	%test two { true; }
	END
	test "$status" -eq 1
	[[ $output == *"not ok 1 one"*"processes left:"*"sleep 4321"*"ok 2 two"* ]]
}

@test "a file that a test leaves in TMPDIR fails it" {
	nested <<-'END'
	load "$PPX_SRC/tests/helper"
	%test one { touch "$TMPDIR/x"; }
	END
	[[ $output == *"not ok 1 one"*"left in TMPDIR:"* ]]
}

@test "the time limit ends a test whose output a grandchild holds open" {
	nested <<-'END'
	load "$PPX_SRC/tests/helper"
	%test one { run sh -c 'sh -c "sleep 4321; :"; :'; }
	%test two { true; }
	END
	test "$status" -eq 1
	[[ $output == *"not ok 1 one"*"time limit of"*"sleep 4321"*"ok 2 two"* ]]
}

@test "a gate holds tasks, and lets all that come later pass" {
	gate g
	background sh -c 'cat g; echo >one'
	background sh -c 'cat g; echo >two'
	test ! -e one
	test ! -e two
	open_gate g
	wait_until test -e one
	wait_until test -e two
	cat g
}

@test "background commands can be interrupted and read a fifo" {
	mkfifo f
	background -i f cat
	echo x >f
	ends $!
	background sleep 4321
	sleeper=$!
	wait_until tag_pids "$TAG" sleep
	kill -INT $sleeper
	ends $sleeper
}

@test "tiny writes its argument" {
	same "$("$PPX_TOOLS/tiny" 'a b')" 'a b'
	same "$("$PPX_TOOLS/tiny")" ''
}

@test "a parallel that is not GNU's is none to compare with" {
	mkdir other
	printf '#!/bin/sh\necho "parallel: invalid option" >&2; exit 1\n' \
	    >other/parallel
	chmod +x other/parallel
	same "$(PATH=$PWD/other:$PATH
	    skip() { echo "skip: $*"; exit; }
	    need parallel; echo "needed")" "skip: needs GNU parallel"
}
