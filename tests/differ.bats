# The same command lines given to ppx and to GNU parallel or xargs: what they
# run is the same, in the same order.  What differs on purpose is in the
# manual, and not here.

load helper

# Tasks print their arguments in brackets; GNU parallel gives its command to a
# shell, so the name of the program has nothing that a shell acts on.
setup()
{
	test_setup
	make_show
	# GNU parallel writes there.
	export HOME=$WORK
	PATH=$WORK:$PATH
}

gnu()
{
	parallel --will-cite -k "$@"
}

# as_parallel ARG..: both print the same, with the file "in" as their input.
as_parallel()
{
	test -e in || : >in
	gnu "$@" <in >want 2>gnu.err || :
	ppx -k "$@" <in >got 2>ppx.err || :
	cmp -s want got && return
	printf 'arguments:'; printf ' %q' "$@"; echo
	echo "GNU parallel:"; cat want gnu.err
	echo "ppx:"; cat got ppx.err
	return 1
}

# as_xargs 'XARGS OPTIONS' 'PPX OPTIONS': one item a task, from the file "in".
as_xargs()
{
	eval "xargs $1 -n1 ./show" <in >want 2>xargs.err || :
	eval "ppx -k $2 ./show" <in >got 2>ppx.err || :
	cmp -s want got && return
	echo "xargs $1, ppx $2, of:"; od -c in | head -n 20
	echo "xargs:"; cat want xargs.err
	echo "ppx:"; cat got ppx.err
	return 1
}

# --- sources ---------------------------------------------------------------

@test "GNU parallel: combinations" {
	need parallel
	printf 's\nt\n' >in
	seq 3 >f
	printf 'x\ny\n' >g
	as_parallel show ::: a b ::: 1 2 3
	as_parallel show ::: a b ::: 1 2 ::: x y z
	as_parallel show :::: f g
	as_parallel -a f -a g show
	as_parallel -a f show ::: a b
	as_parallel -a - -a f show
	as_parallel show ::: a b :::: -
	as_parallel show :::: - f ::: a
	as_parallel --arg-sep ,, show ,, a b ,, ::: 1
	as_parallel --arg-file-sep // show // f ::: a b
}

@test "GNU parallel: :::+ and ::::+" {
	need parallel
	seq 3 >f
	printf 'x\ny\n' >g
	as_parallel show ::: a b c :::+ 1 2 3
	as_parallel show ::: a b c :::+ 1 2
	as_parallel show ::: a b :::+ 1 2 3
	as_parallel show ::: a b c :::+ 1 2 ::: X Y
	as_parallel show ::: X Y ::: a b c :::+ 1 2
	as_parallel show ::: a b :::+ 1 2 :::+ x y z
	as_parallel show ::: X Y :::+ 1 2 ::: A B ::::+ f g
	as_parallel show :::: f ::::+ g ::: a
	as_parallel show :::+ a b ::: 1 2
	as_parallel --arg-sep ,, show ,, a b ,,+ 1 2
}

@test "GNU parallel: --link" {
	need parallel
	seq 5 >f
	for lists in "::: a b c ::: 1 2 3" "::: a b c ::: 1 2" \
	    "::: a ::: 1 2 3 4" "::: a b ::: 1 2 3 ::: v w x y z" \
	    "::: a b c :::+ 1 2 ::: x y z w" ":::: f ::: a b" \
	    "::: a b :::: f"; do
		as_parallel --link show $lists
	done
}

@test "GNU parallel: random sources" {
	need parallel
	RANDOM=4
	for ((i = 0; i < 5; i++)); do
		lists=
		for ((k = 0; k < RANDOM % 4 + 1; k++)); do
			plus=+
			((k && RANDOM % 2)) || plus=
			lists+=" :::$plus $(seq -s ' ' $((RANDOM % 3 + 1)))"
		done
		as_parallel show $lists
		as_parallel --link show $lists
	done
}

# --- records ---------------------------------------------------------------

@test "GNU parallel: --colsep" {
	need parallel
	printf '%s\n' a,b ,a,,b,, a ' a , b ' 'a;b,c' $'a\tb\t\tc' ab12cd3 \
	    'a | b |c' a.b 'a  b   c' '' >in
	for sep in , ';' '\t' '[0-9]+' '\|' '\.' ' +' '[,;]' 'b|,' 'a{2}|c'; do
		as_parallel --colsep "$sep" show
	done
	as_parallel -C , --trim n show
	as_parallel -C ' +' --trim n show
	as_parallel --colsep , show ::: a,b c ::: 1,2 3
}

@test "GNU parallel: --csv" {
	need parallel
	perl -MText::CSV -e 1 2>/dev/null || skip "needs Perl's Text::CSV"
	printf '%s\n' 'a,b' '"a,1",b' '"x""y", z ' '"p' 'q",r' ',' '""' \
	    '"",a' 'a' ' a , b ' '"""",""""""' >in
	as_parallel --csv show
	as_parallel --csv --trim lr show
	printf '"a;1";b\n' >in
	as_parallel --csv --colsep ';' show
	as_parallel --csv show ::: '"a,b",c' '"d"' ::: 1,2
}

