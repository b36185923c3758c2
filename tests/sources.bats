# Several sources, what a record is, and what becomes of it.  What GNU
# parallel or xargs do the same is in tests/differ.bats.

load helper

# ppx "${show[@]}" shows each task's values, in brackets.
setup()
{
	test_setup
	make_show
	show=(-k "$WORK/show")
}

# fails_with MESSAGE: what "run" ran said that, and exited with 125.
fails_with()
{
	same "$status $output" "125 ppx: $1"
}

# --- several sources -------------------------------------------------------

@test "all combinations, the last source fastest" {
	seq 2 >f
	same "$(ppx -a f "${show[@]}" ::: a b :::: <(echo x))" \
	    $'<1><a><x>\n<1><b><x>\n<2><a><x>\n<2><b><x>'
	same "$(seq 2 | ppx "${show[@]}" :::: f -)" \
	    $'<1><1>\n<1><2>\n<2><1>\n<2><2>'
}

@test "a source without items makes no combination" {
	: >empty
	for lists in "::: a b :::" "::: ::: a" ":::: empty ::: a" \
	    "::: a :::: empty ::: b" "::: a :::+" "-- ::: a :::: empty"; do
		run ppx touch ran $lists
		same "$status $output" "0 "
		run ppx --link touch ran $lists
		same "$status $output" "0 "
	done
	test ! -e ran
}

@test "a milliard of combinations: the first at once, in flat memory" {
	local words

	words=$(seq 1000)
	ppx --dry-run -k echo ::: $words ::: $words ::: $words 2>err |
		head -n 1001 >out
	same "$(head -n 1 out)" "echo 1 1 1"
	same "$(tail -n 1 out)" "echo 1 2 1"
	if ! sanitized; then
		(ulimit -v 200000
		ppx --dry-run -k --max-items 300000 echo ::: $words ::: $words \
		    ::: $words | tail -n 1) >out
		same "$(<out)" "echo 1 300 1000"
	fi
}

@test "the first source is read as it comes" {
	mkfifo items
	background -i items ppx touch :::: - ::: x y
	exec 5>items
	echo one >&5
	wait_until test -e one
	echo two >&5
	wait_until test -e two
	exec 5>&-
	ends $!
	# An endless one, too.
	yes | { ppx "${show[@]}" :::: - ::: 1 2 || :; } | head -n 3 >out
	same "$(<out)" $'<y><1>\n<y><2>\n<y><1>'
	yes | { ppx --link "${show[@]}" :::: - ::: 1 2 || :; } |
		head -n 3 >out
	same "$(<out)" $'<y><1>\n<y><2>\n<y><1>'
}

@test "so are the others, and each is waited for in turn" {
	mkfifo left right
	background ppx touch :::: left right
	exec 5>left 6>right
	echo x1 >&6
	echo one >&5
	wait_until test -e x1
	echo x2 >&6
	wait_until test -e x2
	exec 6>&-
	echo two >&5
	exec 5>&-
	ends $!
	test -e two
}

@test "100,000 lines and a second source, in flat memory" {
	local n=100000

	! sanitized || n=1000
	seq $n | ppx --dry-run -k echo :::: - ::: a | tail -n 1 >out
	same "$(<out)" "echo $n a"
	seq $n | ppx --dry-run -k --link echo :::: - ::: a b c | tail -n 1 >out
	same "$(<out)" "echo $n $(printf 'cab' | cut -c $((n % 3 + 1)))"
}

@test "a bad record makes its combinations bad, and no other" {
	printf 'a\nb\0\nc\n' >f
	run ppx "${show[@]}" :::: f ::: 1 2
	test "$status" -eq 123
	same "$(grep '^<' <<<"$output")" $'<a><1>\n<a><2>\n<c><1>\n<c><2>'
	grep 'item 3 cannot be run: has a NUL byte in it: b' <<<"$output"
	grep 'item 4 cannot be run: has a NUL byte in it: b' <<<"$output"
}

@test "standard input twice: both are named" {
	run ppx -a - true :::: -
	fails_with "-a - and :::: - both name standard input, which can be read once"
	run ppx --arg-file-sep // true // - ::: a //+ -
	fails_with "// - and //+ - both name standard input, which can be read once"
}

@test "a file that cannot be read: nothing is started" {
	seq 3 >f
	mkdir d
	run ppx touch ran ::: a :::: f none
	fails_with "cannot read none: No such file or directory"
	run ppx touch ran :::: f d
	fails_with "cannot read d: Is a directory"
	run bash -c '"$PPX" touch ran :::: f - <&-'
	fails_with "cannot read stdin: Bad file descriptor"
	test ! -e ran
	(ulimit -n 20
	not ppx touch ran $(for i in {1..30}; do echo :::: f; done) 2>err)
	grep '^ppx: cannot read f: Too many open files' err
	test ! -e ran
}

