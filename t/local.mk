# SPDX-License-Identifier: ISC
SCRATCH = t/unit/scratch.c t/unit/scratch.h
include t/unit/base/local.mk
include t/unit/config/local.mk
include t/unit/etcd/local.mk
include t/unit/loop/local.mk
include t/unit/store/local.mk
include t/unit/rollout/local.mk
include t/unit/types/local.mk
include t/unit/objects/local.mk
include t/unit/plan/local.mk
include t/unit/command/local.mk
include t/unit/change/local.mk
include t/unit/host/local.mk
include t/unit/ctl/local.mk
include t/unit/modules/local.mk
include t/sim/local.mk
include t/modules/local.mk
include t/abi/local.mk
include t/lint/local.mk
include t/e2e/local.mk
include t/chaos/local.mk
include t/fuzz/local.mk
include t/bench/local.mk
include t/valgrind/local.mk
include t/deb/local.mk

UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -I$(srcdir)/t
check_PROGRAMS += $(UNIT_TESTS)
noinst_HEADERS = t/unit/unit.h
EXTRA_DIST += t/run t/README.md $(E2E_TESTS)

# t/run runs them side by side; its last line is
# "N passed, N failed, N skipped".
# TESTS="t/unit/change/diff_test t/t0100-roll-out.t" runs only those.
check-local: all-am $(check_PROGRAMS)
	@builddir='$(abs_builddir)' srcdir='$(abs_srcdir)' \
	    $(SHELL) $(srcdir)/t/run $(if $(TESTS),$(TESTS), \
	    $(UNIT_TESTS) $(E2E_TESTS))

# All that a test needs, built and not run.
.PHONY: check-programs
check-programs: all-am $(check_PROGRAMS)

clean-local:
	rm -rf t/log fuzz valgrind
