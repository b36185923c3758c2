# --results, --files, --output=failed, --color-failed: what becomes of outputs
# that have ended.

load helper

# All files below $1, sorted.
tree()
{
	(cd "$1" && find . -type f | LC_ALL=C sort)
}

# same_trees A B: the same files with the same contents.
same_trees()
{
	same "$(tree "$1")" "$(tree "$2")"
	diff -r "$1" "$2"
}

# Rows of CSV or TSV with the times left out, as Python reads them, sorted.
rows()
{
	python3 - "$1" "$2" <<-'END'
	import csv, sys
	csv.field_size_limit(1 << 30)
	with open(sys.argv[1], newline='', encoding='latin-1') as f:
	    r = list(csv.reader(f, delimiter=sys.argv[2], strict=True))
	for row in [r[0]] + sorted(r[1:], key=lambda x: int(x[0])):
	    print(repr(row[:2] + row[4:]))
	END
}

refuses()
{
	run ppx "${@:2}"
	same "$status $output" "125 ppx: $1"
}

# --- a tree ----------------------------------------------------------------

@test "--results DIR: a tree by the values, nothing is printed" {
	run ppx --results r 'echo "out $1"; echo "err $1" >&2' ::: a b
	same "$status $output" "0 "
	same "$(tree r)" "$(printf './1/%s\n' {a,b}/{seq,stderr,stdout})"
	same "$(cat r/1/b/stdout r/1/b/stderr r/1/b/seq)" $'out b\nerr b\n2'
}

@test "--results DIR: no value leads out of it" {
	printf '%s\0' ../../x .. . '' /etc $'a\tb\nc' 'a\b' -n '*' |
		ppx -0 -j1 --results deep/r 'printf %s "$1"'
	same "$(ls)" "deep"
	same "$(cd deep/r/1 && LC_ALL=C ls -A)" "$(printf '%s\n' \
	    '*' -n '..\_..\_x' '\.' '\..' '\_etc' '\e' 'a\\b' 'a\tb\nc')"
	same "$(cat 'deep/r/1/a\tb\nc/stdout')" $'a\tb\nc'
}

@test "--results DIR: long values differ in a hash" {
	a=$(printf 'a%.0s' {1..300})
	ppx --results r 'printf %s "$1"' ::: "${a}x" "${a}y"
	same "$(ls r/1 | wc -l)" 2
	same "$(cat r/1/*/stdout | wc -c)" 602
	for dir in r/1/*; do
		dir=${dir##*/}
		test "${#dir}" -le 255
	done
}

@test "--results: a second task with the same path gets another" {
	run ppx -j1 --results r echo '{#}' ::: a a a
	same "$status $output" "0 ppx: task 2 has the same --results as an\
 earlier one: it gets r/1/a.~2, and so on"
	same "$(cat r/1/a/stdout r/1/a.~2/stdout r/1/a.~3/stdout)" $'1\n2\n3'
	# an earlier run is written over
	ppx --results r echo new ::: a
	same "$(cat r/1/a/stdout)" "new a"
}

@test "--results: as it was tried last, and counted once" {
	ppx -j1 --retries 3 --results r --joblog log \
	    'echo "$PPX_ATTEMPT"; test "$PPX_ATTEMPT" = "3${1#a}"' ::: a
	same "$(cat r/1/a/stdout)" 3
	same "$(cut -f6 log)" $'Receive\n2'
}

