#!/bin/sh
# Checks a list of links, here the names of files in links.txt; with "curl
# -sfI" for "test -e" they could be URLs.
#
# Prints each link with what was found, in the order of the list, and how many
# are broken: with --exit=count the exit status says so.

: "${PPX:=ppx}"
cd "$(dirname "$0")" || exit 1

"$PPX" -q -k --tag --exit=count \
    'if test -e {}; then echo ok; else echo broken; exit 1; fi' \
    :::: links.txt
echo "broken: $?"
