# What can be checked of the sources as text: who includes whom (the table is
# in src/README), functions that are not used here, and the lists of the build.

load helper

sources()
{
	(cd "$PPX_SRC" && find src -name '*.[ch]' | LC_ALL=C sort)
}

# The lines "    include: ROOM -> ROOM.." of src/README.
rooms()
{
	grep -E '^[[:blank:]]+include: ' "$PPX_SRC/src/README"
}

@test "src/README says for every room whom it may include" {
	for room in main $(cd "$PPX_SRC/src" && ls -d */ | tr -d /); do
		rooms | grep -q "include: $room ->" ||
			{ echo "no line for $room"; bad=1; }
	done
	test -z "${bad-}"
}

@test "no room includes what src/README does not allow" {
	rooms >rooms
	cd "$PPX_SRC"
	run awk '
		function complain(why) {
			print FILENAME ":" FNR ": " why
			bad = 1
		}
		FILENAME == ARGV[1] {
			known[$2] = 1
			may[$2, $2] = 1
			for (i = 4; i <= NF; i++)
				may[$2, $i] = 1
			next
		}
		FNR == 1 {
			n = split(FILENAME, part, "/")
			room = n == 2 ? "main" : part[2]
		}
		/^[ \t]*#[ \t]*include[ \t]*"/ {
			split($0, quoted, "\"")
			name = quoted[2]
			if (name == "config.h")
				next
			n = split(name, part, "/")
			if (n != 2)
				complain("write \"room/" name "\"")
			else if (!known[part[1]])
				complain("there is no room " part[1])
			else if (!may[room, part[1]])
				complain(room " may not include " part[1])
		}
		END { exit bad }
	' "$WORK/rooms" $(sources)
	echo "$output"
	test "$status" -eq 0
}

@test "every .c file includes config.h first" {
	cd "$PPX_SRC"
	for file in $(sources | grep '\.c$'); do
		first=$(grep -m1 '^#[[:blank:]]*include' "$file" || :)
		test "$first" = '#include "config.h"' ||
			{ echo "$file: $first"; bad=1; }
	done
	test -z "${bad-}"
}

@test "functions that cannot be used safely are not used" {
	cd "$PPX_SRC"
	# Comments may speak of them.
	run awk '
		/^[ \t]*(\/\*|\*)/ { next }
		/(^|[^A-Za-z0-9_])(strcpy|strcat|v?sprintf|strtok|atoi|gets|signal|alloca)\(/ {
			print FILENAME ":" FNR ": " $0
		}
	' $(sources)
	echo "$output"
	test -z "$output"
}

@test "every source and test stands in a local.mk, and nothing else" {
	cd "$PPX_SRC"
	for file in $(sources) src/README; do
		grep -qw "$file" src/local.mk || { echo "$file"; bad=1; }
	done
	for file in $(grep -oE 'src/[a-zA-Z0-9/_-]+\.[a-zA-Z.]+' src/local.mk); do
		test -e "$file" || { echo "$file is not there"; bad=1; }
	done
	for file in tests/*.bats; do
		grep -qw "$file" tests/local.mk || { echo "$file"; bad=1; }
	done
	for file in tests/unit/*.c tests/tools/*.c; do
		test -e "$file" || continue
		grep -qw "${file%.c}" tests/local.mk || { echo "$file"; bad=1; }
	done
	test -z "${bad-}"
}

@test "no test says ! where nothing comes of it" {
	cd "$PPX_SRC"
	# errexit does not act on it; "! a || b" is a condition
	run grep -nE '^[[:blank:]]+! [^|]*$' tests/*.bats tests/*.bash
	echo "$output"
	test "$status" -eq 1
}