@test "--results: large outputs, every byte" {
	head -c 9000000 /dev/urandom >blob
	ppx --results r 'cat blob; cat blob >&2; : $1' ::: 1 2
	for file in r/1/*/std*; do
		cmp blob "$file"
	done
}

@test "--results: it is stored when it is logged" {
	gate go
	background ppx -j2 --results r --joblog log 'echo x; test "$1" = 1 ||
	    cat go' ::: 1 2
	wait_until grep -q 'test 1' log || wait_until grep -q '^1' log
	same "$(cat r/1/1/stdout)" x
	not test -e r/1/2/stdout
	open_gate go
	wait "$!"
	same "$(cat r/1/2/stdout)" x
}

@test "--results: what was ended has what it wrote" {
	run ppx --timeout 2 --results r 'echo begun; exec sleep 60' ::: a
	same "$status" 123
	same "$(cat r/1/a/stdout)" begun
}

@test "--results: of tasks that never ran there is nothing" {
	run ppx -j1 --fail-fast --results r 'false; exit 1$1' ::: 1 2 3
	same "$status" 123
	same "$(ls r/1)" 1
}

@test "--results: a million of nothing is no file" {
	run ppx --results r echo </dev/null
	same "$status $output" "0 "
	same "$(tree r)" ""
}

# --- templates -------------------------------------------------------------

@test "--results TEMPLATE: a file, .err and .seq beside it" {
	ppx --results 'out/{#}/{}.txt' 'echo "$1"; echo e >&2' ::: a ../b
	same "$(tree out)" "$(printf './%s\n' 1/a.txt{,.err,.seq} \
	    '2/..\_b.txt'{,.err,.seq})"
	same "$(cat out/1/a.txt out/1/a.txt.err out/1/a.txt.seq)" $'a\ne\n1'
}

@test "--results TEMPLATE: files of two tasks do not meet" {
	run ppx -j1 --results 'r/{}' 'echo "$1"; echo "e$1" >&2' \
	    ::: a a.err a.seq
	same "$status" 0
	same "$(cat r/a r/a.err r/a.seq)" $'a\nea\n1'
	same "$(cat r/a.err.~2 r/a.err.~2.err)" $'a.err\nea.err'
}

@test "--results TEMPLATE/: a directory" {
	ppx --results 'r/x{}/' echo ::: a
	same "$(tree r)" $'./xa/seq\n./xa/stderr\n./xa/stdout'
}

# --- tables ----------------------------------------------------------------

@test "--results FILE.csv" {
	run ppx -j1 --results r.csv 'echo "$1"; echo err >&2; exit 3' \
	    ::: 'a "b"'
	same "$status" 123
	same "$(sed 's/[0-9]*\.[0-9]*,[0-9]*\.[0-9]*/TIMES/' r.csv)" \
"Seq,Host,Starttime,JobRuntime,Send,Receive,Exitval,Signal,Command,V1,Stdout,\
Stderr
1,:,TIMES,0,6,3,0,\"sh -c 'echo \"\"\$1\"\"; echo err >&2; exit 3' sh\
 'a \"\"b\"\"'\",\"a \"\"b\"\"\",\"a \"\"b\"\"
\",\"err
\""
}

@test "--results FILE.jsonl: every byte" {
	need python3
	printf '%b' "$(printf '\\x%02x' {1..255})" >bytes
	for i in 1 2 3 4 5; do
		cat bytes
	done | tee -a all | cat >five
	ppx --results r.jsonl 'for i in $(seq 1000); do cat five; done;
	    printf "\303\244" >&2' ::: "$(printf '\001\377"')" ü
	python3 - <<-'END'
	import base64, json
	want = open('five', 'rb').read() * 1000
	rows = [json.loads(x) for x in open('r.jsonl', encoding='utf-8')]
	assert len(rows) == 2
	for r in rows:
	    assert base64.b64decode(r['Stdout_base64']) == want
	    assert r['Stdout'] == want.decode('utf-8', 'replace') or True
	    assert r['Stderr'] == 'ä' and 'Stderr_base64' not in r
	    assert r['Receive'] == len(want) and r['Exitval'] == 0
	assert sorted(r['V'][0] for r in rows)[1] == 'ü'
	END
}

@test "--results: a table is neither stdout nor appended to by a +" {
	run ppx --results -.csv echo ::: a
	same "$status" 125
	run ppx --results +x.csv echo ::: a
	same "$status $output" "125 ppx: --results +x.csv: rows are appended with --resume only; for a file of that name write ./+x.csv"
	test ! -e +x.csv
	run ppx --results '{}.csv' echo ::: a
	same "$status $output" "125 ppx: --results {}.csv: a table is one file for all tasks; for one for each of them end the name otherwise: {}.csv.txt"
	ppx --results ./+x.csv echo ::: a
	test -s +x.csv
}

@test "--results FILE.csv: large outputs, rows are not mixed" {
	need python3
	ppx -j4 --results r.csv 'yes "$1,\"x\"" | head -n 300000' ::: 1 2 3 4
	python3 - <<-'END'
	import csv
	csv.field_size_limit(1 << 30)
	rows = list(csv.reader(open('r.csv', newline=''), strict=True))[1:]
	assert sorted(r[9] for r in rows) == ['1', '2', '3', '4']
	for r in rows:
	    assert r[10] == (r[9] + ',"x"\n') * 300000, r[9]
	    assert int(r[5]) == len(r[10])
	END
}

