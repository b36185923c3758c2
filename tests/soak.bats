# The short form of the soak (tests/soak/soak.c): workers and tasks are killed,
# stopped and continued at random while thousands run; then every item has its
# record, every output is whole, and nobody and nothing is left.  The long
# form, by hand, after make check:
#
#	tests/soak/soak -t 600 --mode order
#
# A finding is repeated, as far as it can be, by the same seed (-s).

load helper

: "${soak_seconds:=3}"

soak()
{
	needs_soak
	mkdir files
	# A sanitizer's leak check has a process of its own at the end, which
	# the soak would take for a worker, and kill.
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	run "$PPX_TOOLS/../soak/soak" -t "$soak_seconds" -d "$WORK/files" "$@"
	echo "$output"
	keep_evidence
	test "$status" -ne 77 || skip "${lines[0]}"
	test "$status" -eq 0
}

needs_soak()
{
	if generic; then
		skip "this build can end process groups only"
	fi
}

# bats removes the directory of a test: the small files stay in the log.
keep_evidence()
{
	test "$status" -ne 0 || return 0
	for file in files/err files/hung; do
		test -e "$file" || continue
		echo "--- $file:"
		grep -v '^chore ' "$file" | tail -n 30
	done
}

@test "B71 E1 E3 E7 killed at random, any order: all is accounted for" {
	soak --mode plain
}

@test "... with -k" {
	soak --mode order
}

@test "... with --warm" {
	soak --mode plain -- --warm
}

@test "... with --warm, bash, an init and -k" {
	need bash
	soak --mode order --retries 2 -- --warm --shell bash --init 'x=1' \
	    --init-fail retry
}

@test "... with --coproc" {
	soak --coproc --mode plain
}

@test "... with --coproc and -k, sent ahead" {
	soak --coproc --mode order -- --window 16
}

@test "... with --pipe: each task reads its item" {
	soak --mode plain --retries 2 -- --pipe -N1
}

@test "... with --pipe, -k, and a file or a fifo for each" {
	soak --mode order -- --pipe -N1 --cat
	soak --mode order -- --pipe -N1 --fifo
}

@test "... with --lb" {
	soak --mode lines
}

@test "... more slots than poll(2) has descriptors" {
	soak --mode plain -j 64
}

@test "without harm from outside every task ends as it is meant to" {
	soak -e 0
}