@test "a read error in a later source ends the run" {
	run ppx touch ran ::: a :::: /proc/self/mem
	fails_with "cannot read /proc/self/mem: Input/output error"
	test ! -e ran
}

# --- words -----------------------------------------------------------------

@test "--words: a quote that is not closed" {
	run ppx --words "${show[@]}" < <(printf "a b\n'c d\ne f\n")
	test "$status" -eq 125
	grep "ppx: cannot read stdin: unmatched single quote in word 3: c d" \
	    <<<"$output"
	grep '<b>' <<<"$output"
	not grep '<e>' <<<"$output"
}

@test "--words: words with names and separators, and words after :::" {
	same "$(printf 'a,b c\n "d e",f' | ppx --words --colsep , "${show[@]}")" \
	    $'<a><b>\n<c>\n<d e><f>'
	same "$(printf 'x y' | ppx --words "${show[@]}" :::: - ::: '"a b"')" \
	    $'<x><"a b">\n<y><"a b">'
	same "$(printf "a '' b ''" | ppx --words -r "${show[@]}")" $'<a>\n<b>'
}

# --- columns ---------------------------------------------------------------

@test "--colsep: what is no regular expression, with a caret" {
	run ppx --colsep 'a(b' true ::: x
	fails_with $'--colsep: a parenthesis without its counterpart\n    a(b\n     ^'
	run ppx -C '[,' true ::: x
	fails_with $'--colsep: a [ that is not closed\n    [,\n    ^'
	run ppx -C '|' true ::: x
	fails_with $'--colsep: it matches the empty text; a bar itself is \\|\n    |\n    ^'
	run ppx -C '' true ::: x
	fails_with "-C: the argument is empty"
}

@test "columns that are too long, and many of them" {
	long=$(head -c 140000 /dev/zero | tr '\0' x)
	printf '%s\n' "a,b,$long" "c,d,${long:0:131071}" "$long" >in
	run ppx -k --colsep , sh -c 'echo "$1 ${#3}"' sh <in
	test "$status" -eq 123
	grep -x 'c 131071' <<<"$output"
	grep 'item 1 cannot be run: longer than the system takes' <<<"$output"
	grep 'item 3 cannot be run: longer than the system takes' <<<"$output"
	seq -s , 20000 | ppx -C , sh -c 'echo $#' sh >out
	same "$(<out)" 20000
	seq -s , 20000 | ppx -C ',|;' sh -c 'echo $#' sh >out
	same "$(<out)" 20000
}

@test "--csv: quoted newlines, CRLF, and what is no CSV" {
	printf '"a\nb",c\r\nd\r\n"e""",\r\n' >in
	same "$(ppx --csv "${show[@]}" <in)" $'<a\nb><c>\n<d>\n<e"><>'
	dd if=in bs=1 status=none | ppx --csv "${show[@]}" >out
	same "$(<out)" $'<a\nb><c>\n<d>\n<e"><>'
	run ppx --csv "${show[@]}" < <(printf 'a"b,c\n"d"e\nf\n"g,\nh\n')
	test "$status" -eq 123
	same "$(grep '^<' <<<"$output")" '<f>'
	grep 'item 1 .*: no CSV: a quote in a field without quotes: a"b,c' \
	    <<<"$output"
	grep 'item 2 .*: no CSV: text behind a closing quote: "d"e' <<<"$output"
	grep 'item 4 .*: no CSV: a quote is not closed: "g,' <<<"$output"
}

@test "--csv with another separator" {
	same "$(printf 'a\t"b\tc"\td' | ppx --csv -C '\t' "${show[@]}")" \
	    '<a><b	c><d>'
	run ppx --csv -C ';;' true ::: a
	fails_with $'--csv with --colsep: more than one byte\n    ;;\n     ^'
	run ppx --csv -C '"' true ::: a
	test "$status" -eq 125
	[[ $output == *"cannot part fields of CSV"* ]]
}

@test "--csv --header with another separator: a hint" {
	run ppx --csv --header : echo '{b}' < <(printf 'a;b\n1;2\n')
	same "${lines[0]}" "ppx: the header is one column, a;b; did you mean --colsep ';'?"
	run ppx --csv --header : echo '{b}' < <(printf 'a\tb\n1\t2\n')
	same "${lines[0]}" "ppx: the header is one column, a\\tb; did you mean --colsep '\\t'?"
	for o in {a\;b} {} {1}; do
		run ppx --csv --header : echo $o < <(printf 'a;b\n1;2\n')
		same "$output" '1;2'
	done
	run ppx --csv --header : -C ';' echo '{b}' < <(printf 'a;b\n1;2\n')
	same "$output" 2
}