# --- files -----------------------------------------------------------------

@test "--files: names of files in --tmpdir; stderr is printed" {
	mkdir tmp
	run --separate-stderr ppx -k --tmpdir tmp --files --tag \
	    'echo "out $1"; echo err >&2' ::: a b
	same "$status" 0
	same "$stderr" $'a\terr\nb\terr'
	same "$(cut -f1 <<<"$output")" $'a\nb'
	same "$(cut -f2 <<<"$output" | xargs cat)" $'out a\nout b'
	same "$(ls tmp | wc -l)" 2
}

@test "--files: where no file can be made nothing starts" {
	: >file
	run ppx --tmpdir none --files 'touch ran; echo' ::: a
	same "$status $output" "125 ppx: --files: no file can be made in none \
(--tmpdir): No such file or directory"
	TMPDIR=$PWD/file run ppx --files 'touch ran; echo' ::: a
	same "$status $output" "125 ppx: --files: no file can be made in \
$PWD/file (TMPDIR): Not a directory"
	if test -d /proc/self; then
		# it has the permissions for it, of root
		run ppx --tmpdir /proc --files 'touch ran; echo' ::: a
		[[ $status == 125 && $output == "ppx: --files: no file can be \
made in /proc (--tmpdir): "* ]]
	fi
	test ! -e ran
}

@test "--files with --results: the names there" {
	run ppx -k --files --results r echo ::: a b
	same "$output" $'r/1/a/stdout\nr/1/b/stdout'
	run ppx -k --files --results 'r/{}.o' echo ::: a b
	same "$output" $'r/a.o\nr/b.o'
}

@test "--files --output=failed: only what failed has a file" {
	mkdir tmp
	run ppx --tmpdir tmp --files --output=failed -q 'exit $1' ::: 0 1 0
	same "$status $(ls tmp | wc -l)" "123 1"
	same "$output" "tmp/$(ls tmp)"
}

# --- failed ----------------------------------------------------------------

@test "--output=failed: of tasks whose last attempt failed" {
	run ppx -qk --output=failed --retries 2 --tag \
	    'echo "$PPX_ATTEMPT"; echo e >&2; test "$1$PPX_ATTEMPT" = b2' \
	    ::: a b c
	same "$status $output" $'123 a\t2\na\te\nc\t2\nc\te'
}

@test "--output=failed: what is large, and -v" {
	ppx -q --output=failed -v 'yes | head -c 3000000; exit $1' \
	    ::: 0 1 0 >got || true
	same "$(head -n 1 got)" "sh -c 'yes | head -c 3000000; exit \$1' sh 1"
	same "$(wc -c <got)" $((3000000 + $(head -n 1 got | wc -c)))
}

@test "--output=failed with --results: both" {
	run ppx -qk --output=failed --results r 'echo "$1"; exit $1' ::: 0 1 2
	same "$output" $'1\n2'
	same "$(cat r/1/*/stdout)" $'0\n1\n2'
}

@test "--color-failed: red lines at a terminal" {
	red=$'\e[31m' off=$'\e[m'
	run "$PPX_TOOLS/onpty" "$PPX" -qk --tag --color-failed \
	    'echo x; printf y; exit $1' ::: 0 1 </dev/null
	same "${output//$'\r'/}" "0	x
0	y${red}1	x${off}
${red}1	y${off}"
}

@test "--color-failed: not into a pipe, and no conflict in PPX_OPTIONS" {
	run ppx -q --color-failed 'echo x; exit 1' ::: 1
	same "$output" x
	export PPX_OPTIONS="--color-failed --progress"
	run ppx -qu 'echo x; exit 1' ::: 1
	same "$output" x
	run ppx -q --lb 'echo x; exit 1' ::: 1
	same "$output" x
}

# --- what cannot be --------------------------------------------------------

@test "--results that cannot be made: said before anything runs" {
	: >file
	run ppx --results file/x touch ::: ran
	same "$status $output" "125 ppx: --results: directory file/x: Not a\
 directory"
	run ppx --results none/x.csv touch ::: ran
	same "$status $output" "125 ppx: --results none/x.csv: No such file or\
 directory"
	not test -e ran
}

