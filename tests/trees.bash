# For tests that look at ppx from outside while it runs, and at what it
# leaves: "load helper", then "load trees".
#
#	launch [-i FILE] ARG..	starts ppx in the background: stdin FILE, stdout
#				to $stdout or the file out, stderr to err;
#				$pid is its pid, $tag the tag of all below it;
#				${start[@]} are options for tools/start
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
#	needs_root		skips where this user cannot become another
#	as_nobody CMD..		CMD under a user id that nobody else has
#	public			a directory that all users can enter; $public
#				has a copy of ppx and the tools
#	needs_trees		skips where ppx can only end process groups
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
	tag=$(new_tag)
	PPX_TEST_TAG=$tag background "${input[@]}" \
	    start -p pid -s how "${start[@]}" "$PPX" "$@" \
	    >"${stdout:-out}" 2>err
	starter=$!
	wait_until test -s pid
	read -r pid <pid
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

stat_field()
{
	sed 's/.*) //' "/proc/$2/stat" 2>/dev/null | cut -d ' ' -f $(($1 - 2))
}

state()
{
	stat_field 3 "$1"
}

workers()
{
	local p

	for p in $(tag_pids "$tag"); do
		if test "$(stat_field 4 "$p")" = "$pid"; then
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

needs_root()
{
	need setpriv
	if ! as_nobody true 2>/dev/null; then
		skip "needs root, to become another user"
	fi
}

as_nobody()
{
	setpriv --reuid=54321 --regid=54321 --clear-groups "$@"
}

public()
{
	public=$(mktemp -d /tmp/ppx-test.XXXXXX)
	chmod 755 "$public"
	mkdir -m 1777 "$public/work"
	cp "$PPX" "$PPX_TOOLS"/* "$public"
}

needs_trees()
{
	if generic; then
		skip "this build can end process groups only"
	fi
}
