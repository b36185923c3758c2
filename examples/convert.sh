#!/bin/sh
# Converts files: each *.txt is sorted into a .sorted file and packed into a
# .gz.  One name has blanks and quotes in it; no care is needed for that.
#
# Prints the files that were made, then the lines of each .gz, by name.

: "${PPX:=ppx}"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

printf '%s\n' pear apple fig >fruit.txt
printf '%s\n' 3 1 2 >"it's \$5.txt"
printf '%s\n' z y x >letters.txt

"$PPX" 'sort {} >"${1%.txt}.sorted"' ::: *.txt
"$PPX" 'gzip -c {} >{.}.gz' ::: *.sorted
printf '%s\n' *.sorted *.gz
"$PPX" -k --tagstring {.} gzip -dc ::: *.gz
