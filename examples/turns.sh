#!/bin/sh
# Takes turns: scripts that know nothing of each other, such as cron jobs, use
# one thing that only one of them may use at a time.  Here the thing is a file
# in which a number is read, and later written one higher.
#
# Prints the number when all have had their turn; without a semaphore some of
# the additions would be lost.

: "${PPX:=ppx}"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
XDG_RUNTIME_DIR=$dir
export XDG_RUNTIME_DIR

echo 0 >counter
for script in 1 2 3 4 5 6; do
	"$PPX" --semaphore --id counter \
	    'read n <counter; sleep 0.02; echo $((n + 1)) >counter'
done
"$PPX" --semaphore --id counter --wait
cat counter
