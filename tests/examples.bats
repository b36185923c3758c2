# Each script in examples/ prints what stands beside it.

load helper

prints_what_it_says()
{
	local name=$1

	sh "$PPX_SRC/examples/$name.sh" </dev/null >out 2>err
	diff -u "$PPX_SRC/examples/$name.out" out
	same "$(<err)" ""
}

@test "each example has a test, what it prints, and a head comment" {
	for file in "$PPX_SRC"/examples/*.sh; do
		name=$(basename "$file" .sh)
		grep -q "prints_what_it_says $name\$" \
		    "$BATS_TEST_DIRNAME/examples.bats"
		test -f "$PPX_SRC/examples/$name.out"
		sed -n 2p "$file" | grep -q '^# '
		grep -q '^# Prints ' "$file"
	done
}

@test "commands" {
	prints_what_it_says commands
}

@test "invoices" {
	! generic || skip "this system has no warm shells"
	prints_what_it_says invoices
}

@test "convert" {
	need gzip
	prints_what_it_says convert
}

@test "count" {
	prints_what_it_says count
}

@test "links" {
	prints_what_it_says links
}

@test "modules" {
	prints_what_it_says modules
}

@test "turns" {
	prints_what_it_says turns
}

@test "vectors" {
	need python3
	prints_what_it_says vectors
}

@test "words" {
	prints_what_it_says words
}
