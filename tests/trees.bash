# For tests that look at ppx from outside while it runs, and at what it
# leaves: "load helper", then "load trees".
#
#	launch [-i FILE] ARG..	starts ppx in the background: stdin FILE, stdout
#				to $stdout or the file out, stderr to err;
#				$pid is its pid, $tag the tag of all below it;
#				${start[@]} are options for tools/start,
#				${via[@]} a command that becomes ppx
#	new_part		a new $tag, where launch does not fit
#	ended HOW		waits until it has ended; HOW is "exit N" or
#				"signal N"
#	nothing_left		no process of it is alive, as of now
#	workers			pids of its children
#	named NAME		pids of its tasks' processes of that name
#	named_are N NAME	there are N of them
#	state PID		R S D T Z, or nothing when it has gone
#	states_are S PID..	all are in state S
#	lines_are N FILE	FILE has N lines
#	has TEXT FILE		TEXT is a line of FILE
#	column N FILE		of a joblog, without the header
#	all_logged N FILE	it has one row for each of 1..N
#	nobody			a command: its arguments under a user id that
#				nobody else has
#	needs_nobody		skips where this user cannot become another;
#				else moves to a directory that all can enter,
#				with copies of ppx and the tools; the file's
#				teardown says remove_public
#	few_processes N		ppx will be started as a user with a limit of N
#				processes (RLIMIT_NPROC), itself included; skips
#				where that cannot be
#	needs_trees		skips where ppx can only end process groups
#	stop_and_go N		stops ppx and continues it, N times
#	end_frozen WORKER PID..	stops ppx and these; kills ppx and its WORKER
#	seconds N CMD..		CMD succeeds, and within N seconds

PATH=$PPX_TOOLS:$PATH

launch()
{
	local input=()

	if test "$1" = -i; then
		input=(-i "$2")
		shift 2
	fi
	rm -f pid how
	new_part
	PPX_TEST_TAG=$tag background "${input[@]}" \
	    start -p pid -s how "${start[@]}" \
	    "${via[@]}" "$PPX" "$@" \
	    >"${stdout:-out}" 2>err
	starter=$!
	wait_until test -s pid
	read -r pid <pid
}

# The test's own tag stands in it, so that its end finds what it forgot.
new_part()
{
	parts=$((${parts-0} + 1))
	tag=$TAG+$parts+
}

ended()
{
	wait_until test -s how || return 1
	wait "$starter" || :
	same "$(<how)" "$1" && return 0
	cat err
	return 1
}

nothing_left()
{
	untagged "$tag" && return 0
	echo "alive when ppx had ended:"
	"$PPX_TOOLS/tagged" show "$tag"
	"$PPX_TOOLS/tagged" kill "$tag"
	return 1
}

# Field N of /proc/PID/stat as proc(5) counts them, from 3 on.
stat_field()
{
	local line n=$1

	{ read -r line <"/proc/$2/stat"; } 2>/dev/null || return 0
	set -- ${line##*) }
	shift $((n - 3))
	echo "$1"
}

state()
{
	stat_field 3 "$1"
}

# By name and parent: at its end ppx has another child under a sanitizer, which
# looks for leaks.  Who kills that one makes ppx wait for ever.
workers()
{
	local p line

	for p in $(tag_pids "$tag"); do
		{ read -r line <"/proc/$p/stat"; } 2>/dev/null || continue
		if [[ $line == *" (ppx:w"*") "?" $pid "* ]]; then
			echo "$p"
		fi
	done
}

named()
{
	tag_pids "$tag" "$1"
}

named_are()
{
	test "$(named "$2" | wc -l)" -eq "$1"
}

states_are()
{
	local want=$1 p

	shift
	for p; do
		[[ $(state "$p") == "$want" ]] || return 1
	done
}

lines_are()
{
	test -e "$2" && test "$(wc -l <"$2")" -eq "$1"
}

has()
{
	grep -qxF -e "$1" "$2" 2>/dev/null
}

column()
{
	tail -n +2 "$2" | cut -f "$1"
}

all_logged()
{
	column 1 "$2" | sort -n | cmp - <(seq "$1")
}

seconds()
{
	local limit=$(($1 * PPX_TEST_SLOW)) began=$SECONDS

	shift
	"$@" || return 1
	((SECONDS - began <= limit)) && return 0
	echo "took $((SECONDS - began)) s: $*"
	return 1
}

# A user of the test's own: a task of another test that kills all processes of
# its user must not find ours.
nobody_id=$((40000 + $$ % 20000))
nobody=(setpriv --reuid=$nobody_id --regid=$nobody_id --clear-groups)

needs_nobody()
{
	need setpriv
	if ! "${nobody[@]}" true 2>/dev/null; then
		skip "needs root, to become another user"
	fi
	public
}

# Below no directory that is closed to others, as bats' own are.
public()
{
	public=$(mktemp -d /tmp/ppx-test.XXXXXX)
	chmod 755 "$public"
	mkdir -m 1777 "$public/work"
	cp "$PPX" "$PPX_TOOLS"/* "$public"
	PPX=$public/${PPX##*/} PATH=$public:$PATH
	cd "$public/work" || return 1
}

remove_public()
{
	if test -n "${public-}"; then
		rm -rf "$public"
	fi
}

# In a user namespace of its own a user has no processes yet.
few_processes()
{
	local as=("${nobody[@]}")

	# The leak check at the end wants one more.
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	if "${nobody[@]}" true 2>/dev/null; then
		test -n "${public-}" || public
	elif unshare -U true 2>/dev/null; then
		as=(unshare -U)
	else
		skip "needs root, or user namespaces"
	fi
	via=("${as[@]}" bash -c 'ulimit -u "$1" && shift && exec "$@"' bash "$1")
}

needs_trees()
{
	if generic; then
		skip "this build can end process groups only"
	fi
}

# The tasks write lines to out, and go on with it.
stop_and_go()
{
	local i before
	for ((i = 0; i < $1; i++)); do
		kill -TSTP "$pid"
		wait_until states_are T "$pid"
		before=$(wc -l <out)
		sleep 0.15		# a time that must pass
		same "$(wc -l <out)" "$before"
		kill -CONT "$pid"
		wait_until more_than "$before" out
	done
}

# One after the other; and nothing is left of them.
end_frozen()
{
	local p
	for p in "$pid" "$@"; do
		kill -STOP "$p"
		wait_until states_are T "$p"
	done
	kill -9 "$1"
	wait_until states_are Z "$1"
	kill -9 "$pid"
	no_leftovers "$tag"
	ended "signal 9"
	rm -rf "$TMPDIR"/ppx-worker-*
}
