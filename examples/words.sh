#!/bin/sh
# Counts the words of each source file with a task of its own, adds them up,
# and compares the sum with one count of all.
#
# Prints how the two compare, and "no task failed".

: "${PPX:=ppx}"
cd "$(dirname "$0")/../src" || exit 1

all=$(find . -name '*.[ch]' -exec cat {} + | wc -w)
each=$(find . -name '*.[ch]' -print0 | "$PPX" -0 'wc -w <{}' |
    awk '{ sum += $1 } END { print sum }')

if test "$all" -eq "$each"; then
	echo "one by one and all at once: the same"
else
	echo "one by one: $each; all at once: $all"
fi
find . -name '*.[ch]' -print0 | "$PPX" -0 test -s {} && echo "no task failed"
