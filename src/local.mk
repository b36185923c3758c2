# ppx is main.c and libppx.a; the unit tests link the same library.

ppx_SOURCES = src/main.c
ppx_LDFLAGS = $(AM_LDFLAGS) $(PPX_LDFLAGS)

libppx_a_SOURCES = \
	src/base/buf.c src/base/buf.h \
	src/base/cgplace.c src/base/cgplace.h \
	src/base/cgroup.c src/base/cgroup.h \
	src/base/cgwalk.c src/base/cgwalk.h \
	src/base/clock.c src/base/clock.h \
	src/base/cpus.c src/base/cpus.h \
	src/base/dir.c src/base/dir.h \
	src/base/diag.c src/base/diag.h \
	src/base/fd.c src/base/fd.h \
	src/base/hash.c src/base/hash.h \
	src/base/heap.c src/base/heap.h \
	src/base/ladder.c src/base/ladder.h \
	src/base/list.h \
	src/base/loop.c src/base/loop.h \
	src/base/mem.c src/base/mem.h \
	src/base/near.c src/base/near.h \
	src/base/num.c src/base/num.h \
	src/base/os.h \
	src/base/pin.c src/base/pin.h \
	src/base/room.c src/base/room.h \
	src/base/sender.c src/base/sender.h \
	src/base/signals.c src/base/signals.h \
	src/base/spare.c src/base/spare.h \
	src/base/tty.c src/base/tty.h \
	src/base/wordcut.h \
	src/cli/blocks.c \
	src/cli/check.c src/cli/check.h \
	src/cli/conf.c src/cli/conf.h \
	src/cli/foreign.c src/cli/foreign.h \
	src/cli/help.c src/cli/help.h \
	src/cli/lookup.c \
	src/cli/options.c src/cli/options.h \
	src/cli/refused.c \
	src/cli/shebang.c src/cli/shebang.h \
	src/cli/store.c src/cli/store.h \
	src/cli/value.c src/cli/value.h \
	src/input/ansi.c src/input/ansi.h \
	src/input/arith.c \
	src/input/batch.c src/input/batch.h \
	src/input/braces.c \
	src/input/columns.c src/input/columns.h \
	src/input/command.c src/input/command.h \
	src/input/csv.h \
	src/input/cut.c src/input/cut.h \
	src/input/form.c src/input/form.h \
	src/input/header.c src/input/header.h \
	src/input/level.c src/input/level.h \
	src/input/lexer.c src/input/lexer.h \
	src/input/line.c src/input/line.h \
	src/input/mark.c src/input/mark.h \
	src/input/match.c \
	src/input/origin.c src/input/origin.h \
	src/input/plain.c src/input/plain.h \
	src/input/quote.c src/input/quote.h \
	src/input/reader.c src/input/reader.h \
	src/input/reading.c src/input/reading.h \
	src/input/refuse.c \
	src/input/run.c src/input/run.h \
	src/input/scan.c src/input/scan.h \
	src/input/spelt.c src/input/spelt.h \
	src/input/survey.c src/input/survey.h \
	src/input/word.c src/input/word.h \
	src/input/shuffle.c src/input/shuffle.h \
	src/input/source.c src/input/source.h \
	src/input/split.c src/input/split.h \
	src/input/template.c src/input/template.h \
	src/input/told.c src/input/told.h \
	src/output/arena.c src/output/arena.h \
	src/output/emit.c src/output/emit.h \
	src/output/feed.c src/output/feed.h \
	src/output/floor.c src/output/floor.h \
	src/output/joblog.c src/output/joblog.h \
	src/output/json.c src/output/json.h \
	src/output/logjson.c src/output/logjson.h \
	src/output/move.c src/output/move.h \
	src/output/names.c src/output/names.h \
	src/output/path.c src/output/path.h \
	src/output/past.c src/output/past.h \
	src/output/pipes.c src/output/pipes.h \
	src/output/pour.c src/output/pour.h \
	src/output/progress.c src/output/progress.h \
	src/output/records.c src/output/records.h \
	src/output/report.c src/output/report.h \
	src/output/sink.c src/output/sink.h \
	src/output/space.c src/output/space.h \
	src/output/spool.c src/output/spool.h \
	src/output/stats.c src/output/stats.h \
	src/output/table.c src/output/table.h \
	src/pool/able.c \
	src/pool/adopt.c src/pool/adopt.h \
	src/pool/birth.c src/pool/birth.h \
	src/pool/brood.c src/pool/brood.h \
	src/pool/charge.c src/pool/charge.h \
	src/pool/desk.h \
	src/pool/foster.c src/pool/foster.h \
	src/pool/guard.c src/pool/guard.h \
	src/pool/hear.c \
	src/pool/heirs.c src/pool/heirs.h \
	src/pool/left.c src/pool/left.h \
	src/pool/memory.c src/pool/memory.h \
	src/pool/obey.c \
	src/pool/order.c src/pool/order.h \
	src/pool/pool.c src/pool/pool.h \
	src/pool/seat.c src/pool/seat.h \
	src/pool/script.c src/pool/script.h \
	src/pool/setup.c src/pool/setup.h \
	src/pool/snippet.c src/pool/snippet.h \
	src/pool/spawn.c src/pool/spawn.h \
	src/pool/staff.c \
	src/pool/tree.c src/pool/tree.h \
	src/pool/verdict.c src/pool/verdict.h \
	src/pool/warm.c src/pool/warm.h \
	src/pool/word.h \
	src/pool/worker.c src/pool/worker.h \
	src/run/ask.c \
	src/run/block.c \
	src/run/blocks.c src/run/blocks.h \
	src/run/capture.c src/run/capture.h \
	src/run/cat.c \
	src/run/clocks.c \
	src/run/coord.c src/run/coord.h \
	src/run/deal.c \
	src/run/display.c \
	src/run/ending.c \
	src/run/ends.c src/run/ends.h \
	src/run/feed.c src/run/feed.h \
	src/run/feeds.h \
	src/run/coproc.c src/run/coproc.h \
	src/run/display.c \
	src/run/ending.c \
	src/run/fate.c src/run/fate.h \
	src/run/gate.c src/run/gate.h \
	src/run/gather.c src/run/gather.h \
	src/run/halt.c src/run/halt.h \
	src/run/heading.c src/run/heading.h \
	src/run/herald.c \
	src/run/hints.c src/run/hints.h \
	src/run/hold.c \
	src/run/inlet.c src/run/inlet.h \
	src/run/intake.c \
	src/run/job.h \
	src/run/keep.c \
	src/run/listen.c \
	src/run/logs.c \
	src/run/median.c src/run/median.h \
	src/run/outcome.c \
	src/run/parts.c src/run/parts.h \
	src/run/piece.c src/run/piece.h \
	src/run/pace.c src/run/pace.h \
	src/run/places.c src/run/places.h \
	src/run/policy.c src/run/policy.h \
	src/run/pump.c \
	src/run/results.c src/run/results.h \
	src/run/reply.c src/run/reply.h \
	src/run/remark.c \
	src/run/resume.c \
	src/run/retry.c \
	src/run/ring.c src/run/ring.h \
	src/run/semaphore.c src/run/semaphore.h \
	src/run/shelf.c src/run/shelf.h \
	src/run/silence.c src/run/silence.h \
	src/run/sources.c src/run/sources.h \
	src/run/stray.c src/run/stray.h \
	src/run/talk.c src/run/talk.h \
	src/run/tee.c \
	src/run/terms.c src/run/terms.h \
	src/run/state.h \
	src/run/train.c src/run/train.h \
	src/run/well.c src/run/well.h \
	src/run/world.c src/run/world.h \
	src/task/answer.h \
	src/task/item.c src/task/item.h \
	src/task/limits.h \
	src/task/queue.c src/task/queue.h \
	src/task/result.c src/task/result.h \
	src/task/tally.c src/task/tally.h \
	src/task/task.c src/task/task.h \
	src/wire/channel.c src/wire/channel.h \
	src/wire/frame.c src/wire/frame.h \
	src/wire/message.c src/wire/message.h