@test "--csv, --words, -0 and -d exclude each other" {
	for pair in "--csv -0" "--csv -d," "--csv --words" "--words -0" \
	    "--words -d,"; do
		run ppx $pair true ::: a
		test "$status" -eq 125
		[[ $output == *" and "*" exclude each other: "* ]]
	done
}

@test "an unclosed quote of CSV does not store the rest" {
	make_long() { printf '"a'; head -c 20000000 /dev/zero | tr '\0' x; }
	make_long >in
	(sanitized || ulimit -v 100000
	run ppx --csv true <in
	test "$status" -eq 123
	grep 'item 1 cannot be run: longer than the system takes' <<<"$output")
}

# --- header ----------------------------------------------------------------

@test "--header: of CSV, of trimmed columns, of an empty input" {
	same "$(printf '"a\nb",c\n1,2\n' | ppx --csv --header : "${show[@]}")" \
	    '<1><2>'
	run ppx --header : touch ran </dev/null
	same "$status $output" "0 "
	run ppx --header : touch ran ::: a ::: b
	same "$status $output" "0 "
	test ! -e ran
	run ppx --header x touch ran ::: a
	test "$status" -eq 125
}

@test "--header: names are trimmed where records are" {
	show=(printf '<%s>' {x} '{ x }')
	printf ' x ,y\n a ,b\n' >in
	same "$(ppx -C , --header : "${show[@]}" <in)" '<a><{ x }>'
	same "$(ppx -C , --trim n --header : "${show[@]}" <in)" '<{x}>< a >'
	same "$(ppx --csv --header : "${show[@]}" <in)" '<{x}>< a >'
	same "$(ppx --csv --trim lr --header : "${show[@]}" <in)" '<a><{ x }>'
	same "$(ppx --header : "${show[@]}" ::: ' x ' ' a ')" '<{x}>< a >'
}

@test "--header: a name goes before a position, {#} and its like" {
	printf '2,1,#,.\na,b,c,d.e\n' >in
	same "$(ppx -C , --header : echo {1} {2} {3} {#} {.} {4.} {#.} <in)" \
	    'b a c c d.e d c'
	need parallel
	printf '#,%%\na,b\n' >in
	same "$(ppx -C , --header : echo {#} {%} {1} {2.} <in)" \
	    "$(parallel --will-cite -C , --header : echo {#} {%} {1} {2.} <in)"
	printf '2,x\na,b\n' >in
	same "$(ppx -C , --header : echo {2} {x} {1} <in)" \
	    "$(parallel --will-cite -C , --header : echo {2} {x} {1} <in)"
}

@test "--header: {name} that is nearly a column's: a hint, once" {
	local hint=' stays as it is: no column of --header has that name; did you mean '

	columns()
	{
		run ppx -C , --header : "$@" < <(printf 'name,Size,b\nx,1,2\n')
		same "$status" 0
	}
	columns echo {nmae} {size} {name}
	same "$output" "ppx: {nmae}$hint{name}?"$'\n{nmae} {size} x'
	columns 'echo {SIZE/} {name}'
	same "${lines[0]}" "ppx: {SIZE/}$hint{Size}?"
	columns -q echo {nmae} {name}
	same "$output" '{nmae} x'
	columns --tagstring {B} echo {name}
	same "${lines[0]}" "ppx: {B}$hint{b}?"
	columns echo {foo} '{"nam": 1}' '${Name}' '{ name }' a{name,b}{c}
	same "$output" '{foo} {"nam": 1} ${Name} { name } aname{c} ab{c} x 1 2'
	run ppx echo {nmae} ::: a
	same "$output" '{nmae} a'
}

@test "--header: names are those of their own source" {
	printf '%s\n' a,b 1 1,2 1,2,3 >in
	run ppx --header : -C , "${show[@]}" :::: in ::: c 5
	test "$status" -eq 123
	same "$(grep '^<' <<<"$output")" $'<1><><5>\n<1><2><5>'
	grep 'item 3 cannot be run: has more columns than the header: 1,2,3' \
	    <<<"$output"
	same "$(ppx --header : -C , "${show[@]}" <in)" \
	    $'<1>\n<1><2>\n<1><2><3>'
}

@test "--header: a bad first record, and one that is waited for" {
	run ppx --header : touch ran < <(printf 'a\0b\nc\n')
	fails_with "--header: a first record cannot give names: has a NUL byte in it"
	mkfifo f g
	background ppx --header : touch :::: f g
	exec 5>f 6>g
	echo y >&6
	echo x >&5
	echo ran >&5
	echo ran2 >&6
	wait_until test -e ran
	exec 5>&- 6>&-
	ends $!
	# Ctrl-C while it waits.
	env --default-signal=INT "$PPX" --header : true :::: f 3>&- 4>&- &
	exec 5>f
	kill -INT $!
	status=0
	wait $! || status=$?
	exec 5>&-
	test "$status" -eq 130
}

