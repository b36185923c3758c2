# Shell completion, made from the table of options.

load helper

completions=${PPX%/*}/completions

# completes WANT WORD..: the last word is being completed; WANT are the
# candidates, sorted.
completes()
{
	local want=$1

	shift
	same "$("$BASH" --norc -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
		_ppx
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$completions/ppx" "$@" | LC_ALL=C sort -u | paste -sd ' ')" "$want"
}

@test "bash: options" {
	completes "--keep-order" ppx --keep
	completes "--leak" ppx -j 4 --lea
	completes "--results" ppx --tag --resul
	completes "" ppx --no-such-option
	completes "" ppx --sshlog
}

@test "bash: every option in --help is offered, and no other" {
	ppx --help | grep -E '^ +-' |
		grep -oE '(^|[ ,])--?[A-Za-z0-9][A-Za-z0-9-]*' |
		tr -d ' ,' | LC_ALL=C sort -u | paste -sd ' ' >help
	completes "$(<help)" ppx -
}

@test "bash: words that an option may be" {
	completes "auto fail ignore kill wait" ppx --leak ''
	completes "kill" ppx --leak k
	completes "kill" ppx --leak = k
	completes "auto fail ignore kill wait" ppx --leak =
	completes "shared" ppx -k --session s
}

@test "bash: files and directories" {
	mkdir 'sub dir'
	: >item.txt
	: >'item two'
	completes "item two item.txt" ppx -a item
	completes "item two item.txt" ppx -ka item
	completes "item.txt" ppx --joblog = item.
	completes "sub dir" ppx --workdir ''
	completes "" ppx --tmpdir item
}

@test "bash: a command, then files" {
	: >zzz.txt
	completes "zzz.txt" ppx grep zz
	completes "zzz.txt" ppx -j 4 grep -q zz
	run completes "-k" ppx grep -
	[[ $output != *keep-order* ]]
	mkdir bin
	printf '#!/bin/sh\n' >bin/ppx-test-command
	chmod +x bin/ppx-test-command
	PATH=$PWD/bin:$PATH
	completes "ppx-test-command" ppx -k -j 4 ppx-test-c
	completes "ppx-test-command" ppx -- ppx-test-c
	completes "" ppx -j ppx-test-c
}

@test "zsh: the file is well formed" {
	need zsh
	zsh -n "$completions/_ppx"
}

@test "fish: the file is well formed" {
	need fish
	fish --no-execute "$completions/ppx.fish"
}

@test "each file has every option" {
	for name in $(ppx --help | grep -E '^ +-' |
	    grep -oE -- '--[a-z][a-z-]*' | sort -u); do
		grep -q -- "$name\b" "$completions/ppx"
		grep -q -- "$name\b" "$completions/_ppx"
		grep -qE -- "-l ${name#--}( |$)" "$completions/ppx.fish"
	done
}
