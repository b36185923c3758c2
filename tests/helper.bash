# For tests/*.bats: "load helper".  Run by make check, or by hand after it:
# bats -f 'part of a name' tests/pool.bats
#
# Each test starts in an empty directory of its own ($WORK, with TMPDIR below
# it) and in an environment that carries a tag unique to it, by which every
# process that comes of it is found.  At the end of a test no such process and
# no file in TMPDIR may be left: a test ends what it leaves on purpose
# ("tagged kill"), or it fails.
#
# A file with a setup or teardown of its own calls test_setup first, and
# test_teardown last.
#
#	ppx ARG..		runs the ppx under test
#	background [-i FILE] CMD..
#				starts CMD, its stdin FILE; its pid is $!
#	wait_until CMD..	waits until CMD succeeds
#	ends PID		waits until PID has ended
#	need CMD..		skips the test where one of them is missing
#	tag_pids TAG [NAME]	processes alive with TAG in environ or arguments
#	new_tag			prints a new tag, for a part of a test
#	no_leftovers [TAG]	fails if any is left after a grace time
#	gate NAME		makes a fifo that tasks wait at: cat NAME
#	open_gate NAME		lets them, and all that come later, pass
#	sanitized, generic	conditions: how ppx was built
#	same GOT WANT		two strings are equal, and if not shows both
#	not CMD..		CMD must fail (errexit does not act on "! CMD")
#
# No test sleeps to give something time; it waits for what it needs to see.

# BATS_TEST_TIMEOUT is not used: it ends children of the test only, so a test
# that waits for the output of a hung grandchild would hang on.
: "${TEST_LIMIT:=120}"
: "${PPX_TEST_SLOW:=1}"

if declare -F bats_require_minimum_version >/dev/null; then
	bats_require_minimum_version 1.5.0
fi

top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
: "${PPX:=$top/ppx}" "${PPX_TOOLS:=$top/tests/tools}" "${PPX_SRC:=$top}"
export PPX PPX_TOOLS PPX_SRC
unset top

setup()
{
	test_setup
}

teardown()
{
	test_teardown
}

test_setup()
{
	local tool

	for tool in "$PPX" "$PPX_TOOLS/tagged"; do
		if ! test -x "$tool"; then
			echo "$tool is not there: run make check first" >&2
			return 1
		fi
	done
	WORK=$BATS_TEST_TMPDIR/work
	mkdir -p "$WORK" "$BATS_TEST_TMPDIR/tmp"
	cd "$WORK" || return 1
	TAG=$(new_tag)
	"$PPX_TOOLS/tagged" watch $$ $((TEST_LIMIT * PPX_TEST_SLOW)) \
	    "$BATS_TEST_TMPDIR/killed" <<<"$TAG" &
	watchdog=$!
	# So that a test can say "wait".
	disown
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	export PPX_TEST_TAG=$TAG
}

test_teardown()
{
	local bad=0

	cd /
	test -n "${TAG-}" || return 0
	# Until bash has reaped it: not every system's process 1 would.  And again:
	# a bash that has just been forked may lose the first one.
	while kill "$watchdog" 2>/dev/null; do
		sleep 0.01
	done
	if test -e "$BATS_TEST_TMPDIR/killed"; then
		echo "time limit of $((TEST_LIMIT * PPX_TEST_SLOW)) s; killed:"
		cat "$BATS_TEST_TMPDIR/killed"
		bad=1
	fi
	no_leftovers || bad=1
	if test -n "$(ls -A "$TMPDIR")"; then
		echo "left in TMPDIR:"
		ls -lA "$TMPDIR"
		bad=1
	fi
	return $bad
}

ppx()
{
	"$PPX" "$@"
}

# A shell without job control starts background commands with INT and QUIT
# ignored; bats waits for all that hold its descriptors 3 and 4.  FILE can be
# a fifo: it is not opened here.
background()
{
	local input=/dev/null

	if test "$1" = -i; then
		input=$2
		shift 2
	fi
	if test "$1" = ppx; then
		set -- "$PPX" "${@:2}"
	fi
	env --default-signal=INT,QUIT "$@" <"$input" 3>&- 4>&- &
}

wait_until()
{
	local limit=$((${PPX_TEST_WAIT:-20} * PPX_TEST_SLOW))
	local end=$((SECONDS + limit))

	until "$@"; do
		if ((SECONDS > end)); then
			echo "wait_until: not within $limit s: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

gone()
{
	local state

	# Of a zombie nothing is left but its status.
	state=$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null) || return 0
	[[ -z $state || $state == [ZX] ]]
}

ends()
{
	wait_until gone "$1"
}

need()
{
	local cmd

	for cmd; do
		command -v "$cmd" >/dev/null || skip "needs $cmd"
		# moreutils has another one
		if [[ $cmd == parallel &&
		    $(parallel --version 2>/dev/null) != GNU* ]]; then
			skip "needs GNU parallel"
		fi
	done
}

new_tag()
{
	printf 'ppx-test-%s-%s-%s\n' "$$" "$RANDOM$RANDOM" "${EPOCHREALTIME#*.}"
}

tag_pids()
{
	"$PPX_TOOLS/tagged" list "$@"
}

untagged()
{
	not "$PPX_TOOLS/tagged" list "$1" >/dev/null
}

not()
{
	if "$@"; then
		return 1
	fi
}

no_leftovers()
{
	local tag=${1:-$TAG}

	# What was killed with -9 needs a moment to be gone.
	if PPX_TEST_WAIT=2 wait_until untagged "$tag" 2>/dev/null; then
		return 0
	fi
	echo "processes left:"
	"$PPX_TOOLS/tagged" show "$tag"
	"$PPX_TOOLS/tagged" kill "$tag"
	return 1
}

gate()
{
	mkfifo "$1"
}

# The empty file is for those who come later.  It takes the name while the
# fifo is open for writing, so that nobody can come between.
open_gate()
{
	local fd

	: >"$1.open"
	exec {fd}<>"$1"
	mv "$1.open" "$1"
	exec {fd}>&-
}

sanitized()
{
	test -n "${PPX_TEST_SANITIZED-}"
}

generic()
{
	test -n "${PPX_TEST_GENERIC-}"
}

same()
{
	[[ $1 == "$2" ]] && return 0
	printf 'got:  %q\nwant: %q\n' "$1" "$2"
	return 1
}

# gives WANT WORD..: what ppx -k prints, and exits with 0.
gives()
{
	local want="0 $1"

	shift
	run ppx -k "$@" </dev/null
	same "$status $output" "$want"
}

# Makes ./show, which prints its arguments in brackets, on a line.
make_show()
{
	cat >show <<-'END'
	#!/bin/sh
	for a; do printf '<%s>' "$a"; done
	echo
	END
	chmod +x show
}

# Makes ./peak, for tasks: it reads all, and prints the peak memory of ppx in KiB.
make_reader()
{
	cat >peak <<-'END'
	#!/bin/sh
	cat >/dev/null
	ppx=$(sed -n 's/^PPid:.//p' "/proc/$PPX_WORKER_PID/status")
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$ppx/status"
	END
	chmod +x peak
}

# Has file $2 more than $1 lines?
more_than()
{
	test "$(wc -l <"$2")" -gt "$1"
}