@test "--results: a name that cannot be costs that task, and 125" {
	mkdir -p r/b.x
	run ppx -j1 --results 'r/{}.x' --joblog log echo ::: a b c
	same "$status" 125
	[[ ${lines[0]} == "ppx: task 2: cannot store its output: r/b.x: Is a"* ]]
	[[ $output == *"the output of 1 task was not written" ]]
	same "$(cat r/a.x r/c.x)" $'a\nc'
	same "$(cut -f1 log | sort)" $'1\n3\nSeq'
}

@test "--results on a full disk: said once, the run ends" {
	test -c /dev/full || skip "needs /dev/full"
	ln -s /dev/full r.csv
	run ppx -j1 --results r.csv --joblog log echo ::: {1..2000}
	same "$status" 125
	same "$(grep -c 'cannot store' <<<"$output")" 1
	[[ $output == *"r.csv: No space left on device"* ]]
	same "$(wc -l <log)" 1
}

@test "--results: no place to hold output is an error, not a hang" {
	run ppx -j2 --tmpdir /nonexistent --results r \
	    'yes "$1" | head -c 20000000' ::: a b
	same "$status" 125
	[[ $output == *"no place in /nonexistent"* ]]
}

@test "--results: few descriptors" {
	(ulimit -n 30; ppx -j8 --results r 'echo "$1"' ::: {1..60})
	same "$(cat r/1/*/stdout | sort -n)" "$(seq 60)"
}

@test "options that exclude each other" {
	refuses "--results and -u exclude each other: ppx does not see\
 ungrouped output" -u --results r true ::: 1
	refuses "--files and -u exclude each other: ppx does not see ungrouped\
 output" -u --files true ::: 1
	refuses "--output=failed and --line-buffer exclude each other: what has\
 been printed cannot be taken back" --lb --output=failed true ::: 1
	: >log.csv
	run ppx --joblog log.csv --results log.csv true ::: 1
	same "$status" 125
	[[ $output == *"two kinds of records"* ]]
}

@test "--dry-run makes no files" {
	run ppx -k --dry-run --tag --files --results r echo ::: a 'b c'
	same "$output" $'a\techo a\nb c\techo \'b c\''
	not test -e r
	run ppx --dry-run --output=failed echo ::: a
	same "$output" "echo a"
}

# --- beside GNU parallel ---------------------------------------------------

@test "as GNU parallel: --results DIR" {
	need parallel
	items=(a 'b c' 'd/e' 'f\g' $'h\ti' 'ü' '*' .hidden ...)
	parallel --results p 'printf "%s\n" {}; echo e{} >&2' \
	    ::: "${items[@]}" </dev/null >p.out 2>&1
	ppx --results x 'printf "%s\n" {}; echo e{} >&2' \
	    ::: "${items[@]}" >x.out 2>&1
	same_trees x p
	same "$(cat x.out)" "$(cat p.out)"
}

@test "as GNU parallel: --results TEMPLATE" {
	need parallel
	for name in 'T/{}.x' 'T/{#}' 'T/{/}-{.}/' 'T/{#}{}.{}'; do
		rm -rf x p
		parallel --results "${name/T/p}" 'echo {}; echo e >&2' \
		    ::: a b.c 'd e'
		ppx --results "${name/T/x}" 'echo {}; echo e >&2' \
		    ::: a b.c 'd e'
		same_trees x p
	done
}

@test "--results FILE.CSV: the case of the ending does not count" {
	for form in CSV Tsv JSONL; do
		ppx --results "x.$form" echo ::: a
		test -f "x.$form"
	done
	[[ $(head -n 1 x.CSV) == Seq,* ]]
}

@test "as GNU parallel: --results FILE.csv and .tsv" {
	need parallel python3
	items=(a 'b,c' 'd"e"' $'f\tg' ' h ' $'\377')
	for form in csv tsv; do
		sep=$([[ $form = csv ]] && printf , || printf '\t')
		parallel --results p.$form 'echo {}; echo "x\"," >&2; exit {#}' \
		    ::: "${items[@]}" || true
		ppx -q --results x.$form 'echo {}; echo "x\"," >&2; exit {#}' \
		    ::: "${items[@]}" || true
		# how a command is quoted is another matter
		drop='import sys, ast
for x in sys.stdin:
    r = ast.literal_eval(x); del r[6]; print(r)'
		same "$(rows x.$form "$sep" | python3 -c "$drop")" \
		    "$(rows p.$form "$sep" | python3 -c "$drop")"
	done
}

