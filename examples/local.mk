# Every file in examples/, to be shipped with the sources.
examples =

EXTRA_DIST += $(examples)
