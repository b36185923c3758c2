#!/bin/sh
# Counts the words of one large file, in blocks: each task counts those of its
# block, and what they say is added up.  Of the file only the ends of blocks
# are looked at here; from a pipe it is the same with --pipe.
#
# Prints the five words that are in the file most often, and whether a single
# count of all gives the same.

: "${PPX:=ppx}"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# 20 MB of lines
awk 'BEGIN {
	split("the of and to a in is that for it as was with be by on", w)
	for (i = 0; i < 700000; i++)
		printf "%s %s %s %s line%d\n", w[i % 16 + 1], w[i % 7 + 1],
		    w[i % 5 + 1], w[i % 3 + 1], i % 1000
}' >text

cat >count.awk <<'END'
{ for (i = 1; i <= NF; i++) n[$i]++ }
END { for (w in n) print n[w], w }
END
cat >add.awk <<'END'
{ n[$2] += $1 }
END { for (w in n) print n[w], w }
END

"$PPX" --pipe-part -a text --block 2M awk -f count.awk |
    awk -f add.awk | sort -k1,1nr -k2 >parts
awk -f count.awk text | sort -k1,1nr -k2 >whole

head -n 5 parts
cmp -s parts whole && echo "the same as one count of all"