# What there is of each kind of system, behind base/os.h.
if OS_GENERIC
libppx_a_SOURCES += src/base/os-generic.c
else
libppx_a_SOURCES += src/base/os-linux.c src/base/os-linux-descendants.c
endif

bin_PROGRAMS += ppx
noinst_LIBRARIES += libppx.a
EXTRA_DIST += src/README src/wire/PROTOCOL

# Completions for shells are printed by a program that knows the options.
noinst_PROGRAMS += src/cli/complete
src_cli_complete_SOURCES = src/cli/complete.c

completions/ppx: src/cli/complete$(EXEEXT)
	@$(MKDIR_P) completions
	$(AM_V_GEN)src/cli/complete$(EXEEXT) bash >$@.tmp && mv $@.tmp $@
completions/_ppx: src/cli/complete$(EXEEXT)
	@$(MKDIR_P) completions
	$(AM_V_GEN)src/cli/complete$(EXEEXT) zsh >$@.tmp && mv $@.tmp $@
completions/ppx.fish: src/cli/complete$(EXEEXT)
	@$(MKDIR_P) completions
	$(AM_V_GEN)src/cli/complete$(EXEEXT) fish >$@.tmp && mv $@.tmp $@

noinst_DATA = completions/ppx completions/_ppx completions/ppx.fish
if COMPLETE_bash
nodist_bashcompletion_DATA = completions/ppx
endif
if COMPLETE_zsh
nodist_zshcompletion_DATA = completions/_ppx
endif
if COMPLETE_fish
nodist_fishcompletion_DATA = completions/ppx.fish
endif
CLEANFILES += completions/ppx completions/_ppx completions/ppx.fish
