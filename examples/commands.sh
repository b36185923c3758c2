#!/bin/sh
# Runs the commands of commands.txt, in order of output, each for at most one
# second, and keeps a log of them.
#
# Prints what the commands print, the exit status of ppx, and from the log
# the commands that failed: -1 stands for those that ppx has ended.

: "${PPX:=ppx}"
cd "$(dirname "$0")" || exit 1
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

"$PPX" -q -k -j4 --timeout 1 --joblog "$log" -a commands.txt
echo "status $?"
awk -F '\t' 'NR > 1 && ($7 || $8) { print "failed (" $7 "): " $9 }' "$log" |
    sed 's/([1-9][0-9]*)/(exit)/'
