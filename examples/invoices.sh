#!/bin/sh
# Uses an environment that is long to load for each of many short tasks: a warm
# shell sources it once in each worker, and the tasks are subshells of it.
#
# Prints a line for each invoice, in order, from functions and variables that
# only invoices.env has.

: "${PPX:=ppx}"
cd "$(dirname "$0")" || exit 1

printf '%s\n' alice,1000 bob,250 'eve;exit 1,40' |
	"$PPX" --warm --init '. ./invoices.env' -k --csv \
	    'echo {1}: $(gross {2}) with $rate %'