# --- the rest --------------------------------------------------------------

@test "--trim, -r and -E see the record in that order" {
	same "$(printf 'a\n  \nb\n' | ppx --trim lr -r "${show[@]}")" \
	    $'<a>\n<b>'
	same "$(printf ' E\nE\nb\n' | ppx --trim lr -E E "${show[@]}")" '<E>'
	same "$(printf 'a\n,\n' | ppx -r -C , "${show[@]}")" $'<a>\n<><>'
}

@test "--max-items: no more is read" {
	same "$(yes | ppx --max-items 2 "${show[@]}")" $'<y>\n<y>'
	same "$(ppx --max-items 3 "${show[@]}" ::: a b ::: 1 2)" \
	    $'<a><1>\n<a><2>\n<b><1>'
	run ppx --max-items 0 true ::: a
	test "$status" -eq 125
	mkfifo f
	background -i f ppx --max-items 1 touch
	exec 5>f
	echo one >&5
	ends $!
	exec 5>&-
	test -e one
}

@test "--shuf: each item once, in an order that the seed decides" {
	ppx --shuf=7 "${show[@]}" ::: {1..50} >a
	ppx --shuf=7 "${show[@]}" ::: {1..50} >b
	ppx --shuf=8 "${show[@]}" ::: {1..50} >c
	cmp a b
	not cmp -s a c
	same "$(sort a)" "$(ppx "${show[@]}" ::: {1..50} | sort)"
	seq 1000 | ppx --shuf --dry-run -k echo >a
	seq 1000 | ppx --shuf --dry-run -k echo >b
	not cmp -s a b
	cmp <(sort a) <(sort b)
	same "$(ppx --shuf=1 "${show[@]}" ::: a b ::: 1 2 | sort)" \
	    $'<a><1>\n<a><2>\n<b><1>\n<b><2>'
	ppx --shuf=7 --max-items 3 "${show[@]}" ::: {1..50} >b
	cmp b <(ppx --shuf=7 "${show[@]}" ::: {1..50} | head -n 3)
	run ppx --shuf=x true ::: a
	fails_with $'--shuf: not a number\n    x\n    ^'
}

@test "--shebang: the other lines of the script are the input" {
	cat >s <<-END
	#!$PPX --shebang -k 'echo  "x  y" {} | tr a-z A-Z'
	a b
	c
	END
	chmod +x s
	same "$(./s)" $'X  Y A B\nX  Y C'
	printf '#!%s --hashbang\necho a; echo b\n' "$PPX" >s
	same "$(./s)" $'a\nb'
	# The first line is none of the records, whatever ends those.
	printf '#!%s --shebang -k -d , -- %s/show x\na,b' "$PPX" "$WORK" >s
	same "$(./s)" $'<x><a>\n<x><b>'
	same "$(./s y ::: 1)" $'<x><y><a><1>\n<x><y><b><1>'
	printf '#!%s -S %s --shebang -k %s/show\na\n' "$(command -v env)" \
	    "$PPX" "$WORK" >s
	same "$(./s)" '<a>'
}

@test "--shebang anywhere else is an error" {
	run ppx --shebang
	fails_with '--shebang is for the first line of a script: "#!/usr/bin/ppx --shebang ..."'
	run ppx -k --shebang echo ::: a
	fails_with "--shebang must be the first option of a script's first line"
	mkfifo fifo
	rc=0
	timeout 20 "$PPX" '-I --shebang' ./fifo ::: a 2>err || rc=$?
	same "$rc" 126
	printf '#!%s --shebang -k "echo\na\n' "$PPX" >s
	chmod +x s
	run ./s
	fails_with "a quote is not closed in the script's first line: --shebang -k \"echo"
	printf '#!%s -j2 --shebang echo\na\n' "$PPX" >s
	run ./s
	fails_with "--shebang must be the first option of a script's first line"
	same "$(ppx '--tagstring=x --shebang' echo ::: a)" $'x --shebang\ta'
	printf '#!%s --shebang-wrap sh\necho\n' "$PPX" >s
	run ./s
	[[ $output == "ppx: --shebang-wrap is not supported: write a script"* ]]
}

@test "--shebang: a script that cannot have arguments" {
	printf '#!%s -S %s --shebang -k echo\na\n' "$(command -v env)" \
	    "$PPX" >s
	chmod +x s
	run ./s one two
	fails_with "--shebang: two is taken for the script, which is the last word after env -S, or with nothing behind --shebang: it cannot have arguments then"
}

@test "a byte order mark in front of CSV is none of it" {
	same "$(printf '\xef\xbb\xbfa,b\n1,2\n' | ppx --csv --header : echo {b} {a})" \
	    "2 1"
}
