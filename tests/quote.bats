# Items are data: no byte of one is ever syntax to a shell that ppx starts.

load helper

# Items that are dangerous to quote badly, each ended by a NUL.
evil()
{
	printf '%s\0' 'touch pwned' '$(touch pwned)' '`touch pwned`' \
	    ';touch pwned;' '|touch pwned' '& touch pwned &' \
	    $'\ntouch pwned\n' $'\n' $'a\n' '>pwned' '<pwned' '2>pwned' \
	    "'" "''" "';touch pwned;'" '"' '";touch pwned;"' '\' '\\' "\\'" \
	    "'\\''" '$HOME' '${x:=y}' '$((1+1))' '$1' '"$@"' '$$' \
	    '*' '?' '[a-z]*' '~' '~root' '{a,b}' '{1..3}' '!' '!!' '!touch' \
	    '#' '# x' 'a#b' '=' 'x=y' 'a b' ' a' 'a ' '  ' $'\t' '' '(' ')' \
	    '(touch pwned)' '{ touch pwned; }' '-' '--' '-c' '-n' '-e' '-x' \
	    '--help' '-k' '-j4' ':::' '::::' '{}' '{.}' '{#}' '{%}' '%s' \
	    '%n%d' '\n' '\c' '\0101' 'if' 'done' 'esac' '[[' '}' ']' $'\177' \
	    $'\e[31m' $'\a' $'\r' 'é' $'\xff' $'\xc3' $'\xc3\x28' $'\x81\x5c' \
	    'x[$(touch pwned)]' 'a&b' 'a;b' 'a|b' '^' '%' '@' '+' ',' ':' \
	    "$(printf "%s" "'"{,,,,,,,,,})" $'\\\n' '$' '$(' '${' '`' '"`"'
}

# Random bytes, and random texts of characters that shells act on.
random_items()
{
	head -c 3000 /dev/urandom
	printf '\0'
	head -c 8000 /dev/urandom |
	    LC_ALL=C tr -dc '\000 \t\n$`"'\''\\(){}[]<>|&;*?~!#=%+^/,:@a1-'
	printf '\0'
}

# The file $1 of items, to be looked at, one a line.
readable()
{
	tr '\0\n' '\n\1' <"$1" | cat -v
}

# in_all_shells BEFORE AFTER LINE..: each line prints each item, between
# BEFORE and AFTER and ended by a NUL, in every shell.
in_all_shells()
{
	local shell line

	LC_ALL=C sed -z "s/^/$1/; s/\$/$2/" items >want
	shift 2
	for shell in sh dash bash; do
		command -v "$shell" >/dev/null || continue
		for line; do
			ppx -0k --shell "$shell" "$line" <items >got ||
				echo "status $?"
			cmp -s want got && continue
			echo "$shell: $line"
			diff <(readable want) <(readable got) | head -n 9
			return 1
		done
	done
	test ! -e pwned
}

setup()
{
	test_setup
	{ evil; random_items; } >items
}

# refuses [-m MARK] LINE [OPTION]..: the line is a usage error, and a caret
# points to MARK in it, by default to {}.
refuses()
{
	local mark='{}' line before

	if test "$1" = -m; then
		mark=$2
		shift 2
	fi
	line=$1
	shift
	run ppx "$@" "$line" ::: 'touch pwned'
	test "$status" -eq 125
	[[ ${lines[0]} == "ppx: "* ]]
	before=${line%%"$mark"*}
	if [[ $line == *$'\n'* ]]; then
		[[ $output == *", at byte $((${#before} + 1)) of the command"* ]]
	else
		same "${lines[1]}" "  $line"
		same "${lines[2]}" "  ${before//?/ }^"
	fi
	test ! -e pwned
}

# --- the property ----------------------------------------------------------

@test "program and arguments" {
	ppx -0k printf '%s\0' <items | cmp - items
	ppx -0k printf '%s\0' {} <items | cmp - items
	LC_ALL=C sed -z 's/^/a/; s/$/b/' items >want
	ppx -0k printf '%s\0' a{}b <items | cmp - want
	test ! -e pwned
}

@test "appended, and as \$1" {
	in_all_shells '' '' \
	    'printf "%s\0" ' \
	    ':; printf "%s\0"' \
	    'printf "%s\0" "$1"' \
	    'printf "%s\0" "$@"' \
	    'printf "%s\0" "${1}"' \
	    'printf "%s\0" "$*"' \
	    'x=$1; printf "%s\0" "$x"'
}

@test "outside of quotes" {
	in_all_shells a b 'printf "%s\0" a{}b'
	in_all_shells '' '' \
	    'printf "%s\0" {}' \
	    'printf "%s\0" {}|cat' \
	    '(printf "%s\0" {})' \
	    '{ printf "%s\0" {}; }' \
	    'printf "%s\0" ""{}""' \
	    'x={}; printf "%s\0" "$x"' \
	    'x={} y=1; printf "%s\0" "$x"'
}

@test "in double quotes" {
	in_all_shells 'a ' ' b' 'printf "%s\0" "a {} b"'
	in_all_shells '' '' \
	    'printf "%s\0" "{}"' \
	    'x="{}"; printf "%s\0" "$x"' \
	    'x=; printf "%s\0" "$x{}$x"' \
	    'x=; printf "%s\0" "${x}{}${x}"' \
	    'x=; printf "%s\0" "${x:-}{}"'
}

@test "in single quotes" {
	in_all_shells 'a ' ' b' "printf '%s\0' 'a {} b'"
	in_all_shells '' '' \
	    "printf '%s\0' '{}'" \
	    "x='{}'; printf '%s\0' \"\$x\""
}

@test "in \$(...) and parentheses, nested" {
	in_all_shells '' 'x' \
	    'printf "%s\0" "$(printf %sx {})"' \
	    'printf "%s\0" "$(printf %sx "{}")"' \
	    "printf '%s\0' \"\$(printf %sx '{}')\"" \
	    'printf "%s\0" "$(printf %s "$(printf %sx "{}")")"' \
	    'x=$(printf %sx {}); printf "%s\0" "$x"' \
	    '(x=$( (printf %sx "{}") ); printf "%s\0" "$x")'
}

@test "in compound commands" {
	in_all_shells '' '' \
	    'for x in {}; do printf "%s\0" "$x"; done' \
	    'for x in "{}"; do printf "%s\0" "$x"; done' \
	    'if [ {} = "{}" ]; then printf "%s\0" {}; fi' \
	    'f() { printf "%s\0" "$1"; }; f {}' \
	    'while printf "%s\0" {}; do break; done' \
	    'set -- {}; printf "%s\0" "$1"' \
	    'case "{}" in *) printf "%s\0" {} ;; esac' \
	    'test {} = "$1" && printf "%s\0" {} || echo differs'
}

@test "beside things that look like quotes" {
	in_all_shells '' '' \
	    "x=\"it's\"; printf '%s\0' {}" \
	    "x='\"'; printf '%s\0' \"{}\"" \
	    'x=\"; printf "%s\0" {}' \
	    "x=\\'; printf '%s\0' '{}'" \
	    'x="\""; printf "%s\0" "{}"' \
	    'x="\\"; printf "%s\0" "{}"' \
	    'x="$(echo ")")"; printf "%s\0" "{}"' \
	    'x=$((1+(2*3))); printf "%s\0" {}' \
	    'x="${#x}"; printf "%s\0" {}' \
	    'x=a#b; printf "%s\0" {}' \
	    'x=$#; printf "%s\0" {}' \
	    $'# it\'s "a comment\nprintf "%s\\0" {}'
}

@test "as the name of a file" {
	need sort
	ppx -0 'case {} in */*|""|.|..) ;; *) >./{#}.{} ;; esac' <items \
	    2>err || test $? -eq 123
	ppx -0 'case {} in */*|""|.|..) ;; *) rm ./{#}."{}" ;; esac' <items \
	    2>/dev/null || test $? -eq 123
	same "$(ls)" $'err\nitems'
}

@test "in a UTF-8 locale" {
	local utf8

	utf8=$(locale -a 2>/dev/null | grep -ix -m1 'C.utf-*8') ||
		skip "needs the locale C.UTF-8"
	export LC_ALL=$utf8
	in_all_shells '' '' 'printf "%s\0" {}' 'printf "%s\0" "{}"' \
	    "printf '%s\0' '{}'" 'printf "%s\0" "$1"'
}

@test "an exported function gets the item as it is" {
	show() { printf '%s\0' "$1"; }
	export -f show
	ppx -0k show <items | cmp - items
	ppx -0k 'show {}' <items | cmp - items
	ppx -0k 'show "{}" | cat' <items | cmp - items
	test ! -e pwned
}

@test "command mode: a record that quotes an item runs it as it is" {
	# What --dry-run prints is a shell line of its own.
	ppx -0k --dry-run printf '%s\0' {} <items >lines
	sh lines | cmp - items
	bash lines | cmp - items
}

@test "what --dry-run prints does the same when it is pasted" {
	local line

	for line in 'printf "%s\0" {}' 'printf "%s\0" "a {}"' \
	    "printf '%s\0' 'a {} b'" 'printf "%s\0" a{}b | cat' \
	    'printf "%s\0" "$1" {#}' 'printf "%s\0"' \
	    'x={}; printf "%s\0" "$x" a{}' 'printf "%s\0" "$(printf %s "{}")"' \
	    'printf "%s\0" ~{} {}~ "{}"~ -{} {}=x x{}=y {}{} $1{}'; do
		ppx -0k "$line" <items >want
		ppx -0k --dry-run "$line" <items >lines
		for shell in sh bash; do
			$shell lines >got
			cmp -s want got && continue
			echo "$shell: $line"
			diff <(readable want) <(readable got) | head -n 9
			return 1
		done
	done
	test ! -e pwned
}

@test "what --dry-run prints of a program is one, too" {
	evil | tr -d '\n' | grep -zv / >names
	mkdir bin
	while read -r -d '' name; do
		case $name in
		''|.|..) continue ;;
		esac
		printf '#!/bin/sh\nprintf "%%s\\n" "${0##*/}"\n' >"bin/$name"
		chmod +x "bin/$name"
	done <names
	(cd bin; printf '%s\0' *) >names
	PATH=$PWD/bin:$PATH ppx -0k -j1 --exec {} x <names >want
	ppx -0k --dry-run --exec bin/{} x <names >lines
	sh lines >got
	cmp want got
	test ! -e pwned
}

# --- arithmetic ------------------------------------------------------------

@test "\$((...)) takes integers" {
	same "$(ppx -k 'echo $(({}+1))' ::: 41 -5 010 +7 0)" \
	    $'42\n-4\n11\n8\n1'
	same "$(ppx 'echo $((3-{}))' ::: -8)" 11
	same "$(ppx 'echo "$(( 2 * ({} + 1) ))"' ::: 3)" 8
	same "$(ppx -k 'echo $(({#}*10))' ::: a b)" $'10\n20'
}

@test "\$((...)) takes nothing else" {
	for shell in sh dash bash; do
		run ppx --exit count --shell $shell 'echo $(({}+1))' ::: \
		    'x[$(touch pwned)]' 'x' '1+1' '$(touch pwned)' '' ' ' \
		    '0x10' '1.5' '--1' $'1\n' '99999999999999999999' 'x=1' 'x++'
		test "$status" -eq 13
		[[ $output == *"item 2 cannot be run: is no integer"*": x"* ]]
		test ! -e pwned
	done
}

# --- refusals --------------------------------------------------------------

@test "a place where no value is safe is refused, and pointed to" {
	run ppx 'echo `{}`' ::: a
	same "$status $output" '125 ppx: no value can stand inside backquotes
  echo `{}`
        ^
  use $(...) instead'
	run ppx --shell-line echo '`ls`' '\{}' ::: a
	test "$status" -eq 125
	[[ $output == *'
  \{}
   ^
'* ]]
}

@test "the caret stands under its place, behind tabs and UTF-8, too" {
	run ppx $'echo\t"ä" `{}`' ::: a
	same "${lines[2]}" '             ^'
}

@test "backquotes, \${...}, backslash, comment, \$\"...\", \$'...', \$[...]" {
	refuses 'echo "a" `ls {}`'
	refuses 'echo "`{}`"'
	refuses 'echo ${x:-{}}'
	refuses 'echo "${x:-{}}"'
	refuses 'echo "${x/{}/b}"'
	refuses 'echo \{}'
	refuses 'echo "\{}"'
	refuses 'echo a # {}'
	refuses "echo \$'{}'"
	refuses 'echo $"{}"'
	refuses 'echo $[{}]'
	refuses 'echo ${}'
	refuses 'echo "${}"'
	refuses -m '{.}' 'echo {} "${x#{.}}"'
}

@test "commands that read their arguments as a program" {
	refuses 'eval {}'
	refuses 'eval "{}"'
	refuses 'x=1; eval {}'
	refuses 'x=1 && eval {}'
	refuses 'if eval {}; then :; fi'
	refuses "trap '{}' EXIT"
	refuses 'command eval {}'
	refuses '\eval {}'
	refuses "'eval' {}"
	refuses 'let {}'
	refuses '(({}))'
	refuses 'unset {}'
	refuses 'read {}'
	refuses 'test -v {}'
	refuses '[[ {} -eq 1 ]]'
	refuses 'printf -v {} x'
	refuses 'alias {}=x'
	refuses '2>/dev/null eval {}'
	refuses '{fd}>/dev/null eval {}'
	refuses 'eval &>/dev/null {}'
	refuses 'wait -p {} $!'
}

# harmless ITEM LINE..: in bash each line is refused, or runs no ITEM.
harmless()
{
	local item=$1 line

	shift
	for line; do
		run ppx -q -0 --shell bash --shell-line "$line" \
		    < <(printf %s "$item")
		test ! -e pwned || { echo "$line"; return 1; }
		test "$status" -eq 125 || { echo "$line: $status"; return 1; }
	done
}

@test "what bash evaluates as arithmetic" {
	need bash
	harmless 'a[$(touch pwned)]' \
	    '[[ $1 =~ ^[[:alpha:]]+ && {} -gt 3 ]]' \
	    '[[ a]] == x || {} -eq 1 ]]' 'test "-v" {}' 'test -v' \
	    'wait -n -p {}' 'declare -i x; x={}' 'declare -i x; x+={}' \
	    'declare -n x; x={}; echo "$x"' 'RANDOM={}' 'OPTIND={}' \
	    'HISTCMD={}' 'export OPTIND={}' 'for OPTIND in {}; do :; done'
	harmless '([$(touch pwned)]=1)' 'x=(1); declare x={}' \
	    'x[0]=1; declare x={}' 'declare -a x={}'
	harmless '$(touch pwned)' 'PS4={}; set -x; :'
}

# What a variable is may be decided behind the place, in a loop or a function.
@test "where a declare stands in the line does not matter" {
	need bash
	harmless 'a[$(touch pwned)]' \
	    'for i in 1 2; do x={}; declare -i x; done' \
	    'f() { x={}; }; declare -i x; f' \
	    'f() { x={}; }; typeset -gi x; f' \
	    'i=; while [ -z "$i" ]; do i=1; x={}; done; declare -i x' \
	    'for i in 1 2; do for x in {}; do :; done; declare -i x; done' \
	    'for i in 1 2; do r={}; declare -n r; done; echo "$r"' \
	    'for i in 1 2; do for x in {}; do :; done; declare -i y; done' \
	    'for i in 1 2; do x={}; "declare" -i x; done' \
	    'for i in 1 2; do x={}; de\clare -r -i x; done' \
	    "for i in 1 2; do x={}; eval 'declare -i x'; done" \
	    'f() { x={}; }; y="${z:-"a"}"; declare -i x; f' \
	    $'f() { x={}; }; declare \\\n -i x; f' \
	    'f() { x={}; }; declare >/dev/null -i x; f' \
	    'f() { x={}; }; {declare,-i,x}; f' \
	    'f() { x={}; }; decl{are,} -i x; f' \
	    'f() { x={}; }; $1declare -i x; f' \
	    'f() { x={}; }; declare${IFS:0:1}-i x; f'
	harmless '([$(touch pwned)]=1)' \
	    'for i in 1 2; do declare y={}; y[0]=1; done' \
	    'for i in 1 2; do declare y={}; y=(1); done' \
	    'for i in 1 2; do declare y={}; declare -a y; done'
}

@test "an option of declare that comes from an expansion" {
	need bash
	harmless 'a[$(touch pwned)]' 'o=-i; declare $o x; x={}' \
	    'o=-i; declare "$o" x; x={}' 'o=-i; declare ${o} x; x={}' \
	    'o=i; declare -$o x; x={}' 'declare {-i,x}; x={}' \
	    'declare `echo -i` x; x={}' 'declare $(echo -i) x; x={}' \
	    "declare \$'-i' x; x={}" 'declare -"i" x; x={}' \
	    'o=-i; declare -g $o x; x={}'
}

@test "the elements of an array that evaluates them" {
	need bash
	harmless 'a[$(touch pwned)]' 'declare -i x; x=({})' \
	    'declare -i x; x+=({})' 'declare -i x; x=("{}")' \
	    "declare -i x; x=('{}')" 'declare -i x; x=(1 {})' \
	    'declare -i x; x=(a{})' 'declare -i x; y=1 x=({})' \
	    'declare -iA m; m=(x {})' 'declare -i m; m=([x]={})' \
	    'declare -i m; m[0]={}' 'RANDOM=({})' 'SECONDS=({})' \
	    'RANDOM=(1 "{}")' 'SECONDS+=({})' 'x=(1)y RANDOM={}'
	harmless '$(touch pwned)' 'PS4=({}); set -x; :' \
	    'PS4=("{}"); set -x; :' 'PS4[0]={}; set -x; :'
	run ppx --shell bash 'x=(1)y {1} {2}' ::: eval ::: 'touch pwned'
	same "$status" 125
}

@test "a declare NAME={} of what is an array" {
	need bash
	harmless '([$(touch pwned)]=1)' 'declare DIRSTACK={}' \
	    'declare BASH_ALIASES={}' 'declare BASH_CMDS={}' \
	    'true; declare PIPESTATUS={}' 'typeset GROUPS={}' \
	    '[[ a =~ a ]]; declare BASH_REMATCH={}' \
	    'coproc { :; }; declare COPROC={}; wait' \
	    'coproc y { :; }; declare y={}; wait' \
	    'mapfile </dev/null; declare MAPFILE={}' \
	    '((y[0]=1)); declare y={}' ': $((y[0]=1)); declare y={}' \
	    "let 'y[0]=1'; declare y={}" 'let y[0]=1; declare y={}' \
	    ': ${y[0]:=1}; declare y={}' 'read y[0] <<<1; declare y={}' \
	    'printf -v y[0] 1; declare y={}' \
	    'printf -v "y[0]" 1; declare y={}' \
	    'printf -v y"[0]" 1; declare y={}' \
	    'b=[; printf -v "y${b}0]" 1; declare y={}' \
	    'exec {y[0]}</dev/null; declare y={}' \
	    'declare y[0]=1; declare y={}' 'read -a y <<<1; declare y={}' \
	    'read -ra y <<<1; declare y={}' \
	    'read -p x -a y <<<1; declare y={}' \
	    'eval y="(1)"; declare y={}' "eval 'y='\\(1\\); declare y={}" \
	    'for i in 1 2; do local y={}; eval y=\(1\); done' \
	    'y+=(1); declare y={}' 'mapfile y </dev/null; declare y={}' \
	    'o=-a; read $o y <<<1; declare y={}' 'o=-a; declare $o y; declare y={}'
}

@test "an alias" {
	need bash
	harmless 'touch pwned' \
	    $'shopt -s expand_aliases; BASH_ALIASES[x]={}\nx' \
	    $'shopt -s expand_aliases; BASH_ALIASES+=([x]={})\nx' \
	    $'shopt -s expand_aliases; BASH_ALIASES=([x]={})\nx' \
	    $'shopt -s expand_aliases; BASH_ALIASES+=(x {})\nx'
}

@test "a command's name with braces, or an option from an expansion" {
	need bash
	harmless 'touch pwned' '{eval,x} {}' 'ev{al,} {}' '{eval,} "{}"' \
	    'command ev{al,} {}' '$x ev{al,} {}' \
	    '{x,eval} {}' 'x=1 {eval,:} {}' '"e"{val,} {}' '$x{eval,} {}'
	harmless 'a[$(touch pwned)]' 'f=-v; printf "$f" {} x' \
	    'f=-v; printf "${f}" {} x' 'printf "$(echo -v)" {} x' \
	    'printf `echo -v` {} x' 'printf {-v,{}} x' 'printf {-v,-v} {} x' \
	    "printf \$'-v' {} x" 'f=-v; printf "$f"{} x' \
	    'f=-v; printf ""$f {} x' 'f=-v; printf \
	    "$f" {} x' 'f=-v; [ "$f" {} ]' 'f=-v; test $f {}' \
	    '[ {-v,{}} ]' '[ {-v,} {} ]' "[ \$'-v' {} ]" \
	    'f=v; [ -"$f" {} ]' 'f=v; [ "-$f" {} ]' 'f=v; printf "-$f" {} x'
}

# allows OUTPUT ITEM LINE..: each line writes that in bash.
allows()
{
	local want=$1 item=$2 line

	shift 2
	for line; do
		run ppx -0 --shell bash --shell-line "$line" \
		    < <(printf %s "$item")
		same "$line: $status $output" "$line: 0 $want"
	done
	test ! -e pwned
}

@test "lines that are frequent, and evaluate nothing" {
	local evil='a[$(touch pwned)]'

	need bash
	allows "$evil" "$evil" 'x={}; echo "$x"' 'declare x={}; echo "$x"' \
	    'f() { local x={} y; echo "$x"; }; f' 'export A={}; echo "$A"' \
	    'export A="{}" B=1; echo "$A"' 'readonly A={}; echo "$A"' \
	    'export LC_ALL=C; x={}; echo "$x"' 'f() { :; }; export -f f; x={}; echo "$x"' \
	    'for f in {}; do echo "$f"; done' 'arr=({}); echo "${arr[0]}"' \
	    'arr=(); arr+=({}); echo "${arr[@]}"' \
	    'arr=(1 {}); echo "${arr[1]}"' 'case {} in a*) echo {};; esac' \
	    "printf '%s\n' {}" 'test -f {} || echo {}' '[ -n {} ] && echo {}' \
	    '[[ {} == a* ]] && echo {}' 'a[1]={}; echo "${a[1]}"' \
	    'printf -- "%s\n" {}' 'f="%s\n"; printf -- "$f" {}' \
	    'f() { local -r y=1; local x={}; echo "$x"; }; f' \
	    'f() { local -a y; y=({}); echo "${y[0]}"; }; f' \
	    'declare -A m; m[x]={}; echo "${m[x]}"' \
	    'read -r y <<<1; local=1; declare x={}; echo "$x"' \
	    '[ -n a ] && [[ a ]] && declare x={}; echo "$x"' \
	    'x={}; PATH=/usr/local/bin:$PATH; echo "$x"' \
	    'x={}; while IFS= read -r -d "" l; do :; done <<<a; echo "$x"' \
	    'f() { local x; x={}; echo "$x"; }; y=(1); f' \
	    '{ echo {}; }' 'x={} && { echo "$x"; }' \
	    'export M="b $HOME"; x={}; echo "$x"' 'x=a{1,2}; echo {}'
	allows "[$evil] {x}" "$evil" 'printf "[%s] %s" {} "{x}"' \
	    "printf '[%s] %s' {} '{x}'" 'printf \[%s"] %s" {} "{x}"'
	allows "{$evil} x" "$evil" 'printf "{%s} %s" {} x' \
	    "printf '{%s} %s' {} x" 'printf \{%s"} %s" {} x'
	allows 6 5 'declare -i x; x=$(({})); echo $((x + 1))' \
	    'declare -i x; x=($(({}))); echo $((x + 1))' \
	    'declare -i x; for x in $(({})); do echo $((x + 1)); done' \
	    'RANDOM=$(({})); echo 6'
	allows 1 "$evil" 'declare -i x; x={#}; echo "$x"'
	allows "$evil" "$evil" \
	    'declare -i y; env x={} sh -c '\''echo "$x"'\'
}

# data LINE..: each is run, in bash and dash, and no such item in it.
data()
{
	local shell line item

	for shell in bash dash; do
		command -v "$shell" >/dev/null || continue
		for line; do
			for item in 'a[$(touch pwned)]' '([$(touch pwned)]=1)' \
			    '($(touch pwned))' '$(touch pwned)' '([x]=`touch pwned`)'; do
				run ppx -q -0 --shell "$shell" --shell-line "$line" \
				    < <(printf %s "$item")
				test "$status" -ne 125 || { echo "$line"; return 1; }
				test ! -e pwned || { echo "$shell: $line"; return 1; }
			done
		done
	done
}

@test "export and readonly do not evaluate what they assign" {
	data 'x=(1); export x={}' 'x=(1); export x+={}' 'x=(1); export -n x={}' \
	    'x=(1); readonly x={}' 'declare -A x; export x={}' \
	    'declare -A x=([a]=1); readonly x+={}' 'x=(1); export -p x={}' \
	    'x=(1); readonly -p x={}' 'x=(1); command export x={}' \
	    'x=(1); builtin readonly x={}' 'f() { local -a x; export x={}; }; f' \
	    'for i in 1 2; do export y={}; eval y=\(1\); done' \
	    'args=(-a -b); export NAME={}; printf %s "${args[@]}"' \
	    'export T={} && ls [a-z]*' 'read -a x <<<1; export x={}' \
	    'x=(1); export -- x={}' 'export -n P; x={}' 'x=(1); export y x={}'
	harmless '([$(touch pwned)]=1)' 'readonly -a x={}' 'export -a x={}' \
	    'x=(1); readonly -a x={}' 'o=-a; export $o x={}'
	harmless 'a[$(touch pwned)]' 'declare -i x; export x={}' \
	    'declare -n r; export r={}; echo "$r"' 'export RANDOM={}'
}

@test "options of declare that make no integer, reference or array" {
	data 'declare -r X={}' 'declare -x X={}' 'declare -g X={}' \
	    'declare -t X={}' 'declare -l X={}' 'declare -u X={}' \
	    'declare -p X={}' 'declare -f X={}' 'declare +x X={}' \
	    'declare -rx X={}' 'declare -r -x X={}' 'declare -- X={}' \
	    'typeset -gx X={}' 'f() { local -r f={}; }; f' \
	    'f() { local -I f={}; }; f' 'f() { local - f={}; }; f'
	harmless '([$(touch pwned)]=1)' 'x=(1); declare -r x={}' \
	    'x=(1); typeset -x x={}' 'x=(1); f() { local -I x={}; }; f' \
	    'declare -ra x={}' 'declare -r -A x={}'
	harmless 'a[$(touch pwned)]' 'declare -ri x={}' \
	    'o=i; declare -r$o x={}' 'declare -{r,i} x={}'
}

@test "a declare that is hidden: behind &>, in \$'...', in braces" {
	need bash
	harmless 'a[$(touch pwned)]' 'declare &>/dev/null -i x; x={}' \
	    'f() { x={}; }; declare &>/dev/null -i x; f' \
	    'f() { x={}; }; declare&>f -i x; f' \
	    'f() { x={}; }; declare -g &>f -i x; f' \
	    'f() { x={}; }; declare -g&>>f -i x; f' \
	    'f() { x={}; }; declare >&f -i x; f' \
	    "f() { x={}; }; eval \$'\\ndeclare -i x'; f" \
	    "f() { x={}; }; \$'decl\\x61re' -i x; f" \
	    "f() { x={}; }; \$'\\x{0064}eclare' -i x; f" \
	    "f() { x={}; }; \$'\\144eclare' -i x; f" \
	    "f() { x={}; }; eval \$'true\\cJdeclare -\\u0069 x'; f" \
	    'f() { x={}; }; {d..d}eclare -i x; f' \
	    'f() { x={}; }; d{e..e}{c..c}lar{e..e} -i x; f' \
	    'f() { x={}; }; shopt -s nullglob; declare x* -i x; f'
	harmless '([$(touch pwned)]=1)' \
	    'f() { declare y={}; }; read -r y <<<1; read &>f -a y <<<1; f; declare -p y'
	allows 'a b' 'a b' 'x={}; : &>f; echo "$x"' \
	    "x={}; : \$'\\e[1m' \$'a\\tb'; echo \"\$x\""
}

@test "a command that runs its arguments, and options in quotes" {
	need bash
	harmless 'touch pwned' 'jobs -x eval {}' "jobs '-x' eval {}" \
	    'jobs "-x" command eval {}' 'command "-p" eval {}' \
	    "command '-p' -- eval {}" 'o=p; command -$o eval {}'
	harmless 'a[$(touch pwned)]' $'[[ {} -e\\\nq 3 ]]' \
	    $'[[ -\\\nv {} ]]' $'[[ {} -\\\nlt 3 ]]'
	allows 'a b' 'a b' 'jobs -x echo {}' 'command "-p" echo {}' \
	    $'[[ {} == "a b" ]] &&\\\n echo {}'
}

@test "a command behind function NAME, coproc NAME; a | in a regex" {
	need bash
	harmless 'touch pwned' 'function f if eval {}; then :; fi; f' \
	    'coproc X while ! eval {}; do :; done; wait' \
	    'coproc test { eval {}; }; wait' \
	    'coproc $x if eval {}; then :; fi; wait'
	harmless 'a[$(touch pwned)]' '[[ x =~ a|]] || {} -eq 1 ]]' \
	    '[[ x =~ (a)|]] || {} -eq 1 ]]' \
	    'coproc [[ x =~ a|]] || {} -eq 1 ]]; wait'
	allows 'a b' 'a b' 'x=b; [[ $x =~ ^a|b$ && {} == "a b" ]] && echo {}' \
	    '[[ x =~ ((y)|x) && x =~ ^y| ]] && echo {}' \
	    'function f if [ {} ]; then echo {}; fi; f' \
	    'env false &>/dev/null {}; printf "%s\n" {} 2>/dev/null'
}

@test "parameters in arithmetic, commands in \${...}, a quote in \$'...'" {
	need bash
	allows '1 a b' 'a b' 'i=$((${i:-0} + 1)); echo "$i" {}' \
	    'echo "$(($#-${x:-0}))" {}' \
	    'a=(x); if ((${#a[@]} > 0)); then echo "${#a[@]}" {}; fi' \
	    'x=${OUT:-$(echo 1)}; echo "$x" {}' \
	    'y=1; echo "${x:-${y}}" {}' 'y=2; z=12; echo ${z%${y}} {}' \
	    'a=(0 1); echo "${a[$((i+1))]}" {}' \
	    'echo $(( $(echo 3) / 2 )) {}' 's=$(date +%s)
	    echo "$(( $(date +%Y%m%d) > s ? 2 : 1 ))" {}' \
	    $'x=0; ((x |= 1<<0))\necho $x {}' \
	    $'for ((i=1; i<<1<3; i++)); do\necho $i {}; done'
	run -123 ppx --shell bash $'((a <<E; b)) 2>/dev/null\n{}\nE' ::: true
	[[ $output == *" E: command not found"* ]]
	refuses $'((a <<E; b))\n{}\nE' --shell sh
	harmless '$(touch pwned)' 'echo $(( $(a[ ) + 1 )) {} ]=1 ) ))' \
	    'echo ${x:-$(a[ )} {} ]=1 )}' '((z=$(a[ )+1)); echo {} ]=1 )+1))'
}

@test "braces that are no descriptor, elements in a \$(...), aliases" {
	need bash
	harmless 'touch pwned' '{eval,:}>/dev/null {}' '{a[1]}>f {}' \
	    '{test,-v}>/dev/null {}' $'shopt -s expand_aliases; alias e=eval\ne {}'
	harmless '$(touch pwned)' '"${y-$(x=([)]=1) }" {} ")}"'
	allows 'a b' 'a b' 'exec {fd}>&1; echo {} >&$fd' \
	    $'alias x=y; echo {}' $'unalias -a\necho {}'
	refuses $'alias e=eval\ne {}' --shell sh
	refuses $'"alias" q="echo \'"\nq {}' --shell sh
}

@test "\$\$(...) in quotes, which bash runs" {
	need bash
	for line in 'echo "$$(p "{}")"' 'echo "$$(p {})"' 'x="a$${y:-{}}"' \
	    'echo "$$((1+"{}"))"' $'cat <<<"$$\\\n("{}")"'; do
		for item in '$(>pwned)' "'\$(>pwned)'" '";>pwned;"'; do
			run ppx -q --shell bash "$line" ::: "$item"
			test "$status" -eq 125
			test ! -e pwned
		done
	done
}

@test "a command that is a value and makes an alias, or variables of a kind" {
	need bash
	harmless 'touch pwned' 'shopt -s expand_aliases; alias e=eval; : $(e {})'
	for line in $'{1} e=eval\ne {2}' '{1} -i x; x={2}' \
	    'for n in {2}; do {1} -i n; done' '{1} x </dev/null; declare x={2}'; do
		for command in alias declare mapfile; do
			for item in '>pwned' 'a[$(>pwned)]' '([$(>pwned)]=1)'; do
				run ppx -q --shell bash "$line" ::: $command \
				    ::: "$item"
				test "$status" -eq 125
				test ! -e pwned
			done
		done
	done
	run ppx '{1} a; {2} b' ::: echo ::: printf
	same "$status $output" $'0 a\nb'
}

@test "what dash passes over behind the name in \${...}" {
	for item in $'a\ntouch pwned\n\'' $'}\ntouch pwned\n' '$(touch pwned)'; do
		for line in ': "${x:}" {} "}"' ': "$((${x:}))" {} "}))"' \
		    'false && echo ${x:${y} # }; printf "<%s>" {}' \
		    'echo ${#${y}& # }; printf "<%s>" {}' \
		    "false && echo \${@'a'} || printf '<%s>' {}"; do
			run ppx -q -0 --shell sh --shell-line "$line" \
			    < <(printf %s "$item")
			test "$status" -eq 125
			test ! -e pwned
		done
	done
	allows "it's a b" 'a b' "echo \$'it\\'s' {}" "echo \$'it\\'s' \"{}\""
	harmless 'touch pwned' "\$(: \$'\\'')eval {}" \
	    "eval\$'\\c@\\c\\'x' {}" "\$(: \$'\\c' ')')eval {}"
	refuses "echo \$'it\\'s' {}" --shell sh
}

@test "printf -v with a fixed name and format; what stands behind &>" {
	need bash
	allows 'a[$(touch pwned)]' 'a[$(touch pwned)]' \
	    'printf -v x "%s" {}; echo "$x"' \
	    'x=(1); printf -v x %s {} >f; echo "${x[0]}"' \
	    'printf &>f %s {}; cat f; echo'
	harmless 'a[$(touch pwned)]' 'printf -v x -v {} 1' 'printf -v {} 1' \
	    'declare -i x; printf -v x %s {}' 'x=-v; printf -v y "$x" {} 1' \
	    'f() { local -n y=$x; }; printf -v x %s {}; f'
	refuses 'printf &>/dev/null "%s" {}' --shell sh
	[[ $output == *"behind a &>"* ]]
	advises 'a [ ] of its own' '[[ -f {} && $X -gt 3 ]]'
}

@test "an item that chose the command, and words behind &> and do" {
	need bash
	local line

	for line in '{1} &>/dev/null {2}' 'command {1} &>f {2}' \
	    'if {1} &>>f {2}; then :; fi' '{1} do {2}'; do
		run ppx --shell bash "$line" ::: let ::: 'a[$(touch pwned)]'
		same "$line: $status" "$line: 125"
		run ppx --shell sh "$line" ::: eval ::: 'touch pwned'
		same "$line: $status" "$line: 125"
	done
	test ! -e pwned
}

@test "a pattern may become any words, or none" {
	need bash
	: >-v >eval >nothing.sh
	harmless 'a[$(touch pwned)]' 'test * {}' '[ ?v {} ]' '[ -[uv] {} ]' \
	    'shopt -s extglob
	    test -@(v|x) {}' 'shopt -s nullglob; x=-v; printf x*.none "$x" {} y'
	harmless 'touch pwned' 'shopt -s nullglob; ./x*.sh eval {}' \
	    'shopt -s nullglob; x[0] eval {}' \
	    'shopt -s nullglob; ./x*.sh command eval {}' \
	    'shopt -s nullglob; command x* eval {}'
	for line in 'n? {1} {2}' './x*.sh {1} {2}'; do
		run ppx --shell bash "shopt -s nullglob; $line" \
		    ::: eval ::: 'touch pwned'
		same "$status" 125
	done
	run ppx --shell bash 'shopt -s nullglob; printf x*.none {1} {2} y' \
	    ::: -v ::: 'a[$(touch pwned)]'
	same "$status" 125
	test ! -e pwned
	mkdir d
	printf '#!/bin/sh\necho "$@"\n' >d/configure
	chmod +x d/configure
	gives '--x=a b' --shell-line './*/configure --x={}' ::: 'a b'
	gives 'nothing.sh a b' --shell-line 'echo *.sh {}' ::: 'a b'
	gives 'c a b' --shell-line \
	    'case {} in [b-z]*) echo x {};; a*|?) echo c {};; esac' ::: 'a b'
}

@test "an item that may be an option" {
	need bash
	harmless '-va[$(touch pwned)]' 'printf {} x' 'printf "{}" x' \
	    'printf $y {} x'
	harmless '-v/a[$(touch pwned)]' 'test {//} {/}' '[ {//} {/} ]' \
	    '[ x -a {//} {/} ]' 'x={/}; [ {//} "$x" ]'
}

# advises TEXT LINE..: each line is refused with an advice that has TEXT, and
# none that has "$1" in it.
advises()
{
	local text=$1 line

	shift
	for line; do
		run ppx --shell bash "$line" ::: 5
		same "$status" 125
		[[ ${lines[-1]} == *"$text"* && ${lines[-1]} != *'"$1"'* ]] ||
			{ echo "$line: ${lines[-1]}"; return 1; }
	done
}

# "$1" would run the item in each of these.
@test "what is advised where bash would evaluate the item" {
	advises 'x=$(({})), and use $x here' '(({}>3)) && :' 'let "y={}"' \
	    '[[ {} -gt 3 ]]' '[[ -v {} ]]' 'a[{}]=1' 'declare -i y={}' \
	    'echo "${s:{}}"' 'echo "${s:1:{}}"' 'echo "${a[{}]}"' \
	    'echo "${@:{}}"' 'declare -i y; : ${z:={}}' 'let `{}`' 'let \{}' \
	    'declare -a y={}' '[[ `{}` -eq 1 ]]'
	advises 'write the name itself' 'unset {}' 'read {}' 'wait {}' \
	    'printf -v {} x' 'test -v {}' 'mapfile -C {} y' 'getopts a {}' \
	    'echo "${!x{}}"' 'echo "${!{}}"' 'echo "${x{}}"'
	advises 'x=$(({}))' 'declare -i y; y={}' 'RANDOM={}'
	advises 'local x; x={}' 'y=(1); declare x={}' 'y[0]=1; local x={}' \
	    'declare -a y; declare A={}'
	advises 'write them one by one' '{a,{}}' '[ {a,{}} ]'
	advises '>{} 2>&1' 'echo >&log.{}' 'echo >&{}'
	advises 'write one' 'export {}' 'declare {}' 'declare &>/dev/null {}'
	for line in 'echo "${x~{}}"' 'echo "${x[1]:-{}}"' 'echo "${x:-{}}"'; do
		run ppx --shell bash "$line" ::: 5
		[[ $status -eq 125 && ${lines[-1]} == *'use "$1" instead'* ]]
	done
	advises 'quote it: "[{}]"' 'echo [{}]' 'echo a[{}] "$x"' 'ls [!{}]*'
	advises "printf '%s? ' {}; read x" 'read -p "{}? " x'
	advises "trap 'rm \"\$x\"' EXIT" "trap 'rm -f {}.tmp' EXIT"
	run ppx --shell sh '(({}>3)) && :' ::: 5
	[[ ${lines[-1]} == *'as [ {} -gt 3 ]; or give --shell bash' ]]
	advises "eval 'echo" 'eval `{}`' 'eval \{}' "trap '{}' EXIT"
	advises 'x=$(({})), and use $x here' \
	    'for ((i = 0; i < {}; i++)); do :; done'
	run ppx --shell bash 'echo $(( $(echo {}) ))' ::: 5
	[[ ${lines[-1]} == *'where a shell evaluates it'*'x=$(({}))' ]]
}

@test "what is advised is safe" {
	need bash
	for line in '((x>3)) && :' '(($x>3)) && :' 'let "y=$x"' \
	    '[[ $x -gt 3 ]]' '[[ -v $x ]]' 'a[$x]=1' 'a[x]=1' \
	    'declare -i y=$x' 'declare -i y; y=$x' 's=abcdefgh; echo "${s:$x}"' \
	    'echo "${a[$x]}"' 'echo $[$x]' 'RANDOM=$x' 'unset "$x"' \
	    'read "$x"' 'wait "$x"' 'printf -v "$x" x' 'test -v "$x"' \
	    'declare -a y=$x' 'for ((i = 0; i < x; i++)); do :; done' \
	    'eval echo "$x"' 'declare -i y; : ${z:=$x}' '(( $(( $x )) ))'; do
		ppx -q -0 --shell bash "x=\$(({})); $line" \
		    < <(printf 'a[$(touch pwned)0]\0x=$(touch pwned)\0-va[$(touch pwned)]') &&
			false
		ppx -q --shell bash "x=\$(({})); $line" ::: 5 >/dev/null 2>err ||
			test $? -eq 123
		not grep -i 'syntax error' err
	done
	for line in "x={}; eval 'echo \"\$x\"'" "x={}; trap 'echo \"\$x\"' EXIT" \
	    'export x={}' 'declare x={}; echo "$x"' 'echo "${x:-"$1"}"' \
	    'echo "${x%"$1"}${x/"$1"/b}"' 'echo "$(echo {})"' '# "$1"
	    :' 'declare -i y; env x={} sh -c '\''echo "$x"'\'; do
		ppx -0 --shell bash "$line" <items >/dev/null
	done
	test ! -e pwned
}

@test "a command that is a value gets no other values" {
	for line in '{1} {2}' 'e{1} {2}' '{1} "$2"' 'e{1} "$2"' '{1} "$@"' \
	    '{1} $*' '{1} "${2}"' 'true; {1} "$2"' '{1} "$(echo "$2")"'; do
		run ppx --shell bash --shell-line "$line" ::: val ::: :
		same "$status" 125
		[[ ${lines[-1]} == *'put env in front'* ]]
	done
	for line in '"$1" {2}' '$1 {2}' 'command "$1" {2}' '"${1}" {2}' \
	    '"$@" {2}' 'x=1 "$1" x={2}' '$x $1 {2}' '"$(echo "$1")" {2}' \
	    '{1} /dev/stdin <<<{2}' '"$1" /dev/stdin <<<"{2}"'; do
		run ppx --shell bash --shell-line "$line" ::: . ::: :
		same "$status" 125
		[[ ${lines[-1]} == *'put env in front'* ]]
	done
	# It may be one.
	run ppx --shell-line '$x {1} {2}' ::: eval ::: 'touch pwned'
	[[ $status -eq 125 && ${lines[-1]} == *'put env in front'* ]]
	gives '-c a.c -o a.o' 'x=echo; $x -c {} -o {.}.o' ::: a.c
	# In a plain sh [[ is a command, and what is behind its || another.
	for line in '[[ a || $1 == {2} ]]' 'echo [[; "$1" {2}'; do
		run ppx --shell sh "$line" ::: eval ::: '$(touch pwned)'
		test "$status" -eq 125
	done
	test ! -e pwned
	gives 'a b' --shell-line 'env {1} {2} "$3"' ::: echo ::: a ::: b
	gives 'a b' --shell-line '"$1" "$2" "$3"' ::: echo ::: a ::: b
	gives a --shell bash --shell-line '{1} <<<a' ::: cat
	gives b --shell-line '{1}; echo "$2"' ::: true ::: b
}

@test "a here-document" {
	refuses $'cat <<E\n{}\nE'
	refuses $'cat <<"E"\n{}\nE'
	refuses $'cat <<-E\n\tx\n\tE\necho {}'
}

@test "in a place that is not understood, nothing is guessed" {
	refuses 'echo $(case x in x) echo;; esac; echo {})'
	refuses 'x="${y:-"a}"}"; echo {}'
	refuses 'echo ${x#"}"} {}'
	refuses "echo \$'a\\'b {}"
	refuses 'echo $((echo a) ; echo {})'
	refuses 'a[{}]=1'
	refuses 'a[1 + {}]=1'
	refuses 'echo `echo \`ls\`` {}'
	refuses 'x=(a[{}])'
}

@test "a quote that is never closed" {
	refuses -m "'" "echo 'a {}"
	refuses -m '"' 'echo "a {}'
	refuses -m '$' 'echo $(ls'
	refuses -m '`' 'echo `ls'
}

@test "-I does not hide a place that is not safe" {
	refuses -m % 'echo `%`' -I%
	refuses -m % 'echo \%' -I%
	refuses -m % 'eval %' -I%
	refuses -m ITEM 'let ITEM' -IITEM
}

@test "a line that the item cannot be appended to" {
	local line

	for line in 'if true; then echo; fi' 'echo a # x' 'echo a \' \
	    '(echo)' '{ echo; }' $'cat <<E\nE' 'while :; do :; done' \
	    'f() { echo; }'; do
		run ppx "$line" ::: 'touch pwned'
		test "$status" -eq 125
		[[ $output == *'write {} or "$1" where the item belongs'* ]]
	done
	test ! -e pwned
}

@test "nothing is run before a refusal" {
	run ppx 'touch ran; echo `{}`' ::: a
	test "$status" -eq 125
	run ppx --joblog log 'touch ran; echo `{}`' ::: a
	test ! -e ran
}

# Each would run its item: what stands before it is a part of a word, so that
# it still is an argument of eval or declare.
@test "no value behind a process substitution, an array or a pattern of eval" {
	need bash
	for line in 'eval echo <(true) {}' 'eval echo >(cat) {}' \
	    'declare <(true) {}' 'eval a=(1) {}' 'declare a=(1) {}' \
	    $'shopt -s extglob\neval echo +(x) {}'; do
		run ppx --shell bash "$line" ::: ';touch pwned' </dev/null
		same "$status" 125
		run ppx --shell bash "$line" ::: 'b[$(touch pwned)]=1' </dev/null
		same "$status" 125
	done
	run ppx --shell bash '{1} <(true) {2}' ::: eval ::: ';touch pwned' </dev/null
	test ! -e pwned
	run ppx -k --shell bash 'cat <(echo {}) <(printf %s {})' ::: 'a b' </dev/null
	same "$output" "a b
a b"
	run ppx --shell bash 'x=(1 {}); echo "${x[1]}"' ::: '$(x)' </dev/null
	same "$output" '$(x)'
}

# Each ran its item: bash looks for the end of the construct in another way
# than it reads what is in it.
@test "no value where bash looks for the end of something in a way of its own" {
	need bash
	for line in 'false && x=$(a=({}); echo b)' 'cat <(a=({}))' \
	    'test -d {} && echo "n: $(a=({}/*); echo ${#a[@]})"' \
	    'f() { x=$(a=({})); }' 'false && x=$(a=(\"); echo {})' \
	    'x=$(cat <<EOF) ; echo {}' 'echo "$(cat <<EOF)" {}' \
	    'cat <(cat <<EOF) {}' 'echo $( (cat <<EOF) ) {}' \
	    'x[y[0]+{}]=5' 'x[[]+{}]=1' "x['a'[0]+{}]=1" 'a=([y[0]+{}]=1)' \
	    'exec {x[y[0]+{}]}>f' "x[y[0] '#'; echo {}]=1" \
	    'function f@(){ eval {}; }; f@' \
	    'function a@()if let {}; then :; fi; a@'; do
		for item in "')); touch pwned; #" "')) \"; touch pwned; #" \
		    $'foo\n$(touch pwned)\nEOF\n' 'a[$(touch pwned)]' \
		    ';touch pwned'; do
			run ppx --shell bash "$line" ::: "$item" </dev/null
			same "$line: $status" "$line: 125"
			same "$line: $(ls)" "$line: items"
		done
	done
	run ppx --shell bash 'echo $(cat <<EOF)' ::: $'foo\n$(touch pwned)\nEOF\n'
	same "$status" 125
	test ! -e pwned
	gives "it's 2" --shell bash \
	    'a=({}); x=$(b=($(echo {}) 1); echo "${#b[@]}"); echo "$a" "$x"' ::: "it's"
}

# Each ran its item, or gave it to a command that would.
@test "an option that an expansion gives, a declare behind a continued line" {
	need bash
	for line in 'x=-v; test $x' 'test "$(echo -v)"' \
	    'if x=1; then f() { test $y; }; fi; y=-v; test $y' \
	    'printf "$(echo {})" x' 'v=-v; printf $v p{} x' \
	    'declare -i x; v=-vx; printf $v' \
	    'declare -i x; v=-vx; printf $v %s {}' \
	    $'for i in 1 2; do declare a={}; a=\\\n(1); done' \
	    'exec $(echo {})' 'exec -a x $(echo {})' \
	    '[ $(dirname {}) = . ]' 'test $(echo {}) -gt 3' \
	    'printf $(echo {})' '\declare x=$(echo {})' \
	    'command declare x=$(echo {})' 'd=; $d declare x=$(echo {})' \
	    $'eval : &\\\n>o {}' $'let 1 &\\\n\\\n>o {}' 'HOME=-v; [ ~ {} ]' \
	    'HOME=-v; test ~' 'HOME=-v; printf ~ x{} y'; do
		for item in 'x -a -v a[$(touch${IFS}pwned)] -o x/y' \
		    '-v a[$(touch${IFS}pwned)] -o 1' \
		    'a y[$(touch${IFS}pwned)]=1' 'a[$(touch pwned)]' '-va[$(touch pwned)]' \
		    '($(touch pwned))' 'touch pwned'; do
			run ppx --shell bash --shell-line "$line" ::: "$item"
			same "$line: $status" "$line: 125"
			test ! -e pwned
		done
	done
	gives a --shell bash 'test -n "$(echo {})" && printf "$(echo {})"' ::: a
	gives a --shell bash $'true &&\\\ntrue |\\\n  echo {}; ! [ ~/x -ef {} ]' ::: a
	gives 'a b' --shell bash 'exec {1} "$(echo {2})"' ::: echo ::: 'a b'
	gives -va --shell bash 'v=%s; printf $v' ::: -va
}