@test "as GNU parallel: --results FILE.jsonl" {
	need parallel python3
	for who in parallel ppx; do
		$who --results $who.json 'printf "a\t\"\\\n"; echo ü >&2' \
		    ::: a 'b"' 'c\'
		python3 - $who.json >$who.out <<-'END'
		import json, sys
		rows = [json.loads(x) for x in open(sys.argv[1],
		    encoding='utf-8')]
		for r in sorted(rows, key=lambda r: r['Seq']):
		    for name in ('Starttime', 'JobRuntime', 'Command'):
		        r.pop(name)
		    print(json.dumps(r, sort_keys=True))
		END
	done
	same "$(cat ppx.out)" "$(cat parallel.out)"
}

@test "as GNU parallel: --files" {
	need parallel
	for who in ppx parallel; do
		mkdir $who.d
		$who -k --tmpdir $who.d --files --tag 'echo {}' ::: a 'b c' |
			sed "s,$who.d/.*,FILE," >$who.out
		cat $who.d/* | sort >>$who.out
	done
	same "$(sed "s,$PWD/,," ppx.out)" "$(sed "s,$PWD/,," parallel.out)"
}

@test "as GNU parallel: --tag, --tagstring" {
	need parallel
	for opts in --tag '--tagstring x{}' '--tagstring {#}:{/.}' \
	    '--tag -v' '--tag --dry-run' '--tag --lb'; do
		for who in ppx parallel; do
			$who -k $opts 'printf "1\n\n2\n"; echo e >&2' \
			    ::: a b/c.d 'x y' '' >$who.out 2>$who.err
		done
		same "$(cat ppx.out)" "$(cat parallel.out)"
		same "$(cat ppx.err)" "$(cat parallel.err)"
	done
}

@test "a task without a value stays in the directory" {
	mkdir -p in
	cd in
	ppx -n0 --results "{}$WORK/abs" echo hi ::: a
	test ! -e "$WORK/abs"
	ppx -n0 --results 'd1/{}' echo hi ::: a
	same "$(cat d1/*e)" hi
}

@test "a resumed run keeps the outputs of tasks with the same name" {
	ppx -q -j1 --joblog l --results d --halt soon,done=1 'echo $PPX_SEQ; : {}' \
	    ::: a a b
	ppx -q -j1 --joblog l --results d --resume 'echo $PPX_SEQ; : {}' ::: a a b
	same "$(<d/1/a/stdout) $(<d/1/a.~2/stdout) $(<d/1/b/stdout)" "1 2 3"
}

@test "tasks of one name by the thousand" {
	yes | head -n 3000 | ppx -q -j4 --results d true
	same "$(ls d/1 | wc -l)" 3000
}

@test "a column named as one of our files" {
	printf '%s\n' x,stdout a a,b | ppx --csv --header : --results d -j1 echo
	same "$(cat 'd/x/a/stdout\e/b/stdout')" "a b"
}

@test "the heading of a table has all columns, whoever ends first" {
	printf '%s\n' a,b x p,q | ppx --csv --header : --results r.csv -j1 true
	same "$(head -n 1 r.csv | cut -d , -f 10-)" a,b,Stdout,Stderr
	same "$(tail -n 1 r.csv | cut -d , -f 10-)" p,q,,
	rm -f jl
	seq 4 | ppx -q -j1 -N3 --results o.csv --joblog jl 'echo {}; [ {#} = 1 ]' || :
	seq 4 | ppx -q -j1 -N3 --results o.csv --joblog jl --resume-failed \
	    'echo {}; [ {#} = 1 ]' || :
	same "$(grep -c '^2,' o.csv)" 2
	rows o.csv , >rows
	same "$(awk -F "', '" '{ print NF }' rows | sort -u)" 12
}

@test "the heading of a table is not made for a bad item" {
	heading()
	{
		head -n 1 r.csv | cut -d , -f 10-
	}
	# The first one.
	printf '\0\na,b\nc,d\n' >items
	run ppx -k -C , --results r.csv -j1 true <items
	same "$status $(heading)" "123 V1,V2,Stdout,Stderr"
	same "$(cut -d , -f 1,7,10- r.csv | tail -n +2)" \
	    $'1,-1,\\0,,,\n2,0,a,b,,\n3,0,c,d,,'
	# One that ends before the first does.
	rm r.csv
	gate g
	printf 'a,b\n\0\n' >items
	background -i items ppx -C , --results r.csv 'cat g; : {}'
	wait_until test -s r.csv
	same "$(heading)" V1,V2,Stdout,Stderr
	open_gate g
	ends $!
	# It waits for the first good one, not for long and no longer than to
	# the end.
	rm r.csv
	mkfifo f
	background -i f ppx -qC , --results r.csv --joblog log true
	exec 5>f
	printf '\0\n\0\n' >&5
	wait_until test -s r.csv
	same "$(heading)" V1,Stdout,Stderr
	wait_until grep -q ^2 log
	echo a,b,c >&5
	exec 5>&-
	ends $!
	same "$(wc -l <r.csv)" 4
	run ppx -q -C , --results r.csv true < <(printf '\0\n\0\n')
	same "$status $(heading)" "123 V1,Stdout,Stderr"
	same "$(wc -l <r.csv)" 3
	run ppx -q -C , --order-window 10 --results r.csv true < <(
		for ((i = 0; i < 100; i++)); do printf '\0\n'; done
		echo a,b)
	same "$status $(wc -l <r.csv)" "123 102"
}

@test "a good item behind many bad ones is run" {
	run ppx -q -C , --results r.csv true < <(
		head -c 10000 /dev/zero | sed 's/./&\n/g'; echo a,b)
	same "$status $(wc -l <r.csv)" "123 10002"
}

@test "rows of bad items that wait take little memory" {
	# The good one comes last, and looks at ppx.
	cat >peak <<-'END'
	#!/bin/sh
	ppx=$(sed -n 's/^PPid:.//p' "/proc/$PPX_WORKER_PID/status")
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$ppx/status" >kb
	END
	chmod +x peak
	{ yes "$(printf '%0100000d' 0)" | head -n 1000; echo 1; } >items
	run ppx -q -s 1000 --results r.csv ./peak <items
	same "$status $(wc -l <r.csv)" "123 1002"
	sanitized || test "$(<kb)" -lt 16000
}

@test "a table that cannot be written: the outputs of others are let be" {
	ln -s /dev/full x.csv
	run ppx --results x.csv -j4 'head -c 3000000 /dev/zero; : {}' ::: {1..8} \
	    </dev/null
	same "$status" 125
}

@test "--files with a template of files" {
	same "$(ppx -k --results 'o/{}' --files true ::: v w)" "o/v
o/w"
}

@test "a name that is the input or a log is not written over" {
	printf '%s\n' in a log b >in
	run ppx -j1 -k --joblog log --results {} -a in echo
	same "$status" 125
	same "$(<in)" "$(printf '%s\n' in a log b)"
	same "${lines[0]}" \
	    "ppx: task 1: cannot store its output: in is the input as well"
	same "${lines[1]}" \
	    "ppx: task 3: cannot store its output: log is the joblog as well"
	same "$(cat a b)" $'a\nb'
	test ! -e in.seq
	test ! -e log.seq
	echo x >x.err
	run ppx --results {} -a x.err echo
	same "$status ${lines[0]#*output: }" "125 x.err is the input as well"
	same "$(echo x*)" x.err
	same "$(cut -f 1,9 log)" $'Seq\tCommand\n2\techo a\n4\techo b'
	echo 1 >jobs
	run ppx -j jobs --results {} echo ::: jobs
	same "$status" 125
	same "${lines[0]}" \
	    "ppx: task 1: cannot store its output: jobs is the file of -j as well"
	run ppx -j jobs --joblog +jobs echo ::: a
	same "$status $output" "125 ppx: jobs is the file of -j as well: give the records a file of their own"
	same "$(<jobs)" 1
	# what is nobody's input may be
	echo old >a
	ppx --results {} echo ::: a <a
	same "$(<a)" a
	# a shorter output leaves nothing of a longer one
	ppx --results {} -j1 'echo x; : {}' ::: a
	same "$(<a)" x
}

@test "the stdin of COMMAND is not written over" {
	export XDG_RUNTIME_DIR=$PWD
	echo text >in1
	cp in1 in1.csv
	for opts in '--results in1.csv' '--joblog in1.csv' '--log-json +in1.csv'; do
		run ppx --semaphore --fg --id r $opts cat <in1.csv
		test "$status" -eq 125
		same "$output" "ppx: in1.csv is the input as well: give the records a file of their own"
		same "$(<in1.csv)" text
	done
	run ppx --semaphore --fg --id r --results 'in{#}' cat <in1
	test "$status" -ne 0
	same "$(<in1)" text
}
