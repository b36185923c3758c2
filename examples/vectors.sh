#!/bin/sh
# Turns sentences into vectors by a Python program that stays up, one in each
# slot (--coproc), instead of one that is started for each sentence.
#
# Prints each sentence before its vector, in the order of the sentences, and how
# many programs were started for them: no more than there are slots.

: "${PPX:=ppx}"
here=$(dirname "$0")
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

printf '%s\n' 'a bee and a cow' 'big cats can climb' 'zero' 'all apes ate' \
    'an ant' 'bats' |
    "$PPX" -k -j2 --tag --coproc python3 "$here/vectors.py" 2>"$log"
test "$(grep -c loaded "$log")" -le 2 && echo "no more than 2 programs"
