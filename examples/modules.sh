#!/bin/sh
# Checks the modules of a project, each in its own directory and at a low
# priority for the system, and keeps a log from which the failed ones are read.
#
# Prints what each check says, in the order of the list, then the status and
# the command of those that failed.

: "${PPX:=ppx}"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

mkdir engine 'web site' tools
echo 'echo 12 tests passed' >engine/check
echo 'echo 1 test failed; exit 3' >'web site/check'
echo 'echo 7 tests passed' >tools/check

"$PPX" -q -k --tag --nice 10 --workdir {} --joblog log \
    sh ./check ::: engine 'web site' tools
awk -F '\t' 'NR > 1 && $7 { print "status " $7 ": " $9 }' log
