# To add a test: write tests/unit/X.c or tests/X.bats and put its name here.
# tests/house.bats finds what is missing in these lists.

# TAP programs; X is built from X.c and libppx.a.
unit_tests = \
	tests/unit/test_batch \
	tests/unit/test_cgplace \
	tests/unit/test_cgwalk \
	tests/unit/test_channel \
	tests/unit/test_charge \
	tests/unit/test_clock \
	tests/unit/test_columns \
	tests/unit/test_command \
	tests/unit/test_conf \
	tests/unit/test_cpus \
	tests/unit/test_cut \
	tests/unit/test_dir \
	tests/unit/test_emit \
	tests/unit/test_gate \
	tests/unit/test_halt \
	tests/unit/test_hash \
	tests/unit/test_heap \
	tests/unit/test_heirs \
	tests/unit/test_joblog \
	tests/unit/test_json \
	tests/unit/test_left \
	tests/unit/test_lexer \
	tests/unit/test_loop \
	tests/unit/test_memory \
	tests/unit/test_message \
	tests/unit/test_num \
	tests/unit/test_origin \
	tests/unit/test_pace \
	tests/unit/test_past \
	tests/unit/test_path \
	tests/unit/test_pin \
	tests/unit/test_pour \
	tests/unit/test_progress \
	tests/unit/test_queue \
	tests/unit/test_quote \
	tests/unit/test_records \
	tests/unit/test_reply \
	tests/unit/test_report \
	tests/unit/test_run \
	tests/unit/test_seat \
	tests/unit/test_setup \
	tests/unit/test_snippet \
	tests/unit/test_source \
	tests/unit/test_spare \
	tests/unit/test_split \
	tests/unit/test_spool \
	tests/unit/test_table \
	tests/unit/test_template \
	tests/unit/test_tree \
	tests/unit/test_worker

bats_tests = \
	tests/harness.bats \
	tests/house.bats \
	tests/blocks.bats \
	tests/cli.bats \
	tests/manual.bats \
	tests/input.bats \
	tests/sources.bats \
	tests/differ.bats \
	tests/template.bats \
	tests/refs.bats \
	tests/batch.bats \
	tests/quote.bats \
	tests/jobs.bats \
	tests/output.bats \
	tests/pipe.bats \
	tests/results.bats \
	tests/progress.bats \
	tests/joblog.bats \
	tests/resume.bats \
	tests/records.bats \
	tests/stats.bats \
	tests/gate.bats \
	tests/control.bats \
	tests/semaphore.bats \
	tests/completion.bats \
	tests/status.bats \
	tests/examples.bats \
	tests/signal.bats \
	tests/timeout.bats \
	tests/time.bats \
	tests/priority.bats \
	tests/retries.bats \
	tests/halt.bats \
	tests/shutdown.bats \
	tests/soft.bats \
	tests/memory.bats \
	tests/leftovers.bats \
	tests/fds.bats \
	tests/robust.bats \
	tests/faults.bats \
	tests/workers.bats \
	tests/init.bats \
	tests/coproc.bats \
	tests/warm-init.bats \
	tests/warm-words.bats \
	tests/brood.bats \
	tests/warm.bats \
	tests/proof.bats \
	tests/soak.bats

# Programs that tests run as tasks or use themselves: X is built from X.c.
test_tools = \
	tests/tools/asroot \
	tests/tools/bomb \
	tests/tools/brood \
	tests/tools/eat \
	tests/tools/faulty \
	tests/tools/forbid \
	tests/tools/chore \
	tests/tools/onpty \
	tests/tools/passfd \
	tests/tools/siglog \
	tests/tools/start \
	tests/tools/tagged \
	tests/tools/trickle \
	tests/tools/tiny

# The soak (tests/soak/soak.h) looks at ppx from outside.
tests_soak_soak_SOURCES = \
	tests/soak/check.c \
	tests/soak/hunt.c \
	tests/soak/plan.c \
	tests/soak/record.h \
	tests/soak/soak.c \
	tests/soak/soak.h

# ppx itself, where calls fail (tests/faults.bats).
tests_tools_faulty_SOURCES = src/main.c tests/tools/faulty.c
tests_tools_faulty_LDFLAGS = $(ppx_LDFLAGS) \
	-Wl,--wrap=cgroup_limit \
	-Wl,--wrap=cgroup_ready \
	-Wl,--wrap=channel_take \
	-Wl,--wrap=fd_open \
	-Wl,--wrap=ioctl \
	-Wl,--wrap=lstat \
	-Wl,--wrap=opendir \
	-Wl,--wrap=os_descendants \
	-Wl,--wrap=os_fork_aside \
	-Wl,--wrap=os_subreaper \
	-Wl,--wrap=recvmsg \
	-Wl,--wrap=rmdir \
	-Wl,--wrap=sendmsg \
	-Wl,--wrap=setsid


# Fuzz targets (tests/fuzz/fuzz.h): TAP programs that replay their corpus, or
# fuzzers.
fuzz_targets = \
	tests/fuzz/channel \
	tests/fuzz/columns \
	tests/fuzz/command \
	tests/fuzz/cut \
	tests/fuzz/gather \
	tests/fuzz/joblog \
	tests/fuzz/lexer \
	tests/fuzz/message \
	tests/fuzz/options \
	tests/fuzz/quote \
	tests/fuzz/reply \
	tests/fuzz/split \
	tests/fuzz/value

