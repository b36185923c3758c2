# --progress, --bar, --eta: on stderr, out of the way of all else.

load helper

# What the terminal has in the end: of what came with \r and "erase to the end
# of the line" only what was written last.
screen()
{
	sed -e 's/\r$//' -e 's/.*\r\x1b\[K//' shown
}

# ppx at a terminal, in the background; all that this is told goes to shown.
at_terminal()
{
	: >shown
	PPX_TEST_TAG=$TAG background "$PPX_TOOLS/onpty" "$PPX" "$@" >shown
}

@test "--progress: plain lines where stderr is no terminal" {
	gate go
	background ppx --progress -j2 'cat go; echo out; : $1' ::: a b c 2>err >out
	wait_until grep -q . err
	same "$(cat err)" "ppx: 0/3 done, 2 running, 0 failed"
	open_gate go
	wait "$!"
	same "$(cat out)" $'out\nout\nout'
	same "$(wc -l <err)" 1
}

@test "--progress: a short run says nothing" {
	run ppx --bar --eta --progress echo ::: a b
	same "$status" 0
	same "$(sort <<<"$output")" $'a\nb'
}

@test "a terminal: the line is gone in the end, outputs are whole" {
	gate go
	at_terminal --bar -j2 'echo "begin $1"; cat go; echo "end $1";
	    echo "err $1" >&2' ::: 1 2 3 4
	wait_until grep -q 'done, 2 running, 0 failed' shown
	grep -q '\[#*-*\]  *[0-9]*%' shown
	open_gate go
	wait "$!"
	same "$(screen | LC_ALL=C sort)" \
	    "$(printf '%s\n' {begin,end,err}\ {1,2,3,4} | LC_ALL=C sort)"
}

@test "a terminal: messages and -t clear the line first" {
	gate a
	gate b
	at_terminal -t --progress -j1 'cat "$1"; exit 1' ::: a b
	runner=$!
	wait_until grep -q '0/2 done' shown
	open_gate a
	wait_until grep -q '1/2 done, 1 running, 1 failed' shown
	open_gate b
	wait "$runner" || :
	same "$(screen)" "$(screen | grep -v done)"
	same "$(screen | grep -c '^sh -c .*exit')" 2
	screen | grep -q '^ppx: 2 of 2 tasks failed'
}

# Time passes here in which the line could be drawn.
@test "a terminal: an unfinished line is left alone" {
	at_terminal --progress -k -j1 \
	    'printf "rest$1"; sleep 0.6; test "$1" = 1 || echo' ::: 1 2
	wait "$!" || true
	same "$(screen)" rest1rest2
}

@test "--eta: the time that is left, once it can be said" {
	gate go
	at_terminal --eta -j1 'test "$1" -lt 4 || cat go' ::: 1 2 3 4 5
	wait_until grep -q '3/5 done, 1 running, 0 failed, [0-9]*s left' shown
	open_gate go
	wait "$!"
}

@test "the end of the input is not known: a plus" {
	gate go
	mkfifo in
	PPX_TEST_TAG=$TAG background -i in ppx --progress 'cat go; : $1' 2>err
	exec 7>in
	echo a >&7
	wait_until grep -q '^ppx: 0/1+ done, 1 running' err
	exec 7>&-
	open_gate go
	wait "$!"
}

@test "PPX_OPTIONS may hold --bar; it changes no output" {
	export PPX_OPTIONS="--bar --eta --progress --color-failed"
	run ppx -k echo ::: a b c
	same "$output" $'a\nb\nc'
	run ppx --dry-run -k echo ::: a b
	same "$output" $'echo a\necho b'
}

@test "--progress with stderr closed or full: nothing hangs" {
	ppx --progress 'sleep 0.3; echo "$1"' ::: a 2>&- >out || true
	same "$(cat out)" a
	test -c /dev/full || skip "needs /dev/full"
	run bash -c '"$PPX" --progress "sleep 1.3; echo" ::: a 2>/dev/full'
	same "$status" 125
}