@test "GNU parallel: --trim" {
	need parallel
	printf '%s\0' $' \t\n\r\va b \t\n\r\v\f ' '' ' ' $'\n' ' a' 'a ' \
	    'a' >in
	for how in n l r lr rl; do
		as_parallel -0 --trim $how show
		as_parallel --trim $how --colsep , show ::: ' a , b ' ', ' ' ,'
	done
}

@test "GNU parallel: --header :" {
	need parallel
	printf 'A,B\n1,2\n3,4\n' >in
	as_parallel --header : --colsep , show
	as_parallel --header : show ::: x 1 2 ::: y 8 9
	as_parallel --header : --link show ::: x 1 2 ::: y 8 9 7
	as_parallel --header : show ::: x 1 2 :::+ y 8 9
	as_parallel --header : --colsep , show ::: a,b 1,2 3,4 ::: c,d 5,6 7,8
	as_parallel --header : -E A show
	as_parallel --skip-first-line --header : show
	echo A >in
	as_parallel --header : show
	: >in
	as_parallel --header : show
}

@test "GNU parallel: --header : and names in replacement strings" {
	need parallel
	printf 'A,B c\n1.x,d/2\n3,4\n' >in
	as_parallel --header : --colsep , show {A} {B\ c} {1} {C} x{A}{A}
	as_parallel --header : --colsep , show {A.} {B\ c/} {2//} {}
	as_parallel --header : show {x} {y} {2} ::: x 1 2 ::: y 8 9
	as_parallel --header : show {y} {x} ::: x 1 2 :::+ y 8 9 ::: z 3
}

@test "GNU parallel: -E, --skip-first-line, -r, -0, -d" {
	need parallel
	printf 'a\nEND\nb\n' >in
	as_parallel -E END show
	as_parallel --eof END show
	as_parallel -E a show
	as_parallel -E EN show
	as_parallel -E END show ::: a END b ::: 1 2
	as_parallel -E END show ::: a b ::: 1 END 2
	as_parallel --colsep N -E END show
	as_parallel --skip-first-line show
	as_parallel --skip-first-line show ::: a b ::: 1 2
	as_parallel --skip-first-line show :::: in in
	as_parallel -r show ::: a '' b
	as_parallel -r show ::: a '' ::: '' b
	as_parallel -r --colsep , show ::: a, '' ,b ,
	as_parallel -d , show
	as_parallel -d N show
	printf 'a\0\nb\0\0' >in
	as_parallel -0 show
	as_parallel -0 -E b show
}

@test "GNU parallel: the script that it is the interpreter of" {
	need parallel
	for what in "$(command -v parallel) --shebang --will-cite" \
	    "$PPX --shebang"; do
		printf '#!%s -k -r --colsep , show x\na,b\n\nc,d\n' "$what" >s
		chmod +x s
		./s >out."${what##*/}"
	done
	same "$(cat out.*)" "$(printf '<x><a><b>\n<x><c><d>\n%.0s' 1 2)"
}

@test "xargs: words" {
	need xargs
	printf "a 'b c' \"d e\" f\\\\ g h\\\\\ni\n a'b c'd\"e f\"g " >in
	as_xargs '' --words
	for text in '' ' ' "''\n" '"" x' '\\' 'a\\' 'a\\\nb' "'a\"b' \"c'd\"" \
	    '"a\\"b c"' 'a\vb\fc\rd' 'a b\r\n\r\n c\r\n\f\vd\r "\r"\n' '\n\n a\n\n b' "'a\\\\'" 'a\t\tb\n'; do
		printf "$text" >in
		as_xargs -r --words
	done
}

@test "xargs: random words" {
	need xargs
	RANDOM=5
	bytes=(a b ' ' $'\t' $'\n' \\ \' \" a b $'\r' $'\f' $'\v')
	for ((i = 0; i < 150; i++)); do
		text=
		for ((k = 0; k < 25; k++)); do
			text+=${bytes[RANDOM % ${#bytes[@]}]}
		done
		printf '%s\n' "$text" >in
		# Where a quote is open xargs gives what it has to one more.
		xargs -r true <in 2>/dev/null || continue
		as_xargs -r --words
		n=$((${n:-0} + 1))
	done
	test "$n" -ge 5
}

@test "xargs: a quote that is not closed" {
	need xargs
	for text in "a b 'c d\ne' f" 'a "b' 'a\n"b\n'; do
		printf "$text" >in
		not xargs true <in 2>want
		run ppx --words true <in
		same "$status" 125
		# Both name the kind of quote.
		[[ $output == *"$(grep -o 'unmatched [a-z]* quote' want)"* ]]
	done
}

@test "xargs: -E, -0, -d" {
	need xargs
	for text in 'a b END c' 'a "END" c' 'a E\\ND b' 'a\nEND' 'END' 'aEND b'; do
		printf "$text" >in
		as_xargs '-r -E END' '--words -E END'
		as_xargs '-r -eEND' '--words -eEND'
	done
	printf 'a "" b\n' >in
	as_xargs "-r -E ''" "--words -E ''"
	printf 'a\0\0b c\n\0 d"' >in
	as_xargs -0 -0
	as_xargs --null --null
	printf 'a,,b c\n, d"' >in
	for d in , '"' ' ' '\n' '\t' '\x2c' '\054'; do
		as_xargs "-d '$d'" "-d '$d'"
	done
}
