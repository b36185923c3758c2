# Every file in examples/, to be shipped with the sources.  X.sh prints what
# stands in X.out: tests/examples.bats looks.
examples = \
	examples/commands.out \
	examples/commands.sh \
	examples/commands.txt \
	examples/convert.out \
	examples/convert.sh \
	examples/count.out \
	examples/count.sh \
	examples/invoices.env \
	examples/invoices.out \
	examples/invoices.sh \
	examples/links.out \
	examples/links.sh \
	examples/links.txt \
	examples/modules.out \
	examples/modules.sh \
	examples/turns.out \
	examples/turns.sh \
	examples/vectors.out \
	examples/vectors.py \
	examples/vectors.sh \
	examples/words.out \
	examples/words.sh

EXTRA_DIST += $(examples)
