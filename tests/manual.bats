# The manual: well formed, and complete as to options.

load helper

manual=$PPX_SRC/man/ppx.1

# The names of all options in --help, one per line: -x, --xyz.
in_help()
{
	ppx --help | grep -E '^ +-' |
		grep -oE '(^|[ ,])--?[A-Za-z0-9][A-Za-z0-9-]*' |
		tr -d ' ,' | sort -u
}

# The names in the .It Fl lines of the manual.
in_manual()
{
	awk '
		$1 == ".It" && $2 == "Fl" {
			for (i = 2; i <= NF; i++) {
				if ($i == "Fl")
					names = 1
				else if ($i == "Ar" || $i == "Cm" || $i == "Ns")
					names = 0
				else if (names && $i != ",")
					print "-" $i
			}
		}
	' "$manual" | sort -u
}

@test "every option in --help has an entry in the manual" {
	in_help >help
	in_manual >manual
	test "$(wc -l <help)" -gt 30
	missing=$(comm -23 help manual)
	same "$missing" ""
}

@test "every option in the manual is accepted" {
	for option in $(in_manual); do
		run ppx "$option" </dev/null
		[[ $output != *"unknown option"* ]] || bad="${bad-} $option"
		[[ $output != *"not supported"* ]] || bad="${bad-} $option"
	done
	same "${bad-}" ""
}

@test "the manual is well-formed mdoc" {
	need mandoc
	# Which manuals are installed here says nothing about ours.
	run mandoc -Tlint "$manual"
	same "$(grep -v -e 'referenced manual not found' -e 'mandoc.db' \
	    <<<"$output")" ""
}

@test "the manual has one sentence per line" {
	run grep -nE '[a-z)][.?!] +[A-Z]' "$manual"
	same "$output" ""
}