if FUZZ
fuzz_main =
fuzz_tests =
else
fuzz_main = tests/fuzz/replay.c
fuzz_tests = $(fuzz_targets)
endif

fuzz_flags = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_channel_SOURCES = tests/fuzz/channel.c tests/fuzz/fuzz.h \
	$(fuzz_main)
tests_fuzz_channel_LDFLAGS = $(fuzz_flags)
tests_fuzz_columns_SOURCES = tests/fuzz/columns.c tests/fuzz/fuzz.h \
	$(fuzz_main)
tests_fuzz_columns_LDFLAGS = $(fuzz_flags)
tests_fuzz_command_SOURCES = tests/fuzz/command.c tests/fuzz/fuzz.h \
	tests/fuzz/unquote.h $(fuzz_main)
tests_fuzz_command_LDFLAGS = $(fuzz_flags)
tests_fuzz_cut_SOURCES = tests/fuzz/cut.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_cut_LDFLAGS = $(fuzz_flags)
tests_fuzz_gather_SOURCES = tests/fuzz/gather.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_gather_LDFLAGS = $(fuzz_flags)
tests_fuzz_joblog_SOURCES = tests/fuzz/joblog.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_joblog_LDFLAGS = $(fuzz_flags)
tests_fuzz_lexer_SOURCES = tests/fuzz/lexer.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_lexer_LDFLAGS = $(fuzz_flags)
tests_fuzz_message_SOURCES = tests/fuzz/message.c tests/fuzz/fuzz.h \
	$(fuzz_main)
tests_fuzz_message_LDFLAGS = $(fuzz_flags)
tests_fuzz_options_SOURCES = tests/fuzz/options.c tests/fuzz/fuzz.h \
	$(fuzz_main)
tests_fuzz_options_LDFLAGS = $(fuzz_flags) -Wl,--wrap=exit
tests_fuzz_quote_SOURCES = tests/fuzz/quote.c tests/fuzz/fuzz.h \
	tests/fuzz/unquote.h $(fuzz_main)
tests_fuzz_quote_LDFLAGS = $(fuzz_flags)
tests_fuzz_reply_SOURCES = tests/fuzz/reply.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_reply_LDFLAGS = $(fuzz_flags)
tests_fuzz_split_SOURCES = tests/fuzz/split.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_split_LDFLAGS = $(fuzz_flags)
tests_fuzz_value_SOURCES = tests/fuzz/value.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_value_LDFLAGS = $(fuzz_flags)

check_PROGRAMS += $(unit_tests) $(fuzz_targets) $(test_tools) tests/soak/soak

# Not under the sanitizers: they would be slow to start.
tests_tools_asroot_CFLAGS = $(WARN_CFLAGS)
tests_tools_asroot_LDFLAGS =
tests_tools_bomb_CFLAGS = $(WARN_CFLAGS)
tests_tools_bomb_LDFLAGS =
tests_tools_brood_CFLAGS = $(WARN_CFLAGS)
tests_tools_brood_LDFLAGS =
tests_tools_eat_CFLAGS = $(WARN_CFLAGS)
tests_tools_eat_LDFLAGS =
tests_tools_forbid_CFLAGS = $(WARN_CFLAGS)
tests_tools_forbid_LDFLAGS =
tests_tools_chore_CFLAGS = $(WARN_CFLAGS)
tests_tools_chore_LDFLAGS = $(STATIC_LDFLAGS)
tests_tools_onpty_CFLAGS = $(WARN_CFLAGS)
tests_tools_onpty_LDFLAGS =
tests_tools_passfd_CFLAGS = $(WARN_CFLAGS)
tests_tools_passfd_LDFLAGS =
tests_tools_siglog_CFLAGS = $(WARN_CFLAGS)
tests_tools_siglog_LDFLAGS =
tests_tools_start_CFLAGS = $(WARN_CFLAGS)
tests_tools_start_LDFLAGS =
tests_tools_tagged_CFLAGS = $(WARN_CFLAGS)
tests_tools_tagged_LDFLAGS =
tests_tools_tiny_CFLAGS = $(WARN_CFLAGS)
tests_tools_tiny_LDFLAGS = $(STATIC_LDFLAGS)
tests_soak_soak_CFLAGS = $(WARN_CFLAGS)
tests_soak_soak_LDFLAGS =

EXTRA_DIST += \
	$(bats_tests) \
	tests/bench \
	tests/check-more \
	tests/fuzz/corpus \
	tests/helper.bash \
	tests/run \
	tests/trees.bash \
	tests/warm.bash \
	tests/unit/child.h \
	tests/unit/files.h \
	tests/unit/tap.h

# Files that run at the same time.
TEST_JOBS = 3

# make check TESTS='tests/unit/heap tests/pool.bats' runs only these.
check-local:
	@PPX_TEST_SLOW=$${PPX_TEST_SLOW:-$(TEST_SLOW)} \
	PPX_TEST_SANITIZED=$(TEST_SANITIZED) \
	PPX_TEST_GENERIC=$(TEST_GENERIC) \
	$(SHELL) $(srcdir)/tests/run -j $(TEST_JOBS) -s $(srcdir) \
	    $${TESTS:-$(unit_tests) $(fuzz_tests) $(bats_tests)}

clean-local:
	rm -rf tests/log

.PHONY: check-local clean-local
