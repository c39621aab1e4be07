# SPDX-License-Identifier: ISC
# Fuzz targets. NAME_fuzz replays t/fuzz/corpus/NAME and is a test; NAME_live
# is the same with libFuzzer's main, and wants --enable-fuzz (clang).
check_LIBRARIES += libfuzz.a
libfuzz_a_SOURCES = t/fuzz/fuzz.c t/fuzz/fuzz.h
libfuzz_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/t/fuzz
EXTRA_DIST += t/fuzz/corpus t/fuzz/dict t/fuzz/run

FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir) -I$(srcdir)/t/fuzz
LIVE_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_MODULES = t/fuzz/modules.c t/fuzz/modules.h t/fuzz/plans.c t/fuzz/plans.h
FUZZ_EXEC = modules/exec.c modules/exec_change.c modules/exec_field.c \
	modules/exec_place.c
include t/fuzz/targets.mk

# make fuzz FUZZ_SECONDS=300 FUZZ="wire journal" runs those two for so long
# each. What covers more is kept in fuzz/NAME of the build folder, what breaks
# a target in fuzz/NAME-crash-*; then it fails, when all have had their time.
# make fuzz-merge adds to t/fuzz/corpus what covers more than is there.
FUZZ = $(FUZZ_TARGETS)
FUZZ_SECONDS = 10
FUZZ_RUN = FUZZ_SECONDS=$(FUZZ_SECONDS) srcdir='$(srcdir)' \
	$(SHELL) $(srcdir)/t/fuzz/run
.PHONY: fuzz fuzz-merge fuzz-programs
if FUZZ
fuzz-programs:
	@$(MAKE) $(AM_MAKEFLAGS) -s $(FUZZ:%=t/fuzz/%_live)

fuzz: fuzz-programs
	@$(FUZZ_RUN) live $(FUZZ)

fuzz-merge: fuzz-programs
	@$(FUZZ_RUN) merge $(FUZZ)
else
fuzz fuzz-merge fuzz-programs:
	@echo 'make $@ wants ./configure --enable-fuzz CC=clang' >&2; exit 1
endif
